// Campaigns on the contracts: `pnpm fuzz --minutes 20`. A new seed on every run, what was found kept in
// packages/contracts/fuzz, and at the end how often each action of each handler was called, and which never did anything.

import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { foundryBinary, repositoryRoot, run } from "@counterpoise/toolchain";

const HELP = `pnpm fuzz [options]

Runs the fuzz tests and the invariant suites of packages/contracts for a given time.

  --minutes N      time for the campaign, compilation aside (20)
  --suite REGEX    only the test contracts whose names match
  --seed 0x...     repeat a run; default: a new one
  --only KIND      invariants, or fuzz (tests of single functions)
  --quick          deploy a quick build instead of the one that ships
  --dead-fails     end with an error if an action never went through
  --list           show what would run, and for how long
  --fresh          forget corpus and failures of earlier runs

Corpus, failures and the log of each suite are in packages/contracts/fuzz. A failure is tried first on the next run.`;

/** Of the budget, for tests of single functions when both kinds run. */
const FUZZ_SHARE = 0.2;
/** A failure here ends in the exit code; a dead action is a warning unless --dead-fails. */
const [EXIT_FAILED, EXIT_USAGE] = [1, 2];
const PROGRESS_MILLISECONDS = 10_000;

const folder = path.join(repositoryRoot, "packages/contracts/fuzz");
const forge = foundryBinary("forge");

/** @typedef {{ calls: number, reverts: number, discards: number }} FunctionCounts */
/** @typedef {{ done: number, refused: number }} ActionCounts */
/**
 * @typedef {object} Job
 * @property {string} name
 * @property {string} contract A regular expression.
 * @property {string} tests A regular expression.
 * @property {number} count Tests in it.
 * @property {number} seconds For each of them.
 * @property {boolean} isInvariant
 */
/**
 * @typedef {object} Finding
 * @property {string} test
 * @property {string} reason
 * @property {string[]} sequence
 */
/**
 * @typedef {object} Outcome
 * @property {Job} job
 * @property {number} passed
 * @property {Finding[]} failures
 * @property {number} calls
 * @property {Map<string, FunctionCounts>} functions
 * @property {Map<string, ActionCounts>} actions
 */

const options = readOptions();
if (options !== undefined) process.exitCode = await campaign(options);

function readOptions() {
  const args = process.argv.slice(2).filter((arg, index) => !(index === 0 && arg === "--"));
  try {
    const { values } = parseArgs({
      args,
      options: {
        minutes: { type: "string", default: "20" },
        suite: { type: "string", default: "" },
        seed: { type: "string" },
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        "dead-fails": { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return undefined;
    }
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes} is not a positive number`);
    if (values.only !== undefined && !["invariants", "fuzz"].includes(values.only)) {
      throw new Error(`--only ${values.only}: there are invariants and fuzz`);
    }
    if (values.seed !== undefined && !/^0x[0-9a-fA-F]{1,64}$/.test(values.seed)) {
      throw new Error(`--seed ${values.seed} is not 0x and up to 64 hexadecimal digits`);
    }
    return {
      ...values,
      minutes,
      suite: new RegExp(values.suite),
      seed: values.seed ?? `0x${randomBytes(32).toString("hex")}`,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exitCode = EXIT_USAGE;
    return undefined;
  }
}

/** @param {NonNullable<ReturnType<typeof readOptions>>} options */
async function campaign(options) {
  if (options.fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  console.log("Compiling…");
  if (!options.quick && (await quietly(["build", "--skip", "test"], { FOUNDRY_PROFILE: "default" })) === undefined) {
    return EXIT_FAILED;
  }
  // With a filter forge compiles what matches, and no more.
  const filter = options.suite.source === "(?:)" ? [] : ["--match-contract", options.suite.source];
  const listed = await quietly(["test", "--list", "--json", ...filter], environment(options));
  if (listed === undefined) return EXIT_FAILED;
  const jobs = plan(readSuites(listed), options);
  if (jobs.length === 0) {
    console.error("Nothing matches: no suite would run.");
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
    outcomes.push(await play(job, options));
  }
  return report(outcomes, options);
}

/** @param {{ quick: boolean, seed: string }} options */
function environment({ quick, seed }) {
  return {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_FUZZ_SEED: seed,
    FOUNDRY_INVARIANT_CORPUS_DIR: path.join(folder, "corpus"),
    FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: path.join(folder, "failures"),
    ...(quick ? {} : { DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json" }),
  };
}

/**
 * Runs forge and gives what it printed; or prints it, if forge failed.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function quietly(args, env) {
  let output = "";
  const exitCode = await run(forge, args, { env, onOutput: (chunk) => (output += chunk) });
  if (exitCode === 0) return output;
  console.error(output);
  return undefined;
}

/**
 * The test contracts with their invariants and fuzz tests.
 *
 * @param {string} listed
 */
function readSuites(listed) {
  /** @type {Record<string, Record<string, string[]>>} */
  const files = JSON.parse(listed.split("\n").find((line) => line.startsWith("{")) ?? "{}");
  return Object.values(files).flatMap((contracts) =>
    Object.entries(contracts).map(([contract, tests]) => ({
      contract,
      invariants: tests.filter((test) => test.startsWith("invariant_")).length,
      fuzz: tests.filter((test) => test.startsWith("testFuzz_")).length,
    })),
  );
}

/**
 * Each suite of invariants by itself, and all tests of single functions in one go, with the time that each test gets.
 * forge runs as many tests of a job at once as there are processors.
 *
 * @param {ReturnType<typeof readSuites>} suites
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 * @returns {Job[]}
 */
function plan(suites, { suite, only, minutes }) {
  const lanes = availableParallelism();
  const matching = suites.filter(({ contract }) => suite.test(contract));
  const invariants = only === "fuzz" ? [] : matching.filter(({ invariants: count }) => count > 0);
  const fuzz = only === "invariants" ? [] : matching.filter(({ fuzz: count }) => count > 0);
  const fuzzTests = fuzz.reduce((sum, { fuzz: count }) => sum + count, 0);
  const budget = minutes * 60;
  const fuzzBudget = invariants.length === 0 ? budget : fuzz.length === 0 ? 0 : budget * FUZZ_SHARE;
  const rounds = invariants.map(({ invariants: count }) => Math.ceil(count / lanes));
  const allRounds = rounds.reduce((sum, count) => sum + count, 0);
  const seconds = (/** @type {number} */ value) => Math.max(1, Math.floor(value));

  /** @type {Job[]} */
  const jobs = invariants.map(({ contract, invariants: count }) => ({
    name: contract,
    contract: `^${contract}$`,
    tests: "^invariant_",
    count,
    seconds: seconds((budget - fuzzBudget) / allRounds),
    isInvariant: true,
  }));
  if (fuzz.length > 0) {
    jobs.push({
      name: "fuzz tests of single functions",
      contract: `^(${fuzz.map(({ contract }) => contract).join("|")})$`,
      tests: "^testFuzz_",
      count: fuzzTests,
      seconds: seconds(fuzzBudget / Math.ceil(fuzzTests / lanes)),
      isInvariant: false,
    });
  }
  return jobs;
}

/**
 * @param {Job} job
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 * @returns {Promise<Outcome>}
 */
async function play(job, options) {
  const actionFile = path.join(folder, "actions.log");
  const logFile = path.join(folder, `${job.name.replaceAll(" ", "-")}.log`);
  // It is there before forge is: where a suite sets its own runs, forge 1.7 lets tests write to files that exist only.
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
  // Lines of JSON: one pulse every few seconds, a word on each failure, and the results at the end, which are long.
  const read = (/** @type {string} */ line) => {
    if (line.startsWith('{"timestamp"') && line.includes('"metrics"')) last = pulse(line);
    else if (line.startsWith('{"timestamp"')) appendFileSync(logFile, `${line}\n`);
    else if (line.startsWith("{")) results = line;
    else if (line !== "") appendFileSync(logFile, `${line}\n`);
  };
  const exitCode = await run(forge, ["test", "--json", "--match-contract", job.contract, "--match-test", job.tests], {
    env: {
      ...environment(options),
      FUZZ_ACTIONS: path.relative(repositoryRoot, actionFile),
      ...(job.isInvariant
        ? { FOUNDRY_INVARIANT_TIMEOUT: String(job.seconds), FOUNDRY_INVARIANT_RUNS: "1000000" }
        : { FOUNDRY_FUZZ_TIMEOUT: String(job.seconds), FOUNDRY_FUZZ_RUNS: "10000000" }),
    },
    onOutput: (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) read(line);
    },
  });
  read(rest);
  clearInterval(progress);

  const outcome = readResults(job, results);
  outcome.actions = readActions(actionFile);
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

/** @param {string} line */
function pulse(line) {
  const { total_txs: calls, tx_per_sec: rate, metrics } = JSON.parse(line);
  return `: ${grouped(calls)} calls, ${Math.round(rate)} per second, ${metrics.cumulative_edges_seen} edges, corpus of ${metrics.corpus_count}, ${metrics.failures} failures`;
}

/**
 * @param {Job} job
 * @param {string} results
 * @returns {Outcome}
 */
function readResults(job, results) {
  /** @type {Outcome} */
  const outcome = { job, passed: 0, failures: [], calls: 0, functions: new Map(), actions: new Map() };
  for (const [suite, { test_results: tests }] of Object.entries(JSON.parse(results || "{}"))) {
    for (const [test, result] of Object.entries(/** @type {Record<string, any>} */ (tests))) {
      const name = `${suite.split(":").at(-1)}.${test}`;
      if (result.status === "Failure") {
        outcome.failures.push({ test: name, reason: result.reason ?? "failed", sequence: sequenceOf(result) });
      } else outcome.passed++;
      outcome.calls += result.kind?.Invariant?.calls ?? result.kind?.Fuzz?.runs ?? 0;
      for (const [id, counts] of Object.entries(result.kind?.Invariant?.metrics ?? {})) {
        const action = id.split(":").at(-1) ?? id;
        const sum = outcome.functions.get(action) ?? { calls: 0, reverts: 0, discards: 0 };
        sum.calls += counts.calls;
        sum.reverts += counts.reverts;
        sum.discards += counts.discards;
        outcome.functions.set(action, sum);
      }
    }
  }
  return outcome;
}

/**
 * The calls that lead to a failure, one per line.
 *
 * @param {any} result
 * @returns {string[]}
 */
function sequenceOf(result) {
  const counterexample = result.counterexample;
  if (!counterexample) return [];
  const calls = counterexample.Single ? [counterexample.Single] : (counterexample.Sequence?.[1] ?? []);
  return calls.map(
    (/** @type {any} */ call) =>
      `${call.contract_name?.split(":").at(-1) ?? ""} ${call.signature ?? call.func_name ?? ""} args=[${call.raw_args ?? call.args ?? call.calldata}]`,
  );
}

/**
 * What the handlers wrote at the end of each sequence, replays of the corpus included.
 *
 * @param {string} file
 * @returns {Map<string, ActionCounts>}
 */
function readActions(file) {
  /** @type {Map<string, ActionCounts>} */
  const actions = new Map();
  if (!existsSync(file)) return actions;
  for (const entry of readFileSync(file, "utf8").split(/[\n,]/)) {
    const [name, done, refused] = entry.split(" ");
    if (name === undefined || name === "") continue;
    const sum = actions.get(name) ?? { done: 0, refused: 0 };
    sum.done += Number(done);
    sum.refused += Number(refused);
    actions.set(name, sum);
  }
  return actions;
}

/**
 * @param {Outcome[]} outcomes
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 */
function report(outcomes, options) {
  const dead = [];
  for (const { job, functions, actions } of outcomes.filter(({ job: { isInvariant } }) => isInvariant)) {
    console.log(`\n${job.name}\n${row("function", "calls", "reverts", "discards")}`);
    for (const [name, { calls, reverts, discards }] of sorted(functions)) {
      const isDead = calls <= reverts + discards;
      if (isDead) dead.push(`${job.name}: ${name}`);
      console.log(row(name, calls, reverts, discards) + (isDead ? "  dead" : ""));
    }
    if (actions.size > 0) console.log(row("action", "done", "refused", ""));
    for (const [name, { done, refused }] of sorted(actions)) {
      if (done === 0) dead.push(`${job.name}: ${name}`);
      console.log(row(name, done, refused, "") + (done === 0 ? "  dead" : ""));
    }
  }

  const failures = outcomes.flatMap(({ job, failures: found }) => found.map((failure) => ({ job, ...failure })));
  for (const { job, test, reason, sequence } of failures) {
    console.error(`\nFAILED ${test}\n  ${reason}`);
    for (const call of sequence) console.error(`    ${call}`);
    const filter = job.isInvariant
      ? `--suite '${job.contract}' --only invariants`
      : `--suite '^${test.split(".")[0]}$' --only fuzz`;
    console.error(`  again: pnpm fuzz ${filter} --seed ${options.seed}${options.quick ? " --quick" : ""}`);
  }
  if (dead.length > 0)
    console.error(`\nNever went through, so that nothing is known about them:\n  ${dead.join("\n  ")}`);

  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const calls = outcomes.reduce((sum, outcome) => sum + outcome.calls, 0);
  console.log(`\nseed ${options.seed}`);
  console.log(`${grouped(calls)} calls; ${passed} passed, ${failures.length} failed, ${dead.length} dead actions`);
  return failures.length > 0 || (options["dead-fails"] && dead.length > 0) ? EXIT_FAILED : 0;
}

/**
 * @template T
 * @param {Map<string, T>} map
 */
function sorted(map) {
  return [...map].sort(([a], [b]) => a.localeCompare(b));
}

/**
 * @param {string} name
 * @param {(number | string)[]} cells
 */
function row(name, ...cells) {
  const text = cells.map((cell) => (typeof cell === "number" ? grouped(cell) : cell).padStart(12)).join("");
  return `  ${name.padEnd(44)}${text}`;
}

/** @param {number} value */
function grouped(value) {
  return value.toLocaleString("en-US");
}
