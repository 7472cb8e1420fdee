import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Abi, AbiEvent, AbiFunction } from "viem";

/** A function or an event. */
type Fragment = AbiFunction | AbiEvent;

/**
 * The name of a fragment's export. Functions of the same name differ in the number of their parameters, in which their names
 * end then.
 */
const exportName = ({ name, inputs }: Fragment, all: readonly Fragment[]): string =>
  all.filter((each) => each.name === name).length > 1 ? `${name}${inputs.length}` : name;

/** Events are not anonymous by default. */
const withoutDefaults = (item: Fragment): object =>
  Object.fromEntries(Object.entries(item).filter(([key]) => key !== "anonymous"));

/** The functions and events of a contract by the names of their exports. */
export const fragmentsOf = (abi: Abi): [string, object][] => {
  const all = abi.filter((item): item is Fragment => item.type === "function" || item.type === "event");
  return all
    .map((item): [string, object] => [exportName(item, all), withoutDefaults(item)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
};

/** The name of a contract's module. */
export const moduleOf = (contract: string): string => contract.replace(/(?<=[a-z0-9])[A-Z]/g, "-$&").toLowerCase();

/**
 * Writes a module for each contract, with each function and event as a constant of its own, so that a bundle has those that
 * its actions use. Errors are left out: a call that reverts loads the table of all of them.
 */
export function writeFragments(folder: URL, header: string, contracts: readonly { name: string; abi: Abi }[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, abi } of contracts) {
    const constants = fragmentsOf(abi).map(([key, item]) => `export const ${key} = ${JSON.stringify(item)} as const;`);
    if (constants.length > 0)
      writeFileSync(new URL(`${moduleOf(name)}.ts`, folder), [header, ...constants, ""].join("\n"));
  }
}
