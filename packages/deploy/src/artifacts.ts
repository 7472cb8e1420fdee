// Artifacts of the shipping build: ABIs, code, and the places of immutables in it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import { type Abi, type AbiEvent, type AbiFunction, decodeErrorResult, type Hex, toFunctionSelector } from "viem";
import { DeployError } from "./errors.js";

const OUT = path.join(repositoryRoot, "packages/contracts/out");

export type Artifact = {
  name: string;
  abi: Abi;
  bytecode: Hex;
  deployedBytecode: Hex;
  /** Byte ranges of immutables in the deployed code. */
  immutables: { start: number; length: number }[];
};

const cache = new Map<string, Artifact>();

/** The artifact of a contract of the last build. */
export function artifactOf(name: string): Artifact {
  const known = cache.get(name);
  if (known) return known;
  const file = path.join(OUT, `${name}.sol`, `${name}.json`);
  if (!existsSync(file)) throw new DeployError(`No artifact of ${name} at ${file}: run \`npx -y pnpm@10 build\` first`);
  const json = JSON.parse(readFileSync(file, "utf8"));
  const artifact: Artifact = {
    name,
    abi: json.abi,
    bytecode: json.bytecode.object,
    deployedBytecode: json.deployedBytecode.object,
    immutables: Object.values(json.deployedBytecode.immutableReferences ?? {}).flat() as Artifact["immutables"],
  };
  cache.set(name, artifact);
  return artifact;
}

/** Contracts whose functions appear in lists, for the description of calls. */
const CONTRACTS = [
  "ClearingHouse",
  "MarketAdmin",
  "Vault",
  "PythOracle",
  "OrderGateway",
  "SignedOrderGateway",
  "OracleMaker",
  "BaseVaultModule",
  "SpotHedgeBaseMaker",
  "SpotHedgeQuoteMaker",
  "QuoteVaultModule",
  "LpRequestVault",
  "CircuitBreaker",
  "TimelockController",
  "UniswapV3Adapter",
  "UniswapV4Adapter",
  "Expectation",
  "CoreFactory",
];

let functions: Map<Hex, AbiFunction> | undefined;
/** The function of a selector, of a given contract where several have it with other results. */
export function functionOf(data: Hex, artifact?: string | undefined): AbiFunction | undefined {
  const selector = data.slice(0, 10);
  const own =
    artifact === undefined
      ? undefined
      : artifactOf(artifact).abi.find(
          (item): item is AbiFunction => item.type === "function" && toFunctionSelector(item) === selector,
        );
  if (own) return own;
  functions ??= new Map(
    allAbis()
      .flat()
      .filter((item): item is AbiFunction => item.type === "function")
      .map((item) => [toFunctionSelector(item), item]),
  );
  return functions.get(selector as Hex);
}

let abis: Abi[] | undefined;
function allAbis(): Abi[] {
  abis ??= CONTRACTS.map((name) => artifactOf(name).abi);
  return abis;
}

let errorsAbi: Abi | undefined;
/** Name and arguments of a revert, with the innermost error of a failed step. */
export function describeError(data: Hex): string {
  if (data === "0x") return "reverted without a reason";
  errorsAbi ??= collectErrors();
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: errorsAbi, data });
    const values = (args ?? []) as readonly unknown[];
    if (errorName === "StepFailed") return `${values[0]}: ${describeError(values[1] as Hex)}`;
    const names = abiItem.type === "error" ? abiItem.inputs.map(({ name }) => name) : [];
    const text = (value: unknown): string =>
      typeof value === "object" && value !== null
        ? JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}` : item))
        : `${value}`;
    return `${errorName}(${values.map((value, i) => (names[i] ? `${names[i]}: ` : "") + text(value)).join(", ")})`;
  } catch {
    return `reverted with ${data.slice(0, 74)}`;
  }
}

function collectErrors(): Abi {
  const items = new Map<string, Abi[number]>();
  for (const folder of readdirSync(OUT)) {
    if (!folder.endsWith(".sol") || folder.endsWith(".t.sol")) continue;
    for (const file of readdirSync(path.join(OUT, folder))) {
      const { abi } = JSON.parse(readFileSync(path.join(OUT, folder, file), "utf8"));
      for (const item of abi ?? []) if (item.type === "error") items.set(JSON.stringify(item), item);
    }
  }
  return [...items.values()];
}

/** An event of an artifact. */
export function eventOf(artifact: string, name: string): AbiEvent {
  const event = artifactOf(artifact).abi.find((item) => item.type === "event" && item.name === name);
  if (!event) throw new DeployError(`${artifact} has no event ${name}`);
  return event as AbiEvent;
}
