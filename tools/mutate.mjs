// `pnpm mutate` for callers without pnpm: `node tools/mutate.mjs --check`.
import { run } from "@counterpoise/toolchain";

const script = "packages/campaigns/src/mutate.ts";
process.exitCode = await run(process.execPath, ["--import", "tsx", script, ...process.argv.slice(2)]);
