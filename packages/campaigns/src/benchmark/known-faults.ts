// Proven attacks, the fault that brings each back, and the suites that are expected to find it. The list is
// packages/contracts/mutations/attacks.json, and the last results are in rediscovery.json beside it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Mutant } from "../mutation/faults.js";
import { inContracts } from "../workspace.js";

export interface KnownFault {
  /** The attack's number in docs/security.md. */
  attack: string;
  /** The id of a fault in packages/contracts/mutations that permits the attack. */
  fault: string;
  /** A regular expression of the suites that are expected to find it. */
  suites?: string;
  /** The reason why no suite can. */
  unreachable?: string;
}

/** `found`: seconds of fuzzing until the first failure, and what failed. */
export type Rediscovery = { result: "found"; seconds: number; by: string } | { result: "missed"; minutes: number };

/** By the attack. */
export type Rediscoveries = Record<string, Rediscovery>;

const inMutations = (root: string, name: string) => path.join(root, inContracts("mutations"), name);
const read = (file: string) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

export const readKnownFaults = (root: string): KnownFault[] => read(inMutations(root, "attacks.json")) ?? [];

export const readRediscoveries = (root: string): Rediscoveries => read(inMutations(root, "rediscovery.json")) ?? {};

/** Stores a result, in the order of the list. Results of attacks that left the list are removed. */
export function writeRediscovery(root: string, list: KnownFault[], attack: string, result: Rediscovery): void {
  const results: Rediscoveries = { ...readRediscoveries(root), [attack]: result };
  const kept = list.flatMap(({ attack: id }) => (results[id] === undefined ? [] : [[id, results[id]]]));
  writeFileSync(inMutations(root, "rediscovery.json"), `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`);
}

/** The names of the invariant suites, from their sources. */
export function invariantSuitesOf(root: string): string[] {
  const folder = path.join(root, inContracts("test/invariant"));
  return readdirSync(folder)
    .filter((name) => name.endsWith(".t.sol"))
    .flatMap((name) => [...readFileSync(path.join(folder, name), "utf8").matchAll(/^contract (\w+)/gm)])
    .map(([, contract = ""]) => contract);
}

/**
 * Checks the list against the faults and the invariant suites.
 *
 * @param suites names of test contracts with invariants
 * @returns one sentence for each discrepancy
 */
export function checkKnownFaults(
  list: KnownFault[],
  mutants: Mutant[],
  suites: string[],
  results: Rediscoveries,
): string[] {
  const problems: string[] = [];
  const ids = new Set(mutants.map(({ id }) => id));
  const attacks = new Set<string>();
  for (const { attack, fault, suites: wanted, unreachable } of list) {
    if (attacks.has(attack)) problems.push(`${attack} is on the list twice`);
    attacks.add(attack);
    if (!ids.has(fault)) problems.push(`${attack}: there is no fault ${fault}`);
    if ((wanted === undefined) === (unreachable === undefined)) {
      problems.push(`${attack} has either suites or the reason why none can find it`);
    }
    if (wanted !== undefined && !suites.some((suite) => new RegExp(wanted).test(suite))) {
      problems.push(`${attack}: no suite matches ${wanted}`);
    }
    const result = results[attack]?.result;
    if (result === "found" && unreachable !== undefined)
      problems.push(`${attack} was found, and the list says why it cannot be`);
  }
  for (const attack of Object.keys(results)) {
    if (!attacks.has(attack)) problems.push(`rediscovery.json has ${attack}, which is not on the list`);
  }
  return problems;
}

/** A table of results, with the median of those that were found. */
export function summarizeRediscoveries(list: KnownFault[], results: Rediscoveries): string {
  const lines = list.map(({ attack, fault, unreachable }) => {
    const result = results[attack];
    const text =
      unreachable !== undefined
        ? `not played: ${unreachable}`
        : result === undefined
          ? "not tried"
          : result.result === "missed"
            ? `not found in ${result.minutes} min`
            : `${result.seconds} s  ${result.by}`;
    return `  ${attack.padEnd(5)}${fault.padEnd(46)}${text}`;
  });
  const times = list
    .flatMap(({ attack }) => {
      const result = results[attack];
      return result?.result === "found" ? [result.seconds] : [];
    })
    .sort((a, b) => a - b);
  const middle = times.length / 2;
  const median =
    times.length === 0 ? undefined : ((times[Math.ceil(middle) - 1] ?? 0) + (times[Math.floor(middle)] ?? 0)) / 2;
  const played = list.filter(({ unreachable }) => unreachable === undefined).length;
  const end = `${times.length} of ${played} found${median === undefined ? "" : `, median ${median} s`}; ${list.length - played} not played`;
  return [...lines, "", end].join("\n");
}
