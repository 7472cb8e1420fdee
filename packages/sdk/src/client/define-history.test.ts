import { describe, expect, test } from "vitest";
import { logOf, withLogs } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { getFills, getOpenOrders, getOrderEvents } from "../index.js";

const maker = deployment.oracleMaker;
const change = { realizedPnl: 1n, funding: 2n, borrowing: 3n };
const fill = { taker, maker, base: 4n, quote: -5n, price: 6n, takerMargin: change, makerMargin: change };
const fillLog = (args: object = {}, more: object = {}) =>
  logOf(deployment.vault, vaultAbi, "PositionsChanged", { marketId: 1n, ...fill, ...args }, more);

describe("spans of blocks", () => {
  test("default: all in one request, to the latest block", async () => {
    const { client, asked } = withLogs([]);
    await getFills(client, { deployment });
    expect(asked).toEqual([{ fromBlock: "0x0", toBlock: "0x9" }]);
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
