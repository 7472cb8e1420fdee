// Whether work pays for its gas, and how much the keeper spends on work that does not.
import type { Income, WorkKind } from "./work.js";

const WAD = 10n ** 18n;

/** Limits on what work may cost. Wei. */
export type ProfitConfig = {
  /** The least gain of work that is done for its pay. */
  minimum: bigint;
  /** Kinds that are done also at a loss, for the safety of the exchange. */
  subsidized: readonly WorkKind[];
  /** The most that those may lose in an hour, together. */
  maxSubsidyPerHour: bigint;
};

/** The result of the profit test. */
export type Verdict =
  | { isAccepted: true; gain: bigint; subsidy: bigint }
  | { isAccepted: false; gain: bigint; reason: "unprofitable" | "subsidy-spent" };

/** Tests the profit of work, and counts what was spent on work at a loss. */
export class ProfitTest {
  readonly #config: ProfitConfig;
  readonly #now: () => number;
  #spent: { time: number; amount: bigint }[] = [];

  constructor(config: ProfitConfig, now: () => number = Date.now) {
    this.#config = config;
    this.#now = now;
  }

  /** The sum of the losses of the last hour, wei. */
  get spent(): bigint {
    const since = this.#now() - 3_600_000;
    this.#spent = this.#spent.filter(({ time }) => time > since);
    return this.#spent.reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** Tests work that costs `cost` wei, at a price of the chain's currency (WAD quote per coin). */
  test({
    kind,
    income,
    cost,
    coinPrice,
  }: {
    kind: WorkKind;
    income: Income;
    cost: bigint;
    coinPrice: bigint;
  }): Verdict {
    const { minimum, subsidized, maxSubsidyPerHour } = this.#config;
    const quote = coinPrice === 0n ? 0n : ((income.quote ?? 0n) * WAD) / coinPrice;
    const gain = (income.wei ?? 0n) + quote - cost;
    if (gain >= minimum) return { isAccepted: true, gain, subsidy: 0n };
    if (!subsidized.includes(kind)) return { isAccepted: false, gain, reason: "unprofitable" };
    const subsidy = gain < 0n ? -gain : 0n;
    if (this.spent + subsidy > maxSubsidyPerHour) return { isAccepted: false, gain, reason: "subsidy-spent" };
    return { isAccepted: true, gain, subsidy };
  }

  /** Counts the loss of work that was sent. */
  spend(amount: bigint): void {
    if (amount > 0n) this.#spent.push({ time: this.#now(), amount });
  }
}
