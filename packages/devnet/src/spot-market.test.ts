import { type Address, parseEther, parseUnits } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, startAnvil } from "./anvil.js";
import { approveRouter, arbitrageToPrice } from "./arbitrage.js";
import { createDevnetClient, type DevnetClient } from "./client.js";
import { ArbitrageShortfallError, TransactionRevertedError } from "./errors.js";
import { deployMockPyth, updateMockPyth } from "./mock-pyth.js";
import { deviation, WAD } from "./price-math.js";
import { balanceOf, deployTestToken, mintTestToken, type Token, wrapEther } from "./tokens.js";
import { addLiquidity, createPool, deployUniswapV3, poolPrice, type SpotPool, type UniswapV3 } from "./uniswap-v3.js";

const PRICE = 2_000n * WAD;
const ROUNDING = 10n ** 9n;

let anvil: Anvil;
let client: DevnetClient;
let owner: Address;
let uniswap: UniswapV3;

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: 1_516_000_000 });
  owner = anvil.accounts[0]?.address as Address;
  client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: owner });
  uniswap = await deployUniswapV3(client);
  await wrapEther(client, { weth: uniswap.weth.address, amount: parseEther("1000000") });
});

afterAll(() => anvil?.stop());

/** Deploys a token whose address is on the wanted side of WETH's. */
async function quoteToken(decimals: number, comesFirst: boolean): Promise<Token> {
  for (;;) {
    const token = await deployTestToken(client, { decimals });
    if (BigInt(token.address) < BigInt(uniswap.weth.address) !== comesFirst) continue;
    await mintTestToken(client, { token: token.address, to: owner, amount: parseUnits("10000000000", decimals) });
    return token;
  }
}

const makePool = async (quote: Token, fee = 500) =>
  createPool(client, { factory: uniswap.factory, base: uniswap.weth, quote, fee, price: PRICE });

const provide = (pool: SpotPool, range?: { lower: bigint; upper: bigint }) =>
  addLiquidity(client, {
    positionManager: uniswap.positionManager,
    pool,
    baseAmount: parseEther("1000"),
    quoteAmount: parseUnits("2000000", pool.quoteDecimals),
    range,
    recipient: owner,
  });

describe.each([
  ["6 decimals, base first", 6, false],
  ["6 decimals, quote first", 6, true],
  ["18 decimals, base first", 18, false],
  ["18 decimals, quote first", 18, true],
])("a pool against a quote token of %s", (_, decimals, quoteComesFirst) => {
  let pool: SpotPool;

  beforeAll(async () => {
    pool = await makePool(await quoteToken(decimals, quoteComesFirst));
    await approveRouter(client, { swapRouter: uniswap.swapRouter, pool });
  });

  test("createPool: default", async () => {
    expect(pool).toMatchObject({ baseIsToken0: !quoteComesFirst, quoteDecimals: decimals, tickSpacing: 10 });
    expect(deviation(await poolPrice(client, pool), PRICE)).toBeLessThan(ROUNDING);
  });

  test("addLiquidity: default", async () => {
    const added = await provide(pool);
    expect(added.liquidity).toBeGreaterThan(0n);
    // At the pool's own price a full range takes both sides whole, rounding apart.
    expect(deviation(added.baseAmount, parseEther("1000"))).toBeLessThan(WAD / 10_000n);
    expect(deviation(added.quoteAmount, parseUnits("2000000", decimals))).toBeLessThan(WAD / 10_000n);
  });

  test("addLiquidity: behavior: a range on one side of the price takes one token", async () => {
    const above = await provide(pool, { lower: 2_100n * WAD, upper: 2_500n * WAD });
    expect(above.quoteAmount).toBe(0n);
    expect(above.baseAmount).toBeGreaterThan(parseEther("999"));
    const below = await provide(pool, { lower: 1_500n * WAD, upper: 1_900n * WAD });
    expect(below.baseAmount).toBe(0n);
    expect(below.quoteAmount).toBeGreaterThan(parseUnits("1999000", decimals));
  });

  test.each([
    ["up", 2_150n * WAD],
    ["down", 1_600n * WAD],
    ["a little up", 1_602n * WAD],
  ])("arbitrageToPrice: default, %s", async (_direction, price) => {
    const before = await balanceOf(client, { token: pool.base, owner });
    const result = await arbitrageToPrice(client, { swapRouter: uniswap.swapRouter, pool, price });
    expect(result.swapped).toBe(true);
    expect(deviation(result.priceAfter, price)).toBeLessThan(ROUNDING);
    expect(await poolPrice(client, pool)).toBe(result.priceAfter);
    expect(await balanceOf(client, { token: pool.base, owner })).toBe(before + result.baseAmount);
    expect(result.baseAmount > 0n).toBe(result.priceBefore < price);
    expect(result.quoteAmount > 0n).toBe(result.priceBefore > price);
  });

  test("arbitrageToPrice: behavior: no swap for less than the pool's fee", async () => {
    const price = (await poolPrice(client, pool)) + WAD / 2n;
    const result = await arbitrageToPrice(client, { swapRouter: uniswap.swapRouter, pool, price });
    expect(result).toMatchObject({ swapped: false, baseAmount: 0n, quoteAmount: 0n });
    expect(result.priceAfter).toBe(result.priceBefore);
  });

  test("arbitrageToPrice: behavior: the caller's own tolerance", async () => {
    const price = (await poolPrice(client, pool)) + WAD / 2n;
    const result = await arbitrageToPrice(client, {
      swapRouter: uniswap.swapRouter,
      pool,
      price,
      maxDeviation: ROUNDING,
    });
    expect(result.swapped).toBe(true);
    expect(deviation(result.priceAfter, price)).toBeLessThan(ROUNDING);
  });

  test("arbitrageToPrice: error: too few tokens", async () => {
    const poor = anvil.accounts[1]?.address as Address;
    const poorClient = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: poor });
    await wrapEther(poorClient, { weth: uniswap.weth.address, amount: 10n ** 15n });
    await approveRouter(poorClient, { swapRouter: uniswap.swapRouter, pool });
    await expect(
      arbitrageToPrice(poorClient, { swapRouter: uniswap.swapRouter, pool, price: 1_000n * WAD }),
    ).rejects.toThrow(ArbitrageShortfallError);
  });
});

describe("MockPyth", () => {
  const id = `0x${"ab".repeat(32)}` as const;
  const abi = [
    {
      type: "function",
      name: "getPriceUnsafe",
      stateMutability: "view",
      inputs: [{ name: "id", type: "bytes32" }],
      outputs: [
        {
          name: "price",
          type: "tuple",
          components: [
            { name: "price", type: "int64" },
            { name: "conf", type: "uint64" },
            { name: "expo", type: "int32" },
            { name: "publishTime", type: "uint256" },
          ],
        },
      ],
    },
  ] as const;

  test("default", async () => {
    const pyth = await deployMockPyth(client);
    await updateMockPyth(client, { pyth, updates: [{ id, price: PRICE, publishTime: 1_516_000_010 }] });
    expect(await client.readContract({ address: pyth, abi, functionName: "getPriceUnsafe", args: [id] })).toEqual({
      price: 200_000_000_000n,
      conf: 0n,
      expo: -8,
      publishTime: 1_516_000_010n,
    });
  });

  test("behavior: an older price does not replace a newer one", async () => {
    const pyth = await deployMockPyth(client);
    await updateMockPyth(client, { pyth, updates: [{ id, price: PRICE, publishTime: 20 }] });
    await updateMockPyth(client, { pyth, updates: [{ id, price: WAD, publishTime: 10 }] });
    const stored = await client.readContract({ address: pyth, abi, functionName: "getPriceUnsafe", args: [id] });
    expect(stored.publishTime).toBe(20n);
  });

  test("error: fee not paid", async () => {
    const pyth = await deployMockPyth(client, { updateFee: 5n });
    await expect(
      updateMockPyth(client, { pyth, updates: [{ id, price: PRICE, publishTime: 1 }], updateFee: 4n }),
    ).rejects.toThrow(TransactionRevertedError);
  });
});
