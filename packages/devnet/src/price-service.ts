// A local service with Hermes' interface: prices that a program generates or sets, in update data without signatures, which the
// double of Pyth accepts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeUnsignedUpdate, type FeedPrice } from "@counterpoise/sdk/prices";
import type { Hex } from "viem";

/** A feed of the service. */
export type ServiceFeed = {
  /** Pyth's id. */
  id: Hex;
  /** The price at a time (seconds), WAD; the feed publishes it every second. */
  priceAt: (time: bigint) => bigint;
  /** Half the width of the confidence interval, parts per million of the price. Default 0. */
  confidence?: bigint | undefined;
};

export type StartPriceServiceParameters = {
  feeds: readonly ServiceFeed[];
  /** TCP port on 127.0.0.1. Default: any free port. */
  port?: number | undefined;
  /** Seconds of the published past. Default: two hours. */
  kept?: number | undefined;
  /** The time, milliseconds. Default: the system's. */
  now?: (() => number) | undefined;
};

/** A running price service. */
export type PriceService = {
  url: string;
  port: number;
  /** The price that was published last, WAD. */
  priceOf(id: Hex): bigint;
  /** Uses a fixed price (WAD) from the next second on; undefined: that of the feed again. */
  setPrice(id: Hex, price: bigint | undefined): void;
  /** How requests are answered from now on. Default: normally. */
  setFault(fault: PriceServiceFault | undefined): void;
  stop(): Promise<void>;
};

/** `hang`: no answer. `busy`: status 429. `broken`: status 500. */
export type PriceServiceFault = "hang" | "busy" | "broken";

const HOST = "127.0.0.1";
const PPM = 1_000_000n;
const hexOf = (id: string) => id.toLowerCase().replace(/^0x/, "");

type Feed = ServiceFeed & { history: FeedPrice[]; fixed: bigint | undefined };

/** Starts a service that publishes a price of each feed every second. */
export async function startPriceService({
  feeds: given,
  port = 0,
  kept = 7_200,
  now = Date.now,
}: StartPriceServiceParameters): Promise<PriceService> {
  const feeds = new Map(
    given.map((feed): [string, Feed] => [hexOf(feed.id), { ...feed, history: [], fixed: undefined }]),
  );
  const streams = new Map<ServerResponse, { ids: string[]; parsed: boolean }>();
  let fault: PriceServiceFault | undefined;

  const publish = (): void => {
    const time = BigInt(Math.floor(now() / 1_000));
    let isNew = false;
    for (const feed of feeds.values()) {
      const before = feed.history.at(-1);
      if (before && before.publishTime >= time) continue;
      isNew = true;
      const price = feed.fixed ?? feed.priceAt(time);
      const confidence = (price * (feed.confidence ?? 0n)) / PPM;
      const prevPublishTime = before?.publishTime ?? time - 1n;
      feed.history.push({ id: feed.id, price, confidence, publishTime: time, prevPublishTime });
      if (feed.history.length > kept) feed.history.splice(0, feed.history.length - kept);
    }
    if (!isNew || fault) return;
    for (const [response, { ids, parsed }] of streams) {
      const latest = ids.map((id) => feeds.get(id)?.history.at(-1) as FeedPrice);
      response.write(`data:${JSON.stringify(answerOf(latest, parsed))}\n\n`);
    }
  };
  publish();
  const timer = setInterval(publish, 100);
  timer.unref();

  const server = createServer((request, response) => answer(request, response));
  const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
    // Like Hermes: web apps of every origin read prices.
    response.setHeader("access-control-allow-origin", "*");
    if (fault === "hang") return undefined;
    if (fault === "busy") return response.writeHead(429, { "retry-after": "1" }).end("Too many requests");
    if (fault === "broken") return response.writeHead(500).end("Internal error");
    const text = (status: number, body: string) =>
      response.writeHead(status, { "content-type": "text/plain" }).end(body);
    const url = new URL(request.url ?? "", `http://${HOST}`);
    const match = url.pathname.match(/^\/v2\/updates\/price\/(latest|stream|\d{1,12})$/);
    if (!match) return text(404, "Not found");
    const ids = url.searchParams.getAll("ids[]").map(hexOf);
    const malformed = ids.find((id) => !/^[\da-f]{64}$/.test(id));
    if (ids.length === 0 || malformed !== undefined) return text(400, "Failed to deserialize query string: ids[]");
    const missing = ids.filter((id) => !feeds.has(id));
    if (missing.length > 0) return text(404, `Price ids not found: ${missing.map((id) => `0x${id}`).join(", ")}`);
    const parsed = url.searchParams.get("parsed") !== "false";
    const what = match[1] as string;
    if (what === "stream") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
      response.write(":\n\n");
      streams.set(response, { ids, parsed });
      return response.on("close", () => streams.delete(response));
    }
    const found = ids.map((id) => {
      const history = feeds.get(id)?.history ?? [];
      if (what === "latest") return history.at(-1);
      const time = BigInt(what);
      const index = firstAtOrAfter(history, time);
      const price = history[index];
      // The first price of the kept past may not be the first one at or after the time.
      return price && price.prevPublishTime < time ? price : undefined;
    });
    if (found.includes(undefined)) return text(404, "Update data not found");
    const body = JSON.stringify(answerOf(found as FeedPrice[], parsed));
    return response.writeHead(200, { "content-type": "application/json" }).end(body);
  };
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${actual}`,
    port: actual,
    priceOf: (id) => feeds.get(hexOf(id))?.history.at(-1)?.price ?? 0n,
    setPrice: (id, price) => {
      const feed = feeds.get(hexOf(id));
      if (feed) feed.fixed = price;
    },
    setFault: (next) => {
      fault = next;
    },
    stop: () => {
      clearInterval(timer);
      for (const response of streams.keys()) response.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The index of the first price at or after a time. */
function firstAtOrAfter(history: readonly FeedPrice[], time: bigint): number {
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as FeedPrice).publishTime >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

const EXPO = -8;

function answerOf(prices: readonly FeedPrice[], parsed: boolean): unknown {
  const data = encodeUnsignedUpdate(prices.map((price) => ({ ...price, expo: EXPO }))).slice(2);
  const mantissa = (wad: bigint) => String(wad / 10n ** BigInt(18 + EXPO));
  const fields = ({ price, confidence, publishTime }: FeedPrice) => ({
    price: mantissa(price),
    conf: mantissa(confidence),
    expo: EXPO,
    publish_time: Number(publishTime),
  });
  return {
    binary: { encoding: "hex", data: [data] },
    ...(parsed && {
      parsed: prices.map((each) => ({
        id: hexOf(each.id),
        price: fields(each),
        ema_price: fields(each),
        metadata: {
          slot: Number(each.publishTime),
          proof_available_time: Number(each.publishTime),
          prev_publish_time: Number(each.prevPublishTime),
        },
      })),
    }),
  };
}

/** A price that moves by up to `step` parts per million each second, around its start, and equal for equal seeds. */
export function wanderingPrice({
  start,
  step,
  seed,
}: {
  start: bigint;
  step: number;
  seed: number;
}): (time: bigint) => bigint {
  // A sum of waves: defined for every time, so that a service that starts again goes on where it was.
  const waves = Array.from({ length: 6 }, (_, i) => {
    const period = 45 * 2.3 ** i;
    return {
      period,
      phase: ((seed * (i + 3) * 2_654_435_761) % 1_000) / 1_000,
      weight: (step * period) / (2 * Math.PI * 6),
    };
  });
  return (time) => {
    const shift = waves.reduce((sum, { period, phase, weight }) => {
      return sum + weight * Math.sin(2 * Math.PI * (Number(time) / period + phase));
    }, 0);
    const limited = Math.max(-400_000, Math.min(400_000, shift));
    return (start * BigInt(Math.round(1_000_000 + limited))) / PPM;
  };
}
