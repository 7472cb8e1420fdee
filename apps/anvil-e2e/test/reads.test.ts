import {
  announceSignedOrder,
  createOrder,
  createOrderSync,
  createOrderWithDeposit,
  type Fill,
  getAnnouncedOrders,
  getBlockAt,
  getFills,
  getFund,
  getLiquidatable,
  getMaker,
  getMarket,
  getOpenOrders,
  getOrderEvents,
  getOrderStatus,
  getTrader,
  HistoryUnavailableError,
  type OrderOutcome,
  OrderWouldFailError,
  setMarketStatusSync,
  settleSignedOrderSync,
  signOrder,
  watchFills,
} from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { createPublicClient, custom, type EIP1193RequestFn, http, parseEther } from "viem";
import { getBlock } from "viem/actions";
import { describe, expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, revertOf, useExchange } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { prunedNode } from "../src/pruned-node.js";
import { buyBase, createTrade, sellBase, tradeBase } from "../src/trades.js";

const exchange = useExchange();

/** Collateral for the keepers of a signed order. */
const RELAY_FEE = USD / 2n;

/** A client as an integrator creates it, which has just read, and now caches, the number of the latest block. */
async function defaultClient({ anvil }: Exchange) {
  const client = createPublicClient({ transport: http(anvil.rpcUrl) });
  await client.getBlockNumber();
  return client;
}

describe("default clients", () => {
  test("behavior: an order is listed at once, with its status and its event", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    // For the bond.
    await world.fund(alice, 1_000n * USD);
    const client = await defaultClient(world);
    const { orderId, order } = await createTrade(world, alice, { base: WAD });
    const listed = [{ orderId, order, status: "delayed" }];
    expect(await getOpenOrders(client, { deployment, account })).toEqual(listed);
    expect(await getOpenOrders(client, { deployment, maxBlockRange: 7n })).toEqual(listed);
    expect(await getOrderStatus(client, { deployment, orderId, order })).toBe("delayed");
    expect(await getOrderEvents(client, { deployment, account, maxBlockRange: 1_000n })).toMatchObject([
      { type: "created", orderId },
    ]);
    await world.warpTo(order.executableAt);
    expect(await getOrderStatus(client, { deployment, orderId, order })).toBe("executable");
  });

  test("behavior: a fill and a liquidatable account are listed at once", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 3_000n * USD);
    const client = await defaultClient(world);
    await tradeBase(world, alice, { base: 10n * WAD, price: FIRST_PRICE });
    const fills = await getFills(client, { deployment, account: alice.account.address, maxBlockRange: 1_000n });
    expect(fills).toMatchObject([{ taker: alice.account.address, base: 10n * WAD }]);
    await world.publish(parseEther("1700"));
    expect(await getLiquidatable(client, { deployment })).toMatchObject([{ account: alice.account.address }]);
  });

  test("behavior: an announced order is listed at once", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fundForSignedOrders(alice, { fund: 1_000n * USD, margin: 5_000n * USD });
    await world.publish(FIRST_PRICE);
    const { order } = await signOrder(alice, {
      deployment,
      kind: "limit",
      isBaseToQuote: false,
      amount: WAD,
      price: parseEther("2020"),
      maker: deployment.oracleMaker,
      maxRelayFee: RELAY_FEE,
    });
    const client = await defaultClient(world);
    await announceSignedOrder(alice, { deployment, order });
    expect(await getAnnouncedOrders(client, { deployment })).toMatchObject([{ order, status: "delayed" }]);
  });

  test("behavior: a watcher sees every fill once, also fills between its polls", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 30_000n * USD);
    const client = await defaultClient(world);
    const seen: Fill[] = [];
    const fromBlock = (await getBlock(client)).number + 1n;
    const onItems = (fills: Fill[]) => void seen.push(...fills);
    const unwatch = watchFills(client, { deployment, onItems, fromBlock, pollingInterval: 50 });
    for (let i = 0; i < 3; i++) await tradeBase(world, alice, { base: WAD, price: FIRST_PRICE });
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(3);
    unwatch();
    expect(seen).toEqual(await getFills(client, { deployment, fromBlock }));
  });
});

describe("nodes that have pruned old blocks", () => {
  test("behavior: the deployment's start, and a block found by time, are enough", async () => {
    const world = exchange();
    const { alice, anvil, deployment } = world;
    await world.fund(alice, 1_000n * USD);
    const since = await world.now();
    const { orderId } = await createTrade(world, alice, { base: WAD });
    const { number: head } = await getBlock(alice);
    const { transport, refused } = prunedNode(anvil.rpcUrl, head - 3n);
    const client = createPublicClient({ transport });
    const fromBlock = await getBlockAt(client, { timestamp: since });
    expect(await getOpenOrders(client, { deployment, fromBlock })).toMatchObject([{ orderId }]);
    expect(await getAnnouncedOrders(client, { deployment, fromBlock, maxBlockRange: 1n })).toEqual([]);
    expect(refused).toEqual([]);

    const error = await getOpenOrders(client, { deployment }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HistoryUnavailableError);
    expect(error).toMatchObject({ fromBlock: deployment.startBlock ?? 0n });
    // A node that has pruned the blocks before the deployment only.
    const startBlock = deployment.startBlock ?? head - 3n;
    const later = createPublicClient({ transport: prunedNode(anvil.rpcUrl, startBlock).transport });
    expect(await getOpenOrders(later, { deployment: { ...deployment, startBlock } })).toMatchObject([{ orderId }]);
  });
});

describe("a market without a fresh price", () => {
  test("behavior: unknown values are undefined, and their reasons have the publish time", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    await world.fund(alice, 20_000n * USD);
    await tradeBase(world, alice, { base: 45n * WAD, price: FIRST_PRICE });
    await world.publish(FIRST_PRICE);
    const publishTime = await world.now();
    const client = await defaultClient(world);
    const { market: fresh } = await getTrader(client, { deployment, account });
    expect(fresh.freeMargin).toBeGreaterThan(0n);
    await world.warpBy(61n);

    const stale = { status: "stale", publishTime, oldestAllowed: publishTime + 1n };
    const { market } = await getTrader(client, { deployment, account });
    expect(market).toMatchObject({ size: 45n * WAD, freeMargin: undefined, valuation: undefined, priceError: stale });
    const maker = await getMaker(client, { deployment, maker: deployment.oracleMaker });
    expect(maker).toMatchObject({
      sharePrice: undefined,
      totalAssets: undefined,
      isInsolvent: undefined,
      valueError: stale,
    });
    expect(await getMarket(client, { deployment })).toMatchObject({
      price: undefined,
      confidence: undefined,
      priceError: stale,
      lastPrice: { price: FIRST_PRICE, publishTime },
    });
    // An account without a position needs no price: its free margin is known.
    await world.fund(world.bob, 5n * USD);
    const { market: flat } = await getTrader(client, { deployment, account: world.bob.account.address });
    expect(flat).toMatchObject({ freeMargin: 5n * USD, priceError: undefined });
    await expectLedgerLaws(world);
  });
});

describe("getFills of an account", () => {
  test("behavior: the node sends the account's fills only", async () => {
    const world = exchange();
    const { alice, anvil, bob, deployment } = world;
    for (const taker of [alice, bob]) {
      await world.fund(taker, 30_000n * USD);
      await tradeBase(world, taker, { base: WAD, price: FIRST_PRICE });
    }
    const node = http(anvil.rpcUrl)({}).request as EIP1193RequestFn;
    let logs = 0;
    const request = async (each: { method: string; params?: unknown }) => {
      const answer = await node(each as never);
      if (each.method === "eth_getLogs") logs += (answer as unknown[]).length;
      return answer;
    };
    const client = createPublicClient({ transport: custom({ request }) });
    expect(await getFills(client, { deployment, account: alice.account.address })).toHaveLength(1);
    expect(logs).toBe(1);
    expect(await getFills(client, { deployment, account: deployment.oracleMaker })).toHaveLength(2);
    expect(logs).toBe(3);
    expect(await getOrderEvents(client, { deployment, account: bob.account.address })).toHaveLength(2);
    expect(logs).toBe(5);
  });
});

describe("simulated orders", () => {
  /** The error of a simulation, or undefined. */
  const failureOf = async (simulation: Promise<unknown>): Promise<OrderWouldFailError | undefined> => {
    const error = await simulation.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined || error instanceof OrderWouldFailError) return error;
    throw error;
  };

  const reasonOf = (outcome: OrderOutcome) =>
    outcome.status === "purged" ? outcome.reason?.errorName : outcome.status;

  const cases = {
    // Enough for the bond, not for the position.
    InsufficientInitialMargin: { margin: 1_000n * USD, request: { ...buyBase, amount: 10n * WAD } },
    SlippageExceeded: { margin: 1_000n * USD, request: { ...buyBase, amount: WAD, oppositeBound: parseEther("1990") } },
    NothingToReduce: { margin: 1_000n * USD, request: { ...sellBase, isReduceOnly: true, amount: WAD } },
    executed: { margin: 1_000n * USD, request: { ...buyBase, amount: WAD } },
  } as const;

  test.each(Object.entries(cases))(
    "behavior: of an order, as its execution: %s",
    async (reason, { margin, request }) => {
      const world = exchange();
      const { alice, deployment } = world;
      await world.fund(alice, margin);
      await world.publish(FIRST_PRICE);
      const order = { deployment, maker: deployment.oracleMaker, ...request };
      const predicted = await failureOf(createOrder.simulate(alice, order));
      // A quiet market: the prediction is the same at the last price.
      await world.warpBy(61n);
      const late = await failureOf(createOrder.simulate(alice, order));
      const outcome = await world.execute(await createOrderSync(alice, order), FIRST_PRICE);
      expect(reasonOf(outcome)).toBe(reason);
      for (const failure of [predicted, late]) {
        expect(failure?.outcome).toBe(reason === "executed" ? undefined : "purged");
        expect(failure?.revert?.errorName).toBe(reason === "executed" ? undefined : reason);
      }
    },
  );

  test("behavior: of an order against a hedged maker that its pool may cause, `skipped`", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 1_000n * USD);
    await world.publish(FIRST_PRICE);
    const order = { deployment, maker: deployment.spotHedgeBaseMaker, ...sellBase, amount: WAD };
    expect(await failureOf(createOrder.simulate(alice, order))).toBeUndefined();
    const failure = await failureOf(createOrder.simulate(alice, { ...order, oppositeBound: parseEther("2100") }));
    expect(failure).toMatchObject({ outcome: "skipped", revert: { errorName: "SlippageExceeded" } });
  });

  test("behavior: of an order that waits for another one, no prediction; afterwards as of any other", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 1_000n * USD);
    await world.publish(FIRST_PRICE);
    const after = await createTrade(world, alice, { base: WAD });
    const closing = { deployment, maker: deployment.oracleMaker, ...sellBase, isReduceOnly: true, amount: WAD, after };
    expect(await failureOf(createOrder.simulate(alice, closing))).toBeUndefined();
    await world.execute(after, FIRST_PRICE);
    await tradeBase(world, alice, { base: -WAD, price: FIRST_PRICE });
    expect(await failureOf(createOrder.simulate(alice, closing))).toMatchObject({
      outcome: "purged",
      revert: { errorName: "NothingToReduce" },
    });
  });

  test("behavior: of an order with a deposit, with the margin after it", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.publish(FIRST_PRICE);
    const order = { deployment, maker: deployment.oracleMaker, ...buyBase, amount: 10n * WAD };
    const simulate = (margin: bigint) => failureOf(createOrderWithDeposit.simulate(alice, { ...order, margin }));
    expect(await simulate(1_000n * USD)).toMatchObject({
      outcome: "purged",
      revert: { errorName: "InsufficientInitialMargin", named: { account: alice.account.address } },
    });
    expect(await simulate(5_000n * USD)).toBeUndefined();
  });

  test("behavior: of an announced order, the trigger and the trade", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    await world.fund(alice, 5_000n * USD);
    await world.fundForSignedOrders(alice, { fund: 100n * USD, margin: 0n });
    await tradeBase(world, alice, { base: WAD, price: FIRST_PRICE });
    await world.publish(FIRST_PRICE);
    const maker = deployment.oracleMaker;
    const terms = { deployment, isBaseToQuote: true, isReduceOnly: true, amount: WAD, maker, maxRelayFee: RELAY_FEE };
    const simulate = async (triggerPrice: bigint) => {
      const { order } = await signOrder(alice, { ...terms, kind: "take-profit", triggerPrice });
      return failureOf(announceSignedOrder.simulate(alice, { deployment, order }));
    };
    expect(await simulate(parseEther("1900"))).toBeUndefined();
    const untriggered = { outcome: "purged", revert: { errorName: "TriggerNotMet", named: { price: FIRST_PRICE } } };
    expect(await simulate(parseEther("2500"))).toMatchObject(untriggered);
    await world.warpBy(61n);
    expect(await simulate(parseEther("1900"))).toBeUndefined();
    expect(await simulate(parseEther("2500"))).toMatchObject(untriggered);
    // An order whose margin the fund does not hold cannot be announced, by its owner or by a keeper.
    const { order } = await signOrder(alice, { ...terms, kind: "market", price: 0n, margin: 9_000n * USD });
    expect(await revertOf(announceSignedOrder.simulate(alice, { deployment, order }))).toMatchObject({
      errorName: "InsufficientFund",
    });
    // A keeper proves a price that is not stored yet, and the fill is foreseen at that price.
    const stop = await signOrder(alice, { ...terms, kind: "stop", triggerPrice: parseEther("1960") });
    const updateData = [world.updateAt(await world.now(), parseEther("1955"))];
    expect(await failureOf(announceSignedOrder.simulate(bob, { deployment, ...stop, updateData }))).toBeUndefined();
    const poor = await signOrder(alice, {
      ...terms,
      kind: "stop",
      triggerPrice: parseEther("1960"),
      margin: 9_000n * USD,
    });
    expect(await revertOf(announceSignedOrder.simulate(bob, { deployment, ...poor, updateData }))).toMatchObject({
      errorName: "InsufficientFund",
    });
  });

  test("behavior: of a leg of a bracket", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await world.fundForSignedOrders(alice, { fund: 100n * USD, margin: 5_000n * USD });
    await world.publish(FIRST_PRICE);
    const maker = deployment.oracleMaker;
    const signed = await signOrder(alice, {
      deployment,
      kind: "limit",
      isBaseToQuote: false,
      amount: WAD,
      price: parseEther("2020"),
      maker,
      bracket: { takeProfitPrice: parseEther("2100"), exitFee: RELAY_FEE },
    });
    await settleSignedOrderSync(keeper, { deployment, maker, ...signed });
    await world.warpBy(5n);
    await world.publish(parseEther("2110"));
    const leg = { deployment, order: signed.order, leg: "take-profit" } as const;
    // The gateway has no fee in escrow from which the trial could pay.
    expect(await getFund(bob, { deployment, account: deployment.signedOrderGateway })).toBe(0n);
    expect(await failureOf(announceSignedOrder.simulate(bob, leg))).toBeUndefined();
    await setMarketStatusSync(world.admin, { deployment, status: "paused" });
    expect(await failureOf(announceSignedOrder.simulate(bob, leg))).toMatchObject({
      outcome: "purged",
      revert: { errorName: "MarketNotActive" },
    });
  });
});
