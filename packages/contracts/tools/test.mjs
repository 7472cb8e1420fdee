// forge test, quickly and on the build that ships: `pnpm --filter @counterpoise/contracts test --match-contract Vault`.
// Test contracts are compiled without the slow optimizer (profile `quick`), and deploy the exchange from the artifacts
// of the default profile, which the build before this has made. Without arguments, which is how CI runs it, gas and sizes
// are compared with the committed figures as well.

import { fileURLToPath } from "node:url";
import { foundryBinary, run } from "@counterpoise/toolchain";

const args = process.argv.slice(2);
// The totals that `pnpm test` looks for are those of the last line, so that the tests come last.
const benchExitCode =
  args.length > 0
    ? 0
    : await run(process.execPath, [fileURLToPath(new URL("./bench.mjs", import.meta.url)), "--check"]);
const testExitCode = await run(foundryBinary("forge"), ["test", ...args], {
  env: { FOUNDRY_PROFILE: "quick", DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json" },
});
process.exitCode = benchExitCode || testExitCode;
