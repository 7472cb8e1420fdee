import type { Options } from "./options.js";
import { type Finding, grouped, type Outcome } from "./results.js";
import { seedOf } from "./run.js";

/** The number of actions that the report names as the least exercised. */
const LEAST = 8;

/** The text at the end of a campaign: tables on stdout, failures and dead actions on stderr, and whether it succeeded. */
export interface Report {
  tables: string;
  problems: string;
  summary: string;
  isGood: boolean;
}

/** @param replays the test that repeats a failure, by the failure; none where forge gave no calls */
export function reportOn(
  outcomes: Outcome[],
  options: Pick<Options, "seed" | "quick" | "deadFails">,
  replays: ReadonlyMap<Finding, string> = new Map(),
): Report {
  const dead: string[] = [];
  const tables: string[] = [];
  const suites = bySuite(outcomes.filter(({ job: { isInvariant } }) => isInvariant));
  for (const [suite, { functions, actions }] of suites) {
    tables.push("", suite, row("function", "calls", "reverts", "discards"));
    for (const [name, { calls, reverts, discards }] of sorted(functions)) {
      const isDead = calls <= reverts + discards;
      if (isDead) dead.push(`${suite}: ${name}`);
      tables.push(row(name, calls, reverts, discards) + (isDead ? "  dead" : ""));
    }
    if (actions.size > 0) tables.push(row("action", "done", "refused", ""));
    for (const [name, { done, refused }] of sorted(actions)) {
      if (done === 0) dead.push(`${suite}: ${name}`);
      tables.push(row(name, done, refused, "") + (done === 0 ? "  dead" : ""));
    }
  }

  const failures = outcomes.flatMap(({ job, failures: found }) => found.map((failure) => ({ job, failure })));
  const problems: string[] = [];
  for (const { job, failure } of failures) {
    const { test, reason, sequence } = failure;
    const filter = job.isInvariant
      ? `--suite '${job.contract}' --only invariants`
      : `--suite '^${test.split(".")[0]}$' --only fuzz`;
    problems.push("", `FAILED ${test}`, `  ${reason}`, ...sequence.map((call) => `    ${call}`));
    problems.push(
      `  again: npx -y pnpm@10 fuzz ${filter} --seed ${seedOf(options, job.repetition)}${options.quick ? " --quick" : ""}`,
    );
    const replay = replays.get(failure);
    if (replay) problems.push(`  as a test: ${replay}`);
  }
  const counts = [...suites].flatMap(([suite, { actions }]) =>
    [...actions].map(([action, each]) => ({ name: `${suite}: ${action}`, ...each })),
  );
  const done = counts.reduce((sum, each) => sum + each.done, 0);
  const refused = counts.reduce((sum, each) => sum + each.refused, 0);
  if (done > 0) {
    const least = counts.sort((a, b) => a.done - b.done).slice(0, LEAST);
    const share = ((100 * refused) / (done + refused)).toFixed(1);
    tables.push("", `${share}% of the counted actions were refused. Least exercised:`);
    for (const each of least) tables.push(row(each.name, each.done, each.refused, ""));
  }
  if (dead.length > 0) {
    problems.push("", "Dead actions, about which the campaign proves nothing:", ...dead.map((name) => `  ${name}`));
  }

  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const calls = outcomes.reduce((sum, outcome) => sum + outcome.calls, 0);
  return {
    tables: tables.join("\n"),
    problems: problems.join("\n"),
    summary: `\nseed ${options.seed}\n${grouped(calls)} calls; ${passed} passed, ${failures.length} failed, ${dead.length} dead actions`,
    isGood: failures.length === 0 && !(options.deadFails && dead.length > 0),
  };
}

/** The counts of all runs of each suite. */
function bySuite(outcomes: Outcome[]): Map<string, Pick<Outcome, "functions" | "actions">> {
  const suites = new Map<string, Pick<Outcome, "functions" | "actions">>();
  for (const { job, functions, actions } of outcomes) {
    const suite = job.contract.replaceAll(/[$^]/g, "");
    const sums = suites.get(suite) ?? { functions: new Map(), actions: new Map() };
    addCounts(sums.functions, functions, { calls: 0, reverts: 0, discards: 0 });
    addCounts(sums.actions, actions, { done: 0, refused: 0 });
    suites.set(suite, sums);
  }
  return suites;
}

/** Adds the counts of each name in `more` to those in `sums`. */
function addCounts<T extends Record<keyof T, number>>(sums: Map<string, T>, more: Map<string, T>, zero: T): void {
  for (const [name, counts] of more) {
    const sum = { ...(sums.get(name) ?? zero) };
    for (const key of Object.keys(zero) as (keyof T)[]) sum[key] = (sum[key] + counts[key]) as T[keyof T];
    sums.set(name, sum);
  }
}

const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => a.localeCompare(b));

function row(name: string, ...cells: (number | string)[]): string {
  const text = cells.map((cell) => (typeof cell === "number" ? grouped(cell) : cell).padStart(12)).join("");
  return `  ${name.padEnd(44)}${text}`;
}
