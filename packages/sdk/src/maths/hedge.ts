// The arithmetic of a hedge, equal to the contracts' (libraries/HedgeMath.sol) to the last wei. Amounts WAD, ratios ppm.
import type { Ppm, Wad } from "../units.js";
import { notionalCeil, notionalFloor, valueFloor } from "./amounts.js";
import { abs, max, min, mulDivDown, mulDivUp, PPM, WAD } from "./integers.js";

/**
 * Units of the base token that a hedge trades when its position changes between two magnitudes, WAD
 * (`HedgeMath.unitsBetween`). Both are rounded down to whole units.
 *
 * @param unitScale WAD per unit of the base token: 10^(18 - decimals).
 * @example
 * hedge.unitsBetween(15n, 37n, 10n); // 2n
 */
export const unitsBetween = (smaller: Wad, larger: Wad, unitScale: bigint): bigint =>
  mulDivDown(larger, 1n, unitScale) - mulDivDown(smaller, 1n, unitScale);

/**
 * Units that a hedge has to buy (above zero) or sell after a change of its position, each size rounded toward zero
 * (`HedgeMath.unitsToFollow`).
 *
 * @example
 * hedge.unitsToFollow(37n, 15n, 10n); // 2n
 */
export const unitsToFollow = (sizeBefore: Wad, sizeAfter: Wad, unitScale: bigint): bigint =>
  sizeBefore / unitScale - sizeAfter / unitScale;

/**
 * The gain (above zero) or loss of a swap against the price, WAD quote, rounded down (`HedgeMath.gainFloor`).
 *
 * @param base bought above zero, sold below, WAD.
 * @param quote paid or received, WAD.
 * @example
 * hedge.gainFloor(10n ** 18n, 1_990n * 10n ** 18n, 2_000n * 10n ** 18n); // 10n * 10n ** 18n
 */
export const gainFloor = (base: Wad, quote: Wad, price: Wad): Wad =>
  valueFloor(base, price) + (base < 0n ? quote : -quote);

/**
 * The part of the swap's quote that a selling taker receives, rounded down (`HedgeMath.lessSpreadDown`).
 *
 * @example
 * hedge.lessSpreadDown(10_001n, 1_000); // 9990n
 */
export const lessSpreadDown = (quote: Wad, spread: Ppm): Wad => mulDivDown(quote, PPM - BigInt(spread), PPM);

/**
 * The amount that a buying taker pays for the swap's quote, rounded up (`HedgeMath.plusSpreadUp`).
 *
 * @example
 * hedge.plusSpreadUp(10_001n, 1_000); // 10012n
 */
export const plusSpreadUp = (quote: Wad, spread: Ppm): Wad => mulDivUp(quote, PPM + BigInt(spread), PPM);

/**
 * The amount that the swap must yield so that the taker receives `quote` after the spread, rounded up (`HedgeMath.grossUp`).
 *
 * @param spread below 1,000,000.
 * @throws {@link InvalidAmountError} for a spread of 100% or more.
 * @example
 * hedge.grossUp(10_000n, 1_000); // 10011n
 */
export const grossUp = (quote: Wad, spread: Ppm): Wad => mulDivUp(quote, PPM, PPM - BigInt(spread), "spread");

/**
 * The part of the taker's payment that the swap spends, rounded down (`HedgeMath.netDown`).
 *
 * @example
 * hedge.netDown(10_010n, 1_000); // 10000n
 */
export const netDown = (quote: Wad, spread: Ppm): Wad => mulDivDown(quote, PPM, PPM + BigInt(spread));

/**
 * Whether the price of a swap, quote / base, deviates from `price` by at most `maxDeviation`, ppm; outside fills with one unit
 * of either token (WAD) admitted in addition (`HedgeMath.isNear`).
 *
 * @example
 * hedge.isNear({ base: 10n ** 18n, quote: 2_010n * 10n ** 18n }, { price: 2_000n * 10n ** 18n, maxDeviation: 5_000 }); // true
 */
export function isNear(
  { base, quote }: { base: Wad; quote: Wad },
  {
    price,
    maxDeviation,
    baseUnit = 0n,
    quoteUnit = 0n,
  }: { price: Wad; maxDeviation: Ppm; baseUnit?: Wad; quoteUnit?: Wad },
): boolean {
  const fair = base * price;
  return abs(quote * WAD - fair) <= mulDivDown(fair, BigInt(maxDeviation), PPM) + baseUnit * price + quoteUnit * WAD;
}

/**
 * For exact base: the quote that is worse for the taker, at the swap price or at the oracle price, WAD
 * (`HedgeMath.worseQuote`).
 *
 * @example
 * hedge.worseQuote({ isBaseToQuote: true, base: 10n ** 18n, quote: 1_990n * 10n ** 18n }, 2_000n * 10n ** 18n); // 1_990n * 10n ** 18n
 */
export const worseQuote = (
  { isBaseToQuote, base, quote }: { isBaseToQuote: boolean; base: Wad; quote: Wad },
  price: Wad,
): Wad => (isBaseToQuote ? min(quote, notionalFloor(base, price)) : max(quote, notionalCeil(base, price)));

/**
 * For exact quote: the base that is worse for the taker, WAD, in whole units of the base token (`HedgeMath.worseBase`).
 *
 * @param baseScale WAD per unit of the base token.
 * @example
 * hedge.worseBase({ isBaseToQuote: false, base: 10n ** 18n, quote: 1_990n * 10n ** 18n }, 2_000n * 10n ** 18n, 1n); // 995000000000000000n
 */
export function worseBase(
  { isBaseToQuote, base, quote }: { isBaseToQuote: boolean; base: Wad; quote: Wad },
  price: Wad,
  baseScale: bigint,
): Wad {
  const unitPrice = price * baseScale;
  return isBaseToQuote
    ? max(base, mulDivUp(quote, WAD, unitPrice, "price") * baseScale)
    : min(base, mulDivDown(quote, WAD, unitPrice, "price") * baseScale);
}
