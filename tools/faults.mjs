// The long form of the keepers' fault suite: `pnpm faults`. Each crash point for each kind of work, and 50 random kills.
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot, run } from "@counterpoise/toolchain";

const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
process.exitCode = await run(process.execPath, [vitest, "run", "test/crashes.test.ts"], {
  cwd: path.join(repositoryRoot, "apps/stack"),
  env: { NIGHTLY: "1" },
});
