// Integer arithmetic of the contracts: OpenZeppelin's Math.sol, and floorDiv of types/Units.sol. Internal.
import { InvalidAmountError } from "../units.js";

export const WAD = 10n ** 18n;
export const PPM = 1_000_000n;

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const abs = (a: bigint): bigint => (a < 0n ? -a : a);
/** `a` if it is positive, else zero. */
export const positivePart = (a: bigint): bigint => (a > 0n ? a : 0n);

/** Throws for a divisor that is not positive: the contracts revert with a panic. */
function divisorOf(field: string, value: bigint): bigint {
  if (value <= 0n) throw new InvalidAmountError({ field, value, accepted: "a value above zero" });
  return value;
}

/** n / d toward minus infinity, for d > 0. */
export function floorDiv(n: bigint, d: bigint, field = "divisor"): bigint {
  const quotient = n / divisorOf(field, d);
  return n < quotient * d ? quotient - 1n : quotient;
}

/** n / d toward infinity, for d > 0. */
export const ceilDiv = (n: bigint, d: bigint, field?: string): bigint => -floorDiv(-n, d, field);

/** a x b / d, down, of values that are not negative. */
export const mulDivDown = (a: bigint, b: bigint, d: bigint, field = "divisor"): bigint => (a * b) / divisorOf(field, d);

/** a x b / d, up, of values that are not negative. */
export const mulDivUp = (a: bigint, b: bigint, d: bigint, field = "divisor"): bigint =>
  (a * b + divisorOf(field, d) - 1n) / d;

/** The square root of a value that is not negative, down. */
export function sqrtDown(n: bigint): bigint {
  // A double has 53 bits of the root, and each step of Newton's method doubles them.
  const guess = Math.sqrt(Number(n));
  if (guess < 2 ** 26) return BigInt(Math.floor(guess));
  let root = Number.isFinite(guess) ? BigInt(Math.floor(guess)) : 1n << BigInt((n.toString(16).length + 1) * 2);
  // The first step ends at or above the root, and later steps descend to it.
  root = (root + n / root) >> 1n;
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
