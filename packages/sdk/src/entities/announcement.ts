import { type Address, encodeAbiParameters, getAbiItem, type Hash, keccak256 } from "viem";
import type { Deployment } from "../deployment.js";
import { signedOrderGatewayAbi } from "../generated/abis.js";
import type { Wei } from "../units.js";
import { hashSignedOrder, type SignedOrder } from "./signed-order.js";

/** A signed order that is announced for execution without a relayer. */
export type Announcement = {
  maker: Address;
  /** Seconds. */
  executableAt: bigint;
  /** Seconds. */
  expiresAt: bigint;
  /** Wei. */
  keeperFee: Wei;
};

const announcementParameters = /* @__PURE__ */ (() =>
  getAbiItem({ abi: signedOrderGatewayAbi, name: "hashAnnouncement" }).inputs)();

/** The commitment to an announced order: equal to the SignedOrderGateway's `announcementOf` while the announcement is open. */
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
