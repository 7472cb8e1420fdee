// Logs in JSON, one line each, with decoded reasons and without secrets.
import { decodeRevert, formatRevert, getRevert, type Revert } from "@counterpoise/sdk";
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from "pino";
import { BaseError, type Hex, isHex } from "viem";

export type { Logger } from "pino";

const HIDDEN = "[hidden]";
const secretFields = ["password", "passphrase", "privateKey", "mnemonic", "secret", "token", "authorization", "key"];
/** The user and password, and the path and query, of an address: providers put keys into both. */
const address = /\b([a-z][a-z+]*:\/\/)(?:[^\s/@"'\\]*@)?([^\s/"'?\\]+)[^\s"'\\]*/gi;

/** Hides user, password, path and query of each address in a text. */
export const hideAddresses = (text: string): string => text.replace(address, "$1$2");

/** Texts that logs, metrics and errors never contain. */
export class Secrets {
  readonly #values = new Set<string>();

  /** Hides a text from now on. Texts below 6 characters are no secrets. */
  add(...values: (string | undefined)[]): void {
    for (const value of values) {
      if (value === undefined || value.length < 6) continue;
      this.#values.add(value);
      this.#values.add(encodeURIComponent(value));
      if (value.startsWith("0x")) this.#values.add(value.slice(2));
    }
  }

  /** Hides the password, and a key in path or query, of an address. */
  addUrl(url: string | undefined): void {
    if (url === undefined) return;
    const { password, pathname, searchParams } = new URL(url);
    this.add(decodeURIComponent(password), ...pathname.split("/").filter((part) => part.length >= 16));
    this.add(...searchParams.values());
  }

  hide(text: string): string {
    let hidden = hideAddresses(text);
    for (const value of this.#values) hidden = hidden.replaceAll(value, HIDDEN);
    return hidden;
  }
}

/** The bytes that a contract reverted with, among the causes of an error. */
function revertDataIn(error: unknown): Hex | undefined {
  for (let cause = error, depth = 0; typeof cause === "object" && cause !== null && depth < 12; depth++) {
    const { data } = cause as { data?: unknown };
    const bytes = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
    if (isHex(bytes) && bytes.length >= 10) return bytes;
    cause = (cause as { cause?: unknown }).cause;
  }
  return undefined;
}

/** The error of a contract in an error of the SDK, of viem or of a node; undefined when there is none that is known. */
export function revertOf(error: unknown): Revert | undefined {
  const decoded = getRevert(error);
  if (decoded) return decoded;
  const data = revertDataIn(error);
  return data === undefined ? undefined : decodeRevert(data);
}

/** Why an action failed, in one line: the decoded revert of a contract, else the message, without raw data. */
export function reasonOf(error: unknown): string {
  const revert = revertOf(error);
  if (revert) return formatRevert(revert);
  // The message of a failed query has all its parameters.
  const { name, cause } = (error ?? {}) as { name?: string; cause?: unknown };
  if (error instanceof Error && (name === "DrizzleQueryError" || error.message.startsWith("Failed query"))) {
    return `The database failed: ${reasonOf(cause ?? "without a cause")}`;
  }
  if (error instanceof BaseError) {
    const { shortMessage, details } = error;
    const rest = details && !shortMessage.includes(details) ? ` ${details}` : "";
    const text = `${shortMessage}${rest}`
      .split("\n")
      .join(" ")
      .replace(/\b[\da-f]{64,}\b/gi, "...");
    return hideAddresses(text).slice(0, 300);
  }
  return hideAddresses(error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** A value as JSON can have it: large integers as strings, errors as their reasons. */
function plain(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return reasonOf(value);
  if (depth > 4 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, 50).map((each) => plain(each, depth + 1));
  const fields = Object.entries(value).map(([name, each]) => [
    name,
    secretFields.includes(name) && typeof each === "string" && name !== "key" ? HIDDEN : plain(each, depth + 1),
  ]);
  return Object.fromEntries(fields);
}

/** Parameters of {@link createLogger}. */
export type CreateLoggerParameters = {
  name: string;
  level?: LevelWithSilent | undefined;
  secrets: Secrets;
  /** Default: standard output. */
  destination?: DestinationStream | undefined;
};

/**
 * Creates a logger. Errors are logged as their decoded reasons, large integers as strings, and secrets are hidden in each line:
 * those that `secrets` knows, fields with a secret's name, and all of an address but its host.
 */
export function createLogger({ name, level = "info", secrets, destination }: CreateLoggerParameters): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => plain(fields) as Record<string, unknown>,
    },
    serializers: { err: reasonOf, error: reasonOf },
    hooks: { streamWrite: (line: string) => secrets.hide(line) },
  };
  return destination ? pino(options, destination) : pino(options);
}
