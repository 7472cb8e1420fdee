// Backup and restore of the relayer's database without the tools of Postgres: orders, settlements, fills, epochs and the journal of
// one moment, in a file with one row a line.
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inTransaction } from "@counterpoise/service-kit";
import type pg from "pg";
import { BackupError } from "./errors.js";
import { relayerMigrations } from "./schema.js";

/** Tables in the sequence of their references. Events are for connected clients, and leases for processes: both are left out. */
const tables = ["orders", "matcher", "settlement", "fill", "journal", "attempt"] as const;
type Table = (typeof tables)[number];
/** Sequences with the columns whose numbers they give. */
const sequences = {
  order_sequence: ["orders", "sequence"],
  settlement_id_seq: ["settlement", "id"],
  journal_id_seq: ["journal", "id"],
} as const;
const FORMAT = "counterpoise-relayer-backup";
/** Rows of one request. */
const PAGE = 500;
/** Numbers of events that a restore leaves out. Clients have seen some of them since the backup. */
const SKIPPED_EVENTS = 1_000_000_000;

/** Rows by table. */
export type RowCounts = Record<Table, number>;

const noRows = (): RowCounts => Object.fromEntries(tables.map((table) => [table, 0])) as RowCounts;

/**
 * Writes a backup of one moment to a new file (mode 600), while the relayer may run. Returns the number of rows by table.
 *
 * @throws an error with code `EEXIST` when the file exists. A file without its last line is incomplete, and `restore` refuses it.
 */
export async function backUp(pool: pg.Pool, file: string): Promise<RowCounts> {
  const counts = noRows();
  async function* lines(client: pg.PoolClient): AsyncGenerator<string> {
    yield `${JSON.stringify({ format: FORMAT, version: relayerMigrations.length })}\n`;
    for (const table of tables) {
      await client.query(`DECLARE rows_${table} CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${table} t`);
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`FETCH ${PAGE} FROM rows_${table}`);
        if (rows.length === 0) break;
        counts[table] += rows.length;
        yield rows.map(({ row }) => `${table}\t${row}\n`).join("");
      }
    }
    yield `end\t${JSON.stringify(counts)}\n`;
  }
  const write = (client: pg.PoolClient) =>
    pipeline(Readable.from(lines(client)), createWriteStream(file, { mode: 0o600, flags: "wx", flush: true }));
  await inTransaction(pool, write, "snapshot");
  return counts;
}

/**
 * Restores a backup into an empty database with this release's tables, all rows or none. The next epoch of each market is later than
 * those that its signer may have seen since the backup, and its next event has a number that no client has seen.
 *
 * @throws {@link BackupError} for a database with rows, another format or version, and an incomplete or changed file.
 */
export async function restore(pool: pg.Pool, file: string): Promise<RowCounts> {
  return inTransaction(pool, async (client) => {
    for (const table of tables) {
      const { rows } = await client.query(`SELECT count(*)::text AS rows FROM ${table}`);
      if (rows[0]?.rows !== "0")
        throw new BackupError({ file, what: `rows of ${table}`, value: rows[0]?.rows, expected: 0 });
    }
    const counts = noRows();
    let end: Partial<RowCounts> | undefined;
    let isFirst = true;
    let page: { table: Table; rows: string[] } | undefined;
    const write = async (): Promise<void> => {
      if (page === undefined) return;
      const { table, rows } = page;
      page = undefined;
      await client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`, [
        `[${rows.join(",")}]`,
      ]);
      counts[table] += rows.length;
    };
    for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
      if (isFirst) {
        requireHeader(file, line);
        isFirst = false;
        continue;
      }
      const tab = line.indexOf("\t");
      const [name, json] = [line.slice(0, tab), line.slice(tab + 1)];
      if (end !== undefined)
        throw new BackupError({ file, what: "a line after its end", value: name, expected: "none" });
      if (name === "end") {
        end = parsed(json) as RowCounts;
        continue;
      }
      const table = tables.find((each) => each === name);
      if (table === undefined)
        throw new BackupError({ file, what: "a table", value: name, expected: tables.join(", ") });
      if (page !== undefined && (page.table !== table || page.rows.length === PAGE)) await write();
      page ??= { table, rows: [] };
      page.rows.push(json);
    }
    await write();
    for (const table of tables) {
      if (end?.[table] !== counts[table])
        throw new BackupError({
          file,
          what: `rows of ${table}`,
          value: counts[table],
          expected: end?.[table] ?? "an end",
        });
    }
    for (const [sequence, [table, column]] of Object.entries(sequences)) {
      await client.query(`SELECT setval('${sequence}', coalesce((SELECT max(${column}) FROM ${table}), 0) + 1, false)`);
    }
    await client.query(
      "UPDATE matcher SET epoch = greatest(epoch, extract(epoch FROM now())::bigint), sequence = sequence + $1",
      [SKIPPED_EVENTS],
    );
    // A client that comes back finds a gap before this event, and gets a snapshot.
    await client.query(
      `INSERT INTO event (market_id, sequence, type, data) SELECT market_id, sequence, 'book', '{"levels":[]}' FROM matcher`,
    );
    return counts;
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function requireHeader(file: string, line: string): void {
  const { format, version } = (parsed(line) ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FORMAT) throw new BackupError({ file, what: "format", value: format, expected: FORMAT });
  if (version !== relayerMigrations.length)
    throw new BackupError({ file, what: "version", value: version, expected: relayerMigrations.length });
}
