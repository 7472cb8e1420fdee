// Amounts as text, and text as amounts, by the reader's locale. Values stay exact: `Intl` formats decimal text.
import type { Wad } from "@counterpoise/sdk";
import { formatUnits } from "viem";

/** Shown for a value that is not known now. */
export const UNKNOWN = "–";

type Digits = { min?: number; max?: number };

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(undefined, options);
    formats.set(key, format);
  }
  return format;
}

/** An amount with a fixed number of decimals of its own; {@link UNKNOWN} for undefined. */
export function amount(
  value: bigint | undefined,
  decimals: number,
  { min = 2, max = min, sign = "auto" }: Digits & { sign?: "auto" | "always" } = {},
): string {
  if (value === undefined) return UNKNOWN;
  const format = numberFormat({
    minimumFractionDigits: min,
    maximumFractionDigits: max,
    signDisplay: sign === "always" ? "exceptZero" : "negative",
  });
  return format.format(formatUnits(value, decimals) as `${number}`).replace("-", "−");
}

/** A WAD amount of quote, with two decimals. */
export const quote = (value: Wad | undefined, options: { sign?: "auto" | "always" } = {}): string =>
  amount(value, 18, { min: 2, ...options });

/** A size, WAD base, with four decimals. */
export const size = (value: Wad | undefined, options: { sign?: "auto" | "always" } = {}): string =>
  amount(value, 18, { min: 0, max: 4, ...options });

/** A price, WAD: two decimals, and as many as five digits need below 100. */
export function price(value: Wad | undefined): string {
  if (value === undefined) return UNKNOWN;
  return amount(value, 18, { min: priceDigits(value) });
}

/** The decimals of a price. */
export function priceDigits(value: Wad): number {
  const whole = (value / 10n ** 18n).toString().length;
  if (value >= 100n * 10n ** 18n) return 2;
  return value >= 10n ** 18n ? 5 - whole : 6;
}

/** A ratio, WAD, as a percentage. */
export const percent = (value: Wad | undefined, digits: Digits & { sign?: "auto" | "always" } = {}): string =>
  value === undefined ? UNKNOWN : `${amount(value, 16, { min: 2, ...digits })}%`;

/** Parts per million as a percentage, with the decimals that it has. */
export const ppm = (value: number | undefined): string =>
  value === undefined ? UNKNOWN : `${amount(BigInt(value), 4, { min: 0, max: 4 })}%`;

/** A leverage, WAD. */
export const leverage = (value: Wad | undefined): string =>
  value === undefined ? UNKNOWN : `${amount(value, 18, { min: 2 })}×`;

/** A large amount in short form: 1.2M. */
export const compact = (value: Wad | undefined): string =>
  value === undefined
    ? UNKNOWN
    : numberFormat({ notation: "compact", maximumSignificantDigits: 4 }).format(formatUnits(value, 18) as `${number}`);

const decimalSeparator = (): string =>
  numberFormat({})
    .formatToParts(1.5)
    .find(({ type }) => type === "decimal")?.value ?? ".";

/**
 * The decimal text of an input, with "." as the separator and without groups. A locale with a decimal comma also accepts a point as
 * the decimal separator when it cannot be a group.
 */
export function decimalText(input: string, separator: string = decimalSeparator()): string {
  const group = separator === "," ? "." : ",";
  let text = input.trim().replace(/[\s\u00a0\u202f']/g, "");
  const isOnlySeparator = !text.includes(separator) && text.split(group).length === 2;
  // One foreign separator that is not followed by exactly three digits separates decimals.
  if (isOnlySeparator && !/[.,]\d{3}$/.test(text)) text = text.replace(group, separator);
  return text.replaceAll(group, "").replace(separator, ".").replace(/^\./, "0.").replace(/\.$/, "");
}

const timeFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dateFormat = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** A time of day in the reader's zone; seconds. */
export const timeOf = (seconds: bigint | number): string => timeFormat.format(Number(seconds) * 1_000);

const shortTimeFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Hours and minutes in the reader's zone; seconds. */
export const shortTimeOf = (seconds: number): string => shortTimeFormat.format(seconds * 1_000);

/** Date and time with the reader's zone; seconds. */
export const dateOf = (seconds: bigint | number): string => dateFormat.format(Number(seconds) * 1_000);

/** The time in UTC, ISO 8601; seconds. */
export const utcOf = (seconds: bigint | number): string =>
  new Date(Number(seconds) * 1_000).toISOString().replace(".000", "");

/** An address or a hash in short form. */
export const short = (value: string): string => `${value.slice(0, 6)}…${value.slice(-4)}`;

/** A number of seconds as "12s", "3m 05s" or "2h 04m". */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  if (s < 60) return `${s}s`;
  if (s < 3_600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  return `${Math.floor(s / 3_600)}h ${two(Math.floor((s % 3_600) / 60))}m`;
}
