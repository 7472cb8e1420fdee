import type { Address } from "viem";
import type { Deployment } from "../deployment.js";
import { vaultAbi } from "../generated/abis.js";
import { type Caller, confirmed, type WritesTo, writesTo } from "./define-write.js";

/** Defines a writing action of the Vault. */
export const vaultWrite: WritesTo<{ deployment: Deployment }, typeof vaultAbi> = /* @__PURE__ */ writesTo(
  ({ deployment }: { deployment: Deployment }) => ({
    address: deployment.vault,
    abi: vaultAbi,
  }),
);

/** What {@link deposit} takes. */
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
export const deposit = /* @__PURE__ */ vaultWrite(({ amount, account }: DepositParameters, client: Caller) => ({
  functionName: "deposit",
  args: [account ?? client.account.address, amount],
}));
/** {@link deposit}, waits. */
export const depositSync = /* @__PURE__ */ confirmed(deposit);

/** What {@link withdraw} takes. */
export type WithdrawParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: bigint;
  /** Default: the client's account. */
  to?: Address;
};

/** Takes collateral out of the client's fund. Reverts `InsufficientFund`. */
export const withdraw = /* @__PURE__ */ vaultWrite(({ amount, to }: WithdrawParameters, client: Caller) => ({
  functionName: "withdraw",
  args: [amount, to ?? client.account.address],
}));
/** {@link withdraw}, waits. */
export const withdrawSync = /* @__PURE__ */ confirmed(withdraw);

/** What {@link transferFundToMargin} and {@link transferMarginToFund} take. */
export type TransferMarginParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: bigint;
  /** Default: the client's account; another one's only as its operator. */
  account?: Address;
};

/** Moves collateral from fund to margin. Reverts `InsufficientFund`. */
export const transferFundToMargin = /* @__PURE__ */ vaultWrite(
  ({ deployment, amount, account }: TransferMarginParameters, client: Caller) => ({
    functionName: "transferFundToMargin",
    args: [deployment.marketId, account ?? client.account.address, amount],
  }),
);
/** {@link transferFundToMargin}, waits. */
export const transferFundToMarginSync = /* @__PURE__ */ confirmed(transferFundToMargin);

/** Moves free collateral from margin to fund. Reverts `InsufficientMargin` with what would be left and what is needed. */
export const transferMarginToFund = /* @__PURE__ */ vaultWrite(
  ({ deployment, amount, account }: TransferMarginParameters, client: Caller) => ({
    functionName: "transferMarginToFund",
    args: [deployment.marketId, account ?? client.account.address, amount],
  }),
);
/** {@link transferMarginToFund}, waits. */
export const transferMarginToFundSync = /* @__PURE__ */ confirmed(transferMarginToFund);

/** What {@link returnMargin} takes. */
export type ReturnMarginParameters = {
  deployment: Deployment;
  /** Default: the client's account; another one's only as its operator. */
  account?: Address;
};

/**
 * Pays all margin of an account without a position to the account's own wallet. Reverts `PositionOpen`, and
 * `OutflowLimitExceeded` like every withdrawal.
 */
export const returnMargin = /* @__PURE__ */ vaultWrite(
  ({ deployment, account }: ReturnMarginParameters, client: Caller) => ({
    functionName: "returnMargin",
    args: [deployment.marketId, account ?? client.account.address],
  }),
  ({ find, hash }) => ({ amount: find("MarginPaidOut")?.amountXCD ?? 0n, hash }),
);
/** {@link returnMargin}, waits, and returns what was paid, in the collateral's own decimals. */
export const returnMarginSync = /* @__PURE__ */ confirmed(returnMargin);

/** What {@link setOperator} takes. */
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
export const setOperator = /* @__PURE__ */ vaultWrite(({ deployment, operator, approved }: SetOperatorParameters) => ({
  functionName: "setOperator",
  args: [operator ?? deployment.orderGateway, approved],
}));
/** {@link setOperator}, waits. */
export const setOperatorSync = /* @__PURE__ */ confirmed(setOperator);
