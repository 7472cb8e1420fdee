import { readdirSync } from "node:fs";
import path from "node:path";

/** Environment variable with the folder of recorded prices. Tests read market data from no other place. */
export const MARKET_DATA_VARIABLE = "COUNTERPOISE_MARKET_DATA";

/**
 * Returns the paths of the CSV files in the market data folder, and no paths where the variable is not set: tests that
 * need them are then reported as skipped. Throws if the variable names a folder that cannot be read.
 */
export function marketDataFiles(environment: NodeJS.ProcessEnv = process.env): string[] {
  const folder = environment[MARKET_DATA_VARIABLE];
  if (!folder) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => path.join(folder, name));
}
