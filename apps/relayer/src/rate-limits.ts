// Token buckets by key, with a bounded memory.
import { ApiError } from "./errors.js";

/** A bucket's size, and how fast it fills. */
export type Rate = { burst: number; perSecond: number };

type Bucket = { tokens: number; at: number };

/** Keys that are remembered; the one that was used least recently is removed first. */
const MAX_KEYS = 50_000;

/** Token buckets. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #what: string;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, what: string, now: () => number = Date.now) {
    this.#rate = rate;
    this.#what = what;
    this.#now = now;
  }

  /**
   * Takes a token.
   *
   * @throws {@link ApiError} with the code `TOO_MANY_REQUESTS` and the seconds until there is one.
   */
  take(key: string, tokens = 1): void {
    const { burst, perSecond } = this.#rate;
    const now = this.#now();
    const before = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const available = Math.min(burst, before.tokens + ((now - before.at) / 1_000) * perSecond);
    this.#buckets.delete(key);
    if (available < tokens) {
      this.#buckets.set(key, { tokens: available, at: now });
      throw new ApiError("TOO_MANY_REQUESTS", `Too many requests of this ${this.#what}`, {
        limit: `${burst} at once, ${perSecond} in a second`,
        retryAfter: Math.max(1, Math.ceil((tokens - available) / perSecond)),
      });
    }
    this.#buckets.set(key, { tokens: available - tokens, at: now });
    if (this.#buckets.size > MAX_KEYS) this.#buckets.delete(this.#buckets.keys().next().value as string);
  }
}
