// Backup and restore by the commands that an operator runs, between two databases of a real Postgres.
import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  connect,
  type Database,
  type EmbeddedPostgres,
  openDatabase,
  postgresJournal,
  Secrets,
  serviceDatabase,
  startEmbeddedPostgres,
} from "@counterpoise/service-kit";
import type pg from "pg";
import { type Address, type Hash, type Hex, numberToHex, pad, zeroAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BackupError, backUp, relayerMigrations, restore, Store } from "../src/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-backup-"));
/** More than one page of the file. */
const ORDERS = 601;
const marketId = 1n;
const account = pad("0xa1", { size: 20 }) as Address;
const tables = ["orders", "matcher", "settlement", "fill", "journal", "attempt"];
const hashOf = (value: number): Hash => pad(numberToHex(value), { size: 32 });

let postgres: EmbeddedPostgres;
const open: { end(): Promise<unknown> }[] = [];
const urlOf = (service: string) =>
  serviceDatabase({ adminUrl: postgres.url, service, folder: path.join(folder, "postgres") });
const emptyDatabase = async (service: string) => {
  const config = { folder, mode: "required" as const };
  const options = { service, config, migrations: relayerMigrations, secrets: new Secrets() };
  const database = await openDatabase({ ...options, url: await urlOf(service) });
  open.push({ end: database.close });
  return { ...database, store: new Store(database) };
};
const rowsOf = async (pool: pg.Pool, table: string) =>
  (await pool.query(`SELECT row_to_json(t)::text AS row FROM ${table} t ORDER BY 1`)).rows.map(({ row }) => row);

const submit = (store: Store, id: number) =>
  store.submit({
    hash: hashOf(id),
    order: {
      ...{ account, marketId, maker: zeroAddress, isBaseToQuote: id % 2 === 0, isReduceOnly: false },
      ...{
        amount: 10n ** 18n,
        minFill: 1n,
        price: 2n ** 200n + BigInt(id),
        trigger: 0,
        triggerPrice: 0n,
        marginXCD: 0n,
      },
      ...{ maxRelayFeeXCD: 0n, takeProfitPrice: 0n, stopPrice: 0n, exitFeeXCD: 0n, validFrom: 0n },
      ...{ expiresAt: 2n ** 40n, nonce: 0n, id: BigInt(id) },
    },
    signature: "0x1234",
    rest: 10n ** 18n,
    most: 10_000,
  });

/** Orders over several pages, a settlement in flight with its signed form, and a fill. */
async function fill(db: Database["db"], store: Store): Promise<void> {
  for (let id = 1; id <= ORDERS; id++) await submit(store, id);
  const epoch = await store.beginEpoch(marketId);
  const settlement = await store.plan(marketId, epoch, [
    { taker: hashOf(1), maker: hashOf(2), isMatch: true, amount: 10n ** 17n },
  ]);
  const journal = postgresJournal(db);
  const entry = await journal.prepare({
    ...{ chainId: 31_337, signer: account, key: `settlement:${settlement}`, kind: "settlement", to: account },
    ...{ data: "0xabcd" as Hex, value: 1n, gas: 10n ** 6n, chooseNonce: () => 7, limit: 8 },
  });
  const form = { hash: hashOf(99), raw: "0x02ff" as Hex, maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 1n };
  await journal.sign(entry, { ...form, isCancellation: false, signedAt: Date.now() });
  await store.commit({
    ...{ marketId, epoch, block: { number: 5n, hash: hashOf(5) }, booked: [hashOf(1), hashOf(2)], removedFills: [] },
    changes: [
      { hash: hashOf(3), status: "dead", reason: 'it\'s "quoted"\n\tand é', rest: 0n, filled: 1n, endedBlock: 5n },
    ],
    fills: [
      {
        ...{ transactionHash: hashOf(98), logIndex: 0, blockNumber: 5n, blockHash: hashOf(5), orderHash: hashOf(1) },
        ...{ account, counterparty: account, base: 10n ** 18n, quote: -(10n ** 21n), price: 10n ** 21n, relayFee: 0n },
        isOwn: true,
      },
    ],
    events: [],
  });
}

const command = (verb: string, file: string, url: string) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const program = fileURLToPath(new URL("../src/backup-main.ts", import.meta.url));
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const options = { cwd, env: { ...process.env, DATABASE_URL: url } };
    execFile(process.execPath, ["--import", "tsx", program, verb, file], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ folder: path.join(folder, "postgres") });
}, 60_000);
afterAll(async () => {
  await Promise.all(open.map((each) => each.end()));
  await postgres?.stop();
  const location = path.join(folder, "postgres/location");
  try {
    rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
  } catch {
    // The data are in the folder itself.
  }
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("default: the restored database has the same rows, and continues after all numbers that were given", async () => {
  const from = await emptyDatabase("from");
  await fill(from.db, from.store);
  const file = path.join(folder, "relayer.jsonl");
  expect(await command("backup", file, from.url)).toMatchObject({ code: 0 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(backUp(from.pool, file)).rejects.toMatchObject({ code: "EEXIST" });

  // The relayer goes on: what follows is not in the backup, and its clients and its signer have seen it.
  const later = await from.store.beginEpoch(marketId);
  await from.store.commit({
    ...{ marketId, epoch: later, block: { number: 6n, hash: hashOf(6) }, booked: [], changes: [], fills: [] },
    ...{ removedFills: [], events: [{ type: "book" as const, data: { levels: [] } }] },
  });
  const seen = await from.store.lastSequence(marketId);

  const url = await urlOf("to");
  const pool = connect(url);
  open.push(pool);
  const to = { url, pool, store: new Store({ pool, url }) };
  expect(await command("restore", file, to.url)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/orders +601/),
  });
  for (const table of tables.filter((each) => each !== "matcher")) {
    expect(await rowsOf(to.pool, table), table).toEqual(await rowsOf(from.pool, table));
  }
  expect(await to.store.order(hashOf(7))).toEqual(await from.store.order(hashOf(7)));
  expect(await to.store.lastBlock(marketId)).toEqual({ number: 5n, hash: hashOf(5) });
  expect(await to.store.beginEpoch(marketId)).toBeGreaterThan(later);
  // A client that has seen the last event, or one before it, finds a gap.
  for (const last of [seen - 2n, seen - 1n, seen]) {
    const [event] = await to.store.events(marketId, last, 1);
    expect(event?.sequence).toBeGreaterThan(last + 1n);
  }
  const { stored } = await submit(to.store, 5_000);
  expect(stored.sequence).toBe(BigInt(ORDERS + 1));
  const epoch = Number((await to.pool.query("SELECT epoch FROM matcher")).rows[0].epoch);
  const next = await to.store.plan(marketId, epoch, []);
  expect(next).toBe(2n);
  await expect(restore(to.pool, file)).rejects.toThrow("rows of orders: 602; expected: 0");
}, 180_000);

test("error: an incomplete or changed file changes nothing", async () => {
  const { pool: from, store } = await emptyDatabase("small");
  await submit(store, 1);
  await submit(store, 2);
  const file = path.join(folder, "small.jsonl");
  await backUp(from, file);
  const { pool: to } = await emptyDatabase("damaged");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const damaged: [readonly string[], string][] = [
    [lines.slice(0, -1), "rows of orders: 2; expected: an end"],
    [lines.filter((_, i) => i !== 1), "rows of orders: 1; expected: 2"],
    [[...lines, lines[1] as string], "a line after its end"],
    [[lines[0] as string, "pg_authid\t{}", ...lines.slice(1)], "a table: pg_authid"],
    [['{"format":"another"}'], "format: another"],
    [['{"format":"counterpoise-relayer-backup","version":99}'], "version: 99"],
    [["not JSON"], "format: undefined"],
    [[], "rows of orders: 0; expected: an end"],
  ];
  const broken = path.join(folder, "broken.jsonl");
  for (const [content, problem] of damaged) {
    writeFileSync(broken, "");
    for (const line of content) appendFileSync(broken, `${line}\n`);
    const error = await restore(to, broken).then(
      () => undefined,
      (failure: unknown) => failure as Error,
    );
    expect(error, problem).toBeInstanceOf(BackupError);
    expect(error?.message).toContain(problem);
  }
  // A row that is not valid, as the database says.
  const invalid = lines.map((line) => line.replace('"status":"open"', '"status":"lost"'));
  writeFileSync(broken, `${invalid.join("\n")}\n`);
  await expect(restore(to, broken)).rejects.toThrow(/check constraint/);
  for (const table of tables) expect(await rowsOf(to, table), table).toEqual([]);
  const counts = await restore(to, file);
  expect(counts.orders).toBe(2);
}, 60_000);
