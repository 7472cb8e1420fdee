import { runAdapterScript } from "@counterpoise/devnet";
import {
  depositLpSync,
  getHedge,
  getMaker,
  getPosition,
  getSpotPath,
  setHedgeParameters,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { COLLATERAL_SCALE, createSpotMarket, quoteVaultOf, USD } from "@counterpoise/testkit";
import { type Address, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, LP_BASE, revertOf, sent, useExchange } from "../src/exchange.js";
import { expectBaseVaultHedged, expectLedgerLaws, expectQuoteVaultHedged } from "../src/laws.js";
import { spotExactInput, spotExactOutput } from "../src/reference.js";
import { closeWhole, pass, tradeBase } from "../src/trades.js";

const LP_QUOTE = 100_000n * USD;

/** Converts an amount in the collateral's own decimals to WAD. */
const wad = (amount: bigint) => amount * COLLATERAL_SCALE;

describe.each([
  ["one pool of Uniswap v4", "uniswapV4"],
  ["two pools of Uniswap v3", "uniswapV3TwoPools"],
] as const)("hedges in %s", (_, spot) => {
  const exchange = useExchange({ spot, hasQuoteVault: true });

  test("default: the base vault: an LP deposits, a taker opens, reduces and closes, the LP withdraws", async () => {
    const world = exchange();
    const { alice, deployment, otherLp } = world;
    const maker = deployment.spotHedgeBaseMaker;
    const lpBase = LP_BASE + parseEther("100");
    const check = async (expected: bigint) => {
      await expectBaseVaultHedged(world, expected);
      await expectLedgerLaws(world);
    };
    const shares = await depositLpSync(otherLp, { maker, amount: parseEther("100"), minShares: 1n });
    await check(lpBase);
    await world.fund(alice, 50_000n * USD);

    // The fill equals the quote of Uniswap's own router, to the last decimal.
    const proceeds = await spotExactInput(world, deployment.base, parseEther("10"));
    const opened = await tradeBase(world, alice, { base: parseEther("-10"), price: FIRST_PRICE, maker });
    expect(opened).toMatchObject({ base: parseEther("-10"), quote: wad(proceeds) });
    expect((await getHedge(alice, { deployment })).assetBalance).toBe(lpBase - parseEther("10"));
    await check(lpBase);

    await world.movePool(parseEther("2030"));
    const cost = await spotExactOutput(world, deployment.collateral, parseEther("4"));
    const reduced = await tradeBase(world, alice, { base: parseEther("4"), price: parseEther("2025"), maker });
    expect(reduced).toMatchObject({ base: parseEther("4"), quote: -wad(cost) });
    await check(lpBase);

    const rest = await spotExactOutput(world, deployment.collateral, parseEther("6"));
    const closed = await closeWhole(world, alice, { isLong: false, price: parseEther("2025"), maker });
    expect(closed).toMatchObject({ base: parseEther("6"), quote: -wad(rest) });
    expect((await getPosition(alice, { deployment, account: maker })).size).toBe(0n);
    await check(lpBase);

    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    await check(lpBase - paid);
    expect(await getMaker(alice, { deployment, maker })).toMatchObject({ utilization: { long: 0n, short: 0n } });
  });

  test("default: the quote vault: an LP deposits, a taker opens, reduces and closes, the LP withdraws", async () => {
    const world = exchange();
    const { alice, deployment, otherLp } = world;
    const maker = quoteVaultOf(world.deployment);
    const check = async () => {
      const hedge = await expectQuoteVaultHedged(world);
      await expectLedgerLaws(world);
      return hedge;
    };
    const shares = await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    await check();
    await world.fund(alice, 50_000n * USD);

    const cost = await spotExactOutput(world, deployment.collateral, parseEther("10"));
    const opened = await tradeBase(world, alice, { base: parseEther("10"), price: FIRST_PRICE, maker });
    expect(opened).toMatchObject({ base: parseEther("10"), quote: -wad(cost) });
    expect(await check()).toMatchObject({ size: parseEther("-10"), baseBalance: parseEther("10") });

    await world.movePool(parseEther("1970"));
    const proceeds = await spotExactInput(world, deployment.base, parseEther("4"));
    const reduced = await tradeBase(world, alice, { base: parseEther("-4"), price: parseEther("1975"), maker });
    expect(reduced).toMatchObject({ base: parseEther("-4"), quote: wad(proceeds) });
    expect(await check()).toMatchObject({ size: parseEther("-6") });

    const rest = await spotExactInput(world, deployment.base, parseEther("6"));
    const closed = await closeWhole(world, alice, { isLong: true, price: parseEther("1975"), maker });
    expect(closed).toMatchObject({ base: parseEther("-6"), quote: wad(rest) });
    expect(await check()).toMatchObject({ size: 0n, baseBalance: 0n });

    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    expect(paid).toBeGreaterThan(LP_QUOTE - 30n * USD);
    await check();
  });

  test("error: HedgeTooFar while the pools are away from the oracle price", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 50_000n * USD);
    await world.movePool(parseEther("1900"));
    const selling = tradeBase(world, alice, {
      base: parseEther("-1"),
      price: FIRST_PRICE,
      maker: deployment.spotHedgeBaseMaker,
    });
    expect(await revertOf(selling)).toMatchObject({ errorName: "HedgeTooFar", named: { oraclePrice: FIRST_PRICE } });
    await expectBaseVaultHedged(world, LP_BASE);
  });

  test("default: getSpotPath returns the configured path, which both vaults share", async () => {
    const { alice, deployment, spot: market } = exchange();
    const { spotHedgeBaseMakerAdapter: adapter, base, collateral } = deployment;
    expect(deployment.spotHedgeQuoteMakerAdapter).toBe(adapter);
    expect((await getHedge(alice, { deployment })).parameters.adapter).toBe(adapter);
    const path = await getSpotPath(alice, { adapter });
    expect(path.exchange).toBe("uniswapV4PoolManager" in market.path ? "uniswapV4" : "uniswapV3");
    expect(path.tokens).toEqual([base, ...market.path.pools.map(({ token }) => token ?? collateral)]);
    expect(path.pools).toMatchObject(market.path.pools.map(({ token, ...terms }) => terms));
  });
});

describe("the owner moves a hedged vault's hedges from Uniswap v3 to v4", () => {
  const exchange = useExchange();

  test("default: with an open position, and H1 holds", async () => {
    const world = exchange();
    const { admin, alice, deployment } = world;
    const { base, collateral, spotHedgeBaseMaker: maker } = deployment;
    await world.fund(alice, 50_000n * USD);
    await tradeBase(world, alice, { base: parseEther("-10"), price: FIRST_PRICE, maker });

    const v4 = await v4Beside(world);
    const adapter = await runAdapterScript({
      rpcUrl: world.anvil.rpcUrl,
      sender: world.anvil.accounts[0]?.address as Address,
      config: { base, collateral, spot: v4.path },
    });
    expect(await getSpotPath(alice, { adapter })).toMatchObject({ exchange: "uniswapV4", tokens: [base, collateral] });
    const { parameters } = await getHedge(alice, { deployment });
    await sent(admin, setHedgeParameters(admin, { deployment, parameters: { ...parameters, adapter } }));
    await expectBaseVaultHedged(world, LP_BASE);

    // The price of the old pool has no effect on the hedged vault.
    await world.movePool(parseEther("1500"));
    const cost = await v4.exactOutput(collateral, parseEther("10"));
    await pass(world, 1n, FIRST_PRICE);
    const closed = await closeWhole(world, alice, { isLong: false, price: FIRST_PRICE, maker });
    expect(closed).toMatchObject({ base: parseEther("10"), quote: -wad(cost) });
    await expectBaseVaultHedged(world, LP_BASE);
    await expectLedgerLaws(world);
  });

  test("error: AdapterMismatch for an adapter of other tokens", async () => {
    const world = exchange();
    const { admin, deployment, uniswapV3 } = world;
    const { base, collateral } = deployment;
    const adapter = await runAdapterScript({
      rpcUrl: world.anvil.rpcUrl,
      sender: world.anvil.accounts[0]?.address as Address,
      config: {
        base: collateral,
        collateral: base,
        spot: { uniswapV3Factory: uniswapV3.factory, pools: [{ fee: 500 }] },
      },
    });
    const { parameters } = await getHedge(admin, { deployment });
    const naming = setHedgeParameters(admin, { deployment, parameters: { ...parameters, adapter } });
    expect(await revertOf(naming)).toMatchObject({
      errorName: "AdapterMismatch",
      named: { baseToken: collateral, quoteToken: base },
    });
  });

  const v4Beside = ({ deployer, arbitrageur, uniswapV3, deployment }: Exchange) =>
    createSpotMarket("uniswapV4", {
      deployer,
      arbitrageur,
      uniswapV3,
      collateral: { address: deployment.collateral, decimals: 6 },
      price: FIRST_PRICE,
      depth: parseEther("10000"),
    });
});
