// The indexer as a process: `tsx server/main.ts [FILE]`. FILE, or INDEXER_CONFIG, is the configuration; DATABASE_URL names the
// database, else the embedded Postgres is used. INDEXER_SCHEMA names the schema of the release.
import {
  ConfigError,
  createLogger,
  loadConfig,
  runUntilSignal,
  Secrets,
  ServiceError,
  serviceDatabase,
  startEmbeddedPostgres,
} from "@counterpoise/service-kit";
import { indexerSchema } from "./config.ts";
import { startIndexer } from "./start.ts";

const FOLDER = ".counterpoise/postgres";
const PORT = 42_069;

async function main(): Promise<number> {
  const { INDEXER_CONFIG, INDEXER_SCHEMA = "counterpoise_1", INDEXER_PORT, DATABASE_URL, ...env } = process.env;
  try {
    const file = process.argv[2] ?? INDEXER_CONFIG;
    const config = loadConfig({ schema: indexerSchema, file, env, prefix: "INDEXER" });
    const embedded = DATABASE_URL === undefined ? await startEmbeddedPostgres({ folder: FOLDER }) : undefined;
    const databaseUrl =
      DATABASE_URL ??
      (await serviceDatabase({ adminUrl: embedded?.url as string, service: "indexer", folder: FOLDER }));
    const secrets = new Secrets();
    secrets.addUrl(databaseUrl);
    for (const { url } of config.rpc) secrets.addUrl(url);
    const log = createLogger({ name: "indexer", level: "info", secrets });
    const indexer = await startIndexer({
      config,
      databaseUrl,
      schema: INDEXER_SCHEMA,
      port: INDEXER_PORT === undefined ? PORT : Number(INDEXER_PORT),
      onLine: (line) => log.info({ line }, "ponder"),
    });
    log.info({ url: `${indexer.url}/v1/health` }, "started");
    return await runUntilSignal({
      log,
      run: async (signal) => {
        const aborted = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
        const code = await Promise.race([indexer.exited, aborted]);
        if (code !== undefined) throw new ServiceError(`Ponder ended with code ${code}.`);
      },
      close: async () => {
        await indexer.stop();
        await embedded?.stop();
      },
    });
  } catch (error) {
    const isKnown = error instanceof ConfigError || error instanceof ServiceError;
    console.error(isKnown ? error.message : `The indexer cannot start: ${(error as Error).message}`);
    return 1;
  }
}

process.exitCode = await main();
