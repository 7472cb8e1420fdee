import {
  accrue,
  announceSettlement,
  deleverage,
  deleverageSync,
  deposit,
  donateInsurance,
  flagShortfall,
  getAccount,
  getEscrow,
  getFund,
  getMaker,
  getMarket,
  getMarketStatus,
  getPendingFees,
  getPosition,
  getPriceState,
  getRates,
  getSettlement,
  getTrader,
  liquidate,
  liquidateSync,
  reportOutage,
  reportOutageSync,
  setMarketStatus,
  setSystemStatus,
  settleAccount,
  settleMarket,
  transferFundToMargin,
  transferMarginToFund,
} from "@counterpoise/sdk";
import { accountValue, COLLATERAL_SCALE, known, USD, WAD } from "@counterpoise/testkit";
import { expectWithin } from "@counterpoise/testkit/assertions";
import { type Address, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Actor,
  type Exchange,
  FIRST_PRICE,
  market,
  PYTH_FEE,
  revertOf,
  sent,
  useExchange,
} from "../src/exchange.js";
import { feesPaid, pendingOf, tradingFeeOf } from "../src/fees.js";
import { expectSoundLedger } from "../src/laws.js";
import { closeWhole, createTrade, pass, tradeBase } from "../src/trades.js";

const exchange = useExchange();

const HOUR = 3_600n;
/** The grace period after a pause or an outage, seconds. */
const GRACE = 600n;
const DAY = 24n * HOUR;

const trader = ({ deployment }: Exchange, client: Actor) =>
  getTrader(client, { deployment, account: client.account.address });

/** Alice goes long 50 at 2,000 with 11,000 of margin, against the OracleMaker. Returns her account. */
async function openLong(world: Exchange): Promise<Address> {
  await world.fund(world.alice, 11_000n * USD);
  await tradeBase(world, world.alice, { base: parseEther("50"), price: FIRST_PRICE });
  return world.alice.account.address;
}

/** Alice's long, and Bob with the margin to take it over. */
async function openLongWithLiquidator() {
  const world = exchange();
  const account = await openLong(world);
  await world.fund(world.bob, 20_000n * USD);
  return { world, account };
}

describe("funding and borrowing", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 40_000n * USD);
    const opened = await tradeBase(world, alice, { base: parseEther("100"), price: FIRST_PRICE });
    expect((await getMarket(alice, { deployment })).insurance).toBe(tradingFeeOf(opened.quote));
    const estimate = (await getRates(alice, { deployment })).nextHour;

    await pass(world, HOUR - 1n, FIRST_PRICE);
    const { market: account } = await trader(world, alice);
    expect(account.pendingFunding).toBeGreaterThan(0n);
    expect(account.pendingBorrowing).toBeGreaterThan(0n);
    // The estimate is for one unit of base.
    expect(account.pendingFunding / 100n).toBe(estimate.takerLong.funding);
    expect(account.pendingBorrowing / 100n).toBe(estimate.takerLong.borrowing);
    expect(await getPendingFees(alice, { deployment, account: alice.account.address })).toEqual({
      funding: account.pendingFunding,
      borrowing: account.pendingBorrowing,
    });
    // The skew is a fifth of the skew scale. The rate grows almost linearly for an hour, which is a 24th of its time
    // constant, so that almost half of it applies on average.
    const { maxVelocity } = market.funding;
    const funding = (parseEther("200000") * ((maxVelocity * HOUR * HOUR) / 2n / 5n)) / WAD;
    expectWithin(account.pendingFunding, (funding * (3n * 24n - 1n)) / (3n * 24n), 10_000n);
    const state = await getMarket(alice, { deployment });
    expect(state).toMatchObject({
      skew: parseEther("100"),
      openInterest: { takerLong: parseEther("100"), takerShort: 0n, makerLong: 0n, makerShort: parseEther("100") },
      utilization: { long: WAD / 5n, short: 0n },
      shortBorrowingRate: 0n,
      isFrozen: false,
    });
    expect(state.longBorrowingRate).toBe(market.maxBorrowingRate / 5n);
    expect(account.valuation?.accountValue).toBe(accountValue(account, FIRST_PRICE) - pendingOf(account));

    // The maker receives the taker's fees.
    const maker = await getMaker(alice, { deployment, maker: deployment.oracleMaker });
    expect(-pendingOf(maker.account)).toBeLessThanOrEqual(pendingOf(account));
    expect(pendingOf(account) + pendingOf(maker.account)).toBeLessThan(COLLATERAL_SCALE);
    await expectSoundLedger(world);

    const closed = await closeWhole(world, alice, { isLong: true, price: FIRST_PRICE });
    const paid = await feesPaid(world, closed.hash, alice.account.address);
    expect(paid.funding).toBeGreaterThan(account.pendingFunding);
    expect(paid.borrowing).toBeGreaterThan(account.pendingBorrowing);
    expect(pendingOf((await trader(world, alice)).market)).toBe(0n);
    await expectSoundLedger(world);
  });

  test("behavior: after accrue, later time is charged at the current price", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    await openLong(world);
    await world.publish(parseEther("3000"));
    const before = (await getRates(keeper, { deployment })).nextHour.takerLong;
    await sent(keeper, accrue(keeper, { deployment }));
    const after = (await getRates(keeper, { deployment })).nextHour.takerLong;
    expect(after.borrowing).toBeGreaterThan((before.borrowing * 149n) / 100n);
    expect(after.borrowing).toBeLessThan((before.borrowing * 151n) / 100n);
  });

  test("behavior: with a stale price, views return the values that need no price", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await openLong(world);
    await world.warpBy(61n);
    const { market: account, fund } = await trader(world, alice);
    expect(account).toMatchObject({ size: parseEther("50"), valuation: undefined, freeMargin: undefined });
    expect(account.priceError).toMatchObject({ status: "stale", revert: { errorName: "StalePrice" } });
    expect(account.liquidationPrice).toBeGreaterThan(0n);
    // The opening order has bound a part of the fund, and has freed it.
    const { total } = await getEscrow(alice, { deployment, account: alice.account.address });
    expect(fund + total).toBe(2_200n * USD);
    const state = await getMarket(alice, { deployment });
    expect(state.price).toBeUndefined();
    expect(state.lastPrice?.price).toBe(FIRST_PRICE);
    const maker = await getMaker(alice, { deployment, maker: deployment.oracleMaker });
    expect(maker.valueError).toMatchObject({ status: "stale", revert: { errorName: "StalePrice" } });
    expect(maker).toMatchObject({ sharePrice: undefined, totalAssets: undefined, isInsolvent: undefined });
    expect(maker.position.size).toBe(parseEther("-50"));
  });
});

describe("liquidate", () => {
  test("default: the liquidator takes over half", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const account = await openLong(world);
    await world.fund(bob, 20_000n * USD);
    expect(await revertOf(liquidate(bob, { deployment, account }))).toMatchObject({
      errorName: "NotLiquidatable",
      named: { account },
    });

    const price = parseEther("1870");
    await world.publish(price);
    const before = await trader(world, alice);
    expect(before.market.isLiquidatable).toBe(true);
    expect(before.market.liquidationPrice).toBeGreaterThan(price);
    const insurance = (await getMarket(bob, { deployment })).insurance;

    const { base, reward, badDebt } = await liquidateSync(bob, { deployment, account, priceBound: price });
    expect(base).toBe(parseEther("25"));
    // Half of the penalty of 2.5% is the reward, the other half goes to insurance.
    expect(reward).toBe((base * 1870n * 25n) / 2_000n);
    expect(badDebt).toBe(0n);
    expect((await getMarket(bob, { deployment })).insurance).toBe(insurance + reward);
    expect(await getPosition(bob, { deployment, account: bob.account.address })).toEqual({
      size: parseEther("25"),
      openNotional: -(base * 1870n),
      margin: 20_000n * WAD + reward,
    });
    const after = await trader(world, alice);
    expect(after.market.size).toBe(parseEther("25"));
    expect(after.market.isLiquidatable).toBe(false);
    expect(after.market.valuation?.marginRatio).toBeGreaterThan(before.market.valuation?.marginRatio ?? 0n);
    await expectSoundLedger(world);
  });

  test("behavior: an order's execution stores its price, so that an older one liquidates no account", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    await world.publish(parseEther("1880"));
    // 11% of margin at 2,000 are 5.3% at 1,880.
    const account = await openLong(world);
    await world.fund(bob, 20_000n * USD);
    const position = await getPosition(alice, { deployment, account });
    const { insurance } = await getMarket(alice, { deployment });
    expect((await getPriceState(alice, { deployment })).liquidation).toMatchObject({
      ok: true,
      value: { price: FIRST_PRICE },
    });
    expect(await revertOf(liquidate(bob, { deployment, account }))).toMatchObject({
      errorName: "NotLiquidatable",
      named: { account },
    });
    expect(await getPosition(alice, { deployment, account })).toEqual(position);
    expect((await getMarket(alice, { deployment })).insurance).toBe(insurance);
    await expectSoundLedger(world);
  });

  test("behavior: reverts above the lens's liquidation price, and succeeds below it", async () => {
    const { world, account } = await openLongWithLiquidator();
    const { alice, bob, deployment } = world;
    await pass(world, HOUR, FIRST_PRICE);
    const { market: state } = await trader(world, alice);
    const [liquidationPrice, pendingFunding] = [known(state.liquidationPrice), state.pendingFunding];
    expect(pendingFunding).toBeGreaterThan(0n);
    // Pyth's prices have eight decimals, and fees accrue until the transaction.
    await world.publish((liquidationPrice * 10_001n) / 10_000n);
    expect((await revertOf(liquidate(bob, { deployment, account }))).errorName).toBe("NotLiquidatable");
    await world.publish((liquidationPrice * 9_999n) / 10_000n);
    expect((await liquidateSync(bob, { deployment, account })).base).toBe(parseEther("25"));
  });

  test("behavior: against the OracleMaker, by a caller without margin", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    const account = await openLong(world);
    await world.publish(parseEther("1800"));
    const { base, reward } = await liquidateSync(keeper, {
      deployment,
      account,
      maker: deployment.oracleMaker,
      minReward: 1n,
    });
    // The account value is below half of the requirement: the whole position is closed, and the value pays the penalty.
    expect(base).toBe(parseEther("50"));
    expect(reward).toBeGreaterThan(0n);
    expect((await getPosition(keeper, { deployment, account })).size).toBe(0n);
    expect(await getPosition(keeper, { deployment, account: deployment.oracleMaker })).toMatchObject({ size: 0n });
    expect(await getPosition(keeper, { deployment, account: keeper.account.address })).toEqual({
      size: 0n,
      openNotional: 0n,
      margin: reward,
    });
    await expectSoundLedger(world);
  });

  test("error: RewardTooLow, PriceBoundExceeded, NotAuthorized", async () => {
    const { world, account } = await openLongWithLiquidator();
    const { bob, deployment, keeper } = world;
    await world.publish(parseEther("1850"));
    const errorOf = async (parameters: Partial<Parameters<typeof liquidate>[1]>) =>
      (await revertOf(liquidate(bob, { deployment, account, ...parameters }))).errorName;
    expect(await errorOf({ minReward: parseEther("600") })).toBe("RewardTooLow");
    expect(await errorOf({ priceBound: parseEther("1849") })).toBe("PriceBoundExceeded");
    expect(await errorOf({ liquidator: keeper.account.address })).toBe("NotAuthorized");
    expect(await errorOf({ liquidator: account })).toBe("LiquidatorIsAccount");
  });
});

describe("deleverage", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const account = await openLong(world);
    await world.fund(bob, 30_000n * USD);
    await tradeBase(world, bob, { base: parseEther("-50"), price: FIRST_PRICE });
    await world.publish(parseEther("1700"));
    // 11,000 of margin less a loss of 15,000. Insurance holds trading fees only.
    expect((await trader(world, alice)).market.valuation?.accountValue).toBeLessThan(parseEther("-4000"));
    expect(await revertOf(liquidate(bob, { deployment, account }))).toMatchObject({
      errorName: "DeleverageFirst",
      named: { debtAllowedAt: 2n ** 256n - 1n },
    });
    expect((await revertOf(deleverage(keeper, { deployment, account }))).errorName).toBe("NothingToDeleverage");

    const { closed } = await deleverageSync(keeper, { deployment, account, counterparties: [bob.account.address] });
    expect(closed).toMatchObject([{ counterparty: bob.account.address, base: parseEther("50") }]);
    const bankruptcyPrice = closed[0]?.price ?? 0n;
    // The entry price of 2,000 and the maker's premium, less 220 of margin per base, which fees have reduced.
    expect(bankruptcyPrice).toBeGreaterThan(parseEther("1781"));
    expect(bankruptcyPrice).toBeLessThan(parseEther("1782"));
    expect(await getPosition(keeper, { deployment, account })).toEqual({ size: 0n, openNotional: 0n, margin: 0n });
    // Deleveraging takes the winner's profit, never its principal.
    const winner = await getPosition(keeper, { deployment, account: bob.account.address });
    expect(winner.size).toBe(0n);
    expect(winner.margin).toBeGreaterThan(parseEther("40000"));
    expect((await getMarket(keeper, { deployment })).badDebt).toBe(0n);
    await expectSoundLedger(world);
  });

  test("error: NoShortfallBeyondInsurance", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await openLong(world);
    await world.publish(parseEther("1900"));
    const parameters = { deployment, account: alice.account.address };
    expect((await revertOf(deleverage(keeper, parameters))).errorName).toBe("NoShortfallBeyondInsurance");
    expect((await revertOf(flagShortfall(keeper, parameters))).errorName).toBe("NoShortfallBeyondInsurance");
  });
});

test("bad debt is recorded when no account deleverages, and a donation covers it", async () => {
  const world = exchange();
  const { admin, alice, bob, deployment, keeper } = world;
  const account = alice.account.address;
  const liquidation = { deployment, account, maker: deployment.oracleMaker };
  await openLong(world);
  await world.publish(parseEther("1700"));
  await sent(keeper, flagShortfall(keeper, { deployment, account }));
  const early = await revertOf(liquidate(keeper, liquidation));
  expect(early).toMatchObject({ errorName: "DeleverageFirst" });
  expect(early.named.debtAllowedAt).toBeLessThanOrEqual((await world.now()) + HOUR);

  await pass(world, HOUR, parseEther("1700"));
  const { badDebt } = await liquidateSync(keeper, liquidation);
  const state = await getMarket(keeper, { deployment });
  expect(badDebt).toBeGreaterThan(parseEther("3900"));
  expect(state).toMatchObject({ badDebt, insurance: 0n, status: "reduceOnly" });
  expect((await getPosition(keeper, { deployment, account })).margin).toBe(0n);
  await expectSoundLedger(world);
  // The owner cannot lift the reduce-only status. A donation that covers the debt does.
  await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
  expect(await getMarketStatus(keeper, { deployment })).toBe("reduceOnly");

  const gift = badDebt / COLLATERAL_SCALE + 1n;
  await sent(bob, deposit(bob, { deployment, amount: gift }));
  await sent(bob, donateInsurance(bob, { deployment, amount: gift }));
  expect(await getMarket(keeper, { deployment })).toMatchObject({
    badDebt: 0n,
    insurance: gift * COLLATERAL_SCALE - badDebt,
  });
  expect(await getMarketStatus(keeper, { deployment })).toBe("active");
  await expectSoundLedger(world);
});

describe("pause", () => {
  test("default: the guardian pauses, the owner reopens", async () => {
    const world = exchange();
    const { admin, alice, deployment, guardian, keeper } = world;
    const account = await openLong(world);
    await sent(guardian, setMarketStatus(guardian, { deployment, status: "paused" }));
    expect(await getMarket(keeper, { deployment })).toMatchObject({ status: "paused", isFrozen: true });
    const frozen = pendingOf((await trader(world, alice)).market);
    await pass(world, DAY, parseEther("1500"));
    // No fees accrue, no account is liquidatable, and margin can only be added.
    expect(pendingOf((await trader(world, alice)).market)).toBe(frozen);
    expect((await trader(world, alice)).market.isLiquidatable).toBe(false);
    expect(await revertOf(liquidate(keeper, { deployment, account, maker: deployment.oracleMaker }))).toMatchObject({
      errorName: "MarketNotActive",
      named: { status: 3 },
    });
    expect((await revertOf(transferMarginToFund(alice, { deployment, amount: 1n }))).errorName).toBe("MarketFrozen");
    await sent(alice, deposit(alice, { deployment, amount: 20_000n * USD }));
    await sent(alice, transferFundToMargin(alice, { deployment, amount: 20_000n * USD }));

    expect(await revertOf(setMarketStatus(guardian, { deployment, status: "active" }))).toMatchObject({
      errorName: "InvalidStatusChange",
      named: { current: 3, requested: 1 },
    });
    expect((await revertOf(setMarketStatus(alice, { deployment, status: "paused" }))).errorName).toBe(
      "InvalidStatusChange",
    );
    await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
    // In the grace period positions can be reduced, and no account is liquidated.
    const graceEndsAt = (await world.now()) + GRACE;
    expect(await getMarket(keeper, { deployment })).toMatchObject({
      status: "reduceOnly",
      isFrozen: false,
      graceEndsAt,
    });
    expect(await revertOf(liquidate(keeper, { deployment, account, maker: deployment.oracleMaker }))).toMatchObject({
      errorName: "InGracePeriod",
      named: { endsAt: graceEndsAt },
    });
    await closeWhole(world, alice, { isLong: true, price: parseEther("1900") });
    await expectSoundLedger(world);
  });

  test("behavior: the system's status binds every market", async () => {
    const world = exchange();
    const { admin, alice, deployment, guardian, keeper } = world;
    await openLong(world);
    await sent(guardian, setSystemStatus(guardian, { deployment, status: "reduceOnly" }));
    expect(await getMarketStatus(keeper, { deployment })).toBe("reduceOnly");
    const created = await createTrade(world, alice, { base: WAD });
    const refused = await world.execute(created, FIRST_PRICE).catch((error: unknown) => error);
    expect(JSON.stringify(refused, (_, value) => (typeof value === "bigint" ? `${value}` : value))).toContain(
      "MarketNotActive",
    );
    await closeWhole(world, alice, { isLong: true, price: FIRST_PRICE });
    await sent(admin, setSystemStatus(admin, { deployment, status: "active" }));
    expect(await getMarketStatus(keeper, { deployment })).toBe("active");
  });
});

test("after an outage of the price, an account adds margin and reduces before it can be liquidated", async () => {
  const { world, account } = await openLongWithLiquidator();
  const { alice, bob, deployment, keeper } = world;
  const { pythId } = deployment;
  const { lastPrice, graceEndsAt: never } = await getMarket(keeper, { deployment });
  expect(never).toBeUndefined();
  const { publishTime: last } = known(lastPrice);

  // Pyth publishes nothing for an hour. The first price after it makes the account liquidatable.
  await world.warpBy(HOUR);
  const price = parseEther("1850");
  await world.publish(price);
  expect((await trader(world, alice)).market.isLiquidatable).toBe(true);
  const outageEnd = await world.now();
  const updateData = [world.updateAt(outageEnd, price, { prevPublishTime: last })];
  const report = { deployment, pythId, updateData, minPublishTime: last + 1n, value: PYTH_FEE };
  await reportOutageSync(keeper, report);
  const graceEndsAt = outageEnd + GRACE;
  expect(await getMarket(keeper, { deployment })).toMatchObject({ graceEndsAt });
  expect((await trader(world, alice)).market.isLiquidatable).toBe(false);
  expect(await revertOf(liquidate(bob, { deployment, account }))).toMatchObject({
    errorName: "InGracePeriod",
    named: { endsAt: graceEndsAt },
  });
  expect((await revertOf(reportOutage(keeper, report))).errorName).toBe("OutageOver");

  // A price that may be known at the report still opens positions. Later ones of the period do not.
  await world.warpBy(10n);
  expect(await world.execute(await createTrade(world, bob, { base: WAD }), price)).toMatchObject({
    status: "purged",
    reason: { errorName: "MarketNotActive" },
  });
  await world.fund(alice, 10_000n * USD);
  await tradeBase(world, alice, { base: parseEther("-10"), price });
  const { margin } = await getPosition(keeper, { deployment, account });

  await world.warpTo(graceEndsAt);
  await world.publish(price);
  expect((await revertOf(liquidate(bob, { deployment, account }))).errorName).toBe("NotLiquidatable");
  expect((await getPosition(keeper, { deployment, account })).margin).toBe(margin);
  await tradeBase(world, bob, { base: WAD, price });
  await expectSoundLedger(world);
});

test("a market whose feed has stopped is settled at its last price", async () => {
  const world = exchange();
  const { alice, bob, deployment, keeper } = world;
  await openLong(world);
  await world.fund(bob, 40_000n * USD);
  await tradeBase(world, bob, { base: parseEther("-20"), price: FIRST_PRICE, maker: deployment.spotHedgeBaseMaker });
  const lastPrice = parseEther("2050");
  await world.publish(lastPrice);
  expect((await revertOf(announceSettlement(keeper, { deployment }))).errorName).toBe("FeedAlive");

  await world.warpBy(3n * DAY);
  expect((await revertOf(settleMarket(keeper, { deployment }))).errorName).toBe("SettlementNotDue");
  await sent(keeper, announceSettlement(keeper, { deployment }));
  const { settleableAt = 0n } = await getSettlement(keeper, { deployment });
  expect(settleableAt).toBe((await world.now()) + DAY);
  const { oracleMaker, spotHedgeBaseMaker } = deployment;
  const parties = [alice.account.address, bob.account.address, oracleMaker, spotHedgeBaseMaker];
  expect((await revertOf(settleAccount(keeper, { deployment, account: parties[0] as `0x${string}` }))).errorName).toBe(
    "MarketNotActive",
  );
  await world.warpTo(settleableAt);
  await sent(keeper, settleMarket(keeper, { deployment }));
  expect((await getSettlement(keeper, { deployment })).settlementPrice).toBe(lastPrice);
  expect(await getMarketStatus(keeper, { deployment })).toBe("settled");

  const long = await getAccount(keeper, { deployment, account: alice.account.address });
  for (const account of parties) {
    await sent(keeper, settleAccount(keeper, { deployment, account }));
    expect((await getPosition(keeper, { deployment, account })).size).toBe(0n);
    await expectSoundLedger(world);
  }
  const margin = accountValue(long, lastPrice) - pendingOf(long);
  expect((await getPosition(keeper, { deployment, account: alice.account.address })).margin).toBe(margin);
  // The account can withdraw its margin after settlement.
  const amount = margin / COLLATERAL_SCALE;
  const fund = await getFund(alice, { deployment, account: alice.account.address });
  await sent(alice, transferMarginToFund(alice, { deployment, amount }));
  expect(await getFund(alice, { deployment, account: alice.account.address })).toBe(fund + amount);
  await expectSoundLedger(world);
});
