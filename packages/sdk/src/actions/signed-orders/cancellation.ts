import type { Address, Client, Hex } from "viem";
import { signTypedData, verifyTypedData } from "viem/actions";
import type { Deployment } from "../../deployment.js";
import { confirmed } from "../define-write.js";
import type { MarketParameters } from "../read.js";
import type { SigningClient } from "../write.js";
import { signedGatewayWrite } from "./gateway.js";
import { domainOf } from "./order.js";

/** The number that an order is cancelled by: a {@link SignedOrder} has both. */
export type OrderId = { account: Address; id: bigint };

const cancelTypes = {
  CancelOrder: [
    { name: "account", type: "address" },
    { name: "id", type: "uint256" },
  ],
} as const;

const cancellationTypedData = (deployment: Deployment, { account, id }: OrderId) =>
  ({
    domain: domainOf(deployment),
    types: cancelTypes,
    primaryType: "CancelOrder",
    message: { account, id },
  }) as const;

/**
 * Signs that an order is not to be filled any more, for the relayers that have it. They are trusted to honour it; who does
 * not want to trust them brings it to the chain with {@link cancelSignedOrderBySig}.
 *
 * @example
 * const signature = await signOrderCancellation(trader, { deployment, order });
 * // The relayer:
 * if (await isOrderCancellation(client, { deployment, order, signature })) drop(order);
 */
export async function signOrderCancellation(
  client: SigningClient,
  { deployment, order }: { deployment: Deployment; order: OrderId },
): Promise<Hex> {
  return signTypedData(client, { account: client.account, ...cancellationTypedData(deployment, order) });
}

/** An account's word that its orders under an id are not to be filled any more. */
export type SignedCancellation = { deployment: Deployment; order: OrderId; signature: Hex };

/** Whether a signature is the account's for {@link signOrderCancellation}; also a wallet's, deployed or not. */
export async function isOrderCancellation(
  client: Client,
  { deployment, order, signature }: SignedCancellation,
): Promise<boolean> {
  return verifyTypedData(client, {
    address: order.account,
    signature,
    ...cancellationTypedData(deployment, order),
  });
}

/** What {@link cancelSignedOrder} takes. */
export type CancelSignedOrderParameters = { deployment: Deployment; id: bigint };

/**
 * Cancels the client's orders under an id on the chain. One that is announced still runs to its end, because its price may
 * be known by then, and cannot be announced again. Reverts `OrderClosed` when the id is filled or cancelled.
 */
export const cancelSignedOrder = /* @__PURE__ */ signedGatewayWrite(({ id }: CancelSignedOrderParameters) => ({
  functionName: "cancelOrder",
  args: [id],
}));
/** {@link cancelSignedOrder}, waits. */
export const cancelSignedOrderSync = /* @__PURE__ */ confirmed(cancelSignedOrder);

/** Brings what {@link signOrderCancellation} signed to the chain; anybody may. Reverts as {@link cancelSignedOrder} does. */
export const cancelSignedOrderBySig = /* @__PURE__ */ signedGatewayWrite(
  ({ order: { account, id }, signature }: SignedCancellation) => ({
    functionName: "cancelOrderBySig",
    args: [account, id, signature],
  }),
);
/** {@link cancelSignedOrderBySig}, waits. */
export const cancelSignedOrderBySigSync = /* @__PURE__ */ confirmed(cancelSignedOrderBySig);

/** Cancels all orders that the client has signed so far, but for those that are announced. */
export const cancelAllSignedOrders = /* @__PURE__ */ signedGatewayWrite(
  (_: MarketParameters) => ({ functionName: "cancelAll", args: [] }),
  ({ event, hash }) => ({ nonce: event("NonceSet").nonce, hash }),
);
/** {@link cancelAllSignedOrders}, waits, and returns the nonce that orders must carry from now on. */
export const cancelAllSignedOrdersSync = /* @__PURE__ */ confirmed(cancelAllSignedOrders);
