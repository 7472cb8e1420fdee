import type { Random } from "../random.js";
import type { MoverSpec } from "../spec.js";
import { type AccountView, dollars, MAX_PRICE_AGE, type MarketView, type MoverDecision, returnOf } from "../views.js";
import { arrivalChance } from "./common.js";

/**
 * Decisions of agents that move the market's price and pay for it.
 *
 * A whale waits for a move of its threshold, takes a position in its direction and pushes the price further, so that accounts are
 * liquidated; it closes after its holding time. A manipulator opens a position at any time, pushes the price in its direction and
 * closes at the pushed price.
 */
export function decideMover(
  spec: MoverSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): MoverDecision | undefined {
  if (account.size !== 0n) {
    return account.heldFor >= spec.hold ? { action: "close", part: 1, venue: "oracle" } : undefined;
  }
  if (market.priceAge > MAX_PRICE_AGE || !random.chance(arrivalChance(account.elapsed, spec.every))) return undefined;
  const move = returnOf(market.priceAgo(spec.lookback), market.price);
  if (spec.type === "whale" && Math.abs(move) < spec.threshold) return undefined;
  const isLong = spec.type === "whale" ? move > 0 : random.chance(0.5);
  const [min, max] = spec.size;
  return {
    action: "push",
    isLong,
    notional: dollars(random.between(min, max)),
    leverage: random.between(...spec.leverage),
    ratio: isLong ? spec.push : -spec.push,
    seconds: spec.hold,
  };
}
