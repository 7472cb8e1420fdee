import type { Address } from "viem";
import { lpVaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import { all, pricedView, type Steps } from "../../client/steps.js";
import { type Caller, confirmed } from "../../client/write.js";
import * as oracleMaker from "../../generated/contracts/oracle-maker.js";
import type { AssetAmount, Wad } from "../../units.js";

type LpParties = {
  maker: Address;
  /** Default: the client's account. */
  receiver?: Address;
};

/** Parameters of {@link depositLp}. */
export type DepositLpParameters = LpParties & {
  /** In the decimals of the maker's asset. The maker needs an approval for it. */
  amount: AssetAmount;
  /** WAD. */
  minShares: Wad;
};

/**
 * Deposits into a maker immediately. While the maker has a whitelist, only its LPs may (`NotWhitelistLp`). Afterwards any
 * account may while the deposit needs no price (`UseRequest`); else it requests a deposit, see `requestLpDeposit`.
 * Reverts with `LessThanMinimum` below `minShares`, and with `LpDepositCapExceeded` above the cap.
 */
export const depositLp = /* @__PURE__ */ lpVaultWrite(
  [oracleMaker.deposit3, oracleMaker.Deposited],
  ({ amount, minShares, receiver }: DepositLpParameters, { account }: Caller) =>
    call("deposit", [amount, minShares, receiver ?? account.address]),
  ({ event }): Wad => event("Deposited").shares,
);
/** Sends {@link depositLp}, waits for it, and returns the shares, WAD. */
export const depositLpSync = /* @__PURE__ */ confirmed(depositLp);

/** Parameters of {@link withdrawLp}. */
export type WithdrawLpParameters = LpParties & {
  /** WAD. */
  shares: Wad;
  /** In the decimals of the maker's asset. */
  minAmount: AssetAmount;
};

/** Withdraws from a maker immediately, on the same conditions as {@link depositLp}; else see `requestLpRedeem`. */
export const withdrawLp = /* @__PURE__ */ lpVaultWrite(
  [oracleMaker.withdraw3, oracleMaker.Withdrawn],
  ({ shares, minAmount, receiver }: WithdrawLpParameters, { account }: Caller) =>
    call("withdraw", [shares, minAmount, receiver ?? account.address]),
  ({ event }): AssetAmount => event("Withdrawn").underlying,
);
/** Sends {@link withdrawLp}, waits for it, and returns the amount paid, in the decimals of the maker's asset. */
export const withdrawLpSync = /* @__PURE__ */ confirmed(withdrawLp);

/**
 * Reads the maximum that an LP can deposit and withdraw immediately, without a request; zero when it may not.
 *
 * @throws {@link StalePriceError} when the maximum needs a price and the stored one is too old.
 */
export const getLpLimits = /* @__PURE__ */ defineRead(function* ({
  maker,
  account,
}: {
  maker: Address;
  account: Address;
}): Steps<{ maxDeposit: AssetAmount; maxRedeem: Wad }> {
  const [maxDeposit, maxRedeem] = yield* all([
    pricedView(maker, oracleMaker.maxDeposit, [account]),
    pricedView(maker, oracleMaker.maxRedeem, [account]),
  ]);
  return { maxDeposit, maxRedeem };
});
