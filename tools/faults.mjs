// The fault suites with real processes: `pnpm faults`. For keepers and the relayer, each crash point for each kind of work, random
// kills, and faults of nodes, prices and databases; for a deployment, a kill at each of its transactions; for the
// indexer, a kill and a rebuild.
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot, run } from "@counterpoise/toolchain";

const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const suites = [
  { folder: "apps/stack", files: "test" },
  { folder: "packages/deploy", files: "test/kill.test.ts" },
  { folder: "apps/indexer", files: "test" },
];
for (const { folder, files } of suites) {
  const exitCode = await run(process.execPath, [vitest, "run", files], {
    cwd: path.join(repositoryRoot, folder),
    env: { NIGHTLY: "1" },
  });
  if (exitCode !== 0) process.exitCode = exitCode;
}
