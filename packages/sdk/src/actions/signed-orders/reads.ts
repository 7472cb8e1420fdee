import type { Client, Hash } from "viem";
import { getBlock, readContract } from "viem/actions";
import type { Deployment } from "../../deployment.js";
import type { MarketParameters } from "../read.js";
import { signedGateway } from "./gateway.js";
import { getOrderNonce, hashSignedOrder, type SignedOrder } from "./order.js";

export type SignedOrderParameters = { deployment: Deployment; order: SignedOrder };

/** What has become of an order. */
export type SignedOrderState = {
  orderHash: Hash;
  /** WAD base; what parts have come to so far, while the order is open. What filled it, its events tell. */
  filled: bigint;
  /** `closed`: it, or another one under its id, is filled or cancelled. `revoked`: the account has cancelled all orders since. */
  status: "open" | "closed" | "revoked" | "expired";
  /** While it is, the order cannot be cancelled. */
  isAnnounced: boolean;
};

/**
 * What has become of a signed order.
 *
 * @example
 * const { filled, status } = await getSignedOrder(client, { deployment, order });
 */
export async function getSignedOrder(
  client: Client,
  { deployment, order }: SignedOrderParameters,
): Promise<SignedOrderState> {
  const orderHash = hashSignedOrder({ deployment, order });
  const gateway = signedGateway({ deployment });
  const [filled, isClosed, commitment, nonce, { timestamp }] = await Promise.all([
    readContract(client, { ...gateway, functionName: "filledOf", args: [orderHash] }),
    readContract(client, { ...gateway, functionName: "isClosed", args: [order.account, order.id] }),
    readContract(client, { ...gateway, functionName: "announcementOf", args: [order.account, order.id] }),
    getOrderNonce(client, { deployment, account: order.account }),
    getBlock(client),
  ]);
  let status: SignedOrderState["status"] = "open";
  if (isClosed) status = "closed";
  else if (order.nonce !== nonce) status = "revoked";
  else if (timestamp > order.expiresAt) status = "expired";
  return { orderHash, filled, status, isAnnounced: BigInt(commitment) !== 0n };
}

export type SignedOrderRules = {
  /** Seconds from an announcement to its `executableAt`. */
  delay: number;
  /** Seconds after `executableAt` within which an announced order's price must have been published. */
  priceWindow: number;
  /** Seconds after `executableAt` for which an announced order can be executed. */
  validity: number;
  /** Seconds; how old a price may be that a relayer settles at. */
  relayerMaxAge: number;
  /** Wei. */
  minKeeperFee: bigint;
};

/** The market's rules for signed orders. */
export async function getSignedOrderRules(client: Client, { deployment }: MarketParameters): Promise<SignedOrderRules> {
  return readContract(client, {
    ...signedGateway({ deployment }),
    functionName: "rulesOf",
    args: [deployment.marketId],
  });
}
