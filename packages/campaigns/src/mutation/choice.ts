import type { Mutant } from "./faults.js";
import type { Results } from "./results.js";

/** The options that select faults and put them in order. */
export interface Choice {
  /** Ids; undefined selects all faults. */
  only?: string[] | undefined;
  untried: boolean;
  seed: number;
  /** The number of faults to take, before sharding. */
  sample: number;
  shard: number;
  shards: number;
}

/**
 * The faults that a run works on, in its order.
 *
 * @throws Error when `only` has an id that is not on the list
 */
export function choose(mutants: Mutant[], results: Results, choice: Choice): Mutant[] {
  const { only, untried, seed, sample, shard, shards } = choice;
  const unknown = only?.filter((id) => !mutants.some((mutant) => mutant.id === id)) ?? [];
  if (unknown.length > 0) throw new Error(`Not on the list: ${unknown.join(", ")}`);
  const selected = mutants.filter(({ id }) => (only?.includes(id) ?? true) && !(untried && results[id] !== undefined));
  return shuffle(selected, seed)
    .slice(0, sample)
    .filter((_, index) => index % shards === shard - 1);
}

/** Shuffles by Fisher and Yates with mulberry32: the same seed gives the same order. */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}
