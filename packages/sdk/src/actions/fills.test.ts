import { describe, expect, test } from "vitest";
import { hash, logOf, withLogs } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { vaultAbi } from "../generated/abis.js";
import { getFills, watchFills } from "../index.js";

const other = deployment.base;
const { oracleMaker: maker } = deployment;

const change = { realizedPnl: 1n, funding: 2n, borrowing: 3n };
const fill = { taker, maker, base: 4n, quote: -5n, price: 6n, takerMargin: change, makerMargin: change };
const fillLog = (args: object = {}, more: object = {}) =>
  logOf(deployment.vault, vaultAbi, "PositionsChanged", { marketId: 1n, ...fill, ...args }, more);

describe("getFills", () => {
  const logs = [
    fillLog(),
    fillLog({ marketId: 2n }),
    fillLog({ taker: other, maker: taker }, { logIndex: "0x4" }),
    fillLog({ taker: other }, { logIndex: "0x3" }),
    fillLog({}, { logIndex: "0x5", removed: true }),
    fillLog({}, { blockNumber: "0x4", logIndex: "0x6" }),
  ];
  const at = (logIndex: number, blockNumber = 5n) => ({ blockNumber, hash, logIndex });

  test("default: the market's, with their logs, in the order of the chain", async () => {
    const { client, returned } = withLogs(logs);
    expect(await getFills(client, { deployment })).toEqual([
      { ...fill, ...at(6, 4n) },
      { ...fill, ...at(2) },
      { ...fill, taker: other, ...at(3) },
      { ...fill, taker: other, maker: taker, ...at(4) },
    ]);
    // The node selects the market.
    expect(returned).toHaveLength(5);
  });

  test("behavior: an account's fills on either side, which the node selects", async () => {
    const { client, asked, returned } = withLogs(logs);
    const fills = await getFills(client, { deployment, account: taker });
    expect(fills.map(({ taker: of, maker: against, logIndex }) => [of, against, logIndex])).toEqual([
      [taker, maker, 6],
      [taker, maker, 2],
      [other, taker, 4],
    ]);
    expect(asked).toHaveLength(2);
    expect(returned).toHaveLength(4);
  });
});

test("default: watchFills, the fills of the account only", async () => {
  const logs = [fillLog({ taker: other }), fillLog()];
  const { client, returned } = withLogs(logs);
  const seen: unknown[][] = [];
  const onItems = (items: unknown[]) => void seen.push(items);
  const unwatch = watchFills(client, { deployment, account: taker, onItems, fromBlock: 5n, pollingInterval: 1 });
  await expect.poll(() => seen).toEqual([[{ ...fill, blockNumber: 5n, hash, logIndex: 2 }]]);
  unwatch();
  expect(returned).toEqual([logs[1]]);
});
