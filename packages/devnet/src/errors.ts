import type { Address } from "viem";

/** The requested port is in use. */
export class AnvilPortTakenError extends Error {
  override readonly name = "AnvilPortTakenError";
  constructor(readonly port: number) {
    super(`Port ${port} is already in use: choose another port, or none for a free port`);
  }
}

/** Anvil ended or timed out before it was ready. */
export class AnvilStartError extends Error {
  override readonly name = "AnvilStartError";
  constructor(
    readonly reason: string,
    readonly output: string,
  ) {
    super([`Anvil did not start: ${reason}`, output.trim()].filter(Boolean).join("\n"));
  }
}

/** A contract's artifact is missing, because the contracts have not been built. */
export class ArtifactNotFoundError extends Error {
  override readonly name = "ArtifactNotFoundError";
  constructor(
    readonly contract: string,
    readonly path: string,
  ) {
    super(`No bytecode of ${contract} at ${path}: run \`npx -y pnpm@10 build\` first`);
  }
}

/** A transaction was mined and reverted. */
export class TransactionRevertedError extends Error {
  override readonly name = "TransactionRevertedError";
  constructor(
    readonly hash: string,
    readonly action: string,
  ) {
    super(`${action} reverted in transaction ${hash}`);
  }
}

/** The arbitrageur ran out of tokens before the pool reached the target. */
export class ArbitrageShortfallError extends Error {
  override readonly name = "ArbitrageShortfallError";
  constructor(
    readonly arbitrageur: Address,
    readonly price: bigint,
    readonly target: bigint,
  ) {
    super(`${arbitrageur} has too few tokens to move the pool to ${target} (WAD); it reached ${price}`);
  }
}

/** The deployment script failed. */
export class DeployScriptError extends Error {
  override readonly name = "DeployScriptError";
  constructor(
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`The deployment script ended with exit code ${exitCode ?? "none"}:\n${output.trim()}`);
  }
}
