// A client of Hermes, the service that serves Pyth's prices: https://docs.pyth.network/price-feeds/core/fetch-price-updates
import { BaseError, type Hex } from "viem";
import { HermesBusyError, HermesRequestError, InvalidPriceError, PriceNotFoundError } from "./errors.js";
import {
  isNewer,
  type PriceRequestOptions,
  type PriceSource,
  type PriceStreamOptions,
  type PriceUpdate,
  sleep,
} from "./source.js";
import { eventsIn } from "./sse.js";
import { parsePriceUpdate, requireIds } from "./update.js";

/** A Hermes service. */
export type HermesEndpoint = {
  /** Its address without `/v2`, as in "https://pyth.dourolabs.app/hermes". */
  url: string;
  /** Sent as a bearer token, to this service only. */
  key?: string | undefined;
  /** Further headers of every request. */
  headers?: Record<string, string> | undefined;
};

/** Parameters of {@link hermesPrices}. Times in milliseconds. */
export type HermesPricesParameters = {
  /** Pyth's ids of the feeds, at least one: see {@link feedIdsOf}. */
  ids: readonly Hex[];
  /** At least one. A later one serves while those before it fail or are busy. */
  endpoints: readonly HermesEndpoint[];
  /** The requests that each service accepts in a time. Default: 10 in 10 seconds, the public limit. Further requests wait. */
  budget?: { requests: number; per: number } | undefined;
  /** Further attempts after the first one fails. The stream has no such limit. Default 3. */
  retries?: number | undefined;
  /** Longest time of one attempt. Default 5,000. */
  timeout?: number | undefined;
  /** Longest time that an attempt waits for the budget, or for a service that is busy. Default 10,000. */
  maxWait?: number | undefined;
  /**
   * Longest time without a byte on the stream, after which it connects anew. Default 30,000: Hermes sends a comment every 15
   * seconds.
   */
  idleTimeout?: number | undefined;
  /** Default: the platform's. */
  fetch?: typeof fetch | undefined;
};

/** The time for which Hermes rejects requests above its limit, if the answer does not say: milliseconds. */
const BUSY = 60_000;
/** The pause after a failure: it doubles with each further one, from and up to so many milliseconds. */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 30_000;

/** Throws unless the prices are the first ones published at or after a time. */
function requireFirst({ feeds }: PriceUpdate, time: bigint): void {
  for (const { publishTime, prevPublishTime } of feeds) {
    if (publishTime >= time && prevPublishTime < time) continue;
    const value = `${publishTime}, after ${prevPublishTime}`;
    throw new InvalidPriceError({ field: "publishTime", value, accepted: `the first from ${time} on` });
  }
}

type Service = HermesEndpoint & {
  /** Times of the last requests, as many as the budget allows. */
  sent: number[];
  /** No request before this time. */
  busyUntil: number;
  failures: number;
};

/** The time in milliseconds that a `Retry-After` asks for: seconds or a date. */
const retryAfter = (header: string | null): number => {
  const milliseconds = Number(header) * 1_000 || Date.parse(header ?? "") - Date.now();
  return Number.isNaN(milliseconds) ? BUSY : milliseconds;
};

/**
 * A price source of one or several Hermes services, the first of `endpoints` that works. It keeps the rate budget of each,
 * honours `Retry-After`, and retries with growing pauses. The stream connects anew when it ends, fails or falls silent, and
 * leaves out updates that are older than one before.
 *
 * @example
 * const prices = hermesPrices({
 *   ids: [deployment.pythId],
 *   endpoints: [{ url: "https://pyth.dourolabs.app/hermes", key: process.env.PYTH_API_KEY }],
 * });
 * const { updateData } = await prices.at(order.executableAt);
 * await executeOrderSync(keeper, { deployment, orderId, order, updateData });
 * for await (const update of prices.stream({ signal })) {
 *   const { market } = await getTrader(client, { deployment, account, prices: update });
 * }
 * @throws {@link InvalidPriceError} without feeds or services, or for a budget of no request. The requests throw
 * {@link PriceNotFoundError}, {@link HermesRequestError}, {@link HermesBusyError}, or InvalidPriceError for malformed data.
 */
export function hermesPrices({
  ids,
  endpoints,
  budget = { requests: 10, per: 10_000 },
  retries = 3,
  timeout = 5_000,
  maxWait = 10_000,
  idleTimeout = 30_000,
  fetch: send = fetch,
}: HermesPricesParameters): PriceSource {
  requireIds(ids);
  const counts = { endpoints: endpoints.length, "budget.requests": budget.requests };
  for (const [field, value] of Object.entries(counts)) {
    if (!(value >= 1)) throw new InvalidPriceError({ field, value, accepted: "at least 1" });
  }
  const services = endpoints.map((each): Service => ({ ...each, sent: [], busyUntil: 0, failures: 0 }));
  const query = `?${ids.map((id) => `ids[]=${id}`).join("&")}&encoding=hex&parsed=false`;

  /** The first time at which a service accepts a request. */
  const freeAt = ({ sent, busyUntil }: Service, now: number): number =>
    Math.max(now, busyUntil, (sent.at(-budget.requests) ?? -budget.per) + budget.per);

  /** Waits for the service that is free first. */
  const nextService = async (
    candidates: readonly Service[],
    { longest, cause, signal }: { longest: number; cause: Error | undefined; signal: AbortSignal | undefined },
  ): Promise<Service> => {
    const now = Date.now();
    const service = candidates.reduce((best, each) => (freeAt(each, now) < freeAt(best, now) ? each : best));
    const time = freeAt(service, now);
    const wait = time - now;
    if (wait > longest) throw new HermesBusyError({ endpoint: service.url, wait, maxWait: longest, cause });
    // Before the wait, so that requests at once share the budget.
    service.sent = [...service.sent, time].slice(-budget.requests);
    if (wait > 0) await sleep(wait, signal);
    signal?.throwIfAborted();
    return service;
  };

  /** Sends a request. Throws for an answer that is no success. */
  const request = async (service: Service, path: string, signal: AbortSignal, time?: bigint): Promise<Response> => {
    const { url: endpoint, key, headers } = service;
    const response = await send(`${endpoint.replace(/\/+$/, "")}/v2/updates/price/${path}${query}`, {
      headers: { ...(key !== undefined && { Authorization: `Bearer ${key}` }), ...headers },
      signal,
    });
    const { status } = response;
    if (response.ok) return response;
    const details = await response.text();
    if (status === 404) throw new PriceNotFoundError({ ids, time, details });
    if (status === 429 || response.headers.has("Retry-After"))
      service.busyUntil = Date.now() + retryAfter(response.headers.get("Retry-After"));
    throw new HermesRequestError({ endpoint, status, details });
  };

  /** Whether a service that failed so may succeed later: not one that refuses the request. */
  const mayRecover = (error: Error): boolean =>
    !(error instanceof PriceNotFoundError) &&
    !(error instanceof HermesRequestError && /^4(?!08|29)/.test(`${error.status}`));

  /** The error of an attempt, after which the service pauses. */
  const failed = (service: Service, thrown: unknown): Error => {
    const cause = thrown as Error;
    // Of this client's own errors, each has its endpoint or its value.
    const error =
      cause instanceof BaseError
        ? cause
        : new HermesRequestError({ endpoint: service.url, details: cause.message, cause });
    if (!mayRecover(error)) return error;
    const pause = Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** service.failures++) * (1 + Math.random());
    service.busyUntil = Math.max(service.busyUntil, Date.now() + pause);
    return error;
  };

  const parse = (text: string): PriceUpdate => {
    const { binary } = JSON.parse(text) as { binary?: { encoding?: unknown; data?: unknown } };
    const { encoding, data } = binary ?? {};
    if (encoding !== "hex" || !Array.isArray(data) || data.some((each) => typeof each !== "string")) {
      throw new InvalidPriceError({ field: "answer of Hermes", value: text, accepted: "binary.data in hex" });
    }
    return parsePriceUpdate(ids, data);
  };

  const get = async (path: string, { signal }: PriceRequestOptions = {}, time?: bigint): Promise<PriceUpdate> => {
    let candidates = services;
    let last: Error | undefined;
    for (let attempt = 0; candidates.length > 0 && (attempt === 0 || attempt <= retries); attempt++) {
      const service = await nextService(candidates, { longest: maxWait, cause: last, signal });
      try {
        const limit = AbortSignal.timeout(timeout);
        const response = await request(service, path, signal ? AbortSignal.any([signal, limit]) : limit, time);
        const update = parse(await response.text());
        if (time !== undefined) requireFirst(update, time);
        service.failures = 0;
        return update;
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = failed(service, thrown);
        last = error;
        // Another service may have what this one refuses.
        if (!mayRecover(error)) candidates = candidates.filter((each) => each !== service);
      }
    }
    throw last;
  };

  async function* stream({ signal, onError }: PriceStreamOptions = {}): AsyncGenerator<PriceUpdate, void, undefined> {
    let candidates = services;
    let before: PriceUpdate | undefined;
    let last: Error | undefined;
    while (candidates.length > 0) {
      const service = await nextService(candidates, { longest: Number.POSITIVE_INFINITY, cause: last, signal });
      const connection = new AbortController();
      const silence = () => connection.abort(new Error(`No byte for ${idleTimeout} ms`));
      let timer = setTimeout(silence, idleTimeout);
      const onByte = () => {
        clearTimeout(timer);
        timer = setTimeout(silence, idleTimeout);
      };
      try {
        const either = signal ? AbortSignal.any([signal, connection.signal]) : connection.signal;
        const { body } = await request(service, "stream", either);
        if (!body) throw new Error("The answer has no body");
        for await (const { type, data } of eventsIn(body, onByte)) {
          if (type === "error") {
            // The service ends the stream afterwards if it has to.
            onError?.(new HermesRequestError({ endpoint: service.url, details: data }));
            continue;
          }
          const update = parse(data);
          service.failures = 0;
          if (!isNewer(update, before)) continue;
          before = update;
          // The reader may take longer than the service is silent.
          clearTimeout(timer);
          yield update;
          onByte();
        }
        throw new Error("The stream ended");
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = failed(service, thrown);
        last = error;
        if (!mayRecover(error)) candidates = candidates.filter((each) => each !== service);
        if (candidates.length > 0) onError?.(error);
      } finally {
        clearTimeout(timer);
        connection.abort();
      }
    }
    throw last;
  }

  return {
    ids,
    latest: (options) => get("latest", options),
    at: (time, options) => get(`${time}`, options, time),
    stream,
  };
}
