// Puts known faults into a copy of the contracts, one at a time, and measures how long the invariant suites need to find each.
import { rmSync } from "node:fs";
import path from "node:path";
import type { Options } from "../fuzzing/options.js";
import { type Job, plan, readSuites, type Suite } from "../fuzzing/plan.js";
import { limits, ownCache, seedOf } from "../fuzzing/run.js";
import { Copy } from "../mutation/copy.js";
import type { Mutant } from "../mutation/faults.js";
import { EXIT_FAILED, type Workspace } from "../workspace.js";
import {
  type KnownFault,
  type Rediscovery,
  readRediscoveries,
  summarizeRediscoveries,
  writeRediscovery,
} from "./known-faults.js";

const SUITES = "invariant/*.t.sol";
const CORPUS = "corpus";
const FAILURES = "failures";

type BenchmarkOptions = Pick<Options, "seed" | "processors" | "minutes">;

/**
 * Tries each fault and stores its result. Compilation does not count.
 *
 * @returns the exit code: an error when a fault was not found or does not compile
 */
export async function runBenchmark(
  workspace: Workspace,
  chosen: KnownFault[],
  list: KnownFault[],
  mutants: Mutant[],
  options: BenchmarkOptions,
  signal: AbortSignal,
): Promise<number> {
  const copy = new Copy(workspace, "benchmark");
  copy.create();
  copy.narrow({ tests: SUITES });
  console.log(`${chosen.length} known faults, ${options.minutes} min each, seed ${options.seed}\nCompiling…`);
  const built = await copy.build();
  if (built.exitCode !== 0) {
    console.error(built.output);
    return EXIT_FAILED;
  }
  copy.keep();

  let isGood = true;
  for (const [index, { attack, fault, suites }] of chosen.entries()) {
    const mutant = mutants.find(({ id }) => id === fault);
    if (suites === undefined || mutant === undefined) continue;
    copy.restore();
    copy.narrow({ file: mutant.file, tests: SUITES });
    copy.apply(mutant);
    const { exitCode, output } = await copy.build();
    if (signal.aborted) return EXIT_FAILED;
    if (exitCode !== 0) {
      console.error(`${attack}: ${fault} does not compile\n${output}`);
      isGood = false;
      continue;
    }
    const result = await search(copy, suites, options, signal);
    if (signal.aborted) return EXIT_FAILED;
    writeRediscovery(workspace.root, list, attack, result);
    isGood &&= result.result === "found";
    const text = result.result === "found" ? `${result.seconds} s  ${result.by}` : `not found in ${result.minutes} min`;
    console.log(`[${index + 1}/${chosen.length}] ${attack.padEnd(5)}${fault.padEnd(46)}${text}`);
  }
  console.log(`\n${summarizeRediscoveries(list, readRediscoveries(workspace.root))}`);
  return isGood ? 0 : EXIT_FAILED;
}

/** Runs the suites, as many at the same time as there are processors, until the first failure. */
async function search(
  copy: Copy,
  suites: string,
  options: BenchmarkOptions,
  signal: AbortSignal,
): Promise<Rediscovery> {
  // Findings of an earlier fault would be tried first.
  for (const left of [CORPUS, FAILURES]) rmSync(path.join(copy.tree, left), { recursive: true, force: true });
  const jobs = plan(await listed(copy), { ...options, suite: new RegExp(suites), only: "invariants" });
  const begun = Date.now();
  const end = new AbortController();
  signal.addEventListener("abort", () => end.abort(), { once: true });
  let found: Rediscovery | undefined;
  const work = async () => {
    for (let job = jobs.shift(); job !== undefined && !end.signal.aborted; job = jobs.shift()) {
      const by = await firstFailure(copy, job, options, end.signal);
      if (by === undefined || found !== undefined) continue;
      found = { result: "found", seconds: Math.round((Date.now() - begun) / 1000), by };
      end.abort();
    }
  };
  await Promise.all(Array.from({ length: options.processors }, work));
  return found ?? { result: "missed", minutes: options.minutes };
}

/** The first failure of a run; undefined when its time ends without one. */
async function firstFailure(
  copy: Copy,
  job: Job,
  options: BenchmarkOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = new AbortController();
  const abort = () => end.abort();
  signal.addEventListener("abort", abort, { once: true });
  let failure: string | undefined;
  let rest = "";
  const read = (line: string) => {
    if (failure !== undefined || !line.includes('"event":"failure"')) return;
    const { target, invariant } = JSON.parse(line);
    failure = `${String(target).split(":").at(-1)}.${invariant}`;
    // forge would shrink the sequence next.
    end.abort();
  };
  const args = ["test", "--json", "--threads", "1", "--match-contract", job.contract, "--match-test", job.tests];
  await copy.run(args, {
    env: {
      FOUNDRY_PROFILE: "deep",
      FOUNDRY_FUZZ_SEED: seedOf(options, job.repetition),
      FOUNDRY_CACHE_PATH: ownCache(copy.tree, path.join(copy.tree, "cache", job.name)),
      FOUNDRY_INVARIANT_CORPUS_DIR: path.join(copy.tree, CORPUS, job.name),
      FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: path.join(copy.tree, FAILURES, job.name),
      ...limits(job),
    },
    signal: end.signal,
    onOutput: (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) read(line);
    },
  });
  signal.removeEventListener("abort", abort);
  return failure;
}

async function listed(copy: Copy): Promise<Suite[]> {
  let output = "";
  await copy.run(["test", "--list", "--json"], {
    onOutput: (chunk) => {
      output += chunk;
    },
  });
  return readSuites(output);
}
