// The funding rate, equal to the contracts' (libraries/FeeMath.sol, `_accrueFunding`) to the last wei.
import type { Wad } from "../units.js";
import type { FeeRates, FeeState } from "./fee-state.js";
import { floorDiv, max, min } from "./integers.js";

/**
 * The change of the funding rate, WAD per second squared, rounded toward zero (`FeeMath.fundingVelocity`).
 *
 * @example
 * fees.fundingVelocity({ ...fees.empty, takerLong: 5n }, { ...fees.noFees, maxFundingVelocity: 100n, skewScale: 10n }); // 50n
 */
export const fundingVelocity = (state: FeeState, rates: FeeRates): Wad =>
  rates.skewScale === 0n ? 0n : (rates.maxFundingVelocity * cappedSkew(state, rates)) / rates.skewScale;

/** Adds the area under the rate times the price to the index. The rate changes linearly until it reaches its cap. */
export function accrueFunding(state: FeeState, rates: FeeRates, elapsed: bigint): void {
  const { maxFundingRate: cap, skewScale: scale } = rates;
  const push = rates.maxFundingVelocity * cappedSkew(state, rates);
  const before = state.fundingRate;
  let rate = before + (push * elapsed) / scale;
  let doubleArea = (before + rate) * elapsed;
  if (rate > cap || rate < -cap) {
    rate = rate > cap ? cap : -cap;
    const moving = ((rate - before) * scale) / push;
    doubleArea = (before + rate) * moving + 2n * rate * (elapsed - moving);
  }
  state.fundingRate = rate;
  const unit = 2n * 10n ** (36n - rates.indexDecimals);
  state.fundingIndex = BigInt.asIntN(72, state.fundingIndex + floorDiv(doubleArea * state.price, unit));
}

const cappedSkew = ({ takerLong, takerShort }: FeeState, { skewScale }: FeeRates): bigint =>
  max(-skewScale, min(skewScale, takerLong - takerShort));
