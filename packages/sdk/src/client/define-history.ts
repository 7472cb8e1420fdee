import type {
  Abi,
  AbiEvent,
  Address,
  Client,
  ContractEventName,
  GetLogsReturnType,
  ParseEventLogsReturnType,
  WatchEventParameters,
} from "viem";
import { getBlockNumber, getLogs, watchEvent } from "viem/actions";
import type { BlockSpan, Occurrence, Watcher } from "./history.js";

/**
 * Reads a span of blocks in as many requests as the node's limit needs, in block order. Returns the items and the last
 * block read.
 */
export async function readAcrossBlocks<item>(
  client: Client,
  { fromBlock = 0n, toBlock, maxBlockRange }: BlockSpan,
  read: (range: { fromBlock: bigint; toBlock: bigint }) => Promise<readonly item[]>,
): Promise<{ items: item[]; toBlock: bigint }> {
  const last = toBlock ?? (await getBlockNumber(client));
  const items: item[] = [];
  let first = fromBlock;
  while (first <= last) {
    const end = maxBlockRange === undefined || first + maxBlockRange > last ? last : first + maxBlockRange - 1n;
    items.push(...(await read({ fromBlock: first, toBlock: end })));
    first = end + 1n;
  }
  return { items, toBlock: last };
}

/** Some events of one contract, and the item that each event decodes to. */
export type History<parameters, item> = {
  contract: (parameters: parameters) => { address: Address; abi: Abi };
  eventNames: readonly string[];
  toItem: (event: never, parameters: parameters) => item | undefined;
};

/** Defines a {@link History}. `toItem` returns the item of an event, or undefined to leave the event out. */
export const defineHistory = <
  parameters,
  const abi extends Abi,
  const names extends readonly ContractEventName<abi>[],
  item,
>(
  contract: (parameters: parameters) => { address: Address; abi: abi },
  eventNames: names,
  toItem: (event: ParseEventLogsReturnType<abi, [...names], true>[number], parameters: parameters) => item | undefined,
): History<parameters, item> => ({ contract, eventNames, toItem });

/** Whether an account is one of the parties of an event. True without an account. */
export const concerns = (account: Address | undefined, ...parties: Address[]): boolean =>
  account === undefined || parties.some((party) => party.toLowerCase() === account.toLowerCase());

type DecodedLog = GetLogsReturnType<AbiEvent, AbiEvent[], true>[number];

function source<parameters, item>({ contract, eventNames, toItem }: History<parameters, item>, parameters: parameters) {
  const { address, abi } = contract(parameters);
  const events = abi.filter((each): each is AbiEvent => each.type === "event" && eventNames.includes(each.name));
  const itemsIn = (logs: readonly DecodedLog[]): (item & Occurrence)[] =>
    logs.flatMap((log) => {
      const item = log.removed ? undefined : toItem(log as never, parameters);
      const { blockNumber, transactionHash: hash, logIndex } = log;
      return item === undefined ? [] : [{ ...item, blockNumber, hash, logIndex }];
    });
  return { address, events, itemsIn };
}

/** The action that reads past items of a history, oldest first. */
export const reading =
  <parameters, item>(history: History<parameters, item>) =>
  async (client: Client, parameters: parameters & BlockSpan): Promise<(item & Occurrence)[]> => {
    const { address, events, itemsIn } = source(history, parameters);
    const { items } = await readAcrossBlocks(client, parameters, async (range) =>
      itemsIn(await getLogs(client, { address, events, strict: true, ...range })),
    );
    return items;
  };

/** The action that watches new items of a history. It returns the function that stops watching. */
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
