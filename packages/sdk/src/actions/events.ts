import type { Address } from "viem";
import type { Deployment } from "../deployment.js";
import { decodeRevert } from "../errors.js";
import { orderGatewayAbi, vaultAbi } from "../generated/abis.js";
import { historyOf, past, watching } from "./history.js";
import type { Failure, Order } from "./orders.js";

/** Whose events to read or watch. */
export type EventsParameters = {
  deployment: Deployment;
  /** Default: everybody's. */
  account?: Address;
};

const concerns = (account: Address | undefined, ...parties: Address[]): boolean =>
  account === undefined || parties.some((party) => party.toLowerCase() === account.toLowerCase());

/** How a fill changed a margin, in parts, WAD quote: + realizedPnl - funding - borrowing. */
export type MarginChange = { realizedPnl: bigint; funding: bigint; borrowing: bigint };

/** A change of two positions, forced ones included. WAD, from the taker's side. */
export type Fill = {
  taker: Address;
  maker: Address;
  base: bigint;
  quote: bigint;
  /** The oracle's. */
  price: bigint;
  takerMargin: MarginChange;
  makerMargin: MarginChange;
};

const fills = /* @__PURE__ */ historyOf(
  ({ deployment }: EventsParameters) => ({ address: deployment.vault, abi: vaultAbi }),
  ["PositionsChanged"],
  ({ args: { marketId, ...fill } }, { deployment, account }): Fill | undefined =>
    marketId === deployment.marketId && concerns(account, fill.taker, fill.maker) ? fill : undefined,
);

/**
 * Reads the fills of the deployment's market, or of an account in it on either side: trades through any gateway,
 * liquidations, deleveragings, settlements.
 *
 * @example
 * const fills = await getFills(client, { deployment, account, fromBlock, maxBlockRange: 10_000n });
 */
export const getFills = /* @__PURE__ */ past(fills);

/**
 * Watches the fills that {@link getFills} reads.
 *
 * @example
 * const unwatch = watchFills(client, { deployment, account, onItems: (fills) => show(fills) });
 */
export const watchFills = /* @__PURE__ */ watching(fills);

/** What happened to a delayed order. Amounts are WAD, from the taker's side. */
export type OrderEvent = { orderId: bigint; taker: Address } & (
  | { type: "created"; order: Order }
  | { type: "executed"; keeper: Address; base: bigint; quote: bigint; price: bigint }
  | ({ type: "purged" | "skipped"; keeper: Address } & Failure)
  | { type: "expired"; caller: Address }
);

const orderEvents = /* @__PURE__ */ historyOf(
  ({ deployment }: EventsParameters) => ({ address: deployment.orderGateway, abi: orderGatewayAbi }),
  ["OrderCreated", "OrderExecuted", "OrderPurged", "OrderSkipped", "OrderExpired"],
  (event, { account }): OrderEvent | undefined => {
    if (!concerns(account, event.args.taker)) return undefined;
    switch (event.eventName) {
      case "OrderCreated":
        return { type: "created", ...event.args };
      case "OrderExecuted":
        return { type: "executed", ...event.args };
      case "OrderExpired":
        return { type: "expired", ...event.args };
      default: {
        const { reason: data, ...rest } = event.args;
        const type = event.eventName === "OrderPurged" ? "purged" : "skipped";
        return { type, ...rest, reason: decodeRevert(data), data };
      }
    }
  },
);

/** Reads what happened to delayed orders, everybody's or an account's, oldest first. */
export const getOrderEvents = /* @__PURE__ */ past(orderEvents);

/**
 * Watches what happens to delayed orders.
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
