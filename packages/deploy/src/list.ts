// The ordered list of a deployment, from the Solidity script that is its only source.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { forgeScript, repositoryRoot } from "@counterpoise/toolchain";
import type { Hex } from "viem";
import { describeError } from "./artifacts.js";
import { type ExchangeConfig, type ExistingContract, toListInput } from "./config.js";
import { InvalidListError, ListScriptError } from "./errors.js";
import { decodeStep, type Step } from "./steps.js";

const SCRIPT = "packages/contracts/script/deployment/List.s.sol:WriteList";
/** The only folder that scripts may read and write, by foundry.toml. */
const FOLDER = path.join(repositoryRoot, "packages/contracts/deployments");

/** Bytes. */
const MEMORY_LIMIT = `${2 ** 30}`;
/**
 * The script executes the whole list in one call, whose memory Solidity never frees. Forge's default of 2^30 suffices for a few
 * markets only.
 */
const GAS_LIMIT = `${2n ** 62n}`;

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
    await writeFile(input, JSON.stringify(toListInput(config, existing)));
    await writeFile(output, "");
    const limits = ["--memory-limit", MEMORY_LIMIT, "--gas-limit", GAS_LIMIT];
    const args = [SCRIPT, "--rpc-url", rpcUrl, "--non-interactive", ...limits];
    const env = { DEPLOYMENT_CONFIG: input, DEPLOYMENT_OUT: output, FOUNDRY_PROFILE: "default" };
    const { code, output: printed } = await forgeScript(folder, args, env);
    if (code !== 0) throw new ListScriptError(code, printed);
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
