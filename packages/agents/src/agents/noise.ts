import type { Random } from "../random.js";
import type { NoiseSpec } from "../spec.js";
import type { AccountView, Decision, MarketView } from "../views.js";
import { arrivalChance, close, isPriced, open } from "./common.js";

/** Opens and closes at random times. A quarter of its closes is partial. It also tries to close without a price. */
export function decideNoise(
  spec: NoiseSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  if (account.size === 0n) {
    if (!random.chance(arrivalChance(account.elapsed, spec.every)) || !isPriced(market)) return undefined;
    return open(spec, random.chance(spec.longShare), random);
  }
  if (!random.chance(arrivalChance(account.elapsed, spec.hold))) return undefined;
  const whole = close(spec, random);
  return random.chance(0.25) ? { ...whole, action: "close", part: 0.5 } : whole;
}
