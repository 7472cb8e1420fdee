import { hermesPrices, PriceNotFoundError } from "@counterpoise/sdk/prices";
import { keccak256, parseEther, toHex } from "viem";
import { afterEach, expect, test } from "vitest";
import { type PriceService, startPriceService, wanderingPrice } from "./price-service.js";

const ETH = keccak256(toHex("ETH/USD"));
const BTC = keccak256(toHex("BTC/USD"));

let service: PriceService | undefined;
afterEach(() => service?.stop());

const start = async (now: () => number) => {
  service = await startPriceService({
    feeds: [
      { id: ETH, priceAt: (time) => time * parseEther("1"), confidence: 100n },
      { id: BTC, priceAt: () => parseEther("90000") },
    ],
    kept: 3,
    now,
  });
  return service;
};

test("default: the SDK's client reads the latest, a first and the streamed price", async () => {
  let now = 100_000;
  const { url } = await start(() => now);
  const prices = hermesPrices({ ids: [BTC, ETH], endpoints: [{ url }], budget: { requests: 100, per: 1_000 } });
  const { feeds } = await prices.latest();
  expect(feeds).toMatchObject([
    { id: BTC, price: parseEther("90000"), publishTime: 100n },
    { id: ETH, price: parseEther("100"), confidence: parseEther("0.01"), publishTime: 100n, prevPublishTime: 99n },
  ]);
  now = 102_000;
  await expect.poll(async () => (await prices.latest()).feeds[0]?.publishTime).toBe(102n);
  expect((await prices.at(101n)).feeds[1]).toMatchObject({
    price: parseEther("102"),
    publishTime: 102n,
    prevPublishTime: 100n,
  });
  await expect(prices.at(103n)).rejects.toThrow(PriceNotFoundError);
}, 10_000);

test("behavior: a price that is set, and faults", async () => {
  let now = 100_000;
  const { setPrice, setFault, url, priceOf } = await start(() => now);
  setPrice(ETH, parseEther("7"));
  now = 101_000;
  await expect.poll(() => priceOf(ETH)).toBe(parseEther("7"));
  const path = `${url}/v2/updates/price/latest?ids[]=${ETH}`;
  setFault("broken");
  expect((await fetch(path)).status).toBe(500);
  setFault("busy");
  expect((await fetch(path)).status).toBe(429);
  setFault(undefined);
  expect((await fetch(path)).status).toBe(200);
  expect((await fetch(`${url}/v2/updates/price/latest?ids[]=12`)).status).toBe(400);
  expect((await fetch(`${url}/v2/updates/price/latest?ids[]=${"11".repeat(32)}`)).status).toBe(404);
});

test("wanderingPrice: bounded steps, equal for equal seeds", () => {
  const parameters = { start: parseEther("2000"), step: 200, seed: 3 };
  const [one, other] = [wanderingPrice(parameters), wanderingPrice(parameters)];
  for (let time = 1_700_000_000n; time < 1_700_000_300n; time++) {
    expect(one(time)).toBe(other(time));
    const step = one(time + 1n) - one(time);
    expect(step < 0n ? -step : step).toBeLessThanOrEqual((one(time) * 300n) / 1_000_000n);
  }
});
