// The jobs of a campaign and the time of each.
import type { Options } from "./options.js";

/** A test contract with the numbers of its invariants and fuzz tests. */
export interface Suite {
  contract: string;
  /** From the root of the repository. */
  file: string;
  invariants: number;
  fuzz: number;
}

/** One run of forge. */
export interface Job {
  /** Unique in a campaign, and the name of the log. */
  name: string;
  /** A regular expression. */
  contract: string;
  /** A regular expression. */
  tests: string;
  /** The number of its tests. */
  count: number;
  /** The time of each test. */
  seconds: number;
  /** Tests of the job that run at the same time. */
  threads: number;
  /** Runs of the same suite have different numbers, from zero on, and so different seeds. */
  repetition: number;
  isInvariant: boolean;
}

/** The part of the time for tests of single functions, when both kinds run. */
const FUZZ_SHARE = 0.1;
/** A run of an invariant suite shorter than this finds little beyond what its start-up costs. */
const SHORTEST = 20;
/** Each has the same laws as SolvencyInvariants and a part of its actions. */
const PARTS_OF_ANOTHER = new Set(["ConstantPriceInvariants", "MovingPriceInvariants"]);

/** Reads the output of `forge test --list --json`. */
export function readSuites(listed: string): Suite[] {
  const files: Record<string, Record<string, string[]>> = JSON.parse(
    listed.split("\n").find((line) => line.startsWith("{")) ?? "{}",
  );
  return Object.entries(files).flatMap(([file, contracts]) =>
    Object.entries(contracts).map(([contract, tests]) => ({
      contract,
      file,
      invariants: tests.filter((test) => test.startsWith("invariant_")).length,
      fuzz: tests.filter((test) => test.startsWith("testFuzz_")).length,
    })),
  );
}

/**
 * Jobs of invariant suites use one processor each and run at the same time. A suite has as many as it has invariants, times the
 * repetitions that occupy all processors. One last job has the tests of single functions, on all processors.
 */
export function plan(
  suites: Suite[],
  { suite, only, minutes, processors }: Pick<Options, "suite" | "only" | "minutes" | "processors">,
): Job[] {
  const isNamed = suite.source !== "(?:)";
  const matching = suites.filter(
    ({ contract }) => suite.test(contract) && (isNamed || !PARTS_OF_ANOTHER.has(contract)),
  );
  const invariants = only === "fuzz" ? [] : matching.filter(({ invariants: count }) => count > 0);
  const fuzz = only === "invariants" ? [] : matching.filter(({ fuzz: count }) => count > 0);
  const budget = minutes * 60;
  const fuzzBudget = invariants.length === 0 ? budget : fuzz.length === 0 ? 0 : budget * FUZZ_SHARE;
  const seconds = (value: number) => Math.max(1, Math.floor(value));

  const jobs: Job[] = [];
  if (invariants.length > 0) {
    const tests = invariants.reduce((sum, { invariants: count }) => sum + count, 0);
    const available = (budget - fuzzBudget) * processors;
    // The least number of repetitions with which no processor is idle for long at the end.
    const repetitions = Math.max(1, Math.min(processors, Math.floor(available / (tests * SHORTEST))));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const { contract, invariants: count } of invariants) {
        jobs.push({
          name: repetition === 0 ? contract : `${contract}-${repetition + 1}`,
          contract: `^${contract}$`,
          tests: "^invariant_",
          count,
          seconds: seconds(available / (tests * repetitions)),
          threads: 1,
          repetition,
          isInvariant: true,
        });
      }
    }
  }
  if (fuzz.length > 0) {
    const count = fuzz.reduce((sum, { fuzz: each }) => sum + each, 0);
    jobs.push({
      name: "fuzz tests of single functions",
      contract: `^(${fuzz.map(({ contract }) => contract).join("|")})$`,
      tests: "^testFuzz_",
      count,
      seconds: seconds(fuzzBudget / Math.ceil(count / processors)),
      threads: processors,
      repetition: 0,
      isInvariant: false,
    });
  }
  return jobs;
}
