import type { Address } from "viem";
import { orderGateway } from "../../client/contracts.js";
import { defineHistory, reading, watching } from "../../client/define-history.js";
import type { EventsParameters } from "../../client/parameters.js";
import { type Failure, failureOf } from "../../entities/failure.js";
import type { Order } from "../../entities/order.js";
import type { Wad } from "../../units.js";

/** An event of a delayed order. Amounts are WAD, from the taker's side. */
export type OrderEvent = { orderId: bigint; taker: Address } & (
  | { type: "created"; order: Order }
  | { type: "executed"; keeper: Address; base: Wad; quote: Wad; price: Wad }
  | ({ type: "purged" | "skipped"; keeper: Address } & Failure)
  | { type: "expired"; caller: Address }
);

const orderEvents = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => orderGateway({ deployment }),
  ["OrderCreated", "OrderExecuted", "OrderPurged", "OrderSkipped", "OrderExpired"],
  ({ account }) => [account === undefined ? {} : { taker: account }],
  (event): OrderEvent => {
    switch (event.eventName) {
      case "OrderCreated":
        return { type: "created", ...event.args };
      case "OrderExecuted":
        return { type: "executed", ...event.args };
      case "OrderExpired":
        return { type: "expired", ...event.args };
      default: {
        const { reason, ...rest } = event.args;
        const type = event.eventName === "OrderPurged" ? "purged" : "skipped";
        return { type, ...rest, ...failureOf(reason) };
      }
    }
  },
);

/** Reads the events of delayed orders, of all accounts or of one, oldest first. */
export const getOrderEvents = /* @__PURE__ */ reading(orderEvents);

/**
 * Watches the events of delayed orders.
 *
 * @example
 * const unwatch = watchOrderEvents(client, {
 *   deployment,
 *   account,
 *   onItems: (events) => {
 *     for (const event of events) if (event.type === "purged" && event.reason) warn(formatRevert(event.reason));
 *   },
 * });
 */
export const watchOrderEvents = /* @__PURE__ */ watching(orderEvents);
