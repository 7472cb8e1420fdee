import {
  counterpoiseReads,
  getFund,
  getFunding,
  getMarket,
  getPosition,
  getPrice,
  StalePriceError,
} from "@counterpoise/sdk";
import { clearingHouseAbi, pythOracleAbi } from "@counterpoise/sdk/abis";
import { WAD } from "@counterpoise/testkit";
import { createPublicClient, http, zeroAddress, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { FIRST_PRICE, LP_BASE, LP_COLLATERAL, market, PYTH_FEE, useExchange } from "../src/exchange.js";

const exchange = useExchange({ separateOwner: true });

describe("ownership", () => {
  test("default", async () => {
    const { alice, anvil, deployment, owner } = exchange();
    const { oracle, clearingHouse, orderGateway, oracleMaker, spotHedgeBaseMaker } = deployment;
    for (const address of [oracle, clearingHouse, orderGateway, oracleMaker, spotHedgeBaseMaker]) {
      // All of them inherit `Ownable2Step`.
      const contract = { address, abi: clearingHouseAbi } as const;
      expect(await alice.readContract({ ...contract, functionName: "pendingOwner" })).toBe(owner);
      expect(await alice.readContract({ ...contract, functionName: "owner" })).toBe(anvil.accounts[0]?.address);
    }
    expect(owner).toBe(anvil.accounts[7]?.address);
  });

  test("behavior: the owner accepts", async () => {
    const { alice, deployer, deployment, owner } = exchange();
    const contract = { address: deployment.clearingHouse, abi: clearingHouseAbi } as const;
    const hash = await deployer.writeContract({ ...contract, functionName: "acceptOwnership", account: owner });
    await deployer.waitForTransactionReceipt({ hash });
    expect(await alice.readContract({ ...contract, functionName: "owner" })).toBe(owner);
  });
});

describe("deployment", () => {
  test("default", async () => {
    const { alice, anvil, deployment, uniswapV3 } = exchange();
    expect(deployment).toMatchObject({
      chainId: anvil.chainId,
      marketId: 1n,
      base: uniswapV3.weth.address,
      collateralSymbol: "USDC",
      collateralDecimals: 6,
      baseSymbol: "WETH",
      baseDecimals: 18,
      pythId: market.feed.pythId,
    });
    const oracle = { address: deployment.oracle, abi: pythOracleAbi } as const;
    // Defaults: the liquidation age is the trading age, and the float pays Pyth's fee of one update.
    expect(await alice.readContract({ ...oracle, functionName: "feedOf", args: [1n] })).toMatchObject({
      ...market.feed,
      maxLiquidationAge: market.feed.maxAge,
      floatFee: PYTH_FEE,
      aggregator: zeroAddress,
      collateral: { pythId: zeroHash },
    });
    expect(await alice.readContract({ ...oracle, functionName: "isSealed" })).toBe(true);
    expect(await getMarket(alice, { deployment })).toMatchObject({
      status: "active",
      initialMarginRatio: market.market.initialMarginRatio,
      maintenanceMarginRatio: market.market.maintenanceMarginRatio,
      rules: {
        priceBand: market.market.priceBand,
        tradingFee: market.market.tradingFee,
        minPositionValue: market.market.minPositionValue,
      },
      balance: LP_COLLATERAL,
      insurance: 0n,
      badDebt: 0n,
      makers: [deployment.oracleMaker, deployment.spotHedgeBaseMaker],
    });
    const { funding, maxBorrowingRate } = market;
    expect(await getFunding(alice, { deployment })).toEqual({ ...funding, maxBorrowingRate });
  });
});

describe("counterpoiseReads", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, anvil, deployment } = world;
    const client = createPublicClient({ transport: http(anvil.rpcUrl) }).extend(counterpoiseReads(deployment));
    const account = alice.account.address;
    expect(await client.getPosition({ account })).toEqual(await getPosition(alice, { deployment, account }));
    expect(await client.getFund({ account })).toBe(await getFund(alice, { deployment, account }));
    expect(await client.getMarket()).toEqual(await getMarket(alice, { deployment }));
    expect(await client.getPrice()).toEqual({ price: FIRST_PRICE, confidence: 0n });
    expect(await client.getOrderRules()).toEqual(market.rules);
    expect(await client.getHedge()).toMatchObject({ assetBalance: LP_BASE, assetLiability: LP_BASE, gap: 0n });
    expect(await client.getMakerPrices()).toEqual({
      bid: FIRST_PRICE,
      ask: FIRST_PRICE,
      reservationPrice: FIRST_PRICE,
    });
    expect(await client.getMaker({ maker: deployment.oracleMaker })).toMatchObject({
      totalAssets: LP_COLLATERAL,
      sharePrice: WAD,
      utilization: { long: 0n, short: 0n },
    });
    const request = { maker: deployment.oracleMaker, isBaseToQuote: true, isExactInput: true, amount: WAD };
    const quoted = await client.quoteTrade({ taker: account, ...request });
    expect(quoted).toMatchObject({ base: -WAD, obstacle: { errorName: "NotAuthorized" } });
    expect(await client.quoteTrade(request)).toEqual({ ...quoted, obstacle: undefined });
  });

  test("error: StalePriceError", async () => {
    const world = exchange();
    await world.warpBy(61n);
    const error = await getPrice(world.alice, world).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StalePriceError);
    expect(error).toMatchObject({ pythId: world.deployment.pythId, oldestAllowed: (await world.now()) - 60n });
  });
});
