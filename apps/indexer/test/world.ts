// An exchange on a chain of its own, a Postgres, and indexers.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Exchange } from "@counterpoise/anvil-e2e/src/exchange.js";
import { type EmbeddedPostgres, pause, serviceDatabase, startEmbeddedPostgres } from "@counterpoise/service-kit";
import pg from "pg";
import { type Indexer, startIndexer } from "../server/start.ts";

export type Row = Record<string, string>;
export type Page = { items: Row[]; hasMore: boolean; next: string | null };
export type Health = {
  status: string;
  head: string | null;
  indexed: string | null;
  lag: string | null;
  alarms: string[];
};
export type Comparison = {
  checked: number;
  difference: string | null;
  differences: { figure: string; indexed: string; chain: string }[];
  problem: string | null;
};

const get = async <body>(url: string): Promise<body> => (await fetch(url)).json() as Promise<body>;

/** The parts that every test of the indexer needs. */
export class World {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "counterpoise-indexer-"));
  readonly #lines: string[] = [];
  readonly #indexers: Indexer[] = [];
  #postgres: EmbeddedPostgres | undefined;
  #databaseUrl = "";
  #pool: pg.Pool | undefined;
  exchange!: Exchange;

  async start(): Promise<void> {
    const folder = path.join(this.#folder, "postgres");
    const [exchange, postgres] = await Promise.all([
      Exchange.start({ hasQuoteVault: true, keepsHistory: true }),
      startEmbeddedPostgres({ folder }),
    ]);
    this.exchange = exchange;
    this.#postgres = postgres;
    this.#databaseUrl = await serviceDatabase({ adminUrl: postgres.url, service: "indexer", folder });
    this.#pool = new pg.Pool({ connectionString: this.#databaseUrl, max: 1 });
    const text = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
    writeFileSync(this.#deploymentFile, JSON.stringify(exchange.deployment, text));
  }

  get #deploymentFile(): string {
    return path.join(this.#folder, "deployment.json");
  }

  async stop(): Promise<void> {
    await Promise.all(this.#indexers.map((each) => each.kill()));
    await this.#pool?.end();
    await this.#postgres?.stop();
    await this.exchange?.anvil.stop();
    // Root's data below a private folder are elsewhere.
    const location = path.join(this.#folder, "postgres/location");
    if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async indexer(schema: string, { rpc = this.exchange.anvil.rpcUrl, maxLag = 30 } = {}): Promise<Indexer> {
    const indexer = await startIndexer({
      config: {
        chainId: 31_337,
        rpc: [{ url: rpc }],
        markets: [this.#deploymentFile],
        pollingInterval: 250,
        maxBlockRange: 1_000,
        maxLag,
        reconcileEvery: 3_600,
      },
      databaseUrl: this.#databaseUrl,
      schema,
      onLine: (line) => this.#lines.push(line),
    });
    this.#indexers.push(indexer);
    return indexer;
  }

  head(): Promise<bigint> {
    return this.exchange.deployer.getBlockNumber({ cacheTime: 0 });
  }

  /** Waits until the index has a block, by default the latest one. Ponder asks for few blocks at a new head: the chain goes on. */
  async indexed({ url, exited }: Indexer, block?: bigint): Promise<void> {
    const wanted = block ?? (await this.head());
    const deadline = Date.now() + 90_000;
    let code: number | null | undefined;
    void exited.then((each) => {
      code = each;
    });
    for (let attempt = 1; ; attempt++) {
      if (code !== undefined) throw new Error(`The indexer ended with ${code}:\n${this.#lines.slice(-8).join("\n")}`);
      const health = await get<Health>(`${url}/v1/health`).catch(() => undefined);
      if (health?.indexed && BigInt(health.indexed) >= wanted) return;
      if (Date.now() > deadline)
        throw new Error(`The index is at ${health?.indexed}, not ${wanted}:\n${this.#lines.slice(-15).join("\n")}`);
      if (health?.indexed && attempt % 15 === 0) await this.exchange.deployer.mine({ blocks: 1 });
      await pause(200);
    }
  }

  health({ url }: Indexer): Promise<Health> {
    return get<Health>(`${url}/v1/health`);
  }

  page({ url }: Indexer, resource: string): Promise<Page> {
    return get<Page>(`${url}/v1/${resource}`);
  }

  /** All rows of a resource, page by page. */
  async rows(indexer: Indexer, name: string, query = "limit=7"): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor = ""; ; ) {
      const page = await this.page(indexer, `${name}?${query}${cursor}`);
      rows.push(...page.items);
      if (!page.hasMore) return rows;
      cursor = `&cursor=${page.next}`;
    }
  }

  /** A comparison that begins after the call: the indexer answers with one of the last five seconds. */
  async reconciliation({ url }: Indexer): Promise<Comparison> {
    const since = Math.floor(Date.now() / 1_000) + 1;
    for (;;) {
      const result = await get<Comparison & { at: number }>(`${url}/v1/reconciliation`);
      if (result.at >= since) return result;
      await pause(500);
    }
  }

  /** Runs a statement in the indexer's database. */
  async query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
    return (await (this.#pool as pg.Pool).query(text, values)).rows as Record<string, unknown>[];
  }

  /** The rows of every table of a schema, in an order of their own. */
  async content(schema: string): Promise<Record<string, string[]>> {
    const tables = await this.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_%'",
      [schema],
    );
    const names = tables.map(({ table_name }) => String(table_name)).filter((name) => !name.includes("_reorg__"));
    const content: Record<string, string[]> = {};
    for (const name of names.sort()) {
      const found = await this.query(`SELECT to_jsonb(t) AS row FROM "${schema}"."${name}" t`);
      content[name] = found.map(({ row }) => JSON.stringify(row)).sort();
    }
    return content;
  }
}
