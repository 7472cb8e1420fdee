// The indexer on an exchange with a known history: its rows against the chain, a kill, a rebuild, and a reorganisation.
import { FIRST_PRICE } from "@counterpoise/anvil-e2e/src/exchange.js";
import { tradeBase } from "@counterpoise/anvil-e2e/src/trades.js";
import { getFills, getOrderEvents } from "@counterpoise/sdk";
import { getSharePrices } from "@counterpoise/sdk/history";
import { USD, WAD } from "@counterpoise/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Indexer } from "../server/start.ts";
import { LP_ASSETS, makeLosses, makeLpRequests, makeOrders } from "./history.ts";
import { World } from "./world.ts";

const world = new World();
let indexer: Indexer;
/** Fills of each kind, and orders, that the tests have made. */
const made = { order: 0, "signed-order": 0, liquidation: 0, deleveraging: 0, orders: 0 };

beforeAll(async () => {
  await world.start();
  indexer = await world.indexer("one");
});
afterAll(() => world.stop());

const countOf = (rows: { kind?: string }[], wanted: string) => rows.filter(({ kind }) => kind === wanted).length;

/** Checks all fills, orders and sums against the chain. */
async function expectEqualToChain(each: Indexer): Promise<void> {
  const { deployer: client, deployment } = world.exchange;
  await world.indexed(each);
  const [fills, chain] = [await world.rows(each, "fills"), await getFills(client, { deployment })];
  expect(fills.map(({ hash, base, quote, price }) => ({ hash, base, quote, price }))).toEqual(
    chain
      .map((fill) => ({ hash: fill.hash, base: `${fill.base}`, quote: `${fill.quote}`, price: `${fill.price}` }))
      .reverse(),
  );
  for (const kind of ["order", "signed-order", "liquidation", "deleveraging"] as const)
    expect(`${countOf(fills, kind)} ${kind}`).toBe(`${made[kind]} ${kind}`);
  const events = await getOrderEvents(client, { deployment });
  const orders = await world.rows(each, "orders");
  expect(orders).toHaveLength(made.orders);
  const created = events.filter(({ type }) => type === "created");
  expect(orders.map(({ orderId }) => orderId)).toEqual(created.map(({ orderId }) => `${orderId}`).reverse());
  for (const type of ["executed", "purged"] as const) {
    const ended = events.filter((event) => event.type === type).map(({ orderId }) => `${orderId}`);
    expect(orders.filter(({ status }) => status === type).map(({ orderId }) => orderId)).toEqual(ended.reverse());
  }
  // Each executed order is the cause of one fill.
  const causes = fills.filter(({ kind }) => kind === "order").map(({ orderId }) => orderId);
  expect(causes.sort()).toEqual(
    orders
      .filter(({ status }) => status === "executed")
      .map(({ orderId }) => orderId)
      .sort(),
  );
  const result = await world.reconciliation(each);
  expect(result).toMatchObject({ difference: "0", differences: [], problem: null });
  // Three figures of each position, balance and insurance of the market, and at least a fund and an escrow.
  const positions = await world.rows(each, "positions");
  expect(positions.length).toBeGreaterThanOrEqual(3);
  expect(result.checked).toBeGreaterThanOrEqual(3 * positions.length + 2 + 2);
}

test("default: orders and their fills equal the chain, and pages end explicitly", async () => {
  const { alice, deployment } = world.exchange;
  const { purged, open } = await makeOrders(world.exchange);
  made.order += 2;
  made["signed-order"] += 1;
  made.orders += 4;
  await expectEqualToChain(indexer);
  const orders = await world.rows(indexer, "orders");
  expect(orders.find(({ orderId }) => orderId === `${purged}`)).toMatchObject({
    ...{ status: "purged", reason: "SlippageExceeded", taker: alice.account.address.toLowerCase() },
  });
  expect(orders.find(({ orderId }) => orderId === `${open}`)).toMatchObject({ status: "open", endTime: null });
  expect(await world.rows(indexer, "signed-orders")).toMatchObject([
    { status: "filled", filledBase: `${WAD}`, relayFeesXCD: `${USD}` },
  ]);

  const page = await world.page(indexer, "fills?limit=2");
  expect(page.items).toHaveLength(2);
  expect(page.hasMore).toBe(true);
  const last = await world.page(indexer, `fills?limit=2&cursor=${page.next}`);
  expect(last).toMatchObject({ items: [{ kind: "order" }], hasMore: false, next: null });
  const account = alice.account.address.toLowerCase();
  expect(await world.rows(indexer, "fills", `account=${account}`)).toHaveLength(3);
  expect(await world.rows(indexer, "fills", `account=${deployment.spotHedgeBaseMaker}`)).toMatchObject([
    { base: `${-WAD}`, taker: account, kind: "order" },
  ]);
});

test("default: requests of LPs, their ends and claims", async () => {
  const { deployment, otherLp } = world.exchange;
  const ids = await makeLpRequests(world.exchange);
  await world.indexed(indexer);
  const account = otherLp.account.address;
  const requests = await world.rows(indexer, "lp-requests", `account=${account}`);
  const [returned, redeem, entered] = requests;
  expect(requests.map(({ requestId }) => requestId)).toEqual([ids.returned, ids.redeem, ids.deposit].map(String));
  expect(entered).toMatchObject({ status: "settled", settledInput: `${LP_ASSETS}`, price: `${FIRST_PRICE}` });
  expect(redeem).toMatchObject({ status: "settled", isDeposit: false });
  expect(returned).toMatchObject({ status: "returned", returned: `${LP_ASSETS}`, settledInput: "0" });
  expect(returned?.reason).not.toBeNull();
  expect(await world.rows(indexer, "lp-claims", `account=${account}`)).toMatchObject([
    { kind: "redemption", assets: redeem?.output, shares: redeem?.input },
    { kind: "deposit", assets: `${LP_ASSETS}`, shares: entered?.output },
  ]);
  const { oracleMaker: maker } = deployment;
  const valued = await world.rows(indexer, "share-prices", `account=${maker}`);
  const chain = await getSharePrices(world.exchange.deployer, { deployment, maker });
  expect(valued.map(({ hash, totalAssets, totalShares }) => ({ hash, totalAssets, totalShares }))).toEqual(
    chain
      .map((each) => ({ hash: each.hash, totalAssets: `${each.totalAssets}`, totalShares: `${each.totalShares}` }))
      .reverse(),
  );
  expect(valued.length).toBeGreaterThanOrEqual(2);
  await expectEqualToChain(indexer);
});

test("default: losses of an account, to the last unit", async () => {
  const { admin, alice } = world.exchange;
  const { account, liquidation, deleveragings, badDebt } = await makeLosses(world.exchange);
  made.order += 3;
  made.orders += 3;
  made.liquidation += 2;
  made.deleveraging += deleveragings.length;
  await expectEqualToChain(indexer);
  const loser = account.toLowerCase();
  const liquidations = await world.rows(indexer, "liquidations", `account=${account}`);
  expect(liquidations).toHaveLength(2);
  const { base, reward, hash } = liquidation;
  expect(liquidations[1]).toMatchObject({ account: loser, base: `${base}`, reward: `${reward}`, hash });
  expect(await world.rows(indexer, "deleveragings")).toMatchObject(
    deleveragings.map((each) => ({
      ...{ account: loser, counterparty: alice.account.address.toLowerCase(), reason: "profit" },
      ...{ base: `${each.base}`, price: `${each.price}` },
    })),
  );
  expect(badDebt).toBeGreaterThan(0n);
  const changes = await world.rows(indexer, "insurance-changes");
  expect(changes.find(({ kind }) => kind === "bad-debt")).toMatchObject({ account: loser, badDebt: `${badDebt}` });
  expect(changes.filter(({ kind }) => kind === "donation")).toHaveLength(1);
  // The insurance is the sum of its changes.
  const [market] = await world.rows(indexer, "markets");
  expect(changes.reduce((sum, { delta }) => sum + BigInt(delta ?? 0), 0n)).toBe(BigInt(market?.insurance ?? -1));

  const parameters = await world.rows(indexer, "parameter-changes");
  const author = admin.account.address.toLowerCase();
  expect(parameters[0]).toMatchObject({ author, contract: expect.any(String) });
  expect(parameters.some(({ contract, name }) => contract === "ClearingHouse" && name === "RulesSet")).toBe(true);
  expect((await world.rows(indexer, "makers")).map(({ status }) => status)).toEqual(Array(3).fill("registered"));
});

test("error: an invalid parameter is named with its limits", async () => {
  for (const query of ["limit=201", "cursor=1", "account=0x12", "market=x"]) {
    const response = await fetch(`${indexer.url}/v1/fills?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "INVALID_PARAMETER",
      limit: expect.stringContaining(query.split("=")[0] as string),
    });
  }
  const { paths } = (await (await fetch(`${indexer.url}/v1/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(paths)).toContain("/v1/lp-requests");
});

test("behavior: a changed row is found by the reconciliation, and raises an alarm", async () => {
  const account = world.exchange.alice.account.address.toLowerCase();
  const change = (by: number) =>
    world.query(
      // Ponder's triggers write to a table of their session.
      `CREATE TEMP TABLE IF NOT EXISTS live_query_tables (table_name TEXT PRIMARY KEY);
       UPDATE one.positions SET margin = margin + ${by} WHERE account = '${account}'`,
    );
  await world.indexed(indexer);
  expect(await world.health(indexer)).toMatchObject({ status: "ok", lag: "0", alarms: [] });
  await change(1);
  expect(await world.reconciliation(indexer)).toMatchObject({ difference: "1", differences: [{}] });
  expect(await world.health(indexer)).toMatchObject({ status: "alarm", alarms: ["differs-from-chain"] });
  await change(-1);
});

// Ponder waits for its schema's lock: with `NIGHTLY=1`, in `pnpm faults`.
test.runIf(process.env.NIGHTLY === "1")(
  "behavior: killed between two blocks it goes on, and a rebuild has identical rows",
  async () => {
    const { alice } = world.exchange;
    const trades = (async () => {
      for (let i = 0; i < 3; i++) await tradeBase(world.exchange, alice, { base: WAD, price: FIRST_PRICE });
    })();
    await world.indexed(indexer, (await world.head()) + 2n);
    await indexer.kill();
    await trades;
    made.order += 3;
    made.orders += 3;
    // The killed process holds the schema until its heartbeat is old; the rebuild runs meanwhile.
    indexer = await world.indexer("one");
    const rebuilt = await world.indexer("two");
    await world.indexed(rebuilt);
    await world.indexed(indexer);
    await Promise.all([world.indexed(rebuilt), world.indexed(indexer)]);
    const [one, two] = [await world.content("one"), await world.content("two")];
    expect(Object.keys(one)).toContain("fills");
    expect(two).toEqual(one);
    await rebuilt.kill();
    await expectEqualToChain(indexer);
  },
);

test("behavior: a reorganisation removes the rows of dropped blocks", async () => {
  const { alice, bob, deployer } = world.exchange;
  await tradeBase(world.exchange, alice, { base: WAD, price: FIRST_PRICE });
  await world.indexed(indexer);
  const before = await world.head();
  const [dropped] = await world.rows(indexer, "fills");
  await deployer.request({ method: "anvil_rollback", params: [4] } as never);
  expect(await world.head()).toBe(before - 4n);
  await world.exchange.tickSeconds();
  await expect(deployer.getTransactionReceipt({ hash: dropped?.hash as `0x${string}` })).rejects.toThrow();
  // The order on the new branch is that of another account.
  await world.exchange.fund(bob, 5_000n * USD);
  await tradeBase(world.exchange, bob, { base: WAD, price: FIRST_PRICE });
  made.order += 1;
  made.orders += 1;
  await deployer.mine({ blocks: 4 });
  await expectEqualToChain(indexer);
  const fills = await world.rows(indexer, "fills");
  expect(fills.map(({ hash }) => hash)).not.toContain(dropped?.hash);
  expect(fills[0]).toMatchObject({ taker: bob.account.address.toLowerCase() });
});
