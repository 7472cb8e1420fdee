// Symbolic checks of the share and pricing libraries with halmos and cvc5: `pnpm analyze:symbolic`. Passes its
// arguments to halmos.
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { foundryBinary, pythonTool, repositoryRoot, run } from "@counterpoise/toolchain";

const CHECKS = "packages/contracts/test/symbolic";
const OUT = ".turbo/symbolic/out";
/** Time limit of one query to the solver, seconds. */
const SOLVER_SECONDS = 120;

process.exitCode = await check();

async function check() {
  const halmos = await pythonTool("halmos", "halmos");
  if (halmos === undefined) return 1;
  const forge = foundryBinary("forge");
  // halmos would also check artifacts whose source was removed.
  rmSync(path.join(repositoryRoot, OUT), { recursive: true, force: true });
  // cvc5 is installed in the same Python environment as halmos.
  const python = ["python3", "python.exe"].map((name) => path.join(path.dirname(halmos), name)).find(existsSync);
  const env = {
    FOUNDRY_PROFILE: "quick",
    FOUNDRY_OUT: OUT,
    FOUNDRY_CACHE_PATH: ".turbo/symbolic/cache",
    // Limits the build to the checks. Otherwise halmos builds and reads the whole repository.
    FOUNDRY_SRC: CHECKS,
    FOUNDRY_TEST: CHECKS,
    FOUNDRY_SCRIPT: CHECKS,
    FOUNDRY_REMAPPINGS: `packages/contracts/src/:@openzeppelin/contracts/utils/math/Math.sol=${CHECKS}/model/Math.sol`,
    // halmos calls forge to build.
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
