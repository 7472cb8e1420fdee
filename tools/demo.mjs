// Builds what the demo needs, quietly, and runs it: `pnpm demo --help`.
import { run } from "./process.mjs";
import { turbo } from "./turbo.mjs";

// An up-to-date build takes less, and then there is nothing to say.
const QUIET_MILLISECONDS = 3_000;

let log = "";
const notice = setTimeout(
  () => console.error("Compiling contracts (first run takes about two minutes)…"),
  QUIET_MILLISECONDS,
);
const built = await turbo(["build", "--filter=@counterpoise/demo...", "--output-logs=errors-only"], {
  onOutput: (chunk) => {
    log += chunk;
  },
});
clearTimeout(notice);

if (built !== 0) {
  console.error(log);
  process.exitCode = built;
} else {
  const args = process.argv.slice(2);
  // `pnpm demo -- --seed 3` hands the separator on.
  if (args[0] === "--") args.shift();
  process.exitCode = await run(process.execPath, ["--import", "tsx", "apps/demo/src/main.ts", ...args]);
}
