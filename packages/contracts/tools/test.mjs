<<<<<<< HEAD
// forge test, quickly and on the build that ships: `pnpm --filter @counterpoise/contracts test --match-contract Vault`.
// Test contracts are compiled without the slow optimizer (profile `quick`), and deploy the exchange from the artifacts
// of the default profile, which the build before this has made. Without arguments, which is how CI runs it, gas and sizes
// are compared with the committed figures, and selectors with each other.
=======
// Runs forge test on the shipping build: `pnpm --filter @counterpoise/contracts test --match-contract Vault`. Test
// contracts are compiled without the slow optimizer (profile `quick`) and deploy the exchange from the artifacts of the
// default profile, which the last `build` wrote. Without arguments, as in CI, it also compares gas and sizes with the
// committed figures.
>>>>>>> c518bef650b1ef352e731a857fde9b546470578e

import { fileURLToPath } from "node:url";
import { foundryBinary, run } from "@counterpoise/toolchain";

const args = process.argv.slice(2);
<<<<<<< HEAD
const checks = args.length > 0 ? [] : [["bench.mjs", "--check"], ["selectors.mjs"]];
let exitCode = 0;
for (const [script, ...options] of checks) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  exitCode = (await run(process.execPath, [path, ...options])) || exitCode;
}
// The totals that `pnpm test` looks for are those of the last line, so that the tests come last.
=======
// `pnpm test` reads the totals from the last line, so the tests run last.
const benchExitCode =
  args.length > 0
    ? 0
    : await run(process.execPath, [fileURLToPath(new URL("./bench.mjs", import.meta.url)), "--check"]);
>>>>>>> c518bef650b1ef352e731a857fde9b546470578e
const testExitCode = await run(foundryBinary("forge"), ["test", ...args], {
  env: { FOUNDRY_PROFILE: "quick", DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json" },
});
process.exitCode = exitCode || testExitCode;
