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
  /** The calls that lead to the failure, for a reader. */
  sequence: string[];
  /** The same for {@link replayOf}. Default: none. */
  calls?: ReplayCall[];
}

/** A call that leads to a failure. */
export interface ReplayCall {
  sender: string;
  target: string;
  calldata: string;
  /** Seconds and blocks that pass before it. */
  seconds?: number | undefined;
  blocks?: number | undefined;
  /** The call for a reader. */
  text: string;
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
  sender?: string;
  addr?: string;
  warp?: string | number | null;
  roll?: string | number | null;
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
        const calls = callsOf(result);
        outcome.failures.push({
          test: name,
          reason: result.reason ?? "failed",
          sequence: calls.map(textOf),
          calls: calls.flatMap(replayCallOf),
        });
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

const callsOf = ({ counterexample }: TestResult): Call[] =>
  counterexample?.Single ? [counterexample.Single] : (counterexample?.Sequence?.[1] ?? []);

/** A call on one line. */
const textOf = (call: Call) =>
  `${call.contract_name?.split(":").at(-1) ?? ""} ${call.signature ?? call.func_name ?? ""} args=[${call.raw_args ?? call.args ?? call.calldata}]`;

/** Nothing for a test of a single function: it has arguments, and no target. */
function replayCallOf(call: Call): ReplayCall[] {
  const { sender, addr: target, calldata } = call;
  if (sender === undefined || target === undefined || calldata === undefined) return [];
  const amount = (value: string | number | null | undefined) => (value == null ? undefined : Number(value));
  return [{ sender, target, calldata, seconds: amount(call.warp), blocks: amount(call.roll), text: textOf(call) }];
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
