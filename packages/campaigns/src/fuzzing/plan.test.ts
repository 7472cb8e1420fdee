import { describe, expect, test } from "vitest";
import { plan, readSuites } from "./plan.js";

const suites = [
  { contract: "LedgerInvariants", invariants: 4, fuzz: 0 },
  { contract: "SolvencyInvariants", invariants: 1, fuzz: 0 },
  { contract: "FundsTest", invariants: 0, fuzz: 3 },
  { contract: "MathTest", invariants: 0, fuzz: 2 },
];
const all = { suite: /(?:)/, only: undefined, minutes: 10 } as const;

test("readSuites: counts invariants and fuzz tests of each contract", () => {
  const listed = `Compiling\n${JSON.stringify({
    "test/A.t.sol": { ATest: ["test_A", "testFuzz_B", "testFuzz_C"] },
    "test/B.t.sol": { BInvariants: ["invariant_L1"] },
  })}`;
  expect(readSuites(listed)).toEqual([
    { contract: "ATest", invariants: 0, fuzz: 2 },
    { contract: "BInvariants", invariants: 1, fuzz: 0 },
  ]);
});

describe("plan", () => {
  test("default: four fifths of the time for invariants, by rounds of two processors", () => {
    const jobs = plan(suites, all, 2);
    expect(jobs.map(({ name, count, seconds, isInvariant }) => [name, count, seconds, isInvariant])).toEqual([
      ["LedgerInvariants", 4, 160, true],
      ["SolvencyInvariants", 1, 160, true],
      ["fuzz tests of single functions", 5, 40, false],
    ]);
    expect(jobs.at(-1)?.contract).toBe("^(FundsTest|MathTest)$");
    const rounds = jobs.map(({ count, seconds }) => Math.ceil(count / 2) * seconds);
    expect(rounds.reduce((sum, seconds) => sum + seconds, 0)).toBe(600);
  });

  test("behavior: one kind gets all the time", () => {
    expect(plan(suites, { ...all, only: "fuzz" }, 2).map(({ seconds }) => seconds)).toEqual([200]);
    expect(plan(suites, { ...all, only: "invariants" }, 2).map(({ seconds }) => seconds)).toEqual([200, 200]);
  });

  test("behavior: only matching suites, and a second at least", () => {
    const jobs = plan(suites, { ...all, suite: /Ledger/, minutes: 0.001 }, 2);
    expect(jobs.map(({ name, seconds }) => [name, seconds])).toEqual([["LedgerInvariants", 1]]);
    expect(plan(suites, { ...all, suite: /None/ }, 2)).toEqual([]);
  });
});
