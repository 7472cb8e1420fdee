// Alarms: conditions that need an operator, in logs, metrics and health. docs/operations.md says what to do at each.
import type { Logger } from "./logger.js";
import type { Metrics } from "./metrics.js";

/** The conditions that need an operator. */
export const alarmNames = [
  "database-down",
  "gas-wallet-empty",
  "gas-wallet-above-ceiling",
  "gas-price-above-limit",
  "prices-down",
  "prices-stale",
  "rpc-down",
  "rpc-degraded",
  "chain-stalled",
  "round-failed",
  "retry-budget-spent",
  "stuck-transaction",
  "subsidy-spent",
  "feed-down",
  "matcher-absent",
  "relayer-not-approved",
  "settlements-failing",
  "signer-refuses",
] as const;

/** A condition that needs an operator. */
export type AlarmName = (typeof alarmNames)[number];

/** A raised alarm. */
export type Alarm = { name: AlarmName; detail: string; since: number };

/** The raised alarms of a service. */
export class Alarms {
  readonly #raised = new Map<AlarmName, Alarm>();
  readonly #log: Logger;
  readonly #metrics: Metrics;

  constructor({ log, metrics }: { log: Logger; metrics: Metrics }) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** Raises an alarm. Logs it once, until it is cleared. */
  raise(name: AlarmName, detail: string): void {
    const before = this.#raised.get(name);
    this.#raised.set(name, { name, detail, since: before?.since ?? Date.now() });
    this.#metrics.alarms.set({ alarm: name }, 1);
    if (!before) this.#log.error({ alarm: name, detail }, "alarm raised");
  }

  clear(name: AlarmName): void {
    if (!this.#raised.delete(name)) return;
    this.#metrics.alarms.set({ alarm: name }, 0);
    this.#log.info({ alarm: name }, "alarm cleared");
  }

  /** Raises the alarm while a condition holds, else clears it. */
  set(name: AlarmName, isRaised: boolean, detail = ""): void {
    if (isRaised) this.raise(name, detail);
    else this.clear(name);
  }

  has(name: AlarmName): boolean {
    return this.#raised.has(name);
  }

  get raised(): readonly Alarm[] {
    return [...this.#raised.values()];
  }
}
