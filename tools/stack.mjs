// Builds the stack's dependencies without output, and runs it: `pnpm stack --help`.
import { run } from "@counterpoise/toolchain";
import { turbo } from "./turbo.mjs";

const args = process.argv.slice(2);
// `pnpm stack -- --reset` passes the separator on.
if (args[0] === "--") args.shift();

// An up-to-date build takes less, and needs no notice.
const QUIET_MILLISECONDS = 5_000;

const wantsHelp = args.includes("--help") || args.includes("-h");
process.exitCode =
  (wantsHelp ? 0 : await build()) ||
  (await run(process.execPath, ["--import", "tsx", "apps/stack/src/main.ts", ...args]));

async function build() {
  let log = "";
  const notice = setTimeout(
    () => console.error("Compiling contracts (the first time, some minutes)…"),
    QUIET_MILLISECONDS,
  );
  const exitCode = await turbo(["build", "--filter=@counterpoise/stack...", "--output-logs=errors-only"], {
    onOutput: (chunk) => {
      log += chunk;
    },
  });
  clearTimeout(notice);
  if (exitCode !== 0) console.error(log);
  return exitCode;
}
