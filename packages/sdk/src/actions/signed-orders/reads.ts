import type { Client, Hash } from "viem";
import { getBlock, verifyTypedData } from "viem/actions";
import { announcedOrders } from "../../client/announced-orders.js";
import { defineHistory, reading } from "../../client/define-history.js";
import { defineClientRead, defineRead } from "../../client/define-read.js";
import type { BlockSpan } from "../../client/history.js";
import type { AccountParameters, EventsParameters, MarketParameters } from "../../client/parameters.js";
import { runBatched } from "../../client/run-batched.js";
import { all, block, type Steps, view } from "../../client/steps.js";
import type { Deployment } from "../../deployment.js";
import { type Announcement, hashAnnouncement, legOf } from "../../entities/announcement.js";
import { cancellationTypedData, type SignedCancellation } from "../../entities/cancellation.js";
import { type ExecutionStatus, executionStatusAt } from "../../entities/execution-status.js";
import { hashSignedOrder, hashSignedOrderLeg, type SignedOrder } from "../../entities/signed-order.js";
import * as signedOrderGateway from "../../generated/contracts/signed-order-gateway.js";
import type { CollateralAmount, Ppm, Wad } from "../../units.js";

/** Reads the nonce that an account's orders must carry. */
export const getOrderNonce = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
}: AccountParameters): Steps<bigint> {
  return yield* view(deployment.signedOrderGateway, signedOrderGateway.nonceOf, [account]);
});

/** Parameters of {@link getSignedOrder}. */
export type SignedOrderParameters = { deployment: Deployment; order: SignedOrder };

/** The state of a signed order. */
export type SignedOrderState = {
  orderHash: Hash;
  /** WAD base; the sum of partial fills so far, while the order is open. The last fill is in its events only. */
  filled: Wad;
  /**
   * `closed`: the order, or another one under its id, is filled or cancelled. `revoked`: the account has cancelled all
   * orders since. An announcement from before can still execute.
   */
  status: "open" | "closed" | "revoked" | "expired";
  /** An announced order can execute at the announcement's price, cancelled or not. */
  isAnnounced: boolean;
  /** Seconds; a keeper can announce the order again from then on. Zero: never announced, or announced now. */
  announceableAt: bigint;
  /** The order's active bracket; undefined before its first fill, and after its end. */
  bracket: ActiveBracket | undefined;
};

/** The active bracket of an order. */
export type ActiveBracket = {
  /** WAD base that an exit closes at most; less when the position is smaller. */
  size: Wad;
  /** Seconds; prices from then on trigger it. */
  activeSince: bigint;
};

/**
 * Reads the state of a signed order.
 *
 * @example
 * const { filled, status } = await getSignedOrder(client, { deployment, order });
 */
export const getSignedOrder = /* @__PURE__ */ defineRead(function* ({
  deployment,
  order,
}: SignedOrderParameters): Steps<SignedOrderState> {
  const orderHash = hashSignedOrder({ deployment, order });
  const gateway = deployment.signedOrderGateway;
  const [filled, isClosed, commitment, announceableAt, bracket, nonce, { timestamp }] = yield* all([
    view(gateway, signedOrderGateway.filledOf, [order.account, order.id]),
    view(gateway, signedOrderGateway.isClosed, [order.account, order.id]),
    view(gateway, signedOrderGateway.announcementOf, [orderHash]),
    view(gateway, signedOrderGateway.announceableAt, [orderHash]),
    getBracket.call({ deployment, order }),
    getOrderNonce.call({ deployment, account: order.account }),
    block(),
  ]);
  let status: SignedOrderState["status"] = "open";
  if (isClosed) status = "closed";
  else if (order.nonce !== nonce) status = "revoked";
  else if (timestamp > order.expiresAt) status = "expired";
  return { orderHash, filled, status, isAnnounced: BigInt(commitment) !== 0n, announceableAt, bracket };
});

/**
 * Reads the active bracket of an order; undefined when none is active: before the first fill, after an exit, after its
 * cancellation, and after the end of the position.
 */
export const getBracket = /* @__PURE__ */ defineRead(function* ({
  deployment,
  order,
}: SignedOrderParameters): Steps<ActiveBracket | undefined> {
  const { size, activeSince } = yield* view(deployment.signedOrderGateway, signedOrderGateway.bracketOf, [order]);
  return size === 0n ? undefined : { size, activeSince };
});

/** An order with an active bracket. Keepers announce its legs; see {@link isLegDue}. */
export type BracketedOrder = { order: SignedOrder; bracket: ActiveBracket };

const bracketActivations = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => deployment.signedOrderGateway,
  [signedOrderGateway.BracketActivated],
  ({ account }) => [account === undefined ? {} : { account }],
  ({ args: { orderHash, order } }, { deployment }) =>
    order.marketId === deployment.marketId ? { orderHash, order } : undefined,
);

/**
 * Reads the orders of the deployment's market with active brackets, oldest first, decoded from events and checked against
 * the contract. A bracket lasts as long as its position, so an early block is needed for `fromBlock`. Default: the block of
 * the deployment.
 *
 * @example
 * const open = await getBracketedOrders(client, { deployment });
 * const due = open.filter(({ order }) => isLegDue({ order, leg: "stop", price }));
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export const getBracketedOrders = /* @__PURE__ */ defineClientRead(
  async (client: Client, parameters: GetAnnouncedOrdersParameters): Promise<BracketedOrder[]> => {
    const { deployment } = parameters;
    const activations = await reading(bracketActivations)(client, parameters);
    // The fills of one order activate its bracket several times.
    const orders = [...new Map(activations.map(({ orderHash, order }) => [orderHash, order])).values()];
    const brackets = await runBatched(client, all(orders.map((order) => getBracket.call({ deployment, order }))));
    return orders.flatMap((order, i) => {
      const bracket = brackets[i];
      return bracket ? [{ order, bracket }] : [];
    });
  },
);

/** Whether a signature is the account's for {@link signOrderCancellation}, also of a wallet contract, deployed or not. */
export async function isOrderCancellation(
  client: Client,
  { deployment, order, signature }: SignedCancellation,
): Promise<boolean> {
  return verifyTypedData(client, { address: order.account, signature, ...cancellationTypedData(deployment, order) });
}

/** The rules of signed orders in the deployment's market. */
export type SignedOrderRules = {
  /** Seconds from the commitment time of an announcement to its `executableAt`, see {@link getCommitmentTime}. */
  delay: number;
  /** Seconds after `executableAt` within which an announced order's price must have been published. */
  priceWindow: number;
  /** Seconds after `executableAt` for which an announced order can be executed. */
  validity: number;
  /** Seconds; the maximum age of a price that a relayer settles at. */
  relayerMaxAge: number;
  /** Ppm of the notional; the bond of an announced order that may open a position. */
  bondRatio: Ppm;
  /** In the collateral's own decimals; the minimum relay fee of an announcement. */
  minRelayFee: CollateralAmount;
};

/** Reads the market's rules for signed orders. */
export const getSignedOrderRules = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<SignedOrderRules> {
  const { signedOrderGateway: gateway, marketId } = deployment;
  const { minRelayFeeXCD: minRelayFee, ...rules } = yield* view(gateway, signedOrderGateway.rulesOf, [marketId]);
  return { ...rules, minRelayFee };
});

/** Parameters of {@link getAnnouncedOrders}. */
export type GetAnnouncedOrdersParameters = EventsParameters & Omit<BlockSpan, "toBlock">;

/** An announced order, with the terms that {@link executeAnnounced} and {@link clearAnnouncement} need. */
export type AnnouncedOrder = {
  order: SignedOrder;
  announcement: Announcement;
  status: ExecutionStatus;
};

/**
 * Reads the open announcements of the deployment's market, oldest first, decoded from events and checked against the
 * contract's commitments. They expire within minutes, so a recent block suffices for `fromBlock`: see {@link getBlockAt}.
 *
 * @example
 * const due = (await getAnnouncedOrders(client, { deployment, fromBlock })).filter(({ status }) => status === "executable");
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export const getAnnouncedOrders = /* @__PURE__ */ defineClientRead(
  async (client: Client, parameters: GetAnnouncedOrdersParameters): Promise<AnnouncedOrder[]> => {
    const { deployment } = parameters;
    const { signedOrderGateway: gateway } = deployment;
    const [items, { timestamp }] = await Promise.all([reading(announcedOrders)(client, parameters), getBlock(client)]);
    const reads = items.map(({ order, announcement }) => {
      const hash = hashSignedOrderLeg({ deployment, order, leg: legOf(announcement) });
      return view(gateway, signedOrderGateway.announcementOf, [hash]);
    });
    const commitments = await runBatched(client, all(reads));
    return items.flatMap(({ order, announcement }, i) => {
      const isOpen = commitments[i] === hashAnnouncement({ deployment, order, announcement });
      return isOpen ? [{ order, announcement, status: executionStatusAt(timestamp, announcement) }] : [];
    });
  },
);
