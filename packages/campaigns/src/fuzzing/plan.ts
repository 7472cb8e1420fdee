// The jobs of a campaign and the time of each.
import type { Options } from "./options.js";

/** A test contract with the numbers of its invariants and fuzz tests. */
export interface Suite {
  contract: string;
  invariants: number;
  fuzz: number;
}

/** One run of forge. */
export interface Job {
  name: string;
  /** A regular expression. */
  contract: string;
  /** A regular expression. */
  tests: string;
  /** The number of its tests. */
  count: number;
  /** The time of each test. */
  seconds: number;
  isInvariant: boolean;
}

/** The part of the time for tests of single functions, when both kinds run. */
const FUZZ_SHARE = 0.2;

/** Reads the output of `forge test --list --json`. */
export function readSuites(listed: string): Suite[] {
  const files: Record<string, Record<string, string[]>> = JSON.parse(
    listed.split("\n").find((line) => line.startsWith("{")) ?? "{}",
  );
  return Object.values(files).flatMap((contracts) =>
    Object.entries(contracts).map(([contract, tests]) => ({
      contract,
      invariants: tests.filter((test) => test.startsWith("invariant_")).length,
      fuzz: tests.filter((test) => test.startsWith("testFuzz_")).length,
    })),
  );
}

/**
 * One job for each suite of invariants, and one for all tests of single functions. forge runs as many tests of a job at once
 * as there are processors.
 */
export function plan(
  suites: Suite[],
  { suite, only, minutes }: Pick<Options, "suite" | "only" | "minutes">,
  processors: number,
): Job[] {
  const matching = suites.filter(({ contract }) => suite.test(contract));
  const invariants = only === "fuzz" ? [] : matching.filter(({ invariants: count }) => count > 0);
  const fuzz = only === "invariants" ? [] : matching.filter(({ fuzz: count }) => count > 0);
  const fuzzTests = fuzz.reduce((sum, { fuzz: count }) => sum + count, 0);
  const budget = minutes * 60;
  const fuzzBudget = invariants.length === 0 ? budget : fuzz.length === 0 ? 0 : budget * FUZZ_SHARE;
  const rounds = invariants.reduce((sum, { invariants: count }) => sum + Math.ceil(count / processors), 0);
  const seconds = (value: number) => Math.max(1, Math.floor(value));

  const jobs: Job[] = invariants.map(({ contract, invariants: count }) => ({
    name: contract,
    contract: `^${contract}$`,
    tests: "^invariant_",
    count,
    seconds: seconds((budget - fuzzBudget) / rounds),
    isInvariant: true,
  }));
  if (fuzz.length > 0) {
    jobs.push({
      name: "fuzz tests of single functions",
      contract: `^(${fuzz.map(({ contract }) => contract).join("|")})$`,
      tests: "^testFuzz_",
      count: fuzzTests,
      seconds: seconds(fuzzBudget / Math.ceil(fuzzTests / processors)),
      isInvariant: false,
    });
  }
  return jobs;
}
