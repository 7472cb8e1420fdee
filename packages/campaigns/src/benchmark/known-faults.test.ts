import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readMutants } from "../mutation/faults.js";
import { repository } from "../workspace.js";
import {
  checkKnownFaults,
  invariantSuitesOf,
  type KnownFault,
  readKnownFaults,
  readRediscoveries,
  summarizeRediscoveries,
  writeRediscovery,
} from "./known-faults.js";

const mutants = [
  { id: "no-cap", fault: "no cap", original: "a", replacement: "b", file: "Cap.sol", tests: "Cap.t.sol" },
];
const cap: KnownFault = { attack: "T90", fault: "no-cap", suites: "^Cap" };
const gone: KnownFault = { attack: "T91", fault: "no-cap", unreachable: "no suite has a cap" };

test("default: the list of the repository names faults and suites that exist, and every attack from T36 on", async () => {
  const { root } = repository();
  const list = readKnownFaults(root);
  const problems = checkKnownFaults(list, await readMutants(root), invariantSuitesOf(root), readRediscoveries(root));
  expect(problems).toEqual([]);
  expect(list.map(({ attack }) => attack)).toEqual(Array.from({ length: 30 }, (_, index) => `T${36 + index}`));
});

test("behavior: each discrepancy of a list has a sentence", () => {
  const list = [{ ...cap, fault: "none" }, { ...cap, suites: "^Other" }, { attack: "T92", fault: "no-cap" }, gone];
  const results = { T91: { result: "found", seconds: 1, by: "C.i" }, T1: { result: "missed", minutes: 5 } } as const;
  expect(checkKnownFaults(list, mutants, ["CapInvariants"], results)).toEqual([
    "T90: there is no fault none",
    "T90 is on the list twice",
    "T90: no suite matches ^Other",
    "T92 has either suites or the reason why none can find it",
    "T91 was found, and the list says why it cannot be",
    "rediscovery.json has T1, which is not on the list",
  ]);
});

test("writeRediscovery: results in the order of the list, without attacks that left it", () => {
  const root = mkdtempSync(path.join(tmpdir(), "rediscovery-"));
  const folder = path.join(root, "packages/contracts/mutations");
  mkdirSync(folder, { recursive: true });
  const list = [cap, { ...cap, attack: "T95" }];
  writeRediscovery(root, [...list, gone], "T91", { result: "missed", minutes: 5 });
  writeRediscovery(root, list, "T95", { result: "found", seconds: 9, by: "C.i" });
  writeRediscovery(root, list, "T90", { result: "missed", minutes: 5 });
  expect(Object.keys(JSON.parse(readFileSync(path.join(folder, "rediscovery.json"), "utf8")))).toEqual(["T90", "T95"]);
  rmSync(root, { recursive: true });
});

test("summarizeRediscoveries: times, the median of those found, and what is not played", () => {
  const list = [cap, { ...cap, attack: "T95" }, { ...cap, attack: "T96" }, { ...cap, attack: "T97" }, gone];
  const text = summarizeRediscoveries(list, {
    T90: { result: "found", seconds: 10, by: "C.i" },
    T95: { result: "found", seconds: 20, by: "C.j" },
    T96: { result: "missed", minutes: 5 },
  });
  expect(text.split("\n").map((line) => line.replaceAll(/ +/g, " ").trim())).toEqual([
    "T90 no-cap 10 s C.i",
    "T95 no-cap 20 s C.j",
    "T96 no-cap not found in 5 min",
    "T97 no-cap not tried",
    "T91 no-cap not played: no suite has a cap",
    "",
    "2 of 4 found, median 15 s; 1 not played",
  ]);
});
