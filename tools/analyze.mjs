// slither on packages/contracts/src: `pnpm analyze`. Findings of high or medium impact are repaired, or explained in
// packages/contracts/slither-triage.mjs.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { foundryBinary, pythonTool, repositoryRoot, run } from "@counterpoise/toolchain";
import { FINDINGS, IDIOMS } from "../packages/contracts/slither-triage.mjs";

/** @typedef {import("../packages/contracts/slither-triage.mjs").Finding} Finding */

process.exitCode = await analyze();

async function analyze() {
  const slither = await pythonTool("slither", "slither-analyzer");
  if (slither === undefined) return 1;

  const work = path.join(repositoryRoot, ".turbo/analyze");
  const results = path.join(work, "slither.json");
  const forge = foundryBinary("forge");
  const env = {
    // slither reads the syntax tree, which is the same with and without the IR pipeline.
    FOUNDRY_PROFILE: "quick",
    FOUNDRY_OUT: ".turbo/analyze/out",
    FOUNDRY_CACHE_PATH: ".turbo/analyze/cache",
    // slither calls forge to read the configuration.
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
  const stale = new Set(FINDINGS);
  for (const finding of findings) {
    const idiom = IDIOMS.find(({ detector, applies }) => detector === finding.check && applies(finding));
    const entries = FINDINGS.filter((entry) => entry.detector === finding.check && isAbout(finding, entry));
    for (const entry of entries) stale.delete(entry);
    if (idiom === undefined && entries.length === 0) unexplained.push(finding);
    else {
      const reason = `${finding.check}: ${(idiom ?? entries[0])?.reason}`;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  for (const [reason, count] of counts) console.log(`${String(count).padStart(4)} ${reason}`);
  for (const finding of unexplained) {
    console.error(`\n${finding.impact} ${finding.check} ${placeOf(finding)}\n  ${finding.description.trim()}`);
  }
  for (const { detector, contract, member } of stale) {
    console.error(`\nslither-triage.mjs explains ${detector} in ${contract}.${member}, and slither reports none there`);
  }
  console.log(`\n${unexplained.length} findings without an explanation, ${stale.size} explanations without a finding`);
  return unexplained.length > 0 || stale.size > 0 ? 1 : 0;
}

/**
 * Whether a finding's function or variable is that of an entry.
 *
 * @param {Finding} finding
 * @param {{ contract: string, member: string }} entry
 */
function isAbout({ elements }, { contract, member }) {
  const [first] = elements;
  if (first === undefined) return false;
  const parent = first.type_specific_fields?.parent;
  if (parent?.type === "contract") return parent.name === contract && first.name === member;
  // A line of code: its function is the parent.
  const grandparent = parent?.type_specific_fields?.parent;
  return parent?.name === member && grandparent?.name === contract;
}

/** @param {Finding} finding */
function placeOf({ elements }) {
  const [first] = elements;
  if (first === undefined) return "";
  return `${first.source_mapping.filename_relative}:${first.source_mapping.lines[0]} ${first.name}`;
}
