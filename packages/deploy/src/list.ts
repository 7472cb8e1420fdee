// The ordered list of a deployment, from the Solidity script that is its only source.
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { foundryBinary, repositoryRoot } from "@counterpoise/toolchain";
import type { Hex } from "viem";
import { describeError } from "./artifacts.js";
import { type ExchangeConfig, type ExistingContract, toListInput } from "./config.js";
import { InvalidListError, ListScriptError } from "./errors.js";
import { decodeStep, type Step } from "./steps.js";

const SCRIPT = "packages/contracts/script/deployment/List.s.sol:WriteList";
/** The only folder that scripts may read and write, by foundry.toml. */
const FOLDER = path.join(repositoryRoot, "packages/contracts/deployments");
/** forge's list of what is compiled, from `pnpm build`. */
const COMPILED = path.join(repositoryRoot, "packages/contracts/cache/solidity-files-cache.json");

export type BuildListParameters = {
  rpcUrl: string;
  config: ExchangeConfig;
  /** Contracts of the registry, whose addresses stay when arguments change in the configuration. */
  existing?: readonly ExistingContract[] | undefined;
};

/**
 * Builds the list for the chain's state. The script simulates every step that is not done; it sends no transaction.
 *
 * @throws {@link InvalidListError} for a setting or a step that would revert
 * @throws {@link ListScriptError} if the script does not run
 */
export async function buildList({ rpcUrl, config, existing }: BuildListParameters): Promise<Step[]> {
  await mkdir(FOLDER, { recursive: true });
  const folder = await mkdtemp(path.join(FOLDER, "list-"));
  try {
    const [input, output] = [path.join(folder, "config.json"), path.join(folder, "steps.txt")];
    // forge rewrites its list even if it compiles nothing. A concurrent script that reads it half-written compiles everything.
    const cache = path.join(folder, "cache");
    await mkdir(cache);
    await copyFile(COMPILED, path.join(cache, path.basename(COMPILED)));
    await writeFile(input, JSON.stringify(toListInput(config, existing)));
    await writeFile(output, "");
    await forgeScript([SCRIPT, "--rpc-url", rpcUrl, "--non-interactive", "--memory-limit", "1073741824"], {
      DEPLOYMENT_CONFIG: input,
      DEPLOYMENT_OUT: output,
      FOUNDRY_PROFILE: "default",
      FOUNDRY_BROADCAST: path.join(folder, "broadcast"),
      FOUNDRY_CACHE_PATH: cache,
      FOUNDRY_OFFLINE: "true",
    });
    const lines = (await readFile(output, "utf8")).split("\n").filter(Boolean);
    const last = lines.at(-1);
    if (last?.startsWith("failed ")) {
      const data = last.slice("failed ".length) as Hex;
      throw new InvalidListError(describeError(data), data);
    }
    return lines.map((line) => decodeStep(line as Hex));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function forgeScript(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(foundryBinary("forge"), ["script", ...args, "--color", "never"], {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new ListScriptError(code, output))));
  });
}
