import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readMutants } from "../mutation/faults.js";
import { runBenchmark } from "./benchmark.js";
import { readRediscoveries } from "./known-faults.js";

// A small repository, and a forge of a few lines: its suite finds a missing cap after some time, and no other fault. A run lasts
// until it is ended or its time is over.
const FORGE = `#!/usr/bin/env node
const { readFileSync, mkdirSync, writeFileSync, existsSync } = require("node:fs");
for (const made of ["out-quick", "cache-quick"]) mkdirSync("packages/contracts/" + made, { recursive: true });
const source = readFileSync("packages/contracts/src/Cap.sol", "utf8");
if (source.includes("syntax error")) {
  console.log("Error: Compiler run failed");
  process.exit(1);
}
if (process.argv[2] === "build") {
  writeFileSync("packages/contracts/cache-quick/solidity-files-cache.json", "{}");
  process.exit(0);
}
if (process.argv.includes("--list")) {
  console.log(JSON.stringify({ "packages/contracts/test/invariant/Cap.t.sol": { CapInvariants: ["invariant_Cap"] } }));
  process.exit(0);
}
if (!existsSync(process.env.FOUNDRY_CACHE_PATH + "/solidity-files-cache.json")) process.exit(3);
const wait = setTimeout(() => {}, Number(process.env.FOUNDRY_INVARIANT_TIMEOUT) * 1000);
if (!source.includes("require(a < cap);")) {
  setTimeout(() => console.log('{"timestamp":1,"event":"failure","invariant":"invariant_Cap","target":"a.sol:CapInvariants"}'), 50);
}
process.on("SIGTERM", () => process.exit(143));
`;
const FAULTS = `export default [
  {
    file: "Cap.sol",
    tests: "Cap.t.sol",
    faults: [
      { id: "no-cap", fault: "no cap", original: "require(a < cap);", replacement: "" },
      { id: "no-floor", fault: "no floor", original: "require(b > 0);", replacement: "" },
      { id: "no-build", fault: "does not compile", original: "require(b > 0);", replacement: "syntax error" },
    ],
  },
];
`;
const list = [
  { attack: "T90", fault: "no-cap", suites: "^Cap" },
  { attack: "T91", fault: "no-floor", suites: "^Cap" },
  { attack: "T92", fault: "no-build", suites: "^Cap" },
];

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "benchmark-"));
  const write = (name: string, text: string) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  write("foundry.toml", "");
  write("docs/README.md", "");
  write("node_modules/.keep", "");
  write("packages/contracts/node_modules/.keep", "");
  write("packages/contracts/package.json", "{}");
  write("packages/contracts/tools/solc.mjs", "");
  write("packages/contracts/script/Deploy.s.sol", "");
  write("packages/contracts/src/Cap.sol", "require(a < cap);\nrequire(b > 0);\n");
  write("packages/contracts/test/invariant/Cap.t.sol", 'import {D} from "../../script/Deploy.s.sol";');
  write("packages/contracts/mutations/caps.mjs", FAULTS);
  write("forge.cjs", FORGE);
  chmodSync(path.join(root, "forge.cjs"), 0o755);
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const SECOND = 1 / 60;

const benchmark = async (chosen: typeof list, minutes = SECOND, signal = new AbortController().signal) => {
  const options = { seed: "0x1", processors: 2, minutes };
  return runBenchmark(
    { root, forge: path.join(root, "forge.cjs") },
    chosen,
    list,
    await readMutants(root),
    options,
    signal,
  );
};

test("default: a fault that is found has its time, and the run ends at once", async () => {
  // Far less than the time of a run that finds nothing.
  expect(await benchmark(list.slice(0, 1), 60)).toBe(0);
  expect(readRediscoveries(root)).toMatchObject({ T90: { result: "found", by: "CapInvariants.invariant_Cap" } });
  expect(readFileSync(path.join(root, "packages/contracts/src/Cap.sol"), "utf8")).toContain("a < cap");
});

test("behavior: a fault that is not found fails the run and keeps the other results", async () => {
  expect(await benchmark(list.slice(0, 2))).toBe(1);
  expect(readRediscoveries(root)).toMatchObject({
    T90: { result: "found" },
    T91: { result: "missed", minutes: 1 / 60 },
  });
});

test("error: a fault that does not compile has no result", async () => {
  expect(await benchmark(list.slice(2))).toBe(1);
  expect(readRediscoveries(root)).toEqual({});
});

test("behavior: an interrupted run stores no result", async () => {
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(), 1_200);
  expect(await benchmark(list.slice(1, 2), 60, interruption.signal)).toBe(1);
  expect(readRediscoveries(root)).toEqual({});
});
