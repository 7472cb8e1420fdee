// Decisions of takers: pure functions of what a taker sees, and of its own seeded random numbers.

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

/** Random numbers from 0 up to 1, equal for equal seeds (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The change within the largest position. */
function limited({ size, maxSize }: TakerView, change: bigint): TakerDecision {
  const target = size + change;
  const bounded = target > maxSize ? maxSize : target < -maxSize ? -maxSize : target;
  return bounded === size ? undefined : bounded - size;
}

const first = ({ prices }: TakerView) => prices[0] as bigint;
const last = ({ prices }: TakerView) => prices[prices.length - 1] as bigint;

/** Buys what has risen and sells what has fallen. */
export function trendTaker(): Taker {
  return {
    name: "trend",
    decide: (view) => {
      if (first(view) === last(view)) return undefined;
      return limited(view, last(view) > first(view) ? view.unit : -view.unit);
    },
  };
}

/** Sells what has risen and buys what has fallen. */
export function reversionTaker(): Taker {
  return {
    name: "reversion",
    decide: (view) => {
      if (first(view) === last(view)) return undefined;
      return limited(view, last(view) > first(view) ? -view.unit : view.unit);
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
