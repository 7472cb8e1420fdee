import type { Abi, ContractFunctionArgs } from "viem";
import { encodeFunctionData } from "viem";
import { vaultWrite } from "../client/contracts.js";
import { confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import * as vault from "../generated/contracts/vault.js";

const accountAbi = [
  vault.deposit,
  vault.depositWithPermit,
  vault.depositToMargin,
  vault.withdraw,
  vault.donate,
  vault.transferFundToMargin,
  vault.transferMarginToFund,
  vault.returnMargin,
  vault.setOperator,
  vault.setOperatorBySig,
] as const;

type AccountFunction = (typeof accountAbi)[number]["name"];

/** One of the Vault's functions for account holders, with the contract's arguments. */
export type VaultCall = {
  [name in AccountFunction]: {
    functionName: name;
    args: ContractFunctionArgs<typeof accountAbi, "nonpayable", name>;
  };
}[AccountFunction];

/** Parameters of {@link multicallVault}. */
export type MulticallVaultParameters = { deployment: Deployment; calls: readonly VaultCall[] };

/**
 * Calls several of the Vault's functions in one transaction, all or none. Reverts with the error of the first call that
 * fails.
 *
 * @example
 * await multicallVault(client, {
 *   deployment,
 *   calls: [
 *     { functionName: "deposit", args: [account, amount] },
 *     { functionName: "transferFundToMargin", args: [deployment.marketId, account, amount] },
 *     { functionName: "setOperator", args: [deployment.orderGateway, true] },
 *   ],
 * });
 */
export const multicallVault = /* @__PURE__ */ vaultWrite([vault.multicall], ({ calls }: MulticallVaultParameters) => ({
  functionName: "multicall",
  // The type of `calls` has checked the arguments of each function.
  args: [
    calls.map(({ functionName, args }) =>
      encodeFunctionData({ abi: accountAbi as Abi, functionName, args: args as readonly unknown[] }),
    ),
  ],
}));
/** Sends {@link multicallVault} and waits for it. */
export const multicallVaultSync = /* @__PURE__ */ confirmed(multicallVault);
