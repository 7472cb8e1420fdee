// Reads the JSON of forge and the counts of the handlers.
import type { Job } from "./plan.js";

export interface FunctionCounts {
  calls: number;
  reverts: number;
  discards: number;
}

export interface ActionCounts {
  done: number;
  refused: number;
}

export interface Finding {
  test: string;
  reason: string;
  /** The calls that lead to the failure. */
  sequence: string[];
}

export interface Outcome {
  job: Job;
  passed: number;
  failures: Finding[];
  calls: number;
  functions: Map<string, FunctionCounts>;
  actions: Map<string, ActionCounts>;
}

interface Call {
  contract_name?: string;
  signature?: string;
  func_name?: string;
  raw_args?: string;
  args?: string;
  calldata?: string;
}

interface TestResult {
  status: string;
  reason?: string | null;
  counterexample?: { Single?: Call; Sequence?: [number, Call[]] } | null;
  kind?: {
    Invariant?: { calls: number; metrics?: Record<string, FunctionCounts> };
    Fuzz?: { runs: number };
  };
}

/** A line of progress from a line of metrics. */
export function progressOf(line: string): string {
  const { total_txs: calls, tx_per_sec: rate, metrics } = JSON.parse(line);
  return `${grouped(calls)} calls, ${Math.round(rate)} per second, ${metrics.cumulative_edges_seen} edges, corpus of ${metrics.corpus_count}, ${metrics.failures} failures`;
}

/** @param results the last line of `forge test --json`; empty when forge printed none */
export function readOutcome(job: Job, results: string): Outcome {
  const outcome: Outcome = { job, passed: 0, failures: [], calls: 0, functions: new Map(), actions: new Map() };
  const suites: Record<string, { test_results: Record<string, TestResult> }> = JSON.parse(results || "{}");
  for (const [suite, { test_results: tests }] of Object.entries(suites)) {
    for (const [test, result] of Object.entries(tests)) {
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

/** The calls that lead to a failure, one per line. */
function sequenceOf({ counterexample }: TestResult): string[] {
  const calls = counterexample?.Single ? [counterexample.Single] : (counterexample?.Sequence?.[1] ?? []);
  return calls.map(
    (call) =>
      `${call.contract_name?.split(":").at(-1) ?? ""} ${call.signature ?? call.func_name ?? ""} args=[${call.raw_args ?? call.args ?? call.calldata}]`,
  );
}

/** Adds up the counts that handlers wrote at the end of each sequence, replays of the corpus included. */
export function readActions(log: string): Map<string, ActionCounts> {
  const actions = new Map<string, ActionCounts>();
  for (const entry of log.split(/[\n,]/)) {
    const [name, done, refused] = entry.split(" ");
    if (name === undefined || name === "") continue;
    const sum = actions.get(name) ?? { done: 0, refused: 0 };
    sum.done += Number(done);
    sum.refused += Number(refused);
    actions.set(name, sum);
  }
  return actions;
}

export const grouped = (value: number) => value.toLocaleString("en-US");
