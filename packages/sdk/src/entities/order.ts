import { type Address, encodeAbiParameters, getAbiItem, type Hash, keccak256, maxUint256 } from "viem";
import { orderGatewayAbi } from "../generated/abis.js";
import type { Wad, Wei } from "../units.js";

/** The terms of a taker's order. Sizes and amounts are WAD. */
export type OrderRequest = {
  maker: Address;
  /** True: the taker sells base. */
  isBaseToQuote: boolean;
  /** True: `amount` is the taker's input, else the taker's output. */
  isExactInput: boolean;
  /**
   * True: the order only reduces the position, else it fails. Default: false. While Pyth is dead, only such orders
   * execute, at the second source's price if the market has one.
   */
  isReduceOnly?: boolean;
  /**
   * True: if the order leaves no position, the gateway pays all margin to the taker's wallet. If that payment fails, for
   * example at the circuit breaker, the margin stays in the market and the trade is unaffected.
   */
  returnsMargin?: boolean;
  amount: Wad;
  /** The minimum output of an exact input, or the maximum input of an exact output. */
  oppositeBound: Wad;
};

/** An order as the OrderGateway committed to it. */
export type Order = {
  taker: Address;
  request: Required<OrderRequest> & { marketId: bigint };
  /** The order that must have ended before this one executes; zero: none. */
  previousOrderId: bigint;
  /** Seconds. The order executes at the first price published from then on. */
  executableAt: bigint;
  /** Seconds. A price published later is not accepted. */
  lastPriceAt: bigint;
  /** Seconds. The last second in which the order can execute; afterwards it can only be cancelled. */
  expiresAt: bigint;
  /** Wei. */
  keeperFee: Wei;
};

/** An amount that closes the whole position, at its size on execution. For `isReduceOnly` orders with an exact base side. */
export const WHOLE_POSITION: bigint = maxUint256;

const orderParameters = /* @__PURE__ */ (() => getAbiItem({ abi: orderGatewayAbi, name: "hashOrder" }).inputs)();

/**
 * The commitment to an order: equal to the OrderGateway's `commitmentOf` while the order is open.
 *
 * @example
 * const { orderId, order } = await createOrderSync(client, parameters);
 * hashOrder(order); // "0x..."
 */
export function hashOrder(order: Order): Hash {
  return keccak256(encodeAbiParameters(orderParameters, [order]));
}
