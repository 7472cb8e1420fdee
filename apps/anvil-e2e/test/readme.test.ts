import { type DevnetAccount, mintTestToken } from "@counterpoise/devnet";
import {
  announceSignedOrderSync,
  type CreatedLpRequest,
  type CreatedOrder,
  cancelLpRequestSync,
  claimReturnedLpRequestSync,
  depositLpSync,
  type Fill,
  getFills,
  getLiquidatable,
  getMaker,
  getMakerQuote,
  getMarket,
  getMarketRules,
  getOracleMakerParameters,
  getOrderEvents,
  getPendingLpRequests,
  getPosition,
  getPrice,
  getQuoteHedge,
  type LiquidationResult,
  type OrderEvent,
  type OrderSubmission,
  quoteTrade,
  requestLpDepositSync,
  type SignedFill,
  setOracleMakerParameters,
  settleLpRequestsSync,
  signOrder,
  withdraw,
} from "@counterpoise/sdk";
import { getSharePrices, type HistoryItem } from "@counterpoise/sdk/history";
import { devnetPrices, type PriceSource } from "@counterpoise/sdk/prices";
import { serializeSubmission } from "@counterpoise/sdk/relay";
import type { LpAttribution, Markout } from "@counterpoise/sdk/report";
import type { OpenedPosition } from "@counterpoise/sdk/trade";
import { COLLATERAL_SCALE, quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { createWalletClient, type Hex, parseEther } from "viem";
import { getBlock } from "viem/actions";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Exchange, executed, FIRST_PRICE, KEEPER_FEE, LP_COLLATERAL, sent, useExchange } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { prunedNode } from "../src/pruned-node.js";
import { type Example, readmeExamples } from "../src/readme.js";
import { createTrade, tradeBase } from "../src/trades.js";

// Runs the examples of the SDK's README.

const exchange = useExchange({ hasQuoteVault: true });

let examples: Record<string, Example>;
beforeAll(async () => {
  examples = await readmeExamples();
});
const ran = new Set<string>();

/** Runs an example. The README has its parameters and its result. */
async function run<result>(name: string, ...parameters: unknown[]): Promise<result> {
  const example = examples[name];
  if (!example) throw new Error(`The README has no example ${name}`);
  ran.add(name);
  return (await example(...parameters)) as result;
}

afterEach(() => expectLedgerLaws(exchange()));

/** Returns price update data of the first update at or after a time. */
const priceAt =
  (world: Exchange, price = FIRST_PRICE) =>
  async (publishTime: bigint): Promise<Hex[]> => [world.updateAt(publishTime, price)];

type Round = {
  outcomes: { status: string }[];
  announced: { status: string }[];
  settled: { status: string; requestId: bigint }[];
  rebalanced: { moved: bigint } | undefined;
};

const keep = (world: Exchange, price = FIRST_PRICE): Promise<Round> =>
  run("keep", world.keeper, world.deployment, priceAt(world, price), 0n);

test("default: look", async () => {
  const { alice, anvil, deployment } = exchange();
  const file = JSON.stringify(deployment, (_, value) => (typeof value === "bigint" ? String(value) : value));
  expect(await run("look", anvil.rpcUrl, file, alice.account.address)).toEqual({
    price: "2000",
    fundingPerDay: 0n,
    fund: 0n,
    size: "0",
    liquidationPrice: "no position",
  });
});

test("default: goLong, addMargin, closeAll", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  const log = vi.spyOn(console, "info").mockImplementation(() => undefined);
  const wallet = await world.collateralOf(alice.account.address);
  const { order, exits } = await run<OpenedPosition>("goLong", alice, deployment);
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
  expect(exits.map(({ kind }) => kind)).toEqual(["take-profit", "stop"]);
  executed(await world.execute(order, FIRST_PRICE));
  const account = alice.account.address;
  expect((await getPosition(alice, { deployment, account })).size).toBe(parseEther("2.5"));
  await run("addMargin", alice, deployment);
  await world.publish(FIRST_PRICE);
  const close = await run<CreatedOrder>("closeAll", alice, deployment);
  executed(await world.execute(close, FIRST_PRICE));
  expect(await getPosition(alice, { deployment, account })).toMatchObject({ size: 0n, openNotional: 0n });
  // Fees and premiums are all that is lost; the bond is in the fund or the escrow.
  expect(await world.collateralOf(account)).toBeGreaterThan(wallet - 200n * USD);
});

test("default: overview", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  await world.fund(alice, 10_000n * USD);
  await tradeBase(world, alice, { base: 2n * WAD, price: FIRST_PRICE });
  const { orderId } = await createTrade(world, alice, { base: WAD });
  expect(await run("overview", alice, deployment, alice.account.address)).toEqual({
    wallet: "488000",
    size: "2",
    orders: [`${orderId}: delayed`],
    shares: ["0", "0", "0"],
  });
});

test("default: latest", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  const account = alice.account.address;
  await world.fund(alice, 10_000n * USD);
  for (const base of [WAD, 2n * WAD, -WAD]) await tradeBase(world, alice, { base, price: FIRST_PRICE });
  type Latest = { items: HistoryItem[]; cost: bigint };
  const { items, cost } = await run<Latest>("latest", alice, deployment, account, 2);
  expect(items.map(({ kind, side, base }) => [kind, side, base])).toEqual([
    ["trade", "sell", -WAD],
    ["trade", "buy", 2n * WAD],
  ]);
  const all = await run<Latest>("latest", alice, deployment, account, 10);
  expect(all.items).toHaveLength(3);
  // Each trade costs its fee, and the sale also what accrued since the trades before.
  const [first] = all.items.slice(-1);
  expect(all.cost - cost).toBe(first?.tradingFee);
  const { insurance } = await getMarket(alice, { deployment });
  expect(all.items.reduce((sum, { tradingFee }) => sum + tradingFee, 0n)).toBe(insurance);
});

test("default: yieldOf", async () => {
  const world = exchange();
  const { alice, deployment, keeper, otherLp } = world;
  const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
  const settle = async () => {
    const assets = 1_000n * USD;
    const request = await requestLpDepositSync(otherLp, { requestVault, assets, minShares: 0n, keeperFee: KEEPER_FEE });
    await world.warpTo(request.executableAt);
    const updates = [[world.updateAt(request.executableAt, FIRST_PRICE)]];
    await settleLpRequestsSync(keeper, { requestVault, updates });
  };
  const rate = async (days: bigint) => run<string>("yieldOf", alice, deployment, maker, await world.now(), days);
  await settle();
  expect(await rate(1n)).toBe("not enough history");
  // A long pays the maker's premium, and again when it closes.
  await world.fund(alice, 60_000n * USD);
  await tradeBase(world, alice, { base: 100n * WAD, price: FIRST_PRICE });
  await tradeBase(world, alice, { base: -100n * WAD, price: FIRST_PRICE });
  await world.warpBy(86_400n);
  await settle();
  const [before, after, ...others] = await getSharePrices(alice, { deployment, maker });
  expect(others).toEqual([]);
  const growth = Number(after?.sharePrice) / Number(before?.sharePrice) - 1;
  const percent = (growth * 365 * 86_400 * 100) / Number((after?.time ?? 0n) - (before?.time ?? 0n));
  expect(percent).toBeGreaterThan(0);
  expect(Number.parseFloat(await rate(1n))).toBeCloseTo(percent, 1);
  expect(await rate(2n)).toBe("not enough history");
});

test("default: explainResult, markoutsOf", async () => {
  const world = exchange();
  const { admin, alice, deployment } = world;
  const maker = deployment.oracleMaker;
  const parameters = { ...(await getOracleMakerParameters(admin, { deployment })), lpFee: 200 };
  await sent(admin, setOracleMakerParameters(admin, { deployment, parameters }));
  await world.fund(alice, 60_000n * USD);
  await tradeBase(world, alice, { base: 100n * WAD, price: FIRST_PRICE });
  await world.warpBy(60n);
  await tradeBase(world, alice, { base: -100n * WAD, price: parseEther("2010") });
  await world.publish(parseEther("2010"));
  const result = await run<LpAttribution>("explainResult", alice, deployment, maker);
  // The long gained from the price what the maker lost, and paid its premium and fees.
  expect(result.inventory).toBe(-1_000n * WAD);
  // 200 ppm of twice 200,000 and a little.
  expect(result.lpFee / WAD).toBe(80n);
  expect(result.spread).toBeGreaterThan(0n);
  const { account } = await getMaker(alice, { deployment, maker });
  expect(result.total).toBe(account.margin - LP_COLLATERAL * COLLATERAL_SCALE);
  const [soon, minute] = await run<Markout[]>("markoutsOf", alice, deployment, maker);
  expect(soon).toMatchObject({ horizon: 5n, known: 1, unknown: 1 });
  expect(soon?.gain).toBeGreaterThan(0n);
  expect(minute).toMatchObject({ horizon: 60n, known: 1, unknown: 1 });
});

test("default: worthwhile, endOf", async () => {
  const world = exchange();
  const { alice, deployment, keeper } = world;
  await world.fund(alice, 10_000n * USD);
  const created = await createTrade(world, alice, { base: WAD });
  const { executableAt, keeperFee } = created.order;
  const worthwhile = (time: bigint, gasPrice: bigint) =>
    run<CreatedOrder[]>("worthwhile", keeper, deployment, time, gasPrice);
  expect(await worthwhile(executableAt - 1n, 1n)).toEqual([]);
  expect(await worthwhile(executableAt, keeperFee / 600_000n + 1n)).toEqual([]);
  expect(await worthwhile(executableAt, 1n)).toMatchObject([{ orderId: created.orderId, fee: keeperFee }]);
  const end = run("endOf", alice, deployment, created);
  executed(await world.execute(created, FIRST_PRICE));
  expect(await end).toBe("executed");
});

test("default: matchLast", async () => {
  const { alice, bob, deployment } = exchange();
  const time = await exchange().now();
  const sign = async (client: typeof alice, isBaseToQuote: boolean, price: string, amount: bigint) => {
    const signed = await signOrder(client, {
      ...{ deployment, kind: "limit", isBaseToQuote, amount, minFill: 1n, nonce: 0n, price: parseEther(price) },
    });
    return JSON.parse(JSON.stringify(serializeSubmission(signed)));
  };
  const received = [
    await sign(alice, true, "2001", WAD),
    "nonsense",
    await sign(alice, true, "1999", WAD),
    await sign(alice, true, "2003", WAD),
    await sign(bob, false, "2002", 3n * WAD),
  ];
  expect(await run("matchLast", deployment, received, time)).toMatchObject([
    { base: WAD, price: parseEther("1999") },
    { base: WAD, price: parseEther("2001") },
  ]);
});

test("default: longs", async () => {
  const { alice, deployment } = exchange();
  const quoteLong = await run<(size: bigint, margin: bigint) => Record<string, bigint>>("longs", alice, deployment);
  const { quote } = await getMakerQuote(alice, {
    deployment,
    isBaseToQuote: false,
    isExactInput: false,
    amount: 10n * WAD,
  });
  const result = quoteLong(10n * WAD, 2_000n * WAD);
  expect(result).toMatchObject({ quote, impact: quote - 20_000n * WAD });
  expect(result.liquidationPrice).toBeGreaterThan(0n);
  expect(result.liquidationPrice).toBeLessThan(FIRST_PRICE);
});

test("default: whatIf", async () => {
  const world = exchange();
  const { alice, deployment, otherLp } = world;
  await depositLpSync(otherLp, { maker: quoteVaultOf(deployment), amount: 100_000n * USD, minShares: 1n });
  await world.fund(alice, 20_000n * USD);
  await world.publish(FIRST_PRICE);
  const size = 10n * WAD;
  type Outcome = { averagePrice: bigint; maxSize: bigint; leverage: bigint; tomorrow: { pnl: bigint } };
  const address = alice.account.address;
  const outcomes = await run<Outcome[]>("whatIf", alice, deployment, address, size, parseEther("2100"));
  for (const [i, maker] of [deployment.oracleMaker, quoteVaultOf(deployment)].entries()) {
    const request = { isBaseToQuote: false, isExactInput: false, amount: size };
    const { quote } = await quoteTrade(alice, { deployment, maker, taker: address, ...request });
    expect(outcomes[i]).toMatchObject({ averagePrice: -quote / 10n, tomorrow: { pnl: 21_000n * WAD + quote } });
    expect(outcomes[i]?.maxSize).toBeGreaterThan(size);
  }
});

test("default: connect, marginRatios, refresh", async () => {
  const world = exchange();
  const { alice, bob, deployment } = world;
  const account = alice.account.address;
  const source = await run<PriceSource>("connect", bob, deployment, "key");
  expect(source.ids).toEqual([deployment.pythId]);

  await world.fund(alice, 20_000n * USD);
  await tradeBase(world, alice, { base: 45n * WAD, price: FIRST_PRICE });
  const prices = devnetPrices({ ids: source.ids });
  type Ratio = { price: bigint; marginRatio: bigint };
  const ratios = await run<AsyncGenerator<Ratio>>("marginRatios", bob, deployment, account, prices);
  const seen: Ratio[] = [];
  const start = await world.now();
  for (const [i, price] of ["1900", "1700"].entries()) {
    const next = ratios.next();
    // The stream begins with the first read of it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    prices.publish({ publishTime: start + BigInt(i) + 1n, prices: [parseEther(price)] });
    seen.push((await next).value);
  }
  await ratios.return(undefined);
  expect(seen.map(({ price }) => price)).toEqual([parseEther("1900"), parseEther("1700")]);
  await run("refresh", bob, deployment, prices);
  expect((await getPrice(bob, { deployment })).price).toBe(parseEther("1700"));
  expect(seen[1]?.marginRatio).toBeLessThan(seen[0]?.marginRatio as bigint);
});

test("default: openLong, follow, keep, pastFills", async () => {
  const world = exchange();
  const { alice, deployment, keeper } = world;
  const { address: account } = alice.account;
  const shown: (Fill | OrderEvent)[] = [];
  const unwatch = await run<() => void>("follow", keeper, deployment, account, (item: Fill | OrderEvent) =>
    shown.push(item),
  );
  const fromBlock = await run<bigint>("startOf", keeper, await world.now());
  const { orderId, order } = await run<CreatedOrder>("openLong", alice, deployment);

  expect((await keep(world)).outcomes).toEqual([]);
  await world.warpTo(order.executableAt);
  const { outcomes } = await keep(world);
  expect(outcomes).toMatchObject([{ status: "executed", base: WAD }]);
  expect((await keep(world)).outcomes).toEqual([]);

  const fills = await run<Fill[]>("pastFills", keeper, deployment, account, fromBlock);
  expect(fills).toMatchObject([{ taker: account, maker: deployment.oracleMaker, base: WAD, price: FIRST_PRICE }]);
  const events = await getOrderEvents(keeper, { deployment, account, fromBlock, maxBlockRange: 2n });
  expect(events).toMatchObject([
    { type: "created", orderId, order },
    { type: "executed", orderId, keeper: keeper.account.address, base: WAD },
  ]);
  await expect.poll(() => shown.length, { timeout: 10_000 }).toBe(3);
  unwatch();
  expect(shown).toEqual(expect.arrayContaining([...fills, ...events]));
  expect(await getFills(keeper, { deployment, account: world.bob.account.address })).toEqual([]);
});

test("behavior: keep on a node that has pruned old blocks", async () => {
  const world = exchange();
  const { alice, anvil, deployment } = world;
  await world.warpBy(3_700n);
  await world.publish(FIRST_PRICE);
  const { number: head } = await getBlock(alice);
  const { transport, refused } = prunedNode(anvil.rpcUrl, head - 2n);
  // A default client: its transactions are estimated, signed and sent as by any keeper.
  const keeper = createWalletClient({ account: anvil.accounts[9] as DevnetAccount, chain: alice.chain, transport });
  const fromBlock = await run<bigint>("startOf", keeper, await world.now());
  expect(fromBlock).toBeGreaterThanOrEqual(head - 2n);
  const { order } = await run<CreatedOrder>("openLong", alice, deployment);
  const round = (): Promise<Round> => run("keep", keeper, deployment, priceAt(world), fromBlock);
  expect((await round()).outcomes).toEqual([]);
  await world.warpTo(order.executableAt);
  expect((await round()).outcomes).toMatchObject([{ status: "executed", base: WAD }]);
  expect((await round()).outcomes).toEqual([]);
  expect(refused).toEqual([]);
});

test("default: liquidateAll", async () => {
  const world = exchange();
  const { alice, bob, deployment, keeper } = world;
  await world.fund(bob, 500n * USD);
  for (const trader of [alice, bob]) {
    const created = await run<CreatedOrder>("openLong", trader, deployment);
    await world.execute(created, FIRST_PRICE);
  }
  expect(await run("liquidateAll", keeper, deployment, 0n)).toEqual([]);
  // The price puts alice below maintenance, but not bob.
  await world.publish(parseEther("1050"));
  expect(await getLiquidatable(keeper, { deployment })).toMatchObject([
    { account: alice.account.address, size: WAD, isLiquidatable: true },
  ]);
  const [liquidation, ...others] = await run<LiquidationResult[]>("liquidateAll", keeper, deployment, 0n);
  expect(others).toEqual([]);
  expect(liquidation?.base).toBeGreaterThan(0n);
  expect(liquidation?.reward).toBeGreaterThan(0n);
  expect(liquidation?.badDebt).toBe(0n);
});

describe("LPs", () => {
  test("default: sharesFor, requestDeposit, keep, claimDeposits", async () => {
    const world = exchange();
    const { deployment, lp, otherLp } = world;
    const assets = 10_000n * USD;
    const shares = await run<bigint>("sharesFor", otherLp, deployment, assets);
    expect(shares).toBe(await depositLpSync(otherLp, { maker: deployment.oracleMaker, amount: assets, minShares: 0n }));

    const request = await run<CreatedLpRequest>("requestDeposit", otherLp, deployment, assets);
    const { oracleMakerRequestVault: requestVault } = deployment;
    expect(await getPendingLpRequests(lp, { requestVault })).toMatchObject([
      { requestId: request.requestId, status: "delayed", controller: otherLp.account.address, pending: assets },
    ]);
    expect(await getPendingLpRequests(lp, { requestVault, controller: lp.account.address })).toEqual([]);
    expect((await keep(world)).settled).toEqual([]);
    expect(await run("claimDeposits", otherLp, deployment)).toBe(0n);

    await world.warpTo(request.executableAt);
    expect((await keep(world)).settled).toMatchObject([{ status: "settled", requestId: request.requestId }]);
    expect(await run("claimDeposits", otherLp, deployment)).toBeGreaterThan((shares * 99n) / 100n);
    expect(await getPendingLpRequests(lp, { requestVault })).toEqual([]);
  });

  test("behavior: keep returns an expired request without a price, and settles the request after it", async () => {
    const world = exchange();
    const { deployment, otherLp } = world;
    const { oracleMakerRequestVault: requestVault } = deployment;
    const terms = { requestVault, assets: 1_000n * USD, minShares: 0n, keeperFee: KEEPER_FEE };
    const expired = await requestLpDepositSync(otherLp, terms);
    await world.warpTo(expired.expiresAt + 1n);
    const alive = await requestLpDepositSync(otherLp, terms);
    await world.warpTo(alive.executableAt);
    expect((await keep(world)).settled).toMatchObject([
      { status: "returned", requestId: expired.requestId },
      { status: "settled", requestId: alive.requestId },
    ]);
    const { requestId } = expired;
    expect(await claimReturnedLpRequestSync(otherLp, { requestVault, requestId, isDeposit: true })).toMatchObject({
      returned: terms.assets,
    });
  });

  test("behavior: an LP cancels its own expired request", async () => {
    const world = exchange();
    const { deployment, otherLp } = world;
    const { oracleMakerRequestVault: requestVault } = deployment;
    const terms = { requestVault, assets: 1_000n * USD, minShares: 0n, keeperFee: KEEPER_FEE };
    const { requestId, expiresAt } = await requestLpDepositSync(otherLp, terms);
    await world.warpTo(expiresAt + 1n);
    const { gasUsed } = await cancelLpRequestSync(otherLp, { requestVault, requestId, isDeposit: true });
    expect(gasUsed).toBeGreaterThan(21_000n);
    expect(await getPendingLpRequests(otherLp, { requestVault })).toEqual([]);
  });
});

test("default: keep rebalances the quote vault", async () => {
  const world = exchange();
  const { alice, deployment, keeper, lp } = world;
  const maker = quoteVaultOf(deployment);
  await mintTestToken(world.deployer, { token: deployment.collateral, to: lp.account.address, amount: 100_000n * USD });
  await depositLpSync(lp, { maker, amount: 100_000n * USD, minShares: 1n });
  await world.fund(alice, 20_000n * USD);
  const created = await createTrade(world, alice, { base: 10n * WAD, maker });
  await world.warpTo(created.order.executableAt);
  const first = await keep(world);
  expect(first.outcomes).toMatchObject([{ status: "executed", base: 10n * WAD }]);
  expect(first.rebalanced).toBeUndefined();

  await world.publish((FIRST_PRICE * 12n) / 10n);
  const { toMove } = await getQuoteHedge(keeper, { maker });
  const { rebalanced } = await keep(world);
  expect(rebalanced?.moved).toBeGreaterThan(0n);
  expect(rebalanced?.moved).toBeLessThanOrEqual(toMove);
});

describe("signed orders", () => {
  test("default: signBoth, relay", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fundForSignedOrders(alice, { fund: 0n, margin: 10_000n * USD });
    const { buy, stop } = await run<Record<"buy" | "stop", OrderSubmission>>("signBoth", alice, deployment);
    const relayed = async (submission: OrderSubmission, price: bigint) =>
      run<SignedFill>("relay", keeper, deployment, submission, await priceAt(world, price)(await world.now()));
    expect(await relayed(buy, FIRST_PRICE)).toMatchObject({ account: alice.account.address, base: WAD });
    // The stop is not triggered: the simulation reverts, and the relayer sends no transaction.
    const nonce = await keeper.getTransactionCount({ address: keeper.account.address });
    const refused = await relayed(stop, parseEther("1900")).catch((error: unknown) => error);
    expect(String(refused)).toContain("TriggerNotMet");
    expect(await keeper.getTransactionCount({ address: keeper.account.address })).toBe(nonce);
    expect(await relayed(stop, parseEther("1790"))).toMatchObject({ base: -WAD });
    const position = await getPosition(keeper, { deployment, account: alice.account.address });
    expect(position.size).toBe(0n);
  });

  test("default: keep executes announced orders", async () => {
    const world = exchange();
    const { bob, deployment } = world;
    await world.fundForSignedOrders(bob, { fund: 1_000n * USD, margin: 10_000n * USD });
    const signed = await signOrder(bob, {
      deployment,
      kind: "market",
      isBaseToQuote: true,
      amount: WAD,
      price: parseEther("1950"),
      maxRelayFee: USD,
    });
    const { announcement } = await announceSignedOrderSync(bob, {
      deployment,
      ...signed,
      maker: deployment.oracleMaker,
    });
    expect((await keep(world)).announced).toEqual([]);
    await world.warpTo(announcement.executableAt);
    expect((await keep(world)).announced).toMatchObject([{ status: "executed", base: -WAD }]);
    expect((await keep(world)).announced).toEqual([]);
  });
});

test("default: scheduled", async () => {
  const { admin, deployment } = exchange();
  const rules = await getMarketRules(admin, { deployment });
  const [to, value, data] = await run<[Hex, bigint, Hex]>("scheduled", deployment, { ...rules, tradingFee: 300 });
  expect(value).toBe(0n);
  await sent(admin, admin.sendTransaction({ to, data }));
  expect((await getMarketRules(admin, { deployment })).tradingFee).toBe(300);
});

test("default: topUp", async () => {
  const { alice, deployment } = exchange();
  expect(await run("topUp", alice, deployment)).toBe("1000 USDC, 1000.00 in total");
});

test("default: explain", async () => {
  const { alice, deployment } = exchange();
  const error = await withdraw(alice, { deployment, amount: 5n * USD }).catch((thrown: unknown) => thrown);
  expect(await run("explain", error, deployment)).toBe("The fund is 0, below 5");
  expect(await run("explain", new Error("another"), deployment)).toBe("no reason");
});

test("default: tell", async () => {
  const { alice, deployment } = exchange();
  const error = await withdraw(alice, { deployment, amount: 5n * USD }).catch((thrown: unknown) => thrown);
  expect(await run("tell", error, deployment)).toMatch(/^The fund is too small\. .*5 USDC.*0 USDC/);
  expect(await run("tell", new Error("another"), deployment)).toBe("Error: another");
});

test("behavior: every example of the README has run", () => {
  // `browser.test.ts` runs the example of hooks, `markets.test.ts` that of many markets.
  expect([...ran, "useTraderPanel", "overviewOf"].sort()).toEqual(Object.keys(examples).sort());
});
