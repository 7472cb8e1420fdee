// The TypeScript of packages/contracts/src/gateways/OrderFailures.sol; a test compares the lists.
import type { Revert } from "../reverts.js";

/** Errors that end an order against any maker: authority, collateral and terms of the taker. */
export const endsForAnyMaker: readonly string[] = [
  "NotAuthorized",
  "InsufficientFund",
  "NothingToReduce",
  "UnknownMaker",
  "TakerIsMaker",
];

/** Errors that end an order against a maker that prices from the oracle. At a pool's price, the pool may cause them. */
export const endsAtOraclePrice: readonly string[] = [
  // rejections of the trade
  "SlippageExceeded",
  "ZeroAmount",
  "WouldIncrease",
  "PriceBandExceeded",
  "PositionBelowMinimum",
  "InsufficientInitialMargin",
  "InsufficientMaintenanceMargin",
  "MakerCapacityExceeded",
  "MakerQuoteCapacityExceeded",
  "BelowMinMarginRatio",
  // rejections by the market
  "MarketNotActive",
  "MakerIsRetired",
  "SenderNotApproved",
  "ConfidenceTooWide",
  "SequencerDown",
  "SourcesDisagree",
  // arithmetic of extreme amounts
  "Panic",
  "AmountTooLarge",
  "SafeCastOverflowedIntDowncast",
  "SafeCastOverflowedUintDowncast",
  "SafeCastOverflowedUintToInt",
];

/** Whether a failure of the trade ends the order. Other failures leave it open. */
export function endsOrder(
  revert: Revert | undefined,
  { isSpotHedged, isExactBase }: { isSpotHedged: boolean; isExactBase: boolean },
): boolean {
  if (revert === undefined) return false;
  const { errorName } = revert;
  if (endsForAnyMaker.includes(errorName)) return true;
  if (errorName === "FinerThanBaseToken") return isExactBase;
  return !isSpotHedged && endsAtOraclePrice.includes(errorName);
}
