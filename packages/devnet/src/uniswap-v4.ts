import { type Address, encodeAbiParameters, hexToBigInt, keccak256, parseEventLogs, zeroAddress, zeroHash } from "viem";
import { parseAccount } from "viem/accounts";
import { erc20Abi, poolLiquidityRouterAbi, poolManagerAbi } from "./abis.js";
import { packageArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";
import {
  liquidityForAmounts,
  orientPair,
  type PairOrientation,
  priceToSqrtPriceX96,
  rangeTicks,
  sqrtPriceX96ToPrice,
} from "./price-math.js";
import { approveToken, type Token } from "./tokens.js";
import type { Liquidity } from "./uniswap-v3.js";

export type UniswapV4 = {
  poolManager: Address;
  /** Uniswap's own test router for swaps, which takes its caller's tokens. */
  swapRouter: Address;
  /** Uniswap's own test router for liquidity. All liquidity that it adds is one position of the router. */
  liquidityRouter: Address;
};

/** A pool without hooks as a market of a base token against a quote token. */
export type SpotPoolV4 = PairOrientation & {
  poolManager: Address;
  base: Address;
  quote: Address;
  /** Parts per million of the input. */
  fee: number;
  tickSpacing: number;
};

/** Deploys Uniswap v4 with the bytecode of its official package. */
export async function deployUniswapV4(client: DevnetClient): Promise<UniswapV4> {
  const deploy = (name: string, args: readonly unknown[]) =>
    deployContract(client, { ...packageArtifact(name, `@uniswap/v4-core/out/${name}.sol/${name}.json`), args });
  const poolManager = await deploy("PoolManager", [parseAccount(client.account).address]);
  const swapRouter = await deploy("PoolSwapTest", [poolManager]);
  const liquidityRouter = await deploy("PoolModifyLiquidityTest", [poolManager]);
  return { poolManager, swapRouter, liquidityRouter };
}

/** The key of a pool in its PoolManager. */
export const poolKey = ({ base, quote, baseIsToken0, fee, tickSpacing }: Omit<SpotPoolV4, "poolManager">) => ({
  currency0: baseIsToken0 ? base : quote,
  currency1: baseIsToken0 ? quote : base,
  fee,
  tickSpacing,
  hooks: zeroAddress,
});

export type CreatePoolV4Parameters = {
  poolManager: Address;
  base: Token;
  quote: Token;
  /** Parts per million. */
  fee: number;
  tickSpacing: number;
  /** Quote per base, WAD. */
  price: bigint;
};

/** Creates a pool and sets its first price. @throws {PriceOutOfRangeError} if no pool can have that price */
export async function createPoolV4(
  client: DevnetClient,
  { poolManager, base, quote, fee, tickSpacing, price }: CreatePoolV4Parameters,
): Promise<SpotPoolV4> {
  const pool: SpotPoolV4 = {
    poolManager,
    base: base.address,
    quote: quote.address,
    ...orientPair(base, quote),
    fee,
    tickSpacing,
  };
  const hash = await client.writeContract({
    address: poolManager,
    abi: poolManagerAbi,
    functionName: "initialize",
    args: [poolKey(pool), priceToSqrtPriceX96(price, pool)],
  });
  await settled(client, hash, "Initialization of the pool");
  return pool;
}

export type AddLiquidityV4Parameters = Liquidity & { liquidityRouter: Address; pool: SpotPoolV4 };

export type AddedLiquidityV4 = { liquidity: bigint; baseAmount: bigint; quoteAmount: bigint };

/** Adds liquidity from the client's tokens. Returns the liquidity and the amounts that the pool took. */
export async function addLiquidityV4(
  client: DevnetClient,
  { liquidityRouter, pool, baseAmount, quoteAmount, range }: AddLiquidityV4Parameters,
): Promise<AddedLiquidityV4> {
  await approveToken(client, { token: pool.base, spender: liquidityRouter, amount: baseAmount });
  await approveToken(client, { token: pool.quote, spender: liquidityRouter, amount: quoteAmount });
  const ticks = rangeTicks(pool, range);
  const [amount0, amount1] = pool.baseIsToken0 ? [baseAmount, quoteAmount] : [quoteAmount, baseAmount];
  const most = liquidityForAmounts({ sqrtPriceX96: await sqrtPriceOf(client, pool), ...ticks, amount0, amount1 });
  // The margin covers the difference between the pool's tick prices and ours, and the pool's rounding up of amounts.
  const liquidity = most - most / 10n ** 18n - 1n;
  const hash = await client.writeContract({
    address: liquidityRouter,
    abi: poolLiquidityRouterAbi,
    functionName: "modifyLiquidity",
    args: [poolKey(pool), { ...ticks, liquidityDelta: liquidity, salt: zeroHash }, "0x"],
  });
  const { logs } = await settled(client, hash, "Adding of liquidity");
  const transfers = parseEventLogs({ abi: erc20Abi, logs, eventName: "Transfer" });
  const taken = (token: Address) =>
    transfers
      .filter(({ address, args }) => BigInt(address) === BigInt(token) && args.to === pool.poolManager)
      .reduce((sum, { args }) => sum + args.value, 0n);
  return { liquidity, baseAmount: taken(pool.base), quoteAmount: taken(pool.quote) };
}

/** The pool's current price: quote per base, WAD. */
export async function poolPriceV4(client: DevnetClient, pool: SpotPoolV4): Promise<bigint> {
  return sqrtPriceX96ToPrice(await sqrtPriceOf(client, pool), pool);
}

/** Slot of the PoolManager's mapping of pools. The price is the low 160 bits of a pool's first word. */
const POOLS_SLOT = 6n;

async function sqrtPriceOf(client: DevnetClient, pool: SpotPoolV4): Promise<bigint> {
  const key = poolKey(pool);
  const id = keccak256(
    encodeAbiParameters(
      [{ type: "address" }, { type: "address" }, { type: "uint24" }, { type: "int24" }, { type: "address" }],
      [key.currency0, key.currency1, key.fee, key.tickSpacing, key.hooks],
    ),
  );
  const word = await client.readContract({
    address: pool.poolManager,
    abi: poolManagerAbi,
    functionName: "extsload",
    args: [keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [id, POOLS_SLOT]))],
  });
  return hexToBigInt(word) & (2n ** 160n - 1n);
}
