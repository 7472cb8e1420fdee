// The client against a server of this process: requests, errors, and streams that break.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createRelayerClient, type MarketEvent, parseEvent, type RelayerError } from "../src/index.js";

let server: Server | undefined;
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

describe("requests", () => {
  test("default: the path, the query, and the answer", async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ marketId: "1", sequence: "4", bids: [], asks: [], hasMore: false }));
    });
    const relayer = createRelayerClient({ url: `${url}/` });
    expect((await relayer.book(1n, 7)).sequence).toBe("4");
    expect(seen).toEqual(["GET /v1/markets/1/book?depth=7"]);
  });

  test("error: RelayerError with code, limit and the time to wait", async () => {
    const url = await serve((_, response) => {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "3" });
      response.end(JSON.stringify({ code: "TOO_MANY_REQUESTS", message: "Too many", limit: "20 in a second" }));
    });
    const failure = await createRelayerClient({ url })
      .markets()
      .catch((error: unknown) => error as RelayerError);
    expect(failure).toMatchObject({
      ...{ status: 429, code: "TOO_MANY_REQUESTS", limit: "20 in a second", retryAfter: 3 },
    });
  });

  test("error: an answer that has no reason", async () => {
    const url = await serve((_, response) => response.writeHead(502).end("bad gateway"));
    await expect(createRelayerClient({ url }).markets()).rejects.toMatchObject({ status: 502, code: "NO_ANSWER" });
  });
});

test("default: a stream continues after its last event on a new connection", async () => {
  const asked: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    asked.push(request.headers["last-event-id"] as string | undefined);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (asked.length === 1) {
      response.write('id: 4\nevent: snapshot\ndata: {"sequence":"4","bids":[]}\n\n: alive\n\nid: 5\nevent: bo');
      setTimeout(() => response.end('ok\ndata: {"sequence":"5","levels":[]}\n\nid: 6\nevent: tra'), 20);
    } else {
      response.write('id: 6\nevent: trade\ndata: {"sequence":"6"}\n\n');
    }
  });
  const controller = new AbortController();
  const events: MarketEvent[] = [];
  for await (const event of createRelayerClient({ url }).stream(1n, { signal: controller.signal })) {
    events.push(event);
    if (events.length === 3) break;
  }
  controller.abort();
  expect(events).toEqual([
    { type: "snapshot", sequence: 4n, data: { bids: [] } },
    { type: "book", sequence: 5n, data: { levels: [] } },
    { type: "trade", sequence: 6n, data: {} },
  ]);
  expect(asked).toEqual([undefined, "5"]);
  expect(parseEvent(": alive")).toBeUndefined();
});
