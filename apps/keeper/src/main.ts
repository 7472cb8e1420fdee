// The keeper as a process: `tsx src/main.ts [FILE]`. FILE, or KEEPER_CONFIG, is the configuration; KEEPER_... variables replace
// single keys, and DATABASE_URL names the database.
import { ConfigError, loadConfig, runUntilSignal, ServiceError } from "@counterpoise/service-kit";
import { keeperSchema } from "./config.js";
import { startKeeper } from "./start.js";

async function main(): Promise<number> {
  const { KEEPER_CONFIG, DATABASE_URL, ...env } = process.env;
  try {
    const config = loadConfig({ schema: keeperSchema, file: process.argv[2] ?? KEEPER_CONFIG, env, prefix: "KEEPER" });
    const { keeper, log, close } = await startKeeper(config, { databaseUrl: DATABASE_URL });
    return await runUntilSignal({ log, run: (signal) => keeper.run(signal), close });
  } catch (error) {
    const isKnown = error instanceof ConfigError || error instanceof ServiceError;
    console.error(isKnown ? error.message : `The keeper cannot start: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
