import { describe, expect, test } from "vitest";
import { plan, readSuites } from "./plan.js";

const suites = [
  { contract: "LedgerInvariants", file: "test/L.t.sol", invariants: 4, fuzz: 0 },
  { contract: "SolvencyInvariants", file: "test/S.t.sol", invariants: 1, fuzz: 0 },
  { contract: "ConstantPriceInvariants", file: "test/C.t.sol", invariants: 1, fuzz: 0 },
  { contract: "FundsTest", file: "test/F.t.sol", invariants: 0, fuzz: 3 },
  { contract: "MathTest", file: "test/M.t.sol", invariants: 0, fuzz: 2 },
];
const all = { suite: /(?:)/, only: undefined, minutes: 10, processors: 2 } as const;

test("readSuites: counts invariants and fuzz tests of each contract", () => {
  const listed = `Compiling\n${JSON.stringify({
    "test/A.t.sol": { ATest: ["test_A", "testFuzz_B", "testFuzz_C"] },
    "test/B.t.sol": { BInvariants: ["invariant_L1"] },
  })}`;
  expect(readSuites(listed)).toEqual([
    { contract: "ATest", file: "test/A.t.sol", invariants: 0, fuzz: 2 },
    { contract: "BInvariants", file: "test/B.t.sol", invariants: 1, fuzz: 0 },
  ]);
});

describe("plan", () => {
  test("default: nine tenths of the time of each processor for invariants, in runs with seeds of their own", () => {
    const jobs = plan(suites, all);
    expect(
      jobs.map(({ name, count, seconds, threads, repetition }) => [name, count, seconds, threads, repetition]),
    ).toEqual([
      ["LedgerInvariants", 4, 108, 1, 0],
      ["SolvencyInvariants", 1, 108, 1, 0],
      ["LedgerInvariants-2", 4, 108, 1, 1],
      ["SolvencyInvariants-2", 1, 108, 1, 1],
      ["fuzz tests of single functions", 5, 20, 2, 0],
    ]);
    expect(jobs.at(-1)?.contract).toBe("^(FundsTest|MathTest)$");
    const time = jobs.reduce(
      (sum, { count, seconds, threads }) => sum + threads * Math.ceil(count / threads) * seconds,
      0,
    );
    expect(time).toBe(2 * 600);
  });

  test("behavior: in a short campaign each suite runs once", () => {
    expect(
      plan(suites, { ...all, only: "invariants", minutes: 1 }).map(({ name, seconds }) => [name, seconds]),
    ).toEqual([
      ["LedgerInvariants", 24],
      ["SolvencyInvariants", 24],
    ]);
  });

  test("behavior: one kind gets all the time", () => {
    expect(plan(suites, { ...all, only: "fuzz" }).map(({ seconds }) => seconds)).toEqual([200]);
    expect(plan(suites, { ...all, only: "invariants" }).map(({ seconds }) => seconds)).toEqual([120, 120, 120, 120]);
  });

  test("behavior: a suite that another one includes runs when it is named", () => {
    expect(plan(suites, { ...all, suite: /Constant/ }).map(({ contract }) => contract)).toEqual([
      "^ConstantPriceInvariants$",
      "^ConstantPriceInvariants$",
    ]);
  });

  test("behavior: only matching suites, and a second at least", () => {
    const jobs = plan(suites, { ...all, suite: /Ledger/, minutes: 0.001 });
    expect(jobs.map(({ name, seconds }) => [name, seconds])).toEqual([["LedgerInvariants", 1]]);
    expect(plan(suites, { ...all, suite: /None/ })).toEqual([]);
  });
});
