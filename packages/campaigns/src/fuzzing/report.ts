import type { Options } from "./options.js";
import { grouped, type Outcome } from "./results.js";

/** The text at the end of a campaign: tables on stdout, failures and dead actions on stderr, and whether it succeeded. */
export interface Report {
  tables: string;
  problems: string;
  summary: string;
  isGood: boolean;
}

export function reportOn(outcomes: Outcome[], options: Pick<Options, "seed" | "quick" | "deadFails">): Report {
  const dead: string[] = [];
  const tables: string[] = [];
  for (const { job, functions, actions } of outcomes.filter(({ job: { isInvariant } }) => isInvariant)) {
    tables.push("", job.name, row("function", "calls", "reverts", "discards"));
    for (const [name, { calls, reverts, discards }] of sorted(functions)) {
      const isDead = calls <= reverts + discards;
      if (isDead) dead.push(`${job.name}: ${name}`);
      tables.push(row(name, calls, reverts, discards) + (isDead ? "  dead" : ""));
    }
    if (actions.size > 0) tables.push(row("action", "done", "refused", ""));
    for (const [name, { done, refused }] of sorted(actions)) {
      if (done === 0) dead.push(`${job.name}: ${name}`);
      tables.push(row(name, done, refused, "") + (done === 0 ? "  dead" : ""));
    }
  }

  const failures = outcomes.flatMap(({ job, failures: found }) => found.map((failure) => ({ job, ...failure })));
  const problems: string[] = [];
  for (const { job, test, reason, sequence } of failures) {
    const filter = job.isInvariant
      ? `--suite '${job.contract}' --only invariants`
      : `--suite '^${test.split(".")[0]}$' --only fuzz`;
    problems.push("", `FAILED ${test}`, `  ${reason}`, ...sequence.map((call) => `    ${call}`));
    problems.push(`  again: npx -y pnpm@10 fuzz ${filter} --seed ${options.seed}${options.quick ? " --quick" : ""}`);
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

const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => a.localeCompare(b));

function row(name: string, ...cells: (number | string)[]): string {
  const text = cells.map((cell) => (typeof cell === "number" ? grouped(cell) : cell).padStart(12)).join("");
  return `  ${name.padEnd(44)}${text}`;
}
