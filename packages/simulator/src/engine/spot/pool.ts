import { uniswapV3 } from "@counterpoise/sdk/math";
import { abs, PPM, WAD } from "../integers.js";
import { Rejection } from "../rejection.js";

/** A swap of base for quote or back. Amounts in the tokens' own decimals. */
export type SpotSwap = { isBaseToQuote: boolean; isExactInput: boolean; amount: bigint };

/** A swap that ends at a price of the pool, X96. */
export type LimitedSwap = { isBaseToQuote: boolean; sqrtPriceLimitX96: bigint };

const Q96 = 2n ** 96n;
/** More than any pool takes. */
export const MAX_INPUT = 2n ** 127n;

/** A Uniswap v3 pool of the base token and the collateral, in which makers hedge and any account trades. */
export class SpotPool {
  constructor(
    public state: uniswapV3.PoolState,
    /** Whether the base token is the pool's token0. */
    readonly isBaseToken0: boolean,
    /** WAD per unit of each token. */
    readonly scales: { base: bigint; quote: bigint },
  ) {}

  /** A pool with liquidity over the whole range of prices. `price` WAD quote per base; `depth` WAD base on each side; fee ppm. */
  static atPrice(parameters: {
    price: bigint;
    depth: bigint;
    fee: number;
    scales: { base: bigint; quote: bigint };
  }): SpotPool {
    const { price, depth, fee, scales } = parameters;
    const sqrtPriceX96 = sqrtPriceOf(price, scales);
    const liquidity = liquidityOf(depth / scales.base, sqrtPriceX96);
    const tickSpacing = 10;
    const edge = Math.floor(uniswapV3.MAX_TICK / tickSpacing) * tickSpacing;
    const ticks = [
      { tick: -edge, liquidityNet: liquidity },
      { tick: edge, liquidityNet: -liquidity },
    ];
    const tick = uniswapV3.tickAtSqrtPrice(sqrtPriceX96);
    return new SpotPool({ sqrtPriceX96, tick, liquidity, fee, tickSpacing, ticks }, true, scales);
  }

  /** The pool's price, WAD quote per base, down. */
  get price(): bigint {
    const { sqrtPriceX96 } = this.state;
    const { base, quote } = this.scales;
    const square = sqrtPriceX96 * sqrtPriceX96;
    return this.isBaseToken0
      ? (square * WAD * quote) / (base * Q96 * Q96)
      : (Q96 * Q96 * WAD * quote) / (base * square);
  }

  /** Fee of a swap as the exchange's adapter reports it, ppm, up. */
  get fee(): number {
    return Math.ceil(1e12 / (1e6 - this.state.fee)) - 1_000_000;
  }

  /** Changes the liquidity to a depth of WAD base at the present price: the pool's LPs leave or come. */
  setDepth(depth: bigint): void {
    const liquidity = liquidityOf(depth / this.scales.base, this.state.sqrtPriceX96);
    const ticks = this.state.ticks.map(({ tick, liquidityNet }) => ({
      tick,
      liquidityNet: liquidityNet > 0n ? liquidity : -liquidity,
    }));
    this.state = { ...this.state, liquidity, ticks };
  }

  /** Swaps. @returns input and output. @throws {Rejection} `PartialSwap` when the pool's liquidity ends first. */
  swap({ isBaseToQuote, isExactInput, amount }: SpotSwap): { amountIn: bigint; amountOut: bigint } {
    const zeroForOne = isBaseToQuote === this.isBaseToken0;
    const result = uniswapV3.swap(this.state, { zeroForOne, isExactInput, amount });
    if (result.isPartial) throw new Rejection("PartialSwap", { requested: amount });
    this.state = result.pool;
    return result;
  }

  /**
   * The swap with which an arbitrageur brings the pool to a price (WAD), less the fee: beyond that a trade loses. Undefined within the
   * fee.
   */
  arbitrageTo(target: bigint): LimitedSwap | undefined {
    const fee = BigInt(this.state.fee);
    const isBaseToQuote = this.price * (PPM - fee) > target * PPM;
    if (!isBaseToQuote && target * (PPM - fee) <= this.price * PPM) return undefined;
    const goal = isBaseToQuote ? (target * PPM) / (PPM - fee) : (target * (PPM - fee)) / PPM;
    const root = sqrtPriceOf(goal, this.scales);
    const sqrtPriceLimitX96 = this.isBaseToken0 ? root : (Q96 * Q96) / root;
    const { sqrtPriceX96 } = this.state;
    const isAhead =
      isBaseToQuote === this.isBaseToken0 ? sqrtPriceLimitX96 < sqrtPriceX96 : sqrtPriceLimitX96 > sqrtPriceX96;
    return isAhead ? { isBaseToQuote, sqrtPriceLimitX96 } : undefined;
  }

  /** Swaps until the pool has a price. @returns base bought (above zero) or sold, WAD. */
  swapTo({ isBaseToQuote, sqrtPriceLimitX96 }: LimitedSwap): bigint {
    const zeroForOne = isBaseToQuote === this.isBaseToken0;
    const swap = { zeroForOne, isExactInput: true, amount: MAX_INPUT, sqrtPriceLimitX96 };
    const { amountIn, amountOut, pool } = uniswapV3.swap(this.state, swap);
    this.state = pool;
    return (isBaseToQuote ? -amountIn : amountOut) * this.scales.base;
  }
}

/** The root of a price for a pool whose token0 is the base token, X96. */
const sqrtPriceOf = (price: bigint, { base, quote }: { base: bigint; quote: bigint }): bigint =>
  squareRoot((price * base * Q96 * Q96) / (WAD * quote));

const liquidityOf = (baseUnits: bigint, sqrtPriceX96: bigint): bigint => (baseUnits * sqrtPriceX96) / Q96;

function squareRoot(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (abs(next - root) <= 1n) return next * next <= n ? next : next - 1n;
    root = next;
  }
}
