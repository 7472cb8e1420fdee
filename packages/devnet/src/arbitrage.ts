import { type Address, maxUint256, parseEventLogs } from "viem";
import { parseAccount } from "viem/accounts";
import { poolManagerAbi, poolSwapRouterAbi, swapRouterAbi, uniswapV3PoolAbi } from "./abis.js";
import { type DevnetClient, settled } from "./client.js";
import { ArbitrageShortfallError } from "./errors.js";
import { deviation, priceToSqrtPriceX96, sqrtPriceX96ToPrice, WAD } from "./price-math.js";
import { approveToken, balanceOf } from "./tokens.js";
import { poolPrice, type SpotPool } from "./uniswap-v3.js";
import { poolKey, poolPriceV4, type SpotPoolV4 } from "./uniswap-v4.js";

export type ArbitrageToPriceParameters<pool extends SpotPool | SpotPoolV4 = SpotPool> = {
  swapRouter: Address;
  pool: pool;
  /** Quote per base, WAD. */
  price: bigint;
  /** Smallest deviation from `price` for a swap, as a ratio (WAD). Default: the pool's fee. */
  maxDeviation?: bigint | undefined;
};

export type ArbitrageToPriceReturnType = {
  swapped: boolean;
  /** Quote per base, WAD. */
  priceBefore: bigint;
  /** Quote per base, WAD. */
  priceAfter: bigint;
  /** Base that the arbitrageur received (positive) or paid (negative), in its own decimals. */
  baseAmount: bigint;
  /** Quote that the arbitrageur received (positive) or paid (negative), in its own decimals. */
  quoteAmount: bigint;
  gasUsed: bigint;
};

/** Approves the router for the client's base and quote tokens, which {@link arbitrageToPrice} needs once. */
export async function approveRouter(
  client: DevnetClient,
  { swapRouter, pool }: { swapRouter: Address; pool: { base: Address; quote: Address } },
): Promise<void> {
  await approveToken(client, { token: pool.base, spender: swapRouter });
  await approveToken(client, { token: pool.quote, spender: swapRouter });
}

/**
 * Brings a pool of Uniswap v3 to a price with one swap of the client's tokens, unless the price deviates by
 * `maxDeviation` or less.
 *
 * @throws {ArbitrageShortfallError} if the client has too few tokens
 */
export async function arbitrageToPrice(
  client: DevnetClient,
  parameters: ArbitrageToPriceParameters,
): Promise<ArbitrageToPriceReturnType> {
  const { swapRouter, pool } = parameters;
  return bringToPrice(client, parameters, {
    priceBefore: await poolPrice(client, pool),
    swap: async ({ tokenIn, tokenOut, amountIn, sqrtPriceLimitX96, arbitrageur }) => {
      const hash = await client.writeContract({
        address: swapRouter,
        abi: swapRouterAbi,
        functionName: "exactInputSingle",
        args: [
          {
            tokenIn,
            tokenOut,
            fee: pool.fee,
            recipient: arbitrageur,
            deadline: maxUint256,
            amountIn,
            amountOutMinimum: 0n,
            sqrtPriceLimitX96,
          },
        ],
      });
      const { logs, gasUsed } = await settled(client, hash, "Arbitrage");
      const [swap] = parseEventLogs({ abi: uniswapV3PoolAbi, logs, eventName: "Swap" });
      if (!swap) throw new Error(`Transaction ${hash} contains no swap`);
      const { amount0, amount1, sqrtPriceX96 } = swap.args;
      // Uniswap v3 reports amounts that the pool receives as positive.
      return { received0: -amount0, received1: -amount1, sqrtPriceX96, gasUsed };
    },
  });
}

/**
 * {@link arbitrageToPrice} for a pool of Uniswap v4, through Uniswap's own test router.
 *
 * @throws {ArbitrageShortfallError} if the client has too few tokens
 */
export async function arbitrageToPriceV4(
  client: DevnetClient,
  parameters: ArbitrageToPriceParameters<SpotPoolV4>,
): Promise<ArbitrageToPriceReturnType> {
  const { swapRouter, pool } = parameters;
  return bringToPrice(client, parameters, {
    priceBefore: await poolPriceV4(client, pool),
    swap: async ({ tokenIn, amountIn, sqrtPriceLimitX96 }) => {
      const hash = await client.writeContract({
        address: swapRouter,
        abi: poolSwapRouterAbi,
        functionName: "swap",
        args: [
          poolKey(pool),
          // Uniswap v4 takes an exact input as a negative amount.
          { zeroForOne: (tokenIn === pool.base) === pool.baseIsToken0, amountSpecified: -amountIn, sqrtPriceLimitX96 },
          { takeClaims: false, settleUsingBurn: false },
          "0x",
        ],
      });
      const { logs, gasUsed } = await settled(client, hash, "Arbitrage");
      const [swap] = parseEventLogs({ abi: poolManagerAbi, logs, eventName: "Swap" });
      if (!swap) throw new Error(`Transaction ${hash} contains no swap`);
      const { amount0, amount1, sqrtPriceX96 } = swap.args;
      return { received0: amount0, received1: amount1, sqrtPriceX96, gasUsed };
    },
  });
}

type Market = {
  priceBefore: bigint;
  /** Swaps up to the price limit. */
  swap(parameters: {
    tokenIn: Address;
    tokenOut: Address;
    amountIn: bigint;
    sqrtPriceLimitX96: bigint;
    arbitrageur: Address;
  }): Promise<{ received0: bigint; received1: bigint; sqrtPriceX96: bigint; gasUsed: bigint }>;
};

async function bringToPrice(
  client: DevnetClient,
  { pool, price, maxDeviation = poolFee(pool) }: ArbitrageToPriceParameters<SpotPool | SpotPoolV4>,
  { priceBefore, swap }: Market,
): Promise<ArbitrageToPriceReturnType> {
  if (deviation(priceBefore, price) <= maxDeviation) {
    return { swapped: false, priceBefore, priceAfter: priceBefore, baseAmount: 0n, quoteAmount: 0n, gasUsed: 0n };
  }
  const [tokenIn, tokenOut] = priceBefore < price ? [pool.quote, pool.base] : [pool.base, pool.quote];
  const arbitrageur = parseAccount(client.account).address;
  const { received0, received1, sqrtPriceX96, gasUsed } = await swap({
    tokenIn,
    tokenOut,
    // The swap stops at the price limit and takes only the input that it needs.
    amountIn: await balanceOf(client, { token: tokenIn, owner: arbitrageur }),
    sqrtPriceLimitX96: priceToSqrtPriceX96(price, pool),
    arbitrageur,
  });
  const priceAfter = sqrtPriceX96ToPrice(sqrtPriceX96, pool);
  if (deviation(priceAfter, price) > maxDeviation) throw new ArbitrageShortfallError(arbitrageur, priceAfter, price);
  const [baseAmount, quoteAmount] = pool.baseIsToken0 ? [received0, received1] : [received1, received0];
  return { swapped: true, priceBefore, priceAfter, baseAmount, quoteAmount, gasUsed };
}

const poolFee = ({ fee }: { fee: number }) => (BigInt(fee) * WAD) / 1_000_000n;
