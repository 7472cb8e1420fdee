// Sizes of the deployed contracts in the shipping build, compared with the limit and with bench/sizes.json.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** EIP-170 and EIP-3860, bytes. */
const RUNTIME_LIMIT = 24_576;
const INIT_LIMIT = 2 * RUNTIME_LIMIT;
/** Minimum distance to the limit, bytes, so that a repaired contract is deployable at once: contracts are not upgradeable. */
const ROOM = 1_000;

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(packageDir, "bench", "sizes.json");
/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
/** @param {string} code */
const bytes = (code) => (code.length - 2) / 2;

/**
 * Sizes of runtime and creation code of every contract of src that has external functions, largest first.
 *
 * @returns {Record<string, { runtime: number, init: number }>}
 */
export function measureSizes() {
  const sizes = [];
  for (const source of readdirSync(join(packageDir, "src"), { recursive: true, encoding: "utf8" })) {
    const folder = join(packageDir, "out", basename(source));
    if (!source.endsWith(".sol") || !existsSync(folder)) continue;
    for (const artifact of readdirSync(folder)) {
      // Artifacts of other profiles have the profile in their name, for example `Vault.quick.json`.
      if (!/^\w+\.json$/.test(artifact)) continue;
      const { abi, bytecode, deployedBytecode } = readJson(join(folder, artifact));
      const runtime = bytes(deployedBytecode.object);
      const isCalled = abi.some((/** @type {{ type: string }} */ { type }) => type === "function");
      if (runtime <= 0 || !isCalled) continue;
      sizes.push({ name: basename(artifact, ".json"), runtime, init: bytes(bytecode.object) });
    }
  }
  if (sizes.length === 0) throw new Error("no artifacts: the contracts are not built");
  sizes.sort((a, b) => b.runtime - a.runtime || a.name.localeCompare(b.name));
  return Object.fromEntries(sizes.map(({ name, runtime, init }) => [name, { runtime, init }]));
}

/**
 * Contracts that are too large, regardless of the committed file.
 *
 * @param {ReturnType<typeof measureSizes>} sizes
 * @returns {string[]}
 */
export function oversized(sizes) {
  const faults = [];
  for (const [name, { runtime, init }] of Object.entries(sizes)) {
    if (runtime > RUNTIME_LIMIT || init > INIT_LIMIT) {
      faults.push(
        `${name} cannot be deployed: runtime code ${runtime} of ${RUNTIME_LIMIT} bytes, creation code ${init} of ${INIT_LIMIT} bytes`,
      );
    } else if (runtime > RUNTIME_LIMIT - ROOM) {
      faults.push(`${name} is ${RUNTIME_LIMIT - runtime} bytes below the limit; the minimum is ${ROOM}`);
    }
  }
  return faults;
}

/**
 * Contracts that are larger than in bench/sizes.json.
 *
 * @param {ReturnType<typeof measureSizes>} sizes
 * @returns {string[]}
 */
export function grown(sizes) {
  const committed = existsSync(file) ? readJson(file).contracts : {};
  return Object.entries(sizes)
    .filter(([name, { runtime }]) => runtime > (committed[name]?.runtime ?? 0))
    .map(
      ([name, { runtime }]) =>
        `${name} has ${runtime} bytes, and bench/sizes.json says ${committed[name]?.runtime ?? 0}: run npx -y pnpm@10 bench and commit it`,
    );
}

/** @param {ReturnType<typeof measureSizes>} sizes */
export function printSizes(sizes) {
  console.log(`\n${"contract".padEnd(24)}${"bytes".padStart(9)}${"left".padStart(9)}${"to create".padStart(11)}`);
  for (const [name, { runtime, init }] of Object.entries(sizes)) {
    const cells = [runtime, RUNTIME_LIMIT - runtime].map((cell) => cell.toLocaleString("en-US").padStart(9)).join("");
    console.log(`${name.padEnd(24)}${cells}${init.toLocaleString("en-US").padStart(11)}`);
  }
}

/** @param {ReturnType<typeof measureSizes>} sizes */
export function writeSizes(sizes) {
  writeFileSync(file, `${JSON.stringify({ contracts: sizes }, null, 2)}\n`);
}
