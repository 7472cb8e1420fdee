// An RPC endpoint that misbehaves on request.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `hang`: no answer. `busy`: status 429. `lag`: the head does not change. `lie`: the head is a block that does not exist. `blank`:
 * contracts return nothing.
 */
export type ProxyMode = "pass" | "hang" | "busy" | "lag" | "lie" | "blank";

/** A proxy in front of a node. */
export type Proxy = {
  url: string;
  mode: ProxyMode;
  requests: number;
  /** Requests that are held until {@link Proxy.release}, by their body. Default: none. */
  holds: (body: string) => boolean;
  /** The number of held requests. */
  readonly held: number;
  release(): void;
  stop(): Promise<void>;
};

/** Starts a proxy on the loopback interface. */
export async function startProxy(target: string): Promise<Proxy> {
  let lagging: unknown;
  const held = new Set<() => void>();
  const forward = async (body: string) => {
    const response = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await response.json()) as { result?: unknown };
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    proxy.requests++;
    const { mode } = proxy;
    if (mode === "hang") return;
    if (proxy.holds(body)) await new Promise<void>((resolve) => held.add(resolve));
    if (mode === "busy") {
      response.writeHead(429, { "retry-after": "2" }).end();
      return;
    }
    const answer = await forward(body).catch(() => undefined);
    if (!answer) {
      response.writeHead(502).end();
      return;
    }
    const { method, params } = JSON.parse(body) as { method: string; params: unknown[] };
    if (method === "eth_getBlockByNumber" && params[0] === "latest") {
      if (mode === "lag") {
        lagging ??= answer.result;
        answer.result = lagging;
      } else if (mode === "lie") {
        const block = answer.result as { number: string };
        answer.result = {
          ...block,
          number: `0x${(Number(block.number) + 500).toString(16)}`,
          hash: `0x${"ab".repeat(32)}`,
        };
      } else lagging = undefined;
    }
    if (mode === "blank" && method === "eth_call") answer.result = "0x";
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: "pass",
    requests: 0,
    holds: () => false,
    get held() {
      return held.size;
    },
    release: () => {
      proxy.holds = () => false;
      for (const resolve of held) resolve();
      held.clear();
    },
    stop: () => {
      proxy.release();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
