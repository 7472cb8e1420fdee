// The state of the connected account besides its position: wallet, orders, past fills.
import {
  type Deployment,
  type Fill,
  getBlockAt,
  getFills,
  getOrderEvents,
  type OpenOrder,
  type Order,
  type OrderEvent,
} from "@counterpoise/sdk";
import { getTraderAccount, type TraderAccount } from "@counterpoise/sdk/account";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Address, Client, Hash } from "viem";
import { getBlock, getBlockNumber } from "viem/actions";
import { useConnection } from "wagmi";
import { useApp } from "./context.js";

/** Seconds of the past in which orders are read. Orders expire within minutes. */
const ORDER_SPAN = 3_600n;

type Occurrence = { blockNumber: bigint; hash: Hash; logIndex: number };

/** A delayed order from its creation to its end. */
export type TrackedOrder = {
  orderId: bigint;
  order: Order;
  /** The transaction of its creation. */
  hash: Hash | undefined;
  /** Status on the chain now; undefined once it has ended. */
  open: OpenOrder["status"] | undefined;
  /** Undefined while it is open, and while the node lacks the logs of its end. */
  end: (OrderEvent & Occurrence & { type: "executed" | "purged" | "expired" }) | undefined;
  /** The last reason for which a keeper skipped it. */
  skipped: (OrderEvent & { type: "skipped" }) | undefined;
};

/** The state of an account besides its position. */
export type Portfolio = { trader: TraderAccount; orders: readonly TrackedOrder[] };

const startBlocks = new WeakMap<Client, Promise<bigint>>();

/** A block an hour ago, found once, or the deployment's first. */
function recentBlock(client: Client, deployment: Deployment): Promise<bigint> {
  let start = startBlocks.get(client);
  if (!start) {
    start = getBlock(client).then(async ({ timestamp }) => {
      const found = await getBlockAt(client, { timestamp: timestamp - ORDER_SPAN });
      const first = deployment.startBlock ?? 0n;
      return found > first ? found : first;
    });
    start.catch(() => startBlocks.delete(client));
    startBlocks.set(client, start);
  }
  return start;
}

const isEnd = (event: OrderEvent): event is OrderEvent & { type: "executed" | "purged" | "expired" } =>
  event.type === "executed" || event.type === "purged" || event.type === "expired";

/** Joins the events of orders with those that are open, newest first. */
export function trackOrders(events: readonly (OrderEvent & Occurrence)[], open: readonly OpenOrder[]): TrackedOrder[] {
  const tracked = new Map<bigint, TrackedOrder>();
  for (const { orderId, order, status } of open)
    tracked.set(orderId, { orderId, order, hash: undefined, open: status, end: undefined, skipped: undefined });
  for (const event of events) {
    const { orderId } = event;
    const known = tracked.get(orderId);
    if (event.type === "created") {
      if (known) known.hash = event.hash;
      else {
        const { order, hash } = event;
        tracked.set(orderId, { orderId, order, hash, open: undefined, end: undefined, skipped: undefined });
      }
    } else if (known && isEnd(event)) Object.assign(known, { end: event, open: undefined });
    else if (known && event.type === "skipped") known.skipped = event as OrderEvent & { type: "skipped" };
  }
  return [...tracked.values()].sort((a, b) => Number(b.order.executableAt - a.order.executableAt));
}

const rangeOf = (maxBlockRange: bigint | undefined) => (maxBlockRange === undefined ? {} : { maxBlockRange });

/** Wallet, margin, escrows and orders of the connected account. */
export function usePortfolio() {
  const { client, config, deployment } = useApp();
  const { address } = useConnection();
  return useQuery({
    queryKey: ["portfolio", deployment.marketId.toString(), address],
    enabled: address !== undefined,
    refetchInterval: config.pollingInterval,
    structuralSharing: false,
    queryFn: async (): Promise<Portfolio> => {
      const account = address as Address;
      const fromBlock = await recentBlock(client, deployment);
      const span = { deployment, account, fromBlock, ...rangeOf(config.maxBlockRange) };
      const [trader, events] = await Promise.all([getTraderAccount(client, span), getOrderEvents(client, span)]);
      return { trader, orders: trackOrders(events, trader.orders) };
    },
  });
}

/** A fill with the time of its block, seconds. */
export type PastFill = Fill & Occurrence & { time: bigint };

/** Fills shown at most; older ones are on the chain. */
const MOST_FILLS = 200;

/** The account's fills, newest first, and whether there are more. */
export function useHistory(isShown: boolean) {
  const { client, config, deployment } = useApp();
  const { address } = useConnection();
  return useQuery({
    queryKey: ["history", deployment.marketId.toString(), address],
    enabled: isShown && address !== undefined,
    refetchInterval: config.pollingInterval * 5,
    structuralSharing: false,
    queryFn: async (): Promise<{ fills: PastFill[]; hasMore: boolean }> => {
      const account = address as Address;
      const all = await getFills(client, { deployment, account, ...rangeOf(config.maxBlockRange) });
      const shown = all.slice(-MOST_FILLS).reverse();
      const blocks = [...new Set(shown.map(({ blockNumber }) => blockNumber))];
      const times = new Map(
        await Promise.all(
          blocks.map(async (number) => [number, (await getBlock(client, { blockNumber: number })).timestamp] as const),
        ),
      );
      const fills = shown.map((fill) => ({ ...fill, time: times.get(fill.blockNumber) ?? 0n }));
      return { fills, hasMore: all.length > MOST_FILLS };
    },
  });
}

/** Reads everything of the account again, after a transaction. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries();
}

/** The number of the latest block, not a cached one. */
export const headOf = (client: Client): Promise<bigint> => getBlockNumber(client, { cacheTime: 0 });
