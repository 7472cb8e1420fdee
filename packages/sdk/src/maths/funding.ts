// Funding, equal to the contracts' (libraries/FundingMath.sol and FeeMath.sol) to the last wei. The rate is the highest one times
// the average skew over the skew scale; the average follows the skew a with a' = (skew - a) / tau, within the scale.
import type { Wad } from "../units.js";
import { decayUp, lnUp, ONE } from "./exponential.js";
import type { FeeRates, FeeState } from "./fee-state.js";
import { abs, ceilDiv, floorDiv, min } from "./integers.js";

/**
 * Paid by longs to shorts, WAD per second of the notional, rounded toward zero (`FeeMath.fundingRate`).
 *
 * @example
 * fees.fundingRate({ ...fees.empty, averageSkew: 5n }, { ...fees.noFees, maxFundingRate: 100n, skewScale: 10n }); // 50n
 */
export const fundingRate = ({ averageSkew }: FeeState, { maxFundingRate, skewScale }: FeeRates): Wad =>
  skewScale === 0n ? 0n : (maxFundingRate * averageSkew) / skewScale;

/**
 * The change of the funding rate, WAD per second squared, rounded toward zero (`FeeMath.fundingVelocity`). Zero at the cap.
 *
 * @example
 * fees.fundingVelocity({ ...fees.empty, takerLong: 5n }, { ...fees.noFees, maxFundingVelocity: 100n, skewScale: 10n }); // 50n
 */
export function fundingVelocity(state: FeeState, { maxFundingVelocity, skewScale: scale }: FeeRates): Wad {
  if (scale === 0n) return 0n;
  const gap = skewOf(state) - state.averageSkew;
  if (state.averageSkew === (gap > 0n ? scale : -scale)) return 0n;
  return (maxFundingVelocity * gap) / scale;
}

/** Adds the area under the rate times the price to the index, rounded against the takers' net position. */
export function accrueFunding(state: FeeState, rates: FeeRates, elapsed: bigint): void {
  const skew = skewOf(state);
  if (skew === 0n && state.averageSkew === 0n) return;
  const { maxFundingRate, skewScale: scale } = rates;
  const tau = maxFundingRate / rates.maxFundingVelocity;
  // The rule is the same for short takers, with all signs reversed.
  const sign = skew < 0n ? -1n : 1n;
  const { average, area } = accrue({ average: sign * state.averageSkew, skew: abs(skew), scale, tau, elapsed });
  state.averageSkew = sign * average;
  const againstTakers = (n: bigint, d: bigint) => (skew < 0n ? floorDiv(n, d) : ceilDiv(n, d));
  const paid = againstTakers(sign * area * maxFundingRate, scale);
  const unit = 10n ** (36n - rates.indexDecimals);
  state.fundingIndex = BigInt.asIntN(72, state.fundingIndex + againstTakers(paid * state.price, unit));
}

const skewOf = ({ takerLong, takerShort }: FeeState): Wad => takerLong - takerShort;

type Interval = { average: bigint; skew: bigint; scale: bigint; tau: bigint; elapsed: bigint };

/**
 * The average skew after a time at a constant skew that is not negative, and its area over the time, WAD base x seconds
 * (`FundingMath.accrue`).
 */
function accrue(interval: Interval): { average: bigint; area: bigint } {
  const { average, skew, scale, tau, elapsed } = interval;
  const gap = average - skew;
  const left = ceilDiv(abs(gap) * decayUp(elapsed, tau), ONE);
  const after = skew + (gap < 0n ? -left : left);
  if (after <= scale) return { average: after, area: skew * elapsed - tau * (after - average) };
  const area = areaBeforeCap(interval) + scale * elapsed - tau * (scale - average);
  return { average: scale, area };
}

/** (skew - scale) x the time until the average reaches the scale, which is at most `elapsed`; up. */
function areaBeforeCap({ average, skew, scale, tau, elapsed }: Interval): bigint {
  if (average === scale) return 0n;
  const beyond = skew - scale;
  const time = min(ceilDiv(lnUp(skew - average, beyond) * tau, 1n << 32n), elapsed << 64n);
  return ceilDiv(beyond * time, 1n << 64n);
}
