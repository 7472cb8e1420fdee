// Runs a Foundry binary from the repository's root and returns its exit code: `node tools/foundry.mjs forge test`.
import { fileURLToPath } from "node:url";
import { foundryBinary, foundryTools, run } from "@counterpoise/toolchain";

export { foundryBinary, repositoryRoot } from "@counterpoise/toolchain";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  const tool = foundryTools.find((candidate) => candidate === name);
  if (tool === undefined) {
    console.error(`usage: node tools/foundry.mjs <${foundryTools.join("|")}> [arguments]`);
    process.exitCode = 2;
  } else process.exitCode = await run(foundryBinary(tool), args);
}
