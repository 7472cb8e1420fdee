// Swaps in a Uniswap v3 pool, equal to the pool's own results to the last unit. Written from the formulas of the v3 whitepaper;
// apps/anvil-e2e/test/maths.test.ts compares every step of the rounding with the bytecode of the official package. Amounts in the
// tokens' own decimals, square-root prices with 96 binary digits (X96), fees in parts per million.
import { BaseError } from "viem";
import type { Ppm } from "../units.js";
import { ceilDiv, min, mulDivDown, mulDivUp, PPM, sqrtDown } from "./integers.js";

/** The ticks of the lowest and the highest price that a pool can have. */
export const MIN_TICK = -887_272;
/** See {@link MIN_TICK}. */
export const MAX_TICK = 887_272;
/** The limits of price that the exchange's adapter passes to a pool (spot/SpotPath.sol), so that the price limits no swap. */
export const LOWEST_SQRT_PRICE = 4_295_128_740n;
/** See {@link LOWEST_SQRT_PRICE}. */
export const HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341n;

const Q96 = 2n ** 96n;
/** Ticks in a word of the pool's bitmap. A swap ends a step, and rounds, at each end of a word. */
const WORD = 256;

/** A tick at which the liquidity changes by `liquidityNet` when the price rises through it. */
export type PoolTick = { tick: number; liquidityNet: bigint };

/** A pool at one moment. */
export type PoolState = {
  sqrtPriceX96: bigint;
  /** The pool's own tick: at the end of a range, it may be one below that of the price. */
  tick: number;
  /** In range. */
  liquidity: bigint;
  fee: Ppm;
  tickSpacing: number;
  /** The initialised ticks between `known.from` and `known.to`, ascending. */
  ticks: readonly PoolTick[];
  /** The range of ticks that `ticks` covers. Default: all. */
  known?: { from: number; to: number } | undefined;
};

/** A swap needs ticks of the pool that its state does not cover. */
export class UnknownTicksError extends BaseError {
  override name = "UnknownTicksError";
  /** The first tick that is not known. */
  readonly tick: number;
  /** The known range. */
  readonly known: { from: number; to: number };
  constructor({ tick, known }: { tick: number; known: { from: number; to: number } }) {
    super(`The swap reaches tick ${tick}: the state of the pool covers ${known.from} to ${known.to}.`);
    this.tick = tick;
    this.known = known;
  }
}

/** A swap in a pool. */
export type PoolSwap = {
  /** Whether token0 is the input: the price falls. */
  zeroForOne: boolean;
  /** Whether `amount` is the input, fee included, or the output. */
  isExactInput: boolean;
  /** In the token's own decimals. */
  amount: bigint;
  /** Default: {@link LOWEST_SQRT_PRICE} or {@link HIGHEST_SQRT_PRICE}. */
  sqrtPriceLimitX96?: bigint | undefined;
};

/** The result of a {@link PoolSwap}. */
export type PoolSwapResult = {
  /** Paid, fee included; rounded up. */
  amountIn: bigint;
  /** Received; rounded down. */
  amountOut: bigint;
  /** Whether the price reached its limit before the whole amount was swapped. The exchange's adapter reverts then. */
  isPartial: boolean;
  /** The pool after the swap. */
  pool: PoolState;
};

/**
 * Swaps in a pool (`UniswapV3Pool.swap`): the taker pays `amountIn`, rounded up, and receives `amountOut`, rounded down.
 *
 * @throws {@link UnknownTicksError} when the swap leaves the known range of ticks.
 * @example
 * uniswapV3.swap(
 *   {
 *     sqrtPriceX96: 2n ** 96n, tick: 0, liquidity: 10n ** 18n, fee: 3_000, tickSpacing: 60,
 *     ticks: [{ tick: -600, liquidityNet: 10n ** 18n }, { tick: 600, liquidityNet: -(10n ** 18n) }],
 *   },
 *   { zeroForOne: true, isExactInput: true, amount: 10n ** 15n },
 * ).amountOut; // 996006981039903n
 */
export function swap(
  pool: PoolState,
  {
    zeroForOne,
    isExactInput,
    amount,
    sqrtPriceLimitX96 = zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE,
  }: PoolSwap,
): PoolSwapResult {
  let { sqrtPriceX96, tick, liquidity } = pool;
  let remaining = amount;
  let amountIn = 0n;
  let amountOut = 0n;
  const find = ticksOf(pool, zeroForOne);
  while (remaining !== 0n && sqrtPriceX96 !== sqrtPriceLimitX96) {
    const next = find(tick);
    const sqrtPriceNext = sqrtPriceAtTick(next.tick);
    const isBeyond = zeroForOne ? sqrtPriceNext < sqrtPriceLimitX96 : sqrtPriceNext > sqrtPriceLimitX96;
    const step = swapStep({
      sqrtPriceX96,
      sqrtPriceTargetX96: isBeyond ? sqrtPriceLimitX96 : sqrtPriceNext,
      liquidity,
      fee: pool.fee,
      isExactInput,
      amount: remaining,
    });
    amountIn += step.amountIn + step.fee;
    amountOut += step.amountOut;
    remaining -= isExactInput ? step.amountIn + step.fee : step.amountOut;
    if (step.sqrtPriceX96 === sqrtPriceNext) {
      liquidity += zeroForOne ? -next.liquidityNet : next.liquidityNet;
      tick = zeroForOne ? next.tick - 1 : next.tick;
    } else if (step.sqrtPriceX96 !== sqrtPriceX96) {
      tick = tickAtSqrtPrice(step.sqrtPriceX96);
    }
    sqrtPriceX96 = step.sqrtPriceX96;
  }
  return { amountIn, amountOut, isPartial: remaining !== 0n, pool: { ...pool, sqrtPriceX96, tick, liquidity } };
}

/** Finds the next tick at which a step ends: an initialised one, or the last of a word of the pool's bitmap. */
function ticksOf({ ticks, tickSpacing, known }: PoolState, zeroForOne: boolean): (from: number) => PoolTick {
  return (from) => {
    const compressed = Math.floor(from / tickSpacing) + (zeroForOne ? 0 : 1);
    const word = Math.floor(compressed / WORD) * WORD;
    const edge = (zeroForOne ? word : word + WORD - 1) * tickSpacing;
    if (known && (edge < known.from || edge > known.to)) throw new UnknownTicksError({ tick: edge, known });
    // The first index whose tick is above the start: downward, the tick before it; upward, from the next multiple on.
    let [low, high] = [0, ticks.length];
    const start = compressed * tickSpacing;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { tick } = ticks[middle] as PoolTick;
      if (zeroForOne ? tick > start : tick >= start) high = middle;
      else low = middle + 1;
    }
    const found = ticks[zeroForOne ? low - 1 : low];
    if (found && (zeroForOne ? found.tick >= edge : found.tick <= edge)) return found;
    return { tick: Math.max(MIN_TICK, Math.min(MAX_TICK, edge)), liquidityNet: 0n };
  };
}

/** One step of a swap, within one range of liquidity. */
export type SwapStep = {
  sqrtPriceX96: bigint;
  /** The price at which the step ends at the latest. It gives the direction. */
  sqrtPriceTargetX96: bigint;
  liquidity: bigint;
  fee: Ppm;
  isExactInput: boolean;
  /** The remaining input, fee included, or the remaining output. */
  amount: bigint;
};

/**
 * One step of a swap (`SwapMath.computeSwapStep`): the price after it, input (rounded up) and output (rounded down), and the fee in
 * the input token (rounded up).
 *
 * @example
 * uniswapV3.swapStep({
 *   sqrtPriceX96: 2n ** 96n, sqrtPriceTargetX96: 2n ** 95n, liquidity: 10n ** 18n, fee: 3_000, isExactInput: true,
 *   amount: 1_000_000n,
 * }).amountOut; // 996999n
 */
export function swapStep({
  sqrtPriceX96: current,
  sqrtPriceTargetX96: target,
  liquidity,
  fee: feePpm,
  isExactInput,
  amount,
}: SwapStep): { sqrtPriceX96: bigint; amountIn: bigint; amountOut: bigint; fee: bigint } {
  const zeroForOne = current >= target;
  const fee = BigInt(feePpm);
  const inputTo = (price: bigint) =>
    zeroForOne ? amount0Up(price, current, liquidity) : amount1Up(current, price, liquidity);
  const outputTo = (price: bigint) =>
    zeroForOne ? amount1Down(price, current, liquidity) : amount0Down(current, price, liquidity);
  const available = isExactInput ? mulDivDown(amount, PPM - fee, PPM) : amount;
  const whole = isExactInput ? inputTo(target) : outputTo(target);
  const next =
    available >= whole
      ? target
      : isExactInput
        ? priceAfterInput(current, liquidity, available, zeroForOne)
        : priceAfterOutput(current, liquidity, available, zeroForOne);
  const isFull = next === target;
  const amountIn = isFull && isExactInput ? whole : inputTo(next);
  const amountOut = isFull && !isExactInput ? whole : outputTo(next);
  return {
    sqrtPriceX96: next,
    amountIn,
    amountOut: isExactInput ? amountOut : min(amountOut, amount),
    fee: isExactInput && !isFull ? amount - amountIn : mulDivUp(amountIn, fee, PPM - fee),
  };
}

/** L (b - a) / (a b): token0 between two prices a <= b. */
const amount0Up = (a: bigint, b: bigint, liquidity: bigint): bigint => ceilDiv(mulDivUp(liquidity * Q96, b - a, b), a);
const amount0Down = (a: bigint, b: bigint, liquidity: bigint): bigint => mulDivDown(liquidity * Q96, b - a, b) / a;
/** L (b - a): token1 between two prices a <= b. */
const amount1Up = (a: bigint, b: bigint, liquidity: bigint): bigint => mulDivUp(liquidity, b - a, Q96);
const amount1Down = (a: bigint, b: bigint, liquidity: bigint): bigint => mulDivDown(liquidity, b - a, Q96);

/** Rounded so that the price moves at most as far as the input pays for. */
function priceAfterInput(price: bigint, liquidity: bigint, amount: bigint, zeroForOne: boolean): bigint {
  if (!zeroForOne) return price + mulDivDown(amount, Q96, liquidity);
  if (amount === 0n) return price;
  const scaled = liquidity * Q96;
  const product = amount * price;
  // Where the pool's 256 bits do not hold the denominator, it uses a less exact form.
  return product < 2n ** 256n && scaled + product < 2n ** 256n
    ? mulDivUp(scaled, price, scaled + product)
    : ceilDiv(scaled, scaled / price + amount);
}

/** Rounded so that the price moves at least as far as the output needs. */
function priceAfterOutput(price: bigint, liquidity: bigint, amount: bigint, zeroForOne: boolean): bigint {
  if (zeroForOne) return price - mulDivUp(amount, Q96, liquidity);
  if (amount === 0n) return price;
  const scaled = liquidity * Q96;
  return mulDivUp(scaled, price, scaled - amount * price);
}

/** 1.0001^(-2^i / 2) for i from 0 to 19, 128 binary digits, to the nearest. Computed at the first use. */
let powers: bigint[] | undefined;
function powersOf(): bigint[] {
  if (powers) return powers;
  const digits = 512n;
  let power = sqrtDown((10_000n << (2n * digits)) / 10_001n);
  powers = Array.from({ length: 20 }, () => {
    const rounded = ((power >> (digits - 129n)) + 1n) >> 1n;
    power = (power * power) >> digits;
    return rounded;
  });
  return powers;
}

const priceCache = new Map<number, bigint>();
/** Ticks whose prices are kept: those of a swap, and of many swaps after it. */
const CACHED_TICKS = 4_096;

/**
 * The square root of 1.0001^tick with 96 binary digits, rounded up (`TickMath.getSqrtRatioAtTick`).
 *
 * @param tick a whole number from {@link MIN_TICK} to {@link MAX_TICK}.
 * @example
 * uniswapV3.sqrtPriceAtTick(-1); // 79224201403219477170569942574n
 */
export function sqrtPriceAtTick(tick: number): bigint {
  const cached = priceCache.get(tick);
  if (cached !== undefined) return cached;
  let ratio = 1n << 128n;
  const distance = Math.abs(tick);
  for (const [i, power] of powersOf().entries()) if (distance & (1 << i)) ratio = (ratio * power) >> 128n;
  if (tick > 0) ratio = (2n ** 256n - 1n) / ratio;
  const price = ceilDiv(ratio, 1n << 32n);
  if (priceCache.size >= CACHED_TICKS) priceCache.clear();
  priceCache.set(tick, price);
  return price;
}

/**
 * The highest tick whose price is at most a square-root price (`TickMath.getTickAtSqrtRatio`).
 *
 * @example
 * uniswapV3.tickAtSqrtPrice(2n ** 96n - 1n); // -1
 */
export function tickAtSqrtPrice(sqrtPriceX96: bigint): number {
  // A double is exact to a small part of a tick.
  const guess = Math.floor((2 * (Math.log(Number(sqrtPriceX96)) - 96 * Math.LN2)) / Math.log(1.0001));
  let tick = Math.max(MIN_TICK, Math.min(MAX_TICK, guess));
  while (tick < MAX_TICK && sqrtPriceAtTick(tick + 1) <= sqrtPriceX96) tick++;
  while (tick > MIN_TICK && sqrtPriceAtTick(tick) > sqrtPriceX96) tick--;
  return tick;
}
