// A server that behaves like Hermes: paths, parameters, answers, errors and framing of its stream are those of its source
// (pyth-network/pyth-crosschain, apps/hermes/server/src/api/rest/v2), and its rate limit that of the public service.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { encodeUnsignedUpdate, type FeedPrice } from "../src/prices/index.js";

export type HermesServer = {
  url: string;
  /** The requests so far, with the time of each in milliseconds. */
  requests: { path: string; headers: IncomingMessage["headers"]; time: number }[];
  /** Open streams. */
  streams: Set<ServerResponse>;
  /** Publishes the prices of one slot, and sends them to each stream that has all of its feeds. */
  publish(prices: readonly FeedPrice[]): void;
  /** Answers the next requests in other ways, the first one first. */
  next: ((request: IncomingMessage, response: ServerResponse) => void)[];
  stop(): Promise<void>;
};

const hexOf = (id: string) => id.replace(/^0x/, "").toLowerCase();

/** An exponent of all feeds. */
const EXPO = -8;
const mantissa = (value: bigint) => `${value / 10n ** BigInt(18 + EXPO)}`;

/** Starts a server on a free port. With a key, it serves requests with that bearer token only. */
export async function startHermes({ key }: { key?: string } = {}): Promise<HermesServer> {
  const history = new Map<string, FeedPrice[]>();
  const streams = new Map<ServerResponse, { ids: string[]; parsed: boolean }>();
  const requests: HermesServer["requests"] = [];
  const next: HermesServer["next"] = [];

  const answerOf = (prices: readonly FeedPrice[], parsed: boolean) => ({
    binary: { encoding: "hex", data: [encodeUnsignedUpdate(prices).slice(2)] },
    ...(parsed && {
      parsed: prices.map(({ id, price, confidence, publishTime, prevPublishTime }) => {
        const fields = {
          price: mantissa(price),
          conf: mantissa(confidence),
          expo: EXPO,
          publish_time: Number(publishTime),
        };
        const metadata = {
          slot: Number(publishTime),
          proof_available_time: Number(publishTime) + 1,
          prev_publish_time: Number(prevPublishTime),
        };
        return { id: hexOf(id), price: fields, ema_price: fields, metadata };
      }),
    }),
  });

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    requests.push({ path: request.url ?? "", headers: request.headers, time: Date.now() });
    const special = next.shift();
    if (special) return special(request, response);
    const text = (status: number, body: string) => {
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(body);
    };
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) return text(401, "Unauthorized");
    const ids = url.searchParams.getAll("ids[]").map(hexOf);
    const wrong = ids.find((id) => !/^[\da-f]{64}$/.test(id));
    if (wrong !== undefined) return text(400, "Failed to deserialize query string: Invalid string length");
    const missing = ids.filter((id) => !history.has(id));
    if (missing.length > 0) return text(404, `Price ids not found: ${missing.map((id) => `0x${id}`).join(", ")}`);
    const parsed = url.searchParams.get("parsed") !== "false";
    const what = url.pathname.replace("/v2/updates/price/", "");
    if (what === "stream") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
      response.write(":\n\n");
      streams.set(response, { ids, parsed });
      response.on("close", () => streams.delete(response));
      return;
    }
    const found = ids.map((id) => {
      const prices = history.get(id) ?? [];
      return what === "latest" ? prices.at(-1) : prices.find((price) => price.publishTime >= BigInt(what));
    });
    if (found.includes(undefined)) return text(404, "Update data not found");
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(answerOf(found as FeedPrice[], parsed)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    next,
    get streams() {
      return new Set(streams.keys());
    },
    publish(prices) {
      for (const price of prices) {
        const id = hexOf(price.id);
        history.set(id, [...(history.get(id) ?? []), price]);
      }
      for (const [response, { ids, parsed }] of streams) {
        const wanted = ids.map((id) => history.get(id)?.at(-1) as FeedPrice);
        response.write(`data:${JSON.stringify(answerOf(wanted, parsed))}\n\n`);
      }
    },
    stop: () => {
      for (const response of streams.keys()) response.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const ETH: Hex = "0xff61491a931112ddf1bd8147cd1b641375f79f5825126d665480874634fd0ace";
export const USDC: Hex = "0xeaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a";
export const UNKNOWN: Hex = `0x${"11".repeat(32)}`;

/** A price of one feed at a time, one second after the one before. */
export const priceAt = (publishTime: bigint, price = 2_000n, id = ETH): FeedPrice => ({
  id,
  price: price * 10n ** 18n,
  confidence: 10n ** 17n,
  publishTime,
  prevPublishTime: publishTime - 1n,
});
