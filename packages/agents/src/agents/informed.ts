import type { Random } from "../random.js";
import type { InformedSpec } from "../spec.js";
import { type AccountView, type Decision, type MarketView, returnOf } from "../views.js";
import { arrivalChance, close, isPriced, open } from "./common.js";

/** Past horizons from which the agent estimates the size of a usual return. */
const PAST_HORIZONS = 8;

/**
 * Opens when its signal exceeds the threshold, and closes after the horizon. The signal has the given correlation with the
 * return over the horizon: coefficient x return + sqrt(1 - coefficient^2) x deviation x noise.
 */
export function decideInformed(
  spec: InformedSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  if (account.size !== 0n) return account.heldFor >= spec.horizon ? close(spec, random) : undefined;
  if (!random.chance(arrivalChance(account.elapsed, spec.every)) || !isPriced(market)) return undefined;
  const { coefficient } = spec;
  const ahead = returnOf(market.price, market.priceAhead(spec.horizon));
  const noise = Math.sqrt(1 - coefficient * coefficient) * deviation(spec.horizon, market) * random.normal();
  const signal = coefficient * ahead + noise;
  return Math.abs(signal) < spec.threshold ? undefined : open(spec, signal > 0, random);
}

/** Root mean square of the returns over the last horizons. */
function deviation(horizon: number, market: MarketView): number {
  let sum = 0;
  for (let past = 0; past < PAST_HORIZONS; past++) {
    const change = returnOf(market.priceAgo((past + 1) * horizon), market.priceAgo(past * horizon));
    sum += change * change;
  }
  return Math.sqrt(sum / PAST_HORIZONS);
}
