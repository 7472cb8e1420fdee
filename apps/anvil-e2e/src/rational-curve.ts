// A second implementation of the OracleMaker's formulas in docs/specification.md, in exact fractions. Only the caller rounds.
import type { inventoryCurve } from "@counterpoise/sdk";
import { PPM, WAD } from "@counterpoise/testkit";

type CurveState = inventoryCurve.CurveState;

/** A numerator and a denominator above zero. */
export type Fraction = readonly [bigint, bigint];

const whole = (n: bigint): Fraction => [n, 1n];
const wad = (n: bigint): Fraction => [n, WAD];
const ratio = (ppm: number): Fraction => [BigInt(ppm), PPM];
const ONE = whole(1n);

const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const minus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d - c * b, b * d];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const over = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d, b * c];
const least = (x: Fraction, y: Fraction): Fraction => (isLess(x, y) ? x : y);
const greatest = (x: Fraction, y: Fraction): Fraction => (isLess(x, y) ? y : x);

export const isLess = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b;
export const isAtMost = (x: Fraction, y: Fraction): boolean => !isLess(y, x);
export const floor = ([n, d]: Fraction): bigint => n / d - (n < 0n && n % d !== 0n ? 1n : 0n);
export const ceil = ([n, d]: Fraction): bigint => -floor([-n, d]);
export const integer = whole;

/** m (1 + k confidence / m) (1 + fee) for buys, (1 - ...) (1 - fee) for sells; quote per base. */
function midPrice(state: CurveState, takerBuys: boolean): Fraction {
  const price = wad(state.price);
  const premium = least(
    times(ratio(state.confidenceFactor), wad(state.confidence)),
    times(ratio(state.maxConfidencePremium), price),
  );
  return takerBuys
    ? times(plus(price, premium), plus(ONE, ratio(state.lpFee)))
    : times(minus(price, premium), minus(ONE, ratio(state.lpFee)));
}

/** m (q + s/(2X) (n1^2 - n0^2)) with n0 = max(0, -x) and n1 = max(0, q - x), in wei of quote. */
export function cost(state: CurveState, size: bigint): Fraction {
  const [n0, n1] = [most(-state.inventory), most(size - state.inventory)];
  return times(midPrice(state, true), plus(whole(size), premium(state, n0, n1)));
}

/** m (q - s/(2X) (l1^2 - l0^2)) with l0 = max(0, x) and l1 = max(0, x + q), in wei of quote. */
export function proceeds(state: CurveState, size: bigint): Fraction {
  const [l0, l1] = [most(state.inventory), most(state.inventory + size)];
  return times(midPrice(state, false), minus(whole(size), premium(state, l0, l1)));
}

const most = (n: bigint) => (n > 0n ? n : 0n);

/** s/(2X) (after^2 - before^2), in wei of base. */
const premium = ({ maxSpread, maxAbsPosition }: CurveState, before: bigint, after: bigint): Fraction =>
  over(times(ratio(maxSpread), whole(after ** 2n - before ** 2n)), whole(2n * maxAbsPosition));

/** m (1 - s x / X), in wei of quote per base; not below zero. */
export const reservation = (state: CurveState): Fraction =>
  times(whole(state.price), greatest(whole(0n), minus(ONE, inventoryRatio(state))));

/** max(m, reservation price) with the buyer's m, in wei of quote per base. */
export const ask = (state: CurveState): Fraction =>
  times(times(midPrice(state, true), whole(WAD)), greatest(ONE, minus(ONE, inventoryRatio(state))));

/** min(m, reservation price) with the seller's m, in wei of quote per base; not below zero. */
export const bid = (state: CurveState): Fraction =>
  times(times(midPrice(state, false), whole(WAD)), greatest(whole(0n), least(ONE, minus(ONE, inventoryRatio(state)))));

/** s x / X. */
const inventoryRatio = ({ maxSpread, inventory, maxAbsPosition }: CurveState): Fraction =>
  over(times(ratio(maxSpread), whole(inventory)), whole(maxAbsPosition));

/** Size that the maker can still trade: its inventory on the other side, plus the rest of X on this side. */
export function room({ inventory, maxAbsPosition }: CurveState, takerBuys: boolean): bigint {
  const held = takerBuys ? inventory : -inventory;
  return held >= 0n ? held + maxAbsPosition : most(maxAbsPosition + held);
}
