// The OracleMaker's curve, equal to the contracts' (InventoryCurve.sol) to the last wei and computed without a call.
// docs/oracle-maker.md derives the formulas. Amounts and prices WAD, ratios in parts per million.
import { MakerCapacityExceededError } from "../errors.js";
import type { Ppm, Wad } from "../units.js";

const WAD = 10n ** 18n;
const PPM = 1_000_000n;
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

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);
const mulDivDown = (a: bigint, b: bigint, divisor: bigint) => (a * b) / divisor;
const mulDivUp = (a: bigint, b: bigint, divisor: bigint) => (a * b + divisor - 1n) / divisor;
/** Rounds amounts that takers pay up, amounts that they receive down. */
const mulDivForPool = (takerBuys: boolean) => (takerBuys ? mulDivUp : mulDivDown);

/**
 * The exact price that a taker pays or receives per base without a premium for inventory: (m + min(k confidence, limit m)) (1 + fee)
 * for buys, with - instead of + for sells; in units of 1e-12 wei.
 */
export function flatPrice(state: CurveState, { takerBuys }: CurveSide): Wad {
  const { price, confidence, confidenceFactor, maxConfidencePremium } = state;
  const premium = min(confidence * BigInt(confidenceFactor), price * BigInt(maxConfidencePremium));
  const fee = BigInt(state.lpFee);
  return takerBuys ? (price * PPM + premium) * (PPM + fee) : (price * PPM - premium) * (PPM - fee);
}

/** The maximum that takers can still buy or sell, WAD base: to zero, and on to the cap. */
export function capacity({ inventory, maxAbsPosition }: CurveState, { takerBuys }: CurveSide): Wad {
  const held = takerBuys ? inventory : -inventory;
  return max(max(0n, held), maxAbsPosition + held);
}

/**
 * The quote for an exact size, WAD: the cost of a buy, rounded up, or the yield of a sell, rounded down.
 *
 * @throws {@link MakerCapacityExceededError} when the maker cannot take `size`.
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
 */
export function baseForQuote(state: CurveState, { takerBuys, quote }: CurveSide & { quote: Wad }): Wad {
  const available = capacity(state, { takerBuys });
  const most = quoteUnchecked(state, takerBuys, available);
  if (quote > most) throw new MakerCapacityExceededError({ requested: quote, available: most, unit: "quote" });
  if (!takerBuys) return firstSize(available, (size) => quoteUnchecked(state, false, size) >= quote);
  return firstSize(available + 1n, (size) => quoteUnchecked(state, true, size) > quote) - 1n;
}

/** The price of an infinitesimal amount, WAD quote per base: the ask, rounded up, or the bid, rounded down. */
export function marginalPrice(state: CurveState, { takerBuys }: CurveSide): Wad {
  const scaledCap = state.maxAbsPosition * PPM;
  const built = max(0n, takerBuys ? -state.inventory : state.inventory);
  const premium = BigInt(state.maxSpread) * built;
  const factor = takerBuys ? scaledCap + premium : max(0n, scaledCap - premium);
  return mulDivForPool(takerBuys)(flatPrice(state, { takerBuys }), factor, scaledCap * PRICE_UNIT);
}

/** m (1 - s x / X) at the oracle price, WAD, rounded for the pool; never below zero. */
export function reservationPrice({ price, inventory, maxSpread, maxAbsPosition }: CurveState): Wad {
  const size = inventory < 0n ? -inventory : inventory;
  const premium = mulDivUp(price * BigInt(maxSpread), size, maxAbsPosition * PPM);
  return inventory < 0n ? price + premium : max(0n, price - premium);
}

/**
 * The fill of an order, as the maker's events report it.
 *
 * @example
 * import { inventoryCurve } from "@counterpoise/sdk";
 * const { quote, fee } = inventoryCurve.fill(state, { isBaseToQuote: false, isExactInput: false, amount: 10n ** 18n });
 * @throws {@link MakerCapacityExceededError} when the maker cannot take the order.
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
  const { inventory, maxAbsPosition } = state;
  const start = takerBuys ? -inventory : inventory;
  const [before, after] = [max(0n, start), max(0n, start + size)];
  const doubleCap = 2n * maxAbsPosition * PPM;
  const premium = (after * after - before * before) * BigInt(state.maxSpread);
  const scaled = takerBuys ? size * doubleCap + premium : size * doubleCap - premium;
  return mulDivForPool(takerBuys)(scaled, flatPrice(state, { takerBuys }), doubleCap * WAD * PRICE_UNIT);
}

/** The smallest size for which `isEnough` holds, or `most` if it holds for none below. */
function firstSize(most: bigint, isEnough: (size: bigint) => boolean): bigint {
  let [low, high] = [0n, most];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (isEnough(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}
