// Runs the whole test suite, cheap steps first, or the steps that are named: `pnpm test contracts sdk`. `coverage` runs
// only when it is named.
// A failing step does not stop the later ones. The last line is `N passed, N failed`: the tests of vitest and forge, plus
// one failure for each step that failed otherwise.
import { createRequire } from "node:module";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { run } from "@counterpoise/toolchain";
import { coverage } from "./coverage.mjs";
import { forgeTotals, timeTable, vitestTotals, vitestTotalsOfAll } from "./summary.mjs";
import { turbo } from "./turbo.mjs";

/** @typedef {import("@counterpoise/toolchain").RunOptions} RunOptions */
/** @typedef {import("./summary.mjs").Step} Step */
/** @typedef {import("./summary.mjs").Totals} Totals */
/**
 * @typedef {object} StepDefinition
 * @property {string} name
 * @property {(options: RunOptions) => Promise<number>} start Returns the exit code.
 * @property {(output: string) => Totals | undefined} [totals] Reads the totals of the tests.
 * @property {boolean} [isExtra] Runs only when it is named.
 */

const require = createRequire(import.meta.url);
const vitest = path.join(path.dirname(require.resolve("vitest/package.json")), "vitest.mjs");
const output = ["--output-logs=new-only", "--log-prefix=none"];

/**
 * @param {...string} packageNames
 * @returns {StepDefinition["start"]}
 */
const packageTests =
  (...packageNames) =>
  (options) =>
    turbo(["test", ...packageNames.map((name) => `--filter=${name}`), ...output], options);

const services = ["service-kit", "keeper", "relayer", "relayer-client", "stack"].map((name) => `@counterpoise/${name}`);

/** @type {StepDefinition[]} */
const steps = [
  { name: "lint", start: (options) => run(process.execPath, [require.resolve("./lint.mjs")], options) },
  // A step of its own, so that its time does not appear as that of the first step that needs the artifacts.
  { name: "build", start: (options) => turbo(["build", ...output], options) },
  { name: "typecheck", start: (options) => turbo(["typecheck", "//#typecheck:tools", ...output], options) },
  {
    name: "tools",
    start: (options) => run(process.execPath, [vitest, "run", "--root", "tools"], options),
    totals: vitestTotals,
  },
  { name: "campaigns", start: packageTests("@counterpoise/campaigns"), totals: vitestTotals },
  { name: "contracts", start: packageTests("@counterpoise/contracts"), totals: forgeTotals },
  { name: "sdk", start: packageTests("@counterpoise/sdk"), totals: vitestTotals },
  { name: "devnet", start: packageTests("@counterpoise/devnet"), totals: vitestTotals },
  { name: "deploy", start: packageTests("@counterpoise/deploy"), totals: vitestTotals },
  { name: "testkit", start: packageTests("@counterpoise/testkit"), totals: vitestTotals },
  { name: "agents", start: packageTests("@counterpoise/agents"), totals: vitestTotals },
  { name: "simulator", start: packageTests("@counterpoise/simulator"), totals: vitestTotals },
  // Real processes, and a browser on a stack: the tests wait for blocks most of their time, so the packages run at once.
  {
    name: "services",
    start: packageTests(...services, "@counterpoise/indexer", "@counterpoise/web", "@counterpoise/web-e2e"),
    totals: vitestTotalsOfAll,
  },
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

/** @type {Step[]} */
const done = [];
for (const [index, step] of chosen.entries()) {
  console.log(`\n== ${index + 1}/${chosen.length} ${step.name} ${"=".repeat(60 - step.name.length)}\n`);
  done.push(await execute(step));
}

const failed = done.filter(({ hasFailed }) => hasFailed);
const passedTests = done.reduce((sum, { totals }) => sum + (totals?.passed ?? 0), 0);
// A step without a failed test has failed otherwise.
const failures = failed.reduce((sum, { totals }) => sum + (totals?.failed || 1), 0);
console.log(`\n${timeTable(done)}\n`);
if (failed.length > 0) console.log(`Failed: ${failed.map(({ name }) => name).join(", ")}\n`);
console.log(`${passedTests} passed, ${failures} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

/**
 * @param {StepDefinition} step
 * @returns {Promise<Step>}
 */
async function execute({ name, start, totals: read }) {
  const begun = Date.now();
  let text = "";
  const exitCode = await start({
    // The commands write to a pipe, and print colours only on request.
    env: process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {},
    onOutput: (chunk) => {
      text += chunk;
      process.stdout.write(chunk);
    },
  });
  const totals = read?.(stripVTControlCharacters(text));
  const lacksTotals = read !== undefined && totals === undefined;
  if (lacksTotals) console.error(`\n${name}: no test totals were printed`);
  const hasFailed = exitCode !== 0 || lacksTotals || (totals?.failed ?? 0) > 0;
  return { name, seconds: (Date.now() - begun) / 1000, totals, hasFailed };
}
