import { decodeFunctionData, encodeErrorResult, encodeFunctionResult } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, recording, reverted, type Transaction } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { pythOracleAbi, spotHedgeQuoteMakerAbi } from "../../generated/abis.js";
import {
  announceVaultDeleverage,
  deleverageVault,
  getQuoteHedge,
  getRevert,
  rebalance,
  StalePriceError,
} from "../../index.js";

const maker = deployment.vault;
const abi = spotHedgeQuoteMakerAbi;

describe("quote vault", () => {
  test("default: keepers' actions go to the quote vault", async () => {
    const { client, sent } = recording();
    await rebalance(client, { maker });
    await announceVaultDeleverage(client, { maker });
    await deleverageVault(client, { maker, against: deployment.oracleMaker, updateData: ["0x12"] });
    const calls = sent.map((transaction) => {
      const { to, data } = transaction as Transaction;
      return { to, ...decodeFunctionData({ abi, data }) };
    });
    expect(calls).toEqual([
      { to: maker, functionName: "rebalance" },
      { to: maker, functionName: "announceDeleverage" },
      { to: maker, functionName: "deleverage", args: [deployment.oracleMaker, ["0x12"]] },
    ]);
  });

  const hedgeWith = (fields: Record<string, bigint> = {}) => {
    const hedge = {
      price: 1n,
      size: -2n,
      baseBalance: 2n,
      quoteBalance: 3n,
      reserveXCD: 4n,
      margin: -5n,
      targetMargin: 6n,
      toMoveXCD: -7n,
      toClose: 8n,
      deleverageAt: 9n,
      keeperPaidFrom: 10n,
      ...fields,
    };
    const answer = encodeFunctionResult({ abi, functionName: "getHedge", result: hedge });
    return { hedge, client: clientWith({ eth_call: () => answer }) };
  };

  test("default: getQuoteHedge", async () => {
    const { client, hedge } = hedgeWith();
    const { reserveXCD, toMoveXCD, ...rest } = hedge;
    expect(await getQuoteHedge(client, { maker })).toEqual({ ...rest, reserve: 4n, toMove: -7n });
  });

  test("behavior: getQuoteHedge, without a price, an announcement and a payment", async () => {
    const { client } = hedgeWith({ price: 0n, size: 0n, deleverageAt: 0n, keeperPaidFrom: 0n });
    expect(await getQuoteHedge(client, { maker })).toMatchObject({
      price: undefined,
      size: 0n,
      deleverageAt: undefined,
      keeperPaidFrom: undefined,
    });
  });

  test("error: StalePriceError", async () => {
    const args = [deployment.pythId, 100n, 140n] as const;
    const data = encodeErrorResult({ abi: pythOracleAbi, errorName: "StalePrice", args });
    const error = await getQuoteHedge(clientWith({ eth_call: () => reverted(data) }), { maker }).catch((each) => each);
    expect(error).toBeInstanceOf(StalePriceError);
    expect(error).toMatchObject({ pythId: deployment.pythId, publishTime: 100n, oldestAllowed: 140n });
    expect(getRevert(error)?.errorName).toBe("StalePrice");
  });
});
