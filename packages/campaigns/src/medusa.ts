// The same properties under medusa, which is guided by coverage: `pnpm fuzz:medusa exchange --minutes 10`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, homedir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { pythonTool, run } from "@counterpoise/toolchain";
import { EXIT_FAILED, EXIT_USAGE, inContracts, repository, scriptArguments, type Workspace } from "./workspace.js";

const MODULE = "github.com/crytic/medusa";
const VERSION = "v1.5.1";
const HELP = `npx -y pnpm@10 fuzz:medusa [campaign] [options]

  exchange       trades, prices, time, liquidation, under the ledger laws (default)
  shares         the maths of shares and liabilities, with deposits and withdrawals of LPs

  --minutes N    time for the campaign (10)
  --install      build medusa into .turbo/medusa (needs Go 1.24 or later) and install crytic-compile into .venv

Needs medusa, a Go program, and crytic-compile, a Python program that medusa runs. The corpus is in
packages/contracts/fuzz/medusa. Where the module proxy has no medusa, put a binary of its releases on PATH, or run the same
handlers and laws with forge: npx -y pnpm@10 fuzz --suite SolvencyInvariants`;

const NO_PROXY =
  "Where the module proxy has no medusa, put a binary of its releases on PATH, or run npx -y pnpm@10 fuzz --suite SolvencyInvariants.";

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
  let medusa = findMedusa(workspace.root);
  if (medusa === undefined && values.install) medusa = await buildMedusa(workspace.root);
  const cryticCompile = await pythonTool("crytic-compile", "crytic-compile");
  if (medusa === undefined) {
    console.error(`medusa is neither on PATH nor in Go's folder of programs. Add --install to build it. ${NO_PROXY}`);
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

function findMedusa(root: string): string | undefined {
  const folders = [inBuild(root), ...(process.env.PATH ?? "").split(path.delimiter), path.join(homedir(), "go/bin")];
  return folders.map((folder) => path.join(folder, "medusa")).find((candidate) => existsSync(candidate));
}

const inBuild = (root: string) => path.join(root, ".turbo/medusa");

/**
 * Builds medusa in a module of its own. `go install` of a version asks the proxy for the list of all versions too, which mirrors
 * may refuse.
 */
async function buildMedusa(root: string): Promise<string | undefined> {
  const cwd = inBuild(root);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(path.join(cwd, "go.mod"), `module medusa\n\ngo 1.24\n\nrequire ${MODULE} ${VERSION}\n`);
  console.log(`Building medusa ${VERSION}…`);
  try {
    await run("go", ["build", "-mod=mod", "-o", "medusa", MODULE], { cwd });
  } catch (error) {
    console.error(`go: ${error instanceof Error ? error.message : error}`);
  }
  return findMedusa(root);
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
