// Runs a Foundry binary of the workspace from the repository's root: `node tools/foundry.mjs forge test`.
// The packages' own launchers (node_modules/.bin/forge and its like) end with exit code 0 whatever the binary's is, and
// killing them can leave the binary running. Hence the platform's binary is resolved and started directly.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {"anvil" | "cast" | "forge"} FoundryTool */

export const repositoryRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const tools = ["anvil", "cast", "forge"];
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
  // The platform's package is a dependency of the tool's package, and cannot be seen from here without it.
  const launcher = createRequire(import.meta.url).resolve(`@foundry-rs/${tool}/package.json`);
  try {
    return createRequire(launcher).resolve(`${platformPackage}/bin/${executable}`);
  } catch (cause) {
    throw new Error(`${platformPackage} is not installed: Foundry has no ${tool} for this platform`, { cause });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tool, ...args] = process.argv.slice(2);
  if (!tool || !tools.includes(tool)) {
    console.error(`usage: node tools/foundry.mjs <${tools.join("|")}> [arguments]`);
    process.exit(2);
  }
  const child = spawn(foundryBinary(/** @type {FoundryTool} */ (tool)), args, {
    cwd: repositoryRoot,
    stdio: "inherit",
  });
  // A terminal sends Ctrl-C to both; this process only has to outlive the binary and pass its exit code on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
}
