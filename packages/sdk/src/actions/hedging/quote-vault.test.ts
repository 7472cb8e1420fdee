import { decodeFunctionData, encodeFunctionResult } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, recording, type Transaction } from "../../../test/clients.js";
import { deployment } from "../../../test/fixtures.js";
import { spotHedgeQuoteMakerAbi } from "../../generated/abis.js";
import { announceVaultDeleverage, deleverageVault, getQuoteHedge, rebalance } from "../../index.js";

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

  test("default: getQuoteHedge", async () => {
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
    };
    const answer = encodeFunctionResult({ abi, functionName: "getHedge", result: hedge });
    const client = clientWith({ eth_call: () => answer });
    const { reserveXCD, toMoveXCD, ...rest } = hedge;
    expect(await getQuoteHedge(client, { maker })).toEqual({ ...rest, reserve: 4n, toMove: -7n });
  });
});
