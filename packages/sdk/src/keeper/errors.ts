import { BaseError } from "viem";

/** A parameter of a keeper's function is malformed or out of range. */
export class InvalidKeeperInputError extends BaseError {
  override name = "InvalidKeeperInputError";
  /** The name of the parameter. */
  readonly field: string;
  readonly value: unknown;
  /** The accepted form or range. */
  readonly accepted: string;
  constructor({ field, value, accepted }: { field: string; value: unknown; accepted: string }) {
    super(`Invalid ${field} ${String(value)}: expected ${accepted}.`);
    this.field = field;
    this.value = value;
    this.accepted = accepted;
  }
}

/** An order or a request did not end in time. */
export class WaitTimeoutError extends BaseError {
  override name = "WaitTimeoutError";
  /** The order's or the request's id. */
  readonly id: bigint;
  /** Unix seconds: the time up to which was waited. */
  readonly until: bigint;
  constructor({ id, until }: { id: bigint; until: bigint }) {
    super(`${id} has not ended by ${until}.`);
    this.id = id;
    this.until = until;
  }
}
