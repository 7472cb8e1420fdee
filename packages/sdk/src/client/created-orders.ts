// The events by which open orders are found.
import { OrderCreated } from "../generated/contracts/order-gateway.js";
import { defineHistory } from "./define-history.js";
import type { EventsParameters } from "./parameters.js";

/** The creations of delayed orders in the deployment's market. */
export const createdOrders = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => deployment.orderGateway,
  [OrderCreated],
  ({ account }) => [account === undefined ? {} : { taker: account }],
  ({ args: { orderId, order } }, { deployment }) =>
    order.request.marketId === deployment.marketId ? { orderId, order } : undefined,
);
