import type {
  Abi,
  AbiEvent,
  Address,
  Client,
  ContractEventName,
  GetLogsReturnType,
  Hash,
  ParseEventLogsReturnType,
  WatchEventParameters,
} from "viem";
import { getBlockNumber, getLogs, watchEvent } from "viem/actions";

/** Which blocks to look at. */
export type BlockSpan = {
  /** Default: the first block. */
  fromBlock?: bigint;
  /** Default: the latest block. */
  toBlock?: bigint;
  /** The most blocks that one request may span, where a node has such a limit. Default: all in one request. */
  maxBlockRange?: bigint;
};

/** Asks for a span of blocks in as many requests as it takes, in their order, and tells where it ended. */
export async function acrossBlocks<item>(
  client: Client,
  { fromBlock = 0n, toBlock, maxBlockRange }: BlockSpan,
  ask: (range: { fromBlock: bigint; toBlock: bigint }) => Promise<readonly item[]>,
): Promise<{ items: item[]; toBlock: bigint }> {
  const last = toBlock ?? (await getBlockNumber(client));
  const items: item[] = [];
  let first = fromBlock;
  while (first <= last) {
    const end = maxBlockRange === undefined || first + maxBlockRange > last ? last : first + maxBlockRange - 1n;
    items.push(...(await ask({ fromBlock: first, toBlock: end })));
    first = end + 1n;
  }
  return { items, toBlock: last };
}

/** Where on the chain something happened. */
export type Occurrence = { blockNumber: bigint; hash: Hash; logIndex: number };

/** What a contract's events tell: all of it, or what concerns somebody. */
export type History<parameters, item> = {
  contract: (parameters: parameters) => { address: Address; abi: Abi };
  eventNames: readonly string[];
  tell: (event: never, parameters: parameters) => item | undefined;
};

/** Defines a {@link History}: the last function makes an item of an event, or passes it over. */
export const historyOf = <
  parameters,
  const abi extends Abi,
  const names extends readonly ContractEventName<abi>[],
  item,
>(
  contract: (parameters: parameters) => { address: Address; abi: abi },
  eventNames: names,
  tell: (event: ParseEventLogsReturnType<abi, [...names], true>[number], parameters: parameters) => item | undefined,
): History<parameters, item> => ({ contract, eventNames, tell });

type DecodedLog = GetLogsReturnType<AbiEvent, AbiEvent[], true>[number];

function source<parameters, item>({ contract, eventNames, tell }: History<parameters, item>, parameters: parameters) {
  const { address, abi } = contract(parameters);
  const events = abi.filter((each): each is AbiEvent => each.type === "event" && eventNames.includes(each.name));
  const itemsIn = (logs: readonly DecodedLog[]): (item & Occurrence)[] =>
    logs.flatMap((log) => {
      const item = log.removed ? undefined : tell(log as never, parameters);
      const { blockNumber, transactionHash: hash, logIndex } = log;
      return item === undefined ? [] : [{ ...item, blockNumber, hash, logIndex }];
    });
  return { address, events, itemsIn };
}

/** Reads what has happened, oldest first. */
export const past =
  <parameters, item>(history: History<parameters, item>) =>
  async (client: Client, parameters: parameters & BlockSpan): Promise<(item & Occurrence)[]> => {
    const { address, events, itemsIn } = source(history, parameters);
    const { items } = await acrossBlocks(client, parameters, async (range) =>
      itemsIn(await getLogs(client, { address, events, strict: true, ...range })),
    );
    return items;
  };

/** What to do with what happens from now on. */
export type Watcher<item> = {
  /** What the latest blocks brought, oldest first; a reorganisation of the chain may take it back. */
  onItems: (items: (item & Occurrence)[]) => void;
  onError?: (error: Error) => void;
  /** Milliseconds. Default: the client's. */
  pollingInterval?: number;
};

/** Watches what happens from now on, until the function that it returns is called. */
export const watching =
  <parameters, item>(history: History<parameters, item>) =>
  (client: Client, parameters: parameters & Watcher<item>): (() => void) => {
    const { address, events, itemsIn } = source(history, parameters);
    const { onItems, onError, pollingInterval } = parameters;
    const onLogs = (logs: readonly DecodedLog[]) => {
      const items = itemsIn(logs);
      if (items.length > 0) onItems(items);
    };
    return watchEvent(client, {
      address,
      events,
      strict: true,
      onLogs,
      ...(onError && { onError }),
      ...(pollingInterval !== undefined && { pollingInterval }),
    } as unknown as WatchEventParameters);
  };
