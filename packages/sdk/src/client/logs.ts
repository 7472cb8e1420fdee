// Requests for logs of any number of contracts, in pages of blocks.
import { type Address, BaseError, type Client, formatLog, type Log, type LogTopic, type RpcLog, toHex } from "viem";
import { getBlock, getBlockNumber } from "viem/actions";
import { HistoryUnavailableError } from "../state-errors.js";
import { InvalidAmountError } from "../units.js";

/** The number of the latest block, never a cached one. */
export const headOf = (client: Client): Promise<bigint> => getBlockNumber(client, { cacheTime: 0 });

/** A range of blocks, both ends included. */
export type Range = { fromBlock: bigint; toBlock: bigint | "latest" };

/** The contracts and the topics of a request; undefined admits every value. */
export type LogFilter = { address: Address | Address[]; topics: LogTopic[] };

/** The texts of an error and of its causes, without the requests that viem quotes in its messages. */
const said = (error: unknown): string[] => {
  const texts: string[] = [];
  if (error instanceof BaseError) {
    error.walk((cause) => {
      texts.push(cause instanceof BaseError ? `${cause.shortMessage} ${cause.details}` : String(cause));
      return false;
    });
  }
  return texts;
};

/** Whether a node's error says that it no longer has the logs: geth's code (EIP-4444), or the words of other nodes. */
const isPruned = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk(
    (cause) =>
      (cause as { code?: unknown }).code === 4444 || /pruned|history (is )?(un|not )available/i.test(String(cause)),
  ) !== null;

/** Whether a node's error says that a request spans too many blocks or finds too many logs, in the words of common nodes. */
const isTooWide = (error: unknown): boolean =>
  said(error).some((text) =>
    /\branges?\b|more than [\d,]+ results|max(imum)? results|too many (results|logs)|response size/i.test(text),
  );

/** The logs that match a filter, in the order of the node. */
export async function requestLogs(
  client: Client,
  { address, topics }: LogFilter,
  { fromBlock, toBlock }: Range,
): Promise<Log<bigint, number, false>[]> {
  const to = typeof toBlock === "bigint" ? toHex(toBlock) : toBlock;
  try {
    const logs = (await client.request({
      method: "eth_getLogs",
      params: [{ address, topics, fromBlock: toHex(fromBlock), toBlock: to }],
    })) as RpcLog[];
    return logs.map((log) => formatLog(log)) as Log<bigint, number, false>[];
  } catch (error) {
    throw isPruned(error) ? new HistoryUnavailableError({ fromBlock, cause: error as Error }) : error;
  }
}

/** The logs without repetitions and without those that a reorganisation removed, in the order of the chain. */
export function inOrder<log extends Log<bigint, number, false>>(logs: readonly log[]): log[] {
  const each = new Map(logs.map((log) => [`${log.blockNumber}-${log.logIndex}`, log]));
  return [...each.values()]
    .filter(({ removed }) => !removed)
    .sort((a, b) =>
      a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1,
    );
}

/** The span that pages cover, their greatest number of blocks, and their direction. */
export type Pages = { fromBlock: bigint; toBlock: bigint; maxBlockRange: bigint | undefined; isNewestFirst: boolean };

/**
 * Reads a span page by page. A page that the node refuses because it spans too many blocks or has too many logs is halved, and
 * the later pages with it; another error ends the reading.
 */
export async function* readPages<result>(
  { fromBlock, toBlock, maxBlockRange, isNewestFirst }: Pages,
  read: (range: { fromBlock: bigint; toBlock: bigint }) => Promise<result>,
): AsyncGenerator<{ fromBlock: bigint; toBlock: bigint; result: result }, void, undefined> {
  if (maxBlockRange !== undefined && maxBlockRange < 1n) {
    throw new InvalidAmountError({ field: "maxBlockRange", value: maxBlockRange, accepted: "at least 1 block" });
  }
  let [first, last] = [fromBlock, toBlock];
  let size = maxBlockRange ?? last - first + 1n;
  while (first <= last) {
    const span = last - first + 1n < size ? last - first + 1n : size;
    const range = isNewestFirst
      ? { fromBlock: last - span + 1n, toBlock: last }
      : { fromBlock: first, toBlock: first + span - 1n };
    let result: result;
    try {
      result = await read(range);
    } catch (error) {
      if (span === 1n || !isTooWide(error)) throw error;
      size = (span + 1n) / 2n;
      continue;
    }
    if (isNewestFirst) last = range.fromBlock - 1n;
    else first = range.toBlock + 1n;
    yield { ...range, result };
  }
}

/** The time of each block of these logs, Unix seconds: the node's if its logs have it, else one request for each block. */
export async function timesOf(
  client: Client,
  logs: readonly Log<bigint, number, false>[],
): Promise<Map<bigint, bigint>> {
  const times = new Map<bigint, bigint>();
  const unknown = new Set<bigint>();
  for (const { blockNumber, blockTimestamp } of logs) {
    if (typeof blockTimestamp === "bigint") times.set(blockNumber, blockTimestamp);
    else unknown.add(blockNumber);
  }
  const missing = [...unknown].filter((blockNumber) => !times.has(blockNumber));
  const blocks = await Promise.all(missing.map((blockNumber) => getBlock(client, { blockNumber })));
  for (const { number, timestamp } of blocks) times.set(number, timestamp);
  return times;
}
