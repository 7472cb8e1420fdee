// The indexer on a stack whose agents trade: its rows against the chain, a kill, a rebuild, and a reorganisation.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { claimLpSharesSync, getFills, getOrderEvents, requestLpDepositSync } from "@counterpoise/sdk";
import { waitForLpRequest } from "@counterpoise/sdk/keeper";
import { createLogger, pause, Secrets, serviceDatabase } from "@counterpoise/service-kit";
import { type Stack, startStack } from "@counterpoise/stack/src/stack.js";
import pg from "pg";
import { erc20Abi, parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Indexer, startIndexer } from "../server/start.ts";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-indexer-"));
let stack: Stack;
let databaseUrl: string;
let pool: pg.Pool;
let indexer: Indexer;
const lines: string[] = [];

type Row = Record<string, string>;
type Page = { items: Row[]; hasMore: boolean; next: string | null };
type Health = { status: string; head: string; indexed: string; lag: string; alarms: string[] };
type Comparison = {
  block: string | null;
  checked: number;
  difference: string | null;
  differences: unknown[];
  problem: string | null;
};

const start = (schema: string): Promise<Indexer> =>
  startIndexer({
    config: {
      chainId: 31_337,
      rpc: [{ url: stack.rpcUrl }],
      markets: [stack.venue.deploymentFile],
      pollingInterval: 500,
      maxBlockRange: 1_000,
      maxLag: 30,
      reconcileEvery: 3_600,
    },
    databaseUrl,
    schema,
    onLine: (line) => lines.push(line),
  });

const get = async <body>(url: string): Promise<body> => (await fetch(url)).json() as Promise<body>;

/** Waits until the index is at a block or later. */
async function indexedUntil({ url, exited }: Indexer, block: bigint, milliseconds = 60_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  let code: number | null | undefined;
  void exited.then((each) => {
    code = each;
  });
  for (;;) {
    if (code !== undefined) throw new Error(`The indexer ended with ${code}:\n${lines.slice(-8).join("\n")}`);
    const health = await get<Health>(`${url}/v1/health`).catch(() => undefined);
    if (health?.indexed && BigInt(health.indexed) >= block) return;
    if (Date.now() > deadline)
      throw new Error(`The index is at ${health?.indexed}, not ${block}:\n${lines.slice(-15).join("\n")}`);
    await pause(500);
  }
}

/** All rows of a resource, page by page. */
async function rowsOf({ url }: Indexer, name: string, query = "limit=7"): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ""; ; ) {
    const page = await get<Page>(`${url}/v1/${name}?${query}${cursor}`);
    rows.push(...page.items);
    if (!page.hasMore) return rows;
    cursor = `&cursor=${page.next}`;
  }
}

/** Compares with the chain until no event came between. */
async function reconciled({ url }: Indexer): Promise<Comparison> {
  for (let attempt = 0; ; attempt++) {
    const result = await get<Comparison>(`${url}/v1/reconciliation`);
    if (result.difference !== null || attempt === 5) return result;
    await pause(1_000);
  }
}

const mining = (seconds: number) => stack.venue.deployer.setIntervalMining({ interval: seconds });
const head = () => stack.venue.deployer.getBlockNumber({ cacheTime: 0 });

/** Checks fills, orders and sums against the chain, while no block is mined. */
async function expectEqualToChain(each: Indexer): Promise<void> {
  const { deployer: client, deployment } = stack.venue;
  await mining(0);
  try {
    await indexedUntil(each, await head());
    const [fills, chain] = [await rowsOf(each, "fills"), await getFills(client, { deployment })];
    expect(fills.map(({ hash, base, quote, price }) => ({ hash, base, quote, price }))).toEqual(
      chain
        .map((fill) => ({ hash: fill.hash, base: `${fill.base}`, quote: `${fill.quote}`, price: `${fill.price}` }))
        .reverse(),
    );
    expect(fills.length).toBeGreaterThan(0);
    const events = await getOrderEvents(client, { deployment });
    const orders = await rowsOf(each, "orders");
    const created = events.filter(({ type }) => type === "created");
    expect(orders.map(({ orderId }) => orderId)).toEqual(created.map(({ orderId }) => `${orderId}`).reverse());
    const executed = events.filter(({ type }) => type === "executed").map(({ orderId }) => `${orderId}`);
    expect(
      orders
        .filter(({ status }) => status === "executed")
        .map(({ orderId }) => orderId)
        .sort(),
    ).toEqual(executed.sort());
    // Each executed order is the cause of one fill.
    const byOrder = fills.filter(({ kind }) => kind === "order").map(({ orderId }) => orderId);
    expect(byOrder.sort()).toEqual(executed);
    const result = await reconciled(each);
    expect(result).toMatchObject({ difference: "0", differences: [], problem: null });
    // Each of LPs, takers and makers has a position of three figures.
    expect(result.checked).toBeGreaterThan(20);
  } finally {
    await mining(1);
  }
}

beforeAll(async () => {
  const log = createLogger({ name: "stack", level: "error", secrets: new Secrets() });
  const ports = { rpcPort: 0, pricePort: 0, faucetPort: 0, keeperPort: 0, webPort: 0, relayerPort: 0 };
  stack = await startStack(
    { ...ports, isReset: false, folder, seed: 1, priceStep: 150, seconds: undefined },
    { folder, log },
  );
  const postgres = path.join(folder, "postgres");
  databaseUrl = await serviceDatabase({ adminUrl: stack.postgresUrl, service: "indexer", folder: postgres });
  pool = new pg.Pool({ connectionString: databaseUrl });
  indexer = await start("one");
});

afterAll(async () => {
  await indexer?.kill();
  await pool?.end();
  await stack?.stop();
  const location = path.join(folder, "postgres/location");
  if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

test("default: rows and sums equal the chain, and pages end explicitly", async () => {
  const [lp] = stack.venue.lps;
  const { deployment } = stack.venue;
  const requestVault = deployment.oracleMakerRequestVault;
  const assets = 1_000_000_000n;
  const token = { address: deployment.collateral, abi: erc20Abi } as const;
  await lp.writeContract({ ...token, functionName: "approve", args: [requestVault, assets] });
  const request = { requestVault, assets, minShares: 0n, keeperFee: parseEther("0.01") };
  const { requestId } = await requestLpDepositSync(lp, request);
  const { type, claimable } = await waitForLpRequest(lp, { requestVault, requestId, pollingInterval: 500 });
  expect(type).toBe("settled");
  await claimLpSharesSync(lp, { requestVault, assets: claimable });
  await expectEqualToChain(indexer);

  const [settled] = await rowsOf(indexer, "lp-requests", `account=${lp.address}`);
  expect(settled).toMatchObject({
    requestId: `${requestId}`,
    status: "settled",
    input: `${assets}`,
    settledInput: `${assets}`,
  });
  expect(await rowsOf(indexer, "lp-claims", `account=${lp.address}`)).toMatchObject([
    { kind: "deposit", assets: `${assets}`, shares: settled?.output },
  ]);
  const [valued] = await rowsOf(indexer, "share-prices", `account=${deployment.oracleMaker}`);
  expect(BigInt(valued?.totalShares ?? 0)).toBeGreaterThan(0n);
  const health = await get<Health>(`${indexer.url}/v1/health`);
  expect(health).toMatchObject({ status: "ok", alarms: [] });
  expect(Number(health.lag)).toBeLessThanOrEqual(3);

  const page = await get<Page>(`${indexer.url}/v1/fills?limit=2`);
  expect(page.items).toHaveLength(2);
  expect(page.hasMore).toBe(true);
  const [{ taker = "" } = {}] = page.items;
  const own = await rowsOf(indexer, "fills", `limit=50&account=${taker}`);
  expect(own.length).toBeGreaterThan(0);
  expect(own.every((fill) => fill.taker === taker || fill.maker === taker)).toBe(true);

  const changes = await rowsOf(indexer, "parameter-changes");
  const deployer = stack.venue.deployer.address.toLowerCase();
  expect(
    changes.some(
      ({ contract, name, author }) => contract === "ClearingHouse" && name === "RulesSet" && author === deployer,
    ),
  ).toBe(true);
  expect((await rowsOf(indexer, "makers")).map(({ status }) => status)).toEqual([
    "registered",
    "registered",
    "registered",
  ]);

  for (const query of ["limit=201", "cursor=1", "account=0x12", "market=x"]) {
    const response = await fetch(`${indexer.url}/v1/fills?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "INVALID_PARAMETER",
      limit: expect.stringContaining(query.split("=")[0] as string),
    });
  }
  const { paths } = await get<{ paths: object }>(`${indexer.url}/v1/openapi.json`);
  expect(Object.keys(paths)).toContain("/v1/lp-requests");
});

/** The rows of every table, in an order of their own. */
async function contentOf(schema: string): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ table_name: string }>(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_%'",
    [schema],
  );
  const names = rows.map(({ table_name }) => table_name).filter((name) => !name.includes("_reorg__"));
  const content: Record<string, string[]> = {};
  for (const name of names.sort()) {
    const found = await pool.query<{ row: unknown }>(`SELECT to_jsonb(t) AS row FROM "${schema}"."${name}" t`);
    content[name] = found.rows.map(({ row }) => JSON.stringify(row)).sort();
  }
  return content;
}

test("behavior: after a kill it goes on, and a rebuild has identical rows", async () => {
  await indexer.kill();
  await pause(3_000);
  // The first process holds the schema until its heartbeat is old; the rebuild runs meanwhile.
  indexer = await start("one");
  const rebuilt = await start("two");
  try {
    await expectEqualToChain(indexer);
    await mining(0);
    const block = await head();
    await Promise.all([indexedUntil(indexer, block), indexedUntil(rebuilt, block)]);
    const [one, two] = [await contentOf("one"), await contentOf("two")];
    expect(Object.keys(one)).toContain("fills");
    expect(two).toEqual(one);
  } finally {
    await mining(1);
    await rebuilt.kill();
  }
});

test("behavior: a reorganisation removes the rows of dropped blocks", async () => {
  const { deployer } = stack.venue;
  await mining(0);
  const before = await head();
  await indexedUntil(indexer, before);
  const dropped = await deployer.getBlock({ blockNumber: before });
  await deployer.request({ method: "anvil_rollback", params: [6] } as never);
  expect(await head()).toBe(before - 6n);
  await mining(1);
  await pause(9_000);
  await indexedUntil(indexer, before + 1n);
  expect((await deployer.getBlock({ blockNumber: before })).hash).not.toBe(dropped.hash);
  await expectEqualToChain(indexer);
});
