// The texts of `pnpm test`: totals of forge and vitest, and the table of steps.

/** @typedef {{ passed: number, failed: number }} Totals */
/** @typedef {{ name: string, seconds: number, totals?: Totals | undefined, hasFailed: boolean }} Step */

/**
 * @param {string} line
 * @param {RegExp} pattern
 */
const figure = (line, pattern) => Number(line.match(pattern)?.[1] ?? 0);

/**
 * The totals in the last line of forge, "Ran 2 test suites in 1.20s: 34 tests passed, 0 failed, 1 skipped (35 total tests)".
 *
 * @param {string} output
 * @returns {Totals | undefined}
 */
export function forgeTotals(output) {
  const line = output.match(/^Ran \d+ test suites? in .*\(\d+ total tests\)$/gm)?.at(-1);
  return line === undefined
    ? undefined
    : { passed: figure(line, /(\d+) tests? passed/), failed: figure(line, /(\d+) failed/) };
}

/**
 * The totals in the summary of vitest, "Tests  1 failed | 34 passed | 1 skipped (36)".
 *
 * @param {string} output
 * @returns {Totals | undefined}
 */
export function vitestTotals(output) {
  const line = output.match(/^ +Tests {2}.*\(\d+\)$/gm)?.at(-1);
  return line === undefined
    ? undefined
    : { passed: figure(line, /(\d+) passed/), failed: figure(line, /(\d+) failed/) };
}

/**
 * The totals of several packages, whose outputs follow each other.
 *
 * @param {string} output
 * @returns {Totals | undefined}
 */
export function vitestTotalsOfAll(output) {
  const totals = (output.match(/^ +Tests {2}.*\(\d+\)$/gm) ?? []).map((line) => vitestTotals(line));
  return totals.reduce(
    (sum, each) => ({
      passed: (sum?.passed ?? 0) + (each?.passed ?? 0),
      failed: (sum?.failed ?? 0) + (each?.failed ?? 0),
    }),
    /** @type {Totals | undefined} */ (undefined),
  );
}

/**
 * One row for each step, with its time and its totals, and a row for the sum.
 *
 * @param {Step[]} steps
 */
export function timeTable(steps) {
  const all = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = steps.map(({ name, seconds, totals, hasFailed }) =>
    row(name, time(seconds), totals?.passed ?? "", totals?.failed ?? "", hasFailed ? "failed" : "ok"),
  );
  return [row("step", "time", "passed", "failed", ""), ...rows, row("all", time(all), "", "", "")].join("\n");
}

/** @param {number} seconds */
function time(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * @param {string} name
 * @param {string} time
 * @param {number | string} passed
 * @param {number | string} failed
 * @param {string} result
 */
function row(name, time, passed, failed, result) {
  const cells = [time.padStart(8), String(passed).padStart(8), String(failed).padStart(8)].join("");
  return `${name.padEnd(12)}${cells}  ${result}`.trimEnd();
}
