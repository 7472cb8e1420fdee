// Runs one job of a campaign with forge.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "@counterpoise/toolchain";
import { inContracts, type Workspace } from "../workspace.js";
import type { Options } from "./options.js";
import type { Job } from "./plan.js";
import { grouped, type Outcome, progressOf, readActions, readOutcome } from "./results.js";

const PROGRESS_MILLISECONDS = 30_000;
/** The folder of forge's list of what is compiled, and the list. */
const COMPILED = inContracts("cache-quick");
const LIST = "solidity-files-cache.json";

export const folderOf = ({ root }: Workspace) => path.join(root, inContracts("fuzz"));

const SEEDS = 2n ** 256n;

/** The seed of a run: each repetition has its own. */
export const seedOf = ({ seed }: Pick<Options, "seed">, repetition = 0) =>
  `0x${((BigInt(seed) + BigInt(repetition)) % SEEDS).toString(16)}`;

/** The environment of forge in a campaign. */
export function environment(workspace: Workspace, { quick, seed }: Pick<Options, "quick" | "seed">, repetition = 0) {
  const folder = folderOf(workspace);
  return {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_FUZZ_SEED: seedOf({ seed }, repetition),
    // Runs of one suite at the same time write to corpora of their own.
    FOUNDRY_INVARIANT_CORPUS_DIR: path.join(folder, repetition === 0 ? "corpus" : `corpus-${repetition + 1}`),
    FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    ...(quick ? {} : { DEPLOY_ARTIFACT: inContracts("out/Deploy.s.sol/Deploy.json") }),
  };
}

/**
 * Copies forge's list of what is compiled. forge rewrites the list even if it compiles nothing, and a run that reads it
 * half-written compiles everything.
 *
 * @param tree in which forge runs
 * @param folder of the copy
 * @returns the folder
 */
export function ownCache(tree: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const list = path.join(tree, COMPILED, LIST);
  if (existsSync(list)) copyFileSync(list, path.join(folder, LIST));
  return folder;
}

/** The limits of a job: forge ends by time, so the number of runs is out of reach. */
export function limits({ isInvariant, seconds }: Pick<Job, "isInvariant" | "seconds">): NodeJS.ProcessEnv {
  return isInvariant
    ? { FOUNDRY_INVARIANT_TIMEOUT: String(seconds), FOUNDRY_INVARIANT_RUNS: "1000000" }
    : { FOUNDRY_FUZZ_TIMEOUT: String(seconds), FOUNDRY_FUZZ_RUNS: "10000000" };
}

export async function runJob(
  workspace: Workspace,
  job: Job,
  options: Pick<Options, "quick" | "seed">,
): Promise<Outcome> {
  const name = job.name.replaceAll(" ", "-");
  const actionFile = path.join(folderOf(workspace), `${name}.actions`);
  const logFile = path.join(folderOf(workspace), `${name}.log`);
  // Created before forge starts: where a suite sets its own runs, forge 1.7 lets tests write to existing files only.
  writeFileSync(actionFile, "");
  rmSync(logFile, { force: true });

  const started = Date.now();
  let last = "";
  const progress = setInterval(() => {
    const elapsed = Math.round((Date.now() - started) / 1000);
    console.log(`  ${job.name}: ${elapsed} s${last}`);
  }, PROGRESS_MILLISECONDS);

  let results = "";
  let rest = "";
  // Lines of JSON: metrics every few seconds, one line for each failure, and the results at the end, which are long.
  const read = (line: string) => {
    if (line.startsWith('{"timestamp"') && line.includes('"metrics"')) last = `, ${progressOf(line)}`;
    else if (line.startsWith('{"timestamp"')) appendFileSync(logFile, `${line}\n`);
    else if (line.startsWith("{")) results = line;
    else if (line !== "") appendFileSync(logFile, `${line}\n`);
  };
  const exitCode = await run(
    workspace.forge,
    ["test", "--json", "--threads", `${job.threads}`, "--match-contract", job.contract, "--match-test", job.tests],
    {
      cwd: workspace.root,
      env: {
        ...environment(workspace, options, job.repetition),
        ...limits(job),
        FOUNDRY_CACHE_PATH: ownCache(workspace.root, path.join(folderOf(workspace), "cache", name)),
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

  const outcome: Outcome = { ...readOutcome(job, results), actions: readActions(readFileSync(actionFile, "utf8")) };
  if (results === "" || (exitCode !== 0 && outcome.failures.length === 0)) {
    const log = existsSync(logFile) ? readFileSync(logFile, "utf8") : "";
    outcome.failures.push({ test: job.name, reason: `forge ended with ${exitCode}\n${log}`, sequence: [] });
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `  ${job.name}: ${outcome.passed} passed, ${outcome.failures.length} failed, ${grouped(outcome.calls)} calls in ${seconds} s`,
  );
  return outcome;
}

/** Runs jobs at the same time, as many as there are processors. Jobs that use all of them run alone, after the others. */
export async function runJobs(
  workspace: Workspace,
  jobs: Job[],
  options: Pick<Options, "quick" | "seed" | "processors">,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...jobs.entries()].filter(([, { threads }]) => threads === 1);
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, job] = next;
      console.log(`[${index + 1}/${jobs.length}] ${job.name}`);
      outcomes[index] = await runJob(workspace, job, options);
    }
  };
  await Promise.all(Array.from({ length: options.processors }, work));
  for (const [index, job] of jobs.entries()) {
    if (outcomes[index] !== undefined) continue;
    console.log(`[${index + 1}/${jobs.length}] ${job.name}`);
    outcomes[index] = await runJob(workspace, job, options);
  }
  return outcomes;
}
