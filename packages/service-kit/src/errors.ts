// Errors of the services. Each has the value that is wrong and the limit or the form that it misses. None has a secret.

/** The base of the errors of services. */
export class ServiceError extends Error {
  override name = "ServiceError";
}

/** One problem of a configuration. */
export type ConfigProblem = {
  /** The key with dots, as in `rpc.0.url`. */
  key: string;
  /** The variable of the environment that sets the key. */
  variable: string;
  problem: string;
};

/** The configuration has a missing, unknown or malformed key. */
export class ConfigError extends ServiceError {
  override name = "ConfigError";
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ key, variable, problem }) => `  ${key} (${variable}): ${problem}`);
    super(`The configuration is not valid:\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

/** A key or an endpoint that is for development only is configured for another chain. */
export class DevelopmentOnlyError extends ServiceError {
  override name = "DevelopmentOnlyError";
  readonly what: string;
  readonly chainId: number;
  readonly accepted: number;
  constructor({ what, chainId, accepted }: { what: string; chainId: number; accepted: number }) {
    super(`${what} is accepted on chain ${accepted} only, and the chain is ${chainId}.`);
    this.what = what;
    this.chainId = chainId;
    this.accepted = accepted;
  }
}

/** A keystore file cannot be read. */
export class KeystoreError extends ServiceError {
  override name = "KeystoreError";
  readonly field: string;
  constructor({ field, problem }: { field: string; problem: string }) {
    super(`The keystore's ${field} ${problem}.`);
    this.field = field;
  }
}

/** A remote signer or a node returned a transaction that differs from the one that it was given. */
export class SignerMismatchError extends ServiceError {
  override name = "SignerMismatchError";
  readonly field: string;
  readonly value: unknown;
  readonly expected: unknown;
  constructor({ field, value, expected }: { field: string; value: unknown; expected: unknown }) {
    super(`The signer returned a transaction with ${field} ${String(value)}; expected ${String(expected)}.`);
    this.field = field;
    this.value = value;
    this.expected = expected;
  }
}

/** No RPC endpoint answered. */
export class RpcUnavailableError extends ServiceError {
  override name = "RpcUnavailableError";
  readonly method: string;
  readonly attempts: readonly { endpoint: string; problem: string }[];
  constructor({ method, attempts }: { method: string; attempts: readonly { endpoint: string; problem: string }[] }) {
    const list = attempts.map(({ endpoint, problem }) => `${endpoint}: ${problem}`).join("; ");
    super(`No endpoint answered ${method} (${list || "none is configured for this chain"}).`);
    this.method = method;
    this.attempts = attempts;
  }
}

/** An endpoint serves another chain than the configured one. */
export class WrongChainError extends ServiceError {
  override name = "WrongChainError";
  readonly endpoint: string;
  readonly chainId: number;
  readonly expected: number;
  constructor({ endpoint, chainId, expected }: { endpoint: string; chainId: number; expected: number }) {
    super(`${endpoint} serves chain ${chainId}; expected ${expected}.`);
    this.endpoint = endpoint;
    this.chainId = chainId;
    this.expected = expected;
  }
}

/** Another transaction for the same work is in flight. */
export class DuplicateWorkError extends ServiceError {
  override name = "DuplicateWorkError";
  readonly key: string;
  constructor(key: string) {
    super(`A transaction for ${key} is in flight, or was mined after the work was found.`);
    this.key = key;
  }
}

/** The journal has a signed transaction already, of an entry that was dropped. */
export class DuplicateFormError extends ServiceError {
  override name = "DuplicateFormError";
  readonly hash: string;
  constructor(hash: string) {
    super(`The journal has transaction ${hash} already.`);
    this.hash = hash;
  }
}

/** The maximum number of transactions is in flight. */
export class TooManyInFlightError extends ServiceError {
  override name = "TooManyInFlightError";
  readonly inFlight: number;
  readonly limit: number;
  constructor({ inFlight, limit }: { inFlight: number; limit: number }) {
    super(`${inFlight} transactions are in flight, of at most ${limit}.`);
    this.inFlight = inFlight;
    this.limit = limit;
  }
}

/** Gas costs more than the configured limit. */
export class GasPriceTooHighError extends ServiceError {
  override name = "GasPriceTooHighError";
  /** Wei per gas. */
  readonly needed: bigint;
  /** Wei per gas. */
  readonly limit: bigint;
  constructor({ needed, limit }: { needed: bigint; limit: bigint }) {
    super(`Gas needs ${needed} wei, more than ${limit} wei.`);
    this.needed = needed;
    this.limit = limit;
  }
}

/** The embedded database cannot run here. */
export class EmbeddedPostgresError extends ServiceError {
  override name = "EmbeddedPostgresError";
  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem} Set DATABASE_URL to use a Postgres of your own.`, options);
  }
}

/** A database has a newer schema than this release knows. */
export class SchemaTooNewError extends ServiceError {
  override name = "SchemaTooNewError";
  readonly version: number;
  readonly known: number;
  constructor({ version, known }: { version: number; known: number }) {
    super(`The database has schema ${version}; this release knows ${known}.`);
    this.version = version;
    this.known = known;
  }
}

/** A server was asked to listen beyond the loopback interface. */
export class NotLoopbackError extends ServiceError {
  override name = "NotLoopbackError";
  readonly host: string;
  constructor(host: string) {
    super(`${host} is not a loopback address: health, metrics and admin endpoints bind to 127.0.0.1 or ::1.`);
    this.host = host;
  }
}
