import { RpcRequestError } from "viem";
import { describe, expect, test } from "vitest";
import { hash, logOf, withLogs } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import {
  backstopAbi,
  clearingHouseAbi,
  oracleMakerAbi,
  orderGatewayAbi,
  signedOrderGatewayAbi,
  vaultAbi,
} from "../generated/abis.js";
import { getFills } from "../index.js";
import {
  getSharePrices,
  type HistoryItem,
  type ReadHistoryParameters,
  readHistory,
  readHistoryPages,
  returnsHistory,
} from "./index.js";

const { oracleMaker: maker, vault, clearingHouse, backstop, orderGateway, signedOrderGateway } = deployment;
const other = deployment.base;
const third = deployment.pyth;
const marketId = 1n;
const takerMargin = { realizedPnl: 1n, funding: 2n, borrowing: 3n };
const makerMargin = { realizedPnl: -1n, funding: -2n, borrowing: 0n };
const timed = { blockTimestamp: "0x64" };

let logIndex = 0;
const at = (block: number, more: object = timed) => ({
  blockNumber: `0x${block.toString(16)}`,
  transactionHash: `0x${block.toString(16).padStart(64, "0")}`,
  logIndex: `0x${(++logIndex).toString(16)}`,
  ...more,
});
const changed = (args: object, more: object) =>
  logOf(
    vault,
    vaultAbi,
    "PositionsChanged",
    { marketId, taker, maker, base: 4n, quote: -8n, price: 2n, takerMargin, makerMargin, ...args },
    more,
  );
const penalty = (account: string, liquidator: string, accountDelta: bigint, liquidatorDelta: bigint, more: object) =>
  logOf(vault, vaultAbi, "PenaltySettled", { marketId, account, liquidator, accountDelta, liquidatorDelta }, more);
const liquidated = (account: string, liquidator: string, against: string, more: object) =>
  logOf(
    clearingHouse,
    clearingHouseAbi,
    "Liquidated",
    { marketId, account, liquidator, maker: against, base: 4n, reward: 7n },
    more,
  );
const executed = (orderId: bigint, of: string, more: object) =>
  logOf(
    orderGateway,
    orderGatewayAbi,
    "OrderExecuted",
    { orderId, taker: of, keeper: third, base: 4n, quote: -8n, price: 2n },
    more,
  );
const legHash = `0x${"cd".repeat(32)}` as const;
const signedFill = (account: string, counterparty: string, more: object, of = legHash) =>
  logOf(
    signedOrderGateway,
    signedOrderGatewayAbi,
    "OrderFilled",
    { legHash: of, account, counterparty, base: 4n, quote: -8n, price: 2n, relayFeeXCD: 5n },
    more,
  );

async function read(logs: Parameters<typeof withLogs>[0], parameters: Partial<ReadHistoryParameters> = {}) {
  const node = withLogs(logs, {
    eth_getBlockByNumber: ([number]) => ({ number, timestamp: "0x65", transactions: [] }),
  });
  const items: HistoryItem[] = [];
  for await (const item of readHistory(node.client, { deployment, ...parameters })) items.push(item);
  return { items, ...node };
}

describe("readHistory", () => {
  test("default: a trade of the account from either side, with fee, order and time, in two requests", async () => {
    const logs = [
      logOf(vault, vaultAbi, "TradingFeePaid", { marketId, taker, amount: 9n }, at(2)),
      changed({}, at(2)),
      executed(11n, taker, at(2)),
      // Another account's.
      logOf(vault, vaultAbi, "TradingFeePaid", { marketId, taker: other, amount: 8n }, at(3)),
      changed({ taker: other }, at(3)),
      changed({ taker: other, maker: taker }, at(4)),
      signedFill(other, taker, at(4), hash),
      signedFill(taker, other, at(4)),
    ];
    const { items, asked, returned } = await read(logs, { account: taker });
    expect(asked).toHaveLength(2);
    expect(returned.filter((log) => log.blockNumber === "0x3")).toEqual([]);
    expect(items).toMatchObject([
      {
        ...{ kind: "trade", role: "taker", side: "buy", counterparty: maker, base: 4n, quote: -8n, price: 2n },
        ...{ tradingFee: 9n, penalty: 0n, covered: 0n, relayFee: 0n, ...takerMargin, time: 100n, blockNumber: 2n },
        order: { type: "delayed", orderId: 11n },
      },
      {
        ...{ kind: "trade", role: "maker", side: "sell", counterparty: other, base: -4n, quote: 8n },
        ...{ tradingFee: 0n, relayFee: 5n, ...makerMargin, order: { type: "signed", legHash } },
      },
    ]);
  });

  test("behavior: a maker's fills have the cause of their taker, by one request more", async () => {
    const logs = [
      changed({ taker: other }, at(2)),
      executed(11n, other, at(2)),
      // The same taker's next order in the transaction, with another maker.
      changed({ taker: other, maker: third }, at(2)),
      executed(12n, other, at(2)),
      changed({ taker }, at(3)),
      penalty(taker, third, -2n, 1n, at(3)),
      liquidated(taker, third, maker, at(3)),
      changed({ taker }, at(4)),
      signedFill(taker, maker, at(4)),
    ];
    const { items, asked } = await read(logs, { account: maker });
    expect(asked).toHaveLength(3);
    expect(asked[2]).toEqual({ fromBlock: "0x2", toBlock: "0x3" });
    expect(items.map(({ kind, role, order, penalty: paid }) => ({ kind, role, order, paid }))).toEqual([
      { kind: "trade", role: "maker", order: { type: "delayed", orderId: 11n }, paid: 0n },
      { kind: "liquidation", role: "maker", order: undefined, paid: 0n },
      { kind: "trade", role: "maker", order: { type: "signed", legHash }, paid: 0n },
    ]);
  });

  test("behavior: liquidations, of the account and by it, with penalty, reward and what insurance paid", async () => {
    const logs = [
      changed({ maker: other }, at(2)),
      penalty(taker, other, -20n, 7n, at(2)),
      logOf(vault, vaultAbi, "ShortfallCovered", { marketId, account: taker, amount: 6n, insurance: 1n }, at(2)),
      liquidated(taker, other, other, at(2)),
      // It takes over a half, and closes the other half against a maker, in one transaction.
      changed({ taker: other, maker: taker }, at(3)),
      penalty(other, taker, -20n, 7n, at(3)),
      liquidated(other, taker, taker, at(3)),
      changed({ taker: other }, at(3)),
      penalty(other, taker, -10n, 3n, at(3)),
      liquidated(other, taker, maker, at(3)),
    ];
    const { items, asked } = await read(logs, { account: taker });
    expect(asked).toHaveLength(2);
    expect(items).toMatchObject([
      {
        kind: "liquidation",
        role: "taker",
        counterparty: other,
        base: 4n,
        penalty: 20n,
        covered: 6n,
        order: undefined,
      },
      { kind: "liquidation", role: "maker", counterparty: other, base: -4n, penalty: -7n },
      {
        kind: "liquidation",
        role: "none",
        counterparty: other,
        base: 0n,
        penalty: -3n,
        side: undefined,
        price: undefined,
      },
    ]);
  });

  test("behavior: deleveragings and settlements", async () => {
    const deleveraged = (account: string, counterparty: string, more: object) =>
      logOf(
        backstop,
        backstopAbi,
        "Deleveraged",
        { marketId, account, counterparty, base: 4n, price: 2n, reason: 0, rank: 1n, id: 1n },
        more,
      );
    const logs = [
      changed({ taker: other, maker: taker }, at(2)),
      penalty(taker, third, -5n, 5n, at(2)),
      deleveraged(other, taker, at(2)),
      changed({ maker: other }, at(3)),
      deleveraged(taker, other, at(3)),
      // It pays another account that had been closed before it.
      penalty(taker, other, -3n, 3n, at(4)),
      // It is paid for flagging a shortfall.
      penalty(other, taker, -2n, 2n, at(5)),
      changed({ maker: third }, at(6)),
      logOf(backstop, backstopAbi, "AccountSettled", { marketId, account: taker, size: -4n, price: 2n }, at(6)),
    ];
    const { items } = await read(logs, { account: taker });
    expect(items.map(({ kind, role, penalty: paid, counterparty }) => [kind, role, paid, counterparty])).toEqual([
      ["deleveraging", "maker", 5n, other],
      ["deleveraging", "taker", 0n, other],
      ["deleveraging", "none", 3n, other],
      ["deleveraging", "none", -2n, other],
      ["settlement", "taker", 0n, third],
    ]);
  });

  test("behavior: one market, or all of them; without an account, the sides of the takers", async () => {
    const logs = [
      changed({}, at(2)),
      executed(1n, taker, at(2)),
      changed({ marketId: 2n }, at(3)),
      changed({ taker: other }, at(4)),
    ];
    const blocks = async (parameters: Partial<ReadHistoryParameters>) =>
      (await read(logs, parameters)).items.map(({ blockNumber }) => blockNumber);
    expect(await blocks({ account: taker })).toEqual([2n]);
    expect(await blocks({ account: taker, marketId: 2n })).toEqual([3n]);
    expect(await blocks({ account: taker, marketId: "all" })).toEqual([2n, 3n]);
    const { items, asked, returned } = await read(logs);
    expect(items).toMatchObject([
      { account: taker, order: { type: "delayed", orderId: 1n } },
      { account: other, side: "buy", order: undefined },
    ]);
    expect(asked).toHaveLength(2);
    expect(returned).not.toContain(logs[2]);
  });

  test("behavior: a node whose logs have no time is asked for each block once", async () => {
    const { items } = await read([changed({}, at(2, {})), changed({}, at(2, {})), changed({}, at(3))], {
      account: taker,
    });
    expect(items.map(({ time }) => time)).toEqual([101n, 101n, 100n]);
  });

  test("behavior: pages, in both directions; a loop that ends reads no further", async () => {
    const logs = [changed({}, at(2)), executed(1n, taker, at(2)), changed({}, at(5)), executed(2n, taker, at(5))];
    const { client, asked } = withLogs(logs);
    const ranges = async (isNewestFirst: boolean) => {
      const seen: unknown[] = [];
      for await (const { fromBlock, toBlock, items } of readHistoryPages(client, {
        ...{ deployment, account: taker, fromBlock: 1n, toBlock: 9n, maxBlockRange: 4n, isNewestFirst },
      })) {
        seen.push([fromBlock, toBlock, items.map(({ order }) => order?.type === "delayed" && order.orderId)]);
      }
      return seen;
    };
    expect(await ranges(false)).toEqual([
      [1n, 4n, [1n]],
      [5n, 8n, [2n]],
      [9n, 9n, []],
    ]);
    expect(await ranges(true)).toEqual([
      [6n, 9n, []],
      [2n, 5n, [2n, 1n]],
      [1n, 1n, []],
    ]);
    asked.length = 0;
    for await (const { blockNumber } of readHistory(client, {
      ...{ deployment, account: taker, toBlock: 9n, maxBlockRange: 5n, isNewestFirst: true },
    })) {
      expect(blockNumber).toBe(5n);
      break;
    }
    expect(asked).toHaveLength(2);
  });

  test.each([
    "query returned more than 10000 results",
    "Log response size exceeded.",
    "eth_getLogs is limited to a 10,000 range",
    "exceed maximum block range: 5000",
  ])("behavior: a page that the node refuses is halved (%s)", async (message) => {
    const logs = [changed({}, at(2)), changed({}, at(7))];
    const limited = (limit: bigint) => {
      const { client } = withLogs(logs);
      let refused = 0;
      const request = client.request as unknown as (each: unknown) => Promise<unknown>;
      const refusing = async (each: {
        method: string;
        params?: { fromBlock: `0x${string}`; toBlock: `0x${string}` }[];
      }) => {
        const [range] = each.params ?? [];
        if (each.method === "eth_getLogs" && range && BigInt(range.toBlock) - BigInt(range.fromBlock) >= limit) {
          refused++;
          throw new RpcRequestError({ body: {}, error: { code: -32005, message }, url: "http://127.0.0.1" });
        }
        return request(each);
      };
      return { client: { ...client, request: refusing } as unknown as typeof client, refused: () => refused };
    };
    const { client, refused } = limited(3n);
    const blocks: bigint[] = [];
    for await (const { blockNumber } of readHistory(client, { deployment, account: taker, fromBlock: 0n })) {
      blocks.push(blockNumber);
    }
    expect(blocks).toEqual([2n, 7n]);
    // 10 blocks, then 5, then 3; two requests each.
    expect(refused()).toBe(4);
    const useless = readHistory(limited(0n).client, { deployment, account: taker, fromBlock: 0n });
    await expect(useless.next()).rejects.toThrow(message);
  });

  test("error: pages without a block", async () => {
    const { client } = withLogs([]);
    const pages = { deployment, account: taker, maxBlockRange: 0n } as const;
    await expect(readHistory(client, pages).next()).rejects.toMatchObject({ field: "maxBlockRange", value: 0n });
    await expect(getFills(client, pages)).rejects.toMatchObject({
      field: "maxBlockRange",
      accepted: "at least 1 block",
    });
  });

  test("error: any other error ends the reading at once", async () => {
    let asked = 0;
    const { client } = withLogs([], {
      eth_getLogs: () => {
        asked++;
        throw new RpcRequestError({
          ...{ body: {}, url: "http://127.0.0.1" },
          error: { code: -32000, message: "project rate exceeded" },
        });
      },
    });
    await expect(readHistory(client, { deployment, account: taker }).next()).rejects.toThrow("project rate exceeded");
    expect(asked).toBe(2);
  });
});

describe("getSharePrices", () => {
  const valued = (totalAssets: bigint, totalShares: bigint, block: number, price = 3n, time = block) =>
    logOf(
      maker,
      oracleMakerAbi,
      "SharesValued",
      { totalAssets, totalShares, price },
      at(block, {
        blockTimestamp: `0x${time.toString(16)}`,
      }),
    );
  const WAD = 10n ** 18n;

  test("default: the price of each settlement, in two requests", async () => {
    const logs = [valued(0n, 0n, 2, 0n), valued(7n, 0n, 3), valued(110n * WAD, 100n * WAD, 4), valued(0n, WAD, 5)];
    const { client, asked } = withLogs(logs);
    const samples = await getSharePrices(client, { deployment, maker });
    expect(asked).toHaveLength(1);
    // 7 wei that no share owns are no price of a share.
    expect(samples).toMatchObject([
      { time: 2n, sharePrice: WAD, price: undefined, totalShares: 0n },
      { time: 4n, sharePrice: 1_099_999_999_999_999_000n, price: 3n, totalAssets: 110n * WAD },
      { time: 5n, sharePrice: 999_999n, price: 3n, totalAssets: 0n },
    ]);
    expect(await getSharePrices(client, { deployment, maker, maxBlockRange: 3n })).toEqual(samples);
    expect(asked).toHaveLength(5);
  });

  test("default: returnsHistory, from settlement to settlement", () => {
    const samples = [0n, 10n, 15n, 30n].map((time) => ({ time, sharePrice: WAD + time * 10n ** 15n }));
    const growths = returnsHistory(samples, 10n).map(({ time, returns }) => [
      time,
      returns.status === "known" ? [returns.from, returns.growth] : returns,
    ]);
    expect(growths).toEqual([
      [0n, { status: "notEnoughHistory", needed: 10n, available: 0n }],
      [10n, [0n, 10n ** 16n]],
      [15n, [0n, 15n * 10n ** 15n]],
      [30n, [15n, (((WAD * 30n) / 1_000n - (WAD * 15n) / 1_000n) * WAD) / (WAD + 15n * 10n ** 15n)]],
    ]);
    expect(returnsHistory([], 1n)).toEqual([]);
  });
});
