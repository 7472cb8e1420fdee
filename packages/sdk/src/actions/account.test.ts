import { encodeErrorResult } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, taker } from "../../test/fixtures.js";
import { lensAccount, lensWith } from "../../test/lens.js";
import { pythOracleAbi } from "../generated/abis.js";
import { getAccount, getTrader } from "../index.js";

describe("getTrader", () => {
  test("default", async () => {
    const priced = { ...lensAccount, price: 4n, accountValue: 14n, marginRatio: 6n };
    const elsewhere = { ...lensAccount, marketId: 2n };
    const result = { account: taker, fundXCD: 8n, isLocked: false, markets: [elsewhere, priced] };
    const trader = await getTrader(lensWith("getTrader", [result]), { deployment, account: taker });
    expect(trader).toMatchObject({ fund: 8n, account: taker });
    expect(trader.markets.map(({ marketId }) => marketId)).toEqual([2n, 1n]);
    expect(trader.market).toMatchObject({ marketId: 1n, status: "active", size: 5n, priceError: undefined });
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
    // Without a position, nothing needs a price: the free margin is known, and there is no liquidation price.
    expect(trader.market).toMatchObject({
      size: 0n,
      freeMargin: 0n,
      liquidationPrice: undefined,
      priceError: undefined,
    });
  });

  test("behavior: with a stale price, values that need one are unknown and not zero", async () => {
    const args = [deployment.pythId, 100n, 140n] as const;
    const priceError = encodeErrorResult({ abi: pythOracleAbi, errorName: "StalePrice", args });
    const stale = { ...lensAccount, priceError };
    const account = await getAccount(lensWith("getAccount", [stale]), { deployment, account: taker });
    expect(account).toMatchObject({ size: 5n, freeMargin: undefined, valuation: undefined, liquidationPrice: 3n });
    expect(account.priceError).toMatchObject({
      status: "stale",
      publishTime: 100n,
      oldestAllowed: 140n,
      revert: { errorName: "StalePrice" },
    });
  });
});
