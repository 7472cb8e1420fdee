// Price sources without a service: prices that a program publishes, and recorded ones.
import { type Hex, parseUnits } from "viem";
import type { Wad } from "../units.js";
import { encodeUnsignedUpdate } from "./encode.js";
import { InvalidPriceError, PriceNotFoundError } from "./errors.js";
import { type PriceSource, type PriceStreamOptions, type PriceUpdate, sleep } from "./source.js";
import { parsePriceUpdate, requireIds } from "./update.js";

/** A price at a time. */
export type RecordedPrice = {
  /** Seconds. */
  publishTime: bigint;
  /** Above zero. */
  price: Wad;
  /** Half the width of the confidence interval. Default 0. */
  confidence?: Wad | undefined;
};

/** The recorded prices of one feed. */
export type RecordedFeed = {
  /** Pyth's id of the feed. */
  id: Hex;
  /** Oldest first. */
  history: readonly RecordedPrice[];
  /** The feed's exponent, to which prices are rounded down. Default -8. */
  expo?: number | undefined;
};

/** The first index from which `isAfter` holds for all elements. */
function firstIndex<item>(items: readonly item[], isAfter: (item: item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(items[middle] as item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Throws unless a price is newer than the one before it. */
function requireOrder({ publishTime }: RecordedPrice, before: RecordedPrice | undefined): void {
  if (publishTime > (before?.publishTime ?? -1n)) return;
  const accepted = before ? `later than ${before.publishTime}` : "at least 0";
  throw new InvalidPriceError({ field: "publishTime", value: publishTime, accepted });
}

/** The time of a source. */
type Clock = {
  /** Seconds; later prices are not published yet. */
  now: () => bigint;
  /** The time after which a stream that is opened now begins, seconds. */
  start: () => bigint;
  /** Returns when there may be further prices, and false when there will be none after that time. */
  wait: (time: bigint, signal: AbortSignal | undefined) => Promise<boolean>;
};

/** The prices of feeds as a source. */
function sourceOf(feeds: readonly RecordedFeed[], { now, start, wait }: Clock): PriceSource {
  const ids = feeds.map(({ id }) => id);
  requireIds(ids);

  /** One price of each feed: `indexOf` selects it. */
  const updateOf = (indexOf: (feed: RecordedFeed) => number, time?: bigint): PriceUpdate => {
    const prices = feeds.map((feed) => {
      const index = indexOf(feed);
      const found = feed.history[index];
      if (!found || found.publishTime > now()) throw new PriceNotFoundError({ ids: [feed.id], time });
      const { price, confidence = 0n, publishTime } = found;
      const prevPublishTime = feed.history[index - 1]?.publishTime ?? 0n;
      return { id: feed.id, price, confidence, publishTime, prevPublishTime, expo: feed.expo };
    });
    return parsePriceUpdate(ids, [encodeUnsignedUpdate(prices)]);
  };
  const latestAt = (time: bigint) =>
    updateOf(({ history }) => firstIndex(history, ({ publishTime }) => publishTime > time) - 1);

  async function* streamAfter(
    started: bigint,
    { signal }: PriceStreamOptions,
  ): AsyncGenerator<PriceUpdate, void, undefined> {
    for (let time = started; ; ) {
      signal?.throwIfAborted();
      const times = feeds.flatMap(({ history }) => {
        const next = history[firstIndex(history, ({ publishTime }) => publishTime > time)]?.publishTime;
        return next === undefined || next > now() ? [] : [next];
      });
      if (times.length === 0) {
        if (!(await wait(time, signal))) return;
        continue;
      }
      time = times.reduce((a, b) => (a < b ? a : b));
      // Until each feed has a price, there is no update.
      if (feeds.every(({ history }) => history[0] && history[0].publishTime <= time)) yield latestAt(time);
    }
  }

  return {
    ids,
    latest: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return latestAt(now());
    },
    at: async (time, { signal } = {}) => {
      signal?.throwIfAborted();
      return updateOf(({ history }) => firstIndex(history, ({ publishTime }) => publishTime >= time), time);
    },
    stream: (options = {}) => streamAfter(start(), options),
  };
}

/** Later than any price. */
const END = 2n ** 63n;

/** Parameters of {@link replayPrices}. */
export type ReplayPricesParameters = {
  /** At least one. */
  feeds: readonly RecordedFeed[];
  /**
   * The time of the replay in seconds, for example that of the chain: later prices are not published yet, and the stream
   * begins there. Default: all prices are published, and the stream begins at the first one.
   */
  now?: (() => bigint) | undefined;
  /** Milliseconds after which a stream asks for the time again. Default 100. */
  pollingInterval?: number | undefined;
};

/**
 * A price source of recorded prices, in update data without signatures, which the price double of a devnet accepts. The stream
 * ends after the last price.
 *
 * @example
 * const history = parsePriceHistory(await readFile("eth-usd-2025-10-10.csv", "utf8"));
 * const prices = replayPrices({ feeds: [{ id: deployment.pythId, history }] });
 * for await (const update of prices.stream()) await storePricesSync(client, { deployment, prices: update });
 * @throws {@link InvalidPriceError} without feeds, and for a history that is not in the order of time.
 */
export function replayPrices({ feeds, now, pollingInterval = 100 }: ReplayPricesParameters): PriceSource {
  for (const { history } of feeds) for (const [i, price] of history.entries()) requireOrder(price, history[i - 1]);
  const last = feeds.reduce((latest, { history }) => {
    const end = history.at(-1)?.publishTime ?? -1n;
    return end > latest ? end : latest;
  }, -1n);
  return sourceOf(feeds, {
    now: now ?? (() => END),
    start: now ?? (() => -1n),
    wait: async (time, signal) => {
      if (time >= last) return false;
      await sleep(pollingInterval, signal);
      return true;
    },
  });
}

/** A {@link PriceSource} that a program publishes prices at. */
export type DevnetPrices = PriceSource & {
  /**
   * Publishes a price of each feed, later than those before. Returns the update.
   *
   * @throws {@link InvalidPriceError} when it is not later, or there is not one price for each feed.
   */
  publish(prices: {
    /** Seconds. */
    publishTime: bigint;
    /** One for each feed, in their order. */
    prices: readonly Wad[];
    /** Half the widths of the confidence intervals. Default 0. */
    confidences?: readonly Wad[] | undefined;
  }): PriceUpdate;
};

/** Parameters of {@link devnetPrices}. */
export type DevnetPricesParameters = {
  /** Pyth's ids of the feeds, at least one: see {@link feedIdsOf}. */
  ids: readonly Hex[];
  /** The feeds' exponent, to which prices are rounded down. Default -8. */
  expo?: number | undefined;
};

/**
 * A price source of prices that the program publishes itself, in update data without signatures, which the price double of a
 * devnet accepts. The stream has the prices that are published after its start.
 *
 * @example
 * const prices = devnetPrices({ ids: [deployment.pythId] });
 * const update = prices.publish({ publishTime: order.executableAt, prices: [parseEther("2000")] });
 * await storePricesSync(client, { deployment, prices: update });
 * @throws {@link InvalidPriceError} without feeds.
 */
export function devnetPrices({ ids, expo }: DevnetPricesParameters): DevnetPrices {
  const feeds = ids.map((id) => ({ id, history: [] as RecordedPrice[], expo }));
  const readers = new Set<() => void>();
  const start = () => feeds[0]?.history.at(-1)?.publishTime ?? -1n;
  const source = sourceOf(feeds, {
    now: () => END,
    start,
    wait: (_, signal) =>
      new Promise((resolve, reject) => {
        const end = () => {
          readers.delete(read);
          signal?.removeEventListener("abort", abort);
        };
        const read = () => {
          end();
          resolve(true);
        };
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        readers.add(read);
        signal?.addEventListener("abort", abort, { once: true });
      }),
  });
  return {
    ...source,
    publish({ publishTime, prices, confidences = [] }) {
      if (prices.length !== ids.length) {
        throw new InvalidPriceError({ field: "prices", value: prices.length, accepted: `${ids.length}, one a feed` });
      }
      const records = prices.map((price, i) => ({ publishTime, price, confidence: confidences[i] }));
      const before = feeds[0]?.history.at(-1);
      for (const record of records) requireOrder(record, before);
      const prevPublishTime = before?.publishTime ?? 0n;
      const data = encodeUnsignedUpdate(
        records.map((record, i) => ({
          ...record,
          id: ids[i] as Hex,
          confidence: record.confidence ?? 0n,
          prevPublishTime,
          expo,
        })),
      );
      const update = parsePriceUpdate(ids, [data]);
      for (const [i, { history }] of feeds.entries()) history.push(records[i] as RecordedPrice);
      for (const read of readers) read();
      return update;
    },
  };
}

/**
 * Parses a price history in CSV: a header with the columns `timestamp_unix` (start of a candle, seconds) and `close` among
 * others, and a row a candle, oldest first. The close of a candle is its price, published at the start of the next one.
 *
 * @param interval seconds of a candle
 * @example
 * parsePriceHistory("timestamp_unix,open,high,low,close\n1760054460,4368.7,4371.13,4367.67,4371.13");
 * // [{ publishTime: 1760054520n, price: 4371130000000000000000n }]
 * @throws {@link InvalidPriceError} for a missing column, a malformed number, or a row that is not later than the one before.
 */
export function parsePriceHistory(csv: string, interval = 60): RecordedPrice[] {
  const [header = "", ...rows] = csv
    .replace(/^\uFEFF/, "")
    .trim()
    .split(/\r?\n/);
  const columns = header.split(",").map((name) => name.trim());
  const column = (name: string): number => {
    const index = columns.indexOf(name);
    if (index < 0) throw new InvalidPriceError({ field: "header", value: header, accepted: `a column ${name}` });
    return index;
  };
  const [timeColumn, priceColumn] = [column("timestamp_unix"), column("close")];
  const history: RecordedPrice[] = [];
  for (const [i, row] of rows.entries()) {
    const fields = row.split(",").map((text) => text.trim());
    const time = fields[timeColumn] ?? "";
    const price = fields[priceColumn] ?? "";
    const wrong = (field: string, value: string, accepted: string) =>
      new InvalidPriceError({ field: `${field} of row ${i + 2}`, value, accepted });
    if (!/^\d{1,11}$/.test(time)) throw wrong("timestamp_unix", time, "whole seconds");
    if (!/^\d+(\.\d{1,18})?$/.test(price)) throw wrong("close", price, "a number of at most 18 decimals");
    const record = { publishTime: BigInt(time) + BigInt(interval), price: parseUnits(price, 18) };
    if (record.price === 0n) throw wrong("close", price, "above zero");
    requireOrder(record, history.at(-1));
    history.push(record);
  }
  return history;
}
