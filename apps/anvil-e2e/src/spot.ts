import {
  addLiquidity,
  addLiquidityV4,
  approveRouter,
  approveToken,
  arbitrageToPrice,
  arbitrageToPriceV4,
  createPool,
  createPoolV4,
  type DevnetClient,
  deployTestToken,
  deployUniswapV4,
  mintTestToken,
  poolKey,
  type SpotPathConfig,
  type SpotPool,
  type Token,
  type UniswapV3,
  wrapEther,
} from "@counterpoise/devnet";
import { type Address, concatHex, type Hex, maxUint256, numberToHex, parseAbi, parseEther } from "viem";
import { parseAccount } from "viem/accounts";

const addressOf = (client: DevnetClient): Address => parseAccount(client.account).address;

const WAD = 10n ** 18n;
const USD = 10n ** 6n;
const FEE = 500;
const TICK_SPACING = 10;
const BASE_DEPTH = parseEther("10000");

/** Which pools lie between WETH and the collateral. Each path holds 10,000 WETH at the first price and takes 0.05% a pool. */
export type SpotKind = "uniswapV3" | "uniswapV3TwoPools" | "uniswapV4";

/** A spot market for base against the collateral, as everybody else trades in it. */
export type SpotMarket = {
  /** What a deployment's configuration says of it. */
  path: SpotPathConfig;
  /** Brings it to a price (WAD), to one part in a million. */
  moveTo(price: bigint): Promise<void>;
  /** What Uniswap's own router would give for `amountIn`, both in the tokens' own decimals. */
  exactInput(tokenIn: Address, amountIn: bigint): Promise<bigint>;
  /** What Uniswap's own router would ask for `amountOut`, both in the tokens' own decimals. */
  exactOutput(tokenIn: Address, amountOut: bigint): Promise<bigint>;
};

export type CreateSpotMarketParameters = {
  /** Owns the liquidity. */
  deployer: DevnetClient;
  /** Moves the price out of its own WETH and collateral. */
  arbitrageur: DevnetClient;
  uniswapV3: UniswapV3;
  collateral: Token;
  /** Collateral per WETH, WAD. */
  price: bigint;
};

/** Creates the pools of a path, with liquidity. */
export async function createSpotMarket(kind: SpotKind, parameters: CreateSpotMarketParameters): Promise<SpotMarket> {
  switch (kind) {
    case "uniswapV3":
      return onePoolOfV3(parameters);
    case "uniswapV3TwoPools":
      return twoPoolsOfV3(parameters);
    case "uniswapV4":
      return onePoolOfV4(parameters);
  }
}

const precisely = { maxDeviation: WAD / 1_000_000n };

async function onePoolOfV3({
  deployer,
  arbitrageur,
  uniswapV3,
  collateral,
  price,
}: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { factory, swapRouter, weth } = uniswapV3;
  const pool = await provide(deployer, { uniswapV3, base: weth, quote: collateral, price, baseAmount: BASE_DEPTH });
  await approveRouter(arbitrageur, { swapRouter, pool });
  return {
    path: { uniswapV3Factory: factory, pools: [{ fee: FEE }] },
    moveTo: async (target) => {
      await arbitrageToPrice(arbitrageur, { pool, swapRouter, price: target, ...precisely });
    },
    ...routerQuotes(arbitrageur, swapRouter, [weth.address, collateral.address]),
  };
}

/** Over a token of 8 decimals, worth 40,000; the first pool is the one that moves. */
async function twoPoolsOfV3({
  deployer,
  arbitrageur,
  uniswapV3,
  collateral,
  price,
}: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { factory, swapRouter, weth } = uniswapV3;
  const middle = await deployTestToken(deployer, { name: "Bitcoin (test)", symbol: "BTC", decimals: 8 });
  const middlePrice = 40_000n;
  const middleDepth = (BASE_DEPTH * price) / (middlePrice * WAD) / 10n ** 10n;
  await mintTestToken(deployer, { token: middle.address, to: addressOf(deployer), amount: 10n * middleDepth });
  await mintTestToken(deployer, {
    token: middle.address,
    to: addressOf(arbitrageur),
    amount: 10n * middleDepth,
  });
  const pool = await provide(deployer, {
    uniswapV3,
    base: weth,
    quote: middle,
    price: price / middlePrice,
    baseAmount: BASE_DEPTH,
  });
  await provide(deployer, {
    uniswapV3,
    base: middle,
    quote: collateral,
    price: middlePrice * WAD,
    baseAmount: middleDepth,
  });
  await approveRouter(arbitrageur, { swapRouter, pool });
  await approveToken(arbitrageur, { token: collateral.address, spender: swapRouter });
  return {
    path: { uniswapV3Factory: factory, pools: [{ fee: FEE, token: middle.address }, { fee: FEE }] },
    moveTo: async (target) => {
      await arbitrageToPrice(arbitrageur, { pool, swapRouter, price: target / middlePrice, ...precisely });
    },
    ...routerQuotes(arbitrageur, swapRouter, [weth.address, middle.address, collateral.address]),
  };
}

async function onePoolOfV4({
  deployer,
  arbitrageur,
  uniswapV3: { weth },
  collateral,
  price,
}: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { poolManager, liquidityRouter, swapRouter } = await deployUniswapV4(deployer);
  const terms = { fee: FEE, tickSpacing: TICK_SPACING };
  const pool = await createPoolV4(deployer, { poolManager, base: weth, quote: collateral, price, ...terms });
  await addLiquidityV4(deployer, { liquidityRouter, pool, ...(await holdings(deployer, weth, collateral, price)) });
  await approveRouter(arbitrageur, { swapRouter, pool });
  /** What a swap would move of each token: above zero what comes out, below what goes in. */
  const simulate = async (tokenIn: Address, amountSpecified: bigint) => {
    const zeroForOne = (tokenIn === pool.base) === pool.baseIsToken0;
    const { result } = await arbitrageur.simulateContract({
      address: swapRouter,
      abi: v4RouterAbi,
      functionName: "swap",
      args: [
        poolKey(pool),
        { zeroForOne, amountSpecified, sqrtPriceLimitX96: zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE },
        { takeClaims: false, settleUsingBurn: false },
        "0x",
      ],
    });
    const [amount0, amount1] = [result >> 128n, BigInt.asIntN(128, result)];
    return zeroForOne ? { paid: -amount0, received: amount1 } : { paid: -amount1, received: amount0 };
  };
  return {
    path: { uniswapV4PoolManager: poolManager, pools: [terms] },
    moveTo: async (target) => {
      await arbitrageToPriceV4(arbitrageur, { pool, swapRouter, price: target, ...precisely });
    },
    exactInput: async (tokenIn, amountIn) => (await simulate(tokenIn, -amountIn)).received,
    exactOutput: async (tokenIn, amountOut) => (await simulate(tokenIn, amountOut)).paid,
  };
}

/** Amounts that are worth the same at a price, minted or wrapped for the deployer. */
async function holdings(deployer: DevnetClient, weth: Token, collateral: Token, price: bigint) {
  const quoteAmount = (((BASE_DEPTH * price) / WAD) * USD) / WAD;
  await wrapEther(deployer, { weth: weth.address, amount: BASE_DEPTH });
  await mintTestToken(deployer, { token: collateral.address, to: addressOf(deployer), amount: quoteAmount });
  return { baseAmount: BASE_DEPTH, quoteAmount };
}

/** A pool of Uniswap v3 with liquidity over the full range. */
async function provide(
  deployer: DevnetClient,
  {
    uniswapV3: { factory, positionManager, weth },
    base,
    quote,
    price,
    baseAmount,
  }: { uniswapV3: UniswapV3; base: Token; quote: Token; price: bigint; baseAmount: bigint },
): Promise<SpotPool> {
  const recipient = addressOf(deployer);
  const pool = await createPool(deployer, { factory, base, quote, fee: FEE, price });
  const quoteAmount = (baseAmount * price * 10n ** BigInt(quote.decimals)) / 10n ** BigInt(base.decimals) / WAD;
  if (base.address === weth.address) await wrapEther(deployer, { weth: base.address, amount: baseAmount });
  await mintTestToken(deployer, { token: quote.address, to: recipient, amount: quoteAmount });
  await addLiquidity(deployer, { positionManager, pool, baseAmount, quoteAmount, recipient });
  return pool;
}

const LOWEST_SQRT_PRICE = 4_295_128_740n;
const HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341n;

const v4RouterAbi = parseAbi([
  "struct PoolKey { address currency0; address currency1; uint24 fee; int24 tickSpacing; address hooks; }",
  "struct SwapParams { bool zeroForOne; int256 amountSpecified; uint160 sqrtPriceLimitX96; }",
  "struct TestSettings { bool takeClaims; bool settleUsingBurn; }",
  "function swap(PoolKey key, SwapParams params, TestSettings testSettings, bytes hookData) payable returns (int256 delta)",
]);

const v3RouterAbi = parseAbi([
  "struct ExactInputParams { bytes path; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; }",
  "struct ExactOutputParams { bytes path; address recipient; uint256 deadline; uint256 amountOut; uint256 amountInMaximum; }",
  "function exactInput(ExactInputParams params) payable returns (uint256 amountOut)",
  "function exactOutput(ExactOutputParams params) payable returns (uint256 amountIn)",
]);

/** What Uniswap v3's router answers to somebody who could pay. */
function routerQuotes(
  client: DevnetClient,
  address: Address,
  tokens: readonly Address[],
): Pick<SpotMarket, "exactInput" | "exactOutput"> {
  const router = { address, abi: v3RouterAbi } as const;
  const rest = { recipient: addressOf(client), deadline: maxUint256 };
  const from = (token: Address) => (token === tokens[0] ? tokens : [...tokens].reverse());
  return {
    exactInput: async (tokenIn, amountIn) => {
      const path = encodePath(from(tokenIn));
      const args = [{ ...rest, path, amountIn, amountOutMinimum: 0n }] as const;
      return (await client.simulateContract({ ...router, functionName: "exactInput", args })).result;
    },
    exactOutput: async (tokenIn, amountOut) => {
      // The router reads this path from its end.
      const path = encodePath([...from(tokenIn)].reverse());
      const args = [{ ...rest, path, amountOut, amountInMaximum: maxUint256 }] as const;
      return (await client.simulateContract({ ...router, functionName: "exactOutput", args })).result;
    },
  };
}

const encodePath = (tokens: readonly Address[]): Hex =>
  concatHex(tokens.flatMap((token, i) => (i === 0 ? [token] : [numberToHex(FEE, { size: 3 }), token])));
