import type { Address, Hash } from "viem";
import { orderGatewayWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import type { AccountParameters } from "../../client/parameters.js";
import { type Steps, view } from "../../client/steps.js";
import { type Caller, confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Order } from "../../entities/order.js";
import * as orderGateway from "../../generated/contracts/order-gateway.js";
import type { Wei } from "../../units.js";

/** Parameters of {@link cancelOrder}. */
export type CancelOrderParameters = { deployment: Deployment; orderId: bigint; order: Order };

/**
 * Removes an expired order and frees its bond. The taker receives the whole keeper fee in escrow. Another caller receives
 * half, and the taker has a credit of the rest ({@link getOrderCredit}). Reverts with `OrderNotExpired` before the expiry.
 */
export const cancelOrder = /* @__PURE__ */ orderGatewayWrite(
  [orderGateway.cancelOrder],
  ({ orderId, order }: CancelOrderParameters) => call("cancelOrder", [orderId, order]),
);
/** Sends {@link cancelOrder} and waits for it. */
export const cancelOrderSync = /* @__PURE__ */ confirmed(cancelOrder);

/**
 * Reads an account's credit at the OrderGateway, wei: keeper fees that returned to it as a taker, and payments to it that
 * failed.
 */
export const getOrderCredit = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<Wei> {
  return yield* view(deployment.orderGateway, orderGateway.creditOf, [account]);
});

/** Parameters of {@link withdrawOrderCredit}. */
export type WithdrawOrderCreditParameters = {
  deployment: Deployment;
  /** Default: the client's account. */
  to?: Address;
};

/**
 * Withdraws the client's credit at the OrderGateway.
 * Reverts with `NothingCredited` without a credit. See {@link getOrderCredit}.
 */
export const withdrawOrderCredit = /* @__PURE__ */ orderGatewayWrite(
  [orderGateway.withdrawCredit, orderGateway.CreditWithdrawn],
  ({ to }: WithdrawOrderCreditParameters, { account }: Caller) => call("withdrawCredit", [to ?? account.address]),
  ({ event, hash }): { amount: Wei; hash: Hash } => ({ amount: event("CreditWithdrawn").amount, hash }),
);
/** Sends {@link withdrawOrderCredit}, waits for it, and returns the amount paid; wei. */
export const withdrawOrderCreditSync = /* @__PURE__ */ confirmed(withdrawOrderCredit);
