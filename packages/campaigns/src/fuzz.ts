// Fuzzing campaigns on the contracts: `pnpm fuzz --minutes 20`. Each run has a new seed. Findings and the corpus stay in
// packages/contracts/fuzz. The report counts the calls of each action of each handler, and lists actions that never succeeded.
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { run } from "@counterpoise/toolchain";
import { HELP, parseOptions } from "./fuzzing/options.js";
import { plan, readSuites } from "./fuzzing/plan.js";
import { reportOn } from "./fuzzing/report.js";
import { environment, folderOf, runJob } from "./fuzzing/run.js";
import { EXIT_FAILED, EXIT_USAGE, readOptions, repository, type Workspace } from "./workspace.js";

async function main(workspace: Workspace): Promise<number> {
  const options = readOptions(parseOptions, HELP);
  if (typeof options === "number") return options;
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
  const jobs = plan(readSuites(listed), options, availableParallelism());
  if (jobs.length === 0) {
    console.error("No suite matches.");
    return EXIT_USAGE;
  }

  console.log(`seed ${options.seed}`);
  for (const job of jobs) {
    console.log(`  ${job.name.padEnd(40)} ${String(job.count).padStart(3)} test(s), ${job.seconds} s each`);
  }
  if (options.list) return 0;

  const outcomes = [];
  for (const [index, job] of jobs.entries()) {
    console.log(`\n[${index + 1}/${jobs.length}] ${job.name}`);
    outcomes.push(await runJob(workspace, job, options));
  }
  const { tables, problems, summary, isGood } = reportOn(outcomes, options);
  console.log(tables);
  if (problems !== "") console.error(problems);
  console.log(summary);
  return isGood ? 0 : EXIT_FAILED;
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
