/** A stream of pseudo-random numbers: the same numbers for the same seed and labels, on every machine. */
export type Random = {
  /** An integer in [0, bound). `bound` is at most 2^32. */
  below(bound: number): number;
  /** A number in [0, 1) with 32 bits. */
  unit(): number;
  /** A number in [min, max), uniform. */
  between(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** Approximately normal, with mean 0 and variance 1: the sum of twelve uniform numbers. */
  normal(): number;
};

const TWO_TO_32 = 2 ** 32;

/**
 * Creates a stream. Streams with different labels are independent, so that an agent's decisions do not depend on the number
 * of draws of another one.
 */
export function createRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  let state = hash(`${seed}/${labels.join("/")}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const unit = () => next() / TWO_TO_32;
  return {
    unit,
    below: (bound) => Math.floor(unit() * bound),
    between: (min, max) => min + unit() * (max - min),
    chance: (probability) => unit() < probability,
    normal: () => {
      let sum = -6;
      for (let draw = 0; draw < 12; draw++) sum += unit();
      return sum;
    },
  };
}

/** FNV-1a over UTF-16 code units, with a final mix, so that similar texts have unrelated results. */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  }
  result = Math.imul(result ^ (result >>> 16), 0x85ebca6b);
  result = Math.imul(result ^ (result >>> 13), 0xc2b2ae35);
  return (result ^ (result >>> 16)) >>> 0;
}
