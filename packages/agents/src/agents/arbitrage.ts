import type { Random } from "../random.js";
import type { ArbitrageSpec } from "../spec.js";
import { type AccountView, type Decision, type MarketView, returnOf } from "../views.js";
import { close, isPriced, open } from "./common.js";

/**
 * Sees another venue, whose price the oracle follows `lead` seconds later. Opens when that price has moved beyond the threshold, and
 * closes when the oracle has followed.
 */
export function decideArbitrage(
  spec: ArbitrageSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  if (account.size !== 0n) return account.heldFor >= spec.hold ? close(spec, random) : undefined;
  if (!isPriced(market)) return undefined;
  const ahead = returnOf(market.price, market.priceAhead(spec.lead));
  return Math.abs(ahead) < spec.threshold ? undefined : open(spec, ahead > 0, random);
}
