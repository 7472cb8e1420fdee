import { type Abi, type Address, encodeFunctionData, type Hash, type Hex } from "viem";
import type { Deployment } from "../../deployment.js";
import { decodeRevert, type Revert } from "../../errors.js";
import { signedOrderGatewayAbi } from "../../generated/abis.js";
import { confirmed } from "../define-write.js";
import { WHOLE_POSITION } from "../orders.js";
import type { ContractCall } from "../write.js";
import { type ExecuteAnnouncedParameters, executeAnnounced } from "./announcements.js";
import {
  type CancelSignedOrderParameters,
  cancelSignedOrder,
  cancelSignedOrderBySig,
  type SignedCancellation,
} from "./cancellation.js";
import { signedGatewayWrite } from "./gateway.js";
import { hashSignedOrder, type OrderSubmission } from "./order.js";

const submissionOf = ({ order, signature, relayFee = 0n }: OrderSubmission) => ({
  order,
  signature,
  relayFeeXCD: relayFee,
});

/** What {@link settleSignedOrder} takes. */
export type SettleSignedOrderParameters = OrderSubmission & {
  deployment: Deployment;
  /** The order's, or, where it names none, the relayer's choice. */
  maker: Address;
  /** WAD base. Default: all that is left. */
  amount?: bigint;
  /** A current price. Default: the stored one, if it is recent. */
  updateData?: readonly Hex[];
  /** Wei for the price source; what it does not take comes back. Default: the oracle pays from its own balance. */
  value?: bigint;
};

/** What came of an order in one transaction, from its account's side. Amounts are WAD. */
export type SignedFill = {
  orderHash: Hash;
  account: Address;
  counterparty: Address;
  base: bigint;
  quote: bigint;
  /** The oracle's. */
  price: bigint;
  /** In the collateral's own decimals. */
  relayFeeXCD: bigint;
};

/**
 * Fills a signed order against an LP vault, as a relayer. Reverts `NotRelayer`; `OrderPastExpiry`, `WrongNonce`,
 * `InvalidSignature`, `OrderClosed` for orders that are not good; `FillOutOfRange`, `TriggerNotMet`, `RelayFeeTooHigh`;
 * `OlderThanStored` for prices; and whatever a trade reverts with.
 *
 * @example
 * await settleSignedOrder(relayer, { deployment, ...submission, relayFee: 500_000n, maker: deployment.oracleMaker, updateData });
 */
export const settleSignedOrder = /* @__PURE__ */ signedGatewayWrite(
  ({ maker, amount = WHOLE_POSITION, updateData = [], value, ...submission }: SettleSignedOrderParameters) => ({
    functionName: "settle",
    args: [submissionOf(submission), maker, amount, updateData],
    value,
  }),
  ({ event, hash, gasUsed }): SignedFill & { hash: Hash; gasUsed: bigint } => ({
    ...event("OrderFilled"),
    hash,
    gasUsed,
  }),
);
/** {@link settleSignedOrder}, waits, and returns the fill. */
export const settleSignedOrderSync = /* @__PURE__ */ confirmed(settleSignedOrder);

/** What {@link matchSignedOrders} takes. */
export type MatchSignedOrdersParameters = {
  deployment: Deployment;
  taker: OrderSubmission;
  /** The order whose price both trade at. */
  maker: OrderSubmission;
  /** WAD base. Default: all that both have left. */
  amount?: bigint;
  /** A current price. Default: the stored one. */
  updateData?: readonly Hex[];
  /** As for {@link settleSignedOrder}. */
  value?: bigint;
};

/**
 * Fills two signed orders with each other at the maker's price, as a relayer. Reverts as {@link settleSignedOrder} does,
 * and `NotOpposite`, `LimitExceeded`, `PriceBandExceeded`.
 *
 * @example
 * await matchSignedOrders(relayer, { deployment, taker: { ...alices, relayFee }, maker: bobs });
 */
export const matchSignedOrders = /* @__PURE__ */ signedGatewayWrite(
  ({ taker, maker, amount = WHOLE_POSITION, updateData = [], value }: MatchSignedOrdersParameters) => ({
    functionName: "matchOrders",
    args: [submissionOf(taker), submissionOf(maker), amount, updateData],
    value,
  }),
  ({ event, receipt, hash, gasUsed }, { deployment, taker, maker }) => {
    const fillOf = ({ order }: OrderSubmission): SignedFill => {
      const orderHash = hashSignedOrder({ deployment, order });
      const logs = receipt.logs.filter(({ topics }) => topics[1] === orderHash);
      return event("OrderFilled", logs);
    };
    return { taker: fillOf(taker), maker: fillOf(maker), hash, gasUsed };
  },
);
/** {@link matchSignedOrders}, waits, and returns both fills. */
export const matchSignedOrdersSync = /* @__PURE__ */ confirmed(matchSignedOrders);

/** The calls that a {@link batchSignedOrders} may carry, but for values. */
export const signedOrderCalls = {
  settle: (parameters: SettleSignedOrderParameters) => settleSignedOrder.call(parameters),
  match: (parameters: MatchSignedOrdersParameters) => matchSignedOrders.call(parameters),
  cancel: (parameters: CancelSignedOrderParameters) => cancelSignedOrder.call(parameters),
  cancelBySig: (parameters: SignedCancellation) => cancelSignedOrderBySig.call(parameters),
  execute: (parameters: ExecuteAnnouncedParameters) => executeAnnounced.call(parameters),
} as const;

/** What {@link batchSignedOrders} takes. */
export type BatchSignedOrdersParameters = {
  deployment: Deployment;
  /** Of {@link signedOrderCalls}, without values: price sources are paid from the oracle's balance. */
  calls: readonly ContractCall[];
  /** What each call may use. Default: 1,500,000. */
  gasPerCall?: bigint;
};

/** Gas of one call of a batch: above what a fill takes, wallets' own verification included. */
const GAS_PER_CALL = 1_500_000n;

/** How a batch of the gateway's calls ended. */
export type SignedBatchOutcome = {
  fills: SignedFill[];
  /** The calls that did nothing, by their place in the batch. */
  failures: { index: number; reason: Revert | undefined; data: Hex }[];
  hash: Hash;
  gasUsed: bigint;
};

/**
 * Several of the gateway's calls in one transaction, each for itself: one that fails spoils no other.
 *
 * @example
 * const { fills, failures } = await batchSignedOrdersSync(relayer, {
 *   deployment,
 *   calls: submissions.map((each) => settleSignedOrder.call({ deployment, ...each, maker: deployment.oracleMaker })),
 * });
 */
export const batchSignedOrders = /* @__PURE__ */ signedGatewayWrite(
  ({ calls, gasPerCall = GAS_PER_CALL }: BatchSignedOrdersParameters) => ({
    functionName: "batch",
    args: [
      calls.map(({ functionName, args }) =>
        encodeFunctionData({ abi: signedOrderGatewayAbi as Abi, functionName, args }),
      ),
      gasPerCall,
    ],
    // Every call must find all of its gas, whatever it uses: more than a node estimates.
    gas: (gasPerCall + gasPerCall / 16n + 50_000n) * BigInt(calls.length) + 200_000n,
  }),
  ({ events, hash, gasUsed }): SignedBatchOutcome => ({
    fills: events("OrderFilled").map(({ args }) => args),
    failures: events("CallFailed").map(({ args: { index, reason } }) => ({
      index: Number(index),
      reason: decodeRevert(reason),
      data: reason,
    })),
    hash,
    gasUsed,
  }),
);
/** {@link batchSignedOrders}, waits, and tells what was filled and what failed. */
export const batchSignedOrdersSync = /* @__PURE__ */ confirmed(batchSignedOrders);
