import {
  type ArbitrageToPriceReturnType,
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
import { type Address, concatHex, type Hex, maxUint256, numberToHex, parseAbi } from "viem";
import { parseAccount } from "viem/accounts";
import { WAD } from "./units.js";

/** Fee of each pool, parts per million. */
const FEE = 500;
const TICK_SPACING = 10;
/** Price of the token between two pools, collateral per token. */
const MIDDLE_PRICE = 40_000n;

/** Which pools lie between WETH and the collateral. Each pool charges 0.05%. */
export type SpotKind = "uniswapV3" | "uniswapV3TwoPools" | "uniswapV4";

/** A spot market of WETH against the collateral, as any account trades in it. */
export type SpotMarket = {
  /** The path in the deployment's configuration. */
  path: SpotPathConfig;
  /** Fee of the pool that moves, as a ratio, WAD. */
  fee: bigint;
  /**
   * Brings the market to a price (WAD) with the arbitrageur's tokens. Swaps only if the price deviates by more than
   * `maxDeviation`, a ratio (WAD). Default: one part in a million.
   */
  moveTo(price: bigint, maxDeviation?: bigint): Promise<ArbitrageToPriceReturnType>;
  /** Output of Uniswap's own router for `amountIn`, both in the tokens' own decimals. */
  exactInput(tokenIn: Address, amountIn: bigint): Promise<bigint>;
  /** Input that Uniswap's own router needs for `amountOut`, both in the tokens' own decimals. */
  exactOutput(tokenIn: Address, amountOut: bigint): Promise<bigint>;
};

export type CreateSpotMarketParameters = {
  /** Owns the liquidity, and has ether for it. */
  deployer: DevnetClient;
  /** Moves the price with its own WETH and collateral. */
  arbitrageur: DevnetClient;
  uniswapV3: UniswapV3;
  collateral: Token;
  /** Collateral per WETH, WAD. */
  price: bigint;
  /** Base in each path, WAD. */
  depth: bigint;
};

/** Creates the pools of a path and adds liquidity over the full range. */
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

const fee = (BigInt(FEE) * WAD) / 1_000_000n;
const PRECISE = WAD / 1_000_000n;

async function onePoolOfV3(parameters: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { deployer, arbitrageur, uniswapV3, collateral, price, depth } = parameters;
  const { factory, swapRouter, weth } = uniswapV3;
  const pool = await provide(deployer, { uniswapV3, base: weth, quote: collateral, price, baseAmount: depth });
  await approveRouter(arbitrageur, { swapRouter, pool });
  return {
    path: { uniswapV3Factory: factory, pools: [{ fee: FEE }] },
    fee,
    moveTo: (target, maxDeviation = PRECISE) =>
      arbitrageToPrice(arbitrageur, { pool, swapRouter, price: target, maxDeviation }),
    ...routerQuotes(arbitrageur, swapRouter, [weth.address, collateral.address]),
  };
}

/** A path over a token of 8 decimals. The first pool is the one that moves. */
async function twoPoolsOfV3(parameters: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { deployer, arbitrageur, uniswapV3, collateral, price, depth } = parameters;
  const { factory, swapRouter, weth } = uniswapV3;
  const middle = await deployTestToken(deployer, { name: "Bitcoin (test)", symbol: "BTC", decimals: 8 });
  const middleDepth = (depth * price) / (MIDDLE_PRICE * WAD) / 10n ** 10n;
  for (const holder of [deployer, arbitrageur]) {
    await mintTestToken(deployer, { token: middle.address, to: addressOf(holder), amount: 10n * middleDepth });
  }
  const pool = await provide(deployer, {
    uniswapV3,
    base: weth,
    quote: middle,
    price: price / MIDDLE_PRICE,
    baseAmount: depth,
  });
  await provide(deployer, {
    uniswapV3,
    base: middle,
    quote: collateral,
    price: MIDDLE_PRICE * WAD,
    baseAmount: middleDepth,
  });
  await approveRouter(arbitrageur, { swapRouter, pool });
  await approveToken(arbitrageur, { token: collateral.address, spender: swapRouter });
  return {
    path: { uniswapV3Factory: factory, pools: [{ fee: FEE, token: middle.address }, { fee: FEE }] },
    fee,
    moveTo: (target, maxDeviation = PRECISE) =>
      arbitrageToPrice(arbitrageur, { pool, swapRouter, price: target / MIDDLE_PRICE, maxDeviation }),
    ...routerQuotes(arbitrageur, swapRouter, [weth.address, middle.address, collateral.address]),
  };
}

async function onePoolOfV4(parameters: CreateSpotMarketParameters): Promise<SpotMarket> {
  const { deployer, arbitrageur, collateral, price, depth } = parameters;
  const { weth } = parameters.uniswapV3;
  const { poolManager, liquidityRouter, swapRouter } = await deployUniswapV4(deployer);
  const terms = { fee: FEE, tickSpacing: TICK_SPACING };
  const pool = await createPoolV4(deployer, { poolManager, base: weth, quote: collateral, price, ...terms });
  const amounts = await supply(deployer, { weth, base: weth, quote: collateral, price, baseAmount: depth });
  await addLiquidityV4(deployer, { liquidityRouter, pool, ...amounts });
  await approveRouter(arbitrageur, { swapRouter, pool });

  /** Simulates a swap. Returns what the swapper pays and receives, in the tokens' own decimals. */
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
    // One word with the balance change of each token: positive is received.
    const [amount0, amount1] = [result >> 128n, BigInt.asIntN(128, result)];
    return zeroForOne ? { paid: -amount0, received: amount1 } : { paid: -amount1, received: amount0 };
  };
  return {
    path: { uniswapV4PoolManager: poolManager, pools: [terms] },
    fee,
    moveTo: (target, maxDeviation = PRECISE) =>
      arbitrageToPriceV4(arbitrageur, { pool, swapRouter, price: target, maxDeviation }),
    exactInput: async (tokenIn, amountIn) => (await simulate(tokenIn, -amountIn)).received,
    exactOutput: async (tokenIn, amountOut) => (await simulate(tokenIn, amountOut)).paid,
  };
}

type Pair = { base: Token; quote: Token; price: bigint; baseAmount: bigint };

/** Gives the deployer both sides of a pool's liquidity, of equal value at a price. */
async function supply(deployer: DevnetClient, { weth, base, quote, price, baseAmount }: Pair & { weth: Token }) {
  const quoteAmount = (baseAmount * price * 10n ** BigInt(quote.decimals)) / 10n ** BigInt(base.decimals) / WAD;
  if (base.address === weth.address) await wrapEther(deployer, { weth: base.address, amount: baseAmount });
  await mintTestToken(deployer, { token: quote.address, to: addressOf(deployer), amount: quoteAmount });
  return { baseAmount, quoteAmount };
}

/** A pool of Uniswap v3 with liquidity over the full range. */
async function provide(
  deployer: DevnetClient,
  { uniswapV3, ...pair }: Pair & { uniswapV3: UniswapV3 },
): Promise<SpotPool> {
  const { factory, positionManager, weth } = uniswapV3;
  const { base, quote, price } = pair;
  const pool = await createPool(deployer, { factory, base, quote, fee: FEE, price });
  const amounts = await supply(deployer, { weth, ...pair });
  await addLiquidity(deployer, { positionManager, pool, ...amounts, recipient: addressOf(deployer) });
  return pool;
}

const addressOf = (client: DevnetClient): Address => parseAccount(client.account).address;

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

/** Quotes of Uniswap v3's router, by simulated swaps of an account that can pay. */
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
      // The router reads the path of an exact output from its end.
      const path = encodePath([...from(tokenIn)].reverse());
      const args = [{ ...rest, path, amountOut, amountInMaximum: maxUint256 }] as const;
      return (await client.simulateContract({ ...router, functionName: "exactOutput", args })).result;
    },
  };
}

const encodePath = (tokens: readonly Address[]): Hex =>
  concatHex(tokens.flatMap((token, i) => (i === 0 ? [token] : [numberToHex(FEE, { size: 3 }), token])));
