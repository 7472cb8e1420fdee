// The indexer's history API. No figure that a trade needs comes from it.
import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { useApp } from "./context.js";

/** Milliseconds until an answer counts as missing. */
const TIMEOUT = 5_000;
/** Blocks that the index may be behind the head without a notice. */
const MAX_LAG = 30n;
/** Rows of a page, and pages that are read at most. */
const PAGE = 200;
const MOST_PAGES = 10;

/** The indexer does not answer, or its answer has another form. */
export class IndexerError extends Error {
  override name = "IndexerError";
  readonly resource: string;
  constructor({ resource, reason }: { resource: string; reason: string }) {
    super(`The indexer's ${resource}: ${reason}.`);
    this.resource = resource;
  }
}

async function get(url: string, resource: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/v1/${resource}`, { signal: AbortSignal.timeout(TIMEOUT) });
  // Health answers 503 with its content while an alarm is raised.
  if (!response.ok && response.status !== 503)
    throw new IndexerError({ resource, reason: `status ${response.status}` });
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null) throw new IndexerError({ resource, reason: "no object" });
  return body as Record<string, unknown>;
}

const integer = (value: unknown, resource: string): bigint => {
  if (typeof value !== "string" || !/^-?\d+$/.test(value))
    throw new IndexerError({ resource, reason: `${JSON.stringify(value) ?? "nothing"} is no integer` });
  return BigInt(value);
};

/** The state of the index, against the block that the app has read itself. */
export type IndexState =
  /** No indexer is configured. */
  | { status: "off" }
  /** It has not answered yet. */
  | { status: "loading" }
  /** It does not answer, or has indexed nothing. */
  | { status: "unknown" }
  | { status: "known"; lag: bigint; isLate: boolean; differs: boolean };

/** The state of the index, whose lag is the head of the app's endpoint less the indexed block. */
export function useIndex(head: bigint | undefined): IndexState {
  const { config } = useApp();
  const url = config.indexerUrl;
  const { data, isError, isPending } = useQuery({
    queryKey: ["index-health"],
    enabled: url !== undefined,
    refetchInterval: config.pollingInterval * 2,
    queryFn: async () => {
      const { indexed, alarms } = await get(url as string, "health");
      return {
        indexed: indexed === null ? null : integer(indexed, "health").toString(),
        differs: Array.isArray(alarms) && alarms.includes("differs-from-chain"),
      };
    },
  });
  if (url === undefined) return { status: "off" };
  if (isPending || head === undefined) return { status: "loading" };
  if (isError || data.indexed === null) return { status: "unknown" };
  const indexed = BigInt(data.indexed);
  const lag = head > indexed ? head - indexed : 0n;
  return { status: "known", lag, isLate: lag > MAX_LAG, differs: data.differs };
}

/** The value of a maker's shares at each settlement of an LP's request, the oldest first. */
export async function getIndexedShareTotals(
  url: string,
  maker: Address,
): Promise<{ time: bigint; totalAssets: bigint; totalShares: bigint }[]> {
  const totals: { time: bigint; totalAssets: bigint; totalShares: bigint }[] = [];
  let cursor = "";
  for (let page = 0; page < MOST_PAGES; page++) {
    const resource = "share-prices";
    const { items, hasMore, next } = await get(url, `${resource}?account=${maker}&limit=${PAGE}${cursor}`);
    if (!Array.isArray(items)) throw new IndexerError({ resource, reason: "a page without items" });
    for (const item of items as Record<string, unknown>[])
      totals.push({
        time: integer(item.time, resource),
        totalAssets: integer(item.totalAssets, resource),
        totalShares: integer(item.totalShares, resource),
      });
    if (hasMore !== true) break;
    cursor = `&cursor=${String(next)}`;
  }
  return totals.reverse();
}

/** The ids of an account's requests at a request vault, the newest first. */
export async function getIndexedRequests(url: string, account: Address, requestVault: Address): Promise<bigint[]> {
  const resource = "lp-requests";
  const { items } = await get(url, `${resource}?account=${account}&limit=50`);
  if (!Array.isArray(items)) throw new IndexerError({ resource, reason: "a page without items" });
  return (items as Record<string, unknown>[])
    .filter((item) => String(item.requestVault).toLowerCase() === requestVault.toLowerCase())
    .map(({ requestId }) => integer(requestId, resource));
}

/** A change of a parameter or of an authority. */
export type ParameterChange = {
  id: string;
  /** Seconds. */
  time: bigint;
  contract: string;
  name: string;
  /** The arguments of the event: integers as text. */
  values: Record<string, unknown>;
  author: string;
  hash: string;
};

/** The latest changes of parameters, the newest first, and whether there are more. */
export async function getParameterChanges(url: string): Promise<{ changes: ParameterChange[]; hasMore: boolean }> {
  const resource = "parameter-changes";
  const { items, hasMore } = await get(url, `${resource}?limit=50`);
  if (!Array.isArray(items)) throw new IndexerError({ resource, reason: "a page without items" });
  const changes = (items as Record<string, unknown>[]).map((item) => ({
    id: String(item.id),
    time: integer(item.time, resource),
    contract: String(item.contract),
    name: String(item.name),
    values: typeof item.values === "object" && item.values !== null ? (item.values as Record<string, unknown>) : {},
    author: String(item.author),
    hash: String(item.hash),
  }));
  return { changes, hasMore: hasMore === true };
}
