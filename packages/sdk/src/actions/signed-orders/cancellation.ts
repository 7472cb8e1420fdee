import { signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { MarketParameters } from "../../client/parameters.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { SignedCancellation } from "../../entities/cancellation.js";

/** Parameters of {@link cancelSignedOrder}. */
export type CancelSignedOrderParameters = { deployment: Deployment; id: bigint };

/**
 * Cancels the client's orders under an id on the chain. An announced order can still execute, because its price may be
 * known by then, but cannot be announced again. Reverts with `OrderClosed` when the id is filled or cancelled.
 */
export const cancelSignedOrder = /* @__PURE__ */ signedOrderGatewayWrite(({ id }: CancelSignedOrderParameters) =>
  call("cancelOrder", [id]),
);
/** Sends {@link cancelSignedOrder} and waits for it. */
export const cancelSignedOrderSync = /* @__PURE__ */ confirmed(cancelSignedOrder);

/** Submits the result of {@link signOrderCancellation}. Open to any account. Reverts as {@link cancelSignedOrder} does. */
export const cancelSignedOrderBySig = /* @__PURE__ */ signedOrderGatewayWrite(
  ({ order: { account, id }, signature }: SignedCancellation) => call("cancelOrderBySig", [account, id, signature]),
);
/** Sends {@link cancelSignedOrderBySig} and waits for it. */
export const cancelSignedOrderBySigSync = /* @__PURE__ */ confirmed(cancelSignedOrderBySig);

/** Cancels all orders that the client has signed so far, except announced ones. */
export const cancelAllSignedOrders = /* @__PURE__ */ signedOrderGatewayWrite(
  (_: MarketParameters) => call("cancelAll", []),
  ({ event, hash }) => ({ nonce: event("NonceSet").nonce, hash }),
);
/** Sends {@link cancelAllSignedOrders}, waits for it, and returns the nonce that later orders must carry. */
export const cancelAllSignedOrdersSync = /* @__PURE__ */ confirmed(cancelAllSignedOrders);
