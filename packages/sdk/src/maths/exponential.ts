// Exponential decay and the logarithm that inverts it, equal to the contracts' (libraries/Exponential.sol) to the last bit: both
// rounded up, with 96 binary digits after the point. Internal.
import { ceilDiv } from "./integers.js";

const DIGITS = 96n;
export const ONE = 1n << DIGITS;

/** ln 2, up. */
const LN_2 = 54_916_777_467_707_473_351_141_471_129n;
const MAX_TIMES = 64n * ONE;
/** The last power in the series of {@link lnUp}. */
const LAST_POWER = 41n;

/** e^(-elapsed / tau), up, at most one; `tau` is positive. A Padé approximant of order [8/8] after a reduction by powers of two. */
export function decayUp(elapsed: bigint, tau: bigint): bigint {
  let x = (elapsed << DIGITS) / tau;
  if (x > MAX_TIMES) x = MAX_TIMES;
  const n = x / LN_2;
  const f = x - n * LN_2;
  const y = (f * f) >> DIGITS;
  const horner = (start: bigint, constants: readonly bigint[]) =>
    constants.reduce((sum, constant) => ((sum * y) >> DIGITS) + constant * ONE, start);
  const p = horner(y + 2_520n * ONE, [831_600n, 60_540_480n, 518_918_400n]);
  const q = (horner(72n * y + 55_440n * ONE, [8_648_640n, 259_459_200n]) * f) >> DIGITS;
  const decay = ((((p - q) << DIGITS) / (p + q) + 2n) >> n) + 1n;
  return decay > ONE ? ONE : decay;
}

/** ln(n / d), up; `d` is positive and at most `n`. */
export function lnUp(n: bigint, d: bigint): bigint {
  const z = ceilDiv(n << DIGITS, d);
  const m = BigInt(z.toString(2).length - 1) - DIGITS;
  const y = ((z - 1n) >> m) + 1n;
  let power = ceilDiv((y - ONE) << DIGITS, y + ONE);
  const square = ((power * power) >> DIGITS) + 1n;
  let sum = power;
  for (let i = 3n; i <= LAST_POWER; i += 2n) {
    power = ((power * square) >> DIGITS) + 1n;
    sum += power / i + 1n;
  }
  return m * LN_2 + 2n * (sum + (power >> 8n));
}
