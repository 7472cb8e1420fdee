// The SDK's client of Hermes and the official one, against the same server.
import { HermesClient, type PriceUpdate as OfficialUpdate } from "@pythnetwork/hermes-client";
import type { Hex } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hermesPrices, type PriceSource, type PriceUpdate } from "../src/prices/index.js";
import { ETH, type HermesServer, priceAt, startHermes, UNKNOWN, USDC } from "./hermes-server.js";

const KEY = "secret";
let server: HermesServer;
beforeEach(async () => {
  server = await startHermes({ key: KEY });
});
afterEach(() => server.stop());

const clients = (ids: Hex[], key = KEY): { ours: PriceSource; official: HermesClient } => ({
  ours: hermesPrices({ ids, endpoints: [{ url: server.url, key }], retries: 0 }),
  official: new HermesClient(server.url, { accessToken: key, httpRetries: 0 }),
});

const WAD = 10n ** 18n;

/** An update of the official client as the SDK returns it. */
function converted({ binary, parsed }: OfficialUpdate): PriceUpdate {
  return {
    updateData: binary.data.map((data): Hex => `0x${data}`),
    feeds: (parsed ?? []).map(({ id, price: { price, conf, expo, publish_time }, metadata }) => ({
      id: `0x${id}`,
      price: (BigInt(price) * WAD) / 10n ** BigInt(-expo),
      confidence: (BigInt(conf) * WAD) / 10n ** BigInt(-expo),
      publishTime: BigInt(publish_time),
      prevPublishTime: BigInt(metadata?.prev_publish_time ?? 0),
    })),
  };
}

/** Publishes two slots of two feeds, three seconds apart. */
function publish() {
  for (const time of [100n, 103n]) {
    const [eth, usdc] = [priceAt(time, time), priceAt(time - 1n, 1n, USDC)];
    server.publish([
      { ...eth, prevPublishTime: time - 3n },
      { ...usdc, confidence: 0n, prevPublishTime: time - 4n },
    ]);
  }
}

describe.each([
  ["one feed", [ETH]],
  ["two feeds", [USDC, ETH]],
])("%s", (_, ids) => {
  test("latest", async () => {
    publish();
    const { ours, official } = clients(ids);
    expect(await ours.latest()).toEqual(converted(await official.getLatestPriceUpdates(ids, { parsed: true })));
  });

  test("at", async () => {
    publish();
    const { ours, official } = clients(ids);
    for (const time of [100n, 101n, 102n]) {
      const expected = await official.getPriceUpdatesAtTimestamp(Number(time), ids, { parsed: true });
      expect(await ours.at(time)).toEqual(converted(expected));
    }
  });

  test("stream", async () => {
    server.publish(ids.map((id) => priceAt(1n, 1n, id)));
    const { ours, official } = clients(ids);
    const events = await official.getPriceUpdatesStream(ids, { parsed: true });
    const theirs: PriceUpdate[] = [];
    events.addEventListener("message", ({ data }) => theirs.push(converted(JSON.parse(data))));
    const stream = ours.stream();
    const first = stream.next();
    await expect.poll(() => server.streams.size).toBe(2);
    const seen: PriceUpdate[] = [];
    for (const time of [10n, 11n, 12n]) server.publish(ids.map((id) => priceAt(time, time, id)));
    seen.push((await first).value as PriceUpdate);
    for (let i = 0; i < 2; i++) seen.push((await stream.next()).value as PriceUpdate);
    await expect.poll(() => theirs.length).toBe(3);
    expect(seen).toEqual(theirs);
    events.close();
    await stream.return();
    await expect.poll(() => server.streams.size).toBe(0);
  });
});

test.each([
  ["an unknown feed", [UNKNOWN], KEY, "latest", /404|No price/, 404],
  ["a time without a price", [ETH], KEY, 999n, /404|No price/, 404],
  ["a wrong key", [ETH], "wrong", "latest", /401/, 401],
] as const)("error: both refuse %s", async (_, ids, key, what, message, status) => {
  publish();
  const { ours, official } = clients([...ids], key);
  const theirs =
    what === "latest"
      ? official.getLatestPriceUpdates([...ids])
      : official.getPriceUpdatesAtTimestamp(Number(what), [...ids]);
  await expect(theirs).rejects.toThrow(String(status));
  await expect(what === "latest" ? ours.latest() : ours.at(what)).rejects.toThrow(message);
});
