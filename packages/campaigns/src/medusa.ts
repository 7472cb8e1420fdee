// The same properties under medusa, which is guided by coverage: `pnpm fuzz:medusa exchange --minutes 10`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, homedir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { pythonTool, run } from "@counterpoise/toolchain";
import { EXIT_FAILED, EXIT_USAGE, inContracts, repository, scriptArguments, type Workspace } from "./workspace.js";

const VERSION = "v1.5.1";
const HELP = `npx -y pnpm@10 fuzz:medusa [campaign] [options]

  exchange       trades, prices, time, liquidation, under the ledger laws (default)
  shares         the maths of shares and liabilities, with deposits and withdrawals of LPs

  --minutes N    time for the campaign (10)
  --install      install crytic-compile into .venv

Needs medusa, a Go program, and crytic-compile, a Python program that medusa runs. The corpus is in
packages/contracts/fuzz/medusa.`;

const CAMPAIGNS: Record<string, string[]> = {
  exchange: ["ExchangeWorld", "ExchangeCampaign"],
  shares: ["ShareVaultCampaign"],
};

async function main(workspace: Workspace): Promise<number> {
  const { values, positionals } = parseArgs({
    args: scriptArguments(),
    allowPositionals: true,
    options: {
      minutes: { type: "string", default: "10" },
      install: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [name = "exchange"] = positionals;
  const minutes = Number(values.minutes);
  const targets = CAMPAIGNS[name];
  if (values.help || targets === undefined || !(minutes > 0)) {
    console.log(HELP);
    return values.help ? 0 : EXIT_USAGE;
  }
  const medusa = findMedusa();
  const cryticCompile = await pythonTool("crytic-compile", "crytic-compile");
  if (medusa === undefined) {
    console.error(
      `medusa is neither on PATH nor in Go's folder of programs. With Go 1.24 or later:\n  go install github.com/crytic/medusa@${VERSION}`,
    );
  }
  if (medusa === undefined || cryticCompile === undefined) return EXIT_FAILED;

  const contracts = path.join(workspace.root, inContracts(""));
  const env = {
    FOUNDRY_PROFILE: "medusa",
    PATH: [path.dirname(workspace.forge), path.dirname(cryticCompile), process.env.PATH].join(path.delimiter),
  };
  writeFactory(contracts);
  console.log("Compiling…");
  let log = "";
  // --force: crytic-compile reads every build that it finds, so no older one may be left.
  const built = await run(workspace.forge, ["build", "--build-info", "--force"], {
    env,
    onOutput: (chunk) => {
      log += chunk;
    },
  });
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

function findMedusa(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), path.join(homedir(), "go/bin")];
  return folders.map((folder) => path.join(folder, "medusa")).find((candidate) => existsSync(candidate));
}

/** Writes the creation code of Uniswap's factory into a source: medusa reads no artifacts of npm packages. */
function writeFactory(contracts: string): void {
  const artifact = createRequire(import.meta.url).resolve(
    "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
  );
  const { bytecode } = JSON.parse(readFileSync(artifact, "utf8"));
  const folder = path.join(contracts, "medusa/generated");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "UniswapV3Factory.sol"),
    `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

/// @dev Generated from @uniswap/v3-core by packages/campaigns/src/medusa.ts.
bytes constant UNISWAP_V3_FACTORY = hex"${bytecode.slice(2)}";
`,
  );
}

process.exitCode = await main(repository());
