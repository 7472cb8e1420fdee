import { type Address, encodeFunctionData, type Hash, type Hex } from "viem";
import { signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { ContractCall } from "../../client/transaction.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { SignedCancellation } from "../../entities/cancellation.js";
import type { Failure } from "../../entities/failure.js";
import { failureOf } from "../../entities/failure-of.js";
import { WHOLE_POSITION } from "../../entities/order.js";
import { hashSignedOrder, type OrderSubmission, type SignedFill } from "../../entities/signed-order.js";
import * as signedOrderGateway from "../../generated/contracts/signed-order-gateway.js";
import type { Wad, Wei } from "../../units.js";
import {
  type AnnounceSignedOrderParameters,
  announceSignedOrder,
  type ClearAnnouncementParameters,
  clearAnnouncement,
  type ExecuteAnnouncedParameters,
  executeAnnounced,
} from "./announcements.js";
import {
  type CancelAnnouncementParameters,
  type CancelBracketParameters,
  type CancelSignedOrderParameters,
  cancelAnnouncement,
  cancelBracket,
  cancelSignedOrder,
  cancelSignedOrderBySig,
} from "./cancellation.js";

const submissionOf = ({ order, signature, relayFee = 0n }: OrderSubmission) => ({
  order,
  signature,
  relayFeeXCD: relayFee,
});

type RelayTerms = {
  deployment: Deployment;
  /** WAD base. Default: the rest of the order; of two orders, the lesser rest. */
  amount?: Wad;
  /** A current price, which Pyth stores if it is newer. Default: the stored price, if it is recent. */
  updateData?: readonly Hex[];
  /** Wei for the price source; the rest is refunded. Default: the oracle pays from its own balance. */
  value?: Wei;
};

/** Parameters of {@link settleSignedOrder}. */
export type SettleSignedOrderParameters = OrderSubmission &
  RelayTerms & {
    /** The order's maker, or, if the order names none, the relayer's choice. */
    maker: Address;
  };

/**
 * Fills a signed order against an LP vault, as a relayer. Reverts with `NotRelayer` for other callers; with
 * `OrderPastExpiry`, `WrongNonce`, `InvalidSignature` or `OrderClosed` when the order is not valid; with
 * `FillOutOfRange`, `TriggerNotMet` or `RelayFeeTooHigh` when the fill breaks its terms; with `OlderThanStored` for a
 * price older than the stored one; and with any error of a trade.
 *
 * @example
 * await settleSignedOrder(relayer, { deployment, ...submission, relayFee: 500_000n, maker: deployment.oracleMaker, updateData });
 */
export const settleSignedOrder = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.settle, signedOrderGateway.OrderFilled],
  ({ maker, amount = WHOLE_POSITION, updateData = [], value, ...submission }: SettleSignedOrderParameters) =>
    call("settle", [submissionOf(submission), maker, amount, updateData], { value }),
  ({ event, hash, gasUsed }): SignedFill & { hash: Hash; gasUsed: bigint } => ({
    ...event("OrderFilled"),
    hash,
    gasUsed,
  }),
);
/** Sends {@link settleSignedOrder}, waits for it, and returns the fill. */
export const settleSignedOrderSync = /* @__PURE__ */ confirmed(settleSignedOrder);

/** Parameters of {@link matchSignedOrders}. */
export type MatchSignedOrdersParameters = RelayTerms & {
  taker: OrderSubmission;
  /** The order whose price both trade at. */
  maker: OrderSubmission;
};

/**
 * Fills two signed orders with each other at the maker's price, as a relayer. Reverts as {@link settleSignedOrder} does,
 * and with `NotOpposite`, `LimitExceeded` or `PriceBandExceeded`.
 *
 * @example
 * await matchSignedOrders(relayer, { deployment, taker: { ...alices, relayFee }, maker: bobs });
 */
export const matchSignedOrders = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.matchOrders, signedOrderGateway.OrderFilled],
  ({ taker, maker, amount = WHOLE_POSITION, updateData = [], value }: MatchSignedOrdersParameters) =>
    call("matchOrders", [submissionOf(taker), submissionOf(maker), amount, updateData], { value }),
  ({ event, receipt, hash, gasUsed }, { deployment, taker, maker }) => {
    const fillOf = ({ order }: OrderSubmission): SignedFill => {
      const orderHash = hashSignedOrder({ deployment, order });
      const logs = receipt.logs.filter(({ topics }) => topics[1] === orderHash);
      return event("OrderFilled", logs);
    };
    return { taker: fillOf(taker), maker: fillOf(maker), hash, gasUsed };
  },
);
/** Sends {@link matchSignedOrders}, waits for it, and returns both fills. */
export const matchSignedOrdersSync = /* @__PURE__ */ confirmed(matchSignedOrders);

/** The calls that {@link batchSignedOrders} accepts, without values. */
export const signedOrderCalls = {
  settle: (parameters: SettleSignedOrderParameters) => settleSignedOrder.call(parameters),
  match: (parameters: MatchSignedOrdersParameters) => matchSignedOrders.call(parameters),
  cancel: (parameters: CancelSignedOrderParameters) => cancelSignedOrder.call(parameters),
  cancelBySig: (parameters: SignedCancellation) => cancelSignedOrderBySig.call(parameters),
  announce: (parameters: AnnounceSignedOrderParameters) => announceSignedOrder.call(parameters),
  execute: (parameters: ExecuteAnnouncedParameters) => executeAnnounced.call(parameters),
  clear: (parameters: ClearAnnouncementParameters) => clearAnnouncement.call(parameters),
  cancelAnnouncement: (parameters: CancelAnnouncementParameters) => cancelAnnouncement.call(parameters),
  cancelBracket: (parameters: CancelBracketParameters) => cancelBracket.call(parameters),
} as const;

/** Parameters of {@link batchSignedOrders}. */
export type BatchSignedOrdersParameters = {
  deployment: Deployment;
  /** Of {@link signedOrderCalls}, without values: the oracle's balance pays the price sources. */
  calls: readonly ContractCall[];
  /** The gas limit of each call. Default: 1,500,000. */
  gasPerCall?: bigint;
};

/** Gas of one call of a batch: above that of a fill, the signature check of a wallet included. */
const GAS_PER_CALL = 1_500_000n;

/** The outcome of a batch of the gateway's calls. */
export type SignedBatchOutcome = {
  fills: SignedFill[];
  /** The calls that failed, by their index in the batch. */
  failures: ({ index: number } & Failure)[];
  hash: Hash;
  gasUsed: bigint;
};

/**
 * Several of the gateway's calls in one transaction. The failure of one call does not affect the others.
 *
 * @example
 * const { fills, failures } = await batchSignedOrdersSync(relayer, {
 *   deployment,
 *   calls: submissions.map((each) => settleSignedOrder.call({ deployment, ...each, maker: deployment.oracleMaker })),
 * });
 */
export const batchSignedOrders = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.batch, signedOrderGateway.OrderFilled, signedOrderGateway.CallFailed],
  ({ calls, gasPerCall = GAS_PER_CALL }: BatchSignedOrdersParameters) => ({
    functionName: "batch",
    args: [calls.map(({ abi, functionName, args }) => encodeFunctionData({ abi, functionName, args })), gasPerCall],
    // Each call needs its full gas limit available, however little it uses: more than a node estimates.
    gas: (gasPerCall + gasPerCall / 16n + 50_000n) * BigInt(calls.length) + 200_000n,
  }),
  ({ events, hash, gasUsed }): SignedBatchOutcome => ({
    fills: events("OrderFilled").map(({ args }) => args),
    failures: events("CallFailed").map(({ args: { index, reason } }) => ({
      index: Number(index),
      ...failureOf(reason),
    })),
    hash,
    gasUsed,
  }),
);
/** Sends {@link batchSignedOrders}, waits for it, and returns the fills and the failures. */
export const batchSignedOrdersSync = /* @__PURE__ */ confirmed(batchSignedOrders);
