import { type Address, encodeAbiParameters, type Hash, keccak256 } from "viem";
import type { Deployment } from "../deployment.js";
import * as signedOrderGateway from "../generated/contracts/signed-order-gateway.js";
import type { CollateralAmount } from "../units.js";
import { hashSignedOrderLeg, legNumbers, type SignedOrder, type SignedOrderLeg } from "./signed-order.js";

/** A signed order, or a leg of its bracket, that is announced for execution without a relayer. */
export type Announcement = {
  maker: Address;
  /** The account that announced. It receives one half of the relay fee. */
  announcer: Address;
  /** 0: the order itself, 1: its take-profit, 2: its stop. {@link legOf} returns the name. */
  leg: number;
  /** Seconds. */
  announcedAt: bigint;
  /** Seconds. */
  executableAt: bigint;
  /** Seconds. */
  expiresAt: bigint;
  /** In the collateral's own decimals; in escrow for the accounts that announced and execute. */
  relayFeeXCD: CollateralAmount;
  /** In the collateral's own decimals; an opening order pays it when its account makes it fail. */
  bondXCD: CollateralAmount;
};

const legs = /* @__PURE__ */ (() => Object.keys(legNumbers) as SignedOrderLeg[])();

/** The leg that an announcement is of. Throws a `RangeError` for a number that no leg has. */
export function legOf({ leg }: { leg: number }): SignedOrderLeg {
  const name = legs[leg];
  if (name === undefined) throw new RangeError(`Leg ${leg} is not 0, 1 or 2.`);
  return name;
}

/** The commitment to an announcement: equal to the SignedOrderGateway's `announcementOf` while the announcement is open. */
export const hashAnnouncement = ({
  deployment,
  order,
  announcement,
}: {
  deployment: Deployment;
  order: SignedOrder;
  announcement: Announcement;
}): Hash => {
  const legHash = hashSignedOrderLeg({ deployment, order, leg: legOf(announcement) });
  return keccak256(encodeAbiParameters(signedOrderGateway.hashAnnouncement.inputs, [legHash, announcement]));
};
