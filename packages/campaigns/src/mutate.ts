// Puts small faults into the contracts, one at a time, and fails when the tests do not notice them: `pnpm mutate`. The
// faults are listed in packages/contracts/mutations, with the last result of each in results.json.
//
// Works on a copy of the contracts in .turbo/mutate, never on the working tree, so that an interrupted run leaves nothing
// behind.
import { runCampaign } from "./mutation/campaign.js";
import { choose } from "./mutation/choice.js";
import { checkMutants, type Mutant, placesOf, readMutants, untriedOf } from "./mutation/faults.js";
import { HELP, parseOptions } from "./mutation/options.js";
import { readResults } from "./mutation/results.js";
import { EXIT_FAILED, EXIT_USAGE, readOptions, repository, type Workspace } from "./workspace.js";

async function main(workspace: Workspace): Promise<number> {
  const options = readOptions(parseOptions, HELP);
  if (typeof options === "number") return options;
  const { root } = workspace;
  const mutants = await readMutants(root);
  const results = readResults(root);
  if (options.check) {
    const faults = checkMutants(root, mutants, results);
    for (const fault of faults) console.error(fault);
    const untried = untriedOf(mutants, results);
    if (faults.length === 0) console.log(`${mutants.length} faults, each in its place`);
    // A run of them takes hours, so this check does not fail. The weekly campaign tries every fault.
    if (untried.length > 0) console.log(`${untried.length} have no result: npx -y pnpm@10 mutate --untried`);
    return faults.length > 0 ? EXIT_FAILED : 0;
  }
  if (options.list) {
    for (const { id, file, fault } of mutants) console.log(`${id.padEnd(34)} ${file.padEnd(44)} ${fault}`);
    return 0;
  }
  let chosen: Mutant[];
  try {
    chosen = choose(mutants, results, options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT_USAGE;
  }
  if (chosen.length === 0) {
    console.error("No fault is left to try.");
    return EXIT_USAGE;
  }
  const misplaced = chosen.filter((mutant) => placesOf(root, mutant) !== 1);
  for (const { id, file } of misplaced) console.error(`${id}: its original is not in ${file} exactly once`);
  if (misplaced.length > 0) return EXIT_FAILED;

  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  process.once("SIGTERM", () => interruption.abort());
  return runCampaign(workspace, chosen, mutants, options, interruption.signal);
}

process.exitCode = await main(repository());
