// The whole test suite, cheap steps first, or the steps that are named: `pnpm test contracts sdk`. `coverage` runs only
// when it is named.
// A failing step does not hide what the later ones have to say. The last line is `N passed, N failed`: the tests of
// vitest and forge, plus one failure for each step that failed otherwise.
import { createRequire } from "node:module";
import { stripVTControlCharacters } from "node:util";
import { run } from "@counterpoise/toolchain";
import { coverage } from "./coverage.mjs";
import { turbo } from "./turbo.mjs";

/** @typedef {{ passed: number, failed: number }} Totals */

const require = createRequire(import.meta.url);

/**
 * @param {string} line
 * @param {RegExp} pattern
 */
const figure = (line, pattern) => Number(line.match(pattern)?.[1] ?? 0);

/**
 * The totals in forge's last line, "Ran 2 test suites in 1.20s: 34 tests passed, 0 failed, 1 skipped (35 total tests)".
 *
 * @param {string} output
 * @returns {Totals | undefined}
 */
function forgeTotals(output) {
  const line = output.match(/^Ran \d+ test suites? in .*\(\d+ total tests\)$/gm)?.at(-1);
  return line === undefined
    ? undefined
    : { passed: figure(line, /(\d+) tests? passed/), failed: figure(line, /(\d+) failed/) };
}

/**
 * The totals in vitest's summary, "Tests  1 failed | 34 passed | 1 skipped (36)".
 *
 * @param {string} output
 * @returns {Totals | undefined}
 */
function vitestTotals(output) {
  const line = output.match(/^ +Tests {2}.*\(\d+\)$/gm)?.at(-1);
  return line === undefined
    ? undefined
    : { passed: figure(line, /(\d+) passed/), failed: figure(line, /(\d+) failed/) };
}

/**
 * @param {string} packageName
 * @returns {(options: import("@counterpoise/toolchain").RunOptions) => Promise<number>}
 */
const packageTests = (packageName) => (options) =>
  turbo(["test", `--filter=${packageName}`, "--output-logs=new-only", "--log-prefix=none"], options);

const steps = [
  {
    name: "lint",
    start: (/** @type {import("@counterpoise/toolchain").RunOptions} */ options) =>
      run(process.execPath, [require.resolve("./lint.mjs")], options),
  },
  {
    name: "typecheck",
    start: (/** @type {import("@counterpoise/toolchain").RunOptions} */ options) =>
      turbo(["typecheck", "//#typecheck:tools", "--output-logs=new-only", "--log-prefix=none"], options),
  },
  {
    name: "tools",
    start: (/** @type {import("@counterpoise/toolchain").RunOptions} */ options) =>
      run(process.execPath, [require.resolve("vitest/vitest.mjs"), "run", "--root", "tools"], options),
    totals: vitestTotals,
  },
  { name: "contracts", start: packageTests("@counterpoise/contracts"), totals: forgeTotals },
  { name: "sdk", start: packageTests("@counterpoise/sdk"), totals: vitestTotals },
  { name: "devnet", start: packageTests("@counterpoise/devnet"), totals: vitestTotals },
  { name: "demo", start: packageTests("@counterpoise/demo"), totals: vitestTotals },
  { name: "e2e", start: packageTests("@counterpoise/anvil-e2e"), totals: vitestTotals },
  { name: "coverage", start: coverage, totals: forgeTotals, isExtra: true },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(", ")}. The steps are ${steps.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
const chosen =
  wanted.length === 0 ? steps.filter(({ isExtra }) => !isExtra) : steps.filter(({ name }) => wanted.includes(name));

const all = { passed: 0, failed: 0 };
const failedSteps = [];
for (const [index, { name, start, totals: read }] of chosen.entries()) {
  console.log(`\n== ${index + 1}/${chosen.length} ${name} ${"=".repeat(60 - name.length)}\n`);

  let output = "";
  const exitCode = await start({
    // The output passes through here, and would lose its colours on the way to a terminal.
    env: process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {},
    onOutput: (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    },
  });

  const totals = read?.(stripVTControlCharacters(output));
  const lacksTotals = read !== undefined && totals === undefined;
  if (lacksTotals) console.error(`\n${name}: no test totals were printed`);
  all.passed += totals?.passed ?? 0;
  all.failed += totals?.failed ?? 0;
  if (exitCode !== 0 || lacksTotals || totals?.failed) {
    failedSteps.push(name);
    if (!totals?.failed) all.failed += 1;
  }
}

console.log(failedSteps.length > 0 ? `\nFailed: ${failedSteps.join(", ")}\n` : "");
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exitCode = failedSteps.length > 0 ? 1 : 0;
