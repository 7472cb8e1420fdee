// Margin requirements, equal to the contracts' (libraries/MarginMath.sol) to the last wei. Amounts WAD quote, ratios ppm.
import type { Ppm, Wad } from "../units.js";
import { isReducedBy, notionalCeil } from "./amounts.js";
import { ceilDiv, PPM, positivePart } from "./integers.js";

/**
 * A ratio of a notional, WAD quote, rounded up (`MarginMath.requirementCeil`).
 *
 * @example
 * margin.requirementCeil(10_000n * 10n ** 18n, 50_000); // 500n * 10n ** 18n
 */
export const requirementCeil = (notional: Wad, ratio: Ppm): Wad => ceilDiv(notional * BigInt(ratio), PPM);

/**
 * Whether an account value is below a requirement, or negative (`MarginMath.isBelow`). WAD quote.
 *
 * @example
 * margin.isBelow(-1n, 0n); // true
 */
export const isBelow = (value: Wad, required: Wad): boolean => value < 0n || positivePart(value) < required;

/** One side of a fill, before and after it (`FillSide`): sizes WAD base, account values WAD quote. */
export type FillSide = { sizeBefore: Wad; sizeAfter: Wad; valueBefore: Wad; valueAfter: Wad };

/** The error with which the exchange rejects a side of a fill, and the requirement that it misses, WAD quote. */
export type MarginViolation = {
  errorName: "InsufficientInitialMargin" | "InsufficientMaintenanceMargin";
  accountValue: Wad;
  required: Wad;
};

/**
 * The violation for which a trade would revert with this side, or undefined (`MarginMath.check`, law L6). An increase needs the
 * initial requirement; a reduction needs maintenance, or a margin ratio that does not fall; a close needs a value that is not
 * negative.
 *
 * @param price WAD, the oracle price of the trade.
 * @example
 * margin.violationOf(
 *   { sizeBefore: 0n, sizeAfter: 10n ** 18n, valueBefore: 90n * 10n ** 18n, valueAfter: 90n * 10n ** 18n },
 *   { price: 2_000n * 10n ** 18n, initialMarginRatio: 50_000, maintenanceMarginRatio: 25_000 },
 * )?.required; // 100n * 10n ** 18n
 */
export function violationOf(
  side: FillSide,
  {
    price,
    initialMarginRatio,
    maintenanceMarginRatio,
  }: { price: Wad; initialMarginRatio: Ppm; maintenanceMarginRatio: Ppm },
): MarginViolation | undefined {
  const { sizeBefore, sizeAfter, valueBefore, valueAfter: accountValue } = side;
  const notional = notionalCeil(sizeAfter, price);
  if (!isReducedBy(sizeBefore, sizeAfter - sizeBefore)) {
    const required = requirementCeil(notional, initialMarginRatio);
    return isBelow(accountValue, required)
      ? { errorName: "InsufficientInitialMargin", accountValue, required }
      : undefined;
  }
  const required = requirementCeil(notional, maintenanceMarginRatio);
  if (!isBelow(accountValue, required)) return undefined;
  const notionalBefore = notionalCeil(sizeBefore, price);
  const wasBelow = isBelow(valueBefore, requirementCeil(notionalBefore, maintenanceMarginRatio));
  const ratioFell = accountValue * notionalBefore < valueBefore * notional;
  return !wasBelow || sizeAfter === 0n || ratioFell
    ? { errorName: "InsufficientMaintenanceMargin", accountValue, required }
    : undefined;
}

/** Margin ratios that change linearly in time: the targets in force from `rampEnd` on, and those at `rampStart`. Seconds. */
export type MarginRamp = {
  initialMarginRatio: Ppm;
  maintenanceMarginRatio: Ppm;
  rampEnd: bigint;
  initialMarginRatioBefore: Ppm;
  maintenanceMarginRatioBefore: Ppm;
  rampStart: bigint;
};

/**
 * The margin ratios in force at a time (`MarketLedgerLib.marginRatios`), ppm, rounded down during a ramp.
 *
 * @param timestamp Unix seconds, at or after the start of the ramp.
 * @example
 * margin.ratiosAt(
 *   {
 *     initialMarginRatio: 100_000, maintenanceMarginRatio: 50_000, rampEnd: 200n,
 *     initialMarginRatioBefore: 50_000, maintenanceMarginRatioBefore: 25_000, rampStart: 100n,
 *   },
 *   150n,
 * ); // { initialMarginRatio: 75000, maintenanceMarginRatio: 37500 }
 */
export function ratiosAt(
  ramp: MarginRamp,
  timestamp: bigint,
): { initialMarginRatio: Ppm; maintenanceMarginRatio: Ppm } {
  const { initialMarginRatio, maintenanceMarginRatio, rampStart, rampEnd } = ramp;
  if (timestamp >= rampEnd) return { initialMarginRatio, maintenanceMarginRatio };
  const between = (from: Ppm, to: Ppm): Ppm =>
    Number((BigInt(from) * (rampEnd - timestamp) + BigInt(to) * (timestamp - rampStart)) / (rampEnd - rampStart));
  return {
    initialMarginRatio: between(ramp.initialMarginRatioBefore, initialMarginRatio),
    maintenanceMarginRatio: between(ramp.maintenanceMarginRatioBefore, maintenanceMarginRatio),
  };
}
