// A venue, a Postgres and keeper processes for tests.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { mintTestToken } from "@counterpoise/devnet";
import {
  type CreatedOrder,
  createOrderSync,
  depositToMarginSync,
  executeOrderSync,
  getAccount,
  getMinKeeperFee,
  getOrderStatus,
} from "@counterpoise/sdk";
import { hermesPrices } from "@counterpoise/sdk/prices";
import { connect, type EmbeddedPostgres, serviceDatabase, startEmbeddedPostgres } from "@counterpoise/service-kit";
import type { Party } from "@counterpoise/testkit";
import type pg from "pg";
import { type Address, type Hash, parseEther } from "viem";
import { afterAll, afterEach, beforeAll } from "vitest";
import { bundleServices, type Service } from "../src/bundles.js";
import { type RunningProcess, startProgram } from "../src/processes.js";
import { writeRelayerFiles } from "../src/relayer-files.js";
import { type StartVenueParameters, startVenue, type Venue } from "../src/venue.js";

/** Changes of a keeper's configuration. */
export type KeeperOptions = {
  name?: string;
  /** Index of its account. Default 0. */
  account?: 0 | 1;
  rpc?: readonly string[];
  crashAt?: string;
  /** Default: a database of its name. `none`: no database. */
  database?: string | "none";
  change?: Record<string, unknown>;
};

/** Options of a relayer. */
export type RelayerOptions = {
  name?: string;
  rpc?: readonly string[];
  crashAt?: string;
  /** Default: that of "relayer". */
  database?: string;
  /** A signer that runs. Default: a new one. */
  signer?: ServiceProcess;
  change?: Record<string, unknown>;
  signerChange?: Record<string, unknown>;
};

/** A relayer and its signer. */
export type RelayerProcesses = {
  relayer: ServiceProcess;
  signer: ServiceProcess;
  /** Of the API. */
  url: string;
  signerUrl: string;
  tokenFile: string;
};

/** A service's process with its logs. */
export type ServiceProcess = RunningProcess & {
  logs(): Record<string, unknown>[];
  /** Waits for a log line; throws after a time. */
  waitFor(wanted: (line: Record<string, unknown>) => boolean, milliseconds?: number): Promise<Record<string, unknown>>;
  health(): Promise<{ status: string; alarms: { name: string }[] } & Record<string, unknown>>;
};

/** Everything that a test of keepers needs. */
export class World {
  readonly folder = mkdtempSync(path.join(tmpdir(), "counterpoise-stack-"));
  readonly #processes: RunningProcess[] = [];
  readonly #pools = new Map<string, pg.Pool>();
  #configs = 0;
  venue!: Venue;
  postgres!: EmbeddedPostgres;
  #programs: Partial<Record<Service, string>> = {};

  /** Signed orders that keepers read. */
  get ordersFile(): string {
    return path.join(this.folder, "orders.jsonl");
  }

  async start(
    parameters: Partial<StartVenueParameters> = {},
    services: readonly Service[] = ["keeper"],
  ): Promise<void> {
    writeFileSync(this.ordersFile, "");
    const postgres = startEmbeddedPostgres({ folder: path.join(this.folder, "postgres") });
    [this.#programs, this.venue, this.postgres] = await Promise.all([
      bundleServices(this.folder, services),
      startVenue({ folder: path.join(this.folder, "venue"), priceStep: 0, ...parameters }),
      postgres,
    ]);
  }

  async stop(): Promise<void> {
    await this.stopKeepers();
    await this.endConnections();
    await this.venue?.stop();
    await this.postgres?.stop();
    // Root's data below a private folder are elsewhere.
    const location = path.join(this.folder, "postgres/location");
    if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  async stopKeepers(): Promise<void> {
    await Promise.all(this.#processes.splice(0).map((each) => each.stop()));
  }

  /** Closes this process's connections, before Postgres ends. */
  async endConnections(): Promise<void> {
    for (const pool of this.#pools.values()) await pool.end();
    this.#pools.clear();
  }

  /** The address of a service's own database. */
  databaseUrl(service: string): Promise<string> {
    return serviceDatabase({ adminUrl: this.postgres.url, service, folder: path.join(this.folder, "postgres") });
  }

  /** Rows of a service's database. */
  async rows(service: string, query: string): Promise<Record<string, unknown>[]> {
    let pool = this.#pools.get(service);
    if (!pool) {
      pool = connect(await this.databaseUrl(service));
      this.#pools.set(service, pool);
    }
    return (await pool.query(query)).rows as Record<string, unknown>[];
  }

  /** Starts a keeper. Its configuration is a file, as an operator's is. */
  async keeper({
    name = "keeper",
    account = 0,
    rpc,
    crashAt,
    database,
    change = {},
  }: KeeperOptions = {}): Promise<ServiceProcess> {
    const { venue } = this;
    const file = path.join(this.folder, `keeper-${this.#configs++}.json`);
    const config = {
      name,
      chainId: 31_337,
      rpc: (rpc ?? [venue.anvil.rpcUrl]).map((url) => ({ url })),
      signer: { type: "unlocked", address: venue.keepers[account].address },
      markets: [venue.deploymentFile],
      prices: { endpoints: [{ url: venue.prices.url }], budget: { requests: 1_000, per: 1_000 } },
      database: { mode: database === "none" ? "none" : "required" },
      orders: [{ file: this.ordersFile }],
      interval: 100,
      log: "info",
      sending: { confirmations: "0", replaceAfter: 4_000, grace: 1_500, leaseTime: 10_000 },
      ...change,
    };
    writeFileSync(file, JSON.stringify(config));
    const env = {
      ...(database !== "none" && { DATABASE_URL: await this.databaseUrl(database ?? name) }),
      ...(crashAt !== undefined && { COUNTERPOISE_CRASH_AT: crashAt }),
    };
    return this.#run("keeper", name, file, env);
  }

  #run(service: Service, name: string, configFile: string, env: NodeJS.ProcessEnv): ServiceProcess {
    const file = this.#programs[service];
    if (file === undefined) throw new Error(`The world was started without ${service}`);
    const running = startProgram({ name, file, args: [configFile], env });
    this.#processes.push(running);
    return withLogs(running);
  }

  /** Starts a relayer, and its signer unless one is given. Their configurations are files, as an operator's are. */
  async relayer(options: RelayerOptions = {}): Promise<RelayerProcesses> {
    const { venue } = this;
    const name = options.name ?? "relayer";
    const { signerFile, relayerFile, tokenFile } = writeRelayerFiles({
      folder: path.join(this.folder, "relayer"),
      name,
      chainId: venue.anvil.chainId,
      key: venue.relayer,
      rpc: options.rpc ?? [venue.anvil.rpcUrl],
      deploymentFile: venue.deploymentFile,
      priceUrl: venue.prices.url,
      ports: { api: 0, signer: 0 },
      change: {
        interval: 100,
        sending: { confirmations: "0", replaceAfter: 4_000, grace: 1_500, leaseTime: 10_000 },
        limits: { account: { burst: 1_000, perSecond: 1_000 }, client: { burst: 10_000, perSecond: 10_000 } },
        ...options.change,
      },
      signerChange: options.signerChange,
    });
    const signer = options.signer ?? this.#run("signer", `${name}-signer`, signerFile, {});
    const { api: signerUrl } = (await signer.waitFor(({ msg }) => msg === "started")) as { api: string };
    const env = {
      DATABASE_URL: await this.databaseUrl(options.database ?? "relayer"),
      ...(options.crashAt !== undefined && { COUNTERPOISE_CRASH_AT: options.crashAt }),
    };
    const relayer = this.#run("relayer", name, relayerFile(signerUrl), env);
    const { api } = (await relayer.waitFor(({ msg }) => msg === "started")) as { api: string };
    return { relayer, signer, url: api, signerUrl, tokenFile };
  }

  /** A taker's order to buy one base; delay of three seconds. */
  async createOrder(taker: Party = this.venue.takers[0] as Party, amount = parseEther("1")): Promise<CreatedOrder> {
    const { deployment } = this.venue;
    return createOrderSync(taker, {
      deployment,
      maker: deployment.oracleMaker,
      isBaseToQuote: false,
      isExactInput: false,
      amount,
      oppositeBound: amount * 10_000n,
      keeperFee: (await getMinKeeperFee(taker, { deployment })) * 2n,
    });
  }

  /** Opens a long with new margin of an eighth of its value. The deployer executes the order. */
  async openPosition(taker: Party, amount: bigint): Promise<void> {
    const { deployer, deployment, prices } = this.venue;
    const margin = (amount * 2_000n) / 8n / 10n ** 12n;
    await mintTestToken(deployer, { token: deployment.collateral, to: taker.address, amount: margin });
    await depositToMarginSync(taker, { deployment, amount: margin });
    const { orderId, order } = await this.createOrder(taker, amount);
    const source = hermesPrices({
      ids: [deployment.pythId],
      endpoints: [{ url: prices.url }],
      budget: { requests: 1_000, per: 1_000 },
    });
    const { timestamp } = await deployer.getBlock();
    await until(
      async () => (await deployer.getBlock()).timestamp > order.executableAt,
      20_000,
      `time after ${timestamp}`,
    );
    const { updateData } = await source.at(order.executableAt);
    const outcome = await executeOrderSync(deployer, { deployment, orderId, order, updateData });
    if (outcome.status !== "executed") throw new Error(`The order was ${outcome.status}: ${outcome.reason?.errorName}`);
  }

  /** Publishes a price from the next second on at which an account is liquidatable, at the price service only. */
  async dropBelowLiquidation({ address: account }: Party): Promise<{ account: Address; size: bigint; price: bigint }> {
    const { deployer, deployment, prices } = this.venue;
    const { size, liquidationPrice = 0n } = await getAccount(deployer, { deployment, account });
    const price = (liquidationPrice * 995n) / 1_000n;
    prices.setPrice(deployment.pythId, price);
    return { account, size, price };
  }

  /** Waits until an order is no longer open. */
  async ended({ orderId, order }: CreatedOrder, milliseconds = 20_000): Promise<void> {
    const { deployer, deployment } = this.venue;
    await until(
      async () => (await getOrderStatus(deployer, { deployment, orderId, order })) === "unknown",
      milliseconds,
      `order ${orderId}`,
    );
  }

  /** The number of an account's transactions in blocks. */
  async sentBy(address: Address): Promise<number> {
    return this.venue.deployer.getTransactionCount({ address });
  }

  /**
   * Checks a keeper's journal against the chain: no entry is left without an end, each end is what the chain says and has a
   * reason where it had no effect, and the account has sent no transaction that the journal does not have. A keeper that is
   * killed, or told to stop before its first round, leaves entries for the next start: one that sends nothing new follows them.
   */
  async checkJournal(service: string, account: 0 | 1, nonceBefore: number): Promise<Record<string, unknown>[]> {
    const live = "SELECT key, state FROM journal WHERE state IN ('prepared', 'signed', 'sent', 'mined')";
    if ((await this.rows(service, live)).length > 0) {
      const next = await this.keeper({ name: `${service}-next`, account, database: service, change: { dryRun: true } });
      let left: unknown[] = [];
      const isDone = async () => {
        left = await this.rows(service, live);
        return left.length === 0;
      };
      await until(isDone, 20_000, () => `ends of ${JSON.stringify(left)}; ${next.lines.slice(-15).join("\n")}`);
      await next.stop();
    }
    const entries = await this.rows(
      service,
      "SELECT id, key, kind, state, nonce, hash, reason FROM journal ORDER BY id",
    );
    const mined = entries.filter(({ hash }) => hash !== null);
    const sent = (await this.sentBy(this.venue.keepers[account].address)) - nonceBefore;
    if (mined.length !== sent)
      throw new Error(`${sent} transactions were sent, and ${mined.length} are in the journal`);
    if (new Set(mined.map(({ nonce }) => nonce)).size !== sent) throw new Error("a nonce was used twice");
    for (const { hash, state, reason, key } of entries) {
      if (state !== "succeeded" && !reason) throw new Error(`${key} has ended as ${state} without a reason`);
      const status = hash === null ? undefined : await this.statusOf(hash as Hash);
      const expected = state === "succeeded" ? "success" : state === "reverted" ? "reverted" : undefined;
      if (expected !== undefined && status !== expected)
        throw new Error(`${key} is ${state}, and its transaction ${status}`);
    }
    return entries;
  }

  /** The status of a transaction. */
  async statusOf(hash: Hash): Promise<string> {
    return (await this.venue.deployer.getTransactionReceipt({ hash })).status;
  }
}

function withLogs(running: RunningProcess): ServiceProcess {
  const logs = () =>
    running.lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
  const waitFor: ServiceProcess["waitFor"] = async (wanted, milliseconds = 15_000) => {
    let found: Record<string, unknown> | undefined;
    await until(
      async () => {
        found = logs().find(wanted);
        return found !== undefined;
      },
      milliseconds,
      () => `a line of ${running.name}; its last ones:\n${running.lines.slice(-15).join("\n")}`,
    );
    return found as Record<string, unknown>;
  };
  return {
    ...running,
    logs,
    waitFor,
    health: async () => {
      const { url } = (await waitFor(({ msg }) => msg === "started")) as { url: string };
      return (await fetch(`${url}/health`)).json() as never;
    },
  };
}

const PATIENCE = 4;

/** Waits until a condition holds, for up to four times the usual time. */
export async function until(
  condition: () => Promise<boolean>,
  milliseconds = 15_000,
  what: string | (() => string) = "the condition",
): Promise<void> {
  // Computers of CI are slower; a condition that holds ends the wait.
  const deadline = Date.now() + milliseconds * PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`Waited ${milliseconds} ms for ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A world for the tests of a file. Keepers end after each test. */
export function useWorld(
  parameters: Partial<StartVenueParameters> = {},
  services: readonly Service[] = ["keeper"],
): World {
  const world = new World();
  beforeAll(() => world.start(parameters, services), 240_000);
  afterEach(() => world.stopKeepers(), 60_000);
  afterAll(() => world.stop(), 60_000);
  return world;
}
