import { type Address, encodeAbiParameters, type Hash, keccak256, maxUint256, parseAbiParameters } from "viem";
import type { CollateralAmount, Ppm, Wad, Wei } from "../units.js";

/** The terms of a taker's order. Sizes and amounts are WAD. */
export type OrderRequest = {
  maker: Address;
  /** True: the taker sells base. */
  isBaseToQuote: boolean;
  /** True: `amount` is the taker's input, else the taker's output. */
  isExactInput: boolean;
  /**
   * True: the order only reduces the position. An amount of base beyond the position closes it, and the bound follows in
   * proportion; an amount of quote beyond it fails. Default: false. While Pyth is dead, only such orders execute, at the
   * second source's price if the market has one.
   */
  isReduceOnly?: boolean;
  /**
   * True: if the order leaves no position, the gateway pays all margin to the taker's wallet. If that payment fails, for
   * example at the circuit breaker, the margin stays in the market and the trade is unaffected.
   */
  returnsMargin?: boolean;
  /**
   * True: the order binds no bond and executes only against a maker that swaps on a spot market, at the pool's price.
   * False: the order binds a bond, which the taker loses if it makes the order fail. Default: true for the deployment's
   * spot-hedged makers.
   */
  isPoolPriced?: boolean;
  /**
   * Base or quote. A reduction in base that would leave less than the market's minimum position value closes the position, and
   * so exceeds the amount by less than that minimum.
   */
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
  /** Collateral that the order binds in the taker's escrow, in its own decimals. */
  bondXCD: CollateralAmount;
};

/**
 * An amount that closes the whole position. For `isReduceOnly` orders with an exact base side. A delayed order with a bond
 * closes the position that exists when it is created, every other order the one that exists on execution.
 */
export const WHOLE_POSITION: bigint = maxUint256;

/** The parameters of the OrderGateway's `hashOrder`. A test compares them with its ABI. */
const orderParameters = /* @__PURE__ */ parseAbiParameters([
  "Order order",
  "struct Order { address taker; OrderRequest request; uint256 previousOrderId; uint64 executableAt; uint64 lastPriceAt; uint64 expiresAt; uint128 keeperFee; uint128 bondXCD; }",
  "struct OrderRequest { address maker; bool isBaseToQuote; bool isExactInput; bool isReduceOnly; bool returnsMargin; bool isPoolPriced; uint256 marketId; uint256 amount; uint256 oppositeBound; }",
]);

/**
 * The hash of an order: its id, and equal to the OrderGateway's `commitmentOf` while the order is open.
 *
 * @example
 * const { orderId, order } = await createOrderSync(client, parameters);
 * hashOrder(order); // "0x..."
 */
export function hashOrder(order: Order): Hash {
  return keccak256(encodeAbiParameters(orderParameters, [order]));
}

/** The gas limit of a transaction on Ethereum (EIP-7825). */
const MAX_TRANSACTION_GAS = 16_777_216;
/** Gas of a batch besides its orders: the transaction, its calldata and the payment of the keeper. */
const BATCH_OVERHEAD = 500_000;
/** Gas that the OrderGateway requires for each order of a batch, `MIN_ITEM_GAS`. */
const GAS_PER_ORDER = 1_500_000;

/** The most orders of one {@link executeOrders}: more need a gas limit beyond that of a transaction on Ethereum. */
export const MAX_BATCH_ORDERS: number = /* @__PURE__ */ Math.floor(
  (MAX_TRANSACTION_GAS - BATCH_OVERHEAD) / GAS_PER_ORDER,
);

/**
 * Splits orders into batches that fit into a transaction each, in their order.
 *
 * @example
 * for (const orders of batchesOf(due)) await executeOrdersSync(keeper, { deployment, orders });
 */
export function batchesOf<order>(orders: readonly order[]): order[][] {
  const batches: order[][] = [];
  for (let i = 0; i < orders.length; i += MAX_BATCH_ORDERS) batches.push(orders.slice(i, i + MAX_BATCH_ORDERS));
  return batches;
}

const PPM = 1_000_000n;
const WAD = 10n ** 18n;

/** Parameters of {@link bondOf}. */
export type BondParameters = {
  /** WAD, base or quote. */
  amount: Wad;
  /** True: `amount` is base. */
  isExactBase: boolean;
  /** WAD quote per base: the price of the market's last fill. */
  price: Wad;
  /** Ppm of the notional, see {@link getOrderRules}. */
  bondRatio: Ppm;
  /** Decimals of the collateral. */
  decimals: number;
};

/**
 * The bond of an order, in the collateral's own decimals, up. The taker loses it if it makes the order fail after the
 * order's price exists: 4 standard deviations of the price over the order's validity.
 */
export function bondOf({ amount, isExactBase, price, bondRatio, decimals }: BondParameters): CollateralAmount {
  const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
  const notional = isExactBase ? ceilDiv(amount * price, WAD) : amount;
  return ceilDiv(notional * BigInt(bondRatio), PPM * 10n ** BigInt(18 - decimals));
}
