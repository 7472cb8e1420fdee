// `pnpm test coverage`: the lines and branches of the contracts that their tests reach. Fails below `LEAST_BRANCHES`. The
// report for editors is packages/contracts/coverage/lcov.info.
//
// forge counts the line of every statement, both branches of `if ... else`, and the branch into an `if` alone. It counts
// neither the sides of `&&`, `||` and `?:`, nor loops. Modifiers count where they are written, once for all uses.
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { foundryBinary, repositoryRoot, run } from "@counterpoise/toolchain";

/** @typedef {{ file: string, lines: number, linesHit: number, branches: number, branchesHit: number, missed: Set<number> }} FileCoverage */

/** Per cent of the branches in packages/contracts/src. */
const LEAST_BRANCHES = 95;

const sources = "packages/contracts/src/";
const lcov = "packages/contracts/coverage/lcov.info";

const args = [
  ...["coverage", "--report", "lcov", "--report-file", lcov],
  // Campaigns reach branches by chance, the gas scenarios measure another build, and the authority table comes from the
  // artifacts of a build on disk.
  ...["--no-match-path", "packages/contracts/test/{invariant,bench,authority}/*"],
  // It tests the optimizer's output.
  ...["--no-match-test", "GasIsSmall"],
];

/**
 * Runs the tests of the contracts with coverage and prints the lines and branches that they reached.
 *
 * @param {import("@counterpoise/toolchain").RunOptions} options
 * @returns {Promise<number>} the exit code
 */
export async function coverage({ env, onOutput = (chunk) => process.stdout.write(chunk) }) {
  mkdirSync(path.dirname(path.join(repositoryRoot, lcov)), { recursive: true });
  const exitCode = await run(foundryBinary("forge"), args, { env: { ...env, FOUNDRY_PROFILE: "coverage" }, onOutput });
  if (exitCode !== 0) return exitCode;

  const files = parse(readFileSync(path.join(repositoryRoot, lcov), "utf8"));
  const total = sum("all of packages/contracts/src", files);
  onOutput(`\n${[header(), ...files.map(row), row(total)].join("\n")}\n`);
  for (const { file, missed } of files) {
    if (missed.size > 0) onOutput(`\nBranches not taken: ${sources}${file}:${[...missed].join(", ")}`);
  }
  onOutput("\n");
  if (percent(total.branchesHit, total.branches) >= LEAST_BRANCHES) return 0;
  onOutput(`\nBranch coverage is below ${LEAST_BRANCHES}%.\n`);
  return 1;
}

/**
 * The files of `sources` in an lcov report that have executable lines.
 *
 * @param {string} report
 * @returns {FileCoverage[]}
 */
function parse(report) {
  return report
    .split("end_of_record")
    .map((record) => {
      const file = record.match(/^SF:(.+)$/m)?.[1] ?? "";
      const lines = [...record.matchAll(/^DA:\d+,(\d+)/gm)];
      const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(-|\d+)/gm)];
      // lcov has a dash where the whole condition was never evaluated.
      const missed = branches.filter(([, , hits]) => hits === "-" || hits === "0");
      return {
        file,
        lines: lines.length,
        linesHit: lines.filter(([, hits]) => hits !== "0").length,
        branches: branches.length,
        branchesHit: branches.length - missed.length,
        missed: new Set(missed.map(([, line]) => Number(line))),
      };
    })
    .filter(({ file, lines }) => file.startsWith(sources) && lines > 0)
    .map((coverage) => ({ ...coverage, file: coverage.file.slice(sources.length) }))
    .sort((a, b) => a.file.localeCompare(b.file));
}

/**
 * @param {string} name
 * @param {FileCoverage[]} files
 * @returns {FileCoverage}
 */
function sum(name, files) {
  const add = (/** @type {"lines" | "linesHit" | "branches" | "branchesHit"} */ key) =>
    files.reduce((total, file) => total + file[key], 0);
  return {
    file: name,
    lines: add("lines"),
    linesHit: add("linesHit"),
    branches: add("branches"),
    branchesHit: add("branchesHit"),
    missed: new Set(),
  };
}

/**
 * @param {number} hit
 * @param {number} all
 */
const percent = (hit, all) => (all === 0 ? 100 : (hit / all) * 100);

const header = () => `${"file".padEnd(44)}${"lines".padStart(20)}${"branches".padStart(20)}`;

/** @param {FileCoverage} coverage */
function row({ file, lines, linesHit, branches, branchesHit }) {
  const cell = (/** @type {number} */ hit, /** @type {number} */ all) =>
    `${percent(hit, all).toFixed(2)}% (${hit}/${all})`.padStart(20);
  return `${file.padEnd(44)}${cell(linesHit, lines)}${cell(branchesHit, branches)}`;
}
