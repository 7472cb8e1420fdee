// The signer as a process: `tsx src/signer/main.ts [FILE]`. FILE, or SIGNER_CONFIG, is the configuration; SIGNER_... variables
// replace single keys.
import { ConfigError, loadConfig, runUntilSignal, ServiceError } from "@counterpoise/service-kit";
import { signerSchema } from "./config.js";
import { startSigner } from "./start.js";

async function main(): Promise<number> {
  const { SIGNER_CONFIG, ...env } = process.env;
  try {
    const config = loadConfig({
      schema: signerSchema,
      file: process.argv[2] ?? SIGNER_CONFIG,
      env,
      prefix: "SIGNER",
    });
    const { log, close } = await startSigner(config);
    const run = (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    return await runUntilSignal({ log, run, close });
  } catch (error) {
    const isKnown = error instanceof ConfigError || error instanceof ServiceError;
    console.error(isKnown ? error.message : `The signer cannot start: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
