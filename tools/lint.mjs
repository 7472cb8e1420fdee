// Static checks: formats and rules of TypeScript, JSON and Solidity, references, faults and wording. A failure does not stop
// the later checks, so that one run shows all findings.
import { createRequire } from "node:module";
import { foundryBinary, run } from "@counterpoise/toolchain";

const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
const forge = foundryBinary("forge");

const checks = [
  { name: "biome check", command: process.execPath, args: [biome, "check", "--error-on-warnings", "."] },
  { name: "forge fmt --check", command: forge, args: ["fmt", "--check"] },
  {
    name: "forge lint",
    command: forge,
    args: [
      // Without paths: with paths, forge does not read the exclusions of foundry.toml.
      ...["lint", "--deny", "warnings"],
      // solc's "there are more warnings". The counted ones are in dependencies, and ignored.
      ...["--ignored-error-codes", "4591"],
      // forge lint writes artifacts without bytecode, and marks them as up to date. In the build's folders they would
      // make the next `forge test` run no tests.
      ...["--no-cache", "--out", ".turbo/forge-lint"],
    ],
  },
  { name: "attacks and their tests", command: process.execPath, args: ["tools/threats.mjs"] },
  { name: "references of the documentation", command: process.execPath, args: ["tools/references.mjs"] },
  { name: "faults and their places", command: process.execPath, args: ["tools/mutate.mjs", "--check"] },
  { name: "packages and their publication", command: process.execPath, args: ["tools/packages.mjs"] },
  { name: "structure of the contracts", command: process.execPath, args: ["tools/structure.mjs"] },
  { name: "wording", command: process.execPath, args: ["tools/voice.mjs"] },
];

const failed = [];
for (const { name, command, args } of checks) {
  console.log(`\n${name}`);
  if ((await run(command, args)) !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(", ")}. \`npx -y pnpm@10 format\` repairs formatting.`);
  process.exitCode = 1;
}
