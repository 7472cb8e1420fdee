import type { Address, Client, Hash } from "viem";
import { getBlock, getContractEvents, readContract } from "viem/actions";
import type { Deployment } from "../../deployment.js";
import { type ExecutionStatus, executionStatusAt } from "../execution-status.js";
import { acrossBlocks, type BlockSpan } from "../history.js";
import type { MarketParameters } from "../read.js";
import { type Announcement, hashAnnouncement } from "./announcements.js";
import { signedGateway } from "./gateway.js";
import { getOrderNonce, hashSignedOrder, type SignedOrder } from "./order.js";

/** What {@link getSignedOrder} takes. */
export type SignedOrderParameters = { deployment: Deployment; order: SignedOrder };

/** What has become of an order. */
export type SignedOrderState = {
  orderHash: Hash;
  /** WAD base; what parts have come to so far, while the order is open. What filled it, its events tell. */
  filled: bigint;
  /**
   * `closed`: it, or another one under its id, is filled or cancelled. `revoked`: the account has cancelled all orders since.
   * An announcement that was there before runs to its end.
   */
  status: "open" | "closed" | "revoked" | "expired";
  /** While it is, it can be executed at the announcement's price, cancelled or not. */
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
    readContract(client, { ...gateway, functionName: "filledOf", args: [order.account, order.id] }),
    readContract(client, { ...gateway, functionName: "isClosed", args: [order.account, order.id] }),
    readContract(client, { ...gateway, functionName: "announcementOf", args: [orderHash] }),
    getOrderNonce(client, { deployment, account: order.account }),
    getBlock(client),
  ]);
  let status: SignedOrderState["status"] = "open";
  if (isClosed) status = "closed";
  else if (order.nonce !== nonce) status = "revoked";
  else if (timestamp > order.expiresAt) status = "expired";
  return { orderHash, filled, status, isAnnounced: BigInt(commitment) !== 0n };
}

/** How signed orders of the deployment's market go. */
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

/** What {@link getAnnouncedOrders} takes. */
export type GetAnnouncedOrdersParameters = Omit<BlockSpan, "toBlock"> & {
  deployment: Deployment;
  /** Default: everybody's. */
  account?: Address;
};

/** A signed order that waits to be executed, as {@link executeAnnounced} and {@link clearAnnouncement} take it. */
export type AnnouncedOrder = {
  order: SignedOrder;
  announcement: Announcement;
  status: ExecutionStatus;
};

/**
 * The announced orders that are alive, oldest first: rebuilt from events, and each the one that the contract has
 * committed to. They live for minutes: a recent block does for `fromBlock`.
 *
 * @example
 * const due = (await getAnnouncedOrders(client, { deployment, fromBlock })).filter(({ status }) => status === "executable");
 */
export async function getAnnouncedOrders(
  client: Client,
  { deployment, account, ...span }: GetAnnouncedOrdersParameters,
): Promise<AnnouncedOrder[]> {
  const gateway = signedGateway({ deployment });
  const { items, toBlock: blockNumber } = await acrossBlocks(client, span, (range) =>
    getContractEvents(client, {
      ...gateway,
      eventName: "OrderAnnounced",
      args: account === undefined ? {} : { account },
      strict: true,
      ...range,
    }),
  );
  const { timestamp } = await getBlock(client, { blockNumber });
  const announced = await Promise.all(
    items.map(async ({ args: { order, announcement } }) => {
      const args = [hashSignedOrder({ deployment, order })] as const;
      const commitment = await readContract(client, { ...gateway, functionName: "announcementOf", args, blockNumber });
      const isAlive = commitment === hashAnnouncement({ deployment, order, announcement });
      return isAlive ? [{ order, announcement, status: executionStatusAt(timestamp, announcement) }] : [];
    }),
  );
  return announced.flat();
}
