import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCampaign } from "./campaign.js";
import { checkMutants, type Mutant, readMutants, untriedOf } from "./faults.js";
import { readResults } from "./results.js";

// A small repository, and a forge of a few lines: a test passes while src/Cap.sol has all lines that it names.
const FORGE = `#!/usr/bin/env node
const { readdirSync, readFileSync, mkdirSync } = require("node:fs");
for (const made of ["out-quick", "cache-quick"]) mkdirSync("packages/contracts/" + made, { recursive: true });
const source = readFileSync("packages/contracts/src/Cap.sol", "utf8");
if (source.includes("syntax error")) {
  console.log("Error: Compiler run failed");
  process.exit(1);
}
if (process.argv[2] === "build") process.exit(0);
for (const name of readdirSync("packages/contracts/test").sort()) {
  const line = readFileSync("packages/contracts/test/" + name, "utf8").match(/needs (.*)/)[1];
  console.log("Ran 1 test for packages/contracts/test/" + name + ":T");
  if (!source.includes(line)) {
    console.log("[FAIL: assertion failed] test_Cap() (gas: 1)");
    process.exit(1);
  }
}
`;
const SOURCE = "contract Cap {\n    require(a < cap);\n    require(b > 0);\n    emit Set(a);\n}\n";
const FAULTS = `export default [
  {
    file: "Cap.sol",
    tests: "Cap.t.sol",
    faults: [
      { id: "no-cap", fault: "no cap", original: "require(a < cap);", replacement: "" },
      { id: "no-floor", fault: "no floor", original: "require(b > 0);", replacement: "" },
      { id: "no-event", fault: "no event", original: "emit Set(a);", replacement: "" },
      { id: "no-build", fault: "does not compile", original: "emit Set(a);", replacement: "syntax error" },
    ],
  },
];
`;

let root: string;
let mutants: Mutant[];

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "campaigns-"));
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
  write("packages/contracts/src/Cap.sol", SOURCE);
  write("packages/contracts/test/Cap.t.sol", "// needs require(a < cap);");
  write("packages/contracts/test/Floor.t.sol", "// needs require(b > 0);");
  write("packages/contracts/mutations/caps.mjs", FAULTS);
  write("forge.cjs", FORGE);
  chmodSync(path.join(root, "forge.cjs"), 0o755);
  mutants = await readMutants(root);
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const options = { shard: 1, shards: 1, seed: 1, expected: false, skipBaseline: false, budgetMinutes: Infinity };
const campaign = (chosen: Mutant[], more = {}, signal = new AbortController().signal) =>
  runCampaign({ root, forge: path.join(root, "forge.cjs") }, chosen, mutants, { ...options, ...more }, signal);

test("default: tries each fault in a copy and stores the results", async () => {
  expect(await campaign(mutants)).toBe(1);
  expect(readResults(root)).toEqual({
    "no-cap": { result: "killed", by: "Cap.t.sol: test_Cap" },
    // By a test that was not expected to notice it.
    "no-floor": { result: "killed", by: "Floor.t.sol: test_Cap" },
    "no-event": { result: "survived" },
  });
  expect(readFileSync(path.join(root, "packages/contracts/src/Cap.sol"), "utf8")).toBe(SOURCE);
  const output = vi.mocked(console.log).mock.calls.flat().join("\n");
  expect(output).toContain("2 killed, 1 survived (1 not explained): 66.7%");
  expect(output).toContain("no-build does not compile");
});

test("behavior: succeeds when every fault is noticed", async () => {
  expect(await campaign(mutants.slice(0, 2))).toBe(0);
});

test("behavior: with expected tests only, a missed fault fails and has no result", async () => {
  expect(await campaign(mutants.slice(1, 2), { expected: true })).toBe(1);
  expect(readResults(root)).toEqual({});
});

test("behavior: shards have copies of their own", async () => {
  await campaign(mutants.slice(0, 1), { shard: 2, shards: 3 });
  expect(existsSync(path.join(root, ".turbo/mutate/2-of-3/tree"))).toBe(true);
});

test("behavior: an aborted run tries no fault and fails", async () => {
  expect(await campaign(mutants, { skipBaseline: true }, AbortSignal.abort())).toBe(1);
  expect(readResults(root)).toEqual({});
});

test("error: the tests fail without a fault", async () => {
  writeFileSync(path.join(root, "packages/contracts/test/Cap.t.sol"), "// needs require(a < limit);");
  expect(await campaign(mutants)).toBe(1);
  expect(console.error).toHaveBeenCalledWith("The tests fail without a fault: Cap.t.sol: test_Cap");
});

test("behavior: the check of the list finds each discrepancy", () => {
  const results = { "no-cap": { result: "survived" as const }, old: { result: "killed" as const } };
  const [first, ...others] = mutants;
  const list = [
    { ...(first as Mutant), original: "not there" },
    ...others,
    { ...(first as Mutant), replacement: "require(a < cap);", tests: "None.t.sol" },
  ];
  expect(checkMutants(root, list, results, 6)).toEqual([
    "no-cap: its original is 0 times in Cap.sol, and must be there once",
    "no-cap survived, and the list does not say why",
    "no-cap is the id of two faults",
    "no-cap changes nothing",
    "no-cap: no test matches None.t.sol",
    "no-cap survived, and the list does not say why",
    "results.json has old, which is not on the list",
    "5 faults are less than 6",
    "2 of 5 faults survived",
  ]);
  expect(untriedOf(list, results)).toEqual(["no-floor", "no-event", "no-build"]);
});
