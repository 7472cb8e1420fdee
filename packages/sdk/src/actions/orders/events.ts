import type { Address } from "viem";
import { defineHistory, reading, watching } from "../../client/define-history.js";
import type { EventsParameters } from "../../client/parameters.js";
import type { Failure } from "../../entities/failure.js";
import { failureOf } from "../../entities/failure-of.js";
import type { Order } from "../../entities/order.js";
import * as orderGateway from "../../generated/contracts/order-gateway.js";
import type { CollateralAmount, Wad, Wei } from "../../units.js";

/** An event of a delayed order. Amounts are WAD, from the taker's side. */
export type OrderEvent = { orderId: bigint; taker: Address } & (
  | { type: "created"; order: Order }
  | { type: "executed"; keeper: Address; base: Wad; quote: Wad; price: Wad }
  | ({ type: "purged" | "skipped"; keeper: Address } & Failure)
  | { type: "expired"; caller: Address }
  /** The taker made its order fail, and its bond went to the maker; in the decimals of the collateral. */
  | { type: "bondPaid"; maker: Address; bondXCD: CollateralAmount }
  /** The keeper fee of an order that its maker could not fill was credited to the taker; wei. */
  | { type: "feeReturned"; amount: Wei }
);

const orderEvents = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => deployment.orderGateway,
  [
    orderGateway.OrderCreated,
    orderGateway.OrderExecuted,
    orderGateway.OrderPurged,
    orderGateway.OrderSkipped,
    orderGateway.OrderExpired,
    orderGateway.OrderBondPaid,
    orderGateway.KeeperFeeReturned,
  ],
  ({ account }) => [account === undefined ? {} : { taker: account }],
  (event): OrderEvent => {
    switch (event.eventName) {
      case "OrderCreated":
        return { type: "created", ...event.args };
      case "OrderExecuted":
        return { type: "executed", ...event.args };
      case "OrderExpired":
        return { type: "expired", ...event.args };
      case "OrderBondPaid":
        return { type: "bondPaid", ...event.args };
      case "KeeperFeeReturned":
        return { type: "feeReturned", ...event.args };
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
