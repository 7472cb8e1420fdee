import { spawn } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { foundryBinary, repositoryRoot } from "./foundry.mjs";

/** forge's list of what is compiled, from `pnpm build`. */
const COMPILED = path.join(repositoryRoot, "packages/contracts/cache/solidity-files-cache.json");

/**
 * Runs a script of the contracts from the repository's root. Concurrent runs need folders of their own: forge keeps its broadcasts
 * there, and its list of what is compiled. It rewrites that list even if it compiles nothing, and a script that reads it
 * half-written compiles everything.
 *
 * @param {string} folder of this run
 * @param {string[]} args of `forge script`
 * @param {NodeJS.ProcessEnv} env added to this process's environment
 * @returns {Promise<{ code: number | null, output: string }>} the exit code, and what forge printed; null for a signal
 */
export async function forgeScript(folder, args, env) {
  const cache = path.join(folder, "cache");
  await mkdir(cache);
  await copyFile(COMPILED, path.join(cache, path.basename(COMPILED)));
  return new Promise((resolve, reject) => {
    const child = spawn(foundryBinary("forge"), ["script", ...args, "--color", "never"], {
      cwd: repositoryRoot,
      env: {
        ...process.env,
        ...env,
        FOUNDRY_BROADCAST: path.join(folder, "broadcast"),
        FOUNDRY_CACHE_PATH: cache,
        FOUNDRY_OFFLINE: "true",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    /** @param {string} chunk */
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
