import { type AbiEvent, type AbiParameter, encodeAbiParameters, encodeEventTopics, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { orderGatewayAbi, signedOrderGatewayAbi, vaultAbi } from "../src/generated/abis.js";
import {
  type Announcement,
  buildSignedOrder,
  getAnnouncedOrders,
  getFills,
  getOpenOrders,
  getOrderEvents,
  hashAnnouncement,
  hashSignedOrder,
  watchFills,
} from "../src/index.js";
import { clientWith, hash } from "./clients.js";
import { deployment, order, taker } from "./fixtures.js";

const other = deployment.base;
const { oracleMaker: maker } = deployment;

type Abi = typeof vaultAbi | typeof orderGatewayAbi | typeof signedOrderGatewayAbi;

/** What a node says of an event. */
function logOf(address: Hex, abi: Abi, eventName: string, args: Record<string, unknown>, more: object = {}) {
  const event = (abi as readonly { type: string; name?: string }[]).find(
    ({ type, name }) => type === "event" && name === eventName,
  ) as AbiEvent;
  const unindexed = event.inputs.filter((input) => !input.indexed) as AbiParameter[];
  return {
    address,
    topics: encodeEventTopics({ abi: [event], eventName, args } as never),
    data: encodeAbiParameters(
      unindexed,
      unindexed.map(({ name }) => args[name as string]),
    ),
    blockHash: hash,
    blockNumber: "0x5",
    transactionHash: hash,
    transactionIndex: "0x0",
    logIndex: "0x2",
    removed: false,
    ...more,
  };
}

const change = { realizedPnl: 1n, funding: 2n, borrowing: 3n };
const fill = { taker, maker, base: 4n, quote: -5n, price: 6n, takerMargin: change, makerMargin: change };
const fillLog = (args: object = {}, more: object = {}) =>
  logOf(deployment.vault, vaultAbi, "PositionsChanged", { marketId: 1n, ...fill, ...args }, more);

/** A node at block 9 with these logs, and what it was asked for. */
function withLogs(logs: unknown[], answers: Parameters<typeof clientWith>[0] = {}) {
  const asked: { fromBlock: Hex; toBlock: Hex }[] = [];
  const client = clientWith({
    eth_blockNumber: () => "0x9",
    eth_getLogs: ([filter]) => {
      const { fromBlock, toBlock } = filter as (typeof asked)[number];
      asked.push({ fromBlock, toBlock });
      return asked.length === 1 ? logs : [];
    },
    ...answers,
  });
  return { client, asked };
}

describe("spans of blocks", () => {
  test("default: all in one request, to the latest block", async () => {
    const { client, asked } = withLogs([]);
    await getFills(client, { deployment });
    expect(asked).toEqual([{ fromBlock: "0x0", toBlock: "0x9" }]);
  });

  test("behavior: as many requests as the node's limit asks for, without a gap or a block twice", async () => {
    const { client, asked } = withLogs([fillLog()]);
    expect(await getFills(client, { deployment, fromBlock: 2n, maxBlockRange: 3n })).toHaveLength(1);
    expect(asked).toEqual([
      { fromBlock: "0x2", toBlock: "0x4" },
      { fromBlock: "0x5", toBlock: "0x7" },
      { fromBlock: "0x8", toBlock: "0x9" },
    ]);
  });

  test("behavior: a last request of one block, and an end that is given", async () => {
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

describe("getFills", () => {
  const logs = [
    fillLog(),
    fillLog({ marketId: 2n }),
    fillLog({ taker: other }),
    fillLog({ taker: other, maker: taker }),
    fillLog({}, { removed: true }),
  ];
  const at = { blockNumber: 5n, hash, logIndex: 2 };

  test("default: the market's, with where they happened", async () => {
    const fills = await getFills(withLogs(logs).client, { deployment });
    expect(fills).toEqual([
      { ...fill, ...at },
      { ...fill, taker: other, ...at },
      { ...fill, taker: other, maker: taker, ...at },
    ]);
  });

  test("behavior: an account's, on either side", async () => {
    const fills = await getFills(withLogs(logs).client, { deployment, account: taker });
    expect(fills.map(({ taker: of, maker: against }) => [of, against])).toEqual([
      [taker, maker],
      [other, taker],
    ]);
  });
});

test("watchFills: passes on what concerns the account, and only then", async () => {
  let polls = 0;
  const client = clientWith({
    eth_newFilter: () => "0x1",
    eth_uninstallFilter: () => true,
    eth_getFilterChanges: () => {
      polls += 1;
      if (polls === 1) return [fillLog({ taker: other })];
      return polls === 2 ? [fillLog(), fillLog({ taker: other })] : [];
    },
  });
  const seen: unknown[][] = [];
  const onItems = (items: unknown[]) => seen.push(items);
  const unwatch = watchFills(client, { deployment, account: taker, onItems, pollingInterval: 1 });
  await expect.poll(() => polls).toBeGreaterThan(3);
  unwatch();
  expect(seen).toEqual([[{ ...fill, blockNumber: 5n, hash, logIndex: 2 }]]);
});

test("getOrderEvents: what happened to an order, with the reason", async () => {
  const of = (eventName: string, args: object) =>
    logOf(deployment.orderGateway, orderGatewayAbi, eventName, { orderId: 3n, taker, ...args });
  const logs = [
    of("OrderCreated", { order }),
    of("OrderSkipped", { keeper: other, reason: "0x" }),
    of("OrderExecuted", { keeper: other, base: 1n, quote: -2n, price: 3n }),
    of("OrderPurged", {
      keeper: other,
      reason: "0x4e487b710000000000000000000000000000000000000000000000000000000000000011",
    }),
    of("OrderExpired", { caller: other }),
    of("OrderExpired", { taker: other, caller: other }),
    of("MarginReturnFailed", { reason: "0x" }),
  ];
  const events = await getOrderEvents(withLogs(logs).client, { deployment, account: taker });
  expect(events).toMatchObject([
    { type: "created", orderId: 3n, order },
    { type: "skipped", keeper: other, reason: undefined, data: "0x" },
    { type: "executed", base: 1n, quote: -2n, price: 3n },
    { type: "purged", reason: { errorName: "Panic", args: [0x11n] } },
    { type: "expired", caller: other },
  ]);
});

test("getAnnouncedOrders: what the chain has committed to, and how it stands", async () => {
  const announced = (id: bigint, executableAt: bigint) => {
    const signed = buildSignedOrder({
      deployment,
      account: taker,
      kind: "limit",
      isBaseToQuote: false,
      amount: 5n,
      price: 7n,
      expiresAt: 9n,
      nonce: 0n,
      id,
    });
    const announcement: Announcement = { maker, executableAt, expiresAt: executableAt + 10n, keeperFee: 3n };
    return { order: signed, announcement };
  };
  const [delayed, executable, expired, gone] = [
    announced(1n, 101n),
    announced(2n, 100n),
    announced(3n, 89n),
    announced(4n, 100n),
  ];
  const all = [delayed, executable, expired, gone];
  const logs = all.map((each) =>
    logOf(deployment.signedOrderGateway, signedOrderGatewayAbi, "OrderAnnounced", {
      ...each,
      account: taker,
      orderHash: hashSignedOrder({ deployment, order: each.order }),
    }),
  );
  const { client } = withLogs(logs, {
    eth_getBlockByNumber: ([number]) => ({ number, timestamp: "0x64", transactions: [] }),
    eth_call: ([call, block]) => {
      expect(block).toBe("0x9");
      const asked = `0x${(call as { data: Hex }).data.slice(-64)}`;
      const each = all.find(({ order }) => hashSignedOrder({ deployment, order }) === asked);
      if (each === undefined) throw new Error(`Nobody has announced ${asked}`);
      return each === gone ? hash : hashAnnouncement({ deployment, ...each });
    },
  });
  expect(await getAnnouncedOrders(client, { deployment, account: taker })).toEqual([
    { ...delayed, status: "delayed" },
    { ...executable, status: "executable" },
    { ...expired, status: "expired" },
  ]);
});
