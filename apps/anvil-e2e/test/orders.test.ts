import {
  type CreatedOrder,
  cancelOrder,
  counterpoiseReads,
  createOrder,
  createOrderSync,
  createOrderWithDeposit,
  createOrderWithDepositSync,
  executeOrder,
  executeOrderSync,
  executeOrders,
  executeOrdersSync,
  getEscrow,
  getFund,
  getMinKeeperFee,
  getOpenOrders,
  getOrderCredit,
  getOrderRules,
  getOrderStatus,
  getPosition,
  hashOrder,
  isOrderAlive,
  returnMargin,
  setMarketStatus,
  setOperator,
  TransactionRevertedError,
  withdrawEscrow,
  withdrawLp,
  withdrawOrderCredit,
} from "@counterpoise/sdk";
import { orderGatewayAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { COLLATERAL_SCALE, NO_UPPER_BOUND, tokenBalance, USD, WAD } from "@counterpoise/testkit";
import { concat, erc20Abi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Actor,
  type Exchange,
  earned,
  executed,
  FIRST_PRICE,
  KEEPER_FEE,
  market,
  ORACLE_FLOAT,
  PYTH_FEE,
  revertOf,
  sent,
  useExchange,
} from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { costOf } from "../src/reference.js";
import { close, createTrade } from "../src/trades.js";

const exchange = useExchange();

/** The bond of an order for one base at 2,000: 1.6553%. */
const BOND = 33_106_000n;

/** Alice creates an order to buy one base from the OracleMaker. */
const createBuy = async (world: Exchange, { oppositeBound = NO_UPPER_BOUND, keeperFee = KEEPER_FEE } = {}) => {
  const { alice, deployment } = world;
  const request = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: WAD };
  return createOrderSync(alice, { deployment, ...request, oppositeBound, keeperFee });
};

/** Funds alice, who creates an order to buy one base. The order is executable, and `updateData` has its price. */
async function executableBuy(world: Exchange, options: Parameters<typeof createBuy>[1] = {}) {
  await world.fund(world.alice, 10_000n * USD);
  const created = await createBuy(world, options);
  await world.warpTo(created.order.executableAt);
  const updateData = [world.priceUpdate(created, FIRST_PRICE)];
  return { created, updateData };
}

const isAlive = ({ keeper, deployment }: Exchange, created: Awaited<ReturnType<typeof createBuy>>) =>
  isOrderAlive(keeper, { deployment, ...created });

const sizeOf = async ({ deployment }: Exchange, client: Actor) =>
  (await getPosition(client, { deployment, account: client.account.address })).size;

describe("createOrder", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world, { keeperFee: 2n * KEEPER_FEE });
    expect(created).toMatchObject({
      orderId: BigInt(hashOrder(created.order)),
      order: {
        taker: alice.account.address,
        request: { marketId: 1n, maker: deployment.oracleMaker, isReduceOnly: false, amount: WAD },
        keeperFee: 2n * KEEPER_FEE,
        bondXCD: BOND,
      },
    });
    expect(await getEscrow(alice, { deployment, account: alice.account.address })).toEqual({
      total: BOND,
      bound: BOND,
    });
    expect(await alice.getBalance({ address: deployment.orderGateway })).toBe(2n * KEEPER_FEE);
    expect(await isAlive(world, created)).toBe(true);
    expect((await createBuy(world)).orderId).not.toBe(created.orderId);
  });

  test("behavior: the SDK's hash equals the contract's commitment", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world, { oppositeBound: parseEther("2020") });
    const gateway = { address: deployment.orderGateway, abi: orderGatewayAbi } as const;
    const hash = hashOrder(created.order);
    expect(hash).toBe(await alice.readContract({ ...gateway, functionName: "hashOrder", args: [created.order] }));
    expect(hash).toBe(await alice.readContract({ ...gateway, functionName: "commitmentOf", args: [created.orderId] }));
    const other = { ...created.order, keeperFee: created.order.keeperFee + 1n };
    expect(await isOrderAlive(alice, { deployment, orderId: created.orderId, order: other })).toBe(false);
  });

  test("behavior: getOrderRules", async () => {
    const { alice, deployment } = exchange();
    expect(await getOrderRules(alice, { deployment })).toMatchObject(market.rules);
    expect(await getMinKeeperFee(alice, { deployment })).toBe(KEEPER_FEE);
  });

  test("error: KeeperFeeTooLow", async () => {
    const { alice, deployment } = exchange();
    const request = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: WAD };
    const revert = await revertOf(
      createOrder(alice, { deployment, ...request, oppositeBound: 0n, keeperFee: KEEPER_FEE - 1n }),
    );
    expect(revert).toMatchObject({
      errorName: "KeeperFeeTooLow",
      named: { fee: KEEPER_FEE - 1n, minFee: KEEPER_FEE },
    });
  });
});

describe("executeOrder", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world);
    const gain = await earned(keeper, () => executeOrder(keeper, { deployment, ...created, updateData }));
    expect(gain).toBe(KEEPER_FEE);
    expect(await sizeOf(world, alice)).toBe(WAD);
    expect(await isAlive(world, created)).toBe(false);
    expect(await alice.getBalance({ address: deployment.orderGateway })).toBe(0n);
    expect(await alice.getBalance({ address: deployment.oracle })).toBe(ORACLE_FLOAT - PYTH_FEE);
  });

  test("behavior: a later price within the window, if it is the first one", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await world.warpTo(created.order.executableAt + 20n);
    const update = world.priceUpdate(created, parseEther("2001"), {
      publishTime: created.order.executableAt + 10n,
      prevPublishTime: created.order.executableAt - 1n,
    });
    const outcome = executed(await executeOrderSync(keeper, { deployment, ...created, updateData: [update] }));
    expect(outcome.price).toBe(parseEther("2001"));
  });

  test("behavior: the taker can execute its own order", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const { created, updateData } = await executableBuy(world);
    expect(await earned(alice, () => executeOrder(alice, { deployment, ...created, updateData }))).toBe(KEEPER_FEE);
  });

  test("behavior: a later order can be executed first", async () => {
    const world = exchange();
    const { alice } = world;
    await world.fund(alice, 20_000n * USD);
    const [first, second] = [await createBuy(world), await createBuy(world)];
    const later = executed(await world.execute(second, parseEther("2010")));
    const earlier = executed(await world.execute(first, parseEther("2000")));
    expect(later.price).toBe(parseEther("2010"));
    expect(earlier.price).toBe(parseEther("2000"));
    expect(earlier.quote).toBe(-costOf(WAD, { price: parseEther("2000"), inventory: -WAD }));
    await expectLedgerLaws(world);
  });

  test("behavior: attached value pays the price source, and the rest is refunded", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world);
    const parameters = { deployment, ...created, updateData, value: WAD };
    expect(await earned(keeper, () => executeOrder(keeper, parameters))).toBe(KEEPER_FEE - PYTH_FEE);
    expect(await alice.getBalance({ address: deployment.orderGateway })).toBe(0n);
    expect(await alice.getBalance({ address: deployment.oracle })).toBe(ORACLE_FLOAT);
  });

  test("behavior: an order whose bound the price does not meet is purged, and the keeper is paid", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world, { oppositeBound: FIRST_PRICE });
    const before = await keeper.getBalance({ address: keeper.account.address });
    const outcome = await executeOrderSync(keeper, { deployment, ...created, updateData });
    const { effectiveGasPrice } = await keeper.getTransactionReceipt({ hash: outcome.hash });
    const after = await keeper.getBalance({ address: keeper.account.address });
    expect(after - before + outcome.gasUsed * effectiveGasPrice).toBe(KEEPER_FEE);
    expect(outcome).toMatchObject({
      status: "purged",
      reason: {
        errorName: "SlippageExceeded",
        named: { oppositeAmount: costOf(WAD, { price: FIRST_PRICE, inventory: 0n }), bound: FIRST_PRICE },
      },
    });
    expect(await isAlive(world, created)).toBe(false);
    expect(await sizeOf(world, alice)).toBe(0n);
    await expectLedgerLaws(world);
  });

  test("behavior: the order of a taker that revokes the gateway is purged, and the LPs receive its bond", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await sent(alice, setOperator(alice, { deployment, approved: false }));
    const maker = deployment.oracleMaker;
    const { margin } = await getPosition(keeper, { deployment, account: maker });
    expect(await world.execute(created, FIRST_PRICE)).toMatchObject({
      status: "purged",
      bondXCD: BOND,
      reason: {
        errorName: "NotAuthorized",
        named: { account: alice.account.address, caller: deployment.orderGateway },
      },
    });
    expect(await sizeOf(world, alice)).toBe(0n);
    expect((await getPosition(keeper, { deployment, account: maker })).margin).toBe(margin + BOND * COLLATERAL_SCALE);
    expect(await getEscrow(alice, { deployment, account: alice.account.address })).toEqual({ total: 0n, bound: 0n });
    await expectLedgerLaws(world);
  });

  test("behavior: the bond of an order that ends is free again", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const { account } = alice;
    await world.fund(alice, 10_000n * USD);
    executed(await world.execute(await createBuy(world), FIRST_PRICE));
    expect(await getEscrow(alice, { deployment, account: account.address })).toEqual({ total: BOND, bound: 0n });
    const fund = await getFund(alice, { deployment, account: account.address });
    await sent(alice, withdrawEscrow(alice, { deployment }));
    expect(await getFund(alice, { deployment, account: account.address })).toBe(fund + BOND);
    await expectLedgerLaws(world);
  });

  test("behavior: an LP that makes an order fail earns no fee", async () => {
    const world = exchange();
    const { alice, deployment, lp } = world;
    const maker = deployment.oracleMaker;
    await world.fund(alice, 100_000n * USD);
    const created = await createTrade(world, alice, { base: parseEther("100") });
    await world.warpTo(created.order.executableAt);
    const account = lp.account.address;
    const shares = await tokenBalance(lp, { token: maker, owner: account });
    await sent(lp, withdrawLp(lp, { maker, shares: (shares * 99n) / 100n, minAmount: 0n }));
    const updateData = [world.priceUpdate(created, FIRST_PRICE)];
    const gain = await earned(lp, async () => {
      const outcome = await executeOrderSync(lp, { deployment, ...created, updateData });
      expect(outcome).toMatchObject({
        status: "purged",
        returnedFee: KEEPER_FEE,
        reason: { errorName: "BelowMinMarginRatio" },
      });
      return outcome.hash;
    });
    expect(gain).toBe(0n);
    expect(await getOrderCredit(alice, { deployment, account: alice.account.address })).toBe(KEEPER_FEE);
    expect(await earned(alice, () => withdrawOrderCredit(alice, { deployment }))).toBe(KEEPER_FEE);
    await expectLedgerLaws(world);
  });

  test("behavior: the order of a taker with too little margin is purged", async () => {
    const world = exchange();
    const { alice } = world;
    await world.fund(alice, 100n * USD);
    const created = await createBuy(world);
    expect(await world.execute(created, FIRST_PRICE)).toMatchObject({
      status: "purged",
      reason: {
        errorName: "InsufficientInitialMargin",
        named: { account: alice.account.address, required: parseEther("200") },
      },
    });
  });

  test("behavior: an order beyond the capacity of its maker fills up to it; the next one is purged", async () => {
    const world = exchange();
    const { alice } = world;
    await world.fund(alice, 300_000n * USD);
    const created = await createTrade(world, alice, { base: parseEther("501") });
    expect(await world.execute(created, FIRST_PRICE)).toMatchObject({ status: "executed", base: parseEther("500") });
    const next = await createTrade(world, alice, { base: WAD });
    expect(await world.execute(next, FIRST_PRICE)).toMatchObject({
      status: "purged",
      reason: { errorName: "MakerCapacityExceeded", named: { requested: WAD, available: 0n } },
    });
  });

  test("behavior: while the market is paused, orders at a fixed price are purged, and hedged orders stay open", async () => {
    const world = exchange();
    const { admin, alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const fixed = await createBuy(world);
    const hedged = await createTrade(world, alice, { base: -WAD, maker: deployment.spotHedgeBaseMaker });
    await sent(admin, setMarketStatus(admin, { deployment, status: "paused" }));
    expect(await world.execute(fixed, FIRST_PRICE)).toMatchObject({
      status: "purged",
      reason: { errorName: "MarketNotActive", named: { marketId: deployment.marketId } },
    });
    expect((await revertOf(world.execute(hedged, FIRST_PRICE))).errorName).toBe("MarketNotActive");
    await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
    // A price from before the end of the grace period opens nothing.
    expect((await revertOf(world.execute(hedged, FIRST_PRICE))).errorName).toBe("MarketNotActive");
    await expectLedgerLaws(world);
  });

  test("error: PriceFeedNotFoundWithinRange for a price that is not the first one", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    const { executableAt } = created.order;
    await world.warpTo(executableAt + 20n);
    const attempt = (publishTime: bigint, prevPublishTime: bigint) => {
      const update = world.priceUpdate(created, parseEther("1900"), { publishTime, prevPublishTime });
      return executeOrderSync(keeper, { deployment, ...created, updateData: [update] });
    };
    const notFound = { errorName: "PriceFeedNotFoundWithinRange" };
    // The second price after the delay, a price before it, and a price after the window.
    expect(await revertOf(attempt(executableAt + 1n, executableAt))).toMatchObject(notFound);
    expect(await revertOf(attempt(executableAt - 1n, executableAt - 2n))).toMatchObject(notFound);
    expect(await revertOf(attempt(executableAt + 11n, executableAt - 1n))).toMatchObject(notFound);
    expect(await isAlive(world, created)).toBe(true);
    expect(await sizeOf(world, alice)).toBe(0n);

    // The first price executes the order.
    expect(executed(await attempt(executableAt, executableAt - 1n)).base).toBe(WAD);
  });

  test("error: NotYetExecutable", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    const updateData = [world.priceUpdate(created, FIRST_PRICE)];
    const revert = await revertOf(executeOrderSync(keeper, { deployment, ...created, updateData }));
    expect(revert).toMatchObject({
      errorName: "NotYetExecutable",
      named: { executableAt: created.order.executableAt },
    });
    expect(await isAlive(world, created)).toBe(true);
  });

  test("error: OrderPastExpiry", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await world.warpTo(created.order.expiresAt + 1n);
    const updateData = [world.priceUpdate(created, FIRST_PRICE)];
    const revert = await revertOf(executeOrderSync(keeper, { deployment, ...created, updateData }));
    expect(revert).toMatchObject({ errorName: "OrderPastExpiry", named: { expiresAt: created.order.expiresAt } });
  });

  test("error: UnknownOrder for an altered order, and for an executed one", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world);
    const altered = { ...created.order, keeperFee: WAD };
    expect(
      await revertOf(executeOrder(keeper, { deployment, orderId: created.orderId, order: altered, updateData })),
    ).toMatchObject({
      errorName: "UnknownOrder",
      named: { orderId: created.orderId, commitment: hashOrder(altered) },
    });
    await world.execute(created, FIRST_PRICE);
    expect((await revertOf(executeOrder(keeper, { deployment, ...created, updateData }))).errorName).toBe(
      "UnknownOrder",
    );
  });

  test("error: SourceFeeTooLow", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world);
    const value = PYTH_FEE - 1n;
    expect(await revertOf(executeOrder(keeper, { deployment, ...created, updateData, value }))).toMatchObject({
      errorName: "SourceFeeTooLow",
      named: { value, sourceFee: PYTH_FEE },
    });
  });

  test("error: TransactionRevertedError for too little gas, which never purges an order", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    const { created, updateData } = await executableBuy(world);
    for (const gas of [200_000n, 600_000n, 1_000_000n]) {
      const attempt = executeOrderSync(keeper, { deployment, ...created, updateData, gas });
      await expect(attempt).rejects.toThrow(TransactionRevertedError);
      expect(await isAlive(world, created)).toBe(true);
    }
    expect((await world.execute(created, FIRST_PRICE)).status).toBe("executed");
  });
});

describe("cancelOrder", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await world.warpTo(created.order.expiresAt + 1n);
    expect(await earned(bob, () => cancelOrder(bob, { deployment, ...created }))).toBe(KEEPER_FEE / 2n);
    expect(await getOrderCredit(alice, { deployment, account: alice.account.address })).toBe(KEEPER_FEE / 2n);
    expect(await isAlive(world, created)).toBe(false);
    expect((await revertOf(cancelOrder(bob, { deployment, ...created }))).errorName).toBe("UnknownOrder");
  });

  test("behavior: the taker can cancel its own order", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await world.warpTo(created.order.expiresAt + 1n);
    expect(await earned(alice, () => cancelOrder(alice, { deployment, ...created }))).toBe(KEEPER_FEE);
  });

  test("error: OrderNotExpired", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    await world.warpTo(created.order.expiresAt - 1n);
    expect(await revertOf(cancelOrder(alice, { deployment, ...created }))).toMatchObject({
      errorName: "OrderNotExpired",
      named: { expiresAt: created.order.expiresAt },
    });
    expect(await isAlive(world, created)).toBe(true);
  });
});

/** Alice creates an order to close her position against the OracleMaker. */
const createClose = (
  { alice, deployment }: Exchange,
  rest: { after?: CreatedOrder; returnsMargin?: boolean; amount?: bigint } = {},
) => createOrderSync(alice, { deployment, maker: deployment.oracleMaker, ...close(true), ...rest });

describe("executeOrders", () => {
  test("default: orders created at different times, each at its own price, in any order", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 20_000n * USD);
    const first = await createBuy(world);
    await world.warpBy(5n);
    const second = await createBuy(world);
    await world.warpTo(second.order.executableAt);
    const orders = [
      { ...second, updateData: [world.priceUpdate(second, parseEther("2010"))] },
      { ...first, updateData: [world.priceUpdate(first, parseEther("2000"))] },
    ];
    const gain = await earned(keeper, async () => (await executeOrdersSync(keeper, { deployment, orders })).hash);
    expect(gain).toBe(2n * KEEPER_FEE);
    expect(await sizeOf(world, alice)).toBe(2n * WAD);
    await expectLedgerLaws(world);
  });

  test("behavior: purged and skipped orders do not affect the others", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 20_000n * USD);
    const purged = await createBuy(world, { oppositeBound: 1n });
    const altered = await createBuy(world);
    const good = await createBuy(world);
    await world.warpTo(good.order.executableAt);
    const priceOf = (created: CreatedOrder) => [world.priceUpdate(created, FIRST_PRICE)];
    const forged = { ...altered.order, keeperFee: WAD };
    const wrongPrice = [world.priceUpdate(good, FIRST_PRICE, { publishTime: good.order.lastPriceAt + 1n })];
    const { outcomes } = await executeOrdersSync(keeper, {
      deployment,
      orders: [
        { ...altered, updateData: wrongPrice },
        { orderId: altered.orderId, order: forged, updateData: priceOf(altered) },
        { ...purged, updateData: priceOf(purged) },
        { ...good, updateData: priceOf(good) },
      ],
    });
    expect(outcomes).toMatchObject([
      { status: "skipped", reason: { errorName: "PriceFeedNotFoundWithinRange" } },
      { status: "skipped", reason: { errorName: "UnknownOrder", named: { orderId: altered.orderId } } },
      { status: "purged", reason: { errorName: "SlippageExceeded" } },
      { status: "executed", base: WAD, price: FIRST_PRICE },
    ]);
    expect(await isAlive(world, altered)).toBe(true);
    expect(await sizeOf(world, alice)).toBe(WAD);
    expect(await alice.getBalance({ address: deployment.orderGateway })).toBe(KEEPER_FEE);
  });

  test("error: NotEnoughGas for the whole batch, so that no gas estimate skips orders", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 20_000n * USD);
    const [first, second] = [await createBuy(world), await createBuy(world)];
    await world.warpTo(second.order.executableAt);
    const orders = [first, second].map((created) => ({
      ...created,
      updateData: [world.priceUpdate(created, FIRST_PRICE)],
    }));
    await expect(executeOrdersSync(keeper, { deployment, orders, gas: 2_900_000n })).rejects.toThrow(
      TransactionRevertedError,
    );
    const hash = await executeOrders(keeper, { deployment, orders });
    const { gas } = await keeper.getTransaction({ hash });
    expect(gas).toBeGreaterThan(3_000_000n);
    await keeper.waitForTransactionReceipt({ hash });
    expect(await sizeOf(world, alice)).toBe(2n * WAD);
  });
});

describe("an order after another order", () => {
  test("default: a close waits for its open, in any order of execution", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 20_000n * USD);
    const open = await createBuy(world);
    // A whole close with a bond is for the position at its creation: this one names the amount.
    const close = await createClose(world, { after: open, amount: WAD });
    expect(close.order.previousOrderId).toBe(open.orderId);
    await world.warpTo(close.order.executableAt);
    expect(await getOrderStatus(keeper, { deployment, ...close })).toBe("waiting");
    const updateData = [world.priceUpdate(close, parseEther("2001"))];
    expect(await revertOf(executeOrder(keeper, { deployment, ...close, updateData }))).toMatchObject({
      errorName: "PreviousOrderAlive",
      named: { orderId: close.orderId, previousOrderId: open.orderId },
    });
    executed(await world.execute(open, FIRST_PRICE));
    expect(executed(await world.execute(close, parseEther("2001"))).base).toBe(-WAD);
    // No order waits for an order that has been executed.
    expect((await createClose(world, { after: open, amount: WAD })).order.previousOrderId).toBe(0n);
  });

  test("error: MayNotWait for an order whose execution the taker could delay", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const request = { maker: deployment.spotHedgeBaseMaker, isBaseToQuote: true, isExactInput: true, amount: WAD };
    const held = await createOrderSync(alice, {
      deployment,
      ...request,
      oppositeBound: parseEther("2005"),
      keeperFee: KEEPER_FEE,
    });
    expect(await revertOf(createClose(world, { after: held }))).toMatchObject({
      errorName: "MayNotWait",
      named: { maker: deployment.oracleMaker, previousMaker: deployment.spotHedgeBaseMaker },
    });
  });
});

describe("from wallet to wallet", () => {
  test("default: permit, deposit, margin, approval and order in one transaction; the close returns the margin", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    const token = { address: deployment.collateral, abi: erc20Abi } as const;
    await sent(alice, alice.writeContract({ ...token, functionName: "approve", args: [deployment.vault, 0n] }));
    const held = await world.collateralOf(account);
    const request = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: WAD };
    const open = await createOrderWithDepositSync(alice, {
      deployment,
      ...request,
      oppositeBound: NO_UPPER_BOUND,
      keeperFee: KEEPER_FEE,
      margin: 1_000n * USD,
    });
    expect(await world.collateralOf(account)).toBe(held - 1_000n * USD);
    executed(await world.execute(open, FIRST_PRICE));
    expect(await sizeOf(world, alice)).toBe(WAD);

    const close = await createClose(world, { returnsMargin: true });
    const outcome = executed(await world.execute(close, parseEther("2100")));
    expect(outcome.marginReturnFailure).toBeUndefined();
    const { size, margin } = await getPosition(alice, { deployment, account });
    expect(size).toBe(0n);
    expect(margin).toBeLessThan(10n ** 12n);
    const gain = (await world.collateralOf(account)) - held;
    expect(gain).toBeGreaterThan(99n * USD);
    expect(gain).toBeLessThan(100n * USD);
    await expectLedgerLaws(world);

    // For the second order the gateway is already an operator. The deposit covers its bond, at the price of the last fill.
    const bond = (BOND * 21n) / 20n;
    const hash = await createOrderWithDeposit(alice, {
      deployment,
      ...request,
      oppositeBound: NO_UPPER_BOUND,
      keeperFee: KEEPER_FEE,
      margin: bond,
    });
    await alice.waitForTransactionReceipt({ hash });
    expect(await world.collateralOf(account)).toBe(held + gain - bond);
    expect(await getEscrow(alice, { deployment, account })).toEqual({ total: bond, bound: bond });
  });

  test("behavior: a partial close reports why the margin stays; returnMargin succeeds after the close", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    await world.fund(alice, 10_000n * USD);
    executed(await world.execute(await createBuy(world), FIRST_PRICE));
    const part = await createClose(world, { returnsMargin: true, amount: WAD / 4n });
    expect(executed(await world.execute(part, FIRST_PRICE)).marginReturnFailure?.reason).toMatchObject({
      errorName: "PositionOpen",
      named: { account, size: (WAD * 3n) / 4n },
    });
    expect((await revertOf(returnMargin(alice, { deployment }))).errorName).toBe("PositionOpen");
    executed(await world.execute(await createClose(world), FIRST_PRICE));
    const held = await world.collateralOf(account);
    await sent(alice, returnMargin(alice, { deployment }));
    expect(await world.collateralOf(account)).toBeGreaterThan(held + 9_999n * USD);
    expect(
      await alice.readContract({
        address: deployment.vault,
        abi: vaultAbi,
        functionName: "withdrawableMarginOf",
        args: [deployment.marketId, account],
      }),
    ).toBe(0n);
  });
});

describe("getOpenOrders", () => {
  test("default: rebuilt from events, verified by the commitments", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await world.fund(alice, 20_000n * USD);
    await world.fund(bob, 100n * USD);
    const executedOrder = await createBuy(world);
    executed(await world.execute(executedOrder, FIRST_PRICE));
    const first = await createBuy(world);
    const second = await createClose(world, { after: first });
    const bobs = await createTrade(world, bob, { base: -1n });
    const account = alice.account.address;
    const of = ({ orderId, order }: CreatedOrder, status: string) => ({ orderId, order, status });
    const reads = keeper.extend(counterpoiseReads(deployment));
    expect(await reads.getOpenOrders({ account })).toEqual([of(first, "delayed"), of(second, "delayed")]);
    await world.warpTo(second.order.executableAt);
    expect(await getOpenOrders(keeper, { deployment, account })).toEqual([
      of(first, "executable"),
      of(second, "waiting"),
    ]);
    expect((await reads.getOpenOrders()).map(({ orderId }) => orderId)).toContain(bobs.orderId);
    await world.warpTo(second.order.expiresAt + 1n);
    expect((await reads.getOpenOrders({ account })).map(({ status }) => status)).toEqual(["expired", "expired"]);
    expect(await reads.getOrderStatus({ orderId: executedOrder.orderId, order: executedOrder.order })).toBe("unknown");
  });
});

describe("withdrawOrderCredit", () => {
  test("default: a keeper that cannot receive ether is credited, and withdraws its credit to another account", async () => {
    const world = exchange();
    const { alice, deployer, deployment, keeper } = world;
    await world.fund(alice, 10_000n * USD);
    const created = await createBuy(world);
    // The keeper delegates to a contract that cannot receive ether (EIP-7702).
    await deployer.setCode({ address: keeper.account.address, bytecode: concat(["0xef0100", deployment.collateral]) });
    expect((await world.execute(created, FIRST_PRICE)).status).toBe("executed");
    expect(await getOrderCredit(keeper, { deployment, account: keeper.account.address })).toBe(KEEPER_FEE);
    const to = world.otherLp.account.address;
    const before = await alice.getBalance({ address: to });
    await sent(keeper, withdrawOrderCredit(keeper, { deployment, to }));
    expect(await alice.getBalance({ address: to })).toBe(before + KEEPER_FEE);
    expect(await getOrderCredit(keeper, { deployment, account: keeper.account.address })).toBe(0n);
  });

  test("error: NothingCredited for an account that was paid", async () => {
    const { deployment, keeper } = exchange();
    expect(await getOrderCredit(keeper, { deployment, account: keeper.account.address })).toBe(0n);
    expect((await revertOf(withdrawOrderCredit(keeper, { deployment }))).errorName).toBe("NothingCredited");
  });
});
