import { BaseError } from "viem";

/** A signed order, or its text, is malformed or out of range. */
export class InvalidSignedOrderError extends BaseError {
  override name = "InvalidSignedOrderError";
  /** The name of the field, as in "order.amount". */
  readonly field: string;
  readonly value: unknown;
  /** The accepted form or range. */
  readonly accepted: string;
  constructor({ field, value, accepted }: { field: string; value: unknown; accepted: string }) {
    super(`Invalid ${field} ${String(value).slice(0, 80)}: expected ${accepted}.`);
    this.field = field;
    this.value = value;
    this.accepted = accepted;
  }
}
