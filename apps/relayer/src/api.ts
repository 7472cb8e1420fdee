// The HTTP API under /v1. Every answer and every error has a schema; docs/relayer.md explains the flows.

import { cancellationTypedData, hashSignedOrder, type SignedOrder } from "@counterpoise/sdk";
import { parseSubmission, serializeSubmission } from "@counterpoise/sdk/relay";
import { type Logger, type PinnedBlock, type RpcPool, RpcUnavailableError, reasonOf } from "@counterpoise/service-kit";
import { getConnInfo } from "@hono/node-server/conninfo";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { type Address, type Hash, type Hex, hashTypedData } from "viem";
import type { RelayerConfig } from "./config.js";
import { ApiError, type ErrorCode, errorCodes } from "./errors.js";
import type { RelayerMarket } from "./market.js";
import type { RelayerMetrics } from "./metrics.js";
import { RateLimiter } from "./rate-limits.js";
import type { Level, StoredFill, StoredOrder } from "./records.js";
import * as schemas from "./schemas.js";
import { orderQuestion, type SignatureChecks } from "./signatures.js";
import type { Store } from "./store.js";
import type { StreamHub } from "./stream.js";
import type { Validator } from "./validation.js";

/** Parameters of {@link createApi}. */
export type ApiParameters = {
  config: RelayerConfig;
  pool: RpcPool;
  store: Store;
  markets: readonly RelayerMarket[];
  validators: ReadonlyMap<bigint, Validator>;
  signatures: SignatureChecks;
  hub: StreamHub;
  /** The block at which submissions are validated. */
  head: () => PinnedBlock;
  /** Reads the latest block. */
  refresh: () => Promise<PinnedBlock>;
  metrics: RelayerMetrics;
  log: Logger;
};

/** Orders in a keeper's feed: keepers read at most so many. */
const FEED_SIZE = 1_000;
/** Bytes of a keeper's feed: a submission has at most 18 kB, and most have 1 kB. */
const FEED_BYTES = 3_500_000;

const json = <schema extends z.ZodType>(schema: schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** The errors that a route documents, by status. */
function failures(...codes: ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of ["INVALID_REQUEST", "TOO_MANY_REQUESTS", "UNAVAILABLE", ...codes] as ErrorCode[]) {
    const status = errorCodes[code];
    byStatus.set(status, [...new Set([...(byStatus.get(status) ?? []), code])]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [status, json(schemas.errorSchema, list.join(", "))]),
  ) as Record<400 | 404 | 422 | 429 | 503, ReturnType<typeof json<typeof schemas.errorSchema>>>;
}

const orderErrors = [
  "INVALID_ORDER",
  "INVALID_SIGNATURE",
  "SIGNATURE_CHECK_FAILED",
  "UNKNOWN_MARKET",
  "ORDER_EXPIRED",
  "ORDER_CLOSED",
  "WRONG_NONCE",
  "WRONG_MAKER",
  "NOT_AUTHORIZED",
  "NOTHING_TO_REDUCE",
  "INSUFFICIENT_FUND",
  "INSUFFICIENT_MARGIN",
  "RELAY_FEE_TOO_LOW",
  "LIFETIME_TOO_LONG",
  "TOO_MANY_ORDERS",
] as const satisfies ErrorCode[];

const body = <schema extends z.ZodType>(schema: schema) => ({
  body: { required: true, content: { "application/json": { schema } } },
});

const routes = {
  submit: createRoute({
    method: "post",
    path: "/v1/orders",
    operationId: "submitOrder",
    summary: "Submits a signed order. The same order again returns the one that is there",
    request: body(schemas.submissionSchema),
    responses: {
      200: json(schemas.orderStateSchema, "The order was submitted before"),
      201: json(schemas.orderStateSchema, "The order is open"),
      ...failures(...orderErrors),
    },
  }),
  order: createRoute({
    method: "get",
    path: "/v1/orders/{hash}",
    operationId: "getOrder",
    summary: "The state of an order",
    request: { params: schemas.queries.hash },
    responses: { 200: json(schemas.orderStateSchema, "The order"), ...failures("UNKNOWN_ORDER") },
  }),
  orders: createRoute({
    method: "get",
    path: "/v1/orders",
    operationId: "listOrders",
    summary: "The orders of an account, oldest first",
    request: { query: schemas.queries.orders },
    responses: {
      200: json(
        z.object({ orders: z.array(schemas.orderStateSchema), hasMore: z.boolean(), cursor: schemas.uint.optional() }),
        "A page of orders",
      ),
      ...failures(),
    },
  }),
  cancel: createRoute({
    method: "post",
    path: "/v1/cancellations",
    operationId: "cancelOrders",
    summary: "Cancels the orders of an account under an id, by its signed CancelOrder. On the chain it ends none",
    request: body(schemas.cancellationSchema),
    responses: {
      202: json(z.object({ orders: z.array(schemas.orderStateSchema) }), "The orders under the id"),
      ...failures("INVALID_SIGNATURE", "SIGNATURE_CHECK_FAILED", "UNKNOWN_MARKET"),
    },
  }),
  markets: createRoute({
    method: "get",
    path: "/v1/markets",
    operationId: "listMarkets",
    summary: "The markets of this relayer",
    responses: { 200: json(z.object({ markets: z.array(schemas.marketSchema) }), "All markets"), ...failures() },
  }),
  book: createRoute({
    method: "get",
    path: "/v1/markets/{marketId}/book",
    operationId: "getBook",
    summary: "The resting orders by price",
    request: { params: schemas.queries.market, query: schemas.queries.depth },
    responses: { 200: json(schemas.bookSchema, "The book"), ...failures("UNKNOWN_MARKET") },
  }),
  trades: createRoute({
    method: "get",
    path: "/v1/markets/{marketId}/trades",
    operationId: "listTrades",
    summary: "The fills of this relayer's settlements, the newest first. The indexer has the history of the exchange",
    request: { params: schemas.queries.market, query: schemas.queries.trades },
    responses: {
      200: json(
        z.object({ trades: z.array(schemas.tradeSchema), hasMore: z.boolean(), cursor: schemas.uint.optional() }),
        "A page of trades",
      ),
      ...failures("UNKNOWN_MARKET"),
    },
  }),
  triggered: createRoute({
    method: "get",
    path: "/v1/markets/{marketId}/triggered",
    operationId: "listTriggered",
    summary: "Signed orders that keepers announce when their trigger is met, the nearest first",
    request: { params: schemas.queries.market },
    responses: {
      200: json(z.object({ orders: z.array(schemas.submissionSchema), hasMore: z.boolean() }), "At most 1,000 orders"),
      ...failures("UNKNOWN_MARKET"),
    },
  }),
  stream: createRoute({
    method: "get",
    path: "/v1/markets/{marketId}/stream",
    operationId: "stream",
    summary:
      "Server-sent events: a snapshot, then each change with the next sequence number. Last-Event-ID continues after one",
    request: { params: schemas.queries.market },
    responses: {
      200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
      ...failures("UNKNOWN_MARKET", "TOO_MANY_STREAMS"),
    },
  }),
  health: createRoute({
    method: "get",
    path: "/v1/health",
    operationId: "getHealth",
    summary: "Whether orders are taken and matched",
    responses: {
      200: json(schemas.healthSchema, "All markets are matched"),
      503: json(z.union([schemas.healthSchema, schemas.errorSchema]), "Degraded"),
    },
  }),
};

const info = {
  openapi: "3.1.0",
  info: {
    title: "Counterpoise relayer",
    version: "1.0.0",
    description: "Takes signed orders, matches them by price and time, and settles them on the chain.",
  },
} as const;

/** The OpenAPI document of the API, which the schemas of its routes generate. */
export function openApiDocument(): Record<string, unknown> {
  const app = new OpenAPIHono();
  for (const route of Object.values(routes)) app.openapi(route as never, (() => new Response()) as never);
  return app.getOpenAPI31Document(info) as unknown as Record<string, unknown>;
}

/** Creates the API. */
export function createApi({
  config,
  pool,
  store,
  markets,
  validators,
  signatures,
  hub,
  head,
  refresh,
  metrics,
  log,
}: ApiParameters) {
  const clients = new RateLimiter(config.limits.client, "address");
  const accounts = new RateLimiter(config.limits.account, "account");
  const document = openApiDocument();

  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const field = issue?.path.join(".");
      throw new ApiError("INVALID_REQUEST", `Invalid ${field || "request"}: ${issue?.message}`, {
        ...(field && { field }),
      });
    },
  });

  const clientOf = (context: Context): string => {
    if (config.api.isBehindProxy) {
      const last = context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim();
      if (last) return last.slice(0, 45);
    }
    try {
      return getConnInfo(context).remote.address ?? "unknown";
    } catch {
      return "unknown";
    }
  };
  const marketOf = (id: string): RelayerMarket => {
    const market = markets.find((each) => each.id.toString() === id);
    if (market) return market;
    throw new ApiError("UNKNOWN_MARKET", "This relayer does not have the market", {
      field: "marketId",
      value: id,
      limit: markets.map((each) => each.id).join(", "),
    });
  };

  app.use(async (context, next) => {
    const begun = performance.now();
    await next();
    const route = context.req.routePath.startsWith("/v1") ? context.req.routePath : "other";
    metrics.requests.inc({ route, status: context.res.status });
    metrics.requestTime.observe({ route }, (performance.now() - begun) / 1_000);
  });
  app.use(async (context, next) => {
    clients.take(clientOf(context));
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: config.api.maxBody,
      onError: () => {
        throw new ApiError("BODY_TOO_LARGE", "The body is too large", { limit: `${config.api.maxBody} bytes` });
      },
    }),
  );
  app.notFound(() => {
    throw new ApiError("NOT_FOUND", "There is no such path", { limit: "/v1/openapi.json" });
  });
  app.onError((error, context) => {
    const failure = failureOf(error);
    metrics.refusals.inc({ code: failure.code });
    if (failure.status >= 500) log.warn({ path: context.req.path, error, code: failure.code }, "a request failed");
    if (failure.retryAfter !== undefined) context.header("Retry-After", String(failure.retryAfter));
    return context.json(failure.body, failure.status);
  });
  app.get("/v1/openapi.json", (context) => context.json(document));

  app.openapi(routes.submit, async (context) => {
    const { order, signature } = parseSubmission(context.req.valid("json"));
    const market = marketOf(order.marketId.toString());
    const { deployment } = market;
    const hash = hashSignedOrder({ deployment, order });
    const before = await store.order(hash);
    // Idempotent, also where the signature is another one: the order is the same.
    if (before && before.status !== "dropped") return context.json(stateOf(before), 200);
    requireTimes(order, head().timestamp, config.limits.lifetime);
    await signatures.require(orderQuestion(order, { deployment, signature, block: head(), client: clientOf(context) }));
    metrics.signatureChecks.set(signatures.pending);
    accounts.take(order.account.toLowerCase());
    const validator = validators.get(market.id) as Validator;
    const known = head().hash;
    let verdict = await validator.check({ order, signature });
    // The account may have deposited in a block that this process has not seen yet.
    if (verdict.problem && (await refresh()).hash !== known) verdict = await validator.check({ order, signature });
    const { problem, rest } = verdict;
    if (problem) throw problem;
    const most = config.limits.openOrders;
    const { stored, isNew } = await store.submit({ hash, order, signature, rest, most });
    return isNew ? context.json(stateOf(stored), 201) : context.json(stateOf(stored), 200);
  });

  app.openapi(routes.order, async (context) => {
    const { hash } = context.req.valid("param");
    const stored = await store.order(hash as Hash);
    if (!stored) throw new ApiError("UNKNOWN_ORDER", "This relayer does not have the order", { value: hash });
    return context.json(stateOf(stored), 200);
  });

  app.openapi(routes.orders, async (context) => {
    const { account, marketId, status, after, limit } = context.req.valid("query");
    const found = await store.orders({
      account: account as Address,
      marketId: marketId === undefined ? undefined : BigInt(marketId),
      status,
      after: BigInt(after ?? 0),
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const cursor = page.at(-1)?.sequence.toString();
    return context.json(
      { orders: page.map(stateOf), hasMore: found.length > limit, ...(cursor !== undefined && { cursor }) },
      200,
    );
  });

  app.openapi(routes.cancel, async (context) => {
    const { marketId, account: text, id: idText, signature } = context.req.valid("json");
    const { deployment } = marketOf(marketId);
    const [account, id] = [text as Address, BigInt(idText)];
    const digest = hashTypedData(cancellationTypedData(deployment, { account, id }));
    const client = clientOf(context);
    await signatures.require({ deployment, account, digest, signature: signature as Hex, block: head(), client });
    accounts.take(account.toLowerCase());
    const orders = await store.requestCancellation(account, id);
    return context.json({ orders: orders.map(stateOf) }, 202);
  });

  app.openapi(routes.markets, async (context) => {
    const client = pool.client();
    const shown = await Promise.all(
      markets.map(async (market) => {
        const { deployment } = market;
        const rules = await market.refresh(client);
        const price = market.lastPrice();
        return {
          marketId: market.id.toString(),
          name: market.name,
          chainId: deployment.chainId,
          collateral: deployment.collateral,
          collateralDecimals: deployment.collateralDecimals,
          signedOrderGateway: deployment.signedOrderGateway,
          makers: [...market.makers],
          fee: config.settlement.fee.toString(),
          ...(price !== undefined && { price: price.toString() }),
          initialMarginRatio: rules.initialMarginRatio,
          minRelayFee: rules.minRelayFee.toString(),
          minPositionValue: rules.minPositionValue.toString(),
          limits: { openOrders: config.limits.openOrders, lifetime: config.limits.lifetime },
        };
      }),
    );
    return context.json({ markets: shown }, 200);
  });

  app.openapi(routes.book, async (context) => {
    const market = marketOf(context.req.valid("param").marketId);
    const { depth } = context.req.valid("query");
    const { sequence, bids, asks } = await store.snapshot(market.id, depth + 1);
    return context.json(
      {
        marketId: market.id.toString(),
        sequence: sequence.toString(),
        bids: bids.slice(0, depth).map(levelOf),
        asks: asks.slice(0, depth).map(levelOf),
        hasMore: bids.length > depth || asks.length > depth,
      },
      200,
    );
  });

  app.openapi(routes.trades, async (context) => {
    const market = marketOf(context.req.valid("param").marketId);
    const { before, limit } = context.req.valid("query");
    const found = await store.trades(market.id, before === undefined ? undefined : BigInt(before), limit + 1);
    const page = found.slice(0, limit);
    const cursor = page.at(-1)?.sequence.toString();
    return context.json(
      { trades: page.map(tradeOf), hasMore: found.length > limit, ...(cursor !== undefined && { cursor }) },
      200,
    );
  });

  app.openapi(routes.triggered, async (context) => {
    const market = marketOf(context.req.valid("param").marketId);
    const found = await store.forKeepers(market.id, market.lastPrice() ?? 0n, FEED_SIZE + 1);
    const orders: z.output<typeof schemas.submissionSchema>[] = [];
    let bytes = 0;
    for (const each of found.slice(0, FEED_SIZE)) {
      const { signature } = each;
      bytes += 1_200 + signature.length;
      if (bytes > FEED_BYTES) break;
      orders.push({ order: stateOf(each).order, signature });
    }
    return context.json({ orders, hasMore: found.length > orders.length }, 200);
  });

  app.openapi(routes.stream, (context) => {
    const market = marketOf(context.req.valid("param").marketId);
    const text = context.req.header("last-event-id");
    const after = text !== undefined && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
    return hub.open(context, market.id, clientOf(context), after) as never;
  });

  app.openapi(routes.health, async (context) => {
    const ages = await Promise.all(markets.map(({ id }) => store.matcherAge(id)));
    const shown = markets.map(({ id }, i) => {
      const age = ages[i];
      if (age !== undefined) metrics.matcherAge.set({ market: (markets[i] as RelayerMarket).name }, age);
      return { marketId: id.toString(), isMatched: age !== undefined && age < config.stalledAfter };
    });
    const isOk = shown.every(({ isMatched }) => isMatched);
    const answer = { block: head().number.toString(), markets: shown };
    return isOk
      ? context.json({ status: "ok" as const, ...answer }, 200)
      : context.json({ status: "degraded" as const, ...answer }, 503);
  });

  return app;
}

/** The error of the API for any error: one of the client's is never a fault of the server. */
function failureOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  if (error instanceof HTTPException && error.status < 500) {
    return new ApiError("INVALID_REQUEST", message || "The body is not JSON");
  }
  if (error instanceof SyntaxError) return new ApiError("INVALID_REQUEST", "The body is not JSON");
  if (name === "InvalidSignedOrderError") {
    return new ApiError("INVALID_ORDER", message as string, { field: (error as unknown as { field: string }).field });
  }
  const isDown =
    error instanceof RpcUnavailableError ||
    /^(ECONN|57P|08|53)/.test(code ?? "") ||
    /RpcUnavailable|No endpoint answered|HttpRequest|timeout|terminated|ECONNREFUSED|Connection/i.test(
      `${name} ${message}`,
    );
  if (isDown) {
    return new ApiError("UNAVAILABLE", "The chain or the database does not answer", { retryAfter: 2 });
  }
  return new ApiError("INTERNAL", `The request failed: ${reasonOf(error).slice(0, 100)}`);
}

function requireTimes({ expiresAt, validFrom }: SignedOrder, now: bigint, lifetime: number): void {
  if (expiresAt < now) {
    throw new ApiError("ORDER_EXPIRED", "The order has expired", {
      ...{ field: "order.expiresAt", value: String(expiresAt), limit: String(now) },
    });
  }
  const most = now + BigInt(lifetime);
  const [field, value] = expiresAt > most ? ["order.expiresAt", expiresAt] : ["order.validFrom", validFrom];
  if (value <= most) return;
  throw new ApiError("LIFETIME_TOO_LONG", "The order's validity ends or begins too late", {
    ...{ field, value: String(value), limit: String(most) },
  });
}

const stateOf = ({ hash, marketId, order, status, reason, filled, rest, createdAt, updatedAt }: StoredOrder) => ({
  hash,
  marketId: marketId.toString(),
  status,
  ...(reason !== undefined && { reason }),
  filled: filled.toString(),
  rest: rest.toString(),
  createdAt,
  updatedAt,
  order: serializeSubmission({ order, signature: "0x" }).order as z.output<typeof schemas.orderSchema>,
});

const levelOf = ({ price, amount, orders }: Level) => ({ price: price.toString(), amount: amount.toString(), orders });

const tradeOf = (fill: StoredFill) => ({
  sequence: fill.sequence.toString(),
  orderHash: fill.orderHash,
  account: fill.account,
  counterparty: fill.counterparty,
  base: fill.base.toString(),
  quote: fill.quote.toString(),
  price: fill.price.toString(),
  relayFee: fill.relayFee.toString(),
  transactionHash: fill.transactionHash,
  blockNumber: fill.blockNumber.toString(),
});
