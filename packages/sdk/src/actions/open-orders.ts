import type { Address, Client } from "viem";
import { getBlockNumber, getContractEvents, readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { orderGatewayAbi } from "../generated/abis.js";
import { acrossBlocks, type BlockSpan } from "./history.js";
import type { Order } from "./orders.js";
import type { AccountParameters } from "./read.js";

const statuses = ["unknown", "delayed", "waiting", "executable", "expired"] as const;

/**
 * How an order stands. `unknown`: not alive, or not the order that was committed to. `waiting`: for the order before it.
 * `expired`: anybody may clear it.
 */
export type OrderStatus = (typeof statuses)[number];

/** What {@link getOrderStatus} takes. */
export type GetOrderStatusParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Asks the chain how an order stands, which also proves its terms. */
export async function getOrderStatus(
  client: Client,
  { deployment, orderId, order }: GetOrderStatusParameters,
): Promise<OrderStatus> {
  return statusAt(client, { deployment, orderId, order }, await getBlockNumber(client));
}

async function statusAt(
  client: Client,
  { deployment, orderId, order }: GetOrderStatusParameters,
  blockNumber: bigint,
): Promise<OrderStatus> {
  const status = await readContract(client, {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "statusOf",
    args: [orderId, order],
    blockNumber,
  });
  return statuses[status] ?? "unknown";
}

/** What {@link getOpenOrders} takes. */
export type GetOpenOrdersParameters = Omit<BlockSpan, "toBlock"> & {
  deployment: Deployment;
  /** Default: everybody's. */
  account?: Address;
};

/** An order that is alive, as {@link executeOrder} and {@link cancelOrder} take it. */
export type OpenOrder = { orderId: bigint; order: Order; status: Exclude<OrderStatus, "unknown"> };

/**
 * The orders that are alive, oldest first. The chain keeps commitments only; the orders are rebuilt from the events of
 * their creation, and the contract is asked whether each is the one it has committed to, so that a node cannot make
 * orders up. Orders live for minutes: a recent block does for `fromBlock`.
 *
 * @example
 * for (const { orderId, order, status } of await getOpenOrders(client, { deployment, account })) console.log(orderId, status);
 */
export async function getOpenOrders(
  client: Client,
  { deployment, account, ...span }: GetOpenOrdersParameters,
): Promise<OpenOrder[]> {
  const { items: created, toBlock: blockNumber } = await acrossBlocks(client, span, (range) =>
    getContractEvents(client, {
      address: deployment.orderGateway,
      abi: orderGatewayAbi,
      eventName: "OrderCreated",
      args: account === undefined ? {} : { taker: account },
      strict: true,
      ...range,
    }),
  );
  const orders = await Promise.all(
    created.map(async ({ args: { orderId, order } }) => ({
      orderId,
      order,
      status: await statusAt(client, { deployment, orderId, order }, blockNumber),
    })),
  );
  return orders.filter((order): order is OpenOrder => order.status !== "unknown");
}

/** What the OrderGateway owes an account that it could not pay; wei. */
export async function getOrderCredit(client: Client, { deployment, account }: AccountParameters): Promise<bigint> {
  return readContract(client, {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "creditOf",
    args: [account],
  });
}
