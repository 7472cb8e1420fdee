import { type Address, parseEther, parseUnits } from "viem";
import { expect, test } from "vitest";
import type { ArbitrageToPriceReturnType } from "../src/arbitrage.js";
import { approveRouter } from "../src/arbitrage.js";
import type { DevnetClient } from "../src/client.js";
import { ArbitrageShortfallError } from "../src/errors.js";
import { deviation, type PairOrientation, WAD } from "../src/price-math.js";
import { balanceOf } from "../src/tokens.js";
import { clientOf, type LocalChain } from "./local-chain.js";

export const PRICE = 2_000n * WAD;
export const ROUNDING = 10n ** 9n;

type Range = { lower: bigint; upper: bigint };
type Pool = PairOrientation & { base: Address; quote: Address; tickSpacing: number };

/** A pool of either version of Uniswap, with the functions under test. The getters are valid during tests only. */
export type PoolUnderTest = {
  chain(): LocalChain;
  pool(): Pool;
  swapRouter(): Address;
  poolPrice(): Promise<bigint>;
  addLiquidity(
    amounts: { baseAmount: bigint; quoteAmount: bigint },
    range?: Range,
  ): Promise<{ liquidity: bigint; baseAmount: bigint; quoteAmount: bigint }>;
  arbitrage(
    client: DevnetClient,
    parameters: { price: bigint; maxDeviation?: bigint },
  ): Promise<ArbitrageToPriceReturnType>;
  /** Gives an account base tokens. */
  fund(owner: Address, client: DevnetClient, amount: bigint): Promise<unknown>;
};

/** The tests that pools of Uniswap v3 and v4 share. The pool's liquidity accumulates from test to test. */
export function testPool(
  { quoteDecimals, isBaseFirst }: { quoteDecimals: number; isBaseFirst: boolean },
  subject: PoolUnderTest,
): void {
  const [baseAmount, quoteAmount] = [parseEther("1000"), parseUnits("2000000", quoteDecimals)];
  const provide = (range?: Range) => subject.addLiquidity({ baseAmount, quoteAmount }, range);
  const baseOf = () => balanceOf(subject.chain().client, { token: subject.pool().base, owner: subject.chain().owner });

  test("creation: default", async () => {
    expect(subject.pool()).toMatchObject({ baseIsToken0: isBaseFirst, quoteDecimals, tickSpacing: 10 });
    expect(deviation(await subject.poolPrice(), PRICE)).toBeLessThan(ROUNDING);
  });

  test("liquidity: default", async () => {
    const before = await baseOf();
    const added = await provide();
    expect(added.liquidity).toBeGreaterThan(0n);
    expect(before - (await baseOf())).toBe(added.baseAmount);
    // At the pool's own price a full range takes the whole of both amounts, except for rounding.
    expect(deviation(added.baseAmount, baseAmount)).toBeLessThan(WAD / 10_000n);
    expect(deviation(added.quoteAmount, quoteAmount)).toBeLessThan(WAD / 10_000n);
  });

  test("liquidity: behavior: a range on one side of the price takes one token", async () => {
    const above = await provide({ lower: 2_100n * WAD, upper: 2_500n * WAD });
    expect(above.quoteAmount).toBe(0n);
    expect(above.baseAmount).toBeGreaterThan(parseEther("999"));
    expect(above.baseAmount).toBeLessThanOrEqual(baseAmount);
    const below = await provide({ lower: 1_500n * WAD, upper: 1_900n * WAD });
    expect(below.baseAmount).toBe(0n);
    expect(below.quoteAmount).toBeGreaterThan(parseUnits("1999000", quoteDecimals));
    expect(below.quoteAmount).toBeLessThanOrEqual(quoteAmount);
  });

  test.each([
    ["up", 2_150n * WAD],
    ["down", 1_600n * WAD],
    ["a little up", 1_602n * WAD],
  ])("arbitrage: default, %s", async (_direction, price) => {
    const before = await baseOf();
    const result = await subject.arbitrage(subject.chain().client, { price });
    expect(result.swapped).toBe(true);
    expect(deviation(result.priceAfter, price)).toBeLessThan(ROUNDING);
    expect(await subject.poolPrice()).toBe(result.priceAfter);
    expect(await baseOf()).toBe(before + result.baseAmount);
    expect(result.baseAmount > 0n).toBe(result.priceBefore < price);
    expect(result.quoteAmount > 0n).toBe(result.priceBefore > price);
  });

  test("arbitrage: behavior: no swap for less than the pool's fee", async () => {
    const price = (await subject.poolPrice()) + WAD / 2n;
    const result = await subject.arbitrage(subject.chain().client, { price });
    expect(result).toMatchObject({ swapped: false, baseAmount: 0n, quoteAmount: 0n });
    expect(result.priceAfter).toBe(result.priceBefore);
  });

  test("arbitrage: behavior: the caller's own tolerance", async () => {
    const price = (await subject.poolPrice()) + WAD / 2n;
    const result = await subject.arbitrage(subject.chain().client, { price, maxDeviation: ROUNDING });
    expect(result.swapped).toBe(true);
    expect(deviation(result.priceAfter, price)).toBeLessThan(ROUNDING);
  });

  test("arbitrage: error: too few tokens", async () => {
    const { owner, client } = clientOf(subject.chain().anvil, 1);
    await subject.fund(owner, client, 10n ** 15n);
    await approveRouter(client, { swapRouter: subject.swapRouter(), pool: subject.pool() });
    await expect(subject.arbitrage(client, { price: 1_000n * WAD })).rejects.toThrow(ArbitrageShortfallError);
  });
}
