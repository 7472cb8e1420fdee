// A second implementation of the exchange's arithmetic, from the formulas of docs/specification.md. All amounts WAD.
import type { Position } from "@counterpoise/sdk";
import { abs, ceilDiv, max, PPM, WAD } from "@counterpoise/testkit";
import type { Address } from "viem";
import { type Exchange, market } from "./exchange.js";

const VIRTUAL_SHARES = 1_000_000n;

// ---- the OracleMaker's curve, section 7 ----

/** The taker's cost of `size`: m (q + s/(2X) (n1^2 - n0^2)), rounded up. */
export function costOf(size: bigint, { price, inventory }: { price: bigint; inventory: bigint }): bigint {
  const [n0, n1] = [max(0n, -inventory), max(0n, size - inventory)];
  return ceilDiv(price * (size * doubleCap() + premium(n0, n1)), doubleCap() * WAD);
}

/** The taker's proceeds of `size`: m (q - s/(2X) (l1^2 - l0^2)), rounded down. */
export function proceedsOf(size: bigint, { price, inventory }: { price: bigint; inventory: bigint }): bigint {
  const [l0, l1] = [max(0n, inventory), max(0n, inventory + size)];
  return (price * (size * doubleCap() - premium(l0, l1))) / (doubleCap() * WAD);
}

const doubleCap = () => 2n * market.oracleMaker.maxAbsPosition * PPM;
const premium = (before: bigint, after: bigint) => BigInt(market.oracleMaker.maxSpread) * (after ** 2n - before ** 2n);

/** The greatest size that `quote` buys. */
export const boughtFor = (quote: bigint, curve: { price: bigint; inventory: bigint }): bigint =>
  search((size) => costOf(size, curve) > quote) - 1n;

/** The smallest size that sells for `quote`. */
export const soldFor = (quote: bigint, curve: { price: bigint; inventory: bigint }): bigint =>
  search((size) => proceedsOf(size, curve) >= quote);

/** The smallest size up to 2^100 for which `isEnough` holds. */
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

/** A position after a fill, with the signs of the account's side. */
export function afterFill(position: Position, base: bigint, quote: bigint): Position {
  const { size, openNotional, margin } = position;
  const after = size + base;
  if (size === 0n || size > 0n === base > 0n) return { size: after, openNotional: openNotional + quote, margin };
  if (abs(base) > abs(size)) throw new RangeError("One fill cannot close a position and open the opposite one here");
  const closed = (openNotional * abs(base)) / abs(size);
  return { size: after, openNotional: openNotional - closed, margin: margin + closed + quote };
}

// ---- shares, section 9 ----

/** Shares for a deposit of `assets`, rounded down. */
export const sharesFor = (assets: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  (assets * (totalShares + VIRTUAL_SHARES)) / (totalAssets + VIRTUAL_SHARES);

/** Assets for `shares`, rounded down. */
export const assetsFor = (shares: bigint, totalAssets: bigint, totalShares: bigint): bigint =>
  (shares * (totalAssets + VIRTUAL_SHARES)) / (totalShares + VIRTUAL_SHARES);

/** 1 - balance / liability, rounded up. */
export const utilization = (balance: bigint, liability: bigint): bigint =>
  balance >= liability ? 0n : WAD - (balance * WAD) / liability;

// ---- the spot market ----

/** Output of Uniswap's own router for `amountIn`, both in the tokens' own decimals. */
export const spotExactInput = (exchange: Exchange, tokenIn: Address, amountIn: bigint): Promise<bigint> =>
  exchange.spot.exactInput(tokenIn, amountIn);

/** Input that Uniswap's own router needs for `amountOut`, both in the tokens' own decimals. */
export const spotExactOutput = (exchange: Exchange, tokenIn: Address, amountOut: bigint): Promise<bigint> =>
  exchange.spot.exactOutput(tokenIn, amountOut);
