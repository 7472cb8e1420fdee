import { type Address, encodeAbiParameters, getAbiItem, type Hash, type Hex, keccak256 } from "viem";
import type { Deployment } from "../../deployment.js";
import { decodeRevert, type Revert } from "../../errors.js";
import { signedOrderGatewayAbi } from "../../generated/abis.js";
import { confirmed } from "../define-write.js";
import { signedGatewayWrite } from "./gateway.js";
import { hashSignedOrder, type SignedOrder } from "./order.js";
import type { SignedFill } from "./settlement.js";

/** A signed order that is executed without a relayer. */
export type Announcement = {
  maker: Address;
  /** Seconds. */
  executableAt: bigint;
  /** Seconds. */
  expiresAt: bigint;
  /** Wei. */
  keeperFee: bigint;
};

const announcementParameters = getAbiItem({ abi: signedOrderGatewayAbi, name: "hashAnnouncement" }).inputs;

/** What the chain keeps of an announced order. */
export const hashAnnouncement = ({
  deployment,
  order,
  announcement,
}: {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
}): Hash =>
  keccak256(encodeAbiParameters(announcementParameters, [hashSignedOrder({ deployment, order }), announcement]));

/** What {@link announceSignedOrder} takes. */
export type AnnounceSignedOrderParameters = {
  deployment: Deployment;
  order: SignedOrder;
  /** Not needed from the order's own account. */
  signature?: Hex;
  /** Default: the order's. Where it names none, the choice of the order's account. */
  maker?: Address;
  /** Wei in escrow for the keeper, at least the market's minimum. */
  keeperFee: bigint;
};

/**
 * Has an order executed without a relayer: at the first price published at or after a delay from now, whoever executes it.
 * Cancelling it from here on does not reach the announcement. Reverts `KeeperFeeTooLow`, `OrderIsAnnounced`, `WrongMaker`,
 * and for orders that are not good as {@link settleSignedOrder} does.
 */
export const announceSignedOrder = /* @__PURE__ */ signedGatewayWrite(
  ({ order, signature = "0x", maker = order.maker, keeperFee }: AnnounceSignedOrderParameters) => ({
    functionName: "announce",
    args: [order, signature, maker],
    value: keeperFee,
  }),
  ({ event, hash }): { orderHash: Hash; announcement: Announcement; hash: Hash } => {
    const { orderHash, announcement } = event("OrderAnnounced");
    return { orderHash, announcement, hash };
  },
);
/** {@link announceSignedOrder}, waits, and returns the announcement, which whoever executes it presents. */
export const announceSignedOrderSync = /* @__PURE__ */ confirmed(announceSignedOrder);

/** What {@link executeAnnounced} takes. */
export type ExecuteAnnouncedParameters = {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
  /**
   * The first price update published at or after the announcement's `executableAt`. None while Pyth is dead: the second
   * source's price, for a reduce-only order, else `NeedsPrimaryPrice`.
   */
  updateData: readonly Hex[];
  /** As for `settleSignedOrder`. */
  value?: bigint;
};

/** How the execution of an announced order ended. */
export type AnnouncedOutcome =
  | ({ status: "executed"; hash: Hash; gasUsed: bigint } & SignedFill)
  | { status: "purged"; reason: Revert | undefined; data: Hex; hash: Hash; gasUsed: bigint };

/**
 * Executes an announced order as a keeper, who gets the fee in escrow also when the announcement is purged. Reverts, and
 * leaves it, for what a keeper or a pool may cause; see `executeOrder`.
 */
export const executeAnnounced = /* @__PURE__ */ signedGatewayWrite(
  ({ order, announcement, updateData, value }: ExecuteAnnouncedParameters) => ({
    functionName: "executeAnnounced",
    args: [order, announcement, updateData],
    value,
  }),
  ({ event, find, hash, gasUsed }): AnnouncedOutcome => {
    const purged = find("AnnouncementPurged");
    if (!purged) return { status: "executed", ...event("OrderFilled"), hash, gasUsed };
    return { status: "purged", reason: decodeRevert(purged.reason), data: purged.reason, hash, gasUsed };
  },
);
/** {@link executeAnnounced}, waits, and tells how it ended. */
export const executeAnnouncedSync = /* @__PURE__ */ confirmed(executeAnnounced);

/** What {@link clearAnnouncement} takes. */
export type ClearAnnouncementParameters = { deployment: Deployment; order: SignedOrder; announcement: Announcement };

/** Clears an expired announcement; the fee in escrow goes to the caller. Reverts `AnnouncementNotExpired` before. */
export const clearAnnouncement = /* @__PURE__ */ signedGatewayWrite(
  ({ order, announcement }: ClearAnnouncementParameters) => ({
    functionName: "clearAnnouncement",
    args: [order, announcement],
  }),
);
/** {@link clearAnnouncement}, waits. */
export const clearAnnouncementSync = /* @__PURE__ */ confirmed(clearAnnouncement);
