// The errors of the HTTP API: one shape, with a code and the limit that the request exceeds.
import { ServiceError } from "@counterpoise/service-kit";

/** All codes of errors, with their HTTP status. A new code is compatible, a removed one is not. */
export const errorCodes = {
  INVALID_REQUEST: 400,
  INVALID_ORDER: 400,
  INVALID_SIGNATURE: 400,
  UNKNOWN_MARKET: 404,
  UNKNOWN_ORDER: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  ORDER_EXPIRED: 422,
  ORDER_CLOSED: 422,
  WRONG_NONCE: 422,
  WRONG_MAKER: 422,
  NOT_AUTHORIZED: 422,
  NOTHING_TO_REDUCE: 422,
  INSUFFICIENT_FUND: 422,
  INSUFFICIENT_MARGIN: 422,
  RELAY_FEE_TOO_LOW: 422,
  SIGNATURE_CHECK_FAILED: 422,
  LIFETIME_TOO_LONG: 422,
  TOO_MANY_ORDERS: 429,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_STREAMS: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;

/** A code of an error. */
export type ErrorCode = keyof typeof errorCodes;

/** The body of each error. */
export type ErrorBody = {
  code: ErrorCode;
  message: string;
  /** The accepted value or the most that is accepted, as text. */
  limit?: string | undefined;
  /** The offending value, as text. */
  value?: string | undefined;
  /** The offending field. */
  field?: string | undefined;
};

/** An error that the API answers with. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly code: ErrorCode;
  readonly status: (typeof errorCodes)[ErrorCode];
  readonly details: Omit<ErrorBody, "code" | "message">;
  /** Seconds until the request may succeed. */
  readonly retryAfter: number | undefined;
  constructor(
    code: ErrorCode,
    message: string,
    { retryAfter, ...details }: Omit<ErrorBody, "code" | "message"> & { retryAfter?: number | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.status = errorCodes[code];
    this.details = details;
    this.retryAfter = retryAfter;
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message, ...this.details };
  }
}

/** Another matcher has taken over the market: this one's epoch is over. */
export class FencedError extends Error {
  override name = "FencedError";
  readonly marketId: bigint;
  readonly epoch: number;
  constructor({ marketId, epoch }: { marketId: bigint; epoch: number }) {
    super(`Epoch ${epoch} of market ${marketId} is over: another matcher has a later one.`);
    this.marketId = marketId;
    this.epoch = epoch;
  }
}

/** A backup and the database that it is restored into do not fit. */
export class BackupError extends ServiceError {
  override name = "BackupError";
  readonly file: string;
  readonly value: unknown;
  readonly expected: unknown;
  constructor({ file, what, value, expected }: { file: string; what: string; value: unknown; expected: unknown }) {
    super(`Cannot restore ${file}: ${what}: ${String(value)}; expected: ${String(expected)}. Nothing was changed.`);
    this.file = file;
    this.value = value;
    this.expected = expected;
  }
}
