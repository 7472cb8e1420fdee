// The sizes of what is deployed, in the build that ships, against the limit and against bench/sizes.json.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** EIP-170 and EIP-3860, bytes. */
const RUNTIME_LIMIT = 24_576;
const INIT_LIMIT = 2 * RUNTIME_LIMIT;
/**
 * Bytes to be left under the limit. Contracts are not upgradeable, but a deployment of a repaired one must be possible at
 * once: 256 bytes hold three or four more checks with their typed errors.
 */
const ROOM = 256;

const packageDir = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(packageDir, "bench", "sizes.json");
/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
/** @param {string} code */
const bytes = (code) => (code.length - 2) / 2;

/**
 * Runtime and creation code of every contract of src that has functions of its own, largest first.
 *
 * @returns {Record<string, { runtime: number, init: number }>}
 */
export function measureSizes() {
  const sizes = [];
  for (const source of readdirSync(join(packageDir, "src"), { recursive: true, encoding: "utf8" })) {
    const folder = join(packageDir, "out", basename(source));
    if (!source.endsWith(".sol") || !existsSync(folder)) continue;
    for (const artifact of readdirSync(folder)) {
      // An artifact per profile is named after it, `Vault.quick.json`.
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
 * What is too large whatever the committed file says.
 *
 * @param {ReturnType<typeof measureSizes>} sizes
 * @returns {string[]}
 */
export function oversized(sizes) {
  const faults = [];
  for (const [name, { runtime, init }] of Object.entries(sizes)) {
    if (runtime > RUNTIME_LIMIT || init > INIT_LIMIT) {
      faults.push(
        `${name} cannot be deployed: ${runtime} of ${RUNTIME_LIMIT} bytes, ${init} of ${INIT_LIMIT} to create it`,
      );
    } else if (runtime > RUNTIME_LIMIT - ROOM) {
      faults.push(`${name} leaves ${RUNTIME_LIMIT - runtime} bytes, which is less than ${ROOM}`);
    }
  }
  return faults;
}

/**
 * What has grown without bench/sizes.json saying so.
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
