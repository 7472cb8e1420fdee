// The fee state of a market and its rates, as the contracts have them (types/Fees.sol).
import type { Wad } from "../units.js";

/** Accrued funding and borrowing of a market, and the inputs of the accrual (`FeeState`, `getFeeState`). */
export type FeeState = {
  /** Sums of positions, WAD base. */
  takerLong: Wad;
  takerShort: Wad;
  makerLong: Wad;
  /** The price at which the time since `updatedAt` accrues, WAD. Zero before the first fill. */
  price: Wad;
  fundingIndex: bigint;
  /** The average of the takers' net position, which sets the funding rate; from -skewScale to skewScale, WAD base. */
  averageSkew: Wad;
  /** Unix seconds; `fees.FROZEN` while accrual is stopped. */
  updatedAt: bigint;
  takerLongIndex: bigint;
  takerShortIndex: bigint;
  makerLongIndex: bigint;
  makerShortIndex: bigint;
};

/** The settings by which a market accrues (`FeeRates`). */
export type FeeRates = {
  indexDecimals: bigint;
  /** WAD per second. */
  maxFundingRate: Wad;
  /** WAD per second squared. The time constant of the average skew is maxFundingRate / maxFundingVelocity, seconds. */
  maxFundingVelocity: Wad;
  /** WAD base. */
  skewScale: Wad;
  /** WAD per second. */
  maxBorrowingRate: Wad;
  /** WAD base, of all makers. */
  makerLongCapacity: Wad;
  makerShortCapacity: Wad;
};
