// Checks the options and files of the demo before the contracts are compiled, and prints the help text.
import { stat } from "node:fs/promises";
import path from "node:path";
import { parseDemoArgs, USAGE, UsageError } from "./args.js";
import { ConfigError, readConfig } from "./config.js";
import { PriceFileError, readPriceFile } from "./prices.js";

try {
  const { help, prices, json, config } = parseDemoArgs(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (help) process.stdout.write(USAGE);
  else {
    if (prices !== undefined) await readPriceFile(prices);
    if (config !== undefined) await readConfig(config);
    if (json !== undefined) await checkReportFile(json);
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PriceFileError || error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function checkReportFile(file: string): Promise<void> {
  const isFolder = async (place: string) => (await stat(place).catch(() => undefined))?.isDirectory() ?? false;
  if (await isFolder(file)) throw new UsageError(`--json needs a file, and ${file} is a folder`);
  const folder = path.dirname(file);
  if (!(await isFolder(folder))) throw new UsageError(`--json: there is no folder ${folder}`);
}
