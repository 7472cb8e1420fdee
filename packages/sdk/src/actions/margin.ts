import type { Address, Hash } from "viem";
import { vaultWrite } from "../client/contracts.js";
import { call } from "../client/define-write.js";
import { type Caller, confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import * as vault from "../generated/contracts/vault.js";
import type { CollateralAmount } from "../units.js";

/** Parameters of {@link depositToMargin}, {@link transferFundToMargin} and {@link transferMarginToFund}. */
export type TransferMarginParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: CollateralAmount;
  /** Default: the client's account. Another account must have the client as its operator. */
  account?: Address;
};

/**
 * Transfers collateral from the client directly into a margin. The Vault needs an approval for it. While the account has a
 * position, neither the deposit cap nor the breaker nor a pause refuses it, up to a margin of the position's notional: a
 * position can always be rescued. Beyond that, reverts with `DepositCapExceeded` where {@link deposit} would.
 *
 * @example
 * await depositToMargin(client, { deployment, amount: parseUnits("1000", 6) });
 */
export const depositToMargin = /* @__PURE__ */ vaultWrite(
  [vault.depositToMargin],
  ({ deployment, amount, account }: TransferMarginParameters, client: Caller) =>
    call("depositToMargin", [deployment.marketId, account ?? client.account.address, amount]),
);
/** Sends {@link depositToMargin} and waits for it. */
export const depositToMarginSync = /* @__PURE__ */ confirmed(depositToMargin);

/** Moves collateral from fund to margin. Reverts with `InsufficientFund` when the fund is smaller. */
export const transferFundToMargin = /* @__PURE__ */ vaultWrite(
  [vault.transferFundToMargin],
  ({ deployment, amount, account }: TransferMarginParameters, client: Caller) =>
    call("transferFundToMargin", [deployment.marketId, account ?? client.account.address, amount]),
);
/** Sends {@link transferFundToMargin} and waits for it. */
export const transferFundToMarginSync = /* @__PURE__ */ confirmed(transferFundToMargin);

/**
 * Moves free collateral from margin to fund. Reverts with `InsufficientMargin` when the position needs it, with the
 * remaining and the required margin, and with `DepositCapExceeded` for a position while the deposit cap is exceeded. With a position it needs a stored price of at most `freshAge` (`getFeed`), or reverts
 * with `StalePrice`, and one that is not older than the account's last fill, or reverts with `PriceOlderThanFill`.
 */
export const transferMarginToFund = /* @__PURE__ */ vaultWrite(
  [vault.transferMarginToFund],
  ({ deployment, amount, account }: TransferMarginParameters, client: Caller) =>
    call("transferMarginToFund", [deployment.marketId, account ?? client.account.address, amount]),
);
/** Sends {@link transferMarginToFund} and waits for it. */
export const transferMarginToFundSync = /* @__PURE__ */ confirmed(transferMarginToFund);

/** Parameters of {@link returnMargin}. */
export type ReturnMarginParameters = {
  deployment: Deployment;
  /** Default: the client's account. Another account must have the client as its operator. */
  account?: Address;
};

/**
 * Transfers all margin of an account without a position to the account's own wallet. Reverts with `PositionOpen` when
 * there is a position, with `ZeroAmount` when there is no margin, and with `OutflowLimitExceeded` as every withdrawal does.
 * {@link withdrawEscrow} withdraws the free bonds of its orders.
 */
export const returnMargin = /* @__PURE__ */ vaultWrite(
  [vault.returnMargin, vault.MarginPaidOut],
  ({ deployment, account }: ReturnMarginParameters, client: Caller) =>
    call("returnMargin", [deployment.marketId, account ?? client.account.address]),
  ({ find, hash }): { amount: CollateralAmount; hash: Hash } => ({
    amount: find("MarginPaidOut")?.amountXCD ?? 0n,
    hash,
  }),
);
/** Sends {@link returnMargin}, waits for it, and returns the amount paid, in the collateral's own decimals. */
export const returnMarginSync = /* @__PURE__ */ confirmed(returnMargin);
