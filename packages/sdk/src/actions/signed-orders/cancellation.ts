import type { Hex } from "viem";
import { signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { MarketParameters } from "../../client/parameters.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Announcement } from "../../entities/announcement.js";
import type { SignedCancellation } from "../../entities/cancellation.js";
import type { SignedOrder } from "../../entities/signed-order.js";
import * as signedOrderGateway from "../../generated/contracts/signed-order-gateway.js";

/** Parameters of {@link cancelSignedOrder}. */
export type CancelSignedOrderParameters = { deployment: Deployment; id: bigint };

/**
 * Cancels the client's orders under an id on the chain. An announced order can still execute, because its price may be
 * known by then, but cannot be announced again. Reverts with `OrderClosed` when the id is filled or cancelled.
 */
export const cancelSignedOrder = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.cancelOrder],
  ({ id }: CancelSignedOrderParameters) => call("cancelOrder", [id]),
);
/** Sends {@link cancelSignedOrder} and waits for it. */
export const cancelSignedOrderSync = /* @__PURE__ */ confirmed(cancelSignedOrder);

/** Parameters of {@link cancelAnnouncement}. */
export type CancelAnnouncementParameters = {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
  /**
   * The result of {@link signOrderCancellation}, or of {@link signBracketCancellation} for a leg of a bracket. Not needed
   * from the order's own account.
   */
  signature?: Hex;
};

/**
 * Cancels an announced order while its price is unknown, and closes its id. A leg of a bracket stays active; see
 * {@link cancelBracket}. Reverts with `AnnouncementIsExecutable` from the announcement's `executableAt` on.
 *
 * @example
 * await cancelAnnouncement(trader, { deployment, order, announcement });
 */
export const cancelAnnouncement = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.cancelAnnouncement],
  ({ order, announcement, signature = "0x" }: CancelAnnouncementParameters) =>
    call("cancelAnnouncement", [order, announcement, signature]),
);
/** Sends {@link cancelAnnouncement} and waits for it. */
export const cancelAnnouncementSync = /* @__PURE__ */ confirmed(cancelAnnouncement);

/** Parameters of {@link cancelBracket}. */
export type CancelBracketParameters = {
  deployment: Deployment;
  order: SignedOrder;
  /** The result of {@link signBracketCancellation}. Not needed from the order's own account. */
  signature?: Hex;
};

/**
 * Cancels the active bracket of an order. Reverts with `OrderIsAnnounced` while one of its legs is announced.
 *
 * @example
 * await cancelBracket(trader, { deployment, order });
 */
export const cancelBracket = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.cancelBracket],
  ({ order, signature = "0x" }: CancelBracketParameters) => call("cancelBracket", [order, signature]),
);
/** Sends {@link cancelBracket} and waits for it. */
export const cancelBracketSync = /* @__PURE__ */ confirmed(cancelBracket);

/** Submits the result of {@link signOrderCancellation}. Open to any account. Reverts as {@link cancelSignedOrder} does. */
export const cancelSignedOrderBySig = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.cancelOrderBySig],
  ({ order: { account, id }, signature }: SignedCancellation) => call("cancelOrderBySig", [account, id, signature]),
);
/** Sends {@link cancelSignedOrderBySig} and waits for it. */
export const cancelSignedOrderBySigSync = /* @__PURE__ */ confirmed(cancelSignedOrderBySig);

/** Cancels all orders that the client has signed so far and their brackets, except announced ones. */
export const cancelAllSignedOrders = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.cancelAll, signedOrderGateway.NonceSet],
  (_: MarketParameters) => call("cancelAll", []),
  ({ event, hash }) => ({ nonce: event("NonceSet").nonce, hash }),
);
/** Sends {@link cancelAllSignedOrders}, waits for it, and returns the nonce that later orders must carry. */
export const cancelAllSignedOrdersSync = /* @__PURE__ */ confirmed(cancelAllSignedOrders);
