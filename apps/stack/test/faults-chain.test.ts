import { getOrderStatus } from "@counterpoise/sdk";
import { parseEther } from "viem";
import { expect, test } from "vitest";
import { makeDue } from "./due-work.js";
import { type ServiceProcess, until, useWorld } from "./harness.js";

const world = useWorld();

const hasAlarm = (keeper: ServiceProcess, name: string) => async () =>
  (await keeper.health()).alarms.some((alarm) => alarm.name === name);
const isFree = (keeper: ServiceProcess) => async () => (await keeper.health()).status === "ok";

test("behavior: two keepers without a shared database race, and each order executes once", async () => {
  const before = await Promise.all(world.venue.keepers.map(({ address }) => world.sentBy(address)));
  const keepers = await Promise.all([
    world.keeper({ name: "racer-a", account: 0 }),
    world.keeper({ name: "racer-b", account: 1 }),
  ]);
  const dues = [await makeDue(world, "order"), await makeDue(world, "order"), await makeDue(world, "lp-request")];
  await Promise.all(dues.map(({ done }) => done()));
  await Promise.all(keepers.map((each) => each.stop()));
  const journals = [
    await world.checkJournal("racer-a", 0, before[0] ?? 0),
    await world.checkJournal("racer-b", 1, before[1] ?? 0),
  ];
  const done = journals.flat().filter(({ kind, state }) => kind === "order" && state === "succeeded");
  expect(done.map(({ key }) => key)).toHaveLength(new Set(done.map(({ key }) => key)).size);
  expect(done).toHaveLength(2);
}, 300_000);

test("behavior: keepers with one database share work by leases", async () => {
  const before = await Promise.all(world.venue.keepers.map(({ address }) => world.sentBy(address)));
  const keepers = await Promise.all([
    world.keeper({ name: "shared-a", account: 0, database: "shared" }),
    world.keeper({ name: "shared-b", account: 1, database: "shared" }),
  ]);
  const dues = [await makeDue(world, "order"), await makeDue(world, "order")];
  await Promise.all(dues.map(({ done }) => done()));
  await Promise.all(keepers.map((each) => each.stop()));
  const rows = await world.rows("shared", "SELECT kind, state FROM journal WHERE kind = 'order'");
  expect(rows).toEqual(Array(2).fill({ kind: "order", state: "succeeded" }));
  expect(before).toHaveLength(2);
}, 300_000);

test("behavior: an empty gas wallet stops the keeper with an alarm", async () => {
  const { deployer, deployment, keepers } = world.venue;
  const { address } = keepers[1];
  await deployer.setBalance({ address, value: parseEther("0.001") });
  const keeper = await world.keeper({ name: "poor", account: 1 });
  await until(hasAlarm(keeper, "gas-wallet-empty"), 15_000, "the alarm");
  const nonce = await world.sentBy(address);
  const order = await world.createOrder();
  await until(
    async () => (await getOrderStatus(deployer, { deployment, ...order })) === "executable",
    15_000,
    "the order",
  );
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await world.sentBy(address)).toBe(nonce);
  await deployer.setBalance({ address, value: parseEther("5") });
  await world.ended(order);
  expect(await isFree(keeper)()).toBe(true);
}, 300_000);

test("behavior: a reorganisation removes transactions, and they are sent again", async () => {
  const { deployer } = world.venue;
  const before = await world.sentBy(world.venue.keepers[0].address);
  const sending = { confirmations: "5", replaceAfter: 4_000, grace: 1_500, leaseTime: 10_000 };
  const keeper = await world.keeper({ name: "reorganised", change: { sending } });
  const order = await world.createOrder();
  const query = "SELECT block_number FROM journal WHERE kind = 'order' AND state = 'mined'";
  let mined: Record<string, unknown>[] = [];
  await until(
    async () => {
      mined = await world.rows("reorganised", query);
      return mined.length > 0;
    },
    20_000,
    "the order's block in the journal",
  );
  // The keeper has seen the block, and no other one comes until it is removed.
  await deployer.setIntervalMining({ interval: 0 });
  try {
    const depth = Number(await deployer.getBlockNumber({ cacheTime: 0 })) - Number(mined[0]?.block_number) + 1;
    await deployer.request({ method: "anvil_reorg", params: [depth, []] } as never);
    await keeper.waitFor(({ msg }) => msg === "a reorganisation has removed the transaction");
  } finally {
    await deployer.setIntervalMining({ interval: 1 });
  }
  // The transaction again, or another one if the new head is before the time of the order.
  await world.ended(order);
  await keeper.waitFor(({ msg, work }) => msg === "done" && String(work).startsWith("order"));
  await keeper.stop();
  await world.checkJournal("reorganised", 0, before);
}, 300_000);

test("behavior: a base fee times ten replaces what is stuck", async () => {
  const { deployer, keepers } = world.venue;
  const before = await world.sentBy(keepers[0].address);
  const setBaseFee = (fee: bigint) => deployer.setNextBlockBaseFeePerGas({ baseFeePerGas: fee });
  const gwei = 10n ** 9n;
  try {
    await setBaseFee(gwei);
    await deployer.setIntervalMining({ interval: 0 });
    await deployer.mine({ blocks: 1 });
    const keeper = await world.keeper({
      name: "priced-out",
      change: {
        sending: { confirmations: "0", replaceAfter: 1_500, grace: 1_500 },
        prices: {
          endpoints: [{ url: world.venue.prices.url }],
          budget: { requests: 1_000, per: 1_000 },
          heartbeat: "1",
        },
      },
    });
    await keeper.waitFor(({ msg }) => msg === "sent");
    await setBaseFee(10n * gwei);
    await deployer.mine({ blocks: 1 });
    await keeper.waitFor(({ msg }) => msg === "replacing");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await deployer.setIntervalMining({ interval: 1 });
    await keeper.waitFor(({ msg }) => msg === "done");
    await keeper.stop();
    await world.checkJournal("priced-out", 0, before);
  } finally {
    await deployer.setIntervalMining({ interval: 1 });
    await setBaseFee(0n);
  }
}, 300_000);

test("behavior: a dry run finds work and sends nothing", async () => {
  const { keepers } = world.venue;
  const nonce = await world.sentBy(keepers[0].address);
  const keeper = await world.keeper({ name: "dry", change: { dryRun: true } });
  await world.createOrder();
  await keeper.waitFor(({ msg, work }) => msg === "would be sent" && String(work).startsWith("order"));
  expect(await world.sentBy(keepers[0].address)).toBe(nonce);
}, 300_000);
