// Puts a keeper together from its configuration.
import { readFileSync } from "node:fs";
import { parseDeployment } from "@counterpoise/sdk";
import type { HermesEndpoint } from "@counterpoise/sdk/prices";
import {
  Alarms,
  type CreateLoggerParameters,
  crashHook,
  createLogger,
  createMetrics,
  createSharedPrices,
  createSigner,
  type Database,
  journalMigrations,
  type Logger,
  memoryJournal,
  openDatabase,
  pause,
  postgresJournal,
  RpcPool,
  type RunningServer,
  Secrets,
  ServiceError,
  secretIn,
  startServer,
  TransactionSender,
} from "@counterpoise/service-kit";
import type { KeeperConfig } from "./config.js";
import { Keeper } from "./keeper.js";
import { MarketView } from "./market.js";

/** A keeper with its server and its database. */
export type StartedKeeper = {
  keeper: Keeper;
  log: Logger;
  /** Of health, metrics and admin calls. */
  url: string;
  close(): Promise<void>;
};

/** Milliseconds between two attempts to open the database. */
const DATABASE_PAUSE = 3_000;
/** Milliseconds for which the start waits for the database. */
const DATABASE_PATIENCE = 5_000;
/** The embedded one is created at its first start. */
const EMBEDDED_PATIENCE = 40_000;

/** Options of {@link startKeeper}. */
export type StartKeeperOptions = {
  /** `DATABASE_URL`. */
  databaseUrl?: string | undefined;
  /** Of the logs. Default: standard output. */
  destination?: CreateLoggerParameters["destination"];
};

/**
 * Starts a keeper's server and database. Its rounds are `keeper.run`.
 *
 * @throws an error that names the key, file or limit that is wrong.
 */
export async function startKeeper(
  config: KeeperConfig,
  { databaseUrl, destination }: StartKeeperOptions = {},
): Promise<StartedKeeper> {
  const secrets = new Secrets();
  for (const { url } of config.rpc) secrets.addUrl(url);
  secrets.addUrl(databaseUrl);
  secrets.addUrl(config.database.url);
  const log = createLogger({ name: config.name, level: config.log, secrets, destination });
  const metrics = createMetrics(config.name);
  const alarms = new Alarms({ log, metrics });
  const { chainId } = config;
  const pool = new RpcPool({ chainId, endpoints: config.rpc, metrics });
  const request = (method: string, params: unknown) => pool.request(method, params);
  const signer = createSigner({ config: config.signer, chainId, secrets, request });

  const endpoints = config.prices.endpoints.map(({ url, keyFile }): HermesEndpoint => {
    const key = keyFile === undefined ? undefined : secretIn(keyFile);
    secrets.add(key);
    secrets.addUrl(url);
    return { url, ...(key !== undefined && { key }) };
  });
  // One budget for all markets.
  const { requests, per } = config.prices.budget;
  const budget = { requests: Math.max(1, Math.floor(requests / config.markets.length)), per };
  const markets = config.markets.map((file) => {
    const deployment = parseDeployment(JSON.parse(readFileSync(file, "utf8")));
    if (deployment.chainId !== chainId) {
      throw new ServiceError(
        `${file} is a deployment on chain ${deployment.chainId}; the configured chain is ${chainId}.`,
      );
    }
    const { timeout } = config.prices;
    return new MarketView(
      deployment,
      (ids) => createSharedPrices({ ids, endpoints, budget, timeout }),
      config.maxBlockRange,
    );
  });

  const { maxFeePerGas, priorityFee } = config.gas;
  const sending = { ...config.sending, maxFeePerGas, priorityFee };
  const crash = crashHook(chainId);
  const shared = { pool, signer, metrics, alarms, log, crash };
  let database: Database | undefined;
  let durable: TransactionSender | undefined;
  let isClosed = false;
  const open = async (): Promise<void> => {
    const { name: service, database: databaseConfig } = config;
    const parameters = { service, config: databaseConfig, url: databaseUrl, migrations: journalMigrations, secrets };
    database = await openDatabase(parameters);
    durable = new TransactionSender({ ...shared, journal: postgresJournal(database.db), config: sending });
    if (isClosed) await database.stop();
  };
  /** Liquidations and prices go on until the database is open. */
  const openUntilDone = async (): Promise<void> => {
    for (let isOpen = false; !isOpen && !isClosed; ) {
      try {
        await open();
        isOpen = true;
      } catch (error) {
        alarms.raise("database-down", error instanceof Error ? secrets.hide(error.message) : "unknown");
        await pause(DATABASE_PAUSE);
      }
    }
  };
  if (config.database.mode === "required")
    await Promise.race([openUntilDone(), pause(databaseUrl === undefined ? EMBEDDED_PATIENCE : DATABASE_PATIENCE)]);
  const volatile = new TransactionSender({
    ...shared,
    journal: memoryJournal(),
    config: { ...sending, maxInFlight: 1 },
  });
  const keeper = new Keeper({ config, pool, markets, durable: () => durable, volatile, metrics, alarms, log });
  let server: RunningServer;
  try {
    server = await startServer({
      config: config.server,
      alarms,
      registry: metrics.registry,
      status: () => keeper.status(),
      admin: { pause: () => keeper.setPaused(true), resume: () => keeper.setPaused(false) },
    });
  } catch (error) {
    isClosed = true;
    await (database as Database | undefined)?.stop();
    throw error;
  }
  log.info(
    { address: signer.address, signer: signer.kind, url: server.url, markets: markets.map(({ name }) => name) },
    "started",
  );
  return {
    keeper,
    log,
    url: server.url,
    close: async () => {
      isClosed = true;
      await server.stop();
      await database?.stop();
    },
  };
}
