// Symbolic checks of the share and pricing libraries with halmos and cvc5: `pnpm analyze:symbolic`. What follows is handed
// on to halmos.
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { foundryBinary, pythonTool, repositoryRoot, run } from "@counterpoise/toolchain";

const CHECKS = "packages/contracts/test/symbolic";
const OUT = ".turbo/symbolic/out";
/** Seconds for one question to the solver. */
const SOLVER_SECONDS = 120;

process.exitCode = await check();

async function check() {
  const halmos = await pythonTool("halmos", "halmos");
  if (halmos === undefined) return 1;
  const forge = foundryBinary("forge");
  // halmos would go on checking what is there no longer.
  rmSync(path.join(repositoryRoot, OUT), { recursive: true, force: true });
  // The Python that halmos is installed for has cvc5 as well.
  const python = ["python3", "python.exe"].map((name) => path.join(path.dirname(halmos), name)).find(existsSync);
  const env = {
    FOUNDRY_PROFILE: "quick",
    FOUNDRY_OUT: OUT,
    FOUNDRY_CACHE_PATH: ".turbo/symbolic/cache",
    // Only what is checked: halmos has forge build everything otherwise, and reads all of it.
    FOUNDRY_SRC: CHECKS,
    FOUNDRY_TEST: CHECKS,
    FOUNDRY_SCRIPT: CHECKS,
    FOUNDRY_REMAPPINGS: `packages/contracts/src/:@openzeppelin/contracts/utils/math/Math.sol=${CHECKS}/model/Math.sol`,
    // halmos builds with forge itself.
    PATH: [path.dirname(forge), path.dirname(halmos), process.env.PATH].join(path.delimiter),
  };
  const args = process.argv.slice(2).filter((arg) => arg !== "--install" && arg !== "--");
  return run(
    halmos,
    [
      ...["--forge-build-out", OUT, "--match-contract", "Symbolic$"],
      ...["--solver-command", `${python ?? "python3"} ${path.join(repositoryRoot, "tools/solver.py")}`],
      ...["--solver-timeout-assertion", `${SOLVER_SECONDS}s`, "--statistics"],
      ...args,
    ],
    { env },
  );
}
