#!/usr/bin/env node
// Runs the npm build of solc with the command line of a native one. forge uses two commands only: the version, and the
// compilation of a standard JSON document from standard input.
//
// A large document is compiled in parallel parts. Each part reads all sources and generates the code of some of them.
// That uses all cores, and keeps each solc within the 4 GB of memory of WebAssembly. Identifiers and source maps depend
// on reading all sources, so the merged parts equal the output of one solc.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import solc from "solc";
import soljson from "solc/soljson.js";

/** Maximum number of files for which one part generates code. */
const PART = 100;
/** Minimum number of files to compile in parts. Fewer files gain nothing, because every part reads all sources. */
const WORTH_SPLITTING = 24;

if (!isMainThread) {
  parentPort?.postMessage(compileAlone(workerData));
} else if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (process.argv.includes("--standard-json")) {
  process.stdout.write(await compile(readFileSync(0, "utf8")));
} else {
  console.error(
    `solc.mjs answers --version and --standard-json only, and was called with: ${process.argv.slice(2).join(" ")}`,
  );
  process.exit(2);
}

/**
 * @param {string} json
 * @returns {Promise<string>}
 */
async function compile(json) {
  const input = JSON.parse(json);
  const selections = Object.entries(selectionByFile(input));
  const wanted = selections.filter(([, selection]) => makesCode(selection));
  if (wanted.length < WORTH_SPLITTING) return compileAlone(json);

  const count = Math.max(availableParallelism(), Math.ceil(wanted.length / PART));
  const parts = Array.from({ length: count }, (_, part) => {
    const files = new Set(wanted.filter((_, i) => i % count === part).map(([file]) => file));
    // The first part returns the outputs that need no code, such as the syntax tree.
    const outputSelection = Object.fromEntries(
      selections.map(([file, selection]) => [
        file,
        files.has(file) || (part === 0 && !makesCode(selection)) ? selection : {},
      ]),
    );
    return JSON.stringify({ ...input, settings: { ...input.settings, outputSelection } });
  });
  return JSON.stringify(merge(await allOf(parts, availableParallelism())));
}

/**
 * Compiles a document with one solc. The document is on the heap of WebAssembly: `solc.compile` copies it to the stack, which is
 * full at 4 million characters.
 *
 * @param {string} json
 * @returns {string}
 */
function compileAlone(json) {
  const length = soljson.lengthBytesUTF8(json) + 1;
  const start = soljson._malloc(length);
  soljson.stringToUTF8(json, start, length);
  return soljson.UTF8ToString(soljson._solidity_compile(start, 0, 0));
}

/**
 * Requested outputs of the contracts of each file.
 *
 * @param {{ sources: object, settings: { outputSelection?: Record<string, object> } }} input
 * @returns {Record<string, object>}
 */
function selectionByFile({ sources, settings: { outputSelection = {} } }) {
  const { "*": ofAll, ...named } = outputSelection;
  const byFile = Object.fromEntries(Object.keys(sources).map((file) => [file, { ...ofAll }]));
  for (const [file, selection] of Object.entries(named)) byFile[file] = { ...byFile[file], ...selection };
  return byFile;
}

/**
 * @param {object} selection
 * @returns {boolean}
 */
function makesCode(selection) {
  return Object.entries(selection).some(([contract, outputs]) => contract !== "" && outputs.length > 0);
}

/**
 * @param {string[]} parts
 * @param {number} atOnce
 * @returns {Promise<Record<string, any>[]>}
 */
async function allOf(parts, atOnce) {
  /** @type {Record<string, any>[]} */
  const outputs = [];
  let next = 0;
  const work = async () => {
    while (next < parts.length) {
      const part = next++;
      outputs[part] = JSON.parse(await inWorker(/** @type {string} */ (parts[part])));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, work));
  return outputs;
}

/**
 * Runs solc in a worker, because solc releases its memory only when it ends.
 *
 * @param {string} json
 * @returns {Promise<string>}
 */
function inWorker(json) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: json });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/**
 * @param {Record<string, any>[]} outputs
 * @returns {Record<string, any>}
 */
function merge(outputs) {
  const errors = new Map(
    outputs.flatMap((output) => output.errors ?? []).map((error) => [JSON.stringify(error), error]),
  );
  /** @type {Record<string, any>} */
  const merged = { ...outputs[0], contracts: {}, sources: {} };
  if (errors.size > 0) merged.errors = [...errors.values()];
  for (const { contracts = {}, sources = {} } of outputs) {
    for (const [file, found] of Object.entries(contracts))
      merged.contracts[file] = { ...merged.contracts[file], ...found };
    for (const [file, source] of Object.entries(sources)) merged.sources[file] = { ...merged.sources[file], ...source };
  }
  return merged;
}
