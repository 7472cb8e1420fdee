import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ETH, type HermesServer, priceAt, startHermes, UNKNOWN, USDC } from "../../test/hermes-server.js";
import {
  encodeUnsignedUpdate,
  HermesBusyError,
  type HermesPricesParameters,
  HermesRequestError,
  hermesPrices,
  InvalidPriceError,
  PriceNotFoundError,
  type PriceUpdate,
} from "./index.js";

let server: HermesServer;
let other: HermesServer;
beforeEach(async () => {
  [server, other] = await Promise.all([startHermes(), startHermes()]);
  for (const each of [server, other]) each.publish([priceAt(100n)]);
});
afterEach(() => Promise.all([server.stop(), other.stop()]));

const source = (parameters: Partial<HermesPricesParameters> = {}) =>
  hermesPrices({ ids: [ETH], endpoints: [{ url: server.url }], ...parameters });
const both = () => ({ endpoints: [{ url: server.url }, { url: other.url }] });

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  );

const answering =
  (status: number, body = "", headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);
/** Never answers. */
const silent = () => undefined;
const dropping = (request: IncomingMessage) => void request.socket.destroy();

describe("latest and at", () => {
  test("default", async () => {
    server.publish([priceAt(103n, 2_001n)]);
    const prices = source();
    expect(await prices.latest()).toEqual({
      updateData: [encodeUnsignedUpdate([priceAt(103n, 2_001n)])],
      feeds: [priceAt(103n, 2_001n)],
    });
    expect((await prices.at(102n + 1n)).feeds).toEqual([priceAt(103n, 2_001n)]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/v2/updates/price/latest?ids[]=${ETH}&encoding=hex&parsed=false`,
      `/v2/updates/price/103?ids[]=${ETH}&encoding=hex&parsed=false`,
    ]);
  });

  test("behavior: several feeds, in their order", async () => {
    server.publish([priceAt(100n, 1n, USDC)]);
    const { feeds } = await source({ ids: [USDC, ETH] }).latest();
    expect(feeds.map(({ id }) => id)).toEqual([USDC, ETH]);
    expect(server.requests).toHaveLength(1);
  });

  test("behavior: each service receives its own key and headers, and its path is kept", async () => {
    server.next.push(answering(500));
    const endpoints = [
      { url: `${server.url}/hermes/`, key: "one", headers: { "x-team": "a" } },
      { url: other.url, key: "two" },
    ];
    await source({ endpoints }).latest();
    expect(server.requests[0]).toMatchObject({ headers: { authorization: "Bearer one", "x-team": "a" } });
    expect(server.requests[0]?.path).toContain("/hermes/v2/updates/price/latest");
    expect(other.requests[0]).toMatchObject({ headers: { authorization: "Bearer two" } });
    expect(other.requests[0]?.headers["x-team"]).toBeUndefined();
  });

  test.each([
    ["a status", answering(502)],
    ["a dropped connection", dropping],
    ["an answer that is not JSON", answering(200, "<html>")],
    ["an answer without data", answering(200, "{}")],
    ["another encoding", answering(200, JSON.stringify({ binary: { encoding: "base64", data: ["UE5BVQ=="] } }))],
    ["data that is no update", answering(200, JSON.stringify({ binary: { encoding: "hex", data: ["1234"] } }))],
    [
      "another feed",
      answering(
        200,
        JSON.stringify({ binary: { encoding: "hex", data: [encodeUnsignedUpdate([priceAt(1n, 1n, USDC)]).slice(2)] } }),
      ),
    ],
  ])("behavior: after %s, the same service again, or the next one", async (_, failure) => {
    server.next.push(failure, failure);
    expect((await source().latest()).feeds).toEqual([priceAt(100n)]);
    expect(server.requests).toHaveLength(3);
    const [first, second, third] = server.requests.map(({ time }) => time) as [number, number, number];
    // The pauses double; each is up to twice as long.
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(195);

    server.next.push(failure);
    await source(both()).latest();
    expect(other.requests).toHaveLength(1);
  });

  test("behavior: after a timeout, the next service", async () => {
    server.next.push(silent);
    await source({ ...both(), timeout: 50 }).latest();
    expect(other.requests).toHaveLength(1);
  });

  test("behavior: a service that refuses is not asked again, another one is", async () => {
    for (const status of [400, 401, 403, 404]) {
      server.next.push(answering(status));
      await source(both()).latest();
    }
    expect([server.requests.length, other.requests.length]).toEqual([4, 4]);
  });

  test("behavior: a price that is not the first one after the time is refused", async () => {
    server.publish([{ ...priceAt(110n), prevPublishTime: 108n }]);
    const error = await errorOf(source({ retries: 0 }).at(105n));
    expect(error).toBeInstanceOf(InvalidPriceError);
    expect(error).toMatchObject({
      accepted: "the first from 105 on",
      value: "110, after 108",
    });
    expect((await source().at(109n)).feeds[0]?.publishTime).toBe(110n);
  });

  test("behavior: 429 waits as long as the answer says, in seconds or until a date", async () => {
    server.next.push(answering(429, "", { "retry-after": "1" }));
    const prices = source();
    await prices.latest();
    const [first, second] = server.requests.map(({ time }) => time) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(second - first).toBeLessThan(2_000);

    server.next.push(answering(429, "", { "retry-after": new Date(Date.now() + 30_000).toUTCString() }));
    const error = await errorOf(prices.latest());
    expect(error).toBeInstanceOf(HermesBusyError);
    expect((error as HermesBusyError).wait).toBeGreaterThan(28_000);
  });

  test("behavior: 429 without a time is a minute; another service serves", async () => {
    server.next.push(answering(429));
    const prices = source(both());
    await prices.latest();
    await prices.latest();
    expect([server.requests.length, other.requests.length]).toEqual([1, 2]);
  });

  test("behavior: the budget of each service", async () => {
    const budget = { requests: 2, per: 300 };
    const prices = source({ budget });
    await Promise.all(Array.from({ length: 5 }, () => prices.latest()));
    const times = server.requests.map(({ time }) => time);
    for (let i = 2; i < 5; i++) expect((times[i] as number) - (times[i - 2] as number)).toBeGreaterThanOrEqual(280);

    // Two services have twice the budget.
    other.requests.length = 0;
    const shared = source({ ...both(), budget });
    await Promise.all(Array.from({ length: 4 }, () => shared.latest()));
    expect(other.requests).toHaveLength(2);
  });

  test("error: HermesBusyError, with both times", async () => {
    server.next.push(answering(429, "Too many", { "retry-after": "60" }));
    const error = await errorOf(source({ maxWait: 1_000 }).latest());
    expect(error).toBeInstanceOf(HermesBusyError);
    expect(error).toMatchObject({ endpoint: server.url, maxWait: 1_000, cause: { status: 429, details: "Too many" } });
    expect((error as HermesBusyError).wait).toBeGreaterThan(59_000);
    const prices = source({ budget: { requests: 1, per: 60_000 } });
    await prices.latest();
    expect(await errorOf(prices.latest())).toMatchObject({ name: "HermesBusyError", maxWait: 10_000 });
  });

  test("error: HermesRequestError, without the key", async () => {
    server.next.push(answering(401, "Unauthorized"));
    const error = await errorOf(source({ endpoints: [{ url: server.url, key: "secret" }] }).latest());
    expect(error).toBeInstanceOf(HermesRequestError);
    expect(error).toMatchObject({ endpoint: server.url, status: 401, details: "Unauthorized" });
    expect(String(error)).not.toContain("secret");
    server.next.push(answering(503, "Later"), answering(503, "Later"));
    expect(await errorOf(source({ retries: 1 }).latest())).toMatchObject({ status: 503, details: "Later" });
    expect(server.requests).toHaveLength(3);
    server.next.push(silent);
    expect(await errorOf(source({ retries: 0, timeout: 20 }).latest())).toMatchObject({ status: undefined });
  });

  test("error: PriceNotFoundError", async () => {
    expect(await errorOf(source({ ids: [UNKNOWN] }).latest())).toMatchObject({
      name: "PriceNotFoundError",
      ids: [UNKNOWN],
      time: undefined,
      details: `Price ids not found: ${UNKNOWN}`,
    });
    const error = await errorOf(source().at(101n));
    expect(error).toBeInstanceOf(PriceNotFoundError);
    expect(error).toMatchObject({ time: 101n, details: "Update data not found" });
    expect(server.requests).toHaveLength(2);
  });

  test("error: an aborted signal's reason: before, in a request, in a pause", async () => {
    const reason = new Error("stop");
    expect(await errorOf(source().latest({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    for (const failure of [silent, answering(500)]) {
      server.next.push(failure, failure, failure, failure);
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), 50);
      expect(await errorOf(source().at(100n, { signal: abort.signal }))).toBe(reason);
      server.next.length = 0;
    }
  });

  test("error: InvalidPriceError for options", () => {
    const cases: [Partial<HermesPricesParameters>, object][] = [
      [{ ids: [] }, { field: "ids", value: "none" }],
      [{ ids: ["0x12"] }, { field: "ids", value: "0x12" }],
      [{ endpoints: [] }, { field: "endpoints" }],
      [{ budget: { requests: 0, per: 1 } }, { field: "budget.requests", value: 0 }],
    ];
    for (const [parameters, expected] of cases) {
      expect(() => source(parameters)).toThrow(expect.objectContaining({ name: "InvalidPriceError", ...expected }));
    }
  });
});

describe("stream", () => {
  /** Opens a stream, and waits until the server has it. */
  async function opened(parameters: Partial<HermesPricesParameters> = {}, options: { signal?: AbortSignal } = {}) {
    const errors: Error[] = [];
    const stream = source(parameters).stream({ onError: (error) => void errors.push(error), ...options });
    const first = stream.next();
    await expect.poll(() => server.streams.size + other.streams.size).toBe(1);
    return { errors, stream, first };
  }
  const streamOf = ({ streams }: HermesServer) => [...streams][0] as ServerResponse;
  const timeOf = async (result: Promise<IteratorResult<PriceUpdate, void>>) =>
    (await result).value?.feeds[0]?.publishTime;

  test("default: each update, until the loop is left", async () => {
    const { first, stream } = await opened();
    server.publish([priceAt(101n)]);
    server.publish([priceAt(102n)]);
    expect(await timeOf(first)).toBe(101n);
    const seen: bigint[] = [];
    setTimeout(() => server.publish([priceAt(103n)]), 20);
    for await (const { feeds } of stream) {
      seen.push(feeds[0]?.publishTime ?? 0n);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([102n, 103n]);
    await expect.poll(() => server.streams.size).toBe(0);
  });

  test("behavior: leaves out updates that are older, or the same", async () => {
    const { first, stream } = await opened();
    for (const time of [105n, 104n, 105n, 106n]) server.publish([priceAt(time)]);
    expect(await timeOf(first)).toBe(105n);
    expect(await timeOf(stream.next())).toBe(106n);
    await stream.return();
  });

  test("behavior: connects anew when the stream ends, breaks or is malformed, and drops what is older", async () => {
    const { first, stream, errors } = await opened();
    server.publish([priceAt(105n)]);
    expect(await timeOf(first)).toBe(105n);
    const failures = [
      (response: ServerResponse) => response.end(),
      (response: ServerResponse) => response.destroy(),
      (response: ServerResponse) => response.write("data:{\n\n"),
      (response: ServerResponse) =>
        response.write(`data:${JSON.stringify({ binary: { encoding: "hex", data: ["00"] } })}\n\n`),
    ];
    for (const [i, fail] of failures.entries()) {
      const next = timeOf(stream.next());
      const before = streamOf(server);
      fail(before);
      await expect.poll(() => server.streams.size === 1 && streamOf(server) !== before).toBe(true);
      server.publish([priceAt(104n)]);
      server.publish([priceAt(110n + BigInt(i))]);
      expect(await next).toBe(110n + BigInt(i));
      expect(errors).toHaveLength(i + 1);
    }
    await stream.return();
  });

  test("behavior: pauses grow while the service fails, and the next service serves", async () => {
    server.next.push(answering(500), answering(500));
    const { errors, stream, first } = await opened();
    const [one, two, three] = server.requests.map(({ time }) => time) as [number, number, number];
    expect(two - one).toBeGreaterThanOrEqual(95);
    expect(three - two).toBeGreaterThanOrEqual(195);
    expect(errors).toMatchObject([{ status: 500 }, { status: 500 }]);
    server.publish([priceAt(101n)]);
    await first;
    await stream.return();

    await expect.poll(() => server.streams.size).toBe(0);
    server.next.push(answering(429, "", { "retry-after": "60" }));
    const fallback = await opened(both());
    expect(other.streams.size).toBe(1);
    other.publish([priceAt(101n)]);
    expect(await timeOf(fallback.first)).toBe(101n);
    await fallback.stream.return();
  });

  test("behavior: a stream without a byte connects anew; a comment is enough to keep it", async () => {
    const { first, stream, errors } = await opened({ idleTimeout: 1_000 });
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      streamOf(server).write(":\n\n");
    }
    expect(errors).toEqual([]);
    await expect.poll(() => errors, { timeout: 5_000 }).toMatchObject([{ details: "No byte for 1000 ms" }]);
    await expect.poll(() => server.streams.size, { timeout: 5_000 }).toBe(1);
    server.publish([priceAt(101n)]);
    expect(await timeOf(first)).toBe(101n);
    // A reader that takes long is no silence.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    server.publish([priceAt(102n)]);
    expect(await timeOf(stream.next())).toBe(102n);
    expect(errors).toHaveLength(1);
    await stream.return();
  }, 20_000);

  test("behavior: reports the service's own error events, and continues", async () => {
    const { first, stream, errors } = await opened();
    streamOf(server).write("event:error\ndata:Error receiving update: Lagged(3)\n\n");
    server.publish([priceAt(101n)]);
    expect(await timeOf(first)).toBe(101n);
    expect(errors).toMatchObject([{ name: "HermesRequestError", details: "Error receiving update: Lagged(3)" }]);
    await stream.return();
  });

  test("behavior: several feeds: newer in one, older in none", async () => {
    server.publish([priceAt(100n, 1n, USDC)]);
    const { first, stream } = await opened({ ids: [ETH, USDC] });
    server.publish([priceAt(101n), priceAt(101n, 1n, USDC)]);
    server.publish([priceAt(102n), priceAt(100n, 1n, USDC)]);
    server.publish([priceAt(103n), priceAt(101n, 1n, USDC)]);
    expect(await timeOf(first)).toBe(101n);
    expect(await timeOf(stream.next())).toBe(103n);
    await stream.return();
  });

  test("error: ends when every service refuses", async () => {
    server.next.push(answering(401));
    other.next.push(answering(403));
    const error = await errorOf(source(both()).stream().next());
    expect(error).toMatchObject({ name: "HermesRequestError", status: 403 });
  });

  test("error: an aborted signal's reason: at a read, and in a pause", async () => {
    const reason = new Error("stop");
    const abort = new AbortController();
    const { first } = await opened({}, { signal: abort.signal });
    abort.abort(reason);
    expect(await errorOf(first)).toBe(reason);
    await expect.poll(() => server.streams.size).toBe(0);

    const late = new AbortController();
    server.next.push(answering(429));
    const next = source().stream({ signal: late.signal }).next();
    setTimeout(() => late.abort(reason), 50);
    expect(await errorOf(next)).toBe(reason);
  });
});
