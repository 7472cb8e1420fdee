import type { Client } from "viem";
import { getBlock } from "viem/actions";
import { orderGateway } from "../../client/contracts.js";
import { defineHistory, reading } from "../../client/define-history.js";
import { defineRead } from "../../client/define-read.js";
import type { BlockSpan } from "../../client/history.js";
import type { EventsParameters, MarketParameters } from "../../client/parameters.js";
import { readContract } from "../../client/reverts.js";
import type { Deployment } from "../../deployment.js";
import { hashOrder, type Order } from "../../entities/order.js";
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
export const getOrderRules = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<OrderRules> => {
    const call = { ...orderGateway({ deployment }), args: [deployment.marketId] } as const;
    return { ...(await readContract(client, { ...call, functionName: "rulesOf" })) };
  },
);

/**
 * Reads the minimum keeper fee of an order that is created in the next block, wei. The base fee can rise by an eighth with
 * every block: attach some more, the keeper receives it.
 */
export const getMinKeeperFee = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<Wei> => {
    const call = { ...orderGateway({ deployment }), args: [deployment.marketId] } as const;
    const [{ keeperGas, baseFeeFactor, minKeeperFee }, { baseFeePerGas }] = await Promise.all([
      readContract(client, { ...call, functionName: "rulesOf" }),
      getBlock(client),
    ]);
    return minKeeperFee + ((baseFeePerGas ?? 0n) * BigInt(keeperGas) * BigInt(baseFeeFactor)) / 100n;
  },
);

/** Parameters of {@link isOrderAlive}. */
export type IsOrderAliveParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Reads whether an order is open with exactly these terms. */
export const isOrderAlive = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, orderId, order }: IsOrderAliveParameters): Promise<boolean> => {
    const call = { ...orderGateway({ deployment }), args: [orderId] } as const;
    return (await readContract(client, { ...call, functionName: "commitmentOf" })) === hashOrder(order);
  },
);

const statuses = ["unknown", "delayed", "waiting", "executable", "expired"] as const;

/**
 * The status of an order. `unknown`: not open, or not with these terms. `waiting`: for the order before it. `expired`: any
 * account may cancel it.
 */
export type OrderStatus = (typeof statuses)[number];

/** Parameters of {@link getOrderStatus}. */
export type GetOrderStatusParameters = IsOrderAliveParameters;

/** Reads the status of an order, which also proves its terms. */
export const getOrderStatus = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, orderId, order }: GetOrderStatusParameters): Promise<OrderStatus> => {
    const call = { ...orderGateway({ deployment }), args: [orderId, order] } as const;
    return statuses[await readContract(client, { ...call, functionName: "statusOf" })] ?? "unknown";
  },
);

/** Parameters of {@link getOpenOrders}. */
export type GetOpenOrdersParameters = EventsParameters & Omit<BlockSpan, "toBlock">;

const createdOrders = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => orderGateway({ deployment }),
  ["OrderCreated"],
  ({ account }) => [account === undefined ? {} : { taker: account }],
  ({ args: { orderId, order } }, { deployment }) =>
    order.request.marketId === deployment.marketId ? { orderId, order } : undefined,
);

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
export const getOpenOrders = /* @__PURE__ */ defineRead(
  async (client: Client, parameters: GetOpenOrdersParameters): Promise<OpenOrder[]> => {
    const { deployment } = parameters;
    const created = await reading(createdOrders)(client, parameters);
    const orders = await Promise.all(
      created.map(async ({ orderId, order }) => ({
        orderId,
        order,
        status: await getOrderStatus(client, { deployment, orderId, order }),
      })),
    );
    return orders.filter((order): order is OpenOrder => order.status !== "unknown");
  },
);
