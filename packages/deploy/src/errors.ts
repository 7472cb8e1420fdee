// Errors of the command, each with the value that is wrong and the value that limits it.
import type { Address, Hex } from "viem";

/** The base of the errors of this package. */
export class DeployError extends Error {
  override name = "DeployError";
}

/** One problem of a configuration. */
export type ConfigurationProblem = { path: string; problem: string };

/** A file has missing, unknown or malformed settings, or settings that contradict each other. */
export class ConfigurationError extends DeployError {
  override name = "ConfigurationError";
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigurationProblem[],
  ) {
    super(`${file} is not valid:\n${problems.map(({ path, problem }) => `  ${path}: ${problem}`).join("\n")}`);
  }
}

/** A text is not a number with the unit that its setting has. */
export class UnitError extends DeployError {
  override name = "UnitError";
  constructor(
    readonly value: string,
    readonly expected: string,
  ) {
    super(`${JSON.stringify(value)} is not ${expected}`);
  }
}

/** The network's configuration lacks confirmed addresses. */
export class IncompleteNetworkError extends DeployError {
  override name = "IncompleteNetworkError";
  constructor(
    readonly network: string,
    readonly missing: readonly string[],
  ) {
    super(`The configuration of ${network} is incomplete. Missing: ${missing.join(", ")}`);
  }
}

/** The node is of another chain than the configuration. */
export class WrongChainError extends DeployError {
  override name = "WrongChainError";
  constructor(
    readonly chainId: number,
    readonly expected: number,
  ) {
    super(`The node has chain id ${chainId}, the configuration ${expected}`);
  }
}

/** External contracts differ from the configuration. Found before the first transaction. */
export class ExternalContractsError extends DeployError {
  override name = "ExternalContractsError";
  constructor(readonly problems: readonly string[]) {
    super(`External contracts differ from the configuration:\n${problems.map((text) => `  ${text}`).join("\n")}`);
  }
}

/** The list of the deployment cannot be executed: a setting or a simulated step is invalid. */
export class InvalidListError extends DeployError {
  override name = "InvalidListError";
  constructor(
    readonly reason: string,
    readonly data: Hex,
  ) {
    super(`The deployment was refused before its first transaction: ${reason}`);
  }
}

/** The script that builds the list did not run. */
export class ListScriptError extends DeployError {
  override name = "ListScriptError";
  constructor(
    readonly code: number | null,
    readonly output: string,
  ) {
    super(`The deployment list could not be built (exit code ${code}):\n${output.trim().slice(-4_000)}`);
  }
}

/** A step must be sent by another account than the signer. */
export class WrongSignerError extends DeployError {
  override name = "WrongSignerError";
  constructor(
    readonly step: string,
    readonly signer: Address | undefined,
    readonly required: Address,
  ) {
    super(
      `${step} must be sent by ${required}, and the signer is ${signer ?? "not set"}. With --print the calls are printed for it`,
    );
  }
}

/** A transaction was mined and reverted. */
export class StepRevertedError extends DeployError {
  override name = "StepRevertedError";
  constructor(
    readonly step: string,
    readonly hash: Hex,
    readonly reason: string,
  ) {
    super(`${step} reverted in ${hash}: ${reason}`);
  }
}

/** After all transactions, a step's effect is missing: the chain was reorganised, or another account changed the setting. */
export class UnstableStateError extends DeployError {
  override name = "UnstableStateError";
  constructor(
    readonly steps: readonly string[],
    readonly passes: number,
  ) {
    super(`After ${passes} passes these steps are still open: ${steps.join(", ")}`);
  }
}

/** A transaction was not mined in time, with its highest fee. */
export class NotMinedError extends DeployError {
  override name = "NotMinedError";
  constructor(
    readonly step: string,
    readonly nonce: number,
    readonly seconds: number,
  ) {
    super(`${step} (nonce ${nonce}) was not mined within ${seconds} s`);
  }
}
