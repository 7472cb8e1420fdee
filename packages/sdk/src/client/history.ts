import type { Hash } from "viem";

/** A span of blocks to read. */
export type BlockSpan = {
  /**
   * Default: the deployment's `startBlock`; the first block of the chain if the deployment has none. A node that has pruned
   * the logs of that block throws `HistoryUnavailableError`.
   */
  fromBlock?: bigint;
  /** Default: the latest block. */
  toBlock?: bigint;
  /** The most blocks that one request may span, where a node has such a limit. Default: all in one request. */
  maxBlockRange?: bigint;
};

/** The log that an item of a history comes from. */
export type Occurrence = { blockNumber: bigint; hash: Hash; logIndex: number };

/** Callbacks, start and polling of a watching action. */
export type Watcher<item> = {
  /** Called with the items of the latest blocks, oldest first. A reorganisation of the chain may revert them. */
  onItems: (items: (item & Occurrence)[]) => void;
  /** Called when a request fails. The next block is then read together with the blocks that are missing. */
  onError?: (error: Error) => void;
  /**
   * The first block to watch, for example the one after the last block that was read. Default: the block after the latest
   * one.
   */
  fromBlock?: bigint;
  /** The most blocks that one request may span, where a node has such a limit. Default: all in one request. */
  maxBlockRange?: bigint;
  /** Milliseconds. Default: the client's. */
  pollingInterval?: number;
};
