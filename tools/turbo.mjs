// Runs tasks through turbo, with its telemetry and update checks off: `node tools/turbo.mjs build`.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { run } from "@counterpoise/toolchain";

const silence = { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1", DO_NOT_TRACK: "1" };

/**
 * @param {string[]} args The arguments after `turbo run`.
 * @param {import("@counterpoise/toolchain").RunOptions} [options]
 * @returns {Promise<number>} The exit code.
 */
export function turbo(args, options = {}) {
  const launcher = createRequire(import.meta.url).resolve("turbo/bin/turbo");
  return run(process.execPath, [launcher, "run", ...args], { ...options, env: { ...silence, ...options.env } });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await turbo(["--output-logs=new-only", ...process.argv.slice(2)]);
}
