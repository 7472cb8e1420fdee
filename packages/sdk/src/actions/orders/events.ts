import type { Address } from "viem";
import { orderGateway } from "../../client/contracts.js";
import { concerns, defineHistory, reading, watching } from "../../client/define-history.js";
import type { EventsParameters } from "../../client/parameters.js";
import { type Failure, failureOf } from "../../entities/failure.js";
import type { Order } from "../../entities/order.js";

/** An event of a delayed order. Amounts are WAD, from the taker's side. */
export type OrderEvent = { orderId: bigint; taker: Address } & (
  | { type: "created"; order: Order }
  | { type: "executed"; keeper: Address; base: bigint; quote: bigint; price: bigint }
  | ({ type: "purged" | "skipped"; keeper: Address } & Failure)
  | { type: "expired"; caller: Address }
  /** The taker made its order fail, and its bond went to the maker; in the decimals of the collateral. */
  | { type: "bondPaid"; maker: Address; bondXCD: bigint }
  /** The keeper fee of an order that its maker could not fill was credited to the taker; wei. */
  | { type: "feeReturned"; amount: bigint }
);

const orderEvents = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => orderGateway({ deployment }),
  [
    "OrderCreated",
    "OrderExecuted",
    "OrderPurged",
    "OrderSkipped",
    "OrderExpired",
    "OrderBondPaid",
    "KeeperFeeReturned",
  ],
  (event, { account }): OrderEvent | undefined => {
    if (!concerns(account, event.args.taker)) return undefined;
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
