import { type Address, maxUint256, parseEventLogs } from "viem";
import { parseAccount } from "viem/accounts";
import { swapRouterAbi, uniswapV3PoolAbi } from "./abis.js";
import { type DevnetClient, settled } from "./client.js";
import { ArbitrageShortfallError } from "./errors.js";
import { deviation, priceToSqrtPriceX96, sqrtPriceX96ToPrice, WAD } from "./price-math.js";
import { approveToken, balanceOf } from "./tokens.js";
import { poolPrice, type SpotPool } from "./uniswap-v3.js";

export type ArbitrageToPriceParameters = {
  swapRouter: Address;
  pool: SpotPool;
  /** Quote per base, WAD. */
  price: bigint;
  /** Smallest distance from `price` that is worth a swap, as a ratio (WAD). Default: the pool's fee. */
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

/** Lets the router take the client's base and quote tokens, which {@link arbitrageToPrice} needs once. */
export async function approveRouter(
  client: DevnetClient,
  { swapRouter, pool }: { swapRouter: Address; pool: SpotPool },
): Promise<void> {
  await approveToken(client, { token: pool.base, spender: swapRouter });
  await approveToken(client, { token: pool.quote, spender: swapRouter });
}

/**
 * Brings a pool to a price with one swap out of the client's tokens, if it is further away than an arbitrageur would
 * tolerate.
 *
 * @throws {ArbitrageShortfallError} if the client's tokens do not suffice
 */
export async function arbitrageToPrice(
  client: DevnetClient,
  { swapRouter, pool, price, maxDeviation = poolFee(pool) }: ArbitrageToPriceParameters,
): Promise<ArbitrageToPriceReturnType> {
  const priceBefore = await poolPrice(client, pool);
  if (deviation(priceBefore, price) <= maxDeviation) {
    return { swapped: false, priceBefore, priceAfter: priceBefore, baseAmount: 0n, quoteAmount: 0n, gasUsed: 0n };
  }

  const buysBase = priceBefore < price;
  const [tokenIn, tokenOut] = buysBase ? [pool.quote, pool.base] : [pool.base, pool.quote];
  const arbitrageur = parseAccount(client.account).address;
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
        // The price limit stops the swap; the rest is not taken.
        amountIn: await balanceOf(client, { token: tokenIn, owner: arbitrageur }),
        amountOutMinimum: 0n,
        sqrtPriceLimitX96: priceToSqrtPriceX96(price, pool),
      },
    ],
  });
  const receipt = await settled(client, hash, "Arbitrage");
  const [swap] = parseEventLogs({ abi: uniswapV3PoolAbi, logs: receipt.logs, eventName: "Swap" });
  if (!swap) throw new Error(`Transaction ${hash} holds no swap`);

  const priceAfter = sqrtPriceX96ToPrice(swap.args.sqrtPriceX96, pool);
  if (deviation(priceAfter, price) > maxDeviation) throw new ArbitrageShortfallError(arbitrageur, priceAfter, price);
  // A pool counts what it receives as positive.
  const received = [-swap.args.amount0, -swap.args.amount1] as const;
  const [baseAmount, quoteAmount] = pool.baseIsToken0 ? received : [received[1], received[0]];
  return { swapped: true, priceBefore, priceAfter, baseAmount, quoteAmount, gasUsed: receipt.gasUsed };
}

const poolFee = (pool: SpotPool) => (BigInt(pool.fee) * WAD) / 1_000_000n;
