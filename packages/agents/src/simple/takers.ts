// Decisions of takers: pure functions of what a taker sees, and of its own seeded random numbers.
import { createRandom } from "../random.js";

/** The state that a taker decides on. Sizes and prices WAD. */
export type TakerView = {
  /** Long above zero. */
  size: bigint;
  /** The latest prices, oldest first; at least one. */
  prices: readonly bigint[];
  /** The size that the taker trades at a time. */
  unit: bigint;
  /** The largest position, in either direction. */
  maxSize: bigint;
};

/** The change of a position that a taker wants: WAD base, above zero to buy. Undefined: none. */
export type TakerDecision = bigint | undefined;

/** A taker. Its decisions depend on the views and the seed only. */
export type Taker = { name: string; decide(view: TakerView): TakerDecision };

/** Random numbers from 0 up to 1, equal for equal seeds. */
export const seededRandom = (seed: number): (() => number) => createRandom(seed).unit;

/** The change within the largest position. */
function limited({ size, maxSize }: TakerView, change: bigint): TakerDecision {
  const target = size + change;
  const bounded = target > maxSize ? maxSize : target < -maxSize ? -maxSize : target;
  return bounded === size ? undefined : bounded - size;
}

const first = ({ prices }: TakerView) => prices[0] as bigint;
const last = ({ prices }: TakerView) => prices[prices.length - 1] as bigint;

/** Buys what has risen and sells what has fallen. */
export const trendTaker = (): Taker => followingTaker("trend", 1n);

/** Sells what has risen and buys what has fallen. */
export const reversionTaker = (): Taker => followingTaker("reversion", -1n);

/** Trades with the move of the price, or against it with a sign below zero. */
function followingTaker(name: string, sign: 1n | -1n): Taker {
  return {
    name,
    decide: (view) => {
      if (first(view) === last(view)) return undefined;
      return limited(view, (last(view) > first(view) ? view.unit : -view.unit) * sign);
    },
  };
}

/** Trades at random, one time in three, and closes its position one time in six. */
export function noiseTaker(seed: number): Taker {
  const random = seededRandom(seed);
  return {
    name: "noise",
    decide: (view) => {
      const draw = random();
      if (draw > 0.5) return undefined;
      if (draw > 1 / 3) return view.size === 0n ? undefined : -view.size;
      return limited(view, draw > 1 / 6 ? view.unit : -view.unit);
    },
  };
}
