// The keepers' fault suite with real processes: `pnpm faults`. Each crash point for each kind of work, 50 random kills, and faults
// of nodes, prices and databases.
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot, run } from "@counterpoise/toolchain";

const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
process.exitCode = await run(process.execPath, [vitest, "run", "test"], {
  cwd: path.join(repositoryRoot, "apps/stack"),
  env: { NIGHTLY: "1" },
});
