import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseOptions } from "./options.js";
import type { Job } from "./plan.js";
import { folderOf, runJob } from "./run.js";

const METRICS = { cumulative_edges_seen: 1, corpus_count: 1, failures: 0 };
const RESULTS = {
  "test/L.t.sol:L": {
    test_results: {
      "invariant_L1()": {
        status: "Success",
        kind: { Invariant: { calls: 7, metrics: { "H.sol:H.trade": { calls: 7, reverts: 1, discards: 0 } } } },
      },
    },
  },
};
const job: Job = {
  name: "L",
  contract: "^L$",
  tests: "^invariant_",
  count: 1,
  seconds: 5,
  threads: 1,
  repetition: 0,
  isInvariant: true,
};
const options = parseOptions(["--seed", "0x7", "--quick"]);

let root: string;

/** A forge that runs the body of a script. */
function forge(body: string): string {
  const file = path.join(root, "forge.cjs");
  writeFileSync(file, `#!/usr/bin/env node\nconst { appendFileSync } = require("node:fs");\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "campaigns-"));
  mkdirSync(folderOf({ root, forge: "" }), { recursive: true });
  vi.spyOn(console, "log").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

test("default: reads results, actions and the log of a run, and passes seed and limits", async () => {
  const workspace = {
    root,
    forge: forge(`
appendFileSync(process.env.FUZZ_ACTIONS, "trade 3 1\\n");
console.log(${JSON.stringify(JSON.stringify({ timestamp: 1, total_txs: 1, tx_per_sec: 1, metrics: METRICS }))});
console.log([process.env.FOUNDRY_FUZZ_SEED, process.env.FOUNDRY_INVARIANT_TIMEOUT, process.env.DEPLOY_ARTIFACT].join());
console.log(process.argv.slice(2).join(" "));
console.log(${JSON.stringify(JSON.stringify(RESULTS))});`),
  };
  const outcome = await runJob(workspace, job, options);
  expect(outcome).toMatchObject({ passed: 1, failures: [], calls: 7 });
  expect(outcome.actions).toEqual(new Map([["trade", { done: 3, refused: 1 }]]));
  expect(readFileSync(path.join(folderOf(workspace), "L.log"), "utf8")).toBe(
    "0x7,5,\ntest --json --threads 1 --match-contract ^L$ --match-test ^invariant_\n",
  );
});

test("error: forge ends without results", async () => {
  const workspace = { root, forge: forge('console.log("Error: Compiler run failed");\nprocess.exit(1);') };
  const { failures } = await runJob(workspace, job, options);
  expect(failures).toEqual([{ test: "L", reason: "forge ended with 1\nError: Compiler run failed\n", sequence: [] }]);
});
