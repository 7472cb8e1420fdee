// Symbolic checks of the share and pricing libraries with halmos: `pnpm analyze:symbolic`. What follows is handed on to it.
import path from "node:path";
import { foundryBinary } from "./foundry.mjs";
import { run } from "./process.mjs";
import { pythonTool } from "./python.mjs";

const CHECKS = "packages/contracts/test/symbolic";
const OUT = ".turbo/symbolic/out";
/** Seconds for one question to the solver. */
const SOLVER_SECONDS = 120;

process.exitCode = await check();

async function check() {
  const halmos = await pythonTool("halmos", "halmos");
  if (halmos === undefined) return 1;
  const forge = foundryBinary("forge");
  const env = {
    FOUNDRY_PROFILE: "quick",
    FOUNDRY_OUT: OUT,
    FOUNDRY_CACHE_PATH: ".turbo/symbolic/cache",
    // Only what is checked: halmos has forge build everything otherwise, and reads all of it.
    FOUNDRY_SRC: CHECKS,
    FOUNDRY_TEST: CHECKS,
    FOUNDRY_SCRIPT: CHECKS,
    // halmos builds with forge itself, and finds the solver beside itself.
    PATH: [path.dirname(forge), path.dirname(halmos), process.env.PATH].join(path.delimiter),
  };
  const args = process.argv.slice(2).filter((arg) => arg !== "--install" && arg !== "--");
  return run(
    halmos,
    [
      ...["--forge-build-out", OUT, "--match-contract", "Symbolic$"],
      ...["--solver-timeout-assertion", String(SOLVER_SECONDS * 1000), "--statistics"],
      ...args,
    ],
    { env },
  );
}
