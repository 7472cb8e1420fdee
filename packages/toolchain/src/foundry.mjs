// Foundry's binaries. The launchers that npm installs (node_modules/.bin/forge and its like) end with exit code 0 whether or
// not the binary succeeded, and killing a launcher can leave its binary running. Hence callers start the platform's binary
// directly.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {"anvil" | "cast" | "forge"} FoundryTool */

/** @type {FoundryTool[]} */
export const foundryTools = ["anvil", "cast", "forge"];

export const repositoryRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

const architectures = { arm64: "arm64", x64: "amd64" };

/**
 * The path of a Foundry binary for this platform.
 *
 * @param {FoundryTool} tool
 * @returns {string}
 */
export function foundryBinary(tool) {
  const architecture = architectures[/** @type {keyof typeof architectures} */ (process.arch)] ?? process.arch;
  const platformPackage = `@foundry-rs/${tool}-${process.platform}-${architecture}`;
  const executable = process.platform === "win32" ? `${tool}.exe` : tool;
  // The platform's package is a dependency of the tool's package, and resolves from there only.
  const launcher = createRequire(import.meta.url).resolve(`@foundry-rs/${tool}/package.json`);
  try {
    return createRequire(launcher).resolve(`${platformPackage}/bin/${executable}`);
  } catch (cause) {
    throw new Error(`${platformPackage} is not installed: Foundry has no ${tool} for this platform`, { cause });
  }
}
