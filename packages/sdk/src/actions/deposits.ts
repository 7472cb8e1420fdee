import type { Address } from "viem";
import { vaultWrite } from "../client/contracts.js";
import { call } from "../client/define-write.js";
import type { PermitOptions } from "../client/parameters.js";
import { signPermit } from "../client/signatures.js";
import type { SigningClient } from "../client/transaction.js";
import { type Caller, confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import * as vault from "../generated/contracts/vault.js";
import type { CollateralAmount } from "../units.js";

/** Parameters of {@link deposit}. */
export type DepositParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. The Vault needs an approval for it. */
  amount: CollateralAmount;
  /** The account whose fund is credited. Default: the client's account. */
  account?: Address;
};

/**
 * Transfers collateral from the client into a fund.
 *
 * @example
 * await deposit(client, { deployment, amount: parseUnits("1000", 6) });
 */
export const deposit = /* @__PURE__ */ vaultWrite(
  [vault.deposit],
  ({ amount, account }: DepositParameters, client: Caller) =>
    call("deposit", [account ?? client.account.address, amount]),
);
/** Sends {@link deposit} and waits for it. */
export const depositSync = /* @__PURE__ */ confirmed(deposit);

/** Parameters of {@link depositWithPermit}. */
export type DepositWithPermitParameters = DepositParameters & PermitOptions;

/**
 * {@link deposit} without an approval: the client signs an ERC-2612 permit of the collateral for the Vault, and the same
 * transaction uses it. For collateral with permits; after an invalid permit the token reverts with its own error about
 * the allowance.
 *
 * @example
 * await depositWithPermit(client, { deployment, amount: parseUnits("1000", 6) });
 */
export const depositWithPermit = /* @__PURE__ */ vaultWrite(
  [vault.depositWithPermit],
  async ({ deployment, amount, account, deadline, domain }: DepositWithPermitParameters, client: SigningClient) => {
    const { vault: spender } = deployment;
    const { v, r, s, ...permit } = await signPermit(client, { deployment, spender, amount, deadline, domain });
    const args = [account ?? client.account.address, amount, permit.deadline, v, r, s] as const;
    return { functionName: "depositWithPermit", args } as const;
  },
);
/** Sends {@link depositWithPermit} and waits for it. */
export const depositWithPermitSync = /* @__PURE__ */ confirmed(depositWithPermit);

/** Parameters of {@link withdraw}. */
export type WithdrawParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals. */
  amount: CollateralAmount;
  /** Default: the client's account. */
  to?: Address;
};

/** Transfers collateral out of the client's fund. Reverts with `InsufficientFund` when the fund is smaller. */
export const withdraw = /* @__PURE__ */ vaultWrite(
  [vault.withdraw],
  ({ amount, to }: WithdrawParameters, client: Caller) => call("withdraw", [amount, to ?? client.account.address]),
);
/** Sends {@link withdraw} and waits for it. */
export const withdrawSync = /* @__PURE__ */ confirmed(withdraw);

/** Parameters of {@link donateInsurance}. */
export type DonateInsuranceParameters = {
  deployment: Deployment;
  /** In the collateral's own decimals, from the client's fund. */
  amount: CollateralAmount;
};

/**
 * Donates collateral of the client's fund to the market's insurance. It cannot be withdrawn. Reverts with
 * `InsufficientFund` when the fund is smaller.
 */
export const donateInsurance = /* @__PURE__ */ vaultWrite(
  [vault.donate],
  ({ deployment, amount }: DonateInsuranceParameters) => call("donate", [deployment.marketId, amount]),
);
/** Sends {@link donateInsurance} and waits for it. */
export const donateInsuranceSync = /* @__PURE__ */ confirmed(donateInsurance);
