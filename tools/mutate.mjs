// Small faults in the contracts, one at a time, which the tests have to notice: `pnpm mutate`. The faults are listed in
// packages/contracts/mutations; what became of each the last time is in results.json beside them.
//
// Works on a copy of the contracts in .turbo/mutate, never on the working tree, so that an interrupted run leaves nothing
// behind. Tests are linked dynamically there: they deploy contracts by their artifacts, and a fault in the body of a
// contract has its own file and those that inherit from it compiled again, and no test. Where a fault is in a library that
// tests call themselves, they are compiled again as well.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { foundryBinary, repositoryRoot, run } from "@counterpoise/toolchain";

const HELP = `pnpm mutate [options]

Applies each fault of packages/contracts/mutations to a copy of the contracts and runs the quick tests: first those that
are expected to notice it, then, if they do not, all of them. Fails when less than 95% are noticed, when one that is not
has no explanation in the list, and when one does not compile.

  --only ID,...    these faults only
  --untried        those only that have no result
  --seed N         another order (1)
  --sample N       so many of them, the first in that order
  --budget N       begin no further fault after so many minutes
  --shard I/N      every Nth of them, from the Ith on, in a copy of its own
  --expected       run the tests only that are expected to notice; what they let pass is told, and gets no result
  --skip-baseline  do not first see that all tests pass without a fault
  --check          only check the list: each original is in its file exactly once, ids, tests, results
  --list           show the list`;

/** @typedef {{ id: string, fault: string, original: string, replacement: string, tests?: string, survives?: string }} Fault */
/** @typedef {{ file: string, tests: string, faults: Fault[] }} Group */
/** @typedef {Fault & { file: string, tests: string }} Mutant */
/** @typedef {{ result: "killed" | "survived", by?: string }} Result */
/** @typedef {Result | { result: "missed" | "broken", by?: string }} Outcome */

/** The least part of the faults that tests have to notice. */
const LEAST_SCORE = 0.95;
const LEAST_MUTANTS = 60;
const [EXIT_FAILED, EXIT_USAGE] = [1, 2];

/** Measures gas and nothing else: a fault that makes a trade cheaper or dearer is not noticed by that. */
const EXCLUDED = ["bench/*.t.sol", "circuit-breaker/CircuitBreakerGas.t.sol"];

/** Of each fuzz test and invariant: fewer than `pnpm test` has, so that a fault that survives costs less time. */
const RUNS = { FOUNDRY_FUZZ_RUNS: "64", FOUNDRY_INVARIANT_RUNS: "8" };

const sources = path.join(repositoryRoot, "packages/contracts/src");
const tests = path.join(repositoryRoot, "packages/contracts/test");
const list = path.join(repositoryRoot, "packages/contracts/mutations");
const resultsFile = path.join(list, "results.json");
const folderOf = (/** @type {string} */ name) => path.join(repositoryRoot, ".turbo/mutate", name);

let isInterrupted = false;

async function main() {
  const options = readOptions();
  if (options === undefined) return process.exitCode ?? 0;
  const mutants = await readMutants();
  const faults = checkMutants(mutants, readResults());
  if (options.check) {
    for (const fault of faults) console.error(fault);
    if (faults.length === 0) console.log(`${mutants.length} faults, each in its place`);
    return faults.length > 0 ? EXIT_FAILED : 0;
  }
  if (options.list) {
    for (const { id, file, fault } of mutants) console.log(`${id.padEnd(34)} ${file.padEnd(44)} ${fault}`);
    return 0;
  }
  const chosen = choose(mutants, options);
  const misplaced = chosen.filter((mutant) => placesOf(mutant) !== 1);
  for (const { id, file } of misplaced) console.error(`${id}: its original is not in ${file} exactly once`);
  if (misplaced.length > 0) return EXIT_FAILED;
  if (chosen.length === 0) {
    console.error("Nothing is left to do.");
    return EXIT_USAGE;
  }
  return campaign(chosen, mutants, options);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2).filter((arg, index) => !(index === 0 && arg === "--")),
      options: {
        only: { type: "string" },
        untried: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        sample: { type: "string" },
        budget: { type: "string" },
        shard: { type: "string", default: "1/1" },
        expected: { type: "boolean", default: false },
        "skip-baseline": { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return undefined;
    }
    const [shard = 0, shards = 0] = values.shard.split("/").map(Number);
    const seed = Number(values.seed);
    const sample = Number(values.sample ?? Infinity);
    const budget = Number(values.budget ?? Infinity);
    if (!(Number.isInteger(shard) && Number.isInteger(shards) && shard >= 1 && shard <= shards)) {
      throw new Error(`--shard ${values.shard} is not I/N with I from 1 to N`);
    }
    if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} is not a whole number`);
    if (!(sample > 0 && budget > 0)) throw new Error("--sample and --budget are positive numbers");
    return { ...values, only: values.only?.split(","), seed, sample, budget, shard, shards };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exitCode = EXIT_USAGE;
    return undefined;
  }
}

// --------------------------------------------------------------------------------------------------------- the list ----

/** @returns {Promise<Mutant[]>} */
async function readMutants() {
  const files = readdirSync(list).filter((name) => name.endsWith(".mjs"));
  const modules = await Promise.all(files.map((name) => import(pathToFileURL(path.join(list, name)).href)));
  return modules.flatMap(({ default: groups }) =>
    /** @type {Group[]} */ (groups).flatMap(({ file, tests, faults }) =>
      faults.map((fault) => ({ tests, ...fault, file })),
    ),
  );
}

/** @returns {Record<string, Result>} by id */
function readResults() {
  return existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : {};
}

/**
 * What is wrong with the list, so that it cannot fall behind the source.
 *
 * @param {Mutant[]} mutants
 * @param {Record<string, Result>} results
 */
function checkMutants(mutants, results) {
  const faults = [];
  const ids = new Set();
  const testFiles = solidityFilesIn(tests).filter((name) => name.endsWith(".t.sol"));
  for (const mutant of mutants) {
    const { id, file } = mutant;
    if (ids.has(id)) faults.push(`${id} is the id of two faults`);
    ids.add(id);
    const places = placesOf(mutant);
    if (places !== 1) faults.push(`${id}: its original is ${places} times in ${file}, and must be there once`);
    if (mutant.original === mutant.replacement) faults.push(`${id} changes nothing`);
    if (!testFiles.some((name) => matches(name, [mutant.tests]))) faults.push(`${id}: no test matches ${mutant.tests}`);
    const result = results[id]?.result;
    if (result === "survived" && !mutant.survives) faults.push(`${id} survived, and the list does not say why`);
    if (result === "killed" && mutant.survives) faults.push(`${id} was killed, and the list says why it survives`);
  }
  for (const id of Object.keys(results)) {
    if (!ids.has(id)) faults.push(`results.json has ${id}, which is not on the list`);
  }
  const untried = mutants.filter(({ id }) => results[id] === undefined).map(({ id }) => id);
  if (untried.length > 0)
    faults.push(`${untried.length} faults have no result (pnpm mutate --untried): ${untried.join(", ")}`);
  if (mutants.length < LEAST_MUTANTS) faults.push(`${mutants.length} faults are less than ${LEAST_MUTANTS}`);
  const survived = mutants.filter(({ id }) => results[id]?.result === "survived").length;
  if (1 - survived / mutants.length < LEAST_SCORE) faults.push(`${survived} of ${mutants.length} faults survived`);
  return faults;
}

/**
 * By their paths from the folder, with `/` between names.
 *
 * @param {string} folder
 * @param {string[]} parts
 */
function solidityFilesIn(folder, parts = [""]) {
  return parts
    .flatMap((part) =>
      readdirSync(path.join(folder, part), { recursive: true, encoding: "utf8" }).map((name) => path.join(part, name)),
    )
    .filter((name) => name.endsWith(".sol"))
    .map((name) => name.split(path.sep).join("/"));
}

/**
 * Whether a name is what one of the globs says: `*` stands for anything within a folder, `{one,another}` for either.
 *
 * @param {string} name
 * @param {string[]} globs
 */
function matches(name, globs) {
  return globs.some((glob) => {
    const pattern = glob
      .replace(/[.+^$()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("{", "(")
      .replaceAll("}", ")")
      .replaceAll(",", "|");
    return new RegExp(`^${pattern}$`).test(name);
  });
}

/** @param {Mutant} mutant */
function placesOf({ file, original }) {
  const source = path.join(sources, file);
  return existsSync(source) ? readFileSync(source, "utf8").split(original).length - 1 : 0;
}

/**
 * @param {Mutant[]} mutants
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 */
function choose(mutants, { only, untried, seed, sample, shard, shards }) {
  const unknown = only?.filter((id) => !mutants.some((mutant) => mutant.id === id)) ?? [];
  if (unknown.length > 0) console.error(`Not on the list: ${unknown.join(", ")}`);
  if (unknown.length > 0) return [];
  const results = untried ? readResults() : {};
  return shuffle(
    mutants.filter(({ id }) => (only?.includes(id) ?? true) && results[id] === undefined),
    seed,
  )
    .slice(0, sample)
    .filter((_, index) => index % shards === shard - 1);
}

/**
 * The same order for the same seed (Fisher and Yates, with mulberry32).
 *
 * @template T
 * @param {T[]} items
 * @param {number} seed
 */
function shuffle(items, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [/** @type {T} */ (shuffled[j]), /** @type {T} */ (shuffled[i])];
  }
  return shuffled;
}

// ----------------------------------------------------------------------------------------------------- the campaign ----

/**
 * @param {Mutant[]} chosen
 * @param {Mutant[]} mutants
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 */
async function campaign(chosen, mutants, options) {
  process.once("SIGINT", () => (isInterrupted = true));
  process.once("SIGTERM", () => (isInterrupted = true));
  const begun = Date.now();
  const copy = new Copy(options.shards === 1 ? "all" : `${options.shard}-of-${options.shards}`);
  console.log(`${chosen.length} of ${mutants.length} faults, seed ${options.seed}\nCompiling…`);
  copy.create();
  const built = await copy.forge(["build"]);
  if (built.exitCode !== 0) {
    console.error(built.output);
    return EXIT_FAILED;
  }
  copy.keep();
  if (!options["skip-baseline"]) {
    console.log("All tests, without a fault…");
    const { exitCode, output } = await copy.test();
    if (exitCode !== 0) {
      console.error(`The tests fail without a fault: ${isInterrupted ? "interrupted" : (failureIn(output) ?? output)}`);
      return EXIT_FAILED;
    }
  }

  /** @type {Map<Mutant, Outcome>} */
  const outcomes = new Map();
  for (const [index, mutant] of chosen.entries()) {
    if (isInterrupted || Date.now() - begun > options.budget * 60_000) break;
    const start = Date.now();
    const outcome = await judge(copy, mutant, options.expected);
    if (isInterrupted) break;
    outcomes.set(mutant, outcome);
    const seconds = Math.round((Date.now() - start) / 1000);
    const place = `[${String(index + 1).padStart(3)}/${chosen.length}]`;
    console.log(
      `${place} ${outcome.result.padEnd(8)} ${String(seconds).padStart(4)} s  ${mutant.id.padEnd(34)} ${outcome.by ?? mutant.survives ?? mutant.fault}`,
    );
    writeResults(mutants, mutant, outcome);
  }
  return report(outcomes, chosen.length, Date.now() - begun);
}

/**
 * First the tests that are expected to notice the fault, and then, if they do not, all of them.
 *
 * @param {Copy} copy
 * @param {Mutant} mutant
 * @param {boolean} isNarrowOnly
 * @returns {Promise<Outcome>}
 */
async function judge(copy, mutant, isNarrowOnly) {
  for (const isNarrow of isNarrowOnly ? [true] : [true, false]) {
    copy.restore();
    if (isNarrow) copy.narrow(mutant);
    copy.apply(mutant);
    const { exitCode, output } = await copy.test();
    if (exitCode === 0) continue;
    const by = failureIn(output);
    if (by !== undefined) return { result: "killed", by };
    if (!isInterrupted) console.error(output);
    return { result: "broken" };
  }
  return { result: isNarrowOnly ? "missed" : "survived" };
}

/**
 * The first test that failed, with its file, or undefined when none did.
 *
 * @param {string} output forge's
 */
function failureIn(output) {
  let suite = "";
  let hasFailed = false;
  for (const line of output.split("\n")) {
    suite = line.match(/^Ran \d+ tests? for packages\/contracts\/test\/(\S+):\w+$/)?.[1] ?? suite;
    hasFailed ||= line.startsWith("[FAIL");
    // What a failure says may be longer than a line; the test's name is followed by what it took.
    const test = hasFailed ? line.match(/(\w+)\(\S*\) \((?:gas|runs): /)?.[1] : undefined;
    if (test !== undefined) return `${suite}: ${test}`;
  }
  return undefined;
}

/**
 * @param {Mutant[]} mutants
 * @param {Mutant} mutant
 * @param {Outcome} outcome
 */
function writeResults(mutants, { id }, outcome) {
  if (outcome.result === "broken" || outcome.result === "missed") return;
  const results = { ...readResults(), [id]: outcome };
  const kept = mutants.flatMap(({ id }) => (results[id] === undefined ? [] : [[id, results[id]]]));
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}

/**
 * @param {Map<Mutant, Outcome>} outcomes
 * @param {number} wanted
 * @param {number} milliseconds
 */
function report(outcomes, wanted, milliseconds) {
  const of = (/** @type {Outcome["result"]} */ result) =>
    [...outcomes].filter(([, outcome]) => outcome.result === result).map(([mutant]) => mutant);
  const [killed, survived, missed, broken] = [of("killed"), of("survived"), of("missed"), of("broken")];
  const score = killed.length / Math.max(1, killed.length + survived.length);
  const unexplained = survived.filter(({ survives }) => !survives);
  const outdated = killed.filter(({ survives }) => survives);

  if (survived.length > 0) console.log("\nSurvived:");
  for (const { id, file, fault, survives } of survived) {
    console.log(`  ${id}, ${file}: ${fault}\n    ${survives ?? "not explained in the list"}`);
  }
  for (const { id } of broken) console.error(`${id} does not compile, or no test ran: repair it in the list`);
  for (const { id, tests } of missed)
    console.error(`${id} is not noticed by ${tests}; whether by others was not asked`);
  for (const { id } of outdated) console.error(`${id} is killed now: take the explanation off the list`);
  if (outcomes.size < wanted) console.log(`\nStopped after ${outcomes.size} of ${wanted}.`);
  const minutes = (milliseconds / 60_000).toFixed(0);
  console.log(
    `\n${killed.length} killed, ${survived.length} survived (${unexplained.length} not explained): ${(score * 100).toFixed(1)}% in ${minutes} minutes`,
  );
  const isGood = score >= LEAST_SCORE && unexplained.length + outdated.length + missed.length + broken.length === 0;
  return isGood && !isInterrupted ? 0 : EXIT_FAILED;
}

// --------------------------------------------------------------------------------------------------------- the copy ----

/** The contracts with their tests in a folder of their own, and what forge made of them without a fault. */
class Copy {
  /** What is in the copy; the rest of the repository is not needed to test the contracts. */
  static #parts = ["foundry.toml", "docs", ...["tools", "package.json"].map(inContracts)];
  static #sources = ["src", "test", "script"].map(inContracts);
  /** What forge writes with the profile `quick`. */
  static #made = ["out-quick", "cache-quick"].map(inContracts);

  /** @param {string} name */
  constructor(name) {
    this.tree = path.join(folderOf(name), "tree");
    this.pristine = path.join(folderOf(name), "pristine");
  }

  /** What was compiled in an earlier run stays, and forge compiles what has changed since. */
  create() {
    const isKept = Copy.#made.every((part) => existsSync(path.join(this.pristine, part)));
    if (isKept) this.#copy(this.pristine, this.tree, Copy.#made);
    this.#copy(repositoryRoot, this.tree, [...Copy.#parts, ...Copy.#sources]);
    for (const modules of ["node_modules", inContracts("node_modules")]) {
      const link = path.join(this.tree, modules);
      rmSync(link, { force: true });
      symlinkSync(path.join(repositoryRoot, modules), link, "dir");
    }
    this.#clean();
  }

  keep() {
    this.#copy(this.tree, this.pristine, Copy.#made);
  }

  /** Takes the last fault away, and with it what forge has compiled and failures it has found and would try again. */
  restore() {
    this.#copy(this.pristine, this.tree, Copy.#made);
    this.#copy(repositoryRoot, this.tree, Copy.#sources);
    this.#clean();
  }

  /**
   * Leaves the tests that are expected to notice a fault, and what they import. forge is then asked for all it finds: to
   * filter, it would first have the whole tree parsed to see what there is. Where the exchange is deployed, by artifact,
   * all sources stay.
   *
   * @param {Mutant} mutant
   */
  narrow({ file, tests }) {
    const contracts = path.join(this.tree, inContracts(""));
    const all = solidityFilesIn(contracts, ["src", "test", "script"]);
    const isTest = (/** @type {string} */ name) => name.endsWith(".t.sol");
    const wanted = new Set(all.filter((name) => isTest(name) && matches(name, [`test/${tests}`])));
    wanted.add(`src/${file}`);
    // Grows while it is walked through.
    for (const name of wanted) {
      const imports = readFileSync(path.join(contracts, name), "utf8").matchAll(/from "(\.[^"]+\.sol)"/g);
      for (const [, imported = ""] of imports) wanted.add(path.posix.join(path.posix.dirname(name), imported));
    }
    const deploys = [...wanted].some((name) => name.startsWith("script/"));
    for (const name of all) {
      if (!wanted.has(name) && (isTest(name) || !deploys)) rmSync(path.join(contracts, name));
    }
  }

  /** @param {Mutant} mutant */
  apply({ file, original, replacement }) {
    const source = path.join(this.tree, inContracts("src"), file);
    // Not a string to replace it with, in which `$` would mean something.
    writeFileSync(
      source,
      readFileSync(source, "utf8").replace(original, () => replacement),
    );
  }

  test() {
    return this.forge(["test", "--fail-fast"]);
  }

  /** @param {string[]} args */
  async forge(args) {
    let output = "";
    const exitCode = await run(foundryBinary("forge"), [...args, "--dynamic-test-linking"], {
      cwd: this.tree,
      env: { FOUNDRY_PROFILE: "quick", NO_COLOR: "1", ...RUNS },
      onOutput: (chunk) => (output += chunk),
    });
    return { exitCode, output };
  }

  #clean() {
    const folder = path.join(this.tree, inContracts("test"));
    for (const name of solidityFilesIn(folder)) if (matches(name, EXCLUDED)) rmSync(path.join(folder, name));
    rmSync(path.join(this.tree, "cache"), { recursive: true, force: true });
  }

  /**
   * @param {string} from
   * @param {string} to
   * @param {string[]} parts
   */
  #copy(from, to, parts) {
    for (const part of parts) {
      const target = path.join(to, part);
      rmSync(target, { recursive: true, force: true });
      mkdirSync(path.dirname(target), { recursive: true });
      cpSync(path.join(from, part), target, { recursive: true });
    }
  }
}

/** @param {string} part */
function inContracts(part) {
  return path.join("packages/contracts", part);
}

// Last, because classes are not there before their definition.
if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
