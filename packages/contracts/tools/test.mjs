// forge test, quickly and on the build that ships: `pnpm --filter @counterpoise/contracts test --match-contract Vault`.
// Test contracts are compiled without the slow optimizer (profile `quick`), and deploy the exchange from the artifacts
// of the default profile, which the build before this has made.

import { foundryBinary } from "../../../tools/foundry.mjs";
import { run } from "../../../tools/process.mjs";

process.exitCode = await run(foundryBinary("forge"), ["test", ...process.argv.slice(2)], {
  env: { FOUNDRY_PROFILE: "quick", DEPLOY_ARTIFACT: "packages/contracts/out/Deploy.s.sol/Deploy.json" },
});
