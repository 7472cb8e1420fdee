// Puts a relayer together from its configuration.

import {
  Alarms,
  type CreateLoggerParameters,
  crashHook,
  createLogger,
  createSigner,
  type Logger,
  listen,
  openDatabase,
  postgresJournal,
  RpcPool,
  type RunningServer,
  Secrets,
  ServiceError,
  secretIn,
  startServer,
  TransactionSender,
} from "@counterpoise/service-kit";
import { createApi } from "./api.js";
import type { RelayerConfig } from "./config.js";
import { loadMarkets } from "./market.js";
import { createRelayerMetrics } from "./metrics.js";
import { type MatchingParts, Relayer } from "./relayer.js";
import { relayerMigrations } from "./schema.js";
import { SignatureChecks } from "./signatures.js";
import { beginRemoteEpoch } from "./signer/client.js";
import { Store } from "./store.js";
import { StreamHub } from "./stream.js";
import { Validator } from "./validation.js";

/** A relayer with its servers and its database. */
export type StartedRelayer = {
  relayer: Relayer;
  log: Logger;
  /** Of the API. */
  url: string;
  /** Of health, metrics and admin calls. */
  adminUrl: string;
  store: Store;
  close(): Promise<void>;
};

/** Options of {@link startRelayer}. */
export type StartRelayerOptions = {
  /** `DATABASE_URL`. */
  databaseUrl?: string | undefined;
  /** Of the logs. Default: standard output. */
  destination?: CreateLoggerParameters["destination"];
};

/**
 * Starts a relayer's API and database. Its rounds are `relayer.run`.
 *
 * @throws an error that names the key, file or limit that is wrong.
 */
export async function startRelayer(
  config: RelayerConfig,
  { databaseUrl, destination }: StartRelayerOptions = {},
): Promise<StartedRelayer> {
  if (config.database.mode === "none") {
    throw new ServiceError('database.mode is "none"; the relayer keeps its orders in a database.');
  }
  const secrets = new Secrets();
  for (const { url } of config.rpc) secrets.addUrl(url);
  secrets.addUrl(databaseUrl);
  secrets.addUrl(config.database.url);
  const log = createLogger({ name: config.name, level: config.log, secrets, destination });
  const metrics = createRelayerMetrics(config.name);
  const alarms = new Alarms({ log, metrics });
  const { chainId } = config;
  const pool = new RpcPool({ chainId, endpoints: config.rpc, metrics });
  const markets = loadMarkets(config, secrets);
  const crash = crashHook(chainId);
  const epochs = new Map<bigint, number>();
  const signer =
    config.signer &&
    createSigner({
      config: config.signer,
      chainId,
      secrets,
      request: (method, params) => pool.request(method, params),
      // A cancellation belongs to no market: the signer accepts it in the current epoch of any.
      context: () => ({ epochs: Object.fromEntries([...epochs].map(([id, epoch]) => [String(id), epoch])) }),
    });
  const database = await openDatabase({
    service: "relayer",
    config: config.database,
    url: databaseUrl,
    migrations: relayerMigrations,
    secrets,
  });
  const closers: (() => Promise<unknown>)[] = [() => database.stop()];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const store = new Store(database);
    let matching: MatchingParts | undefined;
    if (signer && config.signer) {
      const { maxFeePerGas, priorityFee } = config.gas;
      const sender = new TransactionSender({
        ...{ pool, signer, metrics, alarms, log, crash },
        journal: postgresJournal(database.db),
        config: { ...config.sending, maxFeePerGas, priorityFee },
      });
      const remote = config.signer.type === "remote" ? config.signer : undefined;
      const token = remote?.tokenFile === undefined ? undefined : secretIn(remote.tokenFile);
      const beginEpoch: MatchingParts["beginEpoch"] = async (marketId, epoch) => {
        if (remote) await beginRemoteEpoch({ ...remote, token }, marketId, epoch);
      };
      matching = { sender, beginEpoch, epochs };
    }
    let relayer: Relayer;
    const head = () => relayer.head;
    const validators = new Map(
      markets.map((market) => [market.id, new Validator({ pool, market, head, fee: config.settlement.fee })]),
    );
    relayer = new Relayer({ config, pool, store, markets, validators, matching, metrics, alarms, log });
    await relayer.start();
    const hub = new StreamHub({ store, config, metrics, log });
    const listener = store.listen((payload) => {
      if (payload === "" || payload.startsWith("events")) hub.notify();
      if (payload === "" || payload.startsWith("orders")) relayer.notify();
    });
    closers.push(() => listener.stop());
    const signatures = new SignatureChecks(pool, config.signatures);
    const refresh = () => relayer.readHead();
    const api = createApi({ config, pool, store, markets, validators, signatures, hub, head, refresh, metrics, log });
    const { host, port, maxConnections } = config.api;
    const { server, url } = await listen(api, { host, port });
    if ("maxConnections" in server) server.maxConnections = maxConnections;
    // A client that sends its request slowly holds a connection for at most so long.
    if ("requestTimeout" in server) [server.requestTimeout, server.headersTimeout] = [10_000, 10_000];
    closers.push(
      () =>
        new Promise<void>((resolve) => {
          hub.stop();
          server.close(() => resolve());
          if ("closeAllConnections" in server) setTimeout(() => server.closeAllConnections(), 200);
        }),
    );
    const admin: RunningServer = await startServer({
      config: config.server,
      alarms,
      registry: metrics.registry,
      status: () => relayer.status(),
      admin: { pause: () => relayer.setPaused(true), resume: () => relayer.setPaused(false) },
    });
    closers.push(() => admin.stop());
    log.info({ relayer: signer?.address, signer: signer?.kind, api: url, url: admin.url }, "started");
    return { relayer, log, url, adminUrl: admin.url, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}
