// A typed client of the relayer's HTTP API. The types are generated from its OpenAPI document.
import type { Deployment, OrderId, SignedOrder } from "@counterpoise/sdk";
import { serializeSubmission } from "@counterpoise/sdk/relay";
import createClient, { type Client } from "openapi-fetch";
import type { Hex } from "viem";
import type { components, paths } from "./generated/schema.js";
import { type MarketEvent, streamEvents } from "./stream.js";

export type { components, paths } from "./generated/schema.js";
export * from "./stream.js";

type Schemas = components["schemas"];
/** The state of an order at the relayer. */
export type RelayerOrder = Schemas["Order"];
/** The resting orders by price. */
export type RelayerBook = Schemas["Book"];
/** A fill by the relayer. */
export type RelayerTrade = Schemas["Trade"];
/** A market of the relayer. */
export type RelayerMarket = Schemas["Market"];
/** The body of an error. */
export type RelayerErrorBody = Schemas["Error"];

/** The relayer refuses a request. */
export class RelayerError extends Error {
  override name = "RelayerError";
  readonly status: number;
  readonly code: RelayerErrorBody["code"] | "NO_ANSWER";
  /** The accepted value or range. */
  readonly limit: string | undefined;
  readonly value: string | undefined;
  /** The offending field. */
  readonly field: string | undefined;
  /** Seconds until the request may succeed. */
  readonly retryAfter: number | undefined;
  constructor(status: number, body: Partial<RelayerErrorBody> | undefined, retryAfter: number | undefined) {
    super(`${body?.code ?? status}: ${body?.message ?? "the relayer gave no reason"}`);
    this.status = status;
    this.code = body?.code ?? "NO_ANSWER";
    this.limit = body?.limit;
    this.value = body?.value;
    this.field = body?.field;
    this.retryAfter = retryAfter;
  }
}

/** Parameters of {@link createRelayerClient}. */
export type RelayerClientParameters = {
  /** The address of the relayer, without `/v1`. */
  url: string;
  /** Default: the platform's. */
  fetch?: typeof fetch | undefined;
};

/** A signed order. */
export type Submission = { order: SignedOrder; signature: Hex };

/** Parameters of a page of orders. */
export type ListOrdersParameters = NonNullable<paths["/v1/orders"]["get"]["parameters"]["query"]>;

/**
 * Creates a client of a relayer. Every method throws {@link RelayerError} with the code and the limit of the answer.
 *
 * @example
 * const relayer = createRelayerClient({ url: "https://relayer.example" });
 * const submission = await signOrder(trader, { deployment, kind: "limit", isBaseToQuote: false, amount, price });
 * const { hash, status } = await relayer.submit(submission);
 */
export function createRelayerClient({ url, fetch: send }: RelayerClientParameters) {
  const baseUrl = url.replace(/\/$/, "");
  const client: Client<paths> = createClient<paths>({ baseUrl, ...(send && { fetch: send as never }) });
  return {
    /** The client with one method for each HTTP method, for requests that have no method here. */
    http: client,
    /** Submits a signed order. The same order again returns the one that is there. */
    submit: async (submission: Submission): Promise<RelayerOrder> =>
      dataOf(await client.POST("/v1/orders", { body: serializeSubmission(submission) as never })),
    /** The state of an order by its hash. */
    order: async (hash: Hex): Promise<RelayerOrder> =>
      dataOf(await client.GET("/v1/orders/{hash}", { params: { path: { hash } } })),
    /** The orders of an account, oldest first, a page at a time. */
    orders: async (query: ListOrdersParameters) => dataOf(await client.GET("/v1/orders", { params: { query } })),
    /** Cancels the orders under an id by a signature of `signOrderCancellation`. A settlement in flight may still fill them. */
    cancel: async ({
      deployment,
      order: { account, id },
      signature,
    }: {
      deployment: Deployment;
      order: OrderId;
      signature: Hex;
    }): Promise<readonly RelayerOrder[]> => {
      const body = { marketId: deployment.marketId.toString(), account, id: id.toString(), signature };
      return dataOf(await client.POST("/v1/cancellations", { body })).orders;
    },
    /** The markets of the relayer. */
    markets: async (): Promise<readonly RelayerMarket[]> => dataOf(await client.GET("/v1/markets")).markets,
    /** The resting orders by price. */
    book: async (marketId: bigint, depth?: number): Promise<RelayerBook> =>
      dataOf(
        await client.GET("/v1/markets/{marketId}/book", {
          params: {
            path: { marketId: marketId.toString() },
            ...(depth !== undefined && { query: { depth: depth as never } }),
          },
        }),
      ),
    /** The relayer's own fills, the newest first, a page at a time. */
    trades: async (marketId: bigint, query: { before?: string; limit?: number } = {}) =>
      dataOf(
        await client.GET("/v1/markets/{marketId}/trades", {
          params: { path: { marketId: marketId.toString() }, query: query as never },
        }),
      ),
    /** Whether orders are taken and matched. */
    health: async () => {
      const { data, error } = await client.GET("/v1/health");
      return data ?? error;
    },
    /** The events of a market: a snapshot, then each change. Ends with the signal; reconnects after a failure. */
    stream: (
      marketId: bigint,
      options: { signal: AbortSignal; after?: string | undefined },
    ): AsyncGenerator<MarketEvent> =>
      streamEvents({ url: `${baseUrl}/v1/markets/${marketId}/stream`, fetch: send, ...options }),
  };
}

/** A client of a relayer. */
export type RelayerClient = ReturnType<typeof createRelayerClient>;

function dataOf<data>({
  data,
  error,
  response,
}: {
  data?: data;
  error?: unknown;
  response: Response;
}): NonNullable<data> {
  if (data !== undefined && data !== null) return data;
  const seconds = Number(response.headers.get("retry-after"));
  throw new RelayerError(
    response.status,
    typeof error === "object" && error !== null ? (error as Partial<RelayerErrorBody>) : undefined,
    seconds > 0 ? seconds : undefined,
  );
}
