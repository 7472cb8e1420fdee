import { expect, test } from "vitest";
import type { Job } from "./plan.js";
import { reportOn } from "./report.js";
import type { Outcome } from "./results.js";

const job: Job = {
  name: "Ledger",
  contract: "^Ledger$",
  tests: "",
  count: 2,
  seconds: 9,
  threads: 1,
  repetition: 0,
  isInvariant: true,
};
const good: Outcome = {
  job,
  passed: 2,
  failures: [],
  calls: 1234,
  functions: new Map([["H.trade", { calls: 1000, reverts: 10, discards: 0 }]]),
  actions: new Map([["trade", { done: 900, refused: 90 }]]),
};
const options = { seed: "0x1", quick: false, deadFails: false };

test("default: a table for each suite and a last line", () => {
  const report = reportOn([good], options);
  expect(report).toMatchObject({ isGood: true, problems: "" });
  expect(report.tables).toBe(
    [
      "",
      "Ledger",
      "  function                                           calls     reverts    discards",
      "  H.trade                                            1,000          10           0",
      "  action                                              done     refused            ",
      "  trade                                                900          90            ",
      "",
      "9.1% of the counted actions were refused. Least exercised:",
      "  Ledger: trade                                        900          90            ",
    ].join("\n"),
  );
  expect(report.summary).toBe("\nseed 0x1\n1,234 calls; 2 passed, 0 failed, 0 dead actions");
});

test("behavior: a dead action is a warning, and fails on request", () => {
  const dead = { ...good, actions: new Map([["close", { done: 0, refused: 4 }]]) };
  const report = reportOn([dead], options);
  expect(report.isGood).toBe(true);
  expect(report.problems).toContain("  Ledger: close");
  expect(report.tables).toContain("dead");
  expect(reportOn([dead], { ...options, deadFails: true }).isGood).toBe(false);
});

test("behavior: a function that always reverts is dead", () => {
  const dead = { ...good, functions: new Map([["H.close", { calls: 5, reverts: 3, discards: 2 }]]) };
  expect(reportOn([dead], options).summary).toContain("1 dead actions");
});

test("behavior: a failure has its calls and the command that repeats it", () => {
  const failures = [{ test: "Ledger.invariant_L1()", reason: "sum", sequence: ["H trade() args=[]"] }];
  const report = reportOn([{ ...good, failures }], { ...options, quick: true });
  expect(report.isGood).toBe(false);
  expect(report.problems).toBe(
    [
      "",
      "FAILED Ledger.invariant_L1()",
      "  sum",
      "    H trade() args=[]",
      "  again: npx -y pnpm@10 fuzz --suite '^Ledger$' --only invariants --seed 0x1 --quick",
    ].join("\n"),
  );
});

test("behavior: a fuzz test is repeated by its contract", () => {
  const failures = [{ test: "FundsTest.testFuzz_A(uint256)", reason: "r", sequence: [] }];
  const report = reportOn([{ ...good, job: { ...job, isInvariant: false }, failures }], options);
  expect(report.problems).toContain("fuzz --suite '^FundsTest$' --only fuzz --seed 0x1");
  expect(report.tables).toBe("");
});

test("behavior: the runs of a suite share a table, and an action that one of them did is not dead", () => {
  const second = { ...job, name: "Ledger-2", repetition: 1 };
  const idle = { ...good, job: second, actions: new Map([["trade", { done: 0, refused: 5 }]]) };
  const { tables, summary } = reportOn([good, idle], options);
  expect(tables.match(/^Ledger$/gm)).toHaveLength(1);
  expect(tables).toContain("  trade                                                900          95            ");
  expect(summary).toContain("0 dead actions");
});

test("behavior: a failure of a later run has the seed of that run, and its replay", () => {
  const failure = { test: "Ledger.invariant_L1()", reason: "sum", sequence: [] };
  const second = { ...good, job: { ...job, repetition: 1 }, failures: [failure] };
  const { problems } = reportOn([second], options, new Map([[failure, "test/replay/A.t.sol"]]));
  expect(problems).toContain("--seed 0x2\n  as a test: test/replay/A.t.sol");
});
