import {
  BaseError,
  ContractFunctionRevertedError,
  formatEther,
  type Hash,
  type Hex,
  type TransactionReceipt,
} from "viem";
import type { Revert, RevertName, RevertOf } from "./reverts.js";

/** A deployment file lacks a field or has a malformed one. */
export class InvalidDeploymentError extends BaseError {
  override name = "InvalidDeploymentError";
  /** The name in the file. */
  readonly field: string;
  /** Undefined when the field is missing. */
  readonly value: unknown;
  constructor({ field, value }: { field: string; value: unknown }) {
    super(`Deployment field "${field}" is missing or malformed: ${String(value)}.`);
    this.field = field;
    this.value = value;
  }
}

/** How {@link TransactionRevertedError} obtained its reason. */
export type ReasonSource =
  /** The node's trace of the transaction itself: exact. */
  | "trace"
  /**
   * A replay of the transaction on the state at the end of the block before, with the number and the time of its own
   * block where the node supports it; on a node without that state, on the state at the end of its own block. Not exact if
   * another transaction of its block changed what it reads.
   */
  | "replay";

/** A transaction was mined and reverted. */
export class TransactionRevertedError extends BaseError {
  override name = "TransactionRevertedError";
  readonly hash: Hash;
  readonly receipt: TransactionReceipt;
  /** The decoded reason; undefined without `data`, and for an error of a contract that the exchange does not know. */
  readonly reason: Revert | undefined;
  /** The bytes of the reason, none for a transaction that ran out of gas; undefined if the node cannot tell them. */
  readonly data: Hex | undefined;
  /** Undefined without `data`. */
  readonly source: ReasonSource | undefined;
  constructor({
    receipt,
    reason,
    data,
    source,
  }: {
    receipt: TransactionReceipt;
    reason?: Revert | undefined;
    data?: Hex | undefined;
    source?: ReasonSource | undefined;
  }) {
    const hash = receipt.transactionHash;
    const known = data === "0x" ? " without a reason" : ` with ${data}`;
    const cause = reason ? `: ${formatRevert(reason)}` : data && known;
    super(`Transaction ${hash} reverted${cause ?? ""}.`, {
      metaMessages: [
        ...(source === "replay" ? ["The reason is that of a replay, since the node has no trace."] : []),
        `Block: ${receipt.blockNumber}`,
        `Gas used: ${receipt.gasUsed}`,
      ],
    });
    this.hash = hash;
    this.receipt = receipt;
    this.reason = reason;
    this.data = data;
    this.source = source;
  }
}

/** The cause of an error of an action whose call reverted: viem's error, with the decoded reason. */
export class DecodedRevertError extends ContractFunctionRevertedError {
  /** Undefined for an error of a contract that the exchange does not know; `raw` has its bytes. */
  readonly revert: Revert | undefined;
  constructor({
    revert,
    ...parameters
  }: { revert: Revert | undefined } & ConstructorParameters<typeof ContractFunctionRevertedError>[0]) {
    super(parameters);
    this.revert = revert;
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
 * Formats an error's name and its arguments in one line, and the names of the errors that carried it.
 *
 * @example
 * formatRevert(revert); // "SlippageExceeded (amount 1990, bound 2000)"
 */
export function formatRevert({ errorName, named, wrappedBy = [] }: Revert): string {
  const error = Object.keys(named).length > 0 ? `${errorName} (${formatFields(named)})` : errorName;
  return wrappedBy.length > 0 ? `${error} in ${wrappedBy.map((outer) => outer.errorName).join(", ")}` : error;
}

const formatFields = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(", ");

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  return typeof value === "object" && value !== null ? `(${formatFields(value)})` : String(value);
}
