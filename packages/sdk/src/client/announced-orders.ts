// The events by which announced orders are found.
import { OrderAnnounced } from "../generated/contracts/signed-order-gateway.js";
import { defineHistory } from "./define-history.js";
import type { EventsParameters } from "./parameters.js";

/** The announcements of signed orders in the deployment's market. */
export const announcedOrders = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => deployment.signedOrderGateway,
  [OrderAnnounced],
  ({ account }) => [account === undefined ? {} : { account }],
  ({ args: { order, announcement } }, { deployment }) =>
    order.marketId === deployment.marketId ? { order, announcement } : undefined,
);
