// The commands plan, apply and check, for programs and for the command line.
import type { Signer } from "@counterpoise/service-kit";
import { createPublicClient, http, type PublicClient } from "viem";
import { type ApplyResult, apply as applySteps } from "./apply.js";
import { check as checkSteps, type Finding } from "./check.js";
import type { ExchangeConfig } from "./config.js";
import { contextOf, type Difference, describeStep, differencesOf } from "./describe.js";
import { DeployError, ExternalContractsError, IncompleteNetworkError, WrongChainError } from "./errors.js";
import { externalProblems } from "./external.js";
import { buildList } from "./list.js";
import { networkProblems } from "./networks.js";
import { existingOf, type Registry, readRegistry, registryFile, registryOf, writeRegistry } from "./registry.js";
import { type TransactionHook, TransactionSender } from "./sender.js";
import { readStep, type Step } from "./steps.js";

export type OpenDeploymentParameters = {
  config: ExchangeConfig;
  rpcUrl: string;
  /** Folder of registries: `deployments`. */
  registry: string;
  /** A list that was built before, for the same configuration and chain. Default: a new one. */
  steps?: readonly Step[] | undefined;
  /** Whether the chain is a local copy whose external contracts are doubles. Default: false. */
  isDryRun?: boolean | undefined;
};

/** A configuration with its list on a chain. */
export type OpenDeployment = {
  config: ExchangeConfig;
  client: PublicClient;
  steps: readonly Step[];
  file: string;
  registry: Registry | undefined;
  startBlock: bigint;
};

/**
 * Checks the chain and the external contracts, and builds the list. Sends no transaction.
 *
 * @throws {@link WrongChainError}, {@link IncompleteNetworkError}, {@link ExternalContractsError}, and the errors of `buildList`
 */
export async function openDeployment(parameters: OpenDeploymentParameters): Promise<OpenDeployment> {
  const { config, rpcUrl } = parameters;
  if (config.missing && config.missing.length > 0) throw new IncompleteNetworkError(config.name, config.missing);
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 5, retryDelay: 300 }), cacheTime: 0 });
  const chainId = await client.getChainId();
  if (chainId !== config.chainId) throw new WrongChainError(chainId, config.chainId);
  const file = registryFile(parameters.registry, config);
  const registry = readRegistry(file);
  const problems = parameters.steps
    ? []
    : [...(parameters.isDryRun ? [] : networkProblems(config)), ...(await externalProblems(client, config))];
  if (problems.length > 0) throw new ExternalContractsError(problems);
  const startBlock = registry ? BigInt(registry.startBlock) : await client.getBlockNumber();
  const steps = parameters.steps ?? (await buildList({ rpcUrl, config, existing: existingOf(registry) }));
  return { config, client, steps, file, registry, startBlock };
}

/** A step of the plan that is not done. */
export type PlannedStep = { step: Step; description: string; differences: Difference[] };
export type Plan = { open: PlannedStep[]; done: number; total: number };

/** The steps that are not done, with what they change. */
export async function plan({ config, steps, client, startBlock }: OpenDeployment): Promise<Plan> {
  const open: PlannedStep[] = [];
  for (const step of steps) {
    const state = await readStep(client, step, startBlock);
    if (state.isDone) continue;
    // Settings of contracts that do not exist yet have no value on the chain.
    const known = state.open.filter(({ actual }) => actual !== undefined && actual !== "0x");
    const context = contextOf(config, steps, step.id);
    const differences = known.flatMap(({ probe, actual }) => differencesOf(probe, actual, context));
    open.push({ step, description: describeStep(step, context), differences });
  }
  return { open, done: steps.length - open.length, total: steps.length };
}

/** The plan as text, by section. */
export function formatPlan({ open, done, total }: Plan): string {
  if (open.length === 0) return `No difference: all ${total} steps are done.`;
  const lines = [`${open.length} of ${total} steps are open, ${done} are done.`];
  let section = "";
  for (const { step, description, differences } of open) {
    if (step.section !== section) lines.push("", `${step.section}:`);
    section = step.section;
    lines.push(`  ${step.id}: ${description}`);
    for (const { setting, actual, expected } of differences) lines.push(`    ${setting}: ${actual} -> ${expected}`);
  }
  return lines.join("\n");
}

export type ApplyOptions = {
  /** Undefined: every call is printed. */
  signer?: Signer | undefined;
  prints?: boolean | undefined;
  confirmations?: number | undefined;
  hook?: TransactionHook | undefined;
  pollInterval?: number | undefined;
  replaceAfter?: number | undefined;
  log?: ((line: string) => void) | undefined;
};

/** Executes the open steps, and writes the registry after each contract. */
export async function apply(deployment: OpenDeployment, options: ApplyOptions = {}): Promise<ApplyResult> {
  const { config, client, steps, file, startBlock } = deployment;
  const { signer, hook = () => {}, pollInterval, replaceAfter, log, ...rest } = options;
  const created = new Set<string>();
  let written = JSON.stringify(deployment.registry);
  const write = () => {
    const registry = registryOf(config, steps, ({ id }) => created.has(id), deployment.registry, startBlock);
    if (JSON.stringify(registry) === written) return;
    // A later run may know contracts of markets that this pass has not reached yet: they stay.
    if (deployment.registry && Object.keys(deployment.registry.contracts).some((id) => !created.has(id))) return;
    writeRegistry(file, registry);
    written = JSON.stringify(registry);
  };
  // Before the first transaction, because the first block must be known after a crash.
  if (signer && !deployment.registry) write();
  const onCreated = (step: Step) => {
    created.add(step.id);
    write();
  };
  const sender =
    signer && new TransactionSender({ client, chainId: config.chainId, signer, hook, pollInterval, replaceAfter });
  return applySteps({ config, steps, client, startBlock, sender, onCreated, log: log ?? (() => {}), ...rest });
}

/** Compares the chain with the configuration. */
export async function check(deployment: OpenDeployment): Promise<Finding[]> {
  const { config, steps, client, registry, file } = deployment;
  if (!registry) throw new DeployError(`There is no deployment at ${file}: run apply first`);
  return checkSteps({ config, steps, client, registry });
}
