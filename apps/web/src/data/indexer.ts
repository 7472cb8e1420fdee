// The indexer's history API. No figure that a trade needs comes from it.
import { useQuery } from "@tanstack/react-query";
import { useApp } from "./context.js";

/** Milliseconds until an answer counts as missing. */
const TIMEOUT = 5_000;
/** Blocks that the index may be behind the head without a notice. */
const MAX_LAG = 30n;

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
