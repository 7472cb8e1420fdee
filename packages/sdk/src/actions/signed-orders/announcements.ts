import type { Address, Hash, Hex } from "viem";
import { signedOrderGatewayWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { foreseeAnnounced } from "../../client/foresee.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { Announcement } from "../../entities/announcement.js";
import { type Failure, failureOf } from "../../entities/failure.js";
import type { SignedFill, SignedOrder } from "../../entities/signed-order.js";
import type { Wei } from "../../units.js";

/** Parameters of {@link announceSignedOrder}. */
export type AnnounceSignedOrderParameters = {
  deployment: Deployment;
  order: SignedOrder;
  /** Not needed from the order's own account. */
  signature?: Hex;
  /** Default: the order's maker. If the order names none, its account chooses one. */
  maker?: Address;
  /** Wei in escrow for the keeper, at least the market's minimum. */
  keeperFee: Wei;
};

/**
 * Announces an order for execution without a relayer. Any account can execute it, at the first price published at or
 * after a delay from now. A later cancellation of the order does not affect the announcement. Reverts with
 * `KeeperFeeTooLow` below the minimum, with `OrderIsAnnounced` when it is announced already, with `WrongMaker` for a
 * maker that the order does not accept, and as {@link settleSignedOrder} does when the order is not valid.
 *
 * `announceSignedOrder.simulate` also runs the fill at the stored price (while that is too old, at the last one without
 * confidence), and throws {@link OrderWouldFailError} if an execution at that price would purge or skip the announcement: for
 * example with `TriggerNotMet` for a take-profit that is not triggered. It cannot tell before the first price.
 */
export const announceSignedOrder = /* @__PURE__ */ signedOrderGatewayWrite(
  ({ order, signature = "0x", maker = order.maker, keeperFee }: AnnounceSignedOrderParameters) =>
    call("announce", [order, signature, maker], { value: keeperFee }),
  ({ event, hash }): { orderHash: Hash; announcement: Announcement; hash: Hash } => {
    const { orderHash, announcement } = event("OrderAnnounced");
    return { orderHash, announcement, hash };
  },
  (client, { deployment, order, maker = order.maker }) => foreseeAnnounced(client, { deployment, order, maker }),
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
 * Executes an announced order as a keeper. The keeper receives the fee in escrow, also when the announcement is purged.
 * Reverts, and the announcement stays open, for a reason that a keeper or a pool may cause; see `executeOrder`.
 */
export const executeAnnounced = /* @__PURE__ */ signedOrderGatewayWrite(
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
 * Removes an expired announcement and pays the fee in escrow to the caller. Reverts with `AnnouncementNotExpired` before
 * its expiry.
 */
export const clearAnnouncement = /* @__PURE__ */ signedOrderGatewayWrite(
  ({ order, announcement }: ClearAnnouncementParameters) => call("clearAnnouncement", [order, announcement]),
);
/** Sends {@link clearAnnouncement} and waits for it. */
export const clearAnnouncementSync = /* @__PURE__ */ confirmed(clearAnnouncement);
