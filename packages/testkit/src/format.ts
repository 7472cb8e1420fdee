import { abs } from "./maths.js";
import { WAD } from "./units.js";

export type FormatWadOptions = {
  /** Digits after the decimal point. Default 2. */
  decimals?: number;
  /** Whether a positive figure has a plus sign. */
  sign?: boolean;
};

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** `value` / `unit` with a fixed number of decimals, rounded half away from zero. */
function fixed(value: bigint, unit: bigint, { decimals = 2, sign = false }: FormatWadOptions): string {
  const scale = 10n ** BigInt(decimals);
  const rounded = (abs(value) * scale * 2n + unit) / (unit * 2n);
  const whole = grouped((rounded / scale).toString());
  const fraction = decimals === 0 ? "" : `.${(rounded % scale).toString().padStart(decimals, "0")}`;
  // An amount that rounds to zero has no sign.
  const prefix = rounded === 0n ? "" : value < 0n ? "-" : sign ? "+" : "";
  return `${prefix}${whole}${fraction}`;
}

/** A WAD amount: `1,234.50`. */
export const formatWad = (value: bigint, options: FormatWadOptions = {}): string => fixed(value, WAD, options);

/** A WAD ratio as a percentage: `12.34%`. */
export const formatPercent = (ratio: bigint, options: FormatWadOptions = {}): string =>
  `${fixed(ratio * 100n, WAD, options)}%`;

/** A WAD ratio in basis points: `+1.2 bps`. */
export const formatBps = (ratio: bigint): string => `${fixed(ratio * 10_000n, WAD, { decimals: 1, sign: true })} bps`;

/** A WAD price, with more decimals for lower prices. */
export function formatPrice(price: bigint): string {
  return formatWad(price, { decimals: price >= 100n * WAD ? 2 : price >= WAD ? 4 : 8 });
}

/** A WAD figure without rounding: `0`, `0.5`, `-3e-18`. */
export function formatExact(value: bigint): string {
  if (value === 0n) return "0";
  const sign = value < 0n ? "-" : "";
  const digits = abs(value).toString();
  if (abs(value) < WAD / 1_000_000n) {
    const significant = digits.replace(/0+$/, "");
    const exponent = digits.length - 19;
    const mantissa = significant.length === 1 ? significant : `${significant[0]}.${significant.slice(1)}`;
    return `${sign}${mantissa}e${exponent}`;
  }
  const fraction = digits.padStart(19, "0").slice(-18).replace(/0+$/, "");
  return `${sign}${grouped((abs(value) / WAD).toString())}${fraction && `.${fraction}`}`;
}

/** A whole number: `12,345`. */
export const formatCount = (value: number | bigint): string => grouped(value.toString());
