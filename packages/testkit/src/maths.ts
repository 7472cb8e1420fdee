export const abs = (x: bigint): bigint => (x < 0n ? -x : x);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** Quotient rounded up. `a` is not negative, `b` is positive. */
export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
/** Quotient rounded down. `b` is positive. */
export const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -ceilDiv(-a, b));
