import type { Address, Hash } from "viem";
import type { Deployment } from "../deployment.js";
import { vaultAbi } from "../generated/abis.js";
import { type ContractCall, type SigningClient, sendCall } from "./write.js";

const vaultCall = (deployment: Deployment, functionName: string, args: readonly unknown[]): ContractCall => ({
  address: deployment.vault,
  abi: vaultAbi,
  functionName,
  args,
});

export type DepositParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. The Vault must be approved for it. */
  amount: bigint;
  /** Whose fund grows. Default: the client's account. */
  account?: Address;
};

/**
 * Adds collateral to a fund.
 *
 * @example
 * await deposit(client, { deployment, amount: parseUnits("1000", 6) });
 */
export async function deposit(
  client: SigningClient,
  { deployment, amount, account }: DepositParameters,
): Promise<Hash> {
  return sendCall(client, vaultCall(deployment, "deposit", [account ?? client.account.address, amount]));
}

export type WithdrawParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: bigint;
  /** Default: the client's account. */
  to?: Address;
};

/** Takes collateral out of the client's fund. Reverts `InsufficientFund`. */
export async function withdraw(client: SigningClient, { deployment, amount, to }: WithdrawParameters): Promise<Hash> {
  return sendCall(client, vaultCall(deployment, "withdraw", [amount, to ?? client.account.address]));
}

export type TransferMarginParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: bigint;
  /** Default: the client's account; another one's only as its operator. */
  account?: Address;
};

/** Moves collateral from fund to margin. Reverts `InsufficientFund`. */
export async function transferFundToMargin(
  client: SigningClient,
  { deployment, amount, account }: TransferMarginParameters,
): Promise<Hash> {
  const args = [deployment.marketId, account ?? client.account.address, amount];
  return sendCall(client, vaultCall(deployment, "transferFundToMargin", args));
}

/** Moves free collateral from margin to fund. Reverts `InsufficientMargin` with what would be left and what is needed. */
export async function transferMarginToFund(
  client: SigningClient,
  { deployment, amount, account }: TransferMarginParameters,
): Promise<Hash> {
  const args = [deployment.marketId, account ?? client.account.address, amount];
  return sendCall(client, vaultCall(deployment, "transferMarginToFund", args));
}

export type ReturnMarginParameters = {
  deployment: Deployment;
  /** Default: the client's account; another one's only as its operator. */
  account?: Address;
};

/**
 * Pays all margin of an account without a position to the account's own wallet. Reverts `PositionOpen`, and
 * `OutflowLimitExceeded` like every withdrawal.
 */
export async function returnMargin(
  client: SigningClient,
  { deployment, account }: ReturnMarginParameters,
): Promise<Hash> {
  return sendCall(
    client,
    vaultCall(deployment, "returnMargin", [deployment.marketId, account ?? client.account.address]),
  );
}

export type SetOperatorParameters = {
  deployment: Deployment;
  /** Default: the OrderGateway. */
  operator?: Address;
  approved: boolean;
};

/**
 * Lets an operator trade for the client's account and move its collateral between fund and margin, or to the
 * account's own wallet, never elsewhere. The OrderGateway must be one before the first order.
 */
export async function setOperator(
  client: SigningClient,
  { deployment, operator, approved }: SetOperatorParameters,
): Promise<Hash> {
  return sendCall(client, vaultCall(deployment, "setOperator", [operator ?? deployment.orderGateway, approved]));
}
