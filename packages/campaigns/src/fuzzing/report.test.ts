import { expect, test } from "vitest";
import type { Job } from "./plan.js";
import { reportOn } from "./report.js";
import type { Outcome } from "./results.js";

const job: Job = { name: "Ledger", contract: "^Ledger$", tests: "", count: 2, seconds: 9, isInvariant: true };
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
