import { spawn } from "node:child_process";
import { constants } from "node:os";
import { repositoryRoot } from "./foundry.mjs";

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] Added to this process's environment.
 * @property {string} [cwd] Instead of the repository's root.
 * @property {(chunk: string) => void} [onOutput] Receives the command's output, which then is not printed.
 * @property {AbortSignal} [signal] Ends the command.
 */

/**
 * Runs a command from the repository's root, unless `cwd` names another folder, and returns its exit code.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env, cwd = repositoryRoot, onOutput, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: onOutput ? ["inherit", "pipe", "pipe"] : "inherit",
    });
    const abort = () => child.kill("SIGTERM");
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    child.stdout?.setEncoding("utf8").on("data", onOutput ?? (() => {}));
    child.stderr?.setEncoding("utf8").on("data", onOutput ?? (() => {}));

    // A terminal sends Ctrl-C to the child as well, which then ends in its own time.
    const wait = () => {};
    const terminate = () => child.kill("SIGTERM");
    process.on("SIGINT", wait);
    process.on("SIGTERM", terminate);
    child.on("error", reject);
    child.on("close", (code, endedBy) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", terminate);
      signal?.removeEventListener("abort", abort);
      resolve(code ?? 128 + (endedBy ? constants.signals[endedBy] : 0));
    });
  });
}
