import type { Random } from "../random.js";
import type { MomentumSpec } from "../spec.js";
import { type AccountView, type Decision, type MarketView, returnOf } from "../views.js";
import { close, isLong, isPriced, open } from "./common.js";

/**
 * Opens in the direction of the last move, or against it, when the move exceeds the threshold. Closes after the holding
 * time, or when the move has reversed by half of the threshold.
 */
export function decideMomentum(
  spec: MomentumSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  const sign = spec.direction === "with" ? 1 : -1;
  const signal = sign * returnOf(market.priceAgo(spec.lookback), market.price);
  if (account.size === 0n) {
    if (!isPriced(market) || Math.abs(signal) < spec.threshold) return undefined;
    return open(spec, signal > 0, random);
  }
  const along = isLong(account) ? signal : -signal;
  const isOver = account.heldFor >= spec.hold || along < -spec.threshold / 2;
  return isOver ? close(spec, random) : undefined;
}
