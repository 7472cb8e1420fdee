// Integer arithmetic with the rounding in the name, as in the contracts.

/** 1 in 18 decimals. */
export const WAD = 10n ** 18n;
/** Parts per million in one. */
export const PPM = 1_000_000n;

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const abs = (a: bigint): bigint => (a < 0n ? -a : a);
/** The amount if it is positive, else zero. */
export const positivePart = (a: bigint): bigint => (a > 0n ? a : 0n);

/** n / d toward minus infinity, for d > 0. */
export function floorDiv(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n < quotient * d ? quotient - 1n : quotient;
}

/** n / d toward infinity, for d > 0. */
export const ceilDiv = (n: bigint, d: bigint): bigint => -floorDiv(-n, d);

/** a x b / d, down, of values that are not negative. */
export const mulDivDown = (a: bigint, b: bigint, d: bigint): bigint => (a * b) / d;

/** a x b / d, up, of values that are not negative. */
export const mulDivUp = (a: bigint, b: bigint, d: bigint): bigint => (a * b + d - 1n) / d;
