import type { Address, Hash, Hex } from "viem";
import { signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Announcement } from "../../entities/announcement.js";
import type { Failure } from "../../entities/failure.js";
import { failureOf } from "../../entities/failure-of.js";
import { legNumbers, type SignedFill, type SignedOrder, type SignedOrderLeg } from "../../entities/signed-order.js";
import * as signedOrderGateway from "../../generated/contracts/signed-order-gateway.js";
import type { Wei } from "../../units.js";

/** Parameters of {@link announceSignedOrder}. */
export type AnnounceSignedOrderParameters = {
  deployment: Deployment;
  order: SignedOrder;
  /** The part of the order to announce. Default: the order itself. */
  leg?: SignedOrderLeg;
  /** Not needed from the order's own account, nor for a leg of an active bracket. */
  signature?: Hex;
  /** Default: the order's maker. If the order names none, its account chooses one. */
  maker?: Address;
  /**
   * Price updates of the last 30 seconds, from the order's `validFrom` or the activation of its bracket on, which meet
   * the trigger and the limit. Default: the stored price. Not needed from the order's own account.
   */
  updateData?: readonly Hex[];
  /** Wei for the price source; the rest is refunded. Default: the oracle pays from its own balance. */
  value?: Wei;
};

/**
 * Announces an order, or a leg of its bracket, for execution without a relayer. Any account can execute it, at the first
 * price published at or after a delay from now. A keeper proves that the order is due, and receives one half of the relay
 * fee when it fills. Until then the fee of the account is in escrow, and an order that may open a position binds a bond.
 * Reverts with `TriggerNotMet` or `LimitExceeded` when the price does not show that the order is due, with
 * `RelayFeeTooLow` when it pays keepers less than the market's minimum, with `InsufficientFund` or `InsufficientMargin` when
 * the account lacks fee or bond, with `OrderIsAnnounced` when it is announced already, with `IdIsAnnounced` when another order
 * of its id is and one of the two has a bond, with `AnnouncedTooSoon` within 60 seconds, with `WrongMaker` for a maker that
 * the order does not accept, with `BracketNotActive` for a leg without an active bracket, with `FeedChangesBefore` when the
 * market's price feed is replaced before the announcement expires, and as {@link settleSignedOrder} does when the order is not
 * valid.
 *
 * `announceSignedOrder.simulate` also runs the fill at the price of the update data, else at the stored price (while that
 * is too old, at the last one without confidence), and throws {@link OrderWouldFailError} if an execution at that price
 * would purge or skip the announcement: for example with `TriggerNotMet` for an owner's take-profit that is not triggered.
 * It counts neither fee nor bond, and cannot tell before the first price.
 *
 * @example
 * const { announcement } = await announceSignedOrderSync(keeper, { deployment, order, signature, updateData });
 */
export const announceSignedOrder = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.announce, signedOrderGateway.OrderAnnounced],
  ({
    order,
    leg = "entry",
    signature = "0x",
    maker = order.maker,
    updateData = [],
    value,
  }: AnnounceSignedOrderParameters) =>
    call("announce", [order, legNumbers[leg], signature, maker, updateData], { value }),
  ({ event, hash }): { legHash: Hash; announcement: Announcement; hash: Hash } => {
    const { legHash, announcement } = event("OrderAnnounced");
    return { legHash, announcement, hash };
  },
  async (client, { leg = "entry", maker, updateData = [], ...rest }) => {
    const { foreseeAnnounced } = await import("../../client/foresee.js");
    await foreseeAnnounced(client, { ...rest, leg, maker: maker ?? rest.order.maker, updateData });
  },
);
/** Sends {@link announceSignedOrder}, waits for it, and returns the announcement, which its execution needs. */
export const announceSignedOrderSync = /* @__PURE__ */ confirmed(announceSignedOrder);

/** Parameters of {@link executeAnnounced}. */
export type ExecuteAnnouncedParameters = {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
  /**
   * The first price update published at or after the announcement's `executableAt`. Empty while Pyth is dead: then the
   * second source's price executes a reduce-only order, else `NeedsPrimaryPrice`.
   */
  updateData: readonly Hex[];
  /** As for `settleSignedOrder`. */
  value?: Wei;
};

/** The outcome of the execution of an announced order. */
export type AnnouncedOutcome =
  | ({ status: "executed"; hash: Hash; gasUsed: bigint } & SignedFill)
  | ({ status: "purged"; hash: Hash; gasUsed: bigint } & Failure);

/**
 * Executes an announced order as a keeper, for its half of the relay fee, or all of it when the account itself announced. A
 * missed trigger or limit purges the announcement: the order waits again, and no fee is paid. A failure that the account
 * caused ends the order (a leg of a bracket waits again), and pays the keeper the whole fee.
 * Reverts, and the announcement stays open, for a reason that a keeper or a pool may cause; see `executeOrder`.
 */
export const executeAnnounced = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.executeAnnounced, signedOrderGateway.AnnouncementPurged, signedOrderGateway.OrderFilled],
  ({ order, announcement, updateData, value }: ExecuteAnnouncedParameters) =>
    call("executeAnnounced", [order, announcement, updateData], { value }),
  ({ event, find, hash, gasUsed }): AnnouncedOutcome => {
    const purged = find("AnnouncementPurged");
    if (!purged) return { status: "executed", ...event("OrderFilled"), hash, gasUsed };
    return { status: "purged", ...failureOf(purged.reason), hash, gasUsed };
  },
);
/** Sends {@link executeAnnounced}, waits for it, and returns the outcome. */
export const executeAnnouncedSync = /* @__PURE__ */ confirmed(executeAnnounced);

/** Parameters of {@link clearAnnouncement}. */
export type ClearAnnouncementParameters = { deployment: Deployment; order: SignedOrder; announcement: Announcement };

/**
 * Removes an expired announcement. The account gets fee and bond back, and the order can be announced again. Reverts with
 * `AnnouncementNotExpired` before its expiry.
 */
export const clearAnnouncement = /* @__PURE__ */ signedOrderGatewayWrite(
  [signedOrderGateway.clearAnnouncement],
  ({ order, announcement }: ClearAnnouncementParameters) => call("clearAnnouncement", [order, announcement]),
);
/** Sends {@link clearAnnouncement} and waits for it. */
export const clearAnnouncementSync = /* @__PURE__ */ confirmed(clearAnnouncement);
