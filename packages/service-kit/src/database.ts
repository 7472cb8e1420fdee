// The database of one service: its own database and role, with forward-only migrations.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { DatabaseConfig } from "./config.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.js";
import { SchemaTooNewError } from "./errors.js";
import type { Secrets } from "./logger.js";

/** An open database. */
export type Database = {
  db: NodePgDatabase;
  pool: pg.Pool;
  url: string;
  /** Closes the connections. The embedded Postgres goes on until {@link Database.stop}. */
  close(): Promise<void>;
  /** Closes the connections, and ends the embedded Postgres if this process has started or adopted it. */
  stop(): Promise<void>;
};

/** Parameters of {@link openDatabase}. */
export type OpenDatabaseParameters = {
  /** In the names of the role and of the database. */
  service: string;
  config: DatabaseConfig;
  /** `DATABASE_URL`: a database and a role for this service alone. Replaces the embedded Postgres. */
  url?: string | undefined;
  migrations: readonly string[];
  secrets: Secrets;
};

/** Opens the service's database: `url`, else one of its own in the embedded Postgres. Applies missing migrations. */
export async function openDatabase({
  service,
  config,
  url,
  migrations,
  secrets,
}: OpenDatabaseParameters): Promise<Database> {
  let embedded: EmbeddedPostgres | undefined;
  let address = config.url ?? url;
  if (address === undefined) {
    embedded = await startEmbeddedPostgres({ folder: config.folder });
    secrets.addUrl(embedded.url);
    address = await serviceDatabase({ adminUrl: embedded.url, service, folder: config.folder });
  }
  secrets.addUrl(address);
  const pool = connect(address);
  try {
    await migrate(pool, migrations);
  } catch (error) {
    await pool.end();
    await embedded?.stop();
    throw error;
  }
  const close = () => pool.end();
  return {
    db: drizzle(pool),
    pool,
    url: address,
    close,
    stop: async () => {
      await close();
      await embedded?.stop();
    },
  };
}

/** Connections with hard limits of time. */
export function connect(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
    statement_timeout: 5_000,
    idle_in_transaction_session_timeout: 5_000,
  });
  // A connection that breaks while idle; the next query reports its own error.
  pool.on("error", () => undefined);
  return pool;
}

/** Modes of {@link inTransaction}. */
export type TransactionMode = "read-write" | "snapshot";

/** Runs a task in a transaction of its own, and takes everything back when it fails. `snapshot` reads one moment and writes nothing. */
export async function inTransaction<result>(
  pool: pg.Pool,
  task: (client: pg.PoolClient) => Promise<result>,
  mode: TransactionMode = "read-write",
): Promise<result> {
  const client = await pool.connect();
  try {
    await client.query(mode === "snapshot" ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
    const result = await task(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Creates the role and the database of a service in a Postgres, unless they exist. Returns their address. */
export async function serviceDatabase({
  adminUrl,
  service,
  folder,
}: {
  adminUrl: string;
  service: string;
  folder: string;
}): Promise<string> {
  const name = `counterpoise_${service.replace(/[^a-z0-9]/g, "_")}`;
  const file = path.join(folder, `${service}.password`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
  const password = readFileSync(file, "utf8");
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Two services may start at once.
    await client.query("SELECT pg_advisory_lock(7215)");
    const { rowCount: roles } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
    const verb = roles === 0 ? "CREATE" : "ALTER";
    await client.query(
      `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
    );
    const { rowCount: databases } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (databases === 0) {
      await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
      await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    }
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.toString();
}

/**
 * Applies the migrations that a database lacks, each in a transaction.
 *
 * @throws {@link SchemaTooNewError} when a later release has migrated it.
 */
export async function migrate(pool: pg.Pool, migrations: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock(7216)");
    await client.query(
      "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ version: number }>(
      "SELECT coalesce(max(version), 0) AS version FROM schema_version",
    );
    const current = rows[0]?.version ?? 0;
    if (current > migrations.length) throw new SchemaTooNewError({ version: current, known: migrations.length });
    for (let version = current + 1; version <= migrations.length; version++) {
      await client.query("BEGIN");
      try {
        await client.query(migrations[version - 1] as string);
        await client.query("INSERT INTO schema_version (version) VALUES ($1)", [version]);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      }
    }
  } finally {
    await client.query("SELECT pg_advisory_unlock(7216)").catch(() => undefined);
    client.release();
  }
}
