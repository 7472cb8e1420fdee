import {
  type AbiParameterToPrimitiveType,
  BaseError,
  type ContractErrorArgs,
  type ContractErrorName,
  ContractFunctionRevertedError,
  decodeErrorResult,
  formatEther,
  type Hex,
} from "viem";
import { errorsAbi } from "./generated/abis.js";

/** A deployment file lacks a field or has a malformed one. */
export class InvalidDeploymentError extends BaseError {
  override name = "InvalidDeploymentError";
  constructor({ field, value }: { field: string; value: unknown }) {
    super(`Deployment field "${field}" is missing or malformed: ${String(value)}.`);
  }
}

/** A transaction was mined without the event that the action needs. */
export class EventNotFoundError extends BaseError {
  override name = "EventNotFoundError";
  constructor({ eventName, hash }: { eventName: string; hash: Hex }) {
    super(`Transaction ${hash} succeeded without a ${eventName} event.`);
  }
}

/** A transaction was mined and reverted. */
export class TransactionRevertedError extends BaseError {
  override name = "TransactionRevertedError";
  constructor({ hash }: { hash: Hex }) {
    super(`Transaction ${hash} reverted.`);
  }
}

/** A quote did not revert with the contract's `TradeQuoted`: the trade would fail. */
export class QuoteFailedError extends BaseError {
  override name = "QuoteFailedError";
  /** The reason, if it is an error of the exchange. */
  readonly revert: Revert | undefined;
  constructor({ revert, cause }: { revert?: Revert | undefined; cause?: BaseError | undefined }) {
    const message = revert ? `The trade would revert: ${formatRevert(revert)}.` : "The trade would revert.";
    super(message, cause ? { cause } : {});
    this.revert = revert;
  }
}

/** An order exceeds the capacity of an OracleMaker, as the contracts' errors of a similar name report it. */
export class MakerCapacityExceededError extends BaseError {
  override name = "MakerCapacityExceededError";
  /** WAD, in `unit`. */
  readonly requested: bigint;
  /** WAD, in `unit`: the remaining capacity, or the quote that it would cost or yield. */
  readonly available: bigint;
  readonly unit: "base" | "quote";
  constructor({ requested, available, unit }: { requested: bigint; available: bigint; unit: "base" | "quote" }) {
    super(`The maker cannot take ${formatEther(requested)} ${unit}: at most ${formatEther(available)} are available.`);
    this.requested = requested;
    this.available = available;
    this.unit = unit;
  }
}

/** A decoded custom error of the contracts. */
export type Revert = {
  errorName: string;
  args: readonly unknown[];
  /** The arguments by their names in the contracts. */
  named: Record<string, unknown>;
};

/** The name of one of the contracts' errors. */
export type RevertName = ContractErrorName<typeof errorsAbi>;

type RevertItem<name extends RevertName> = Extract<(typeof errorsAbi)[number], { type: "error"; name: name }>;

/** A {@link Revert} with a given error. */
export type RevertOf<name extends RevertName> = {
  errorName: name;
  args: ContractErrorArgs<typeof errorsAbi, name>;
  named: {
    [input in RevertItem<name>["inputs"][number] as input["name"]]: AbiParameterToPrimitiveType<input>;
  };
};

/**
 * Whether a revert is a given error. If it is, its arguments are typed.
 *
 * @example
 * const revert = getRevert(error);
 * if (isRevert(revert, "InsufficientFund")) top.up(revert.named.requested - revert.named.available);
 */
export const isRevert = <name extends RevertName>(
  revert: Revert | undefined,
  errorName: name,
): revert is Revert & RevertOf<name> => revert?.errorName === errorName;

/**
 * Decodes the bytes of a revert, such as the `reason` of an `OrderPurged` event. Solidity's own `Error(string)` and
 * `Panic(uint256)` decode too. Returns undefined for other errors that are not the exchange's.
 *
 * @example
 * decodeRevert("0x...")?.errorName; // "SlippageExceeded"
 */
export function decodeRevert(data: Hex): Revert | undefined {
  try {
    const { errorName, args = [], abiItem } = decodeErrorResult({ abi: errorsAbi, data });
    const inputs = abiItem.type === "error" ? abiItem.inputs : [];
    return {
      errorName,
      args: args as readonly unknown[],
      named: Object.fromEntries(inputs.map((input, i) => [input.name ?? String(i), (args as readonly unknown[])[i]])),
    };
  } catch {
    return undefined;
  }
}

/**
 * The custom error that caused an error of an action, or undefined when there is none.
 *
 * @example
 * await withdraw(client, { deployment, amount }).catch((error) => {
 *   if (getRevert(error)?.errorName !== "InsufficientFund") throw error;
 * });
 */
export function getRevert(error: unknown): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  const raw = reverted instanceof ContractFunctionRevertedError ? reverted.raw : undefined;
  return raw ? decodeRevert(raw) : undefined;
}

/**
 * Formats an error's name and its arguments in one line.
 *
 * @example
 * formatRevert(revert); // "SlippageExceeded (amount 1990, bound 2000)"
 */
export function formatRevert({ errorName, named }: Revert): string {
  return Object.keys(named).length > 0 ? `${errorName} (${formatFields(named)})` : errorName;
}

const formatFields = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(", ");

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  return typeof value === "object" && value !== null ? `(${formatFields(value)})` : String(value);
}
