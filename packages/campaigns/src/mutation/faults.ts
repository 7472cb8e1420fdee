// The list of faults in packages/contracts/mutations, and the checks that keep it in step with the sources.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inContracts } from "../workspace.js";
import { matches, solidityFilesIn } from "./files.js";
import type { Results } from "./results.js";

/** One fault: `original` in the source becomes `replacement`. */
export interface Fault {
  id: string;
  /** The consequence, as a sentence. */
  fault: string;
  original: string;
  replacement: string;
  /** A glob of the test files that are expected to notice the fault. */
  tests?: string;
  /** The reason why no test can notice it. */
  survives?: string;
}

/** A fault with its file in `packages/contracts/src` and its tests in `packages/contracts/test`. */
export interface Mutant extends Fault {
  file: string;
  tests: string;
}

interface Group {
  file: string;
  tests: string;
  faults: Fault[];
}

/** The smallest part of the faults that tests have to notice. */
export const LEAST_SCORE = 0.95;
const LEAST_MUTANTS = 60;

/** Imports the lists of faults. The faults of a group have the group's tests unless they name their own. */
export async function readMutants(root: string): Promise<Mutant[]> {
  const folder = path.join(root, inContracts("mutations"));
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  const modules = await Promise.all(files.map((name) => import(pathToFileURL(path.join(folder, name)).href)));
  return modules.flatMap(({ default: groups }: { default: Group[] }) => mutantsOf(groups));
}

export function mutantsOf(groups: Group[]): Mutant[] {
  return groups.flatMap(({ file, tests, faults }) => faults.map((fault) => ({ tests, ...fault, file })));
}

/** The ids of the faults that no run has tried. */
export function untriedOf(mutants: Mutant[], results: Results): string[] {
  return mutants.filter(({ id }) => results[id] === undefined).map(({ id }) => id);
}

/** The number of times that a fault's original occurs in its file. */
export function placesOf(root: string, { file, original }: Pick<Mutant, "file" | "original">): number {
  const source = path.join(root, inContracts("src"), file);
  return existsSync(source) ? readFileSync(source, "utf8").split(original).length - 1 : 0;
}

/**
 * Checks the list against the sources, the tests and the results.
 *
 * @returns one sentence for each discrepancy
 */
export function checkMutants(
  root: string,
  mutants: Mutant[],
  results: Results,
  leastMutants = LEAST_MUTANTS,
): string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  const testFiles = solidityFilesIn(path.join(root, inContracts("test"))).filter((name) => name.endsWith(".t.sol"));
  for (const mutant of mutants) {
    const { id, file } = mutant;
    if (ids.has(id)) faults.push(`${id} is the id of two faults`);
    ids.add(id);
    const places = placesOf(root, mutant);
    if (places !== 1) faults.push(`${id}: its original is ${places} times in ${file}, and must be there once`);
    if (mutant.original === mutant.replacement) faults.push(`${id} changes nothing`);
    if (!testFiles.some((name) => matches(name, [mutant.tests]))) faults.push(`${id}: no test matches ${mutant.tests}`);
    const result = results[id]?.result;
    if (result === "survived" && !mutant.survives) faults.push(`${id} survived, and the list does not say why`);
    if (result === "killed" && mutant.survives) faults.push(`${id} was killed, and the list says why it survives`);
  }
  for (const id of Object.keys(results)) {
    if (!ids.has(id)) faults.push(`results.json has ${id}, which is not on the list`);
  }
  if (mutants.length < leastMutants) faults.push(`${mutants.length} faults are less than ${leastMutants}`);
  const survived = mutants.filter(({ id }) => results[id]?.result === "survived").length;
  if (1 - survived / mutants.length < LEAST_SCORE) faults.push(`${survived} of ${mutants.length} faults survived`);
  return faults;
}
