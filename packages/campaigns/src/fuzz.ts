// Fuzzing campaigns on the contracts: `pnpm fuzz --minutes 20`. Each run has a new seed. Findings and the corpus stay in
// packages/contracts/fuzz. The report counts the calls of each action of each handler, and lists actions that never succeeded.
import { mkdirSync, rmSync } from "node:fs";
import { run } from "@counterpoise/toolchain";
import { runBenchmark } from "./benchmark/benchmark.js";
import { readKnownFaults } from "./benchmark/known-faults.js";
import { HELP, type Options, parseOptions } from "./fuzzing/options.js";
import { plan, readSuites } from "./fuzzing/plan.js";
import { writeReplay } from "./fuzzing/replay.js";
import { reportOn } from "./fuzzing/report.js";
import type { Finding } from "./fuzzing/results.js";
import { environment, folderOf, runJobs } from "./fuzzing/run.js";
import { readMutants } from "./mutation/faults.js";
import { EXIT_FAILED, EXIT_USAGE, readOptions, repository, type Workspace } from "./workspace.js";

async function main(workspace: Workspace): Promise<number> {
  const options = readOptions(parseOptions, HELP);
  if (typeof options === "number") return options;
  if (options.benchmark) return benchmark(workspace, options);
  if (options.fresh) rmSync(folderOf(workspace), { recursive: true, force: true });
  mkdirSync(folderOf(workspace), { recursive: true });

  console.log("Compiling…");
  const built =
    options.quick || (await outputOf(workspace, ["build", "--skip", "test"], { FOUNDRY_PROFILE: "default" }));
  if (built === undefined) return EXIT_FAILED;
  // With a filter, forge compiles only the matching contracts.
  const filter = options.suite.source === "(?:)" ? [] : ["--match-contract", options.suite.source];
  const listed = await outputOf(workspace, ["test", "--list", "--json", ...filter], environment(workspace, options));
  if (listed === undefined) return EXIT_FAILED;
  const suites = readSuites(listed);
  const jobs = plan(suites, options);
  if (jobs.length === 0) {
    console.error("No suite matches.");
    return EXIT_USAGE;
  }

  console.log(`seed ${options.seed}`);
  for (const job of jobs) {
    console.log(`  ${job.name.padEnd(40)} ${String(job.count).padStart(3)} test(s), ${job.seconds} s each`);
  }
  if (options.list) return 0;

  console.log("");
  const outcomes = await runJobs(workspace, jobs, options);
  const replays = new Map<Finding, string>();
  for (const failure of outcomes.flatMap(({ failures }) => failures)) {
    const file = writeReplay(workspace, failure, suites);
    if (file !== undefined) replays.set(failure, file);
  }
  const { tables, problems, summary, isGood } = reportOn(outcomes, options, replays);
  console.log(tables);
  if (problems !== "") console.error(problems);
  console.log(summary);
  return isGood ? 0 : EXIT_FAILED;
}

/** `--benchmark`: the known faults. */
async function benchmark(workspace: Workspace, options: Options): Promise<number> {
  const list = readKnownFaults(workspace.root);
  const { attacks } = options;
  const unknown = attacks?.filter((attack) => !list.some((known) => known.attack === attack)) ?? [];
  if (unknown.length > 0) {
    console.error(
      `No known fault: ${unknown.join(", ")}. The list has ${list.map(({ attack }) => attack).join(", ")}.`,
    );
    return EXIT_USAGE;
  }
  const chosen = list.filter(
    ({ attack, suites }) => suites !== undefined && (attacks === undefined || attacks.includes(attack)),
  );
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  process.once("SIGTERM", () => interruption.abort());
  const mutants = await readMutants(workspace.root);
  return runBenchmark(workspace, chosen, list, mutants, options, interruption.signal);
}

/** Returns the output of forge. Prints it, and returns undefined, when forge fails. */
async function outputOf(
  { root, forge }: Workspace,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  let output = "";
  const exitCode = await run(forge, args, {
    cwd: root,
    env,
    onOutput: (chunk) => {
      output += chunk;
    },
  });
  if (exitCode === 0) return output;
  console.error(output);
  return undefined;
}

process.exitCode = await main(repository());
