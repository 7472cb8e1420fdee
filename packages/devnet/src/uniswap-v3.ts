import { type Address, maxUint256, parseEventLogs, type TransactionReceipt, zeroAddress } from "viem";
import { nonfungiblePositionManagerAbi, uniswapV3FactoryAbi, uniswapV3PoolAbi } from "./abis.js";
import { packageArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";
import {
  type PairOrientation,
  priceToSqrtPriceX96,
  sqrtPriceX96ToPrice,
  sqrtPriceX96ToTick,
  usableTicks,
} from "./price-math.js";
import { approveToken, type Token } from "./tokens.js";

export type UniswapV3 = {
  weth: Token;
  factory: Address;
  swapRouter: Address;
  positionManager: Address;
};

/** A pool, seen as a market of a base token against a quote token. */
export type SpotPool = PairOrientation & {
  address: Address;
  base: Address;
  quote: Address;
  /** Parts per million of the input. */
  fee: number;
  tickSpacing: number;
};

/** Deploys WETH9 and Uniswap v3 with the bytecode of their official packages. */
export async function deployUniswapV3(client: DevnetClient): Promise<UniswapV3> {
  const weth = await deployContract(client, packageArtifact("WETH9", "@uniswap/v2-periphery/build/WETH9.json"));
  const factory = await deployContract(
    client,
    packageArtifact(
      "UniswapV3Factory",
      "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
    ),
  );
  const swapRouter = await deployContract(client, {
    ...packageArtifact("SwapRouter", "@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json"),
    args: [factory, weth],
  });
  const positionManager = await deployContract(client, {
    ...packageArtifact(
      "NonfungiblePositionManager",
      "@uniswap/v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json",
    ),
    // Nobody asks for a position's picture here, so that there is no descriptor.
    args: [factory, weth, zeroAddress],
  });
  return { weth: { address: weth, decimals: 18 }, factory, swapRouter, positionManager };
}

export type CreatePoolParameters = {
  factory: Address;
  base: Token;
  quote: Token;
  /** Parts per million: 100 (where enabled), 500, 3000 or 10000. */
  fee: number;
  /** Quote per base, WAD. */
  price: bigint;
};

/** Creates a pool and sets its first price. @throws {PriceOutOfRangeError} if no pool can have that price */
export async function createPool(
  client: DevnetClient,
  { factory, base, quote, fee, price }: CreatePoolParameters,
): Promise<SpotPool> {
  const orientation: PairOrientation = {
    baseDecimals: base.decimals,
    quoteDecimals: quote.decimals,
    baseIsToken0: BigInt(base.address) < BigInt(quote.address),
  };
  const sqrtPriceX96 = priceToSqrtPriceX96(price, orientation);

  const created = await client.writeContract({
    address: factory,
    abi: uniswapV3FactoryAbi,
    functionName: "createPool",
    args: [base.address, quote.address, fee],
  });
  await settled(client, created, "Creation of the pool");
  const address = await client.readContract({
    address: factory,
    abi: uniswapV3FactoryAbi,
    functionName: "getPool",
    args: [base.address, quote.address, fee],
  });

  const initialized = await client.writeContract({
    address,
    abi: uniswapV3PoolAbi,
    functionName: "initialize",
    args: [sqrtPriceX96],
  });
  await settled(client, initialized, "Initialization of the pool");
  const tickSpacing = await client.readContract({ address, abi: uniswapV3PoolAbi, functionName: "tickSpacing" });
  return { ...orientation, address, base: base.address, quote: quote.address, fee, tickSpacing };
}

export type AddLiquidityParameters = {
  positionManager: Address;
  pool: SpotPool;
  /** At most this much base, in its own decimals. */
  baseAmount: bigint;
  /** At most this much quote, in its own decimals. */
  quoteAmount: bigint;
  /** Prices (quote per base, WAD) that the liquidity lies between. Default: the full range. */
  range?: { lower: bigint; upper: bigint } | undefined;
  /** Who owns the position. */
  recipient: Address;
};

export type AddedLiquidity = {
  tokenId: bigint;
  liquidity: bigint;
  baseAmount: bigint;
  quoteAmount: bigint;
};

/** Adds liquidity out of the client's tokens, and reports what was taken. */
export async function addLiquidity(
  client: DevnetClient,
  { positionManager, pool, baseAmount, quoteAmount, range, recipient }: AddLiquidityParameters,
): Promise<AddedLiquidity> {
  await approveToken(client, { token: pool.base, spender: positionManager, amount: baseAmount });
  await approveToken(client, { token: pool.quote, spender: positionManager, amount: quoteAmount });

  const ticks =
    range && [range.lower, range.upper].map((price) => sqrtPriceX96ToTick(priceToSqrtPriceX96(price, pool)));
  const { tickLower, tickUpper } = usableTicks(
    pool.tickSpacing,
    ticks && { lower: Math.min(...ticks), upper: Math.max(...ticks) },
  );
  const [token0, token1] = pool.baseIsToken0 ? [pool.base, pool.quote] : [pool.quote, pool.base];
  const [amount0Desired, amount1Desired] = pool.baseIsToken0 ? [baseAmount, quoteAmount] : [quoteAmount, baseAmount];
  const hash = await client.writeContract({
    address: positionManager,
    abi: nonfungiblePositionManagerAbi,
    functionName: "mint",
    args: [
      {
        token0,
        token1,
        fee: pool.fee,
        tickLower,
        tickUpper,
        amount0Desired,
        amount1Desired,
        amount0Min: 0n,
        amount1Min: 0n,
        recipient,
        deadline: maxUint256,
      },
    ],
  });
  return addedLiquidity(await settled(client, hash, "Adding of liquidity"), pool);
}

function addedLiquidity(receipt: TransactionReceipt, pool: SpotPool): AddedLiquidity {
  const [event] = parseEventLogs({
    abi: nonfungiblePositionManagerAbi,
    logs: receipt.logs,
    eventName: "IncreaseLiquidity",
  });
  if (!event) throw new Error(`Transaction ${receipt.transactionHash} added no liquidity`);
  const { tokenId, liquidity, amount0, amount1 } = event.args;
  const [baseAmount, quoteAmount] = pool.baseIsToken0 ? [amount0, amount1] : [amount1, amount0];
  return { tokenId, liquidity, baseAmount, quoteAmount };
}

/** The pool's current price: quote per base, WAD. */
export async function poolPrice(client: DevnetClient, pool: SpotPool): Promise<bigint> {
  const [sqrtPriceX96] = await client.readContract({
    address: pool.address,
    abi: uniswapV3PoolAbi,
    functionName: "slot0",
  });
  return sqrtPriceX96ToPrice(sqrtPriceX96, pool);
}
