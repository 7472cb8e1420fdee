import { RpcRequestError } from "viem";
import { getBlockNumber } from "viem/actions";
import { describe, expect, test } from "vitest";
import { logOf, withLogs } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { getFills, getOpenOrders, getOrderEvents, HistoryUnavailableError, watchFills } from "../index.js";

const maker = deployment.oracleMaker;
const change = { realizedPnl: 1n, funding: 2n, borrowing: 3n };
const fill = { taker, maker, base: 4n, quote: -5n, price: 6n, takerMargin: change, makerMargin: change };
const fillLog = (args: object = {}, more: object = {}) =>
  logOf(deployment.vault, vaultAbi, "PositionsChanged", { marketId: 1n, ...fill, ...args }, more);

describe("spans of blocks", () => {
  test("default: all in one request, to the latest block", async () => {
    const { client, asked } = withLogs([]);
    await getFills(client, { deployment });
    expect(asked).toEqual([{ fromBlock: "0x0", toBlock: "latest" }]);
  });

  test("default: from the block of the deployment", async () => {
    const { client, asked } = withLogs([]);
    await getFills(client, { deployment: { ...deployment, startBlock: 7n } });
    await getOpenOrders(client, { deployment: { ...deployment, startBlock: 7n }, maxBlockRange: 9n });
    expect(asked).toEqual([
      { fromBlock: "0x7", toBlock: "latest" },
      { fromBlock: "0x7", toBlock: "0x9" },
    ]);
  });

  test("behavior: a span that ends before it starts needs no request", async () => {
    const { client, asked } = withLogs([]);
    expect(await getFills(client, { deployment, fromBlock: 3n, toBlock: 2n })).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("behavior: the node's number of the latest block, not the one that viem caches", async () => {
    let head = 4;
    const { client, asked } = withLogs([], { eth_blockNumber: () => `0x${head++}` });
    await getBlockNumber(client);
    for (let i = 0; i < 2; i++) await getFills(client, { deployment, fromBlock: 4n, maxBlockRange: 100n });
    expect(asked.map(({ toBlock }) => toBlock)).toEqual(["0x5", "0x6"]);
  });

  test("behavior: as many requests as the node's limit needs, each block once", async () => {
    const { client, asked } = withLogs([fillLog()]);
    expect(await getFills(client, { deployment, fromBlock: 2n, maxBlockRange: 3n })).toHaveLength(1);
    expect(asked).toEqual([
      { fromBlock: "0x2", toBlock: "0x4" },
      { fromBlock: "0x5", toBlock: "0x7" },
      { fromBlock: "0x8", toBlock: "0x9" },
    ]);
  });

  test("behavior: a last request of one block, and a given end", async () => {
    const { client, asked } = withLogs([]);
    await getOpenOrders(client, { deployment, fromBlock: 3n, maxBlockRange: 6n });
    await getOrderEvents(client, { deployment, fromBlock: 1n, toBlock: 2n, maxBlockRange: 2n });
    await getOrderEvents(client, { deployment, fromBlock: 3n, toBlock: 2n });
    expect(asked).toEqual([
      { fromBlock: "0x3", toBlock: "0x8" },
      { fromBlock: "0x9", toBlock: "0x9" },
      { fromBlock: "0x1", toBlock: "0x2" },
    ]);
  });
});

/** Throws a node's error. */
const refuse = (code: number, message: string) => () => {
  throw new RpcRequestError({ body: {}, error: { code, message }, url: "http://127.0.0.1" });
};

describe("nodes that have pruned old blocks", () => {
  // The answers of geth (EIP-4444), reth and erigon.
  test.each([
    [4444, "pruned history unavailable"],
    [-32_000, "history has been pruned for this block"],
    [-32_000, "history unavailable: block 3 is before the first one available"],
  ])("error: HistoryUnavailableError for %i %s", async (code, message) => {
    const { client } = withLogs([], { eth_getLogs: refuse(code, message) });
    const error = await getFills(client, { deployment, fromBlock: 3n }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HistoryUnavailableError);
    expect(error).toMatchObject({ fromBlock: 3n });
    expect(String(error)).toContain("Pass a later `fromBlock`");
  });

  test("error: another error of the node is passed on", async () => {
    const { client } = withLogs([], { eth_getLogs: refuse(-32_005, "query returned more than 10000 results") });
    const error = await getFills(client, { deployment }).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(HistoryUnavailableError);
    expect(String(error)).toContain("more than 10000 results");
  });
});

describe("watching", () => {
  type Fills = { blockNumber: bigint }[];

  /** A chain of blocks with one fill each. Its node refuses every request of logs while `fails` is true. */
  function chain() {
    const state = { head: 9, fails: false };
    const log = (block: number) => fillLog({}, { blockNumber: `0x${block.toString(16)}` });
    const logs = Array.from({ length: 20 }, (_, block) => log(block));
    const { client, asked } = withLogs(logs, { eth_blockNumber: () => `0x${state.head.toString(16)}` });
    const node = client.request;
    const request = async (each: { method: string; params?: unknown }) => {
      if (each.method === "eth_getLogs" && state.fails) return refuse(-32_000, "busy")();
      return node(each as never);
    };
    return { client: { ...client, request: request as typeof client.request }, state, asked };
  }

  const numbers = (fills: Fills) => fills.map(({ blockNumber }) => blockNumber);

  test("default: each block after the latest one, once", async () => {
    const { client, state } = chain();
    const seen: bigint[] = [];
    const onItems = (fills: Fills) => void seen.push(...numbers(fills));
    const unwatch = watchFills(client, { deployment, onItems, pollingInterval: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    state.head = 12;
    await expect.poll(() => seen).toEqual([10n, 11n, 12n]);
    state.head = 13;
    await expect.poll(() => seen).toEqual([10n, 11n, 12n, 13n]);
    unwatch();
    state.head = 14;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toHaveLength(4);
  });

  test("behavior: from a given block, in ranges that the node allows", async () => {
    const { client, asked } = chain();
    const seen: bigint[] = [];
    const onItems = (fills: Fills) => void seen.push(...numbers(fills));
    const parameters = { deployment, onItems, fromBlock: 5n, maxBlockRange: 3n, pollingInterval: 1 };
    const unwatch = watchFills(client, parameters);
    await expect.poll(() => seen).toEqual([5n, 6n, 7n, 8n, 9n]);
    unwatch();
    expect(asked).toEqual([
      { fromBlock: "0x5", toBlock: "0x7" },
      { fromBlock: "0x8", toBlock: "0x9" },
    ]);
  });

  test("behavior: a failed request is reported and leaves no gap", async () => {
    const { client, state } = chain();
    const [seen, errors]: [bigint[], string[]] = [[], []];
    const onItems = (fills: Fills) => void seen.push(...numbers(fills));
    const onError = (error: Error) => void errors.push(error.message);
    const unwatch = watchFills(client, { deployment, onItems, onError, fromBlock: 10n, pollingInterval: 1 });
    state.fails = true;
    state.head = 11;
    await expect.poll(() => errors.join()).toContain("busy");
    state.fails = false;
    state.head = 12;
    await expect.poll(() => seen).toEqual([10n, 11n, 12n]);
    unwatch();
  });
});
