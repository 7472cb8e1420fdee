import { amounts, margin } from "@counterpoise/sdk/math";
import type { AccountId } from "./bookings.js";
import { abs, ceilDiv, mulDivDown, mulDivUp, PPM, WAD } from "./integers.js";
import type { Settlement } from "./ledger.js";
import type { OraclePrice } from "./oracle.js";
import { Rejection } from "./rejection.js";
import { makerOf, rulesOf, type Venue } from "./venue.js";

/** The amount of a reduce-only trade that closes the position: the largest uint256. */
export const WHOLE_POSITION = 2n ** 256n - 1n;

/** A trade of a taker with a maker. Amounts WAD. */
export type TradeParameters = {
  taker: AccountId;
  maker: AccountId;
  /** The taker sells. */
  isBaseToQuote: boolean;
  /** `amount` is what the taker gives. */
  isExactInput: boolean;
  isReduceOnly?: boolean | undefined;
  amount: bigint;
  /** Least amount received or greatest amount given. */
  oppositeBound: bigint;
};

/** The amounts of a trade, from the taker's side, WAD. */
export type Trade = { base: bigint; quote: bigint; tradingFee: bigint; price: bigint };

/**
 * Trades with a maker. The steps and their order are those of docs/specification.md, section 5.
 *
 * @throws {Rejection}
 */
export function trade(venue: Venue, parameters: TradeParameters): Trade {
  return venue.ledger.atomically(() => runTrade(venue, parameters));
}

function runTrade(venue: Venue, parameters: TradeParameters): Trade {
  const { ledger, oracle } = venue;
  const { taker, isBaseToQuote, isExactInput } = parameters;
  // 1. admission
  if (parameters.amount === 0n) throw new Rejection("ZeroAmount");
  if (taker === parameters.maker) throw new Rejection("TakerIsMaker", { taker });
  const maker = makerOf(venue, parameters.maker);
  // 2. one oracle price for the trade
  const price = oracle.tradePrice(ledger.time);
  ledger.accrueAt(price.price);
  const takerSize = ledger.positionOf(taker).size;
  // 3. the maker's side
  const { amount, bound } = fitted(venue, parameters, takerSize, price.price);
  const opposite = maker.fill({ isBaseToQuote, isExactInput, amount, takerSize }, price);
  // 4. bounds
  if (isExactInput ? opposite < bound : opposite > bound) throw new Rejection("SlippageExceeded", { opposite, bound });
  const isExactBase = isBaseToQuote === isExactInput;
  const [baseAmount, quoteAmount] = isExactBase ? [amount, opposite] : [opposite, amount];
  if (baseAmount === 0n) throw new Rejection("ZeroAmount");
  const [base, quote] = isBaseToQuote ? [-baseAmount, quoteAmount] : [baseAmount, -quoteAmount];
  if (!reduces(takerSize, base, parameters.isReduceOnly)) {
    checkIncrease(venue, price);
    checkBand(venue, baseAmount, quoteAmount, price.price);
  }
  // 5. settlement
  const tradingFee = ceilDiv(quoteAmount * BigInt(rulesOf(venue).tradingFee), PPM);
  const { publishTime } = price;
  const terms = { taker, maker: maker.id, base, quote, price: price.price, publishTime, tradingFee };
  const settled = ledger.settle(terms);
  // 6. and 7. the maker's own limit, and the margin of both sides
  const makerReduces = amounts.isReducedBy(settled.maker.sizeBefore, -base);
  if (!makerReduces) checkMinMarginRatio(settled.maker, price.price, maker.minMarginRatio);
  checkMargin(venue, settled.taker, taker, price.price);
  if (!makerReduces) checkMargin(venue, settled.maker, maker.id, price.price);
  checkMinimum(venue, settled.taker, taker, price.price);
  return { base, quote, tradingFee, price: price.price };
}

/** The amount fitted to the taker's position, and its bound in proportion. */
function fitted(
  venue: Venue,
  parameters: TradeParameters,
  size: bigint,
  price: bigint,
): { amount: bigint; bound: bigint } {
  const { taker, amount, oppositeBound, isBaseToQuote, isExactInput } = parameters;
  const isReduceOnly = parameters.isReduceOnly ?? false;
  const isOpposite = isBaseToQuote ? size > 0n : size < 0n;
  if (isReduceOnly && !isOpposite) throw new Rejection("NothingToReduce", { size });
  const whole = { amount, bound: oppositeBound };
  if (isBaseToQuote !== isExactInput || !isOpposite) return whole;
  const fit = fittedBase(venue, { amount, held: abs(size), isReduceOnly, taker, price });
  if (fit === amount || amount === WHOLE_POSITION) return { ...whole, amount: fit };
  const bound = isExactInput
    ? mulDivUp(oppositeBound, fit, amount)
    : oppositeBound > MAX_QUOTE
      ? oppositeBound
      : mulDivDown(oppositeBound, fit, amount);
  return { amount: fit, bound };
}

/** `QuoteLib.MAX_QUOTE`: above it there is no bound to scale. */
const MAX_QUOTE = 2n ** 127n - 1n;

/** All of an opposite position when a reduce-only fill exceeds it, and when a fill would leave less than the minimum (T21). */
function fittedBase(
  venue: Venue,
  order: { amount: bigint; held: bigint; isReduceOnly: boolean; taker: AccountId; price: bigint },
): bigint {
  const { amount, held, isReduceOnly, taker, price } = order;
  if (amount >= held) return isReduceOnly ? held : amount;
  const { minPositionValue } = rulesOf(venue);
  const isEnough = amounts.notionalCeil(held - amount, price) >= minPositionValue;
  return minPositionValue === 0n || isEnough || venue.makers.has(taker) ? amount : held;
}

function reduces(size: bigint, fill: bigint, isReduceOnly = false): boolean {
  const isReduction = amounts.isReducedBy(size, fill);
  if (isReduceOnly && !isReduction) throw new Rejection("WouldIncrease", { size, fill });
  return isReduction;
}

/** A market with bad debt is reduce-only, and increases need a precise price. */
function checkIncrease({ ledger, oracle }: Venue, price: OraclePrice): void {
  if (ledger.insurance < 0n) throw new Rejection("MarketNotActive", { insurance: ledger.insurance });
  oracle.checkIncrease(price);
}

function checkBand(venue: Venue, base: bigint, quote: bigint, price: bigint): void {
  const band = BigInt(rulesOf(venue).priceBand);
  const paid = quote * WAD * PPM;
  const fair = base * price;
  if (paid > fair * (PPM + band) || paid < fair * (PPM - band)) {
    throw new Rejection("PriceBandExceeded", { tradePrice: (quote * WAD) / base, price, band });
  }
}

/** The maker's own limit for a fill that increases its exposure. */
export function checkMinMarginRatio(
  { sizeAfter, valueAfter }: margin.FillSide,
  price: bigint,
  minMarginRatio: number,
): void {
  const required = margin.requirementCeil(amounts.notionalCeil(sizeAfter, price), minMarginRatio);
  if (margin.isBelow(valueAfter, required)) throw new Rejection("BelowMinMarginRatio", { valueAfter, required });
}

/** Checks L6 of one side of a fill. */
export function checkMargin(venue: Venue, side: margin.FillSide, account: AccountId, price: bigint): void {
  const violation = margin.violationOf(side, { price, ...rulesOf(venue) });
  if (!violation) return;
  const { errorName, accountValue, required } = violation;
  throw new Rejection(errorName, { account, accountValue, required });
}

function checkMinimum(venue: Venue, { sizeAfter }: Settlement["taker"], taker: AccountId, price: bigint): void {
  const { minPositionValue } = rulesOf(venue);
  if (minPositionValue === 0n || sizeAfter === 0n) return;
  const value = amounts.notionalCeil(sizeAfter, price);
  if (value < minPositionValue && !venue.makers.has(taker)) {
    throw new Rejection("PositionBelowMinimum", { value, minPositionValue });
  }
}
