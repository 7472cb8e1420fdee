// Retries: a pause after each failure of one piece of work, and a budget for each class of errors.

/** The limits of one class of errors. */
export type RetryRule = {
  /** Attempts of all work together in `per`. */
  attempts: number;
  /** Milliseconds. */
  per: number;
  /** Milliseconds; the first pause, which doubles with each further failure. */
  pause: number;
  /** Milliseconds. */
  maxPause: number;
};

type Failures = { count: number; until: number };

/**
 * Decides whether work may be tried again. A doomed action costs gas each time: work that fails waits longer each time, and
 * once a class of errors has used its budget, all work that failed with that class waits.
 */
export class RetryBudget<errorClass extends string> {
  readonly #rules: Record<errorClass, RetryRule>;
  readonly #failures = new Map<string, Failures>();
  readonly #spent = new Map<errorClass, number[]>();
  readonly #now: () => number;

  constructor(rules: Record<errorClass, RetryRule>, now: () => number = Date.now) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Whether the pause after the last failure of this work is over. */
  mayTry(key: string): boolean {
    return (this.#failures.get(key)?.until ?? 0) <= this.#now();
  }

  /** Records a failure. Returns whether the class's budget is spent. */
  failed(key: string, errorClass: errorClass): boolean {
    const now = this.#now();
    const { attempts, per, pause, maxPause } = this.#rules[errorClass];
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const spent = [...(this.#spent.get(errorClass) ?? []).filter((time) => time > now - per), now];
    this.#spent.set(errorClass, spent);
    const isSpent = spent.length > attempts;
    const wait = Math.min(maxPause, pause * 2 ** Math.min(count - 1, 30));
    const refill = (spent.at(-attempts - 1) ?? 0) + per;
    this.#failures.set(key, { count, until: isSpent ? Math.max(now + wait, refill) : now + wait });
    if (this.#failures.size > 10_000) this.#forgetOld(now);
    return isSpent;
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /** Whether a class's budget is spent now. */
  isSpent(errorClass: errorClass): boolean {
    const { attempts, per } = this.#rules[errorClass];
    const since = this.#now() - per;
    return (this.#spent.get(errorClass) ?? []).filter((time) => time > since).length > attempts;
  }

  #forgetOld(now: number): void {
    for (const [key, { until }] of this.#failures) if (until < now - 600_000) this.#failures.delete(key);
  }
}
