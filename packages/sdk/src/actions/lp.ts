import type { Address } from "viem";
import { oracleMakerAbi } from "../generated/abis.js";
import { type Caller, confirmed, type WritesTo, writesTo } from "./define-write.js";

/** Defines a writing action that every maker has: those of its LP vault. */
export const makerWrite: WritesTo<{ maker: Address }, typeof oracleMakerAbi> = /* @__PURE__ */ writesTo(
  ({ maker }: { maker: Address }) => ({
    address: maker,
    abi: oracleMakerAbi,
  }),
);

/** What {@link depositLp} takes. */
export type DepositLpParameters = {
  maker: Address;
  /** In the decimals of the maker's asset. The maker must be approved for it. */
  amount: bigint;
  /** WAD. */
  minShares: bigint;
  /** Default: the client's account. */
  receiver?: Address;
};

/**
 * Deposits into a maker at once. While the maker has a whitelist this is for the LPs on it (`NotWhitelistLp`), and
 * afterwards for anybody as long as no price enters into it (`UseRequest`). Everybody else requests a deposit, see
 * `requestLpDeposit`. Reverts `LessThanMinimum`, `LpDepositCapExceeded`.
 */
export const depositLp = /* @__PURE__ */ makerWrite(
  ({ amount, minShares, receiver }: DepositLpParameters, { account }: Caller) => ({
    functionName: "deposit",
    args: [amount, minShares, receiver ?? account.address],
  }),
  ({ event }) => event("Deposited").shares,
);
/** {@link depositLp}, waits, and returns the shares, WAD. */
export const depositLpSync = /* @__PURE__ */ confirmed(depositLp);

/** What {@link withdrawLp} takes. */
export type WithdrawLpParameters = {
  maker: Address;
  /** WAD. */
  shares: bigint;
  /** In the decimals of the maker's asset. */
  minAmount: bigint;
  /** Default: the client's account. */
  receiver?: Address;
};

/** Withdraws from a maker at once, on the same terms as {@link depositLp}; else see `requestLpRedeem`. */
export const withdrawLp = /* @__PURE__ */ makerWrite(
  ({ shares, minAmount, receiver }: WithdrawLpParameters, { account }: Caller) => ({
    functionName: "withdraw",
    args: [shares, minAmount, receiver ?? account.address],
  }),
  ({ event }) => event("Withdrawn").underlying,
);
/** {@link withdrawLp}, waits, and returns what was paid, in the decimals of the maker's asset. */
export const withdrawLpSync = /* @__PURE__ */ confirmed(withdrawLp);
