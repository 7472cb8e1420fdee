// The same properties under medusa, which is guided by coverage: `pnpm fuzz:medusa exchange --minutes 10`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, homedir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { foundryBinary, repositoryRoot, run } from "@counterpoise/toolchain";
import { pythonTool } from "./python.mjs";

const VERSION = "v1.5.1";
const HELP = `pnpm fuzz:medusa [campaign] [options]

  exchange       trades, prices, time, liquidation, under the ledger laws (default)
  shares         the maths of shares and liabilities, with LPs that come and go

  --minutes N    time for the campaign (10)
  --install      put crytic-compile into .venv

Needs medusa, a Go program, and crytic-compile, a Python one that it runs. The corpus is in packages/contracts/fuzz/medusa.`;

const campaigns = {
  exchange: ["ExchangeWorld", "ExchangeCampaign"],
  shares: ["ShareVaultCampaign"],
};

const contracts = path.join(repositoryRoot, "packages/contracts");
process.exitCode = await main();

async function main() {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2).filter((arg) => arg !== "--"),
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "10" },
      install: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [name = "exchange"] = positionals;
  const minutes = Number(values.minutes);
  const targets = campaigns[/** @type {keyof typeof campaigns} */ (name)];
  if (values.help || targets === undefined || !(minutes > 0)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const medusa = findMedusa();
  const cryticCompile = await pythonTool("crytic-compile", "crytic-compile");
  if (medusa === undefined) {
    console.error(
      `medusa is neither on PATH nor in Go's folder of programs. With Go 1.24 or later:\n  go install github.com/crytic/medusa@${VERSION}`,
    );
  }
  if (medusa === undefined || cryticCompile === undefined) return 1;

  const forge = foundryBinary("forge");
  const env = {
    FOUNDRY_PROFILE: "medusa",
    PATH: [path.dirname(forge), path.dirname(cryticCompile), process.env.PATH].join(path.delimiter),
  };
  writeFactory();
  console.log("Compiling…");
  let log = "";
  // crytic-compile reads every build that it finds.
  const build = ["build", "--build-info", "--force"];
  const built = await run(forge, build, { env, onOutput: (chunk) => (log += chunk) });
  if (built !== 0) {
    console.error(log);
    return built;
  }
  return run(
    medusa,
    [
      ...["fuzz", "--config", path.join(contracts, "medusa.json")],
      ...["--target-contracts", targets.join(",")],
      ...["--timeout", String(Math.ceil(minutes * 60))],
      ...["--workers", String(availableParallelism())],
      ...["--corpus-dir", path.join("fuzz/medusa", name)],
    ],
    { env },
  );
}

function findMedusa() {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), path.join(homedir(), "go/bin")];
  return folders.map((folder) => path.join(folder, "medusa")).find((candidate) => existsSync(candidate));
}

/** The creation code of Uniswap's factory: medusa reads no artifacts of npm packages. */
function writeFactory() {
  const artifact = createRequire(path.join(contracts, "package.json")).resolve(
    "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
  );
  const { bytecode } = JSON.parse(readFileSync(artifact, "utf8"));
  const folder = path.join(contracts, "medusa/generated");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "UniswapV3Factory.sol"),
    `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Made by tools/medusa.mjs from @uniswap/v3-core.
bytes constant UNISWAP_V3_FACTORY = hex"${bytecode.slice(2)}";
`,
  );
}
