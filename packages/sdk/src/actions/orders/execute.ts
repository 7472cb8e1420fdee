import type { Hash, Hex, ParseEventLogsReturnType } from "viem";
import { orderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Failure } from "../../entities/failure.js";
import { failureOf } from "../../entities/failure-of.js";
import type { Order } from "../../entities/order.js";
import { EventNotFoundError } from "../../event-errors.js";
import * as orderGateway from "../../generated/contracts/order-gateway.js";
import type { CollateralAmount, Wad, Wei } from "../../units.js";

/** Parameters of {@link executeOrder}. */
export type ExecuteOrderParameters = {
  deployment: Deployment;
  orderId: bigint;
  order: Order;
  /**
   * The first price update published at or after the order's `executableAt`. Empty while Pyth is dead: then the second
   * source's price executes a reduce-only order that was not created `after` another, else `NeedsPrimaryPrice`.
   */
  updateData: readonly Hex[];
  /** Wei for the price source's fee; the rest is refunded. Zero: the oracle pays from its own balance. */
  value?: Wei;
};

/** The outcome of an order that traded. Amounts are WAD, from the taker's side. */
export type ExecutedOrder = {
  status: "executed";
  base: Wad;
  quote: Wad;
  price: Wad;
  /** The reason why margin that was to be paid to the wallet stayed in the market. */
  marginReturnFailure?: Failure;
};
/** The outcome of an order that was removed, for a reason that its keeper could not cause. */
export type PurgedOrder = {
  status: "purged";
  /** The taker made the order fail: its bond, which the maker received, in the decimals of the collateral. */
  bondXCD?: CollateralAmount;
  /** The maker lacked margin: the keeper fee, which returned to the taker; wei. */
  returnedFee?: Wei;
} & Failure;
/** The outcome of an order that stays open, for a reason that a keeper could cause. */
export type SkippedOrder = { status: "skipped" } & Failure;

/** The outcome of an execution. */
export type OrderOutcome = (ExecutedOrder | PurgedOrder) & { gasUsed: bigint; hash: Hash };

type OutcomeEvents = readonly [
  typeof orderGateway.OrderExecuted,
  typeof orderGateway.OrderPurged,
  typeof orderGateway.OrderSkipped,
  typeof orderGateway.MarginReturnFailed,
  typeof orderGateway.OrderBondPaid,
  typeof orderGateway.KeeperFeeReturned,
];

const outcomeNames = [
  "OrderExecuted",
  "OrderPurged",
  "OrderSkipped",
  "MarginReturnFailed",
  "OrderBondPaid",
  "KeeperFeeReturned",
] as const;

/** The outcomes of the orders of a transaction, in the order of execution. */
function outcomesIn(
  events: ParseEventLogsReturnType<OutcomeEvents, [...typeof outcomeNames], true>,
): BatchOutcome["outcomes"] {
  const outcomes: BatchOutcome["outcomes"] = [];
  for (const event of events) {
    const last = outcomes.at(-1);
    if (event.eventName === "OrderExecuted") {
      const { base, quote, price } = event.args;
      outcomes.push({ status: "executed", base, quote, price });
    } else if (event.eventName === "MarginReturnFailed") {
      // These three events follow the execution of the same order.
      if (last?.status === "executed") last.marginReturnFailure = failureOf(event.args.reason);
    } else if (event.eventName === "OrderBondPaid") {
      if (last?.status === "purged") last.bondXCD = event.args.bondXCD;
    } else if (event.eventName === "KeeperFeeReturned") {
      if (last?.status === "purged") last.returnedFee = event.args.amount;
    } else {
      const status = event.eventName === "OrderPurged" ? "purged" : "skipped";
      outcomes.push({ status, ...failureOf(event.args.reason) });
    }
  }
  return outcomes;
}

/**
 * Executes an order as a keeper. The keeper receives the fee in escrow, also when the order is purged, except when the maker
 * lacks margin: its LPs could cause that, and be the keeper, so the fee returns to the taker. Pyth stores the
 * price if it is newer than the stored one, so that later liquidations and withdrawals use no older price than the fill.
 * Reverts, and the order stays open, for a reason that a keeper or a pool may cause: `NotYetExecutable`, `OrderPastExpiry`,
 * `UnknownOrder`, Pyth's `PriceFeedNotFoundWithinRange` for any price but the first one, `SourceFeeTooLow`, or the
 * failure of a spot swap.
 */
export const executeOrder = /* @__PURE__ */ orderGatewayWrite(
  [
    orderGateway.executeOrder,
    orderGateway.OrderExecuted,
    orderGateway.OrderPurged,
    orderGateway.OrderSkipped,
    orderGateway.MarginReturnFailed,
    orderGateway.OrderBondPaid,
    orderGateway.KeeperFeeReturned,
  ],
  ({ orderId, order, updateData, value = 0n }: ExecuteOrderParameters) =>
    call("executeOrder", [orderId, order, updateData], { value }),
  (mined): OrderOutcome => {
    const { gasUsed, hash } = mined;
    const [outcome] = outcomesIn(mined.events(...outcomeNames));
    if (!outcome || outcome.status === "skipped") throw new EventNotFoundError({ eventName: "OrderExecuted", hash });
    return { ...outcome, gasUsed, hash };
  },
);
/** Sends {@link executeOrder}, waits for it, and returns the outcome. Amounts are WAD, from the taker's side. */
export const executeOrderSync = /* @__PURE__ */ confirmed(executeOrder);

/** Parameters of {@link executeOrders}. */
export type ExecuteOrdersParameters = {
  deployment: Deployment;
  /** Each with the first price update published at or after its `executableAt`. */
  orders: readonly { orderId: bigint; order: Order; updateData: readonly Hex[] }[];
  /** Wei for the price source's fees; the rest is refunded. Zero: the oracle pays from its own balance. */
  value?: Wei;
};

/** The outcome of a batch of executions. */
export type BatchOutcome = {
  /** One for each order, in their order. Amounts are WAD, from the taker's side. */
  outcomes: (ExecutedOrder | PurgedOrder | SkippedOrder)[];
  gasUsed: bigint;
  hash: Hash;
};

/**
 * {@link executeOrder} for many orders at once. The failure of one order does not affect the others: a reason that purges
 * an order purges it, and an order whose execution would revert is skipped. Orders with the same update data share it.
 * Reverts with `NotEnoughGas` when the gas does not suffice for all of them. A transaction on Ethereum has room for
 * {@link MAX_BATCH_ORDERS}: {@link batchesOf} splits more.
 *
 * @example
 * const hash = await executeOrders(keeper, { deployment, orders: open.map((order) => ({ ...order, updateData })) });
 */
export const executeOrders = /* @__PURE__ */ orderGatewayWrite(
  [
    orderGateway.executeOrders,
    orderGateway.OrderExecuted,
    orderGateway.OrderPurged,
    orderGateway.OrderSkipped,
    orderGateway.MarginReturnFailed,
    orderGateway.OrderBondPaid,
    orderGateway.KeeperFeeReturned,
  ],
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
  (mined): BatchOutcome => ({
    outcomes: outcomesIn(mined.events(...outcomeNames)),
    gasUsed: mined.gasUsed,
    hash: mined.hash,
  }),
);
/** Sends {@link executeOrders}, waits for it, and returns the outcome of each order. */
export const executeOrdersSync = /* @__PURE__ */ confirmed(executeOrders);
