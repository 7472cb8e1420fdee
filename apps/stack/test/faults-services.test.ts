import path from "node:path";
import { getOrderStatus, getPosition } from "@counterpoise/sdk";
import { startEmbeddedPostgres } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import { parseEther } from "viem";
import { expect, test } from "vitest";
import { FIRST_PRICE, PYTH_ID } from "../src/venue.js";
import { makeDue } from "./due-work.js";
import { type ServiceProcess, until, useWorld } from "./harness.js";
import { startProxy } from "./proxy.js";

const world = useWorld();

const hasAlarm = (keeper: ServiceProcess, name: string) => async () =>
  (await keeper.health()).alarms.some((alarm) => alarm.name === name);
const isFree = (keeper: ServiceProcess) => async () => (await keeper.health()).status === "ok";

test("behavior: an endpoint that hangs, lags, lies or answers 429 loses its rank", async () => {
  const proxy = await startProxy(world.venue.anvil.rpcUrl);
  try {
    const keeper = await world.keeper({ name: "proxied", rpc: [proxy.url, world.venue.anvil.rpcUrl] });
    await keeper.waitFor(({ msg }) => msg === "started");
    for (const mode of ["hang", "busy", "lag", "lie"] as const) {
      const order = await world.createOrder();
      proxy.mode = mode;
      await world.ended(order, 15_000);
      if (mode === "hang") await until(hasAlarm(keeper, "rpc-degraded"), 5_000, "the alarm");
    }
    proxy.mode = "pass";
    await until(isFree(keeper), 35_000, "the end of the alarms");
  } finally {
    await proxy.stop();
  }
}, 300_000);

test("behavior: without its database a keeper liquidates and publishes prices, with an alarm", async () => {
  const taker = world.venue.takers[3] as Party;
  await world.openPosition(taker, parseEther("300"));
  const keeper = await world.keeper({ name: "alone", change: { log: "debug" } });
  await keeper.waitFor(({ msg }) => msg === "round");
  const { port } = world.postgres;
  await world.endConnections();
  await world.postgres.stop();
  try {
    await until(hasAlarm(keeper, "database-down"), 10_000, "the alarm");
    const { account, size } = await world.dropBelowLiquidation(taker);
    const { deployer, deployment } = world.venue;
    await until(
      async () => (await getPosition(deployer, { deployment, account })).size < size,
      20_000,
      "the liquidation",
    );
  } finally {
    world.venue.prices.setPrice(PYTH_ID, FIRST_PRICE);
    world.postgres = await startEmbeddedPostgres({ folder: path.join(world.folder, "postgres"), port });
  }
  await until(isFree(keeper), 15_000, "the end of the alarm");
  const due = await makeDue(world, "order");
  await due.done();
}, 300_000);

test("behavior: a liquidatable account is liquidated within 3 blocks of the published price", async () => {
  const { deployer, deployment } = world.venue;
  const taker = world.venue.takers[3] as Party;
  await world.openPosition(taker, parseEther("100"));
  const keeper = await world.keeper({ name: "liquidator", change: { log: "debug" } });
  await keeper.waitFor(({ msg }) => msg === "round");
  const { account, size, price } = await world.dropBelowLiquidation(taker);
  await until(async () => world.venue.prices.priceOf(PYTH_ID) <= price, 5_000, "the price");
  const published = await deployer.getBlockNumber({ cacheTime: 0 });
  await until(
    async () => (await getPosition(deployer, { deployment, account })).size < size,
    20_000,
    "the liquidation",
  );
  const { blockNumber } = await deployer.getTransactionReceipt({
    hash: (await keeper.waitFor(({ msg, work }) => msg === "sent" && String(work).startsWith("liquidation")))
      .hash as `0x${string}`,
  });
  expect(Number(blockNumber - published)).toBeLessThanOrEqual(3);
  world.venue.prices.setPrice(PYTH_ID, FIRST_PRICE);
}, 300_000);

test("behavior: without prices orders wait, with an alarm", async () => {
  const { prices, deployer, deployment } = world.venue;
  const keeper = await world.keeper({ name: "priceless" });
  await keeper.waitFor(({ msg }) => msg === "started");
  prices.setFault("broken");
  const order = await world.createOrder();
  await until(hasAlarm(keeper, "prices-down"), 15_000, "the alarm");
  expect(await getOrderStatus(deployer, { deployment, ...order })).not.toBe("unknown");
  prices.setFault(undefined);
  await world.ended(order, 40_000);
  await until(isFree(keeper), 10_000, "the end of the alarm");
}, 300_000);

test("error: a configuration names the key, and logs hide secrets", async () => {
  const wrong = await world.keeper({ name: "wrong", change: { interval: "soon", unknown: 1 } });
  expect((await wrong.exited).code).toBe(1);
  expect(wrong.lines.join("\n")).toMatch(/interval \(KEEPER_INTERVAL\)[\s\S]*unknown \(KEEPER_UNKNOWN\): unknown key/);
  const keeper = await world.keeper({
    name: "discreet",
    rpc: [`${world.venue.anvil.rpcUrl}/v3/0123456789abcdef0123`],
    change: { log: "trace" },
  });
  await keeper.waitFor(({ msg }) => msg === "started");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const text = keeper.lines.join("\n");
  expect(text).not.toContain("0123456789abcdef0123");
  expect(text).not.toContain(new URL(await world.databaseUrl("discreet")).password);
}, 300_000);
