// Judges the command line and the price file before anything is compiled for them, and answers `--help`.
import { parseDemoArgs, USAGE, UsageError } from "./args.js";
import { PriceFileError, readPriceFile } from "./prices.js";

try {
  const { help, prices } = parseDemoArgs(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (help) process.stdout.write(USAGE);
  else if (prices !== undefined) await readPriceFile(prices);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof PriceFileError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
