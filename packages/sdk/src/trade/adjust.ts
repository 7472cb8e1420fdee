import type { Hash } from "viem";
import { depositToMargin } from "../actions/margin.js";
import { multicallVault } from "../actions/multicall.js";
import type { SigningClient } from "../client/transaction.js";
import type { Deployment } from "../deployment.js";
import { loadAccount } from "../models/load.js";
import { type CollateralAmount, formatCollateral, InvalidAmountError, type Wad } from "../units.js";
import { changeOf } from "./input.js";
import { approvalOf, type Call, callOf, type PlanOptions, type Requirement, sendAll } from "./plan.js";

/** Parameters of {@link adjustMargin}. */
export type AdjustMarginParameters = PlanOptions & {
  deployment: Deployment;
  /** Collateral from the wallet into the margin, as in "500"; back to the wallet below zero, as in "-200". */
  amount: string;
};

/** A planned change of the margin. */
export type MarginPlan = {
  /** The account after it. WAD; undefined without a position, and `leverage` also without a price. */
  quote: {
    margin: Wad;
    leverage: Wad | undefined;
    liquidationPrice: Wad | undefined;
    /** In the collateral's own decimals; undefined while a position has no price. */
    freeMargin: CollateralAmount | undefined;
  };
  requirements: readonly Requirement[];
  /** The transactions, in order: for EIP-5792, a multisig or any other batch. */
  calls: readonly Call[];
  /** Sends them, waits for them, and returns the hash of the last. */
  send: () => Promise<Hash>;
};

/**
 * Plans a deposit into the margin of the client's account, or a withdrawal of free margin to its wallet. A withdrawal is one
 * transaction; from a position it needs a fresh price on the chain.
 *
 * @example
 * const plan = await adjustMargin(client, { deployment, amount: "500" });
 * plan.quote.liquidationPrice; // 1712340000000000000000n
 * await plan.send();
 * @throws {@link InvalidAmountError} for a text that is not an amount, and for more than the free margin.
 */
export async function adjustMargin(
  client: SigningClient,
  { deployment, amount: text, ...options }: AdjustMarginParameters,
): Promise<MarginPlan> {
  const amount = changeOf(deployment, "amount", text);
  const { address } = client.account;
  const account = await loadAccount(client, { deployment, ...options, account: address });
  const { freeMargin } = account;
  if (amount < 0n && freeMargin !== undefined && -amount > freeMargin) {
    const accepted = `at least -${formatCollateral(deployment, freeMargin)}, the free margin`;
    throw new InvalidAmountError({ field: "amount", value: text, accepted });
  }
  const after = account.addMargin(amount * account.market.collateralScale);
  const quote = {
    margin: after.margin,
    leverage: after.leverage,
    liquidationPrice: after.liquidationPrice,
    freeMargin: after.freeMargin,
  };
  if (amount < 0n) {
    const { marketId } = deployment;
    const call = multicallVault.call({
      deployment,
      calls: [
        { functionName: "transferMarginToFund", args: [marketId, address, -amount] },
        { functionName: "withdraw", args: [-amount, address] },
      ],
    });
    return planOf([call], []);
  }
  const approval = await approvalOf(client, deployment, amount);
  const call = depositToMargin.call({ deployment, amount }, { account: { address } });
  return planOf([...approval.calls, call], [approval.requirement]);

  function planOf(calls: Parameters<typeof sendAll>[1], requirements: Requirement[]): MarginPlan {
    return { quote, requirements, calls: calls.map(callOf), send: () => sendAll(client, calls) };
  }
}
