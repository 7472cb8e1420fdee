import {
  createOrderSync,
  depositLpSync,
  executeOrderSync,
  getHedge,
  getMaker,
  getPosition,
  isOrderAlive,
  type Position,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { accountValue, COLLATERAL_SCALE, FLAT, USD, valued, WAD } from "@counterpoise/testkit";
import { parseAbi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, FIRST_PRICE, LP_BASE, revertOf, useExchange } from "../src/exchange.js";
import { feesPaid, pendingOf, tradingFeeOf } from "../src/fees.js";
import { expectLedgerLaws, hedgeDrift } from "../src/laws.js";
import { afterFill, assetsFor, sharesFor, spotExactInput, spotExactOutput, utilization } from "../src/reference.js";
import { close, createTrade, sellBase, tradeBase } from "../src/trades.js";

const exchange = useExchange();

/** The pool's cost of `base`, WAD quote. */
const spotCost = async (world: Exchange, base: bigint) =>
  (await spotExactOutput(world, world.deployment.collateral, base)) * COLLATERAL_SCALE;

/** The pool's proceeds of `base`, WAD quote. */
const spotProceeds = async (world: Exchange, base: bigint) =>
  (await spotExactInput(world, world.deployment.base, base)) * COLLATERAL_SCALE;

describe("taker", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const maker = deployment.spotHedgeBaseMaker;
    await world.fund(alice, 40_000n * USD);
    let expected = { ...FLAT, margin: 40_000n * WAD };
    let vault: Position = FLAT;
    let vaultFees = 0n;
    /** Checks a fill. `hedged`: base that the maker bought or sold (negative). `hedgeQuote`: quote that it received. */
    const settle = async (
      { base, quote, hash }: ReturnType<typeof executed>,
      { hedged, hedgeQuote }: { hedged: bigint; hedgeQuote: bigint },
    ) => {
      expect(base).toBe(hedged);
      expected = afterFill(expected, base, quote);
      vault = { ...vault, margin: vault.margin + hedgeQuote };
      vault = afterFill(vault, -base, -quote);
      const [takerPaid, vaultPaid] = [
        await feesPaid(world, hash, alice.account.address),
        await feesPaid(world, hash, maker),
      ];
      expect(takerPaid.trading).toBe(tradingFeeOf(quote));
      expected.margin -= takerPaid.total;
      vault.margin -= vaultPaid.total;
      vaultFees += vaultPaid.total;
      expect(await getPosition(alice, { deployment, account: alice.account.address })).toEqual(expected);
      const state = await getMaker(alice, { deployment, maker });
      expect(state.position).toEqual(vault);
      const { assetBalance, assetLiability } = await getHedge(alice, { deployment });
      expect(assetBalance).toBe(LP_BASE - vault.size);
      expect(assetLiability).toBe(LP_BASE);
      expect(await world.baseOf(maker)).toBe(assetBalance);
      expect(state.utilization).toEqual({ long: 0n, short: utilization(assetBalance, LP_BASE) });
      expect(await hedgeDrift(world, LP_BASE), "H1").toBe(0n);
      await expectLedgerLaws(world);
    };

    // The taker shorts 5 base: the base vault sells them at once, and the taker receives the proceeds.
    const opening = await createTrade(world, alice, { base: parseEther("-5"), maker });
    const proceeds = await spotProceeds(world, parseEther("5"));
    const opened = executed(await world.execute(opening, FIRST_PRICE));
    expect(opened).toMatchObject({ base: parseEther("-5"), quote: proceeds });
    await settle(opened, { hedged: parseEther("-5"), hedgeQuote: proceeds });
    expect((await getMaker(alice, { deployment, maker })).utilization.short).toBe(WAD / 100n);

    // It adds for exactly 4,000 of quote, after the pool has moved up.
    await world.movePool(parseEther("2040"));
    const adding = await createOrderSync(alice, {
      deployment,
      maker,
      ...sellBase,
      isExactInput: false,
      amount: parseEther("4000"),
      oppositeBound: parseEther("2"),
    });
    const sold = await spotExactOutput(world, deployment.base, 4_000n * USD);
    const added = executed(await world.execute(adding, parseEther("2040")));
    expect(added).toMatchObject({ base: -sold, quote: parseEther("4000") });
    await settle(added, { hedged: -sold, hedgeQuote: parseEther("4000") });

    // It buys 3 back, after the pool has moved down: the pool charges more than the oracle price.
    await world.movePool(parseEther("1980"));
    const reducing = await createTrade(world, alice, { base: parseEther("3"), maker });
    const spent = await spotCost(world, parseEther("3"));
    const reduced = executed(await world.execute(reducing, parseEther("1980")));
    expect(spent).toBeGreaterThan(3n * parseEther("1980"));
    expect(reduced).toMatchObject({ base: parseEther("3"), quote: -spent });
    await settle(reduced, { hedged: parseEther("3"), hedgeQuote: -spent });
    expect(vault.margin + vault.openNotional).toBe(-vaultFees);
    expect(vaultFees).toBeLessThan(0n);

    // It closes while the pool is below the oracle price: the taker pays the oracle price, and the LPs keep the difference.
    const left = -expected.size;
    await world.movePool(parseEther("1970"));
    const closing = await createOrderSync(alice, { deployment, maker, ...close(false) });
    const spentLast = await spotCost(world, left);
    const closed = executed(await world.execute(closing, parseEther("1985")));
    const paid = left * 1985n;
    expect(closed).toMatchObject({ base: left, quote: -paid });
    await settle(closed, { hedged: left, hedgeQuote: -spentLast });

    expect(expected).toMatchObject({ size: 0n, openNotional: 0n });
    expect(vault).toEqual({ size: 0n, openNotional: 0n, margin: paid - spentLast - vaultFees });
    expect(await getHedge(alice, { deployment })).toMatchObject({ assetBalance: LP_BASE, assetLiability: LP_BASE });
    expect((await getMaker(alice, { deployment, maker })).utilization).toEqual({ long: 0n, short: 0n });
  });

  test("behavior: tokens sent to the base vault change nothing", async () => {
    const world = exchange();
    const { alice, deployment, lp } = world;
    const maker = deployment.spotHedgeBaseMaker;
    const before = await getMaker(alice, { deployment, maker });
    const abi = parseAbi(["function deposit() payable", "function transfer(address to, uint256 amount)"]);
    const weth = { address: deployment.base, abi };
    await lp.writeContract({ ...weth, functionName: "deposit", value: WAD });
    await lp.writeContract({ ...weth, functionName: "transfer", args: [maker, WAD] });
    expect(await world.baseOf(maker)).toBe(LP_BASE + WAD);
    expect(await getMaker(alice, { deployment, maker })).toEqual(before);
    expect(await hedgeDrift(world, LP_BASE)).toBe(0n);
  });

  test("error: HedgeTooFar keeps the order open until the pool returns", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 40_000n * USD);
    const created = await createTrade(world, alice, { base: -WAD, maker: deployment.spotHedgeBaseMaker });
    await world.movePool(parseEther("1900"));
    const revert = await revertOf(world.execute(created, FIRST_PRICE));
    expect(revert).toMatchObject({ errorName: "HedgeTooFar", named: { oraclePrice: FIRST_PRICE } });
    expect(await isOrderAlive(keeper, { deployment, ...created })).toBe(true);

    await world.movePool(FIRST_PRICE);
    expect((await world.execute(created, FIRST_PRICE)).status).toBe("executed");
    expect(await hedgeDrift(world, LP_BASE)).toBe(0n);
  });

  test("error: SlippageExceeded keeps the order open, because a keeper could have moved the pool", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 40_000n * USD);
    const created = await createOrderSync(alice, {
      deployment,
      maker: deployment.spotHedgeBaseMaker,
      ...sellBase,
      amount: WAD,
      oppositeBound: FIRST_PRICE,
    });
    expect((await revertOf(world.execute(created, FIRST_PRICE))).errorName).toBe("SlippageExceeded");
    expect(await isOrderAlive(keeper, { deployment, ...created })).toBe(true);
  });

  test("error: MakerCapacityExceeded when takers buy more than the base vault is long", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 40_000n * USD);
    const created = await createTrade(world, alice, { base: WAD, maker: deployment.spotHedgeBaseMaker });
    await world.warpTo(created.order.executableAt);
    const updateData = [world.priceUpdate(created, FIRST_PRICE)];
    expect(await revertOf(executeOrderSync(keeper, { deployment, ...created, updateData }))).toMatchObject({
      errorName: "MakerCapacityExceeded",
      named: { requested: WAD, available: 0n },
    });
  });
});

describe("LP", () => {
  /** Alice shorts base against the base vault, at the first price. */
  async function openShort(base: bigint) {
    const world = exchange();
    const { alice, deployment, lp } = world;
    const maker = deployment.spotHedgeBaseMaker;
    await world.fund(alice, 80_000n * USD);
    await tradeBase(world, alice, { base: -base, maker, price: FIRST_PRICE });
    return { world, alice, deployment, lp, maker };
  }

  test("default", async () => {
    const world = exchange();
    const { alice, deployment, otherLp } = world;
    const maker = deployment.spotHedgeBaseMaker;
    const state = async () => valued(await getMaker(otherLp, { deployment, maker }));
    await world.fund(alice, 80_000n * USD);
    await tradeBase(world, alice, { base: parseEther("-100"), maker, price: FIRST_PRICE });
    const price = parseEther("2010");
    await world.publish(price);

    const before = await state();
    const balance = LP_BASE - parseEther("100");
    /** Value of the LPs' base and account in base, at the latest block. */
    const worth = ({ position, account }: typeof before, held: bigint) =>
      held + ((accountValue(position, price) - pendingOf(account)) * WAD) / price;
    expect(before.totalAssets).toBe(worth(before, balance));
    expect(before.sharePrice).toBe(assetsFor(WAD, before.totalAssets, LP_BASE));
    expect(before.utilization.short).toBe(WAD / 5n);

    const amount = parseEther("250");
    const shares = await depositLpSync(otherLp, { maker, amount, minShares: 1n });
    const during = await state();
    expect(during.totalAssets).toBe(worth(during, balance + amount));
    const assets = during.totalAssets - amount;
    expect(shares).toBe(sharesFor(amount, assets, before.totalShares));
    const untouched = assetsFor(WAD, assets, before.totalShares);
    expect(during.sharePrice).toBeGreaterThanOrEqual(untouched);
    expect(during.sharePrice - untouched).toBeLessThanOrEqual(1n);
    expect(during.utilization.short).toBe(utilization(balance + amount, LP_BASE + amount));
    expect(await hedgeDrift(world, LP_BASE + amount), "H1").toBe(0n);
    await expectLedgerLaws(world);

    const wallet = await world.baseOf(otherLp.account.address);
    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    const after = await state();
    expect(paid).toBe(assetsFor(shares, after.totalAssets + paid, during.totalShares));
    expect(await world.baseOf(otherLp.account.address)).toBe(wallet + paid);
    const { assetBalance, assetLiability } = await getHedge(otherLp, { deployment });
    const liability = LP_BASE + amount;
    expect(assetLiability).toBe(liability - (liability * shares) / during.totalShares);
    expect(assetBalance).toBe(balance + amount - paid);
    expect(after.sharePrice).toBeGreaterThanOrEqual(during.sharePrice);
    expect(after.utilization.short).toBe(utilization(assetBalance, assetLiability));
    expect(await hedgeDrift(world, LP_BASE + amount - paid), "H1").toBe(0n);
    await expectLedgerLaws(world);
  });

  test("behavior: a flat base vault pays its earnings in kind", async () => {
    const { world, alice, deployment, lp, maker } = await openShort(parseEther("10"));
    await world.movePool(parseEther("1900"));
    await world.execute(await createOrderSync(alice, { deployment, maker, ...close(false) }), parseEther("1950"));

    const { position, totalShares } = await getMaker(lp, { deployment, maker });
    expect(position.size).toBe(0n);
    expect(position.margin).toBeGreaterThan(0n);
    const wallet = await world.collateralOf(lp.account.address);
    const half = totalShares / 2n;
    expect(await withdrawLpSync(lp, { maker, shares: half, minAmount: 0n })).toBe(LP_BASE / 2n);
    const quote = (position.margin * half) / totalShares / COLLATERAL_SCALE;
    expect(await world.collateralOf(lp.account.address)).toBe(wallet + quote);
    expect(await hedgeDrift(world, LP_BASE / 2n)).toBe(0n);
    await expectLedgerLaws(world);
  });

  test("error: InsufficientAssetBalance", async () => {
    const { world, deployment, lp, maker } = await openShort(parseEther("100"));
    await world.publish(FIRST_PRICE);
    const { totalShares, totalAssets } = valued(await getMaker(lp, { deployment, maker }));
    const revert = await revertOf(withdrawLpSync(lp, { maker, shares: totalShares, minAmount: 0n }));
    expect(revert).toMatchObject({
      errorName: "InsufficientAssetBalance",
      named: { available: LP_BASE - parseEther("100") },
    });
    // The base vault has received fees since.
    expect(revert.named.requested).toBeGreaterThanOrEqual(assetsFor(totalShares, totalAssets, totalShares));
  });
});
