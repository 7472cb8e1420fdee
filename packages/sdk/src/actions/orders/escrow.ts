import type { Address } from "viem";
import { vaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import type { AccountParameters } from "../../client/parameters.js";
import { type Steps, view } from "../../client/steps.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import * as vault from "../../generated/contracts/vault.js";
import type { CollateralAmount } from "../../units.js";

/** Parameters of {@link getEscrow}. */
export type GetEscrowParameters = AccountParameters & {
  /** Default: the OrderGateway. */
  gateway?: Address;
};

/** Collateral of an account that a gateway holds for its orders, in the collateral's own decimals. */
export type Escrow = {
  total: CollateralAmount;
  /** The part that open orders bind as their bonds. */
  bound: CollateralAmount;
};

/**
 * Reads an account's escrow at a gateway.
 *
 * @example
 * const { total, bound } = await getEscrow(client, { deployment, account });
 */
export const getEscrow = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
  gateway = deployment.orderGateway,
}: GetEscrowParameters): Steps<Escrow> {
  const [total, bound] = yield* view(deployment.vault, vault.escrowOf, [account, gateway]);
  return { total, bound };
});

/** Parameters of {@link withdrawEscrow}. */
export type WithdrawEscrowParameters = {
  deployment: Deployment;
  /** Default: the OrderGateway. */
  gateway?: Address;
};

/**
 * Moves the part of the client's escrow that no open order binds into its fund.
 *
 * @example
 * await withdrawEscrowSync(trader, { deployment });
 */
export const withdrawEscrow = /* @__PURE__ */ vaultWrite(
  [vault.withdrawEscrow],
  ({ deployment, gateway }: WithdrawEscrowParameters) => call("withdrawEscrow", [gateway ?? deployment.orderGateway]),
);
/** Sends {@link withdrawEscrow} and waits for it. */
export const withdrawEscrowSync = /* @__PURE__ */ confirmed(withdrawEscrow);
