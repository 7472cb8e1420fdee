import type { Hash } from "viem";

/** A span of blocks to read. */
export type BlockSpan = {
  /** Default: the first block. */
  fromBlock?: bigint;
  /** Default: the latest block. */
  toBlock?: bigint;
  /** The most blocks that one request may span, where a node has such a limit. Default: all in one request. */
  maxBlockRange?: bigint;
};

/** The log that an item of a history comes from. */
export type Occurrence = { blockNumber: bigint; hash: Hash; logIndex: number };

/** Callbacks and polling of a watching action. */
export type Watcher<item> = {
  /** Called with the items of the latest blocks, oldest first. A reorganisation of the chain may revert them. */
  onItems: (items: (item & Occurrence)[]) => void;
  onError?: (error: Error) => void;
  /** Milliseconds. Default: the client's. */
  pollingInterval?: number;
};
