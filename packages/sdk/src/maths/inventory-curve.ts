// The OracleMaker's curve, equal to the contracts' (InventoryCurve.sol) to the last wei and computed without a call.
// docs/oracle-maker.md derives the formulas. Amounts and prices WAD, ratios in parts per million.
import { MakerCapacityExceededError } from "../errors.js";
import type { Ppm, Wad } from "../units.js";
import { max, min, mulDivDown, mulDivUp, PPM, sqrtDown, WAD } from "./integers.js";

/** Units of a flat price in one wei of a price. */
const PRICE_UNIT = PPM * PPM;

/** An OracleMaker at one moment. */
export type CurveState = {
  /** Oracle price, WAD quote per base. */
  price: Wad;
  /** Half width of the oracle's confidence interval, WAD quote per base. */
  confidence: Wad;
  /** The maker's position, WAD base: long above zero. */
  inventory: Wad;
  maxSpread: Ppm;
  /** WAD base. */
  maxAbsPosition: Wad;
  lpFee: Ppm;
  confidenceFactor: Ppm;
  maxConfidencePremium: Ppm;
};

/** A side of the curve: takers buy, or takers sell. */
export type CurveSide = { takerBuys: boolean };

/** The amounts of an order; see {@link fill}. */
export type CurveFill = {
  /** WAD. */
  base: Wad;
  /** WAD, `fee` included. */
  quote: Wad;
  /** quote / base, WAD, down. */
  price: Wad;
  /** The LP fee in `quote`, WAD, down. */
  fee: Wad;
  /** |price / oracle price - 1|, parts per million, down. */
  spread: bigint;
};

/** Rounds amounts that takers pay up, amounts that they receive down. */
const mulDivForPool = (takerBuys: boolean) => (takerBuys ? mulDivUp : mulDivDown);

/**
 * The exact price that a taker pays or receives per base without a premium for inventory: (m + min(k confidence, limit m)) (1 + fee)
 * for buys, with - instead of + for sells; in units of 1e-12 wei.
 * @example
 * inventoryCurve.flatPrice(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { takerBuys: true },
 * ); // 100000000000000000000000000000000n
 */
export function flatPrice(state: CurveState, { takerBuys }: CurveSide): Wad {
  const { price, confidence, confidenceFactor, maxConfidencePremium } = state;
  const premium = min(confidence * BigInt(confidenceFactor), price * BigInt(maxConfidencePremium));
  const fee = BigInt(state.lpFee);
  return takerBuys ? (price * PPM + premium) * (PPM + fee) : (price * PPM - premium) * (PPM - fee);
}

/**
 * The maximum that takers can still buy or sell, WAD base: to zero, and on to the cap.
 * @example
 * inventoryCurve.capacity(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { takerBuys: false },
 * ); // 6000000000000000000n
 */
export function capacity(
  { inventory, maxAbsPosition }: Pick<CurveState, "inventory" | "maxAbsPosition">,
  { takerBuys }: CurveSide,
): Wad {
  const held = takerBuys ? inventory : -inventory;
  return max(max(0n, held), maxAbsPosition + held);
}

/**
 * The quote for an exact size, WAD: the cost of a buy, rounded up, or the yield of a sell, rounded down.
 *
 * @throws {@link MakerCapacityExceededError} when the maker cannot take `size`.
 * @example
 * inventoryCurve.quoteForBase(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { takerBuys: true, size: 6n * 10n ** 18n },
 * ); // 602000000000000000000n
 */
export function quoteForBase(state: CurveState, { takerBuys, size }: CurveSide & { size: Wad }): Wad {
  const available = capacity(state, { takerBuys });
  if (size > available) throw new MakerCapacityExceededError({ requested: size, available, unit: "base" });
  return quoteUnchecked(state, takerBuys, size);
}

/**
 * The size for an exact quote amount, WAD: the maximum that it buys, or the minimum that must be sold for it.
 *
 * @throws {@link MakerCapacityExceededError} when the maker's whole capacity is worth less.
 * @example
 * inventoryCurve.baseForQuote(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { takerBuys: true, quote: 602n * 10n ** 18n },
 * ); // 6000000000000000000n
 */
export function baseForQuote(state: CurveState, { takerBuys, quote }: CurveSide & { quote: Wad }): Wad {
  const available = capacity(state, { takerBuys });
  const most = quoteUnchecked(state, takerBuys, available);
  if (quote > most) throw new MakerCapacityExceededError({ requested: quote, available: most, unit: "quote" });
  return min(available, takerBuys ? largestWithin(state, quote) : smallestFor(state, quote));
}

/**
 * The price of an infinitesimal amount, WAD quote per base: the ask, rounded up, or the bid, rounded down.
 * @example
 * inventoryCurve.marginalPrice(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { takerBuys: false },
 * ); // 96000000000000000000n
 */
export function marginalPrice(state: CurveState, { takerBuys }: CurveSide): Wad {
  const scaledCap = state.maxAbsPosition * PPM;
  const built = max(0n, takerBuys ? -state.inventory : state.inventory);
  const premium = BigInt(state.maxSpread) * built;
  const factor = takerBuys ? scaledCap + premium : max(0n, scaledCap - premium);
  return mulDivForPool(takerBuys)(flatPrice(state, { takerBuys }), factor, scaledCap * PRICE_UNIT);
}

/**
 * m (1 - s x / X) at the oracle price, WAD, rounded for the pool; never below zero.
 *
 * @example
 * inventoryCurve.reservationPrice({
 *   price: 100n * 10n ** 18n, inventory: 4n * 10n ** 18n, maxSpread: 100_000, maxAbsPosition: 10n * 10n ** 18n,
 * }); // 96000000000000000000n
 */
export function reservationPrice({
  price,
  inventory,
  maxSpread,
  maxAbsPosition,
}: Pick<CurveState, "price" | "inventory" | "maxSpread" | "maxAbsPosition">): Wad {
  const size = inventory < 0n ? -inventory : inventory;
  const premium = mulDivUp(price * BigInt(maxSpread), size, maxAbsPosition * PPM);
  return inventory < 0n ? price + premium : max(0n, price - premium);
}

/**
 * The fill of an order, as the maker's events report it.
 *
 * @throws {@link MakerCapacityExceededError} when the maker cannot take the order.
 * @example
 * inventoryCurve.fill(
 *   {
 *     price: 100n * 10n ** 18n, confidence: 0n, inventory: 4n * 10n ** 18n, maxSpread: 100_000,
 *     maxAbsPosition: 10n * 10n ** 18n, lpFee: 0, confidenceFactor: 0, maxConfidencePremium: 0,
 *   },
 *   { isBaseToQuote: false, isExactInput: false, amount: 6n * 10n ** 18n },
 * ); // { base: 6000000000000000000n, quote: 602000000000000000000n, price: 100333333333333333333n, fee: 0n, spread: 3333n }
 */
export function fill(
  state: CurveState,
  { isBaseToQuote, isExactInput, amount }: { isBaseToQuote: boolean; isExactInput: boolean; amount: Wad },
): CurveFill {
  const takerBuys = !isBaseToQuote;
  const isExactBase = isBaseToQuote === isExactInput;
  const base = isExactBase ? amount : baseForQuote(state, { takerBuys, quote: amount });
  const quote = isExactBase ? quoteForBase(state, { takerBuys, size: amount }) : amount;
  const fee = BigInt(state.lpFee);
  const price = base === 0n ? 0n : mulDivDown(quote, WAD, base);
  const distance = price > state.price ? price - state.price : state.price - price;
  return {
    base,
    quote,
    price,
    fee: mulDivDown(quote, fee, takerBuys ? PPM + fee : PPM - fee),
    spread: mulDivDown(distance, PPM, state.price),
  };
}

/** m (q +/- s/(2X) (n1^2 - n0^2)), with n the inventory built on this side before and after. */
function quoteUnchecked(state: CurveState, takerBuys: boolean, size: bigint): bigint {
  const { inventory } = state;
  const start = takerBuys ? -inventory : inventory;
  const [before, after] = [max(0n, start), max(0n, start + size)];
  const doubleCap = doubleCapOf(state);
  const premium = (after * after - before * before) * BigInt(state.maxSpread);
  const scaled = takerBuys ? size * doubleCap + premium : size * doubleCap - premium;
  return mulDivForPool(takerBuys)(scaled, flatPrice(state, { takerBuys }), doubleCap * WAD * PRICE_UNIT);
}

/** Twice the cap, in units of 1e-6 wei: the unit of a scaled size. */
const doubleCapOf = ({ maxAbsPosition }: CurveState) => 2n * maxAbsPosition * PPM;

/**
 * The largest q that costs at most `quote`. With D = 2 X 10^6, h the inventory that the maker reduces first and n the inventory
 * that it has built, the cost is ceil(m (q D + s ((n + q - h)^2 - n^2)) / (10^18 D)), so that
 *
 *     q <= h:  q D <= K,   q > h:  s b^2 + (D + 2 s n) b <= K - h D   with b = q - h and K = floor(quote 10^18 D / m)
 *
 * The quadratic holds up to b = floor((floor(sqrt(B^2 + 4 s C)) - B) / (2 s)), exactly: 2 s b + B is an integer.
 */
function largestWithin(state: CurveState, quote: bigint): bigint {
  const { held, built, slope, doubleCap } = tradedSide(state, true);
  const scaled = mulDivDown(quote, doubleCap * WAD * PRICE_UNIT, flatPrice(state, { takerBuys: true }));
  const rest = scaled - held * doubleCap;
  if (rest <= 0n) return scaled / doubleCap;
  if (slope === 0n) return held + rest / doubleCap;
  const linear = doubleCap + 2n * slope * built;
  return held + (sqrtDown(linear * linear + 4n * slope * rest) - linear) / (2n * slope);
}

/**
 * The smallest q that yields at least `quote`, as in {@link largestWithin}: s b^2 - (D - 2 s n) b <= h D - K with
 * K = ceil(quote 10^18 D / m), from b = ceil((B - floor(sqrt(B^2 - 4 s C))) / (2 s)).
 */
function smallestFor(state: CurveState, quote: bigint): bigint {
  const { held, built, slope, doubleCap } = tradedSide(state, false);
  const scaled = mulDivUp(quote, doubleCap * WAD * PRICE_UNIT, flatPrice(state, { takerBuys: false }));
  const rest = scaled - held * doubleCap;
  if (rest <= 0n) return mulDivUp(scaled, 1n, doubleCap);
  if (slope === 0n) return held + mulDivUp(rest, 1n, doubleCap);
  const linear = doubleCap - 2n * slope * built;
  // Not negative, because the amount is within capacity.
  const square = max(0n, linear * linear - 4n * slope * rest);
  return held + mulDivUp(linear - sqrtDown(square), 1n, 2n * slope);
}

/** The inventory that a trade reduces first, the inventory that it adds to, the slope s in ppm, and {@link doubleCapOf}. */
function tradedSide(state: CurveState, takerBuys: boolean) {
  const position = takerBuys ? state.inventory : -state.inventory;
  return {
    held: max(0n, position),
    built: max(0n, -position),
    slope: BigInt(state.maxSpread),
    doubleCap: doubleCapOf(state),
  };
}
