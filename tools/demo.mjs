// Builds the demo's dependencies without output, and runs the demo: `pnpm demo --help`.
import { run } from "@counterpoise/toolchain";
import { turbo } from "./turbo.mjs";

// An up-to-date build takes less, and needs no notice.
const QUIET_MILLISECONDS = 5_000;

const args = process.argv.slice(2);
// `pnpm demo -- --seed 3` passes the separator on.
if (args[0] === "--") args.shift();

process.exitCode = (await demo("check")) || (wantsHelp() ? 0 : (await build()) || (await demo("main")));

function wantsHelp() {
  return args.includes("--help") || args.includes("-h");
}

/** @param {"check" | "main"} entry */
function demo(entry) {
  return run(process.execPath, ["--import", "tsx", `apps/demo/src/${entry}.ts`, ...args]);
}

async function build() {
  let log = "";
  const notice = setTimeout(
    () => console.error("Compiling contracts (first run takes about two minutes)…"),
    QUIET_MILLISECONDS,
  );
  const exitCode = await turbo(["build", "--filter=@counterpoise/demo...", "--output-logs=errors-only"], {
    onOutput: (chunk) => {
      log += chunk;
    },
  });
  clearTimeout(notice);
  if (exitCode !== 0) console.error(log);
  return exitCode;
}
