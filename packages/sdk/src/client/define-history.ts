import {
  type Abi,
  type AbiEvent,
  type Address,
  type Client,
  type ContractEventArgs,
  type ContractEventName,
  type EncodeEventTopicsParameters,
  encodeEventTopics,
  type Log,
  type LogTopic,
  type ParseEventLogsReturnType,
  parseEventLogs,
} from "viem";
import { watchBlockNumber } from "viem/actions";
import type { Deployment } from "../deployment.js";
import type { BlockSpan, Occurrence, Watcher } from "./history.js";
import { headOf, inOrder, type Range, readPages, requestLogs } from "./logs.js";

// viem caches the number of the latest block for `cacheTime`, four seconds by default, and would hide the events of the
// blocks in between. A read therefore ends at the tag `latest`, or asks for the number without the cache.

/** Reads a span of blocks in as many requests as the node's limit needs, in block order. */
async function readAcrossBlocks<item>(
  client: Client,
  { fromBlock, toBlock, maxBlockRange }: BlockSpan & { fromBlock: bigint },
  read: (range: Range) => Promise<readonly item[]>,
): Promise<item[]> {
  if (maxBlockRange === undefined) {
    return toBlock !== undefined && fromBlock > toBlock
      ? []
      : [...(await read({ fromBlock, toBlock: toBlock ?? "latest" }))];
  }
  const items: item[] = [];
  const pages = { fromBlock, toBlock: toBlock ?? (await headOf(client)), maxBlockRange, isNewestFirst: false };
  for await (const { result } of readPages(pages, read)) items.push(...result);
  return items;
}

/** Values of an event's indexed arguments; the node returns matching events only. */
type Filter = Record<string, unknown>;

/** Some events of one contract, the filters of a read, and the item that each event decodes to. */
export type History<parameters, item> = {
  addressOf: (parameters: parameters) => Address;
  events: readonly AbiEvent[];
  filters: (parameters: parameters) => readonly Filter[];
  toItem: (event: never, parameters: parameters) => item | undefined;
};

/** Filters that every one of the events accepts. */
type FilterOf<abi extends Abi, name> =
  name extends ContractEventName<abi> ? (filter: Extract<ContractEventArgs<abi, name>, object>) => void : never;
type FilterOfAll<abi extends Abi> =
  FilterOf<abi, ContractEventName<abi>> extends (filter: infer filter) => void ? filter : never;

/**
 * Defines a {@link History}. `filters` returns the values of indexed arguments by which the node selects the events: an
 * event is read when it matches one of the filters. `toItem` returns the item of an event, or undefined to leave the event
 * out.
 */
export const defineHistory = <parameters, const events extends readonly AbiEvent[], item>(
  addressOf: (parameters: parameters) => Address,
  events: events,
  filters: (parameters: parameters) => readonly FilterOfAll<events>[],
  toItem: (
    event: ParseEventLogsReturnType<events, undefined, true>[number],
    parameters: parameters,
  ) => item | undefined,
): History<parameters, item> => ({ addressOf, events, filters: filters as never, toItem });

/** The topics of each request: the events whose filter has equal topics share one. */
function topicSets(events: readonly AbiEvent[], filters: readonly Filter[]): LogTopic[][] {
  const sets = new Map<string, { signatures: Set<string>; rest: LogTopic[] }>();
  for (const args of filters) {
    for (const event of events) {
      const parameters = { abi: [event], eventName: event.name, args } as unknown as EncodeEventTopicsParameters;
      const [signature, ...rest] = encodeEventTopics(parameters) as [string, ...LogTopic[]];
      const key = JSON.stringify(rest);
      const set = sets.get(key) ?? { signatures: new Set<string>(), rest };
      sets.set(key, { ...set, signatures: set.signatures.add(signature) });
    }
  }
  return [...sets.values()].map(({ signatures, rest }) => [[...signatures], ...rest] as LogTopic[]);
}

/** A function that reads the items of a history in a range of blocks, in the order of the chain. */
function reader<parameters, item>(
  client: Client,
  { addressOf, events, filters, toItem }: History<parameters, item>,
  parameters: parameters,
): (range: Range) => Promise<(item & Occurrence)[]> {
  const address = addressOf(parameters);
  const requests = topicSets(events, filters(parameters));
  return async (range) => {
    const found = (await Promise.all(requests.map((topics) => requestLogs(client, { address, topics }, range)))).flat();
    const parsed = parseEventLogs({ abi: events, logs: found, strict: true }) as Log<bigint, number, false>[];
    return inOrder(parsed).flatMap((log) => {
      const item = toItem(log as never, parameters);
      const { blockNumber, transactionHash: hash, logIndex } = log;
      return item === undefined ? [] : [{ ...item, blockNumber, hash, logIndex }];
    });
  };
}

/** The action that reads past items of a history, oldest first. */
export const reading =
  <parameters extends { deployment: Deployment }, item>(history: History<parameters, item>) =>
  async (client: Client, parameters: parameters & BlockSpan): Promise<(item & Occurrence)[]> => {
    const { deployment, fromBlock = deployment.startBlock ?? 0n } = parameters;
    return readAcrossBlocks(client, { ...parameters, fromBlock }, reader(client, history, parameters));
  };

/**
 * The action that watches new items of a history. It returns the function that stops watching. Each new block is read as
 * {@link reading} reads past ones, from the block after the last one read: a failed request or a missed block leaves no gap.
 */
export const watching =
  <parameters extends { deployment: Deployment }, item>(history: History<parameters, item>) =>
  (client: Client, parameters: parameters & Watcher<item>): (() => void) => {
    const { onItems, onError, pollingInterval, fromBlock, maxBlockRange } = parameters;
    const read = reader(client, history, parameters);
    let next = fromBlock;
    let isActive = true;
    const readTo = async (head: bigint): Promise<void> => {
      next ??= head + 1n;
      if (!isActive || next > head) return;
      const span = { fromBlock: next, toBlock: head, ...(maxBlockRange !== undefined && { maxBlockRange }) };
      const items = await readAcrossBlocks(client, span, read);
      next = head + 1n;
      if (isActive && items.length > 0) onItems(items);
    };
    // One read after another, so that no block is read twice.
    const report = (error: Error) => onError?.(error);
    let work = headOf(client).then(readTo).catch(report);
    const unwatch = watchBlockNumber(client, {
      onBlockNumber: (head) => {
        work = work.then(() => readTo(head)).catch(report);
      },
      ...(onError && { onError }),
      ...(pollingInterval !== undefined && { pollingInterval }),
    });
    return () => {
      isActive = false;
      unwatch();
    };
  };
