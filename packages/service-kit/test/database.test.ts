// The embedded Postgres as root below a folder that only root may enter, as another user, and after a kill; and the journal in it.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { type Address, type Hash, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Attempt,
  connect,
  type Database,
  DuplicateFormError,
  DuplicateWorkError,
  type EmbeddedPostgres,
  isAlive,
  type Journal,
  journalMigrations,
  memoryJournal,
  migrate,
  openDatabase,
  postgresJournal,
  SchemaTooNewError,
  Secrets,
  serviceDatabase,
  startEmbeddedPostgres,
  TooManyInFlightError,
} from "../src/index.js";

const isRoot = process.getuid?.() === 0;
// Another user must be able to enter it: not below a private folder of temporary files.
const root = mkdtempSync("/var/tmp/counterpoise-database-");
chmodSync(root, 0o755);
const locked = path.join(root, "locked");
mkdirSync(locked, { mode: 0o700 });
const folder = path.join(locked, "postgres");
const cache = path.join(root, "cache");

let postgres: EmbeddedPostgres;
let database: Database;
beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ folder, cache });
  const url = await serviceDatabase({ adminUrl: postgres.url, service: "test", folder });
  database = await openDatabase({
    service: "test",
    config: { folder, mode: "required" },
    url,
    migrations: journalMigrations,
    secrets: new Secrets(),
  });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
  if (isRoot) rmSync(readFileSync(path.join(folder, "location"), "utf8").trim(), { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
}, 60_000);

describe("embedded Postgres", () => {
  test("default: listens on the loopback interface, with a password", async () => {
    const { rows } = await database.pool.query("SELECT inet_server_addr()::text AS address, current_user AS name");
    expect(rows[0]).toEqual({ address: "127.0.0.1/32", name: "counterpoise_test" });
    const wrong = connect(postgres.url.replace(/:[^:@]+@/, ":wrong@"));
    await expect(wrong.query("SELECT 1")).rejects.toThrow(/password/);
    await wrong.end();
  });

  test("behavior: the one that outlived its service is adopted", async () => {
    const again = await startEmbeddedPostgres({ folder, cache });
    expect(again).toMatchObject({ pid: postgres.pid, port: postgres.port, isAdopted: true });
  });

  test.skipIf(!isRoot)(
    "behavior: root runs it as another user, and another user runs its own",
    async () => {
      const { stdout } = await promisify(execFile)("ps", ["-o", "user=", "-p", `${postgres.pid}`]).catch(() => ({
        stdout: "",
      }));
      if (stdout !== "") expect(stdout.trim()).not.toBe("root");
      const home = path.join(root, "other-user");
      mkdirSync(home, { mode: 0o755 });
      const program = path.join(home, "start.mjs");
      const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL("../src/embedded-postgres.ts", import.meta.url).href)};
      const running = await startEmbeddedPostgres({ folder: ${JSON.stringify(path.join(home, "data"))}, cache: ${JSON.stringify(path.join(home, "cache"))} });
      await running.stop();
      console.log("stopped", running.pid);`;
      writeFileSync(program, script);
      await promisify(execFile)("chown", ["-R", "65534:65534", home]);
      const loader = new URL(import.meta.resolve("tsx")).href;
      const env = { ...process.env, HOME: home, TMPDIR: home };
      const result = await promisify(execFile)(process.execPath, ["--import", loader, program], {
        uid: 65_534,
        gid: 65_534,
        cwd: home,
        env,
      }).catch((error: { stderr?: string }) => ({ stdout: error.stderr ?? "" }));
      // A checkout that only root may enter cannot be run by another user at all.
      if (/EACCES/.test(result.stdout)) return;
      expect(result.stdout).toMatch(/^stopped \d+/);
      expect(isAlive(Number(result.stdout.match(/\d+/)?.[0]))).toBe(false);
    },
    60_000,
  );

  test("error: SchemaTooNewError", async () => {
    await expect(migrate(database.pool, [])).rejects.toThrow(SchemaTooNewError);
  });
});

const signer: Address = zeroAddress;
const entry = (key: string, change = {}) => ({
  ...{
    chainId: 1,
    signer,
    key,
    kind: "order",
    to: signer,
    data: "0x12" as const,
    value: 2n ** 200n,
    gas: 5n,
    limit: 3,
  },
  chooseNonce: (taken: ReadonlySet<number>) => [0, 1, 2, 3].find((nonce) => !taken.has(nonce)) ?? 9,
  ...change,
});
const form = (byte: string): Attempt => ({
  hash: `0x${byte.repeat(32)}` as Hash,
  raw: "0x02",
  maxFeePerGas: 7n,
  maxPriorityFeePerGas: 1n,
  isCancellation: false,
  signedAt: 1_000,
});

describe.each(["memory", "Postgres"] as const)("journal in %s", (kind) => {
  let journal: Journal;
  beforeAll(async () => {
    journal = kind === "memory" ? memoryJournal() : postgresJournal(database.db);
  });

  test("default: an entry from its nonce to its end", async () => {
    const first = await journal.prepare(entry("a"));
    const second = await journal.prepare(entry("b"));
    expect([first.nonce, second.nonce]).toEqual([0, 1]);
    await journal.sign(first, form("01"));
    await journal.change(first, {
      state: "mined",
      hash: form("01").hash,
      blockNumber: 2n ** 70n,
      blockHash: form("02").hash,
    });
    const live = await journal.live(1, signer);
    expect(live).toMatchObject([
      { key: "a", state: "mined", value: 2n ** 200n, blockNumber: 2n ** 70n, attempts: [form("01")] },
      { key: "b", state: "prepared", attempts: [] },
    ]);
    await journal.change(first, { state: "succeeded" });
    await journal.change(second, { state: "dropped", reason: "test" });
    expect(await journal.live(1, signer)).toEqual([]);
    expect(await journal.droppedSince(1, signer, Date.now() - 60_000)).toMatchObject([{ key: "b", reason: "test" }]);
    // A dropped nonce is free again.
    expect((await journal.prepare(entry("c"))).nonce).toBe(0);
    expect(await journal.liveKeys(1)).toEqual(new Set(["c"]));
  });

  test("error: one live entry for each piece of work, one entry for each form, and a limit", async () => {
    await expect(journal.prepare(entry("c"))).rejects.toThrow(DuplicateWorkError);
    const other = await journal.prepare(entry("d"));
    await expect(journal.sign(other, form("01"))).rejects.toThrow(DuplicateFormError);
    await journal.prepare(entry("e"));
    await expect(journal.prepare(entry("f"))).rejects.toThrow(TooManyInFlightError);
  });

  test("behavior: work that another entry has done after it was found is not written again", async () => {
    const done = await journal.prepare(entry("g", { chainId: 2 }));
    await journal.change(done, { state: "succeeded", hash: form("03").hash, blockNumber: 8n });
    const stale = journal.prepare(entry("g", { chainId: 2, foundAt: 7n }));
    await expect(stale).rejects.toThrow(DuplicateWorkError);
    expect(await journal.live(2, signer)).toEqual([]);
    expect(await journal.prepare(entry("g", { chainId: 2, foundAt: 8n }))).toMatchObject({ state: "prepared" });
  });

  test("behavior: an entry that a reorganisation has removed has no block", async () => {
    const removed = await journal.prepare(entry("h", { chainId: 3 }));
    const { hash } = form("04");
    await journal.change(removed, { state: "mined", hash, blockNumber: 8n, blockHash: hash });
    await journal.change(removed, { state: "sent", isUnmined: true });
    const none = { hash: undefined, blockNumber: undefined, blockHash: undefined };
    expect(await journal.live(3, signer)).toMatchObject([{ state: "sent", ...none }]);
  });

  test("behavior: a lease has one holder, and its epoch grows with each", async () => {
    expect(await journal.lease("m", "one", 60_000)).toBe(1);
    expect(await journal.lease("m", "two", 60_000)).toBeUndefined();
    expect(await journal.lease("m", "one", 60_000)).toBe(1);
    await journal.release("m", "two");
    expect(await journal.lease("m", "two", 60_000)).toBeUndefined();
    await journal.release("m", "one");
    expect(await journal.lease("m", "two", 1)).toBe(2);
  });
});
