// Numbers of configurations: decimal texts with their unit, without rounding unless it is stated.
import { formatUnits } from "viem";
import { UnitError } from "./errors.js";

const PPM_DIGITS = 4;
const DAY = 86_400n;
export const YEAR_SECONDS = 365n * DAY;
export const DAY_SECONDS = DAY;
/** Rates are stored in these units, WAD per second. */
const RATE_UNIT = 100_000n;

/** A decimal text as an integer with `decimals` digits after the point. Throws for more digits. */
export function decimalToUnits(text: string, decimals: number): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text);
  if (!match) throw new UnitError(text, 'a decimal number, like "12.5"');
  const [, whole = "0", fraction = ""] = match;
  if (fraction.replace(/0+$/, "").length > decimals)
    throw new UnitError(text, `a number of at most ${decimals} decimals`);
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0").slice(0, decimals) || "0");
}

/** "0.05%" as 500 parts per million. */
export function percentToPpm(text: string): bigint {
  if (!text.endsWith("%")) throw new UnitError(text, 'a percentage, like "0.05%"');
  return decimalToUnits(text.slice(0, -1), PPM_DIGITS);
}

/** A percentage of the notional in a period, as WAD per second, rounded down to the unit in which the Vault stores rates. */
export function percentPerPeriod(text: string, seconds: bigint): bigint {
  const rate = (percentToPpm(text) * 10n ** 12n) / seconds;
  return rate - (rate % RATE_UNIT);
}

const SECONDS = { s: 1n, m: 60n, h: 3_600n, d: DAY } as const;

/** "90s", "5m", "8h" or "2d" in seconds. */
export function durationToSeconds(text: string): bigint {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (!match) throw new UnitError(text, 'a duration, like "90s", "5m", "8h" or "2d"');
  return BigInt(match[1] as string) * SECONDS[match[2] as keyof typeof SECONDS];
}

/** Decimals of the fee indices for a price: an index of the price has about 16 digits. */
export function feeIndexDecimals(referencePrice: string): number {
  const price = decimalToUnits(referencePrice, 18);
  if (price === 0n) throw new UnitError(referencePrice, "a price above zero");
  return Math.min(30, Math.max(0, 16 - (price.toString().length - 1 - 18)));
}

export const formatPpm = (value: bigint): string => `${formatUnits(value, PPM_DIGITS)}%`;

/** WAD per second, as percent per day, rounded to four digits. */
export function formatRate(value: bigint): string {
  const ppm = (value * DAY + 5n * 10n ** 11n) / 10n ** 12n;
  return `${formatPpm(ppm)} a day`;
}

export function formatDuration(seconds: bigint): string {
  if (seconds === 0n) return "0s";
  for (const [unit, size] of [
    ["d", DAY],
    ["h", 3_600n],
    ["m", 60n],
  ] as const) {
    if (seconds % size === 0n) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
