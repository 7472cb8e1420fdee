import { describe, expect, test } from "vitest";
import { deployment, taker } from "../../test/fixtures.js";
import { lensAccount, lensWith } from "../../test/lens.js";
import { getTrader } from "../index.js";

describe("getTrader", () => {
  test("default", async () => {
    const priced = { ...lensAccount, price: 4n, accountValue: 14n, marginRatio: 6n };
    const elsewhere = { ...lensAccount, marketId: 2n };
    const result = { account: taker, fundXCD: 8n, isLocked: false, markets: [elsewhere, priced] };
    const trader = await getTrader(lensWith("getTrader", [result]), { deployment, account: taker });
    expect(trader).toMatchObject({ fund: 8n, account: taker });
    expect(trader.markets.map(({ marketId }) => marketId)).toEqual([2n, 1n]);
    expect(trader.market).toMatchObject({ marketId: 1n, status: "active", size: 5n, priceError: undefined });
    expect(trader.market).toMatchObject({ lastFillAt: 1_700_000_000n, closes: 2n });
    expect(trader.market.valuation).toMatchObject({ price: 4n, accountValue: 14n });
    expect(trader.markets[0]?.valuation).toBeUndefined();
  });

  test("behavior: without position and margin in the deployment's market", async () => {
    const nothing = { account: taker, fundXCD: 0n, isLocked: false, markets: [] };
    const trader = await getTrader(lensWith("getTrader", [nothing, { ...lensAccount, size: 0n }]), {
      deployment,
      account: taker,
    });
    expect(trader.markets).toEqual([]);
    expect(trader.market.size).toBe(0n);
  });
});
