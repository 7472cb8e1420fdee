// Faults of the relayer: kills at each durable step, cancellations against fills, faulty nodes, reorganisations, two matchers, and a
// restore. Each time, the relayer's amounts are those of the chain. `NIGHTLY=1` runs all of it; else a few kills and one
// reorganisation.
import path from "node:path";
import { backUp, relayerMigrations, restore } from "@counterpoise/relayer";
import { createRelayerClient, type RelayerClient } from "@counterpoise/relayer-client";
import {
  getPosition,
  type SignedOrder,
  type SignOrderParameters,
  signOrder,
  signOrderCancellation,
} from "@counterpoise/sdk";
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import { type CrashPoint, connect, crashPoints, migrate } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import { type Hash, parseEther } from "viem";
import { expect, test } from "vitest";
import { until, useWorld } from "./harness.js";
import { startProxy } from "./proxy.js";

const world = useWorld({}, ["relayer", "signer"]);
const isNightly = process.env.NIGHTLY === "1";
/** Without a journal entry, signed and not sent, and in a block. */
const points: readonly CrashPoint[] = isNightly ? crashPoints : ["leased.before", "signed.after", "mined.after"];
const WAD = 10n ** 18n;
const SMALL = WAD / 10n;

const sign = (taker: Party, terms: Record<string, unknown>) =>
  signOrder(taker, {
    ...{ deployment: world.venue.deployment, kind: "limit", isBaseToQuote: true, price: parseEther("1980") },
    ...{ amount: SMALL, minFill: SMALL / 10n },
    ...terms,
  } as SignOrderParameters);
const sizeOf = async ({ address }: Party) => {
  const { deployment, deployer } = world.venue;
  return (await getPosition(deployer, { deployment, account: address })).size;
};

/** The sum of an order's fills in the chain's events, WAD base. */
async function filledOnChain(hash: string): Promise<bigint> {
  const { deployer, deployment } = world.venue;
  const logs = await deployer.getContractEvents({
    address: deployment.signedOrderGateway,
    abi: signedOrderGatewayAbi,
    eventName: "OrderFilled",
    args: { legHash: hash as Hash },
    fromBlock: 0n,
    strict: true,
  });
  return logs.reduce((sum, { args: { base } }) => sum + (base < 0n ? -base : base), 0n);
}

/**
 * Removes the last blocks. Anvil's clock would stay behind by as many seconds, and prices would be from its future: the next block is
 * of now. Blocks are mined from then on.
 */
async function reorganise(depth: number): Promise<void> {
  const { deployer } = world.venue;
  await deployer.setIntervalMining({ interval: 0 });
  try {
    await deployer.request({ method: "anvil_reorg", params: [depth, []] } as never);
    await deployer.setNextBlockTimestamp({ timestamp: BigInt(Math.floor(Date.now() / 1_000)) }).catch(() => undefined);
    await deployer.mine({ blocks: 1 });
  } finally {
    await deployer.setIntervalMining({ interval: 1 });
  }
}

const hasEnded = async (relayer: RelayerClient, hash: string) =>
  ["dead", "dropped"].includes((await relayer.order(hash as Hash)).status);

/** Every order has an end with a reason, and as much filled as the chain says. */
async function expectEqual(relayer: RelayerClient, hashes: readonly string[]): Promise<void> {
  for (const hash of hashes) {
    await until(
      async () => hasEnded(relayer, hash),
      15_000,
      () => `the end of ${hash}`,
    );
    const order = await relayer.order(hash as Hash);
    expect([hash, BigInt(order.filled)]).toEqual([hash, await filledOnChain(hash)]);
    expect(order.reason).toBeTruthy();
  }
}

test("behavior: killed on each side of every durable step, each order is filled once", async () => {
  const [alice] = world.venue.takers as [Party];
  const { signer, relayer: first } = await world.relayer();
  await first.stop();
  for (const point of points) {
    const before = await sizeOf(alice);
    const crashing = await world.relayer({ signer, crashAt: `${point}:settlement` });
    const { hash } = await createRelayerClient({ url: crashing.url }).submit(await sign(alice, {}));
    const exit = await crashing.relayer.exited;
    expect([point, exit.signal]).toEqual([point, "SIGKILL"]);
    const next = await world.relayer({ signer });
    await expectEqual(createRelayerClient({ url: next.url }), [hash]);
    expect([point, (await sizeOf(alice)) - before]).toEqual([point, -SMALL]);
    await next.relayer.stop();
  }
  const left = await world.rows("relayer", "SELECT state FROM settlement WHERE state = 'planned'");
  expect(left).toEqual([]);
}, 900_000);

test("behavior: a reorganisation removes a settlement that has ended, and its order is filled again", async () => {
  const [, , , dave] = world.venue.takers as [Party, Party, Party, Party];
  const { deployer } = world.venue;
  const before = await sizeOf(dave);
  // The journal has the end of the transaction; the matcher has not followed it yet.
  const crashing = await world.relayer({ crashAt: "final.after:settlement" });
  const { hash } = await createRelayerClient({ url: crashing.url }).submit(await sign(dave, {}));
  expect((await crashing.relayer.exited).signal).toBe("SIGKILL");
  const [entry] = await world.rows(
    "relayer",
    "SELECT hash, block_number FROM journal WHERE state = 'succeeded' ORDER BY id DESC LIMIT 1",
  );
  const removed = entry?.hash as Hash;
  await deployer.setIntervalMining({ interval: 0 });
  try {
    const depth = Number(await deployer.getBlockNumber({ cacheTime: 0 })) - Number(entry?.block_number) + 1;
    await deployer.request({ method: "anvil_reorg", params: [depth, []] } as never);
    await expect(deployer.getTransactionReceipt({ hash: removed })).rejects.toThrow(/could not be found/);
    expect(await sizeOf(dave)).toBe(before);
    const next = await world.relayer({ signer: crashing.signer });
    await next.relayer.waitFor(({ msg, state }) => msg === "settlement ended" && state === "succeeded");
    await deployer.setIntervalMining({ interval: 1 });
    await expectEqual(createRelayerClient({ url: next.url }), [hash]);
  } finally {
    await deployer.setIntervalMining({ interval: 1 });
  }
  expect((await sizeOf(dave)) - before).toBe(-SMALL);
}, 180_000);

test.runIf(isNightly)(
  "behavior: random kills during trades and cancellations",
  async () => {
    const [alice, bob] = world.venue.takers as [Party, Party];
    const { deployment } = world.venue;
    let running = await world.relayer();
    const { signer } = running;
    const hashes: string[] = [];
    const before = (await sizeOf(alice)) + (await sizeOf(bob));
    for (let i = 0; i < 20; i++) {
      const relayer = createRelayerClient({ url: running.url });
      const sale = await sign(alice, { price: parseEther(i % 2 === 0 ? "1990" : "2000.5") });
      const purchase = await sign(bob, { isBaseToQuote: false, price: parseEther("2001") });
      const results = await Promise.all([relayer.submit(sale), relayer.submit(purchase)]);
      hashes.push(...results.map(({ hash }) => hash));
      const cancelled: SignedOrder = (i % 3 === 0 ? sale : purchase).order;
      if (i % 3 !== 2) {
        const signature = await signOrderCancellation(i % 3 === 0 ? alice : bob, { deployment, order: cancelled });
        await new Promise((resolve) => setTimeout(resolve, (i * 137) % 900));
        await relayer.cancel({ deployment, order: cancelled, signature });
      }
      if (i % 4 !== 3) continue;
      running.relayer.kill("SIGKILL");
      await running.relayer.exited;
      running = await world.relayer({ signer });
    }
    const relayer = createRelayerClient({ url: running.url });
    // Orders that rest at the end are cancelled: all have an end then.
    for (const taker of [alice, bob]) {
      for (const { status, order } of (await relayer.orders({ account: taker.address, status: "open" })).orders) {
        if (status !== "open") continue;
        const id = { account: taker.address, id: BigInt(order.id) };
        await relayer.cancel({
          deployment,
          order: id,
          signature: await signOrderCancellation(taker, { deployment, order: id }),
        });
      }
    }
    await expectEqual(relayer, hashes);
    const sums = await Promise.all(hashes.map(filledOnChain));
    const change = sums.reduce((sum, filled, i) => sum + (i % 2 === 0 ? -filled : filled), 0n);
    expect((await sizeOf(alice)) + (await sizeOf(bob)) - before).toBe(change);
    expect(sums.some((filled) => filled > 0n)).toBe(true);
  },
  600_000,
);

test.runIf(isNightly)(
  "behavior: an endpoint that hangs, lags, lies or answers 429 delays no settlement for long",
  async () => {
    const [alice] = world.venue.takers as [Party];
    const proxy = await startProxy(world.venue.anvil.rpcUrl);
    try {
      const running = await world.relayer({ rpc: [proxy.url, world.venue.anvil.rpcUrl] });
      const relayer = createRelayerClient({ url: running.url });
      const before = await sizeOf(alice);
      const modes = ["hang", "busy", "lag", "lie"] as const;
      for (const mode of modes) {
        proxy.mode = mode;
        const { hash } = await relayer.submit(await sign(alice, {}));
        await expectEqual(relayer, [hash]);
      }
      expect((await sizeOf(alice)) - before).toBe(-SMALL * BigInt(modes.length));
      proxy.mode = "pass";
      await until(async () => (await running.relayer.health()).status === "ok", 35_000, "the end of the alarms");
    } finally {
      await proxy.stop();
    }
  },
  300_000,
);

test.runIf(isNightly)(
  "behavior: a reorganisation removes a settlement, and the amounts follow the chain",
  async () => {
    const [, , carol] = world.venue.takers as [Party, Party, Party];
    const running = await world.relayer();
    const relayer = createRelayerClient({ url: running.url });
    const before = await sizeOf(carol);
    let removed = 0;
    for (const depth of [1, 2, 4, 7, 10]) {
      const { hash } = await relayer.submit(await sign(carol, {}));
      await until(async () => (await filledOnChain(hash)) === SMALL, 15_000, "the fill");
      await reorganise(depth);
      if ((await filledOnChain(hash)) === 0n) removed++;
      await until(
        async () => (await filledOnChain(hash)) === SMALL,
        20_000,
        () => `the fill again; ${running.relayer.lines.slice(-10).join("\n")}`,
      );
      await expectEqual(relayer, [hash]);
    }
    expect(removed).toBeGreaterThanOrEqual(3);
    expect((await sizeOf(carol)) - before).toBe(-5n * SMALL);
  },
  300_000,
);

test.runIf(isNightly)(
  "behavior: a matcher that was asleep is fenced by the signer and the database",
  async () => {
    const [, , , dave] = world.venue.takers as [Party, Party, Party, Party];
    const first = await world.relayer();
    const { signer } = first;
    const second = await world.relayer({ name: "second", signer });
    const relayer = createRelayerClient({ url: second.url });
    const before = await sizeOf(dave);
    const { hash } = await relayer.submit(await sign(dave, {}));
    await expectEqual(relayer, [hash]);
    expect(second.relayer.lines.join("\n")).not.toContain("took the market's lock");
    first.relayer.kill("SIGSTOP");
    await world.rows(
      "relayer",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()",
    );
    await second.relayer.waitFor(({ msg }) => msg === "took the market's lock", 20_000);
    const later = await relayer.submit(await sign(dave, {}));
    first.relayer.kill("SIGCONT");
    await expectEqual(relayer, [later.hash]);
    expect((await sizeOf(dave)) - before).toBe(-2n * SMALL);
    const [row] = await world.rows(
      "relayer",
      "SELECT max(epoch) - min(epoch) AS epochs FROM settlement WHERE state = 'succeeded'",
    );
    expect(Number(row?.epochs)).toBeGreaterThan(0);
  },
  180_000,
);

test.runIf(isNightly)(
  "behavior: a backup in an empty database is the same relayer",
  async () => {
    const [alice] = world.venue.takers as [Party];
    const running = await world.relayer();
    const relayer = createRelayerClient({ url: running.url });
    const { hash } = await relayer.submit(await sign(alice, { isBaseToQuote: false, price: parseEther("1500") }));
    const { marketId } = world.venue.deployment;
    await until(async () => (await relayer.book(marketId)).bids.length > 0, 15_000, "the book");
    const book = await relayer.book(marketId);
    const file = path.join(world.folder, "backup.jsonl");
    const [from, to] = [connect(await world.databaseUrl("relayer")), connect(await world.databaseUrl("restored"))];
    try {
      // The relayer runs meanwhile.
      const counts = await backUp(from, file);
      await running.relayer.stop();
      // Another epoch at the signer, after the backup.
      const later = await world.relayer({ signer: running.signer });
      await later.relayer.waitFor(({ msg }) => msg === "took the market's lock");
      await later.relayer.stop();
      await migrate(to, relayerMigrations);
      expect(await restore(to, file)).toEqual(counts);
    } finally {
      await Promise.all([from.end(), to.end()]);
    }
    const restored = await world.relayer({ signer: running.signer, database: "restored" });
    const next = createRelayerClient({ url: restored.url });
    expect(await next.order(hash as Hash)).toMatchObject({ status: "open", filled: "0" });
    expect({ ...(await next.book(marketId)), sequence: "" }).toEqual({ ...book, sequence: "" });
    // The signer accepts it: its epoch is later than all before.
    const before = await sizeOf(alice);
    const filled = await next.submit(await sign(alice, {}));
    await expectEqual(next, [filled.hash]);
    expect((await sizeOf(alice)) - before).toBe(-SMALL);
  },
  180_000,
);
