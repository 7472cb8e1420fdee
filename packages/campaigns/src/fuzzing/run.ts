// Runs one job of a campaign with forge.
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "@counterpoise/toolchain";
import { inContracts, type Workspace } from "../workspace.js";
import type { Options } from "./options.js";
import type { Job } from "./plan.js";
import { grouped, type Outcome, progressOf, readActions, readOutcome } from "./results.js";

const PROGRESS_MILLISECONDS = 10_000;

export const folderOf = ({ root }: Workspace) => path.join(root, inContracts("fuzz"));

/** The environment of forge in a campaign. */
export function environment(workspace: Workspace, { quick, seed }: Pick<Options, "quick" | "seed">) {
  const folder = folderOf(workspace);
  return {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_FUZZ_SEED: seed,
    FOUNDRY_INVARIANT_CORPUS_DIR: path.join(folder, "corpus"),
    FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    ...(quick ? {} : { DEPLOY_ARTIFACT: inContracts("out/Deploy.s.sol/Deploy.json") }),
  };
}

/** The limits of a job: forge ends by time, so the number of runs is out of reach. */
export function limits({ isInvariant, seconds }: Pick<Job, "isInvariant" | "seconds">): NodeJS.ProcessEnv {
  return isInvariant
    ? { FOUNDRY_INVARIANT_TIMEOUT: String(seconds), FOUNDRY_INVARIANT_RUNS: "1000000" }
    : { FOUNDRY_FUZZ_TIMEOUT: String(seconds), FOUNDRY_FUZZ_RUNS: "10000000" };
}

export async function runJob(workspace: Workspace, job: Job, options: Options): Promise<Outcome> {
  const actionFile = path.join(folderOf(workspace), "actions.log");
  const logFile = path.join(folderOf(workspace), `${job.name.replaceAll(" ", "-")}.log`);
  // Created before forge starts: where a suite sets its own runs, forge 1.7 lets tests write to existing files only.
  writeFileSync(actionFile, "");
  rmSync(logFile, { force: true });

  const started = Date.now();
  let last = "";
  const progress = setInterval(() => {
    const elapsed = Math.round((Date.now() - started) / 1000);
    console.log(`  ${elapsed} s${last}`);
  }, PROGRESS_MILLISECONDS);

  let results = "";
  let rest = "";
  // Lines of JSON: metrics every few seconds, one line for each failure, and the results at the end, which are long.
  const read = (line: string) => {
    if (line.startsWith('{"timestamp"') && line.includes('"metrics"')) last = `: ${progressOf(line)}`;
    else if (line.startsWith('{"timestamp"')) appendFileSync(logFile, `${line}\n`);
    else if (line.startsWith("{")) results = line;
    else if (line !== "") appendFileSync(logFile, `${line}\n`);
  };
  const exitCode = await run(
    workspace.forge,
    ["test", "--json", "--match-contract", job.contract, "--match-test", job.tests],
    {
      cwd: workspace.root,
      env: {
        ...environment(workspace, options),
        ...limits(job),
        FUZZ_ACTIONS: path.relative(workspace.root, actionFile),
      },
      onOutput: (chunk) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) read(line);
      },
    },
  );
  read(rest);
  clearInterval(progress);

  const outcome = { ...readOutcome(job, results), actions: readActions(readFileSync(actionFile, "utf8")) };
  if (results === "" || (exitCode !== 0 && outcome.failures.length === 0)) {
    const log = existsSync(logFile) ? readFileSync(logFile, "utf8") : "";
    outcome.failures.push({ test: job.name, reason: `forge ended with ${exitCode}\n${log}`, sequence: [] });
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `  ${outcome.passed} passed, ${outcome.failures.length} failed, ${grouped(outcome.calls)} calls in ${seconds} s`,
  );
  return outcome;
}
