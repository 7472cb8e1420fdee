import { type Address, maxUint256, parseEventLogs, type TransactionReceipt, zeroAddress } from "viem";
import { nonfungiblePositionManagerAbi, uniswapV3FactoryAbi, uniswapV3PoolAbi } from "./abis.js";
import { packageArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";
import {
  orientPair,
  type PairOrientation,
  priceToSqrtPriceX96,
  rangeTicks,
  sqrtPriceX96ToPrice,
} from "./price-math.js";
import { approveToken, type Token } from "./tokens.js";

export type UniswapV3 = {
  weth: Token;
  factory: Address;
  swapRouter: Address;
  positionManager: Address;
};

/** A pool as a market of a base token against a quote token. */
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
    // Without a descriptor: no caller here reads a position's image.
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
  const orientation = orientPair(base, quote);
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

/** Liquidity to add to a pool. */
export type Liquidity = {
  /** Maximum base, in its own decimals. */
  baseAmount: bigint;
  /** Maximum quote, in its own decimals. */
  quoteAmount: bigint;
  /** Price range of the liquidity, quote per base, WAD. Default: the full range. */
  range?: { lower: bigint; upper: bigint } | undefined;
};

export type AddLiquidityParameters = Liquidity & {
  positionManager: Address;
  pool: SpotPool;
  /** Owner of the position. */
  recipient: Address;
};

export type AddedLiquidity = {
  tokenId: bigint;
  liquidity: bigint;
  baseAmount: bigint;
  quoteAmount: bigint;
};

/** Adds liquidity from the client's tokens. Returns the liquidity and the amounts that the pool took. */
export async function addLiquidity(
  client: DevnetClient,
  { positionManager, pool, baseAmount, quoteAmount, range, recipient }: AddLiquidityParameters,
): Promise<AddedLiquidity> {
  await approveToken(client, { token: pool.base, spender: positionManager, amount: baseAmount });
  await approveToken(client, { token: pool.quote, spender: positionManager, amount: quoteAmount });

  const { tickLower, tickUpper } = rangeTicks(pool, range);
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
