import { numberToHex } from "viem";
import { getBlockNumber } from "viem/actions";
import { expect, test } from "vitest";
import { createMetrics, RpcPool, RpcUnavailableError, WrongChainError } from "./index.js";

type Node = {
  head: bigint;
  chainId?: number;
  delay?: number;
  status?: number;
  error?: { code: number; message: string };
  served?: boolean;
};
type Call = { host: string; method: string; params: unknown[] };

function pooling(nodes: Record<string, Node>) {
  const calls: Call[] = [];
  const send = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { host } = new URL(String(url));
    const node = nodes[host] as Node;
    const { method, params } = JSON.parse(String(init?.body)) as { method: string; params: unknown[] };
    calls.push({ host, method, params });
    // Ignores the signal, as a socket that hangs does.
    if (node.delay) await new Promise((resolve) => setTimeout(resolve, node.delay));
    if (node.status) return new Response("", { status: node.status, headers: { "retry-after": "5" } });
    const answer = (result: unknown) => Response.json({ jsonrpc: "2.0", id: 1, result });
    if (method === "eth_chainId") return answer(numberToHex(node.chainId ?? 7));
    if (method.startsWith("eth_getBlockBy")) {
      if (method === "eth_getBlockByHash" && node.served === false) return answer(null);
      const hash = numberToHex(node.head, { size: 32 });
      return answer({ number: numberToHex(node.head), hash, parentHash: hash, timestamp: "0x5", gasLimit: "0x9" });
    }
    if (node.error) return Response.json({ jsonrpc: "2.0", id: 1, error: node.error });
    return answer(host);
  };
  const endpoints = Object.keys(nodes).map((host) => ({ url: `http://${host}/secret-path`, concurrency: 4 }));
  const pool = new RpcPool({
    chainId: 7,
    endpoints,
    metrics: createMetrics("test"),
    timeout: 100,
    probeTimeout: 50,
    fetch: send as typeof fetch,
  });
  return { pool, calls, nodes };
}

test("default: the best head, then the lowest latency", async () => {
  const { pool } = pooling({ behind: { head: 10n }, slow: { head: 20n, delay: 30 }, fast: { head: 19n } });
  const block = await pool.probe();
  expect(block).toMatchObject({ timestamp: 5n, baseFee: 0n });
  expect(await pool.request("eth_call", [])).toBe("fast");
  expect(pool.states.map(({ endpoint }) => endpoint)).toEqual(["2:fast", "1:slow", "0:behind"]);
});

test("behavior: a hanging endpoint costs one limit of time, and rests", async () => {
  const { pool, nodes, calls } = pooling({ a: { head: 20n }, b: { head: 20n, delay: 5 } });
  await pool.probe();
  (nodes.a as Node).delay = 10_000;
  const begun = Date.now();
  expect(await pool.request("eth_call", [])).toBe("b");
  expect(Date.now() - begun).toBeLessThan(1_000);
  calls.length = 0;
  expect(await pool.request("eth_call", [])).toBe("b");
  expect(calls.map(({ host }) => host)).toEqual(["b"]);
});

test("behavior: 429 and a missing block ask the next endpoint; a revert does not", async () => {
  const { pool, nodes, calls } = pooling({ a: { head: 20n }, b: { head: 20n, delay: 5 } });
  await pool.probe();
  (nodes.a as Node).status = 429;
  expect(await pool.request("eth_call", [])).toBe("b");
  delete (nodes.a as Node).status;
  (nodes.b as Node).error = { code: -32_000, message: "header not found" };
  expect(await pool.request("eth_call", [])).toBe("a");
  (nodes.a as Node).error = { code: 3, message: "execution reverted" };
  calls.length = 0;
  await expect(pool.request("eth_call", [])).rejects.toThrow("execution reverted");
  expect(calls).toHaveLength(1);
});

test("behavior: an endpoint that claims a head without serving it is not believed", async () => {
  const { pool } = pooling({ liar: { head: 900n, served: false }, honest: { head: 20n } });
  expect((await pool.probe()).number).toBe(20n);
  expect(await pool.request("eth_call", [])).toBe("honest");
});

test("behavior: reads of a pinned client are reads of its block", async () => {
  const { pool, calls } = pooling({ a: { head: 20n } });
  const block = await pool.probe();
  const client = pool.at(block);
  await client.request({ method: "eth_call", params: [{ to: "0x00" }, "latest"] } as never);
  await client.request({ method: "eth_getLogs", params: [{ fromBlock: "0x1", toBlock: "latest" }] } as never);
  await client.request({ method: "eth_getBalance", params: ["0x00", "0x3"] } as never);
  expect(calls.slice(-3).map(({ params }) => params)).toEqual([
    [{ to: "0x00" }, "0x14"],
    [{ fromBlock: "0x1", toBlock: "0x14" }],
    ["0x00", "0x3"],
  ]);
  expect(await getBlockNumber(client)).toBe(20n);
});

test("error: no endpoint, and another chain", async () => {
  const { pool } = pooling({ a: { head: 1n, status: 500 } });
  await expect(pool.probe()).rejects.toThrow(RpcUnavailableError);
  const error = await pool.request("eth_call", []).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ attempts: [{ endpoint: "0:a", problem: "status 500" }] });
  expect(String(error)).not.toContain("secret-path");
  await expect(pooling({ a: { head: 1n, chainId: 8 } }).pool.probe()).rejects.toThrow(WrongChainError);
});
