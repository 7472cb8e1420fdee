import type { Wei } from "../units.js";
import { InvalidKeeperInputError } from "./errors.js";

/** Parameters of {@link profitOf}. */
export type ProfitParameters = {
  /** Wei that the keeper receives. */
  fee: Wei;
  /** Gas that the transaction uses, as an estimate. */
  gas: bigint;
  /** Wei per gas: base fee and priority fee. */
  gasPrice: Wei;
  /** Wei for the price source that is not refunded. Default: none. */
  cost?: Wei | undefined;
};

/**
 * The profit of a transaction, wei: its fee less gas and cost. Below zero for a loss.
 *
 * @example
 * profitOf({ fee: 3_000_000_000_000_000n, gas: 500_000n, gasPrice: 4_000_000_000n }); // 1000000000000000n
 * @throws {@link InvalidKeeperInputError} for a negative amount.
 */
export function profitOf({ fee, gas, gasPrice, cost = 0n }: ProfitParameters): Wei {
  for (const [field, value] of Object.entries({ fee, gas, gasPrice, cost })) {
    if (value < 0n) throw new InvalidKeeperInputError({ field, value, accepted: "at least 0" });
  }
  return fee - gas * gasPrice - cost;
}

/** Parameters of {@link isProfitable}. */
export type IsProfitableParameters = ProfitParameters & {
  /** Wei; the profit that the keeper wants at least. Default: one wei. */
  minProfit?: Wei | undefined;
};

/**
 * Whether a transaction leaves the keeper at least a profit. The base fee can rise by an eighth with each block, so pass the
 * gas price of the block in which the transaction is expected.
 *
 * @example
 * isProfitable({ fee: 1_000_000n, gas: 500n, gasPrice: 2_000n }); // false
 * @throws {@link InvalidKeeperInputError} for a negative amount.
 */
export const isProfitable = ({ minProfit = 1n, ...parameters }: IsProfitableParameters): boolean =>
  profitOf(parameters) >= minProfit;
