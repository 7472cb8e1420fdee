// slither on packages/contracts/src: `pnpm analyze`. What it finds of high or medium impact is repaired, or explained where
// it is found: `// slither-disable-next-line DETECTOR`, after a comment that says why. Four kinds are explained here,
// once, because they are about how Solidity is written and would stand everywhere.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { foundryBinary, pythonTool, repositoryRoot, run } from "@counterpoise/toolchain";

/**
 * @typedef {object} Finding
 * @property {string} check
 * @property {string} impact
 * @property {string} description
 * @property {{ type: string, name: string, source_mapping: { filename_relative: string, lines: number[] } }[]} elements
 */

/** @type {{ check: string, why: string, applies: (finding: Finding) => boolean }[]} */
const EXPLAINED = [
  {
    check: "uninitialized-local",
    why: "a local variable begins at zero by the language's definition, and the code relies on it",
    applies: () => true,
  },
  {
    check: "unused-return",
    why: "part of the answer is taken and the rest is left out by name, with an empty place in the tuple",
    applies: ({ description }) => /ignores return value by \(.*\bNone\b.*\) = /.test(description.replaceAll("\n", " ")),
  },
  {
    check: "incorrect-equality",
    why: "a comparison with zero asks whether there is anything; nobody gains by making something of nothing",
    applies: ({ elements }) =>
      elements
        .slice(1)
        .every(({ name }) => Array.from(name.matchAll(/[=!]= ?([\w.]+)/g)).every(([, to]) => to === "0")),
  },
  {
    check: "boolean-cst",
    why: "the constant is the key of a mapping, not a condition",
    applies: ({ elements }) => elements.slice(1).every(({ name }) => /\]\[(true|false)\]/.test(name)),
  },
];

process.exitCode = await analyze();

async function analyze() {
  const slither = await pythonTool("slither", "slither-analyzer");
  if (slither === undefined) return 1;

  const work = path.join(repositoryRoot, ".turbo/analyze");
  const results = path.join(work, "slither.json");
  const forge = foundryBinary("forge");
  const env = {
    // Without the IR pipeline, whose output slither would read no differently.
    FOUNDRY_PROFILE: "quick",
    FOUNDRY_OUT: ".turbo/analyze/out",
    FOUNDRY_CACHE_PATH: ".turbo/analyze/cache",
    // slither asks forge for its settings.
    PATH: `${path.dirname(forge)}${path.delimiter}${process.env.PATH}`,
  };
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  let log = "";
  const options = { env, onOutput: (/** @type {string} */ chunk) => (log += chunk) };
  console.log("Compiling…");
  if ((await run(forge, ["build", "packages/contracts/src", "--build-info", "--force"], options)) !== 0) {
    console.error(log);
    return 1;
  }
  console.log("Analyzing…");
  log = "";
  const args = [".", "--ignore-compile", "--foundry-out-directory", ".turbo/analyze/out", "--json", results];
  await run(slither, args, options);
  if (!existsSync(results)) {
    console.error(log);
    return 1;
  }
  const { success, error, results: found } = JSON.parse(readFileSync(results, "utf8"));
  if (!success) {
    console.error(error);
    return 1;
  }
  return report(found.detectors ?? []);
}

/** @param {Finding[]} findings */
function report(findings) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const unexplained = [];
  for (const finding of findings) {
    const rule = EXPLAINED.find(({ check, applies }) => check === finding.check && applies(finding));
    if (rule !== undefined)
      counts.set(`${rule.check}: ${rule.why}`, (counts.get(`${rule.check}: ${rule.why}`) ?? 0) + 1);
    else unexplained.push(finding);
  }
  for (const [rule, count] of counts) console.log(`${String(count).padStart(4)} explained, ${rule}`);
  for (const finding of unexplained) {
    console.error(`\n${finding.impact} ${finding.check} ${placeOf(finding)}\n  ${finding.description.trim()}`);
  }
  console.log(`\n${unexplained.length} findings of high or medium impact without an explanation`);
  return unexplained.length > 0 ? 1 : 0;
}

/** @param {Finding} finding */
function placeOf({ elements }) {
  const [first] = elements;
  if (first === undefined) return "";
  return `${first.source_mapping.filename_relative}:${first.source_mapping.lines[0]} ${first.name}`;
}
