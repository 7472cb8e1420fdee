// The units of amounts as types, and their text. A value with a unit does not fit where another unit belongs: the fund of
// an account (collateral) is not the size of an order (WAD). A plain `bigint`, such as a literal or the result of an
// addition, has no unit yet and fits everywhere.
import { BaseError } from "viem";
import type { Deployment } from "./deployment.js";

declare const unit: unique symbol;

/** The mark of a unit. It exists in types only. */
export interface InUnit<name extends string> {
  readonly [unit]?: name;
}

/** 18 decimals: prices, sizes in base, quote amounts, ratios and shares. */
export type Wad = bigint & InUnit<"wad">;

/** Parts per million, a whole number: 1,000,000 is 100%. */
export type Ppm = number & InUnit<"ppm">;

/** An amount of collateral in the token's own decimals, `deployment.collateralDecimals`. */
export type CollateralAmount = bigint & InUnit<"collateral">;

/** An amount of the base token in the token's own decimals, `deployment.baseDecimals`. */
export type BaseAmount = bigint & InUnit<"base">;

/** An amount of a maker's asset in the token's own decimals: collateral, or base for a base vault. */
export type AssetAmount = bigint & InUnit<"collateral" | "base">;

/** An amount of the chain's native token, 18 decimals: fees of keepers and price sources. */
export type Wei = bigint & InUnit<"wei">;

/** A text or a number is not an amount of its unit. */
export class InvalidAmountError extends BaseError {
  override name = "InvalidAmountError";
  /** The kind of value, as in "leverage". */
  readonly field: string;
  readonly value: unknown;
  /** The accepted form or range. */
  readonly accepted: string;
  constructor({ field, value, accepted }: { field: string; value: unknown; accepted: string }) {
    super(`Invalid ${field} "${String(value)}": expected ${accepted}.`);
    this.field = field;
    this.value = value;
    this.accepted = accepted;
  }
}

/**
 * Marks a value of 18 decimals as WAD.
 *
 * @example
 * wad(10n ** 18n); // 1000000000000000000n
 */
export const wad = (value: bigint): Wad => value;

/**
 * Marks a number as parts per million.
 *
 * @example
 * ppm(5_000); // 5000
 * @throws {@link InvalidAmountError} for a fraction, and beyond the whole numbers that a number holds exactly.
 */
export const ppm = (value: number): Ppm => exactNumber("ppm", value, value, 1);

/** The whole number `value`, or an error that states `given` and the range in units of `scale`. */
function exactNumber(field: string, given: unknown, value: number, scale: number): number {
  if (Number.isSafeInteger(value)) return value;
  const max = Math.floor(Number.MAX_SAFE_INTEGER / scale);
  throw new InvalidAmountError({
    field,
    value: given,
    accepted: `${scale === 1 ? "a whole number" : "a value"} from -${max} to ${max}`,
  });
}

/**
 * Marks an amount in the collateral's own decimals as collateral.
 *
 * @example
 * collateralAmount(5_000_000n); // 5000000n
 */
export const collateralAmount = (value: bigint): CollateralAmount => value;

/**
 * Marks an amount in the base token's own decimals as base.
 *
 * @example
 * baseAmount(10n ** 18n); // 1000000000000000000n
 */
export const baseAmount = (value: bigint): BaseAmount => value;

/**
 * Marks an amount of the native token, 18 decimals.
 *
 * @example
 * wei(10n ** 15n); // 1000000000000000n
 */
export const wei = (value: bigint): Wei => value;

/** The exact integer of a decimal text. Throws for a text with more decimals than the unit has. */
function parse(field: string, text: string, decimals: number): bigint {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) {
    const accepted = `a decimal number with at most ${decimals} decimals`;
    throw new InvalidAmountError({ field, value: text, accepted });
  }
  const value = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign ? -value : value;
}

/** Options of the formatting functions. */
export type FormatOptions = {
  /** Decimals to show; the rest is rounded half away from zero. Default: all that are not zero. */
  digits?: number;
};

/** The most decimals that a text can have. */
const MAX_DIGITS = 100;

function format(value: bigint, decimals: number, { digits }: FormatOptions = {}): string {
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 0 && digits <= MAX_DIGITS)) {
    throw new InvalidAmountError({
      field: "digits",
      value: digits,
      accepted: `a whole number from 0 to ${MAX_DIGITS}`,
    });
  }
  const shown = digits === undefined || digits > decimals ? decimals : digits;
  const unit = 10n ** BigInt(decimals - shown);
  const magnitude = ((value < 0n ? -value : value) + unit / 2n) / unit;
  const text = magnitude.toString().padStart(shown + 1, "0");
  const fraction = text.slice(text.length - shown);
  const tail = digits === undefined ? fraction.replace(/0+$/, "") : fraction.padEnd(digits, "0");
  const number = `${text.slice(0, text.length - shown)}${shown > 0 && tail ? `.${tail}` : ""}`;
  return value < 0n && magnitude > 0n ? `-${number}` : number;
}

/**
 * Parses a price, a size in base, a quote amount or shares: WAD.
 *
 * @example
 * parseWad("1.5"); // 1500000000000000000n
 * @throws {@link InvalidAmountError} when the text is not a decimal number, or has more than 18 decimals.
 */
export const parseWad = (text: string): Wad => parse("amount", text, 18);

/**
 * Formats a price, a size in base, a quote amount or shares.
 *
 * @example
 * formatWad(parseWad("2000.5"), { digits: 2 }); // "2000.50"
 * @throws {@link InvalidAmountError} when `digits` is not a whole number from 0 to 100.
 */
export const formatWad = (value: Wad, options?: FormatOptions): string => format(value, 18, options);

type CollateralOf = Pick<Deployment, "collateralDecimals">;
type BaseOf = Pick<Deployment, "baseDecimals">;

/**
 * Parses an amount of collateral.
 *
 * @example
 * parseCollateral({ collateralDecimals: 6 }, "1000"); // 1000000000n
 * @throws {@link InvalidAmountError} when the text is not a decimal number, or has more decimals than the token.
 */
export const parseCollateral = ({ collateralDecimals }: CollateralOf, text: string): CollateralAmount =>
  parse("collateral", text, collateralDecimals);

/**
 * Formats an amount of collateral, without the symbol, which is `deployment.collateralSymbol`.
 *
 * @example
 * formatCollateral({ collateralDecimals: 6 }, 1_500_000n); // "1.5"
 * @throws {@link InvalidAmountError} when `digits` is not a whole number from 0 to 100.
 */
export const formatCollateral = (
  { collateralDecimals }: CollateralOf,
  amount: CollateralAmount,
  options?: FormatOptions,
): string => format(amount, collateralDecimals, options);

/**
 * Parses an amount of the base token. The size of an order or position is {@link parseWad} instead.
 *
 * @example
 * parseBase({ baseDecimals: 8 }, "0.25"); // 25000000n
 * @throws {@link InvalidAmountError} when the text is not a decimal number, or has more decimals than the token.
 */
export const parseBase = ({ baseDecimals }: BaseOf, text: string): BaseAmount => parse("base", text, baseDecimals);

/**
 * Formats an amount of the base token, without the symbol, which is `deployment.baseSymbol`.
 *
 * @example
 * formatBase({ baseDecimals: 8 }, 25_000_000n); // "0.25"
 * @throws {@link InvalidAmountError} when `digits` is not a whole number from 0 to 100.
 */
export const formatBase = ({ baseDecimals }: BaseOf, amount: BaseAmount, options?: FormatOptions): string =>
  format(amount, baseDecimals, options);

/**
 * Converts collateral to WAD quote. Exact.
 *
 * @example
 * collateralToWad({ collateralDecimals: 6 }, 1_500_000n); // 1500000000000000000n
 */
export const collateralToWad = ({ collateralDecimals }: CollateralOf, amount: CollateralAmount): Wad =>
  amount * 10n ** BigInt(18 - collateralDecimals);

/**
 * Converts WAD quote to collateral, rounded down: towards minus infinity.
 *
 * @example
 * wadToCollateralDown({ collateralDecimals: 6 }, parseWad("-0.0000015")); // -2n
 */
export function wadToCollateralDown({ collateralDecimals }: CollateralOf, value: Wad): CollateralAmount {
  const scale = 10n ** BigInt(18 - collateralDecimals);
  return value / scale - (value % scale < 0n ? 1n : 0n);
}

/**
 * Converts WAD quote to collateral, rounded up: towards infinity.
 *
 * @example
 * wadToCollateralUp({ collateralDecimals: 6 }, parseWad("-0.0000015")); // -1n
 */
export const wadToCollateralUp = (tokens: CollateralOf, value: Wad): CollateralAmount =>
  -wadToCollateralDown(tokens, -value);

/**
 * Parses a percentage as parts per million. The sign may be left out.
 *
 * @example
 * parsePercent("0.5%"); // 5000
 * @throws {@link InvalidAmountError} when the text is not a percentage, has more than 4 decimals, or is beyond the range
 * that a number of ppm holds exactly.
 */
export const parsePercent = (text: string): Ppm =>
  exactNumber("percent", text, Number(parse("percent", text.replace(/\s*%$/, ""), 4)), 10_000);

/**
 * Formats parts per million (a number) or a WAD ratio (a bigint) as a percentage.
 *
 * @example
 * formatPercent(5_000); // "0.5%"
 * formatPercent(parseWad("0.125"), { digits: 1 }); // "12.5%"
 * @throws {@link InvalidAmountError} when `digits` is not a whole number from 0 to 100.
 */
export const formatPercent = (ratio: Ppm | Wad, options?: FormatOptions): string =>
  `${typeof ratio === "number" ? format(BigInt(ratio), 4, options) : format(ratio, 16, options)}%`;

/**
 * Parses a leverage, notional over margin, as WAD. The "x" may be left out.
 *
 * @example
 * parseLeverage("5x"); // 5000000000000000000n
 * @throws {@link InvalidAmountError} when the text is not a decimal number above zero, or has more than 18 decimals.
 */
export function parseLeverage(text: string): Wad {
  const leverage = parse("leverage", text.replace(/\s*x$/, ""), 18);
  if (leverage <= 0n)
    throw new InvalidAmountError({ field: "leverage", value: text, accepted: "a leverage above zero" });
  return leverage;
}

/**
 * Formats a leverage, WAD.
 *
 * @example
 * formatLeverage(parseLeverage("2.5")); // "2.5x"
 * @throws {@link InvalidAmountError} when `digits` is not a whole number from 0 to 100.
 */
export const formatLeverage = (leverage: Wad, options?: FormatOptions): string => `${format(leverage, 18, options)}x`;
