import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inContracts } from "../workspace.js";
import { LEAST_SCORE, type Mutant } from "./faults.js";

/** The result of a complete test run. `by` is the first test that failed. */
export interface Result {
  result: "killed" | "survived";
  by?: string;
}

/** `missed`: the expected tests passed and no others ran. `broken`: the fault does not compile, or no test ran. */
export type Outcome = Result | { result: "missed" | "broken"; by?: string };

/** By the id of the fault. */
export type Results = Record<string, Result>;

const fileIn = (root: string) => path.join(root, inContracts("mutations/results.json"));

export function readResults(root: string): Results {
  return existsSync(fileIn(root)) ? JSON.parse(readFileSync(fileIn(root), "utf8")) : {};
}

/** Stores the result of a fault, in the order of the list. Results of faults that left the list are removed. */
export function writeResult(root: string, mutants: Mutant[], { id }: Mutant, outcome: Outcome): void {
  if (outcome.result === "broken" || outcome.result === "missed") return;
  const results: Record<string, unknown> = { ...readResults(root), [id]: outcome };
  const kept = mutants.flatMap(({ id }) => (results[id] === undefined ? [] : [[id, results[id]]]));
  writeFileSync(fileIn(root), `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}

/** The first failed test in forge's output, with its file; undefined when none failed. */
export function failureIn(output: string): string | undefined {
  let suite = "";
  let hasFailed = false;
  for (const line of output.split("\n")) {
    suite = line.match(/^Ran \d+ tests? for packages\/contracts\/test\/(\S+):\w+$/)?.[1] ?? suite;
    hasFailed ||= line.startsWith("[FAIL");
    // The reason of a failure may take several lines; the test's name is followed by its gas or its runs.
    const test = hasFailed ? line.match(/(\w+)\(\S*\) \((?:gas|runs): /)?.[1] : undefined;
    if (test !== undefined) return `${suite}: ${test}`;
  }
  return undefined;
}

/** The text at the end of a run, and whether the run is good enough. */
export function summarize(outcomes: Map<Mutant, Outcome>, wanted: number, milliseconds: number) {
  const of = (result: Outcome["result"]) =>
    [...outcomes].filter(([, outcome]) => outcome.result === result).map(([mutant]) => mutant);
  const [killed, survived, missed, broken] = [of("killed"), of("survived"), of("missed"), of("broken")];
  const score = killed.length / Math.max(1, killed.length + survived.length);
  const unexplained = survived.filter(({ survives }) => !survives);
  const outdated = killed.filter(({ survives }) => survives);

  const lines: string[] = [];
  if (survived.length > 0) lines.push("", "Survived:");
  for (const { id, file, fault, survives } of survived) {
    lines.push(`  ${id}, ${file}: ${fault}`, `    ${survives ?? "not explained in the list"}`);
  }
  for (const { id } of broken) lines.push(`${id} does not compile, or no test ran: repair it in the list`);
  for (const { id, tests } of missed) lines.push(`${id} is not noticed by ${tests}; other tests were not run`);
  for (const { id } of outdated) lines.push(`${id} is killed now: remove the explanation from the list`);
  if (outcomes.size < wanted) lines.push("", `Stopped after ${outcomes.size} of ${wanted}.`);
  const minutes = (milliseconds / 60_000).toFixed(0);
  const counts = `${killed.length} killed, ${survived.length} survived (${unexplained.length} not explained)`;
  lines.push("", `${counts}: ${(score * 100).toFixed(1)}% in ${minutes} minutes`);

  const isGood = score >= LEAST_SCORE && unexplained.length + outdated.length + missed.length + broken.length === 0;
  return { text: lines.join("\n"), isGood };
}
