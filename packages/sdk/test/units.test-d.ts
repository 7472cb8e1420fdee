import { createPublicClient, createWalletClient, http, parseEther } from "viem";
import { anvil } from "viem/chains";
import { describe, expectTypeOf, test } from "vitest";
import {
  type AssetAmount,
  type CollateralAmount,
  createOrder,
  deposit,
  depositLp,
  getFund,
  getHedge,
  getLpClaims,
  getPosition,
  getPrice,
  type Ppm,
  parseCollateral,
  parseWad,
  ppm,
  setRules,
  transferFundToMargin,
  type Wad,
  type Wei,
  wad,
} from "../src/index.js";
import { deployment, taker } from "./fixtures.js";

const transport = http("http://127.0.0.1:8545");
const reader = createPublicClient({ transport });
const client = createWalletClient({ account: taker, chain: anvil, transport });
const account = taker;

describe("units", () => {
  test("reads return values with units", () => {
    expectTypeOf(getFund(reader, { deployment, account })).resolves.toEqualTypeOf<CollateralAmount>();
    expectTypeOf(getPosition(reader, { deployment, account })).resolves.toHaveProperty("size").toEqualTypeOf<Wad>();
    expectTypeOf(getPrice(reader, { deployment })).resolves.toHaveProperty("price").toEqualTypeOf<Wad>();
    expectTypeOf(getHedge(reader, { deployment })).resolves.toHaveProperty("assetBalance").toEqualTypeOf<AssetAmount>();
  });

  test("a value in one unit does not fit where another one belongs", () => {
    const fund = {} as CollateralAmount;
    const size = {} as Wad;
    const fee = {} as Wei;
    const asset = {} as AssetAmount;
    expectTypeOf(deposit).toBeCallableWith(client, { deployment, amount: fund });
    // @ts-expect-error WAD is not collateral
    expectTypeOf(deposit).toBeCallableWith(client, { deployment, amount: size });
    // @ts-expect-error the asset of a maker may be its base
    expectTypeOf(transferFundToMargin).toBeCallableWith(client, { deployment, amount: asset });
    // @ts-expect-error WAD is not the native token, though both have 18 decimals
    expectTypeOf<Wad>().toExtend<Wei>();
    const terms = { deployment, maker: taker, isBaseToQuote: true, isExactInput: true, oppositeBound: 0n } as const;
    expectTypeOf(createOrder).toBeCallableWith(client, { ...terms, amount: size, keeperFee: fee });
    // @ts-expect-error collateral is not WAD
    expectTypeOf(createOrder).toBeCallableWith(client, { ...terms, amount: fund, keeperFee: fee });
    // @ts-expect-error parts per million are a number
    expectTypeOf<Ppm>().toExtend<Wad>();
    // @ts-expect-error values of unlike units are never equal
    expectTypeOf(size === fund).toEqualTypeOf<boolean>();
  });

  test("collateral is an asset amount, and not the reverse", () => {
    expectTypeOf(depositLp).toBeCallableWith(client, { maker: taker, amount: {} as CollateralAmount, minShares: 0n });
    expectTypeOf<CollateralAmount>().toExtend<AssetAmount>();
    expectTypeOf<AssetAmount>().not.toExtend<CollateralAmount>();
    expectTypeOf(getLpClaims(reader, { requestVault: taker, controller: taker }))
      .resolves.toHaveProperty("redemptions")
      .toEqualTypeOf<{ shares: Wad; assets: AssetAmount; quote: CollateralAmount }>();
  });

  test("plain values fit: literals, viem's parsers and the results of arithmetic", () => {
    expectTypeOf(deposit).toBeCallableWith(client, { deployment, amount: 1n });
    expectTypeOf(deposit).toBeCallableWith(client, { deployment, amount: parseCollateral(deployment, "1000") });
    expectTypeOf(parseEther("1")).toExtend<Wad>();
    expectTypeOf(parseWad("1") + wad(1n)).toEqualTypeOf<bigint>();
    expectTypeOf<Wad>().toExtend<bigint>();
    expectTypeOf(ppm(5)).toEqualTypeOf<Ppm>();
    expectTypeOf(setRules).parameter(1).toHaveProperty("rules").toHaveProperty("tradingFee").toEqualTypeOf<Ppm>();
  });
});
