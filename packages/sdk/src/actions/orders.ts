import { type Address, encodeAbiParameters, getAbiItem, type Hash, type Hex, keccak256 } from "viem";
import { readContract } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { decodeRevert, EventNotFoundError, type Revert } from "../errors.js";
import { orderGatewayAbi, vaultAbi } from "../generated/abis.js";
import { type Caller, confirmed, type Mined, writesTo } from "./define-write.js";
import { type PermitOptions, signPermit, signSetOperator } from "./funds.js";
import type { SigningClient } from "./write.js";

const gatewayWrite = /* @__PURE__ */ writesTo(({ deployment }: { deployment: Deployment }) => ({
  address: deployment.orderGateway,
  abi: orderGatewayAbi,
}));

/** What a taker asks for. Sizes and amounts are WAD. */
export type OrderRequest = {
  maker: Address;
  /** True: the taker sells base. */
  isBaseToQuote: boolean;
  /** True: `amount` is what the taker gives, else what the taker gets. */
  isExactInput: boolean;
  /**
   * True: refuse to do anything but reduce the position. Default: false. While Pyth is dead, only such orders execute, at the
   * second source's price if the market has one.
   */
  isReduceOnly?: boolean;
  /**
   * True: if the order leaves no position, all margin goes to the taker's wallet. What stands against that, such as the
   * circuit breaker, leaves the margin where it is and does not touch the trade.
   */
  returnsMargin?: boolean;
  amount: bigint;
  /** The least to get for an exact input, the most to give for an exact output. */
  oppositeBound: bigint;
};

/** An order as the chain committed to it. */
export type Order = {
  taker: Address;
  request: Required<OrderRequest> & { marketId: bigint };
  /** The order that must have come to its end first; zero: none. */
  previousOrderId: bigint;
  /** Seconds. It executes at the first price published from then on. */
  executableAt: bigint;
  /** Seconds. A price published later does not serve. */
  lastPriceAt: bigint;
  /** Seconds. From the next one on, the order can only be cleared. */
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

/** What {@link createOrder} takes. */
export type CreateOrderParameters = OrderRequest & {
  deployment: Deployment;
  /** Wei in escrow for the keeper, at least the market's minimum. */
  keeperFee: bigint;
  /**
   * An earlier order that must have come to its end, whichever that is, before this one executes: a close after its open.
   * All wait for orders of their own market only, else `OtherMarket`. Those against makers that price from the oracle wait for
   * such orders only, else `MayNotWait`, and for those whose price can still come, else `TooLateToWait`; and they execute at
   * Pyth's price only. Who closes while Pyth is dead does not wait.
   */
  after?: { orderId: bigint; order: Order };
};

const requestOf = ({ deployment, ...request }: OrderRequest & { deployment: Deployment }) => ({
  marketId: deployment.marketId,
  isReduceOnly: false,
  returnsMargin: false,
  ...request,
});

/** An order that has just been created: its id, and what whoever executes it presents. */
export type CreatedOrder = { orderId: bigint; order: Order; hash: Hash };

const created = ({ event, hash }: Mined<typeof orderGatewayAbi>): CreatedOrder => {
  const { orderId, order } = event("OrderCreated");
  return { orderId, order, hash };
};

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
export const createOrder = /* @__PURE__ */ gatewayWrite(
  ({ keeperFee: value, after, ...request }: CreateOrderParameters) =>
    after
      ? { functionName: "createOrderAfter", args: [requestOf(request), after.orderId, after.order], value }
      : { functionName: "createOrder", args: [requestOf(request)], value },
  created,
);
/** {@link createOrder}, waits, and returns the order with its id. */
export const createOrderSync = /* @__PURE__ */ confirmed(createOrder);

/** What {@link createOrderWithDeposit} takes. */
export type CreateOrderWithDepositParameters = Omit<CreateOrderParameters, "after"> &
  PermitOptions & {
    /** Collateral from the wallet into the market's margin, in its own decimals. Zero: none. */
    margin: bigint;
  };

/**
 * All that a first order needs, in one transaction: the client signs an ERC-2612 permit of the collateral for the
 * OrderGateway and, unless that is its operator already, a word that makes it one; the gateway moves the collateral into
 * the margin and creates the order. Reverts like {@link createOrder}, and `InvalidSignature` or `SignatureExpired`.
 *
 * @example
 * const hash = await createOrderWithDeposit(client, { deployment, ...request, keeperFee, margin: parseUnits("1000", 6) });
 */
export const createOrderWithDeposit = /* @__PURE__ */ gatewayWrite(
  async (
    { keeperFee, margin, deadline, domain, ...request }: CreateOrderWithDepositParameters,
    client: SigningClient,
  ) => {
    const { deployment } = request;
    const { account } = client;
    const operator = deployment.orderGateway;
    const isOperator = await readContract(client, {
      address: deployment.vault,
      abi: vaultAbi,
      functionName: "isOperator",
      args: [account.address, operator],
    });
    const validity = deadline === undefined ? {} : { deadline };
    const permit =
      margin === 0n
        ? undefined
        : await signPermit(client, { deployment, spender: operator, amount: margin, domain, deadline });
    const signed = isOperator
      ? undefined
      : await signSetOperator(client, { deployment, operator, approved: true, ...validity });
    const none = `0x${"00".repeat(32)}` as const;
    const depositTerms = {
      amountXCD: margin,
      permitDeadline: permit?.deadline ?? 0n,
      v: permit?.v ?? 0,
      r: permit?.r ?? none,
      s: permit?.s ?? none,
      operatorDeadline: signed?.deadline ?? 0n,
      operatorSignature: signed?.signature ?? ("0x" as const),
    };
    return {
      functionName: "createOrderWithDeposit",
      args: [requestOf(request), depositTerms],
      value: keeperFee,
    } as const;
  },
  created,
);
/** {@link createOrderWithDeposit}, waits, and returns the order with its id. */
export const createOrderWithDepositSync = /* @__PURE__ */ confirmed(createOrderWithDeposit);

/** What {@link executeOrder} takes. */
export type ExecuteOrderParameters = {
  deployment: Deployment;
  orderId: bigint;
  order: Order;
  /**
   * The first price update published at or after the order's `executableAt`. None while Pyth is dead: the second source's
   * price, for a reduce-only order that was not created `after` another, else `NeedsPrimaryPrice`.
   */
  updateData: readonly Hex[];
  /** Wei for the price source's fee; what it does not take comes back. Zero: the oracle pays from its own balance. */
  value?: bigint;
};

/** An error that an event carries: decoded if it is one of the exchange's, and its bytes. */
export type Failure = { reason: Revert | undefined; data: Hex };

/** It has traded. Amounts are WAD, from the taker's side. */
export type ExecutedOrder = {
  status: "executed";
  base: bigint;
  quote: bigint;
  price: bigint;
  /** Why margin that was to go to the wallet stayed in the market. */
  marginReturnFailure?: Failure;
};
/** For a reason that is not its keeper's. */
export type PurgedOrder = { status: "purged" } & Failure;
/** As before: for a reason that a keeper could cause. */
export type SkippedOrder = { status: "skipped" } & Failure;

/** How an execution ended. */
export type OrderOutcome = (ExecutedOrder | PurgedOrder) & { gasUsed: bigint; hash: Hash };

const failure = (data: Hex): Failure => ({ reason: decodeRevert(data), data });

/** How the orders of a transaction ended, in the order in which they were tried. */
function outcomesIn({ events }: Mined<typeof orderGatewayAbi>): BatchOutcome["outcomes"] {
  const outcomes: BatchOutcome["outcomes"] = [];
  for (const event of events("OrderExecuted", "OrderPurged", "OrderSkipped", "MarginReturnFailed")) {
    if (event.eventName === "OrderExecuted") {
      const { base, quote, price } = event.args;
      outcomes.push({ status: "executed", base, quote, price });
    } else if (event.eventName === "MarginReturnFailed") {
      // Follows the execution that it belongs to.
      const last = outcomes.at(-1);
      if (last?.status === "executed") last.marginReturnFailure = failure(event.args.reason);
    } else {
      const status = event.eventName === "OrderPurged" ? "purged" : "skipped";
      outcomes.push({ status, ...failure(event.args.reason) });
    }
  }
  return outcomes;
}

/**
 * Executes an order as a keeper, who gets the fee in escrow also when the order is purged. Reverts, and leaves the
 * order, for what a keeper or a pool may cause: `NotYetExecutable`, `OrderPastExpiry`, `UnknownOrder`, Pyth's
 * `PriceFeedNotFoundWithinRange` for any price but the first one, `SourceFeeTooLow`, or the failure of a spot swap.
 */
export const executeOrder = /* @__PURE__ */ gatewayWrite(
  ({ orderId, order, updateData, value = 0n }: ExecuteOrderParameters) => ({
    functionName: "executeOrder",
    args: [orderId, order, updateData],
    value,
  }),
  (mined): OrderOutcome => {
    const { gasUsed, hash } = mined;
    const [outcome] = outcomesIn(mined);
    if (!outcome || outcome.status === "skipped") throw new EventNotFoundError({ eventName: "OrderExecuted", hash });
    return { ...outcome, gasUsed, hash };
  },
);
/** {@link executeOrder}, waits, and tells how it ended. Amounts are WAD, from the taker's side. */
export const executeOrderSync = /* @__PURE__ */ confirmed(executeOrder);

/** What {@link executeOrders} takes. */
export type ExecuteOrdersParameters = {
  deployment: Deployment;
  /** Each with the first price update published at or after its `executableAt`. */
  orders: readonly { orderId: bigint; order: Order; updateData: readonly Hex[] }[];
  /** Wei for the price source's fees; what they do not take comes back. Zero: the oracle pays from its own balance. */
  value?: bigint;
};

/** How a batch of executions ended. */
export type BatchOutcome = {
  /** One for each order, in their order. Amounts are WAD, from the taker's side. */
  outcomes: (ExecutedOrder | PurgedOrder | SkippedOrder)[];
  gasUsed: bigint;
  hash: Hash;
};

/**
 * {@link executeOrder} for many orders at once. One that fails leaves the others alone: what purges an order purges it,
 * and what would revert leaves it as it was. Orders with the same update data share it. Reverts `NotEnoughGas` when there
 * is too little for all of them.
 *
 * @example
 * const hash = await executeOrders(keeper, { deployment, orders: open.map((order) => ({ ...order, updateData })) });
 */
export const executeOrders = /* @__PURE__ */ gatewayWrite(
  ({ orders, value = 0n }: ExecuteOrdersParameters) => {
    const indexOf = new Map<string, number>();
    const updates: (readonly Hex[])[] = [];
    const executions = orders.map(({ orderId, order, updateData }) => {
      const key = updateData.join();
      const updateIndex = indexOf.get(key) ?? updates.push(updateData) - 1;
      indexOf.set(key, updateIndex);
      return { orderId, order, updateIndex: BigInt(updateIndex) };
    });
    return { functionName: "executeOrders", args: [executions, updates], value };
  },
  (mined): BatchOutcome => ({ outcomes: outcomesIn(mined), gasUsed: mined.gasUsed, hash: mined.hash }),
);
/** {@link executeOrders}, waits, and tells how each order ended. */
export const executeOrdersSync = /* @__PURE__ */ confirmed(executeOrders);

/** What {@link cancelOrder} takes. */
export type CancelOrderParameters = { deployment: Deployment; orderId: bigint; order: Order };

/** Clears an expired order; the fee in escrow goes to the caller. Reverts `OrderNotExpired` before. */
export const cancelOrder = /* @__PURE__ */ gatewayWrite(({ orderId, order }: CancelOrderParameters) => ({
  functionName: "cancelOrder",
  args: [orderId, order],
}));
/** {@link cancelOrder}, waits. */
export const cancelOrderSync = /* @__PURE__ */ confirmed(cancelOrder);

/** What {@link withdrawOrderCredit} takes. */
export type WithdrawOrderCreditParameters = {
  deployment: Deployment;
  /** Default: the client's account. */
  to?: Address;
};

/**
 * Takes out what the OrderGateway owes the client because it could not be paid: a keeper contract that cannot receive.
 * Reverts `NothingCredited`. See {@link getOrderCredit}.
 */
export const withdrawOrderCredit = /* @__PURE__ */ gatewayWrite(
  ({ to }: WithdrawOrderCreditParameters, { account }: Caller) => ({
    functionName: "withdrawCredit",
    args: [to ?? account.address],
  }),
  ({ event, hash }) => ({ amount: event("CreditWithdrawn").amount, hash }),
);
/** {@link withdrawOrderCredit}, waits, and returns what was paid; wei. */
export const withdrawOrderCreditSync = /* @__PURE__ */ confirmed(withdrawOrderCredit);
