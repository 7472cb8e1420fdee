// The relayer's own data in Postgres: signed orders, settlements, fills, and the events of each market. Front ends write orders and
// cancellations; the rest is written by the market's matcher, in transactions that check its epoch.
import type { SignedOrder } from "@counterpoise/sdk";
import { type SerializedSubmission, serializeSubmission } from "@counterpoise/sdk/relay";
import { inTransaction } from "@counterpoise/service-kit";
import pg from "pg";
import type { Address, Hash, Hex } from "viem";
import { ApiError, FencedError } from "./errors.js";
import {
  fillOf,
  json,
  type Level,
  type MarketEvent,
  type OpenSettlement,
  type OrderChange,
  type OrderStatus,
  orderOf,
  type PlannedFill,
  type Row,
  type StoredFill,
  type StoredOrder,
  tradeData,
} from "./records.js";
import { isForBook, isForKeepers } from "./validation.js";

/** The channel of notifications between front ends and matchers. */
export const CHANNEL = "counterpoise_relayer";

/** Events that are kept for clients that come back. */
const KEPT_EVENTS = 10_000;

/** A JSON text of a submission, whose fields have the order of the SDK. */
export const serialized = (order: SignedOrder, signature: Hex): SerializedSubmission =>
  serializeSubmission({ order, signature });

/** The data of a relayer. */
export class Store {
  readonly #pool: pg.Pool;
  readonly #url: string;

  constructor({ pool, url }: { pool: pg.Pool; url: string }) {
    this.#pool = pool;
    this.#url = url;
  }

  async #rows(name: string | undefined, text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query({ ...(name !== undefined && { name }), text, values })).rows as Row[];
  }

  /** Throws while the database does not answer. */
  async ping(): Promise<void> {
    await this.#pool.query("SELECT 1");
  }

  // -------------------------------------------------------------------------------------------------- front ends ----

  /**
   * Stores an order that was validated. Returns it, and whether it was there before: an order is one, however often it is
   * submitted. One that was dropped is open again, at the end of the line.
   *
   * @throws {@link ApiError} `TOO_MANY_ORDERS` for an account that has `most` open orders.
   */
  async submit({
    hash,
    order,
    signature,
    rest,
    most,
  }: {
    hash: Hash;
    order: SignedOrder;
    signature: Hex;
    rest: bigint;
    most: number;
  }): Promise<{ stored: StoredOrder; isNew: boolean }> {
    const values = [
      hash,
      order.marketId.toString(),
      order.account.toLowerCase(),
      order.id.toString(),
      json(serializeSubmission({ order, signature })),
      isForBook(order),
      isForKeepers(order),
      order.isBaseToQuote ? "ask" : "bid",
      order.price.toString(),
      order.triggerPrice.toString(),
      order.expiresAt.toString(),
      rest.toString(),
      most,
      CHANNEL,
    ];
    const [row] = await this.#rows(
      "submit",
      `WITH inserted AS (
         INSERT INTO orders (hash, market_id, account, order_id, submission, is_resting, is_for_keepers, side, price,
           trigger_price, expires_at, rest)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
         WHERE (SELECT count(*) FROM orders WHERE account = $3 AND status IN ('open', 'requested')) < $13
         ON CONFLICT (hash) DO UPDATE SET status = 'open', reason = NULL, is_booked = false, rest = excluded.rest,
           submission = excluded.submission, sequence = nextval('order_sequence'), updated_at = now()
           WHERE orders.status = 'dropped'
         RETURNING *
       ), notified AS (
         SELECT pg_notify($14, 'orders ' || market_id) FROM inserted
       )
       SELECT inserted.*, (SELECT count(*) FROM notified) AS notified FROM inserted`,
      values,
    );
    if (row) return { stored: orderOf(row), isNew: true };
    const stored = await this.order(hash);
    if (stored) return { stored, isNew: false };
    throw new ApiError("TOO_MANY_ORDERS", "The account has too many open orders", {
      limit: String(most),
      retryAfter: 1,
    });
  }

  async order(hash: Hash): Promise<StoredOrder | undefined> {
    const [row] = await this.#rows("order", "SELECT * FROM orders WHERE hash = $1", [hash]);
    return row && orderOf(row);
  }

  /** Orders, oldest first, after a sequence number. */
  async orders({
    account,
    marketId,
    status,
    after,
    limit,
  }: {
    account: Address;
    marketId?: bigint | undefined;
    status?: OrderStatus | undefined;
    after: bigint;
    limit: number;
  }): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      "orders",
      `SELECT * FROM orders WHERE account = $1 AND ($2::numeric IS NULL OR market_id = $2) AND ($3::text IS NULL OR status = $3)
         AND sequence > $4 ORDER BY sequence LIMIT $5`,
      [account.toLowerCase(), marketId?.toString() ?? null, status ?? null, after.toString(), limit],
    );
    return rows.map(orderOf);
  }

  /** Orders that wait for a trigger, and that keepers announce: those whose trigger is nearest to a price first. */
  async forKeepers(marketId: bigint, price: bigint, limit: number): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      "keepers",
      `SELECT * FROM orders WHERE market_id = $1 AND status = 'open' AND is_for_keepers
         ORDER BY abs(trigger_price - $2), sequence LIMIT $3`,
      [marketId.toString(), price.toString(), limit],
    );
    return rows.map(orderOf);
  }

  /** Records the cancellation of the account's orders under an id. The market's matcher drops them. */
  async requestCancellation(account: Address, id: bigint): Promise<StoredOrder[]> {
    await this.#rows(
      "cancel",
      `WITH changed AS (
         UPDATE orders SET status = 'requested', reason = 'cancelled by its account', updated_at = now()
         WHERE account = $1 AND order_id = $2 AND status = 'open' RETURNING market_id
       )
       SELECT pg_notify($3, 'orders ' || market_id) FROM changed`,
      [account.toLowerCase(), id.toString(), CHANNEL],
    );
    const found = await this.#rows(
      "cancelled",
      "SELECT * FROM orders WHERE account = $1 AND order_id = $2 ORDER BY sequence",
      [account.toLowerCase(), id.toString()],
    );
    return found.map(orderOf);
  }

  /** Fills by the relayer's own settlements, the newest first, before a sequence number. */
  async trades(marketId: bigint, before: bigint | undefined, limit: number): Promise<StoredFill[]> {
    const rows = await this.#rows(
      "trades",
      `SELECT * FROM fill WHERE market_id = $1 AND is_own AND ($2::bigint IS NULL OR sequence < $2)
         ORDER BY sequence DESC LIMIT $3`,
      [marketId.toString(), before?.toString() ?? null, limit],
    );
    return rows.map(fillOf);
  }

  /** The book at one point of the market's events. */
  async snapshot(marketId: bigint, depth: number): Promise<{ sequence: bigint; bids: Level[]; asks: Level[] }> {
    return inTransaction(
      this.#pool,
      async (client) => {
        const { rows } = await client.query("SELECT sequence FROM matcher WHERE market_id = $1", [marketId.toString()]);
        const levels = async (side: "bid" | "ask"): Promise<Level[]> => {
          const { rows: found } = await client.query(
            `SELECT price, sum(rest) AS amount, count(*) AS orders FROM orders
           WHERE market_id = $1 AND side = $2 AND is_resting AND is_booked AND status = 'open'
           GROUP BY price ORDER BY price ${side === "bid" ? "DESC" : "ASC"} LIMIT $3`,
            [marketId.toString(), side, depth],
          );
          return found.map((row) => ({
            price: BigInt(row.price),
            amount: BigInt(row.amount),
            orders: Number(row.orders),
          }));
        };
        const [bids, asks] = [await levels("bid"), await levels("ask")];
        return { sequence: BigInt(rows[0]?.sequence ?? 0), bids, asks };
      },
      "snapshot",
    );
  }

  /** The number of a market's last event. */
  async lastSequence(marketId: bigint): Promise<bigint> {
    const [row] = await this.#rows("sequence", "SELECT sequence FROM matcher WHERE market_id = $1", [
      marketId.toString(),
    ]);
    return BigInt((row?.sequence as string | undefined) ?? 0);
  }

  /** Events after a sequence number, oldest first. */
  async events(marketId: bigint, after: bigint, limit: number): Promise<MarketEvent[]> {
    const rows = await this.#rows(
      "events",
      "SELECT sequence, type, data FROM event WHERE market_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
      [marketId.toString(), after.toString(), limit],
    );
    return rows.map((row) => ({
      sequence: BigInt(row.sequence as string),
      type: row.type as MarketEvent["type"],
      data: row.data as Record<string, unknown>,
    }));
  }

  /** Seconds since a matcher has last worked on the market; undefined before the first. */
  async matcherAge(marketId: bigint): Promise<number | undefined> {
    const [row] = await this.#rows(
      "matcher",
      "SELECT extract(epoch FROM now() - seen_at)::float AS age FROM matcher WHERE market_id = $1",
      [marketId.toString()],
    );
    return (row?.age as number | null | undefined) ?? undefined;
  }

  /** Calls back for each notification. Reconnects after a failure. */
  listen(onNotice: (payload: string) => void): { stop: () => Promise<void> } {
    let isStopped = false;
    let client: pg.Client | undefined;
    const connect = async (): Promise<void> => {
      if (isStopped) return;
      const next = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 2_000 });
      const again = () => {
        next.removeAllListeners("end");
        void next.end().catch(() => undefined);
        if (!isStopped) setTimeout(() => void connect(), 1_000).unref();
      };
      next.on("error", () => undefined);
      next.on("notification", ({ payload }) => onNotice(payload ?? ""));
      try {
        await next.connect();
        await next.query(`LISTEN ${CHANNEL}`);
        client = next;
        next.once("end", again);
        // Notifications may have been missed meanwhile.
        onNotice("");
      } catch {
        again();
      }
    };
    void connect();
    return {
      stop: async () => {
        isStopped = true;
        client?.removeAllListeners("end");
        await client?.end().catch(() => undefined);
      },
    };
  }

  // ----------------------------------------------------------------------------------------------------- matchers ----

  /** A connection of its own, which holds advisory locks as long as it lives. */
  async session(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** Begins an epoch of a market. Earlier epochs write nothing from then on. */
  async beginEpoch(marketId: bigint): Promise<number> {
    const [row] = await this.#rows(
      undefined,
      `INSERT INTO matcher (market_id, epoch, seen_at) VALUES ($1, 1, now())
       ON CONFLICT (market_id) DO UPDATE SET epoch = matcher.epoch + 1, seen_at = now() RETURNING epoch`,
      [marketId.toString()],
    );
    return Number(row?.epoch);
  }

  /** The last block that a matcher of the market has read. */
  async lastBlock(marketId: bigint): Promise<{ number: bigint; hash: Hash } | undefined> {
    const [row] = await this.#rows(undefined, "SELECT block_number, block_hash FROM matcher WHERE market_id = $1", [
      marketId.toString(),
    ]);
    if (!row || row.block_number === null) return undefined;
    return { number: BigInt(row.block_number as string), hash: row.block_hash as Hash };
  }

  /** Orders without an end, oldest first: those that are in the book, and new ones. */
  async live(marketId: bigint): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      undefined,
      "SELECT * FROM orders WHERE market_id = $1 AND status IN ('open', 'requested') ORDER BY sequence",
      [marketId.toString()],
    );
    return rows.map(orderOf);
  }

  /** New orders, oldest first. */
  async arrivals(marketId: bigint, limit: number): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      "arrivals",
      "SELECT * FROM orders WHERE market_id = $1 AND status = 'open' AND NOT is_booked ORDER BY sequence LIMIT $2",
      [marketId.toString(), limit],
    );
    return rows.map(orderOf);
  }

  /** Orders that their accounts have cancelled, and that the matcher has not dropped yet. */
  async cancellations(marketId: bigint): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      "cancellations",
      "SELECT * FROM orders WHERE market_id = $1 AND status = 'requested' ORDER BY sequence",
      [marketId.toString()],
    );
    return rows.map(orderOf);
  }

  /** Orders that the chain has ended since a block: a reorganisation may have removed their end. */
  async endedSince(marketId: bigint, block: bigint): Promise<StoredOrder[]> {
    const rows = await this.#rows(
      undefined,
      "SELECT * FROM orders WHERE market_id = $1 AND status = 'dead' AND ended_block >= $2 ORDER BY sequence",
      [marketId.toString(), block.toString()],
    );
    return rows.map(orderOf);
  }

  /** The sum of the fills of orders (WAD base), and of their relay fees. */
  async filledOf(hashes: readonly Hash[]): Promise<Map<Hash, { base: bigint; relayFee: bigint }>> {
    const rows = await this.#rows(
      "filled",
      `SELECT order_hash, sum(abs(base)) AS base, sum(relay_fee) AS relay_fee FROM fill
       WHERE order_hash = ANY($1) GROUP BY order_hash`,
      [hashes],
    );
    return new Map(
      rows.map((row) => [
        row.order_hash as Hash,
        { base: BigInt(row.base as string), relayFee: BigInt(row.relay_fee as string) },
      ]),
    );
  }

  /** Which of these transactions are forms of the journal. */
  async ownTransactions(hashes: readonly Hash[]): Promise<Set<Hash>> {
    const rows = await this.#rows("own", "SELECT hash FROM attempt WHERE hash = ANY($1)", [hashes]);
    return new Set(rows.map(({ hash }) => hash as Hash));
  }

  /** Which of these orders the relayer has. */
  async knownOrders(hashes: readonly Hash[]): Promise<Set<Hash>> {
    const rows = await this.#rows("known", "SELECT hash FROM orders WHERE hash = ANY($1)", [hashes]);
    return new Set(rows.map(({ hash }) => hash as Hash));
  }

  /** The fills of a market from a block on. */
  async fillsFrom(marketId: bigint, block: bigint): Promise<StoredFill[]> {
    const rows = await this.#rows("fills", "SELECT * FROM fill WHERE market_id = $1 AND block_number >= $2", [
      marketId.toString(),
      block.toString(),
    ]);
    return rows.map(fillOf);
  }

  /**
   * Writes a settlement before it is sent, if all its orders are still open: a cancellation that was recorded before wins.
   * Returns its id, or the orders that are no longer open.
   *
   * @throws {@link FencedError} when a later epoch has begun.
   */
  async plan(marketId: bigint, epoch: number, fills: readonly PlannedFill[]): Promise<bigint | readonly Hash[]> {
    const hashes = [...new Set(fills.flatMap(({ taker, maker, isMatch }) => (isMatch ? [taker, maker] : [taker])))];
    return this.#asMatcher(marketId, epoch, async (client) => {
      const { rows } = await client.query(
        "SELECT hash, status FROM orders WHERE hash = ANY($1) ORDER BY hash FOR UPDATE",
        [hashes],
      );
      const open = new Set(rows.filter(({ status }) => status === "open").map(({ hash }) => hash as Hash));
      const ended = hashes.filter((hash) => !open.has(hash as Hash)) as Hash[];
      if (ended.length > 0) return ended;
      const { rows: inserted } = await client.query(
        "INSERT INTO settlement (market_id, epoch, fills) VALUES ($1, $2, $3) RETURNING id",
        [marketId.toString(), epoch, json(fills)],
      );
      return BigInt(inserted[0].id);
    });
  }

  /** Settlements without an end. */
  async openSettlements(marketId: bigint): Promise<OpenSettlement[]> {
    const rows = await this.#rows(
      "settlements",
      "SELECT id, epoch, fills FROM settlement WHERE market_id = $1 AND state = 'planned' ORDER BY id",
      [marketId.toString()],
    );
    return rows.map((row) => ({
      id: BigInt(row.id as string),
      epoch: Number(row.epoch),
      fills: (row.fills as (Omit<PlannedFill, "amount"> & { amount: string })[]).map((each) => ({
        ...each,
        amount: BigInt(each.amount),
      })),
    }));
  }

  /** The last entry of the journal for a settlement. */
  async journalEntry(
    key: string,
  ): Promise<{ state: string; reason: string | undefined; hash: Hash | undefined } | undefined> {
    const [row] = await this.#rows(
      "entry",
      "SELECT state, reason, hash FROM journal WHERE key = $1 ORDER BY id DESC LIMIT 1",
      [key],
    );
    if (!row) return undefined;
    const reason = (row.reason as string | null) ?? undefined;
    return { state: row.state as string, reason, hash: (row.hash as Hash | null) ?? undefined };
  }

  /** Records the end of a settlement. */
  async endSettlement(
    marketId: bigint,
    epoch: number,
    id: bigint,
    state: "succeeded" | "reverted" | "dropped" | "abandoned",
    reason: string | undefined,
  ): Promise<void> {
    await this.#asMatcher(marketId, epoch, (client) =>
      client.query("UPDATE settlement SET state = $2, reason = $3, updated_at = now() WHERE id = $1", [
        id.toString(),
        state,
        reason ?? null,
      ]),
    );
  }

  /**
   * Writes what a round has changed, and its events, in one transaction. Returns the number of the last event.
   *
   * @throws {@link FencedError} when a later epoch has begun.
   */
  async commit({
    marketId,
    epoch,
    block,
    booked,
    changes,
    fills,
    removedFills,
    events,
  }: {
    marketId: bigint;
    epoch: number;
    block: { number: bigint; hash: Hash };
    /** Orders that the matcher has taken in. */
    booked: readonly Hash[];
    changes: readonly OrderChange[];
    fills: readonly Omit<StoredFill, "sequence">[];
    removedFills: readonly StoredFill[];
    events: readonly Omit<MarketEvent, "sequence">[];
  }): Promise<bigint> {
    return this.#asMatcher(marketId, epoch, async (client, sequence) => {
      for (const { transactionHash, logIndex } of removedFills) {
        await client.query("DELETE FROM fill WHERE transaction_hash = $1 AND log_index = $2", [
          transactionHash,
          logIndex,
        ]);
      }
      for (const [i, fill] of fills.entries()) {
        await client.query(
          `INSERT INTO fill (transaction_hash, log_index, market_id, block_number, block_hash, order_hash, account, counterparty,
             base, quote, price, relay_fee, is_own, sequence)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           ON CONFLICT (transaction_hash, log_index) DO UPDATE SET block_number = excluded.block_number,
             block_hash = excluded.block_hash`,
          [
            fill.transactionHash,
            fill.logIndex,
            marketId.toString(),
            fill.blockNumber.toString(),
            fill.blockHash,
            fill.orderHash,
            fill.account.toLowerCase(),
            fill.counterparty.toLowerCase(),
            ...[fill.base, fill.quote, fill.price, fill.relayFee].map(String),
            fill.isOwn,
            (sequence + BigInt(i) + 1n).toString(),
          ],
        );
      }
      if (booked.length > 0) await client.query("UPDATE orders SET is_booked = true WHERE hash = ANY($1)", [booked]);
      for (const { hash, status, reason, rest, filled, endedBlock } of changes) {
        // A cancellation that was recorded meanwhile stays.
        await client.query(
          `UPDATE orders SET status = CASE WHEN status = 'requested' AND $2 = 'open' THEN status ELSE $2 END,
             reason = CASE WHEN status = 'requested' AND $2 = 'open' THEN reason ELSE $3 END,
             rest = $4, filled = $5, ended_block = $6, updated_at = now() WHERE hash = $1`,
          [hash, status, reason ?? null, rest.toString(), filled.toString(), endedBlock?.toString() ?? null],
        );
      }
      // The first numbers are those of the fills.
      const all = [...fills.map((fill) => ({ type: fill.isOwn ? "trade" : "fill", data: tradeData(fill) })), ...events];
      const last = sequence + BigInt(all.length);
      if (all.length > 0) {
        await client.query(
          `INSERT INTO event (market_id, sequence, type, data)
           SELECT $1, $2::bigint + row_number() OVER (ORDER BY i), each->>'type', each->'data'
           FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS list(each, i)`,
          [marketId.toString(), sequence.toString(), json(all)],
        );
        await client.query("DELETE FROM event WHERE market_id = $1 AND sequence <= $2", [
          marketId.toString(),
          (last - BigInt(KEPT_EVENTS)).toString(),
        ]);
      }
      await client.query(
        "UPDATE matcher SET sequence = $2, block_number = $3, block_hash = $4, seen_at = now() WHERE market_id = $1",
        [marketId.toString(), last.toString(), block.number.toString(), block.hash],
      );
      if (all.length > 0) await client.query("SELECT pg_notify($1, $2)", [CHANNEL, `events ${marketId}`]);
      return last;
    });
  }

  /** A transaction that only the matcher of the epoch may make. */
  async #asMatcher<result>(
    marketId: bigint,
    epoch: number,
    task: (client: pg.PoolClient, sequence: bigint) => Promise<result>,
  ): Promise<result> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query("SELECT epoch, sequence FROM matcher WHERE market_id = $1 FOR UPDATE", [
        marketId.toString(),
      ]);
      if (Number(rows[0]?.epoch) !== epoch) throw new FencedError({ marketId, epoch });
      return task(client, BigInt(rows[0].sequence));
    });
  }
}
