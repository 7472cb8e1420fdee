import type { Address, Client, Hash } from "viem";
import { orderGateway, orderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { AccountParameters } from "../../client/parameters.js";
import { readContract } from "../../client/reverts.js";
import { type Caller, confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Order } from "../../entities/order.js";
import type { Wei } from "../../units.js";

/** Parameters of {@link cancelOrder}. */
export type CancelOrderParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Removes an expired order and pays the fee in escrow to the caller. Reverts with `OrderNotExpired` before its expiry. */
export const cancelOrder = /* @__PURE__ */ orderGatewayWrite(({ orderId, order }: CancelOrderParameters) =>
  call("cancelOrder", [orderId, order]),
);
/** Sends {@link cancelOrder} and waits for it. */
export const cancelOrderSync = /* @__PURE__ */ confirmed(cancelOrder);

/** Reads an account's credit at the OrderGateway: payments to it that failed; wei. */
export async function getOrderCredit(client: Client, { deployment, account }: AccountParameters): Promise<Wei> {
  return readContract(client, { ...orderGateway({ deployment }), functionName: "creditOf", args: [account] });
}

/** Parameters of {@link withdrawOrderCredit}. */
export type WithdrawOrderCreditParameters = {
  deployment: Deployment;
  /** Default: the client's account. */
  to?: Address;
};

/**
 * Withdraws the client's credit at the OrderGateway, which a keeper contract has when it cannot receive a payment.
 * Reverts with `NothingCredited` without a credit. See {@link getOrderCredit}.
 */
export const withdrawOrderCredit = /* @__PURE__ */ orderGatewayWrite(
  ({ to }: WithdrawOrderCreditParameters, { account }: Caller) => call("withdrawCredit", [to ?? account.address]),
  ({ event, hash }): { amount: Wei; hash: Hash } => ({ amount: event("CreditWithdrawn").amount, hash }),
);
/** Sends {@link withdrawOrderCredit}, waits for it, and returns the amount paid; wei. */
export const withdrawOrderCreditSync = /* @__PURE__ */ confirmed(withdrawOrderCredit);
