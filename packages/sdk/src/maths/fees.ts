// Funding and borrowing over time, equal to the contracts' (libraries/FeeMath.sol, types/Fees.sol) to the last wei. Amounts WAD,
// times Unix seconds. Indices are quote per base in the market's index decimals.
import type { Wad } from "../units.js";
import type { FeeRates, FeeState } from "./fee-state.js";
import { accrueFunding } from "./funding.js";
import { abs, floorDiv, max, mulDivDown, mulDivUp, WAD } from "./integers.js";
import type { StoredPosition } from "./position.js";

export type { FeeRates, FeeState } from "./fee-state.js";
export { fundingRate, fundingVelocity } from "./funding.js";

/** A fee state in the four words in which the Vault stores it (`PackedFees`), as `ExchangeLens.marketOf` returns them. */
export type PackedFees = { takers: bigint; makers: bigint; funding: bigint; borrowing: bigint };

/**
 * The fee state of its stored words, at the market's last update (`FeeStorage.unpack`). {@link advance} accrues it.
 *
 * @example
 * fees.unpack({ takers: 5n, makers: 7n << 128n, funding: 60n << 200n, borrowing: 0n }).updatedAt; // 60n
 */
export function unpack({ takers, makers, funding, borrowing }: PackedFees): FeeState {
  const bits = (word: bigint, from: number, length: number) => BigInt.asUintN(length, word >> BigInt(from));
  return {
    takerLong: bits(takers, 0, 128),
    takerShort: bits(takers, 128, 128),
    makerLong: bits(makers, 0, 128),
    price: bits(makers, 128, 128),
    fundingIndex: BigInt.asIntN(72, funding),
    averageSkew: BigInt.asIntN(128, funding >> 72n),
    updatedAt: bits(funding, 200, 40),
    takerLongIndex: bits(borrowing, 0, 64),
    takerShortIndex: bits(borrowing, 64, 64),
    makerLongIndex: bits(borrowing, 128, 64),
    makerShortIndex: bits(borrowing, 192, 64),
  };
}

/** `updatedAt` of a market whose accrual is stopped. */
export const FROZEN = 2n ** 40n - 1n;

/**
 * The sum of the makers' short positions, WAD base: all sizes sum to zero (`FeeStateLib.makerShort`).
 *
 * @example
 * fees.makerShort({ takerLong: 5n, takerShort: 2n, makerLong: 1n }); // 4n
 */
export const makerShort = ({
  takerLong,
  takerShort,
  makerLong,
}: Pick<FeeState, "takerLong" | "takerShort" | "makerLong">): Wad => takerLong + makerLong - takerShort;

/**
 * Accrues fees to a time, Unix seconds (`FeeMath.advance`). Changes nothing in a frozen market and before the last update.
 * Receipts are rounded down, payments of borrowing up.
 *
 * @example
 * fees.advance(fees.empty, fees.noFees, 60n).updatedAt; // 60n
 */
export function advance(state: FeeState, rates: FeeRates, timestamp: bigint): FeeState {
  if (timestamp <= state.updatedAt) return state;
  const elapsed = timestamp - state.updatedAt;
  const after = { ...state, updatedAt: timestamp };
  if (state.price === 0n) return after;
  if (rates.maxFundingRate !== 0n) accrueFunding(after, rates, elapsed);
  if (rates.maxBorrowingRate !== 0n) accrueBorrowing(after, rates, elapsed);
  return after;
}

/**
 * Fees that an account owes (above zero) or receives, WAD quote, rounded against the account (`FeeMath.pending`).
 *
 * @param state accrued to the time of the answer, see {@link advance}.
 * @example
 * fees.pending(
 *   { ...position.flat, size: 10n ** 18n },
 *   { ...fees.empty, fundingIndex: 25n, takerLongIndex: 5n },
 *   14n,
 * ); // { funding: 250000n, borrowing: 50000n }
 */
export function pending(
  { size, isMaker, fundingIndex, borrowingIndex }: StoredPosition,
  state: FeeState,
  indexDecimals: bigint,
): { funding: Wad; borrowing: Wad } {
  if (size === 0n) return { funding: 0n, borrowing: 0n };
  const unit = 10n ** indexDecimals;
  // Indices wrap; cutting their difference to their width gives the true difference.
  const fundingDelta = BigInt.asIntN(72, state.fundingIndex - fundingIndex);
  const fee = abs(size) * BigInt.asUintN(64, borrowingIndexOf(state, isMaker, size) - borrowingIndex);
  return { funding: -floorDiv(-size * fundingDelta, unit), borrowing: -floorDiv(isMaker ? fee : -fee, unit) };
}

/**
 * The borrowing index of the group of an account: takers or makers, long or short (`FeeStateLib.borrowingIndex`).
 *
 * @example
 * fees.borrowingIndexOf({ ...fees.empty, makerShortIndex: 7n }, true, -1n); // 7n
 */
export function borrowingIndexOf(state: FeeState, isMaker: boolean, size: Wad): bigint {
  if (isMaker) return size > 0n ? state.makerLongIndex : state.makerShortIndex;
  return size > 0n ? state.takerLongIndex : state.takerShortIndex;
}

/**
 * The borrowing rate on the makers' net exposure, WAD per second, rounded down (`FeeMath.borrowingRate`).
 *
 * @example
 * fees.borrowingRate({ ...fees.empty, takerLong: 5n }, { ...fees.noFees, maxBorrowingRate: 100n, makerShortCapacity: 10n }); // 50n
 */
export function borrowingRate(state: FeeState, rates: FeeRates): Wad {
  const { net, capacity } = exposure(state, rates);
  if (net >= capacity) return net === 0n ? 0n : rates.maxBorrowingRate;
  return mulDivDown(rates.maxBorrowingRate, net, capacity);
}

/**
 * Replaces the size of an account in the sums, WAD base (`FeeStateLib.move`).
 *
 * @example
 * fees.move({ ...fees.empty, takerLong: 5n }, { isMaker: false, before: 5n, after: -2n }).takerShort; // 2n
 */
export function move(
  state: FeeState,
  { isMaker, before, after }: { isMaker: boolean; before: Wad; after: Wad },
): FeeState {
  const moved = (sum: bigint, from: bigint, to: bigint) => sum - max(0n, from) + max(0n, to);
  return isMaker
    ? { ...state, makerLong: moved(state.makerLong, before, after) }
    : {
        ...state,
        takerLong: moved(state.takerLong, before, after),
        takerShort: moved(state.takerShort, -before, -after),
      };
}

/** The fee state of a market without positions, at time zero. */
export const empty: FeeState = {
  takerLong: 0n,
  takerShort: 0n,
  makerLong: 0n,
  price: 0n,
  fundingIndex: 0n,
  averageSkew: 0n,
  updatedAt: 0n,
  takerLongIndex: 0n,
  takerShortIndex: 0n,
  makerLongIndex: 0n,
  makerShortIndex: 0n,
};

/** The rates of a market without funding and borrowing. */
export const noFees: FeeRates = {
  indexDecimals: 0n,
  maxFundingRate: 0n,
  maxFundingVelocity: 0n,
  skewScale: 0n,
  maxBorrowingRate: 0n,
  makerLongCapacity: 0n,
  makerShortCapacity: 0n,
};

/** The makers' net position and their capacity on its side, WAD base. */
function exposure({ takerLong, takerShort }: FeeState, rates: FeeRates): { net: bigint; capacity: bigint } {
  return takerLong > takerShort
    ? { net: takerLong - takerShort, capacity: rates.makerShortCapacity }
    : { net: takerShort - takerLong, capacity: rates.makerLongCapacity };
}

/** maxRate x utilization x net exposure x price per second, divided in proportion to size. Payments up, receipts down. */
function accrueBorrowing(state: FeeState, rates: FeeRates, elapsed: bigint): void {
  const { net, capacity } = exposure(state, rates);
  if (net === 0n) return;
  const utilization = net >= capacity ? WAD : mulDivDown(net, WAD, capacity);
  const perNet = mulDivDown(
    state.price * rates.maxBorrowingRate * elapsed,
    utilization,
    10n ** (54n - rates.indexDecimals),
  );
  if (state.takerLong > state.takerShort) {
    state.takerLongIndex += mulDivUp(perNet, net, state.takerLong);
    state.makerShortIndex += mulDivDown(perNet, net, makerShort(state), "makerShort");
  } else {
    state.takerShortIndex += mulDivUp(perNet, net, state.takerShort);
    state.makerLongIndex += mulDivDown(perNet, net, state.makerLong, "makerLong");
  }
}
