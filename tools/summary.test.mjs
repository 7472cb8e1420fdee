import { expect, test } from "vitest";
import { forgeTotals, timeTable, vitestTotals, vitestTotalsOfAll } from "./summary.mjs";

test("forgeTotals: the last summary counts", () => {
  const output = [
    "Ran 1 test suite in 1.00s (1.00s CPU time): 1 tests passed, 0 failed, 0 skipped (1 total tests)",
    "Ran 2 test suites in 1.20s (2.00s CPU time): 34 tests passed, 2 failed, 1 skipped (37 total tests)",
  ].join("\n");
  expect(forgeTotals(output)).toEqual({ passed: 34, failed: 2 });
  expect(forgeTotals("Error: Compiler run failed")).toBeUndefined();
});

test("vitestTotals: reads the line of tests", () => {
  const files = " Test Files  2 passed (2)";
  expect(vitestTotals(`${files}\n      Tests  1 failed | 34 passed | 1 skipped (36)\n`)).toEqual({
    passed: 34,
    failed: 1,
  });
  expect(vitestTotals(`${files}\n      Tests  34 passed (34)\n`)).toEqual({ passed: 34, failed: 0 });
  expect(vitestTotals("no tests")).toBeUndefined();
});

test("vitestTotalsOfAll: the sum of several packages", () => {
  const output = "      Tests  1 failed | 3 passed (4)\n...\n      Tests  5 passed (5)\n";
  expect(vitestTotalsOfAll(output)).toEqual({ passed: 8, failed: 1 });
  expect(vitestTotalsOfAll("no tests")).toBeUndefined();
});

test("timeTable: one row for each step, and the sum", () => {
  const steps = [
    { name: "lint", seconds: 8.4, hasFailed: false },
    { name: "contracts", seconds: 125, totals: { passed: 900, failed: 1 }, hasFailed: true },
  ];
  expect(timeTable(steps)).toBe(
    [
      "step            time  passed  failed",
      "lint            0:08                  ok",
      "contracts       2:05     900       1  failed",
      "all             2:13",
    ].join("\n"),
  );
});
