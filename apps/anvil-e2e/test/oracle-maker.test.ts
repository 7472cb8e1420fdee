import {
  claimLpAssetsSync,
  claimReturnedLpRequest,
  createOrderSync,
  deposit,
  depositLpSync,
  getFeed,
  getFund,
  getLpClaims,
  getMaker,
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getOracleMakerParameters,
  getPosition,
  getPrice,
  getTrader,
  inventoryCurve,
  isValidSender,
  quoteTrade,
  requestLpRedeemSync,
  setOperator,
  setOracleMakerParameters,
  settleLpRequestsSync,
  setValidSender,
  transferFundToMargin,
  transferMarginToFund,
  withdraw,
  withdrawEscrow,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { oracleMakerAbi } from "@counterpoise/sdk/abis";
import { accountValue, COLLATERAL_SCALE, FLAT, NO_UPPER_BOUND, USD, valued, WAD } from "@counterpoise/testkit";
import { type Hash, parseEther, parseEventLogs } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Exchange,
  executed,
  KEEPER_FEE,
  LP_COLLATERAL,
  market,
  ORACLE_FLOAT,
  PYTH_FEE,
  revertOf,
  sent,
  TAKER_COLLATERAL,
  useExchange,
} from "../src/exchange.js";
import { feesPaid, pendingOf, tradingFeeOf } from "../src/fees.js";
import { expectLedgerLaws } from "../src/laws.js";
import { afterFill, assetsFor, boughtFor, costOf, proceedsOf, sharesFor } from "../src/reference.js";
import { buyBase, close, createTrade, sellBase, tradeBase } from "../src/trades.js";

const exchange = useExchange();

describe("taker", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const taker = alice.account.address;
    const maker = deployment.oracleMaker;
    const position = () => getPosition(alice, { deployment, account: taker });
    const inventory = async () => (await getPosition(alice, { deployment, account: maker })).size;

    // The taker deposits collateral.
    await sent(alice, deposit(alice, { deployment, amount: 50_000n * USD }));
    await sent(alice, transferFundToMargin(alice, { deployment, amount: 40_000n * USD }));
    await sent(alice, setOperator(alice, { deployment, approved: true }));
    expect(await getFund(alice, { deployment, account: taker })).toBe(10_000n * USD);
    let expected = { ...FLAT, margin: 40_000n * WAD };
    expect(await position()).toEqual(expected);
    await expectLedgerLaws(world);
    const keeperBefore = await keeper.getBalance({ address: keeper.account.address });
    let gasPaid = 0n;
    let [takerFees, makerFees] = [0n, 0n];
    const settle = async (outcome: ReturnType<typeof executed>) => {
      const { gasUsed, effectiveGasPrice } = await keeper.getTransactionReceipt({ hash: outcome.hash });
      gasPaid += gasUsed * effectiveGasPrice;
      const fees = await feesPaid(world, outcome.hash, taker);
      expect(fees.trading).toBe(tradingFeeOf(outcome.quote));
      takerFees += fees.total;
      makerFees += (await feesPaid(world, outcome.hash, maker)).total;
      expected = afterFill(expected, outcome.base, outcome.quote);
      expected.margin -= fees.total;
      expect(await position()).toEqual(expected);
      expect(await inventory()).toBe(-expected.size);
      await expectLedgerLaws(world);
    };

    // It opens with 10 base, at the first price after the delay.
    const opening = await createTrade(world, alice, { base: parseEther("10") });
    expect(opening.order.executableAt).toBe((await world.now()) + BigInt(market.rules.delay));
    expect(opening.order.expiresAt).toBe(opening.order.executableAt + BigInt(market.rules.validity));
    const opened = executed(await world.execute(opening, parseEther("2010")));
    const openingCost = costOf(parseEther("10"), { price: parseEther("2010"), inventory: 0n });
    // 10 x 2010, plus half of 1% x 10/500 of it.
    expect(openingCost).toBe(parseEther("20102.01"));
    expect(opened).toMatchObject({ base: parseEther("10"), quote: -openingCost, price: parseEther("2010") });
    await settle(opened);

    // It adds the size that 5,000 buy.
    const spend = { ...buyBase, isExactInput: true, oppositeBound: parseEther("2.5") };
    const adding = await createOrderSync(alice, { deployment, maker, ...spend, amount: parseEther("5000") });
    const added = executed(await world.execute(adding, parseEther("1990")));
    const bought = boughtFor(parseEther("5000"), { price: parseEther("1990"), inventory: parseEther("-10") });
    expect(added).toMatchObject({ base: bought, quote: parseEther("-5000"), price: parseEther("1990") });
    await settle(added);

    // It reduces: the maker's inventory decreases, so there is no premium.
    const reducing = await createTrade(world, alice, { base: parseEther("-4") });
    const reduced = executed(await world.execute(reducing, parseEther("2050")));
    expect(reduced).toMatchObject({ base: parseEther("-4"), quote: parseEther("8200"), price: parseEther("2050") });
    await settle(reduced);

    // It closes the rest.
    const closing = await createOrderSync(alice, { deployment, maker, ...close(true) });
    const left = parseEther("6") + bought;
    const closed = executed(await world.execute(closing, parseEther("2040")));
    const proceeds = proceedsOf(left, { price: parseEther("2040"), inventory: -left });
    expect(closed).toMatchObject({ base: -left, quote: proceeds });
    await settle(closed);
    const profit = -openingCost - parseEther("5000") + parseEther("8200") + proceeds;
    expect(expected).toEqual({ size: 0n, openNotional: 0n, margin: 40_000n * WAD + profit - takerFees });
    expect(makerFees).toBeLessThan(0n);
    expect(await getMaker(alice, { deployment, maker })).toMatchObject({
      utilization: { long: 0n, short: 0n },
      position: { size: 0n, openNotional: 0n, margin: LP_COLLATERAL * COLLATERAL_SCALE - profit - makerFees },
    });

    // The keeper has received the fees of four orders, and the oracle has paid Pyth.
    const keeperAfter = await keeper.getBalance({ address: keeper.account.address });
    expect(keeperAfter - keeperBefore + gasPaid).toBe(4n * KEEPER_FEE);
    expect(await alice.getBalance({ address: deployment.oracle })).toBe(ORACLE_FLOAT - 4n * PYTH_FEE);

    // The taker withdraws its collateral and its profit.
    const margin = expected.margin / COLLATERAL_SCALE;
    await sent(alice, transferMarginToFund(alice, { deployment, amount: margin }));
    await sent(alice, withdrawEscrow(alice, { deployment }));
    await sent(alice, withdraw(alice, { deployment, amount: 10_000n * USD + margin }));
    expect(await position()).toEqual({ size: 0n, openNotional: 0n, margin: expected.margin % COLLATERAL_SCALE });
    expect(await getFund(alice, { deployment, account: taker })).toBe(0n);
    expect(await world.collateralOf(taker)).toBe(TAKER_COLLATERAL - 40_000n * USD + margin);
    await expectLedgerLaws(world);
  });

  test("behavior: a short, with which the maker goes long", async () => {
    const world = exchange();
    const { bob, deployment } = world;
    const maker = deployment.oracleMaker;
    await world.fund(bob, 40_000n * USD);

    const opening = await createTrade(world, bob, { base: parseEther("-50") });
    const opened = executed(await world.execute(opening, parseEther("2000")));
    expect(opened.quote).toBe(proceedsOf(parseEther("50"), { price: parseEther("2000"), inventory: 0n }));
    await world.publish(parseEther("2000"));
    // A tenth of the cap: the premium is a tenth of 1%.
    expect(await getMakerPrices(bob, { deployment })).toEqual({
      bid: parseEther("1998"),
      ask: parseEther("2000"),
      reservationPrice: parseEther("1998"),
    });
    expect((await getMaker(bob, { deployment, maker })).utilization).toEqual({ long: 0n, short: WAD / 10n });

    const closing = await createOrderSync(bob, { deployment, maker, ...close(false) });
    const closed = executed(await world.execute(closing, parseEther("1900")));
    expect(closed).toMatchObject({ base: parseEther("50"), quote: parseEther("-95000") });
    await expectLedgerLaws(world);
  });

  test("behavior: takers on both sides offset each other in the maker's inventory", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const maker = deployment.oracleMaker;
    await world.fund(alice, 20_000n * USD);
    await world.fund(bob, 20_000n * USD);
    const long = await createTrade(world, alice, { base: parseEther("10") });
    const short = await createTrade(world, bob, { base: parseEther("-10") });
    await world.execute(short, parseEther("2000"));
    const { hash } = executed(await world.execute(long, parseEther("2000")));
    const { position } = await getMaker(alice, { deployment, maker });
    expect(position.size).toBe(0n);
    // The LPs keep the short's premium and its fees.
    const discount = parseEther("20000") - proceedsOf(parseEther("10"), { price: parseEther("2000"), inventory: 0n });
    const fees = await feesPaid(world, hash, maker);
    expect(position.margin).toBe(LP_COLLATERAL * COLLATERAL_SCALE + discount - fees.total);
    await expectLedgerLaws(world);
  });

  test("error: InsufficientMargin", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 5_000n * USD);
    await tradeBase(world, alice, { base: parseEther("10"), price: parseEther("2000") });
    await world.publish(parseEther("2000"));
    const revert = await revertOf(transferMarginToFund(alice, { deployment, amount: 4_000n * USD }));
    expect(revert).toMatchObject({ errorName: "InsufficientMargin", named: { required: parseEther("2000") } });
  });

  test("behavior: margin of an open position leaves at a fresh price, not older than the last fill", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 5_000n * USD);
    await tradeBase(world, alice, { base: parseEther("10"), price: parseEther("2000") });
    const { market } = await getTrader(alice, { deployment, account: alice.account.address });
    const { publishTime } = await getPrice(alice, { deployment });
    expect(market.lastFillAt).toBe(publishTime);
    expect(market.closes).toBe(0n);
    const { freshAge } = await getFeed(alice, { deployment });
    expect(freshAge).toBe(10);

    await world.warpBy(BigInt(freshAge) + 1n);
    const withdrawal = { deployment, amount: 1_000n * USD };
    expect((await revertOf(transferMarginToFund(alice, withdrawal))).errorName).toBe("StalePrice");
    await world.publish(parseEther("2000"));
    await sent(alice, transferMarginToFund(alice, withdrawal));

    await tradeBase(world, alice, { base: parseEther("-10"), price: parseEther("2000") });
    expect((await getTrader(alice, { deployment, account: alice.account.address })).market.closes).toBe(1n);
    await expectLedgerLaws(world);
  });

  test("error: InsufficientFund", async () => {
    const { alice, deployment } = exchange();
    expect(await revertOf(withdraw(alice, { deployment, amount: 1n }))).toMatchObject({
      errorName: "InsufficientFund",
      named: { requested: 1n, available: 0n },
    });
  });
});

describe("LP fee and confidence premium", () => {
  const price = parseEther("2000");
  const confidence = parseEther("4");
  const charges = { lpFee: 500, confidenceFactor: 500_000, maxConfidencePremium: 5_000 };

  const charge = async ({ admin, deployment }: Exchange) => {
    const parameters = { ...(await getOracleMakerParameters(admin, { deployment })), ...charges };
    await sent(admin, setOracleMakerParameters(admin, { deployment, parameters }));
    return parameters;
  };

  /** Price, fee and spread of a fill, by the maker's event. */
  const reported = async ({ keeper, deployment }: Exchange, hash: Hash) => {
    const { logs } = await keeper.getTransactionReceipt({ hash });
    const [event] = parseEventLogs({ abi: oracleMakerAbi, eventName: "PythOracleOrderFilled", logs });
    if (event?.address.toLowerCase() !== deployment.oracleMaker.toLowerCase())
      throw new Error("The transaction contains no fill of the maker");
    const { tradePrice, fee, spread } = event.args;
    return { price: tradePrice, fee, spread };
  };

  test("default: the quote of the lens, the SDK's quote and the fill are equal", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const maker = deployment.oracleMaker;
    await world.fund(alice, 90_000n * USD);
    const parameters = await charge(world);
    expect(await getOracleMakerParameters(alice, { deployment })).toEqual({ ...market.oracleMaker, ...charges });

    // Two orders on each side, in base and in quote, across an inventory of zero.
    const orders = [
      { ...buyBase, amount: parseEther("30") },
      { ...sellBase, amount: parseEther("50") },
      { ...buyBase, isExactInput: true, oppositeBound: 0n, amount: parseEther("70000") },
      { ...sellBase, isExactInput: false, oppositeBound: NO_UPPER_BOUND, amount: parseEther("12345.678901") },
    ];
    let fees = 0n;
    for (const order of orders) {
      await world.publish(price, confidence);
      const { size: inventory } = await getPosition(alice, { deployment, account: maker });
      const quoted = await getMakerQuote(alice, { deployment, ...order });
      expect(inventoryCurve.fill({ ...parameters, price, confidence, inventory }, order)).toEqual(quoted);
      const { base, quote } = await quoteTrade(alice, { deployment, taker: alice.account.address, maker, ...order });
      // The signs of a quote are those of the taker's side.
      const sign = order.isBaseToQuote ? -1n : 1n;
      expect([base, quote]).toEqual([sign * quoted.base, -sign * quoted.quote]);

      const created = await createOrderSync(alice, { deployment, maker, ...order });
      const outcome = executed(await world.execute(created, price, confidence));
      expect(outcome).toMatchObject({ base, quote, price });
      const { base: _, quote: __, ...rest } = quoted;
      expect(await reported(world, outcome.hash)).toEqual(rest);
      expect(rest.fee).toBeGreaterThan(0n);
      fees += rest.fee;

      // The capacity of each side changes by the fill.
      const { size } = await getPosition(alice, { deployment, account: maker });
      expect(size).toBe(inventory - base);
      expect(await getMakerCapacity(alice, { deployment })).toEqual({
        buys: parameters.maxAbsPosition + size,
        sells: parameters.maxAbsPosition - size,
      });
      await expectLedgerLaws(world);
    }

    // The LPs receive fees and the premiums of inventory and confidence.
    const closing = await createOrderSync(alice, {
      deployment,
      maker,
      ...close((await getPosition(alice, { deployment, account: alice.account.address })).size > 0n),
    });
    fees += (await reported(world, executed(await world.execute(closing, price, confidence)).hash)).fee;
    const { position } = await getMaker(alice, { deployment, maker });
    expect(position.size).toBe(0n);
    expect(position.margin - LP_COLLATERAL * COLLATERAL_SCALE).toBeGreaterThan(fees);
    await expectLedgerLaws(world);
  });

  test("behavior: prices include the LP fee and the confidence premium", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await charge(world);
    await world.publish(price, confidence);
    expect(await getMakerPrices(alice, { deployment })).toEqual({
      // 2000 +/- half of 4, and 0.05% of that.
      bid: parseEther("1997.001"),
      ask: parseEther("2003.001"),
      reservationPrice: price,
    });
  });

  test("behavior: the limit bounds the confidence premium of a close", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const maker = deployment.oracleMaker;
    await world.fund(alice, 20_000n * USD);
    await tradeBase(world, alice, { base: parseEther("10"), price });
    await charge(world);
    const closing = await createOrderSync(alice, { deployment, maker, ...close(true) });
    const { quote } = executed(await world.execute(closing, price, parseEther("900")));
    // 0.5% below 2000, and 0.05% of that.
    expect(quote).toBe(parseEther("19890.05"));
  });

  test("error: PriceBandTooNarrow", async () => {
    const { admin, deployment } = exchange();
    const parameters = { ...market.oracleMaker, lpFee: 20_000, confidenceFactor: 1, maxConfidencePremium: 20_000 };
    const revert = await revertOf(setOracleMakerParameters(admin, { deployment, parameters }));
    // 1.01 x 1.02 x 1.02
    expect(revert).toMatchObject({
      errorName: "PriceBandTooNarrow",
      named: { greatestDistance: 50_804n, priceBand: 50_000n },
    });
  });

  test("behavior: a gateway that is not approved", async () => {
    const world = exchange();
    const { admin, alice, deployment } = world;
    const sender = deployment.orderGateway;
    await world.fund(alice, 20_000n * USD);
    expect(await isValidSender(alice, { deployment, sender })).toBe(true);
    await sent(admin, setValidSender(admin, { deployment, sender, approved: false }));
    expect(await isValidSender(alice, { deployment, sender })).toBe(false);
    const request = {
      ...buyBase,
      amount: parseEther("1"),
      taker: alice.account.address,
      maker: deployment.oracleMaker,
    };
    const failed = await quoteTrade(alice, { deployment, ...request }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ revert: { errorName: "SenderNotApproved", named: { sender } } });
  });
});

describe("LP", () => {
  test("behavior: of a redemption that the margin of the inventory limits, a part is paid and the rest is returned", async () => {
    const world = exchange();
    const { alice, deployment, keeper, lp } = world;
    const [maker, requestVault] = [deployment.oracleMaker, deployment.oracleMakerRequestVault];
    const controller = lp.account.address;
    await world.fund(alice, 80_000n * USD);
    await tradeBase(world, alice, { base: parseEther("300"), price: parseEther("2000") });

    const { totalShares: shares } = await getMaker(lp, { deployment, maker });
    const request = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    await world.warpTo(request.executableAt);
    const updates = [[world.updateAt(request.executableAt, parseEther("2000"))]];
    const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates });
    const settled = outcomes.find(({ status }) => status === "settled") as { input: bigint; output: bigint };
    const returned = outcomes.find(({ status }) => status === "returned");
    expect(settled.input).toBeLessThan(shares);
    expect(returned).toMatchObject({
      returned: shares - settled.input,
      reason: { errorName: "MetInPart", named: { amount: shares, met: settled.input } },
    });
    const claim = await claimLpAssetsSync(lp, { requestVault, shares: settled.input });
    expect(claim.assets).toBe(settled.output);
    await sent(lp, claimReturnedLpRequest(lp, { requestVault, requestId: request.requestId, isDeposit: false }));
    expect((await getLpClaims(lp, { requestVault, controller })).redemptions.shares).toBe(0n);

    // An inventory of 600,000 needs 12%. The account keeps that, plus the exit fee.
    await world.publish(parseEther("2000"));
    const left = (await getMaker(lp, { deployment, maker })).account.valuation?.accountValue ?? 0n;
    expect(left).toBeGreaterThanOrEqual(parseEther("72000"));
    expect(left).toBeLessThan(parseEther("74000"));
    await expectLedgerLaws(world);
  });

  test("default", async () => {
    const world = exchange();
    const { alice, deployment, otherLp } = world;
    const maker = deployment.oracleMaker;
    const state = async () => valued(await getMaker(otherLp, { deployment, maker }));
    await world.fund(alice, 40_000n * USD);
    await tradeBase(world, alice, { base: parseEther("100"), price: parseEther("2000") });
    const price = parseEther("1900");
    await world.publish(price);

    // The taker has lost, so the share price is above one.
    const before = await state();
    /** Value of the LPs' account at the latest block. */
    const worth = ({ position, account }: typeof before) => accountValue(position, price) - pendingOf(account);
    expect(before.totalShares).toBe(LP_COLLATERAL * COLLATERAL_SCALE);
    expect(before.totalAssets).toBe(worth(before) / COLLATERAL_SCALE);
    expect(before.sharePrice).toBe(assetsFor(WAD, worth(before), before.totalShares));
    expect(before.sharePrice).toBeGreaterThan(WAD);

    const amount = 250_000n * USD;
    const shares = await depositLpSync(otherLp, { maker, amount, minShares: 1n });
    const during = await state();
    const assets = worth(during) - amount * COLLATERAL_SCALE;
    expect(shares).toBe(sharesFor(amount * COLLATERAL_SCALE, assets, before.totalShares));
    // The account has received the fees of one more second.
    expect(assets).toBeGreaterThanOrEqual(worth(before));
    const untouched = assetsFor(WAD, assets, before.totalShares);
    expect(during.sharePrice).toBeGreaterThanOrEqual(untouched);
    expect(during.sharePrice - untouched).toBeLessThanOrEqual(1n);
    await expectLedgerLaws(world);

    const wallet = await world.collateralOf(otherLp.account.address);
    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    expect(await world.collateralOf(otherLp.account.address)).toBe(wallet + paid);
    const after = await state();
    const total = worth(after) + paid * COLLATERAL_SCALE;
    expect(paid).toBe(assetsFor(shares, total, during.totalShares) / COLLATERAL_SCALE);
    expect(after.sharePrice).toBeGreaterThanOrEqual(during.sharePrice);
    await expectLedgerLaws(world);
  });

  test("error: LessThanMinimum", async () => {
    const { deployment, otherLp } = exchange();
    const parameters = { maker: deployment.oracleMaker, amount: 1_000n * USD, minShares: 1_000n * WAD + 1n };
    expect(await revertOf(depositLpSync(otherLp, parameters))).toMatchObject({
      errorName: "LessThanMinimum",
      named: { amount: 1_000n * WAD, minimum: 1_000n * WAD + 1n },
    });
  });

  test("error: NotWhitelistLp", async () => {
    const { alice, deployment } = exchange();
    const revert = await revertOf(depositLpSync(alice, { maker: deployment.oracleMaker, amount: USD, minShares: 0n }));
    expect(revert).toMatchObject({ errorName: "NotWhitelistLp", named: { caller: alice.account.address } });
  });

  test("error: BelowMinMarginRatio", async () => {
    const world = exchange();
    const { alice, deployment, lp } = world;
    const maker = deployment.oracleMaker;
    await world.fund(alice, 80_000n * USD);
    await tradeBase(world, alice, { base: parseEther("300"), price: parseEther("2000") });
    await world.publish(parseEther("2000"));
    // An inventory of 600,000 needs 60,000 by the market's ratio, and 72,000 by the maker's.
    const revert = await revertOf(withdrawLpSync(lp, { maker, shares: 935_000n * WAD, minAmount: 0n }));
    expect(revert).toMatchObject({ errorName: "BelowMinMarginRatio", named: { required: parseEther("72000") } });
  });
});
