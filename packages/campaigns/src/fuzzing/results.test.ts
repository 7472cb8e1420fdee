import { expect, test } from "vitest";
import type { Job } from "./plan.js";
import { progressOf, readActions, readOutcome } from "./results.js";
import { limits } from "./run.js";

const job: Job = {
  name: "L",
  contract: "^L$",
  tests: "^invariant_",
  count: 1,
  seconds: 9,
  threads: 1,
  repetition: 0,
  isInvariant: true,
};

test("progressOf: a line of forge's metrics", () => {
  const line = JSON.stringify({
    timestamp: 1,
    total_txs: 12345,
    tx_per_sec: 99.6,
    metrics: { cumulative_edges_seen: 7, corpus_count: 3, failures: 0 },
  });
  expect(progressOf(line)).toBe("12,345 calls, 100 per second, 7 edges, corpus of 3, 0 failures");
});

test("readOutcome: adds the counts of all tests of a job", () => {
  const metrics = { "src/H.sol:H.trade": { calls: 10, reverts: 1, discards: 2 } };
  const results = JSON.stringify({
    "test/L.t.sol:L": {
      test_results: {
        "invariant_L1()": { status: "Success", kind: { Invariant: { calls: 10, metrics } } },
        "invariant_L2()": {
          status: "Failure",
          reason: "sum is not zero",
          counterexample: {
            Sequence: [2, [{ contract_name: "src/H.sol:H", signature: "trade(uint256)", raw_args: "5" }]],
          },
          kind: { Invariant: { calls: 20, metrics } },
        },
        "testFuzz_A(uint256)": {
          status: "Failure",
          counterexample: { Single: { func_name: "testFuzz_A", calldata: "0x01" } },
          kind: { Fuzz: { runs: 3 } },
        },
      },
    },
  });
  const outcome = readOutcome(job, results);
  expect(outcome).toMatchObject({ passed: 1, calls: 33 });
  expect(outcome.functions).toEqual(new Map([["H.trade", { calls: 20, reverts: 2, discards: 4 }]]));
  expect(outcome.failures).toMatchObject([
    { test: "L.invariant_L2()", reason: "sum is not zero", sequence: ["H trade(uint256) args=[5]"] },
    { test: "L.testFuzz_A(uint256)", reason: "failed", sequence: [" testFuzz_A args=[0x01]"] },
  ]);
});

test("readOutcome: nothing without results", () => {
  expect(readOutcome(job, "")).toMatchObject({ passed: 0, calls: 0, failures: [] });
});

test("readActions: adds the counts of all sequences", () => {
  expect(readActions("trade 3 1,close 0 2\ntrade 1 0\n")).toEqual(
    new Map([
      ["trade", { done: 4, refused: 1 }],
      ["close", { done: 0, refused: 2 }],
    ]),
  );
  expect(readActions("")).toEqual(new Map());
});

test("limits: the time limit of a job, by kind", () => {
  expect(limits(job)).toMatchObject({ FOUNDRY_INVARIANT_TIMEOUT: "9" });
  expect(limits({ ...job, isInvariant: false })).toMatchObject({ FOUNDRY_FUZZ_TIMEOUT: "9" });
});
