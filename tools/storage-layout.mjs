// Storage layouts of contracts, from a compilation that makes no code and takes a few seconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";

/**
 * A variable and where it is: `label slot:offset type`. The type names the members of structs.
 *
 * @typedef {string} Variable
 */

/**
 * @typedef {object} CompiledLayout
 * @property {{ label: string, slot: string, offset: number, type: string }[]} storage
 * @property {Record<string, { label: string, members?: CompiledLayout["storage"], value?: string, base?: string }> | null} types
 */

const contracts = path.join(repositoryRoot, "packages", "contracts");
const solc = createRequire(path.join(contracts, "package.json"))("solc");
const packages = path.join(contracts, "node_modules");

/**
 * @param {string[]} files Of packages/contracts.
 * @returns {Record<string, { storage: Variable[], transient: Variable[] }>} By contract.
 */
export function storageLayouts(files) {
  const outputs = ["storageLayout", "transientStorageLayout"];
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(files.map((file) => [file, { content: read(file) }])),
    settings: {
      evmVersion: "cancun",
      outputSelection: Object.fromEntries(files.map((file) => [file, { "*": outputs }])),
    },
  };
  const { errors = [], contracts: compiled } = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (/** @type {string} */ file) => ({ contents: read(file) }) }),
  );
  const failure = errors.find((/** @type {{ severity: string }} */ { severity }) => severity === "error");
  if (failure) throw new Error(failure.formattedMessage);
  return Object.fromEntries(
    files.flatMap((file) =>
      Object.entries(compiled[file]).map(([name, { storageLayout, transientStorageLayout }]) => [
        name,
        { storage: variablesOf(storageLayout), transient: variablesOf(transientStorageLayout) },
      ]),
    ),
  );
}

/**
 * @param {CompiledLayout} layout
 * @returns {Variable[]}
 */
export function variablesOf({ storage, types }) {
  /**
   * @param {string} id
   * @returns {string}
   */
  const describe = (id) => {
    const type = types?.[id];
    const members = type?.members?.map(
      (member) => `${member.label} ${member.slot}:${member.offset} ${describe(member.type)}`,
    );
    const value = type?.value ? ` of ${describe(type.value)}` : "";
    const base = type?.base ? ` of ${describe(type.base)}` : "";
    return `${type?.label ?? id}${value}${base}${members ? ` {${members.join(", ")}}` : ""}`;
  };
  return storage.map(({ label, slot, offset, type }) => `${label} ${slot}:${offset} ${describe(type)}`);
}

/** @param {string} file */
function read(file) {
  return readFileSync(file.startsWith("@") ? path.join(packages, file) : path.join(contracts, file), "utf8");
}
