import type { Random } from "../random.js";
import type { TakerTerms } from "../spec.js";
import { type AccountView, type Decision, dollars, MAX_PRICE_AGE, type MarketView } from "../views.js";

/** Probability of at least one arrival within `elapsed`, for a mean distance of `mean`: linear, at most one. Seconds. */
export const arrivalChance = (elapsed: number, mean: number): number => Math.min(1, elapsed / mean);

/** Whether the market has a price at which an agent would open a position. */
export const isPriced = ({ priceAge }: MarketView): boolean => priceAge <= MAX_PRICE_AGE;

export const isLong = ({ size }: AccountView): boolean => size > 0n;

/** Opens with a size and a leverage from the agent's ranges. Small sizes are more frequent than large ones. */
export function open(terms: TakerTerms, long: boolean, random: Random): Decision {
  const draw = random.unit();
  const [min, max] = terms.size;
  return {
    action: "open",
    isLong: long,
    notional: dollars(min + draw * draw * (max - min)),
    leverage: random.between(...terms.leverage),
    venue: venueOf(terms, random),
  };
}

/** Closes the whole position. */
export const close = (terms: TakerTerms, random: Random): Decision => ({
  action: "close",
  part: 1,
  venue: venueOf(terms, random),
});

const venueOf = ({ hedgedShare }: TakerTerms, random: Random) => (random.chance(hedgedShare) ? "hedged" : "oracle");
