import { type Address, encodeAbiParameters, getAbiItem, type Hash, type Hex, keccak256 } from "viem";
import type { Deployment } from "../deployment.js";
import { decodeRevert, type Revert } from "../errors.js";
import { orderGatewayAbi } from "../generated/abis.js";
import { type ContractCall, findEvent, requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

/** What a taker asks for. Sizes and amounts are WAD. */
export type OrderRequest = {
  maker: Address;
  /** True: the taker sells base. */
  isBaseToQuote: boolean;
  /** True: `amount` is what the taker gives, else what the taker gets. */
  isExactInput: boolean;
  /** True: refuse to do anything but reduce the position. */
  isReduceOnly?: boolean;
  amount: bigint;
  /** The least to get for an exact input, the most to give for an exact output. */
  oppositeBound: bigint;
};

/** An order as the chain committed to it. */
export type Order = {
  taker: Address;
  request: Required<OrderRequest> & { marketId: bigint };
  /** Seconds. */
  executableAt: bigint;
  /** Seconds. */
  expiresAt: bigint;
  /** Wei. */
  keeperFee: bigint;
};

/** With `isReduceOnly` and an exact base side: close the whole position, whatever its size is by then. */
export const WHOLE_POSITION: bigint = 2n ** 256n - 1n;

const orderParameters = getAbiItem({ abi: orderGatewayAbi, name: "hashOrder" }).inputs;

/**
 * What the chain keeps of an order: the OrderGateway's `commitmentOf` gives the same hash while the order is alive.
 *
 * @example
 * const { orderId, order } = await createOrderSync(client, parameters);
 * hashOrder(order); // "0x..."
 */
export function hashOrder(order: Order): Hash {
  return keccak256(encodeAbiParameters(orderParameters, [order]));
}

export type CreateOrderParameters = OrderRequest & {
  deployment: Deployment;
  /** Wei in escrow for the keeper, at least the market's minimum. */
  keeperFee: bigint;
};

const createOrderCall = ({ deployment, keeperFee, ...request }: CreateOrderParameters): ContractCall => ({
  address: deployment.orderGateway,
  abi: orderGatewayAbi,
  functionName: "createOrder",
  args: [{ marketId: deployment.marketId, isReduceOnly: false, ...request }],
  value: keeperFee,
});

/**
 * Creates a delayed order. It executes at the first price published at or after its `executableAt`, whoever executes
 * it, and cannot be taken back before it has expired. Reverts `KeeperFeeTooLow` below the market's minimum, see
 * {@link getOrderRules}.
 *
 * @example
 * const hash = await createOrder(client, {
 *   deployment,
 *   maker: deployment.oracleMaker,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 *   oppositeBound: parseEther("2020"),
 *   keeperFee: parseEther("0.0001"),
 * });
 */
export async function createOrder(client: SigningClient, parameters: CreateOrderParameters): Promise<Hash> {
  return sendCall(client, createOrderCall(parameters));
}

export type CreatedOrder = { orderId: bigint; order: Order; hash: Hash };

/** {@link createOrder}, waits, and returns the order with its id. */
export async function createOrderSync(client: SigningClient, parameters: CreateOrderParameters): Promise<CreatedOrder> {
  const receipt = await waitForSuccess(client, await createOrder(client, parameters));
  const { args } = requireEvent(receipt, {
    abi: orderGatewayAbi,
    address: parameters.deployment.orderGateway,
    eventName: "OrderCreated",
  });
  return { orderId: args.orderId, order: args.order, hash: receipt.transactionHash };
}

export type ExecuteOrderParameters = {
  deployment: Deployment;
  orderId: bigint;
  order: Order;
  /** The first price update published at or after the order's `executableAt`. */
  updateData: readonly Hex[];
  /** Wei for the price source's fee; what it does not take comes back. Zero: the oracle pays from its own balance. */
  value?: bigint;
  gas?: bigint;
};

/**
 * Executes an order as a keeper, who gets the fee in escrow also when the order is purged. Reverts, and leaves the
 * order, for what is not the taker's doing: `NotYetExecutable`, `OrderExpired`, `UnknownOrder`, Pyth's
 * `PriceFeedNotFoundWithinRange` for any price but the first one, `SourceFeeTooLow`, or the failure of a spot swap.
 */
export async function executeOrder(
  client: SigningClient,
  { deployment, orderId, order, updateData, value = 0n, gas }: ExecuteOrderParameters,
): Promise<Hash> {
  const call = {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "executeOrder",
    args: [orderId, order, updateData],
    value,
  };
  return sendCall(client, call, gas === undefined ? {} : { gas });
}

export type OrderOutcome =
  | { status: "executed"; base: bigint; quote: bigint; price: bigint; gasUsed: bigint; hash: Hash }
  | { status: "purged"; reason: Revert | undefined; data: Hex; gasUsed: bigint; hash: Hash };

/** {@link executeOrder}, waits, and tells how it ended. Amounts are WAD, from the taker's side. */
export async function executeOrderSync(
  client: SigningClient,
  parameters: ExecuteOrderParameters,
): Promise<OrderOutcome> {
  const receipt = await waitForSuccess(client, await executeOrder(client, parameters));
  const { gasUsed, transactionHash: hash } = receipt;
  const from = { abi: orderGatewayAbi, address: parameters.deployment.orderGateway } as const;
  const purged = findEvent(receipt, { ...from, eventName: "OrderPurged" });
  if (purged) {
    const { reason } = purged.args;
    return { status: "purged", reason: decodeRevert(reason), data: reason, gasUsed, hash };
  }
  const { base, quote, price } = requireEvent(receipt, { ...from, eventName: "OrderExecuted" }).args;
  return { status: "executed", base, quote, price, gasUsed, hash };
}

export type CancelOrderParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Clears an expired order; the fee in escrow goes to the caller. Reverts `OrderNotExpired` before. */
export async function cancelOrder(
  client: SigningClient,
  { deployment, orderId, order }: CancelOrderParameters,
): Promise<Hash> {
  return sendCall(client, {
    address: deployment.orderGateway,
    abi: orderGatewayAbi,
    functionName: "cancelOrder",
    args: [orderId, order],
  });
}
