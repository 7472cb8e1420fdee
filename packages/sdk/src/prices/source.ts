import type { Hex } from "viem";
import type { Wad } from "../units.js";

/** The price of one feed in a price update. */
export type FeedPrice = {
  /** Pyth's id of the feed. */
  id: Hex;
  /** Above zero; rounded down to 18 decimals, as the oracle does. */
  price: Wad;
  /** Half the width of the confidence interval. */
  confidence: Wad;
  /** Seconds. */
  publishTime: bigint;
  /** Publish time of the update before this one, seconds. */
  prevPublishTime: bigint;
};

/**
 * Prices of one or several feeds, and the update data that proves them. It is the `prices` of a read and of
 * {@link storePrices}, and `updateData` that of executions.
 */
export type PriceUpdate = {
  /** For Pyth's `updatePriceFeeds`, and for executions and settlements. */
  updateData: readonly Hex[];
  /** One for each feed of the source, in their order. The parts of a composite price are two of them: see {@link priceOf}. */
  feeds: readonly FeedPrice[];
};

/** Options of each request of a price source. */
export type PriceRequestOptions = {
  /** Aborts the request: it then throws the signal's reason. */
  signal?: AbortSignal | undefined;
};

/** Options of the stream of a price source. */
export type PriceStreamOptions = PriceRequestOptions & {
  /** Called with each error that the stream recovers from. */
  onError?: ((error: Error) => void) | undefined;
};

/** A source of price updates of some feeds: {@link hermesPrices}, {@link devnetPrices} or {@link replayPrices}. */
export type PriceSource = {
  /** Pyth's ids of the feeds. */
  ids: readonly Hex[];
  /**
   * The latest price of each feed.
   *
   * @throws {@link PriceNotFoundError} when a feed has none.
   */
  latest(options?: PriceRequestOptions): Promise<PriceUpdate>;
  /**
   * The first price of each feed that was published at or after a time (seconds): the only one that an order or a request of
   * that `executableAt` executes at.
   *
   * @throws {@link PriceNotFoundError} when there is none yet.
   */
  at(time: bigint, options?: PriceRequestOptions): Promise<PriceUpdate>;
  /**
   * The prices from now on, each newer than the one before it in at least one feed and older in none. The stream waits for
   * its reader. Leave the loop, or abort the signal, to close it.
   */
  stream(options?: PriceStreamOptions): AsyncGenerator<PriceUpdate, void, undefined>;
};

/** Whether no feed of an update is older than in the update before it, and one is newer. */
export const isNewer = ({ feeds }: PriceUpdate, before: PriceUpdate | undefined): boolean => {
  const steps = feeds.map(({ publishTime }, i) => publishTime - (before?.feeds[i]?.publishTime ?? -1n));
  return !steps.some((step) => step < 0n) && steps.some((step) => step > 0n);
};

/** Waits for a number of milliseconds. Throws the signal's reason when it is aborted. */
export const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
