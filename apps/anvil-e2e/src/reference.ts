// The exchange's arithmetic once more, written from the design's formulas. All amounts WAD.
import type { Position } from "@counterpoise/sdk";
import type { Address } from "viem";
import { type Exchange, market } from "./exchange.js";

const WAD = 10n ** 18n;
const PPM = 1_000_000n;
const VIRTUAL_SHARES = 1_000_000n;

const max = (a: bigint, b: bigint) => (a > b ? a : b);
const abs = (x: bigint) => (x < 0n ? -x : x);
const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
const floorDiv = (a: bigint, b: bigint) => (a >= 0n ? a / b : -ceilDiv(-a, b));

// ---- the OracleMaker's curve, section 7 ----

/** m (q + s/(2X) (n1^2 - n0^2)), up: what a taker pays for `size`, given the maker's inventory. */
export function costOf(size: bigint, { price, inventory }: { price: bigint; inventory: bigint }): bigint {
  const [n0, n1] = [max(0n, -inventory), max(0n, size - inventory)];
  return ceilDiv(price * (size * doubleCap() + premium(n0, n1)), doubleCap() * WAD);
}

/** m (q - s/(2X) (l1^2 - l0^2)), down: what a taker gets for `size`, given the maker's inventory. */
export function proceedsOf(size: bigint, { price, inventory }: { price: bigint; inventory: bigint }): bigint {
  const [l0, l1] = [max(0n, inventory), max(0n, inventory + size)];
  return (price * (size * doubleCap() - premium(l0, l1))) / (doubleCap() * WAD);
}

const doubleCap = () => 2n * market.oracleMaker.maxAbsPosition * PPM;
const premium = (before: bigint, after: bigint) => BigInt(market.oracleMaker.maxSpread) * (after ** 2n - before ** 2n);

/** The most that `quote` buys. */
export const boughtFor = (quote: bigint, curve: { price: bigint; inventory: bigint }): bigint =>
  search((size) => costOf(size, curve) > quote) - 1n;

/** The least that sells for `quote`. */
export const soldFor = (quote: bigint, curve: { price: bigint; inventory: bigint }): bigint =>
  search((size) => proceedsOf(size, curve) >= quote);

/** The smallest size, up to 2^100, from which on `isEnough` holds. */
function search(isEnough: (size: bigint) => boolean): bigint {
  let [low, high] = [0n, 2n ** 100n];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (isEnough(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

// ---- positions ----

/** A position after a fill, from the account's own side. */
export function afterFill(position: Position, base: bigint, quote: bigint): Position {
  const { size, openNotional, margin } = position;
  const after = size + base;
  if (size === 0n || size > 0n === base > 0n) return { size: after, openNotional: openNotional + quote, margin };
  if (abs(base) > abs(size)) throw new RangeError("Close first, and then open");
  const closed = (openNotional * abs(base)) / abs(size);
  return { size: after, openNotional: openNotional - closed, margin: margin + closed + quote };
}

/** margin + openNotional + size x price, down. */
export const accountValue = ({ margin, openNotional, size }: Position, price: bigint): bigint =>
  margin + openNotional + floorDiv(size * price, WAD);

// ---- shares, section 9 ----

/** Shares for a deposit of `assets`, down. */
export const sharesFor = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  (assets * (totalShares + VIRTUAL_SHARES)) / (totalAssets + VIRTUAL_SHARES);

/** What `shares` are worth, down. */
export const assetsFor = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  (shares * (totalAssets + VIRTUAL_SHARES)) / (totalShares + VIRTUAL_SHARES);

/** 1 - balance / liability, up. */
export const utilization = (balance: bigint, liability: bigint): bigint =>
  balance >= liability ? 0n : WAD - (balance * WAD) / liability;

// ---- the spot market ----

/** What Uniswap's own router would give for the pool's `amountIn`, both in the tokens' own decimals. */
export const spotExactInput = (exchange: Exchange, tokenIn: Address, amountIn: bigint): Promise<bigint> =>
  exchange.spot.exactInput(tokenIn, amountIn);

/** What Uniswap's own router would ask for the pool's `amountOut`, both in the tokens' own decimals. */
export const spotExactOutput = (exchange: Exchange, tokenIn: Address, amountOut: bigint): Promise<bigint> =>
  exchange.spot.exactOutput(tokenIn, amountOut);
