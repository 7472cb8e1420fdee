import { describe, expect, test } from "vitest";
import { clientWith, hash, logOf, withLogs } from "../../test/clients.js";
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
    fillLog({ taker: other }),
    fillLog({ taker: other, maker: taker }),
    fillLog({}, { removed: true }),
  ];
  const at = { blockNumber: 5n, hash, logIndex: 2 };

  test("default: the market's, with their logs", async () => {
    const fills = await getFills(withLogs(logs).client, { deployment });
    expect(fills).toEqual([
      { ...fill, ...at },
      { ...fill, taker: other, ...at },
      { ...fill, taker: other, maker: taker, ...at },
    ]);
  });

  test("behavior: an account's fills on either side", async () => {
    const fills = await getFills(withLogs(logs).client, { deployment, account: taker });
    expect(fills.map(({ taker: of, maker: against }) => [of, against])).toEqual([
      [taker, maker],
      [other, taker],
    ]);
  });
});

test("default: watchFills, the fills of the account only", async () => {
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
