// Builds the simulator's dependencies without output, and runs it: `pnpm simulate --help`.
import { run } from "@counterpoise/toolchain";
import { turbo } from "./turbo.mjs";

const args = process.argv.slice(2);
// `pnpm simulate -- run` passes the separator on.
if (args[0] === "--") args.shift();

process.exitCode =
  (await build()) || (await run(process.execPath, ["--import", "tsx", "packages/simulator/src/cli/main.ts", ...args]));

async function build() {
  let log = "";
  const exitCode = await turbo(["build", "--filter=@counterpoise/simulator...", "--output-logs=errors-only"], {
    onOutput: (chunk) => {
      log += chunk;
    },
  });
  if (exitCode !== 0) console.error(log);
  return exitCode;
}
