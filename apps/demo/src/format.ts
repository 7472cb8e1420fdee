const WAD = 10n ** 18n;

export type FormatWadOptions = {
  /** Digits after the point. Default 2. */
  decimals?: number;
  /** Whether a positive figure gets a plus. */
  sign?: boolean;
};

const abs = (value: bigint) => (value < 0n ? -value : value);
const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** `value` / `unit` with a fixed number of decimals, rounded half away from zero. */
function fixed(value: bigint, unit: bigint, { decimals = 2, sign = false }: FormatWadOptions): string {
  const scale = 10n ** BigInt(decimals);
  const rounded = (abs(value) * scale * 2n + unit) / (unit * 2n);
  const whole = grouped((rounded / scale).toString());
  const fraction = decimals === 0 ? "" : `.${(rounded % scale).toString().padStart(decimals, "0")}`;
  // A loss too small to show is not "-0.00".
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

/** A WAD price, with decimals that suit its magnitude. */
export function formatPrice(price: bigint): string {
  return formatWad(price, { decimals: price >= 100n * WAD ? 2 : price >= WAD ? 4 : 8 });
}

/** A WAD figure of which nothing may be rounded away: `0`, `0.5`, `-3e-18`. */
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

/** A time in UTC to the minute: `2018-01-16 08:32`. */
export const formatTime = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ");

/** The two largest units of a duration: `3 d 12 h`, `45 s`. */
export function formatDuration(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}
