/** 1 in WAD, the 18-decimal fixed point of every price here. */
export const WAD = 10n ** 18n;

/** The lowest and highest tick of a Uniswap v3 pool. */
export const MIN_TICK = -887_272;
export const MAX_TICK = 887_272;

/** How a pool's two tokens map to base and quote. A pool orders its tokens by address, so the base can be either one. */
export type PairOrientation = {
  /** Decimals of the base token. */
  baseDecimals: number;
  /** Decimals of the quote token. */
  quoteDecimals: number;
  /** Whether the base token is the pool's token0. */
  baseIsToken0: boolean;
};

export class PriceOutOfRangeError extends Error {
  override readonly name = "PriceOutOfRangeError";
  constructor(readonly price: bigint) {
    super(`A pool cannot have the price ${price} (WAD): it must be positive and within the tick range`);
  }
}

export class TickRangeError extends Error {
  override readonly name = "TickRangeError";
  constructor(
    readonly lower: number,
    readonly upper: number,
    readonly tickSpacing: number,
  ) {
    super(`Ticks ${lower} to ${upper} contain no range of multiples of ${tickSpacing}`);
  }
}

/** Orients a pair of tokens by the order of their addresses. */
export const orientPair = (
  base: { address: string; decimals: number },
  quote: { address: string; decimals: number },
): PairOrientation => ({
  baseDecimals: base.decimals,
  quoteDecimals: quote.decimals,
  baseIsToken0: BigInt(base.address) < BigInt(quote.address),
});

const Q96 = 2n ** 96n;
const Q192 = 2n ** 192n;
const MIN_SQRT_PRICE_X96 = 4_295_128_739n;
const MAX_SQRT_PRICE_X96 = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n;

/** The largest integer whose square is at most `value`. */
export function sqrtDown(value: bigint): bigint {
  if (value < 0n) throw new RangeError(`No square root of ${value}`);
  if (value < 2n) return value;
  // Newton's iteration decreases monotonically from any start at or above the root.
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * The pool's `sqrtPriceX96` (root of token1 per token0 in smallest units, times 2^96) at a price.
 *
 * @param price Quote per base, WAD.
 */
export function priceToSqrtPriceX96(price: bigint, pair: PairOrientation): bigint {
  if (price <= 0n) throw new PriceOutOfRangeError(price);
  const quoteUnits = price * 10n ** BigInt(pair.quoteDecimals);
  const baseUnits = WAD * 10n ** BigInt(pair.baseDecimals);
  const sqrtPriceX96 = pair.baseIsToken0
    ? sqrtDown((quoteUnits * Q192) / baseUnits)
    : sqrtDown((baseUnits * Q192) / quoteUnits);
  if (sqrtPriceX96 <= MIN_SQRT_PRICE_X96 || sqrtPriceX96 >= MAX_SQRT_PRICE_X96) throw new PriceOutOfRangeError(price);
  return sqrtPriceX96;
}

/** The price (quote per base, WAD, rounded down) at a pool's `sqrtPriceX96`. */
export function sqrtPriceX96ToPrice(sqrtPriceX96: bigint, pair: PairOrientation): bigint {
  const quoteUnit = 10n ** BigInt(pair.quoteDecimals);
  const baseUnits = WAD * 10n ** BigInt(pair.baseDecimals);
  const squared = sqrtPriceX96 * sqrtPriceX96;
  return pair.baseIsToken0 ? (squared * baseUnits) / (Q192 * quoteUnit) : (Q192 * baseUnits) / (squared * quoteUnit);
}

/** How far `actual` is from `target`, as a ratio of `target` (WAD, rounded up). */
export function deviation(actual: bigint, target: bigint): bigint {
  const distance = actual > target ? actual - target : target - actual;
  return (distance * WAD + target - 1n) / target;
}

/** `sqrtPriceX96` at a tick, to within one part in 10^24. The pool computes its own value. */
export function tickToSqrtPriceX96(tick: number): bigint {
  if (!Number.isInteger(tick) || Math.abs(tick) > MAX_TICK) throw new RangeError(`${tick} is not a pool tick`);
  const precision = 256n;
  const one = 1n << precision;
  let power = one;
  // 1.0001^(|tick|/2) by repeated squaring of the root of 1.0001.
  let factor = sqrtDown((10_001n * one * one) / 10_000n);
  for (let exponent = Math.abs(tick); exponent > 0; exponent >>= 1) {
    if (exponent & 1) power = (power * factor) >> precision;
    factor = (factor * factor) >> precision;
  }
  return tick < 0 ? (Q96 * one) / power : (Q96 * power) >> precision;
}

/** The greatest tick whose price is at most `sqrtPriceX96`. */
export function sqrtPriceX96ToTick(sqrtPriceX96: bigint): number {
  let low = MIN_TICK;
  let high = MAX_TICK;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tickToSqrtPriceX96(middle) <= sqrtPriceX96) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The widest range of usable ticks between `lower` and `upper`. Default: the full range. */
export function usableTicks(
  tickSpacing: number,
  { lower = MIN_TICK, upper = MAX_TICK }: { lower?: number; upper?: number } = {},
): { tickLower: number; tickUpper: number } {
  const tickLower = Math.ceil(lower / tickSpacing) * tickSpacing;
  const tickUpper = Math.floor(upper / tickSpacing) * tickSpacing;
  if (tickLower >= tickUpper) throw new TickRangeError(lower, upper, tickSpacing);
  return { tickLower, tickUpper };
}

/** The usable ticks within a range of prices (quote per base, WAD). Default: the full range. */
export function rangeTicks(
  pool: PairOrientation & { tickSpacing: number },
  range?: { lower: bigint; upper: bigint } | undefined,
): { tickLower: number; tickUpper: number } {
  if (range === undefined) return usableTicks(pool.tickSpacing);
  const ticks = [range.lower, range.upper].map((price) => sqrtPriceX96ToTick(priceToSqrtPriceX96(price, pool)));
  return usableTicks(pool.tickSpacing, { lower: Math.min(...ticks), upper: Math.max(...ticks) });
}

/** The greatest liquidity in a range that two amounts (in the tokens' own decimals) fund at a price, rounded down. */
export function liquidityForAmounts({
  sqrtPriceX96,
  tickLower,
  tickUpper,
  amount0,
  amount1,
}: {
  sqrtPriceX96: bigint;
  tickLower: number;
  tickUpper: number;
  amount0: bigint;
  amount1: bigint;
}): bigint {
  const [lower, upper] = [tickToSqrtPriceX96(tickLower), tickToSqrtPriceX96(tickUpper)];
  const price = sqrtPriceX96 < lower ? lower : sqrtPriceX96 > upper ? upper : sqrtPriceX96;
  // Liquidity above the price is token 0, liquidity below it token 1.
  const of0 = price < upper ? (amount0 * price * upper) / (upper - price) / Q96 : undefined;
  const of1 = price > lower ? (amount1 * Q96) / (price - lower) : undefined;
  if (of0 === undefined || of1 === undefined) return of0 ?? of1 ?? 0n;
  return of0 < of1 ? of0 : of1;
}
