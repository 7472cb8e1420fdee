import { describe, expect, test } from "vitest";
import { ETH, USDC } from "../../test/hermes-server.js";
import {
  devnetPrices,
  InvalidPriceError,
  PriceNotFoundError,
  type PriceUpdate,
  parsePriceHistory,
  parsePriceUpdate,
  type RecordedPrice,
  replayPrices,
} from "./index.js";

const WAD = 10n ** 18n;
const at = (publishTime: bigint, price: bigint): RecordedPrice => ({ publishTime, price: price * WAD });
const eth = { id: ETH, history: [at(60n, 2_000n), at(120n, 2_001n), at(240n, 2_002n)] };
const usdc = { id: USDC, history: [at(90n, 1n), at(240n, 2n)] };

const shown = ({ feeds }: PriceUpdate) => feeds.map(({ price, publishTime }) => [publishTime, price / WAD]);

async function all(stream: AsyncIterable<PriceUpdate>) {
  const updates: unknown[] = [];
  for await (const update of stream) updates.push(shown(update));
  return updates;
}

describe("replayPrices", () => {
  test("default", async () => {
    const prices = replayPrices({ feeds: [eth] });
    expect(shown(await prices.latest())).toEqual([[240n, 2_002n]]);
    const found = await prices.at(61n);
    expect(found.feeds).toEqual([
      { id: ETH, price: 2_001n * WAD, confidence: 0n, publishTime: 120n, prevPublishTime: 60n },
    ]);
    expect(parsePriceUpdate([ETH], found.updateData)).toEqual(found);
    expect(shown(await prices.at(120n))).toEqual([[120n, 2_001n]]);
    expect(await all(prices.stream())).toEqual([[[60n, 2_000n]], [[120n, 2_001n]], [[240n, 2_002n]]]);
  });

  test("behavior: several feeds, each at its own times", async () => {
    const prices = replayPrices({ feeds: [eth, usdc] });
    expect(shown(await prices.at(100n))).toEqual([
      [120n, 2_001n],
      [240n, 2n],
    ]);
    expect(await all(prices.stream())).toEqual([
      [
        [60n, 2_000n],
        [90n, 1n],
      ],
      [
        [120n, 2_001n],
        [90n, 1n],
      ],
      [
        [240n, 2_002n],
        [240n, 2n],
      ],
    ]);
  });

  test("behavior: with a time, later prices are not published, and the stream begins there", async () => {
    let now = 130n;
    const prices = replayPrices({ feeds: [eth], now: () => now, pollingInterval: 5 });
    expect(shown(await prices.latest())).toEqual([[120n, 2_001n]]);
    await expect(prices.at(121n)).rejects.toThrow(PriceNotFoundError);
    const streamed = all(prices.stream());
    setTimeout(() => {
      now = 240n;
    }, 20);
    expect(await streamed).toEqual([[[240n, 2_002n]]]);
    now = 59n;
    await expect(prices.latest()).rejects.toThrow(PriceNotFoundError);
  });

  test("error: an aborted signal's reason", async () => {
    const reason = new Error("stop");
    const prices = replayPrices({ feeds: [eth], now: () => 0n });
    for (const request of [
      (signal: AbortSignal) => prices.latest({ signal }),
      (signal: AbortSignal) => prices.at(60n, { signal }),
      (signal: AbortSignal) => prices.stream({ signal }).next(),
    ]) {
      await expect(request(AbortSignal.abort(reason))).rejects.toBe(reason);
    }
    const abort = new AbortController();
    const next = prices.stream({ signal: abort.signal }).next();
    setTimeout(() => abort.abort(reason), 10);
    await expect(next).rejects.toBe(reason);
  });

  test("error: PriceNotFoundError after the last price, with the time", async () => {
    await expect(replayPrices({ feeds: [eth] }).at(241n)).rejects.toMatchObject({ ids: [ETH], time: 241n });
  });

  test("error: InvalidPriceError", () => {
    expect(() => replayPrices({ feeds: [] })).toThrow(InvalidPriceError);
    const history = [at(60n, 1n), at(60n, 1n)];
    expect(() => replayPrices({ feeds: [{ id: ETH, history }] })).toThrow(
      expect.objectContaining({ field: "publishTime", value: 60n, accepted: "later than 60" }),
    );
  });
});

describe("devnetPrices", () => {
  test("default", async () => {
    const prices = devnetPrices({ ids: [ETH, USDC] });
    await expect(prices.latest()).rejects.toThrow(PriceNotFoundError);
    const first = prices.publish({ publishTime: 10n, prices: [2_000n * WAD, WAD], confidences: [WAD, 0n] });
    expect(first.feeds).toEqual([
      { id: ETH, price: 2_000n * WAD, confidence: WAD, publishTime: 10n, prevPublishTime: 0n },
      { id: USDC, price: WAD, confidence: 0n, publishTime: 10n, prevPublishTime: 0n },
    ]);
    const stream = prices.stream();
    const second = prices.publish({ publishTime: 12n, prices: [2_001n * WAD, WAD] });
    expect(await prices.latest()).toEqual(second);
    expect(await prices.at(10n)).toEqual(first);
    expect(await prices.at(11n)).toEqual(second);
    expect((await stream.next()).value).toEqual(second);
    const next = stream.next();
    const third = prices.publish({ publishTime: 13n, prices: [2_002n * WAD, WAD] });
    expect((await next).value).toEqual(third);
    await stream.return();
  });

  test("behavior: every reader sees every price", async () => {
    const prices = devnetPrices({ ids: [ETH] });
    const streams = [prices.stream(), prices.stream()];
    const next = streams.map((stream) => stream.next());
    for (const time of [1n, 2n]) prices.publish({ publishTime: time, prices: [WAD] });
    for (const [i, stream] of streams.entries()) {
      expect((await next[i])?.value?.feeds[0]?.publishTime).toBe(1n);
      expect((await stream.next()).value?.feeds[0]?.publishTime).toBe(2n);
    }
  });

  test("error: an aborted signal's reason", async () => {
    const reason = new Error("stop");
    const abort = new AbortController();
    const next = devnetPrices({ ids: [ETH] })
      .stream({ signal: abort.signal })
      .next();
    setTimeout(() => abort.abort(reason), 10);
    await expect(next).rejects.toBe(reason);
  });

  test("error: InvalidPriceError, and nothing is published", async () => {
    expect(() => devnetPrices({ ids: [] })).toThrow(InvalidPriceError);
    const prices = devnetPrices({ ids: [ETH] });
    const first = prices.publish({ publishTime: 10n, prices: [WAD] });
    expect(() => prices.publish({ publishTime: 10n, prices: [WAD] })).toThrow("later than 10");
    expect(() => prices.publish({ publishTime: 11n, prices: [] })).toThrow("one a feed");
    expect(() => prices.publish({ publishTime: 11n, prices: [0n] })).toThrow(InvalidPriceError);
    expect(await prices.latest()).toEqual(first);
  });
});

describe("parsePriceHistory", () => {
  test("default: the close of each candle, at its end", () => {
    const csv = "timestamp_unix,open,high,low,close,volume\n1760054460,1,2,1,4371.13,2\r\n1760054580,1,2,1,0.5,2\n";
    expect(parsePriceHistory(csv)).toEqual([
      { publishTime: 1_760_054_520n, price: 4_371_130_000_000_000_000_000n },
      { publishTime: 1_760_054_640n, price: WAD / 2n },
    ]);
    expect(parsePriceHistory(csv, 300)[0]?.publishTime).toBe(1_760_054_760n);
    expect(parsePriceHistory("\uFEFFclose, timestamp_unix\n5, 60")).toEqual([at(120n, 5n)]);
  });

  test.each([
    ["a missing column", "timestamp_unix,price\n60,5", { field: "header", accepted: "a column close" }],
    ["an empty text", "", { field: "header" }],
    ["a time with a fraction", "timestamp_unix,close\n60.5,5", { field: "timestamp_unix of row 2", value: "60.5" }],
    ["milliseconds", "timestamp_unix,close\n1760054460000,5", { field: "timestamp_unix of row 2" }],
    ["a negative price", "timestamp_unix,close\n60,5\n120,-5", { field: "close of row 3", value: "-5" }],
    ["an exponent", "timestamp_unix,close\n60,5e3", { field: "close of row 2" }],
    ["zero", "timestamp_unix,close\n60,0.0", { field: "close of row 2", accepted: "above zero" }],
    ["a missing field", "timestamp_unix,close\n60", { field: "close of row 2", value: "" }],
    ["rows out of order", "timestamp_unix,close\n60,5\n0,5", { field: "publishTime", accepted: "later than 120" }],
  ])("error: InvalidPriceError for %s", (_, csv, expected) => {
    expect(() => parsePriceHistory(csv)).toThrow(expect.objectContaining({ name: "InvalidPriceError", ...expected }));
  });
});
