import { decodeFunctionData, encodeErrorResult } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, reverted, type Transaction } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { clearingHouseAbi } from "../generated/abis.js";
import { QuoteFailedError, quoteTrade } from "../index.js";

describe("quoteTrade", () => {
  const request = {
    deployment,
    taker,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: true,
    amount: 5n,
  } as const;

  test("default", async () => {
    let called: Transaction | undefined;
    const client = clientWith({
      eth_call: ([transaction]) => {
        called = transaction as Transaction;
        return reverted(encodeErrorResult({ abi: clearingHouseAbi, errorName: "TradeQuoted", args: [3n, -5n] }));
      },
    });
    expect(await quoteTrade(client, request)).toEqual({ base: 3n, quote: -5n });
    expect(called?.to).toBe(deployment.clearingHouse);
    expect(decodeFunctionData({ abi: clearingHouseAbi, data: called?.data ?? "0x" }).args).toMatchObject([
      { taker, isReduceOnly: false, oppositeBound: 0n },
      deployment.orderGateway,
    ]);
  });

  test("error: QuoteFailedError without a reason", async () => {
    const client = clientWith({ eth_call: () => reverted("0xdeadbeef") });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: QuoteFailedError when the function returns", async () => {
    const client = clientWith({ eth_call: () => "0x" });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: an error of the node is not a QuoteFailedError", async () => {
    const client = clientWith({});
    const error = await quoteTrade(client, request).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(QuoteFailedError);
    expect(String(error)).toContain("Unexpected request eth_call");
  });
});
