// The HTTP interface: /v1, described by /v1/openapi.json. Pages have a cursor and say whether there are more rows.

import { db } from "ponder:api";
import schema from "ponder:schema";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { cors } from "hono/cors";
import { and, desc, eq, lt, or, sql } from "ponder";
import { createPublicClient, fallback, http, isAddress } from "viem";
import { deploymentsOf, passedConfig } from "../../server/config.ts";
import { type IndexedSums, NotComparableError, type Reconciliation, reconcile } from "../../server/reconcile.ts";

const config = passedConfig();
const deployments = deploymentsOf(config);
const client = createPublicClient({
  transport: fallback(config.rpc.map(({ url }) => http(url, { batch: true, timeout: 5_000, retryCount: 0 }))),
});

const app = new OpenAPIHono({
  defaultHook: (result, context) => {
    if (result.success) return undefined;
    const [issue] = result.error.issues;
    return context.json({ code: "INVALID_PARAMETER", limit: `${issue?.path.join(".")}: ${issue?.message}` }, 400);
  },
});
app.use("/v1/*", cors());

// Ponder's own cursor names the block of the index: 10 digits of its time, 16 of the chain, 16 of the number.
async function indexedBlock(): Promise<bigint | undefined> {
  const { rows } = await db.execute<{ latest_checkpoint: string }>(
    sql.raw(`SELECT latest_checkpoint FROM "${process.env.DATABASE_SCHEMA}"._ponder_checkpoint`),
  );
  const checkpoint = rows[0]?.latest_checkpoint;
  return checkpoint === undefined ? undefined : BigInt(checkpoint.slice(26, 42));
}

/** The sums of one moment of the index; undefined while it is empty. */
async function indexedSums(): Promise<IndexedSums | undefined> {
  const headOf = async () => (await db.select().from(schema.ledgerHead))[0]?.block;
  for (;;) {
    const block = await headOf();
    if (block === undefined) return undefined;
    const sums = {
      block,
      positions: await db.select().from(schema.positions),
      funds: await db.select().from(schema.funds),
      escrows: await db.select().from(schema.escrows),
      markets: await db.select().from(schema.markets),
    };
    // Another block may have been indexed between the reads.
    if ((await headOf()) === block) return sums;
  }
}

type State = { at: number } & (
  | { result: Reconciliation; problem?: undefined }
  | { result?: undefined; problem: string }
);
let latest: State | undefined;

async function runReconciliation(): Promise<State> {
  const at = Math.floor(Date.now() / 1_000);
  try {
    const sums = await indexedSums();
    if (!sums) return { at, problem: "No event of the ledger is indexed yet." };
    latest = { at, result: await reconcile(client, deployments, sums) };
    return latest;
  } catch (error) {
    // The last result stays in force: an unknown comparison is no difference.
    const problem = error instanceof NotComparableError ? error.message : "The node or the database does not answer.";
    return { at, problem };
  }
}
setInterval(() => void runReconciliation(), config.reconcileEvery * 1_000).unref();

const text = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each)));

const errorSchema = z.object({ code: z.string(), limit: z.string() }).openapi("Error");
const errors = {
  400: { description: "A parameter is invalid", content: { "application/json": { schema: errorSchema } } },
};
const integer = z
  .string()
  .regex(/^-?\d+$/)
  .openapi({ description: "An exact integer as text" });

type Column = { name: string; columnType: string; notNull: boolean };
const columnsOf = (table: object): [string, Column][] =>
  Object.entries((table as Record<symbol, Record<string, Column>>)[Symbol.for("drizzle:Columns")] ?? {});

/** The schema of a table's rows: integers of any size are text. */
function rowSchema(name: string, table: object) {
  const shape = columnsOf(table).map(([key, { columnType, notNull }]) => {
    const type = /Boolean/.test(columnType)
      ? z.boolean()
      : /PgInteger/.test(columnType)
        ? z.number().int()
        : /Json/.test(columnType)
          ? z.unknown()
          : /BigInt|Numeric/i.test(columnType)
            ? integer
            : z.string();
    return [key, notNull ? type : type.nullable()] as const;
  });
  return z.object(Object.fromEntries(shape)).openapi(name);
}

const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "expected an address")
  .transform((value) => value.toLowerCase() as `0x${string}`);

const MOST_ROWS = 200;
/** A page of a table, newest rows first. */
function list<table extends { seq: never }>(
  name: string,
  table: table,
  { description, account = [], hasMarket = false }: { description: string; account?: string[]; hasMarket?: boolean },
): void {
  const row = rowSchema(name, table);
  const query = z.object({
    limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(50),
    cursor: z
      .string()
      .regex(/^\d{75}$/, "expected the `next` of a page")
      .optional(),
    ...(account.length > 0 && { account: address.optional() }),
    ...(hasMarket && {
      market: z
        .string()
        .regex(/^\d{1,78}$/, "expected a number")
        .optional(),
    }),
  });
  const page = z.object({
    items: z.array(row),
    hasMore: z.boolean(),
    next: z.string().nullable().openapi({ description: "The cursor of the next page; null without one" }),
  });
  const content = { "application/json": { schema: page } };
  const route = createRoute({
    method: "get",
    path: `/v1/${name}`,
    request: { query },
    responses: { 200: { description, content }, ...errors },
  });
  app.openapi(route, async (context) => {
    const { limit, cursor, ...given } = context.req.valid("query") as {
      limit: number;
      cursor?: string;
      account?: `0x${string}`;
      market?: string;
    };
    const columns = table as unknown as Record<string, never>;
    const ofAccount = given.account;
    const conditions = [
      ...(cursor === undefined ? [] : [lt(columns.seq as never, cursor as never)]),
      ...(ofAccount === undefined
        ? []
        : [or(...account.map((each) => eq(columns[each] as never, ofAccount as never)))]),
      ...(given.market === undefined ? [] : [eq(columns.marketId as never, BigInt(given.market) as never)]),
    ];
    const rows = (await db
      .select()
      .from(table as never)
      .where(and(...conditions))
      .orderBy(desc(columns.seq as never))
      .limit(limit + 1)) as { seq: string }[];
    const items = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return context.json(text({ items, hasMore, next: hasMore ? items.at(-1)?.seq : null }) as never, 200);
  });
}

const { markets, makers, positions, fills, orders, signedOrders, liquidations, deleveragings } = schema;
const { insuranceChanges, lpRequests, lpClaims, sharePrices, parameterChanges } = schema;
const seq = <table>(table: table) => table as unknown as { seq: never };
list("markets", seq(markets), { description: "Markets with balance and insurance" });
list("makers", seq(makers), { description: "LP vaults that are or were makers", hasMarket: true });
list("positions", seq(positions), {
  description: "Positions and sums over their fills; `seq` is that of the last change",
  account: ["account"],
  hasMarket: true,
});
list("fills", seq(fills), {
  description: "Fills with kind, order and reason",
  account: ["taker", "maker"],
  hasMarket: true,
});
list("orders", seq(orders), { description: "Delayed orders and their ends", account: ["taker"], hasMarket: true });
list("signed-orders", seq(signedOrders), {
  description: "Signed orders that were announced or filled, by leg",
  account: ["account"],
});
list("liquidations", seq(liquidations), { description: "Liquidations", account: ["account"], hasMarket: true });
list("deleveragings", seq(deleveragings), {
  description: "Deleveragings with their reason",
  account: ["account", "counterparty"],
  hasMarket: true,
});
list("insurance-changes", seq(insuranceChanges), {
  description: "Changes of the insurance, and bad debt",
  account: ["account"],
  hasMarket: true,
});
list("lp-requests", seq(lpRequests), {
  description: "Requests of LPs and their ends",
  account: ["controller", "owner"],
});
list("lp-claims", seq(lpClaims), { description: "Claims of settled and returned requests", account: ["controller"] });
list("share-prices", seq(sharePrices), {
  description: "The value of a maker's shares at each settlement",
  account: ["maker"],
});
list("parameter-changes", seq(parameterChanges), {
  description: "Changes of parameters and of authority, with the sender of the transaction",
});

const reconciliationSchema = z
  .object({
    at: z.number().int(),
    block: integer.nullable(),
    checked: z.number().int(),
    difference: integer.nullable().openapi({ description: "Null while it is unknown" }),
    differences: z.array(z.object({ figure: z.string(), indexed: integer, chain: integer })),
    problem: z.string().nullable(),
  })
  .openapi("Reconciliation");

const shown = (state: State | undefined) =>
  text({
    at: state?.at ?? 0,
    block: state?.result?.block ?? null,
    checked: state?.result?.checked ?? 0,
    difference: state?.result?.difference ?? null,
    differences: state?.result?.differences ?? [],
    problem: state?.problem ?? (state ? null : "Not compared yet."),
  });

app.openapi(
  createRoute({
    method: "get",
    path: "/v1/reconciliation",
    responses: {
      200: {
        description: "Compares all sums with the chain now, at most once in five seconds",
        content: { "application/json": { schema: reconciliationSchema } },
      },
    },
  }),
  async (context) => {
    const isRecent = latest !== undefined && Date.now() / 1_000 - latest.at < 5;
    return context.json(shown(isRecent ? latest : await runReconciliation()) as never, 200);
  },
);

const healthSchema = z
  .object({
    status: z.enum(["ok", "alarm"]),
    head: integer.nullable(),
    indexed: integer.nullable(),
    lag: integer.nullable().openapi({ description: "Blocks from the index to the head; null while one is unknown" }),
    alarms: z.array(z.string()),
    reconciliation: reconciliationSchema,
  })
  .openapi("Health");
const healthContent = { "application/json": { schema: healthSchema } };

app.openapi(
  createRoute({
    method: "get",
    path: "/v1/health",
    responses: {
      200: { description: "Head less indexed block, and the last reconciliation", content: healthContent },
      503: { description: "An alarm is raised", content: healthContent },
    },
  }),
  async (context) => {
    const [head, indexed] = await Promise.all([
      client.getBlockNumber({ cacheTime: 0 }).catch(() => undefined),
      indexedBlock().catch(() => undefined),
    ]);
    const lag = head === undefined || indexed === undefined ? undefined : head > indexed ? head - indexed : 0n;
    const alarms = [
      ...(head === undefined ? ["rpc-down"] : []),
      ...(indexed === undefined ? ["nothing-indexed"] : []),
      ...(lag !== undefined && lag > BigInt(config.maxLag) ? ["index-lags"] : []),
      ...(latest?.result && latest.result.difference !== 0n ? ["differs-from-chain"] : []),
    ];
    const body = text({
      status: alarms.length === 0 ? "ok" : "alarm",
      head: head ?? null,
      indexed: indexed ?? null,
      lag: lag ?? null,
      alarms,
      reconciliation: shown(latest),
    });
    return context.json(body as never, alarms.length === 0 ? 200 : 503);
  },
);

app.doc31("/v1/openapi.json", {
  openapi: "3.1.0",
  info: {
    title: "Counterpoise history",
    version: "1",
    description:
      "Amounts are exact integers as text: WAD, except names in XCD (the collateral's decimals), Wei, and amounts of LP vaults (the asset's decimals). Times are Unix seconds.",
  },
});

export default app;
