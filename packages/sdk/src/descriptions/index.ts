// The public names of `@counterpoise/sdk/errors`. The texts are loaded with this module only.
import { type Address, formatEther, type Hex, isHex } from "viem";
import type { Deployment } from "../deployment.js";
import { formatRevert } from "../errors.js";
import { getRevert } from "../get-revert.js";
import { decodeRevert, type Revert } from "../reverts.js";
import { formatBase, formatCollateral, formatPercent, formatWad } from "../units.js";
import { admin } from "./admin.js";
import { external } from "./external.js";
import { lps } from "./lps.js";
import { orders } from "./orders.js";
import { prices } from "./prices.js";
import type { Text } from "./text.js";
import { trading } from "./trading.js";

const texts: Readonly<Record<string, Text>> = { ...admin, ...external, ...lps, ...orders, ...prices, ...trading };

/** The tokens in whose units {@link describe} prints amounts. */
export type DescribeContext = {
  /** Symbols and decimals of the tokens. */
  deployment: Pick<Deployment, "collateralDecimals" | "collateralSymbol" | "baseDecimals" | "baseSymbol">;
  /** The asset of the LP vault that was called. Without it, amounts of the asset are printed in its smallest unit. */
  asset?: "collateral" | "base" | undefined;
  /** Symbol of the chain's native token. Default: "ETH". */
  nativeSymbol?: string | undefined;
};

/** An error in words. */
export type Description = {
  /** A few words, without a value. */
  title: string;
  /** The values of the error, in human units. */
  cause: string;
  /** The action that the caller can take. */
  remedy: string;
  /** The decoded error that the texts are about. */
  revert: Revert;
};

/**
 * Describes an error of a contract in words: title, cause and remedy. Amounts are in units of the token (rounded to 6
 * decimals where this leaves different values different), ratios in percent, times in UTC.
 *
 * @param error an error that an action threw, a decoded revert, or the bytes of one, such as the `data` of a purged order
 * @returns undefined for an error that is no revert, and for errors of contracts that the exchange does not know
 * @example
 * const description = describe(error, { deployment });
 * // { title: "The fund is too small", cause: "The action needs 5 USDC, and ...", remedy: "Deposit collateral, ..." }
 */
export function describe(error: unknown, context: DescribeContext): Description | undefined {
  const revert = revertOf(error);
  if (!revert) return undefined;
  const { errorName, args } = revert;
  const text = texts[`${errorName}/${errorName === "Error" ? args[0] : args.length}`] ?? texts[errorName];
  if (!text) return undefined;
  const [title, cause, remedy] = text;
  return { title, cause: fill(cause, revert, context), remedy: fill(remedy, revert, context), revert };
}

function revertOf(error: unknown): Revert | undefined {
  if (isHex(error)) return decodeRevert(error as Hex);
  if (typeof error === "object" && error !== null && "errorName" in error && "named" in error) return error as Revert;
  return getRevert(error);
}

const placeholder = /\{(\w+):(\w+)\}/g;

/** Puts the values into a text, exact ones if rounding would make different values look equal. */
function fill(text: string, { named }: Revert, context: DescribeContext): string {
  const values = [...text.matchAll(placeholder)].map(([, name = "", unit = ""]) => ({ unit, value: named[name] }));
  const rounded = values.map(({ unit, value }) => print(value, unit, context, 6));
  const misleads = rounded.some((shown, i) =>
    rounded.some((other, j) => shown === other && values[i]?.value !== values[j]?.value),
  );
  const shown = misleads ? values.map(({ unit, value }) => print(value, unit, context)) : rounded;
  let next = 0;
  return text.replace(placeholder, () => shown[next++] ?? "");
}

/** The order of the contracts' enum `MarketStatus`. */
const statuses = ["unknown", "active", "reduce-only", "paused", "settled"];

/** The order of the contracts' enum `Rule`. */
const rules = [
  "price band",
  "trading fee",
  "liquidation penalty",
  "liquidator share",
  "deleverage window",
  "settlement delay",
  "minimum position value",
];

/** The last second that a date can show. Later ones stand for never. */
const LAST_SECOND = 8_640_000_000_000n;

function print(value: unknown, unit: string, context: DescribeContext, digits?: number): string {
  const { deployment, asset, nativeSymbol = "ETH" } = context;
  if (typeof value !== "bigint" && typeof value !== "number") return printOther(value);
  const amount = BigInt(value);
  const rounded = (text: string) => (digits === undefined ? text : trim(text, digits));
  const decimal = () => rounded(formatWad(amount));
  const { collateralSymbol, baseSymbol } = deployment;
  switch (unit) {
    case "wad":
      return decimal();
    case "shares":
      return `${decimal()} shares`;
    case "base":
      return `${decimal()} ${baseSymbol}`;
    case "quote":
      return `${decimal()} ${collateralSymbol}`;
    case "price":
      return `${decimal()} ${collateralSymbol} per ${baseSymbol}`;
    case "collateral":
      return `${formatCollateral(deployment, amount)} ${collateralSymbol}`;
    case "baseToken":
      return `${formatBase(deployment, amount)} ${baseSymbol}`;
    case "asset":
      if (asset === undefined) return `${amount} (smallest unit)`;
      return print(value, asset === "base" ? "baseToken" : "collateral", context, digits);
    case "wei":
      return `${formatEther(amount)} ${nativeSymbol}`;
    case "ppm":
      return formatPercent(amount * 10n ** 12n);
    case "rate":
      return `${rounded(formatWad(amount * 3600n * 100n))}% per hour`;
    case "seconds":
      return `${amount} s`;
    case "time":
      return amount > LAST_SECOND ? "never" : new Date(Number(amount) * 1000).toISOString().replace(".000Z", "Z");
    case "status":
      return statuses[Number(amount)] ?? String(amount);
    case "rule":
      return rules[Number(amount)] ?? String(amount);
    default:
      return String(amount);
  }
}

/** A decimal text cut to `digits` decimals, towards zero. A value that would become zero stays as it is. */
function trim(text: string, digits: number): string {
  const [whole = "", fraction = ""] = text.split(".");
  const shown = fraction.slice(0, digits).replace(/0+$/, "");
  if (shown) return `${whole}.${shown}`;
  return /^-?0$/.test(whole) ? text : whole;
}

/** Addresses, bytes and texts as they are; structs by their names. */
function printOther(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    return formatRevert({ errorName: "", args: [], named: value as Record<string, unknown> }).trim();
  }
  return String(value as Address | Hex | string | boolean);
}
