import type { AbiEvent } from "viem";
import { type Address, type Client, encodeEventTopics, type Hex, type Log, type LogTopic, pad, toHex } from "viem";
import type { BlockSpan, Occurrence } from "../client/history.js";
import { headOf, inOrder, type LogFilter, readPages, requestLogs, timesOf } from "../client/logs.js";
import type { Deployment } from "../deployment.js";
import {
  causeEvents,
  counterpartyEvents,
  type Drafted,
  entriesOf,
  type HistoryEntry,
  orderEvents,
  ownEvents,
} from "./entries.js";

/** Parameters of {@link readHistory} and {@link readHistoryPages}. */
export type ReadHistoryParameters = BlockSpan & {
  deployment: Deployment;
  /** Default: all accounts, each fill from the side of its taker. */
  account?: Address | undefined;
  /** Default: the deployment's. `all`: every market of the account; without an account, one market only. */
  marketId?: bigint | "all" | undefined;
  /** Default: false, the oldest first. */
  isNewestFirst?: boolean | undefined;
};

/** An entry with its log and the time of its block, Unix seconds. */
export type HistoryItem = HistoryEntry & Occurrence & { time: bigint };

/** A page of a history: a range of blocks, both ends included, and what happened in it. */
export type HistoryPage = { fromBlock: bigint; toBlock: bigint; items: HistoryItem[] };

const signatures = (events: readonly AbiEvent[]): Hex[] =>
  events.map((event) => encodeEventTopics({ abi: [event] })[0] as Hex);

const word = (value: Address | bigint): Hex =>
  typeof value === "bigint" ? toHex(value, { size: 32 }) : pad(value.toLowerCase() as Hex);

/** The most takers that one request names; beyond them it asks for the causes of all fills. */
const MAX_TAKERS = 200;

/**
 * The history of an account in a market, or of a whole market: trades, liquidations, deleveragings and settlements, with fees,
 * funding and borrowing as the chain settled them, in pages of at most `maxBlockRange` blocks. The node selects the account's
 * events by their topics. One page takes two requests, and a third one if the account was a maker in it. Times come from the
 * logs; a node whose logs have none is asked once for each block with an event. A page that a node refuses as too wide is halved.
 *
 * @example
 * for await (const { toBlock, items } of readHistoryPages(client, { deployment, account, maxBlockRange: 10_000n })) {
 *   await store(items, toBlock);
 * }
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of a page.
 */
export async function* readHistoryPages(
  client: Client,
  parameters: ReadHistoryParameters,
): AsyncGenerator<HistoryPage, void, undefined> {
  const { deployment, account, maxBlockRange, isNewestFirst = false } = parameters;
  const { fromBlock = deployment.startBlock ?? 0n, toBlock = await headOf(client) } = parameters;
  const marketId = parameters.marketId ?? deployment.marketId;
  const books = [deployment.vault, deployment.clearingHouse, deployment.backstop];
  const gateways = [deployment.orderGateway, deployment.signedOrderGateway];
  const filters = filtersOf({
    books,
    gateways,
    account,
    marketId: marketId === "all" ? deployment.marketId : marketId,
  });
  const isWanted = ({ entry }: Drafted) => marketId === "all" || entry.marketId === marketId;
  const pages = readPages({ fromBlock, toBlock, maxBlockRange, isNewestFirst }, async (range) => {
    const request = (filter: LogFilter) => requestLogs(client, filter, range);
    let logs = inOrder((await Promise.all(filters.map(request))).flat());
    const { unexplained } = entriesOf(logs, account);
    const [first, last] = [unexplained[0], unexplained.at(-1)];
    if (first && last) {
      const takers = [...new Set(unexplained.map(({ taker }) => word(taker)))];
      const topics: LogTopic[] = [signatures(causeEvents), null, takers.length > MAX_TAKERS ? null : takers];
      const span = { fromBlock: first.log.blockNumber, toBlock: last.log.blockNumber };
      const causes = await requestLogs(client, { address: [...books, ...gateways], topics }, span);
      const hashes = new Set(unexplained.map(({ log }) => log.transactionHash));
      logs = inOrder([...logs, ...causes.filter(({ transactionHash }) => hashes.has(transactionHash))]);
    }
    const entries = entriesOf(logs, account).entries.filter(isWanted);
    return itemsOf(client, entries);
  });
  for await (const { result, ...range } of pages) {
    yield { ...range, items: isNewestFirst ? result.reverse() : result };
  }
}

/** The requests of a page. */
function filtersOf({
  books,
  gateways,
  account,
  marketId,
}: {
  books: Address[];
  gateways: Address[];
  account: Address | undefined;
  marketId: bigint;
}): LogFilter[] {
  if (account === undefined) {
    return [
      { address: books, topics: [signatures(ownEvents), word(marketId)] },
      { address: gateways, topics: [signatures(orderEvents)] },
    ];
  }
  const address = [...books, ...gateways];
  // The first indexed value of an order's event is its id, so that one request cannot also select the market.
  return [
    { address, topics: [signatures([...ownEvents, ...orderEvents]), null, word(account)] },
    { address, topics: [signatures(counterpartyEvents), null, null, word(account)] },
  ];
}

async function itemsOf(client: Client, entries: readonly Drafted[]): Promise<HistoryItem[]> {
  const times = await timesOf(
    client,
    entries.map(({ log }) => log as Log<bigint, number, false>),
  );
  return entries.map(({ entry, log: { blockNumber, transactionHash: hash, logIndex } }) => ({
    ...entry,
    time: times.get(blockNumber) ?? 0n,
    blockNumber,
    hash,
    logIndex,
  }));
}

/**
 * The items of {@link readHistoryPages} one by one. A loop that ends early reads no further page.
 *
 * @example
 * for await (const { time, kind, side, base, tradingFee } of readHistory(client, { deployment, account, isNewestFirst: true })) {
 *   console.log(time, kind, side, formatWad(base), formatWad(tradingFee));
 * }
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of a page.
 */
export async function* readHistory(
  client: Client,
  parameters: ReadHistoryParameters,
): AsyncGenerator<HistoryItem, void, undefined> {
  for await (const { items } of readHistoryPages(client, parameters)) yield* items;
}
