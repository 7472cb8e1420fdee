// Errors of price sources. Each has the value that is wrong and the limit that it exceeds.
import { BaseError, type Hex } from "viem";

/** A price update, a recorded price or an option of a price source is malformed or out of range. */
export class InvalidPriceError extends BaseError {
  override name = "InvalidPriceError";
  /** The name of the field. */
  readonly field: string;
  readonly value: unknown;
  /** The accepted form or range. */
  readonly accepted: string;
  constructor({ field, value, accepted }: { field: string; value: unknown; accepted: string }) {
    super(`Invalid ${field}: ${String(value).slice(0, 80)}; expected ${accepted}.`);
    this.field = field;
    this.value = value;
    this.accepted = accepted;
  }
}

/** A price source has no price of a feed, or none published at or after a time. */
export class PriceNotFoundError extends BaseError {
  override name = "PriceNotFoundError";
  /** The feeds that were asked for. */
  readonly ids: readonly Hex[];
  /** Seconds; undefined if the latest price was asked for. */
  readonly time: bigint | undefined;
  constructor({ ids, time, details }: { ids: readonly Hex[]; time?: bigint | undefined; details?: string }) {
    const published = time === undefined ? "" : ` published at or after ${time}`;
    super(`No price of ${ids.join(", ")}${published}.`, details ? { details } : {});
    this.ids = ids;
    this.time = time;
  }
}

/** A request to a Hermes service failed. */
export class HermesRequestError extends BaseError {
  override name = "HermesRequestError";
  /** Without its key. */
  readonly endpoint: string;
  /** The HTTP status; undefined if there was no answer, or the answer was of no use. */
  readonly status: number | undefined;
  constructor({
    endpoint,
    status,
    details,
    cause,
  }: { endpoint: string; status?: number | undefined; details: string; cause?: Error | undefined }) {
    super(`${endpoint} failed${status === undefined ? "" : ` with status ${status}`}.`, {
      details: details.slice(0, 200),
      ...(cause && { cause }),
    });
    this.endpoint = endpoint;
    this.status = status;
  }
}

/** Every Hermes service that is left would accept the next request too late: by its answer, or by the rate budget. */
export class HermesBusyError extends BaseError {
  override name = "HermesBusyError";
  /** The service that is free first. */
  readonly endpoint: string;
  /** Milliseconds until then. */
  readonly wait: number;
  /** Milliseconds that a request waits at most. */
  readonly maxWait: number;
  constructor({
    endpoint,
    wait,
    maxWait,
    cause,
  }: { endpoint: string; wait: number; maxWait: number; cause?: Error | undefined }) {
    super(`${endpoint} is busy for ${wait} ms, more than ${maxWait} ms.`, cause && { cause });
    this.endpoint = endpoint;
    this.wait = wait;
    this.maxWait = maxWait;
  }
}
