// Runs forge test on the shipping build: `pnpm --filter @counterpoise/contracts test --match-contract Vault`. Test
// contracts are compiled without the slow optimizer (profile `quick`) and deploy the exchange from the artifacts of the
// default profile, which the last `build` wrote. Without arguments, as in CI, it also compares gas and sizes with the
// committed figures, and the parameter names of equal selectors with each other.

import { fileURLToPath } from "node:url";
import { foundryBinary, run } from "@counterpoise/toolchain";

const args = process.argv.slice(2);
const checks = args.length > 0 ? [] : [["bench.mjs", "--check"], ["selectors.mjs"]];
let exitCode = 0;
for (const [script = "", ...options] of checks) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  exitCode = (await run(process.execPath, [path, ...options])) || exitCode;
}
// `pnpm test` reads the totals from the last line, so the tests run last.
const testExitCode = await run(foundryBinary("forge"), ["test", ...args], {
  env: { FOUNDRY_PROFILE: "quick", DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json" },
});
process.exitCode = exitCode || testExitCode;
