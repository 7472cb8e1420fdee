import type { Client } from "viem";
import { createdOrders } from "../../client/created-orders.js";
import { reading } from "../../client/define-history.js";
import { defineClientRead, defineRead } from "../../client/define-read.js";
import type { BlockSpan } from "../../client/history.js";
import type { EventsParameters, MarketParameters } from "../../client/parameters.js";
import { runBatched } from "../../client/run-batched.js";
import { all, block, type Steps, view } from "../../client/steps.js";
import type { Deployment } from "../../deployment.js";
import { hashOrder, type Order } from "../../entities/order.js";
import * as orderGateway from "../../generated/contracts/order-gateway.js";
import type { Ppm, Wei } from "../../units.js";

/** The rules of delayed orders in the deployment's market. */
export type OrderRules = {
  /**
   * Seconds from creation to `executableAt`. With `checksClock` they count from the commitment time, see
   * {@link getCommitmentTime}.
   */
  delay: number;
  /** Seconds after `executableAt` within which the price must have been published. */
  priceWindow: number;
  /** Seconds after `executableAt` for which an order can be executed. */
  validity: number;
  /** Ppm of the notional; the bond of an order at the oracle's price. */
  bondRatio: Ppm;
  /** Whether creation reads the price source, so that no order executes at a price that exists already. */
  checksClock: boolean;
  /** Gas of an execution, for the minimum keeper fee. */
  keeperGas: number;
  /** Factor on the base fee in the minimum keeper fee, percent. */
  baseFeeFactor: number;
  /** Wei; the part of the minimum keeper fee that does not depend on the base fee. */
  minKeeperFee: Wei;
};

/** Reads the OrderGateway's rules for the deployment's market. */
export const getOrderRules = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<OrderRules> {
  return { ...(yield* view(deployment.orderGateway, orderGateway.rulesOf, [deployment.marketId])) };
});

/**
 * Reads the minimum keeper fee of an order that is created in the next block, wei. The base fee can rise by an eighth with
 * every block: attach some more, the keeper receives it.
 */
export const getMinKeeperFee = /* @__PURE__ */ defineRead(function* ({ deployment }: MarketParameters): Steps<Wei> {
  const [{ keeperGas, baseFeeFactor, minKeeperFee }, { baseFeePerGas }] = yield* all([
    view(deployment.orderGateway, orderGateway.rulesOf, [deployment.marketId]),
    block(),
  ]);
  return minKeeperFee + ((baseFeePerGas ?? 0n) * BigInt(keeperGas) * BigInt(baseFeeFactor)) / 100n;
});

/** Parameters of {@link isOrderAlive}. */
export type IsOrderAliveParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Reads whether an order is open with exactly these terms. */
export const isOrderAlive = /* @__PURE__ */ defineRead(function* ({
  deployment,
  orderId,
  order,
}: IsOrderAliveParameters): Steps<boolean> {
  return (yield* view(deployment.orderGateway, orderGateway.commitmentOf, [orderId])) === hashOrder(order);
});

const statuses = ["unknown", "delayed", "waiting", "executable", "expired"] as const;

/**
 * The status of an order. `unknown`: not open, or not with these terms. `waiting`: for the order before it. `expired`: any
 * account may cancel it.
 */
export type OrderStatus = (typeof statuses)[number];

/** Parameters of {@link getOrderStatus}. */
export type GetOrderStatusParameters = IsOrderAliveParameters;

/** Reads the status of an order, which also proves its terms. */
export const getOrderStatus = /* @__PURE__ */ defineRead(function* ({
  deployment,
  orderId,
  order,
}: GetOrderStatusParameters): Steps<OrderStatus> {
  return statuses[yield* view(deployment.orderGateway, orderGateway.statusOf, [orderId, order])] ?? "unknown";
});

/** Parameters of {@link getOpenOrders}. */
export type GetOpenOrdersParameters = EventsParameters & Omit<BlockSpan, "toBlock">;

/** An open order, with the terms that {@link executeOrder} and {@link cancelOrder} need. */
export type OpenOrder = { orderId: bigint; order: Order; status: Exclude<OrderStatus, "unknown"> };

/**
 * Reads the open orders of the deployment's market, oldest first. The chain stores commitments only, so the orders are
 * decoded from the events of their creation and checked against the contract: a node cannot forge an order. The statuses are
 * those of the latest block. Orders expire within minutes, so a recent block suffices for `fromBlock`: see
 * {@link getBlockAt}.
 *
 * @example
 * for (const { orderId, order, status } of await getOpenOrders(client, { deployment, account })) console.log(orderId, status);
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export const getOpenOrders = /* @__PURE__ */ defineClientRead(
  async (client: Client, parameters: GetOpenOrdersParameters): Promise<OpenOrder[]> => {
    const { deployment } = parameters;
    const created = await reading(createdOrders)(client, parameters);
    const reads = created.map(({ orderId, order }) => getOrderStatus.call({ deployment, orderId, order }));
    const found = await runBatched(client, all(reads));
    return created.flatMap(({ orderId, order }, i) => {
      const status = found[i] ?? "unknown";
      return status === "unknown" ? [] : [{ orderId, order, status }];
    });
  },
);
