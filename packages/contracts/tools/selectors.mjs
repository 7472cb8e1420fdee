// No two errors, events or functions of the exchange share a selector or topic with different parameter names: clients
// decode by selector, and would label the values wrongly. Run by `pnpm test contracts`, on the artifacts of the build.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Interfaces of standards, which fix the names of their functions and events. */
const STANDARDS = /^IERC\d+/;

// solc's own hash function.
const requireFromSolc = createRequire(createRequire(import.meta.url).resolve("solc/package.json"));
/** @type {(text: string) => string} */
const keccak256 = requireFromSolc("js-sha3").keccak256;

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));

/** @typedef {{ type: string, name?: string, inputs?: Parameter[] }} Item */
/** @typedef {{ type: string, name: string, indexed?: boolean, components?: Parameter[] }} Parameter */
/** @typedef {{ contract: string, signature: string, parameters: Parameter[] }} Use */

/** @param {Parameter} parameter @returns {string} */
const typeOf = ({ type, components }) =>
  components === undefined ? type : `(${components.map(typeOf).join(",")})${type.slice("tuple".length)}`;

/**
 * Whether a client reads the same labels. An unnamed parameter has no label.
 *
 * @param {Parameter[]} some @param {Parameter[]} others @returns {boolean}
 */
const haveSameNames = (some, others) =>
  some.every((parameter, index) => {
    const other = others[index];
    if (parameter.name === "" || other.name === "") return true;
    return (
      parameter.name === other.name &&
      (parameter.indexed ?? false) === (other.indexed ?? false) &&
      haveSameNames(parameter.components ?? [], other.components ?? [])
    );
  });

/** @param {Use} use */
const describe = ({ contract, parameters }) =>
  `${contract}(${parameters.map(({ name, indexed }) => `${indexed ? "indexed " : ""}${name}`).join(", ")})`;

/** @returns {{ contract: string, abi: Item[] }[]} The ABIs of all that the sources declare. */
function readAbis() {
  const abis = [];
  for (const source of readdirSync(join(packageDir, "src"), { recursive: true, encoding: "utf8" })) {
    const folder = join(packageDir, "out", basename(source));
    if (!source.endsWith(".sol") || !existsSync(folder)) continue;
    const text = readFileSync(join(packageDir, "src", source), "utf8");
    // Artifacts of contracts that no longer exist stay in the folder.
    for (const [, contract] of text.matchAll(/^(?:abstract contract|contract|interface|library) (\w+)/gm)) {
      const artifact = join(folder, `${contract}.json`);
      if (existsSync(artifact)) abis.push({ contract, abi: JSON.parse(readFileSync(artifact, "utf8")).abi });
    }
  }
  if (abis.length === 0) throw new Error("no artifacts: the contracts are not built");
  return abis;
}

const abis = readAbis();
/** @type {Map<string, Use[]>} By kind and selector. */
const uses = new Map();
const standards = new Set();
for (const { contract, abi } of abis) {
  for (const { type, name, inputs = [] } of abi) {
    if (name === undefined) continue;
    const signature = `${name}(${inputs.map(typeOf).join(",")})`;
    const hash = keccak256(signature);
    const key = `${type} 0x${type === "event" ? hash : hash.slice(0, 8)}`;
    if (STANDARDS.test(contract)) standards.add(key);
    uses.set(key, [...(uses.get(key) ?? []), { contract, signature, parameters: inputs }]);
  }
}

let faults = 0;
for (const [key, [first, ...others]] of uses) {
  if (standards.has(key)) continue;
  const other = others.find(
    ({ signature, parameters }) => signature !== first.signature || !haveSameNames(first.parameters, parameters),
  );
  if (other === undefined) continue;
  faults += 1;
  console.error(`${key} ${first.signature} has two meanings: ${describe(first)}, ${describe(other)}`);
}
console.log(`${uses.size} selectors and topics, ${faults} with two meanings`);
if (faults > 0) process.exitCode = 1;
