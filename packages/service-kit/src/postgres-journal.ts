// The journal in Postgres.
import { and, asc, eq, gt, gte, inArray, lt, or, sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { bigint, bigserial, boolean, integer, numeric, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { Address, Hash, Hex } from "viem";
import { DuplicateFormError, DuplicateWorkError, TooManyInFlightError } from "./errors.js";
import { type Attempt, type Entry, type EntryState, type Journal, liveStates } from "./journal.js";

/** Forward-only migrations of the journal: later releases append. */
export const journalMigrations: readonly string[] = [
  `CREATE TABLE journal (
     id bigserial PRIMARY KEY,
     chain_id integer NOT NULL,
     signer text NOT NULL,
     key text NOT NULL,
     kind text NOT NULL,
     nonce integer NOT NULL CHECK (nonce >= 0),
     to_address text NOT NULL,
     data text NOT NULL,
     value numeric(78) NOT NULL,
     gas numeric(78) NOT NULL,
     state text NOT NULL CHECK (state IN ('prepared', 'signed', 'sent', 'mined', 'succeeded', 'reverted', 'dropped')),
     reason text,
     hash text,
     block_number numeric(78),
     block_hash text,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now(),
     CHECK (state <> 'dropped' OR reason IS NOT NULL)
   );
   CREATE UNIQUE INDEX journal_live_key ON journal (chain_id, key) WHERE state IN ('prepared', 'signed', 'sent', 'mined');
   CREATE UNIQUE INDEX journal_live_nonce ON journal (chain_id, signer, nonce) WHERE state IN ('prepared', 'signed', 'sent', 'mined');
   CREATE INDEX journal_dropped ON journal (chain_id, signer, updated_at) WHERE state = 'dropped';
   CREATE TABLE attempt (
     hash text PRIMARY KEY,
     journal_id bigint NOT NULL REFERENCES journal (id),
     raw text NOT NULL,
     max_fee_per_gas numeric(78) NOT NULL,
     max_priority_fee_per_gas numeric(78) NOT NULL,
     is_cancellation boolean NOT NULL,
     signed_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX attempt_journal ON attempt (journal_id);
   CREATE TABLE lease (
     name text PRIMARY KEY,
     holder text NOT NULL,
     epoch bigint NOT NULL,
     expires_at timestamptz NOT NULL
   );`,
  "CREATE INDEX journal_key ON journal (chain_id, key)",
];

const journal = pgTable("journal", {
  id: bigserial("id", { mode: "bigint" }).primaryKey(),
  chainId: integer("chain_id").notNull(),
  signer: text("signer").notNull(),
  key: text("key").notNull(),
  kind: text("kind").notNull(),
  nonce: integer("nonce").notNull(),
  to: text("to_address").notNull(),
  data: text("data").notNull(),
  value: numeric("value", { mode: "bigint" }).notNull(),
  gas: numeric("gas", { mode: "bigint" }).notNull(),
  state: text("state").notNull(),
  reason: text("reason"),
  hash: text("hash"),
  blockNumber: numeric("block_number", { mode: "bigint" }),
  blockHash: text("block_hash"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
});

const attempt = pgTable("attempt", {
  hash: text("hash").primaryKey(),
  journalId: bigint("journal_id", { mode: "bigint" }).notNull(),
  raw: text("raw").notNull(),
  maxFeePerGas: numeric("max_fee_per_gas", { mode: "bigint" }).notNull(),
  maxPriorityFeePerGas: numeric("max_priority_fee_per_gas", { mode: "bigint" }).notNull(),
  isCancellation: boolean("is_cancellation").notNull(),
  signedAt: timestamp("signed_at", { withTimezone: true }).notNull().defaultNow(),
});

const lease = pgTable("lease", {
  name: text("name").primaryKey(),
  holder: text("holder").notNull(),
  epoch: bigint("epoch", { mode: "number" }).notNull(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
});

type Row = typeof journal.$inferSelect;
const states = [...liveStates];

const entryOf = (row: Row, attempts: readonly Attempt[]): Entry => ({
  id: row.id.toString(),
  chainId: row.chainId,
  signer: row.signer as Address,
  key: row.key,
  kind: row.kind,
  nonce: row.nonce,
  to: row.to as Address,
  data: row.data as Hex,
  value: row.value,
  gas: row.gas,
  state: row.state as EntryState,
  reason: row.reason ?? undefined,
  hash: (row.hash as Hash | null) ?? undefined,
  blockNumber: row.blockNumber ?? undefined,
  blockHash: (row.blockHash as Hash | null) ?? undefined,
  createdAt: row.createdAt.getTime(),
  updatedAt: row.updatedAt.getTime(),
  attempts,
});

const isUniqueViolation = (error: unknown): boolean => {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code === "23505" || cause?.code === "23505";
};

/** The journal in a database to which {@link journalMigrations} were applied. */
export function postgresJournal(db: NodePgDatabase): Journal {
  const withAttempts = async (rows: Row[]): Promise<Entry[]> => {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const attempts = await db
      .select()
      .from(attempt)
      .where(inArray(attempt.journalId, ids))
      .orderBy(asc(attempt.signedAt));
    return rows.map((row) => {
      const own = attempts.filter(({ journalId }) => journalId === row.id);
      return entryOf(
        row,
        own.map(({ hash, raw, signedAt, ...rest }) => ({
          hash: hash as Hash,
          raw: raw as Hex,
          maxFeePerGas: rest.maxFeePerGas,
          maxPriorityFeePerGas: rest.maxPriorityFeePerGas,
          isCancellation: rest.isCancellation,
          signedAt: signedAt.getTime(),
        })),
      );
    });
  };
  const of = (chainId: number, signer: Address) => and(eq(journal.chainId, chainId), eq(journal.signer, signer));
  return {
    isDurable: true,
    live: async (chainId, signer) =>
      withAttempts(
        await db
          .select()
          .from(journal)
          .where(and(of(chainId, signer), inArray(journal.state, states)))
          .orderBy(asc(journal.nonce)),
      ),
    liveKeys: async (chainId) => {
      const rows = await db
        .select({ key: journal.key })
        .from(journal)
        .where(and(eq(journal.chainId, chainId), inArray(journal.state, states)));
      return new Set(rows.map(({ key }) => key));
    },
    droppedSince: async (chainId, signer, time) =>
      withAttempts(
        await db
          .select()
          .from(journal)
          .where(and(of(chainId, signer), eq(journal.state, "dropped"), gte(journal.updatedAt, new Date(time)))),
      ),
    prepare: async ({ chooseNonce, limit, foundAt, ...rest }) => {
      try {
        return await db.transaction(async (tx) => {
          // One nonce at a time for each signer.
          await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${rest.chainId}:${rest.signer}`}, 0))`);
          const rows = await tx
            .select({ nonce: journal.nonce })
            .from(journal)
            .where(and(of(rest.chainId, rest.signer), inArray(journal.state, states)));
          if (rows.length >= limit) throw new TooManyInFlightError({ inFlight: rows.length, limit });
          const nonce = chooseNonce(new Set(rows.map((each) => each.nonce)));
          const [row] = await tx
            .insert(journal)
            .values({ ...rest, nonce, state: "prepared" })
            .returning();
          // After the insertion: another keeper's entry of the same work has ended by now, or the index has refused this one.
          if (foundAt !== undefined) {
            const later = await tx
              .select({ id: journal.id })
              .from(journal)
              .where(
                and(eq(journal.chainId, rest.chainId), eq(journal.key, rest.key), gt(journal.blockNumber, foundAt)),
              )
              .limit(1);
            if (later.length > 0) throw new DuplicateWorkError(rest.key);
          }
          return entryOf(row as Row, []);
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw new DuplicateWorkError(rest.key);
        throw error;
      }
    },
    sign: async ({ id }, { signedAt, ...rest }) => {
      try {
        await db.transaction(async (tx) => {
          await tx.insert(attempt).values({ ...rest, journalId: BigInt(id), signedAt: new Date(signedAt) });
          await tx
            .update(journal)
            .set({ state: "signed", updatedAt: sql`now()` })
            .where(and(eq(journal.id, BigInt(id)), eq(journal.state, "prepared")));
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw new DuplicateFormError(rest.hash);
        throw error;
      }
    },
    change: async ({ id }, { state, isUnmined, reason, hash, blockNumber, blockHash }) => {
      await db
        .update(journal)
        .set({
          state,
          updatedAt: sql`now()`,
          ...(isUnmined && { hash: null, blockNumber: null, blockHash: null }),
          ...(reason !== undefined && { reason }),
          ...(hash !== undefined && { hash }),
          ...(blockNumber !== undefined && { blockNumber }),
          ...(blockHash !== undefined && { blockHash }),
        })
        .where(eq(journal.id, BigInt(id)));
    },
    lease: async (name, holder, milliseconds) => {
      const until = sql`now() + ${milliseconds} * interval '1 millisecond'`;
      const [row] = await db
        .insert(lease)
        .values({ name, holder, epoch: 1, expiresAt: until as never })
        .onConflictDoUpdate({
          target: lease.name,
          set: {
            holder,
            expiresAt: until as never,
            epoch: sql`${lease.epoch} + CASE WHEN ${lease.holder} = ${holder} THEN 0 ELSE 1 END`,
          },
          setWhere: or(eq(lease.holder, holder), lt(lease.expiresAt, sql`now()`)) as never,
        })
        .returning({ epoch: lease.epoch });
      return row?.epoch;
    },
    release: async (name, holder) => {
      await db
        .update(lease)
        .set({ expiresAt: sql`now() - interval '1 second'` as never })
        .where(and(eq(lease.name, name), eq(lease.holder, holder)));
    },
  };
}
