// The relayer as a process: `tsx src/main.ts [FILE]`. FILE, or RELAYER_CONFIG, is the configuration; RELAYER_... variables replace
// single keys, and DATABASE_URL names the database.
import { ConfigError, loadConfig, runUntilSignal, ServiceError } from "@counterpoise/service-kit";
import { relayerSchema } from "./config.js";
import { startRelayer } from "./start.js";

async function main(): Promise<number> {
  const { RELAYER_CONFIG, DATABASE_URL, ...env } = process.env;
  try {
    const file = process.argv[2] ?? RELAYER_CONFIG;
    const config = loadConfig({ schema: relayerSchema, file, env, prefix: "RELAYER" });
    const { relayer, log, close } = await startRelayer(config, { databaseUrl: DATABASE_URL });
    return await runUntilSignal({ log, run: (signal) => relayer.run(signal), close, patience: 15_000 });
  } catch (error) {
    const isKnown = error instanceof ConfigError || error instanceof ServiceError;
    console.error(isKnown ? error.message : `The relayer cannot start: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
