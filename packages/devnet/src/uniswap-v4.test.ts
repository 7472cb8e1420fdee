import { type Address, parseEther, parseUnits } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, startAnvil } from "./anvil.js";
import { approveRouter, arbitrageToPriceV4 } from "./arbitrage.js";
import { createDevnetClient, type DevnetClient } from "./client.js";
import { ArbitrageShortfallError } from "./errors.js";
import { deviation, WAD } from "./price-math.js";
import { balanceOf, deployTestToken, mintTestToken, type Token } from "./tokens.js";
import {
  addLiquidityV4,
  createPoolV4,
  deployUniswapV4,
  poolPriceV4,
  type SpotPoolV4,
  type UniswapV4,
} from "./uniswap-v4.js";

const PRICE = 2_000n * WAD;
const ROUNDING = 10n ** 9n;

let anvil: Anvil;
let client: DevnetClient;
let owner: Address;
let uniswap: UniswapV4;

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: 1_516_000_000 });
  owner = anvil.accounts[0]?.address as Address;
  client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: owner });
  uniswap = await deployUniswapV4(client);
});

afterAll(() => anvil?.stop());

async function fundedToken(decimals: number): Promise<Token> {
  const token = await deployTestToken(client, { decimals });
  await mintTestToken(client, { token: token.address, to: owner, amount: parseUnits("10000000000", decimals) });
  return token;
}

/** Two tokens, and the first one's address is the lower one exactly if `baseFirst`. */
async function pair(quoteDecimals: number, baseFirst: boolean): Promise<[Token, Token]> {
  const base = await fundedToken(18);
  for (;;) {
    const quote = await fundedToken(quoteDecimals);
    if (BigInt(base.address) < BigInt(quote.address) === baseFirst) return [base, quote];
  }
}

describe.each([
  ["6 decimals, base first", 6, true],
  ["18 decimals, quote first", 18, false],
])("a pool of Uniswap v4 against a quote token of %s", (_, decimals, baseFirst) => {
  let pool: SpotPoolV4;

  beforeAll(async () => {
    const { poolManager, swapRouter } = uniswap;
    const [base, quote] = await pair(decimals, baseFirst);
    pool = await createPoolV4(client, { poolManager, base, quote, fee: 500, tickSpacing: 10, price: PRICE });
    await approveRouter(client, { swapRouter, pool });
  });

  const provide = (range?: { lower: bigint; upper: bigint }) =>
    addLiquidityV4(client, {
      liquidityRouter: uniswap.liquidityRouter,
      pool,
      baseAmount: parseEther("1000"),
      quoteAmount: parseUnits("2000000", decimals),
      range,
    });

  test("createPoolV4: default", async () => {
    expect(pool).toMatchObject({ baseIsToken0: baseFirst, quoteDecimals: decimals, tickSpacing: 10 });
    expect(deviation(await poolPriceV4(client, pool), PRICE)).toBeLessThan(ROUNDING);
  });

  test("addLiquidityV4: default", async () => {
    const before = await balanceOf(client, { token: pool.base, owner });
    const added = await provide();
    expect(before - (await balanceOf(client, { token: pool.base, owner }))).toBe(added.baseAmount);
    // At the pool's own price a full range takes both sides whole, rounding apart.
    expect(deviation(added.baseAmount, parseEther("1000"))).toBeLessThan(WAD / 10_000n);
    expect(deviation(added.quoteAmount, parseUnits("2000000", decimals))).toBeLessThan(WAD / 10_000n);
  });

  test("addLiquidityV4: behavior: a range on one side of the price takes one token", async () => {
    const above = await provide({ lower: 2_100n * WAD, upper: 2_500n * WAD });
    expect(above.quoteAmount).toBe(0n);
    expect(above.baseAmount).toBeGreaterThan(parseEther("999"));
    expect(above.baseAmount).toBeLessThanOrEqual(parseEther("1000"));
    const below = await provide({ lower: 1_500n * WAD, upper: 1_900n * WAD });
    expect(below.baseAmount).toBe(0n);
    expect(below.quoteAmount).toBeGreaterThan(parseUnits("1999000", decimals));
    expect(below.quoteAmount).toBeLessThanOrEqual(parseUnits("2000000", decimals));
  });

  test.each([
    ["up", 2_150n * WAD],
    ["down", 1_600n * WAD],
    ["a little up", 1_602n * WAD],
  ])("arbitrageToPriceV4: default, %s", async (_direction, price) => {
    const before = await balanceOf(client, { token: pool.base, owner });
    const result = await arbitrageToPriceV4(client, { swapRouter: uniswap.swapRouter, pool, price });
    expect(result.swapped).toBe(true);
    expect(deviation(result.priceAfter, price)).toBeLessThan(ROUNDING);
    expect(await poolPriceV4(client, pool)).toBe(result.priceAfter);
    expect(await balanceOf(client, { token: pool.base, owner })).toBe(before + result.baseAmount);
    expect(result.baseAmount > 0n).toBe(result.priceBefore < price);
    expect(result.quoteAmount > 0n).toBe(result.priceBefore > price);
  });

  test("arbitrageToPriceV4: behavior: no swap for less than the pool's fee", async () => {
    const price = (await poolPriceV4(client, pool)) + WAD / 2n;
    const result = await arbitrageToPriceV4(client, { swapRouter: uniswap.swapRouter, pool, price });
    expect(result).toMatchObject({ swapped: false, baseAmount: 0n, quoteAmount: 0n });
    expect(result.priceAfter).toBe(result.priceBefore);
  });

  test("arbitrageToPriceV4: error: too few tokens", async () => {
    const poor = anvil.accounts[1]?.address as Address;
    const poorClient = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: poor });
    await mintTestToken(client, { token: pool.base, to: poor, amount: 10n ** 15n });
    await approveRouter(poorClient, { swapRouter: uniswap.swapRouter, pool });
    await expect(
      arbitrageToPriceV4(poorClient, { swapRouter: uniswap.swapRouter, pool, price: 1_000n * WAD }),
    ).rejects.toThrow(ArbitrageShortfallError);
  });
});
