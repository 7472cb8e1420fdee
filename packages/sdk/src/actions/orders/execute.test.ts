import { decodeFunctionData, encodeAbiParameters, encodeErrorResult, encodeEventTopics, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { logOf, receiptWith, recording } from "../../../test/clients.js";
import { deployment, order, taker } from "../../../test/fixtures.js";
import { orderGatewayAbi, vaultAbi } from "../../generated/abis.js";
import { executeOrders, executeOrdersSync } from "../../index.js";

describe("executeOrders", () => {
  const batch = [
    { orderId: 1n, order, updateData: ["0x01", "0x02"] },
    { orderId: 2n, order, updateData: ["0x03"] },
    { orderId: 3n, order, updateData: ["0x01", "0x02"] },
  ] as const;

  test("default: orders with the same update data share it", async () => {
    const { client, sent } = recording();
    await executeOrders(client, { deployment, orders: batch, value: 3n });
    expect(sent[0]?.value).toBe("0x3");
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "executeOrders",
      args: [
        [
          { orderId: 1n, order, updateIndex: 0n },
          { orderId: 2n, order, updateIndex: 1n },
          { orderId: 3n, order, updateIndex: 0n },
        ],
        [["0x01", "0x02"], ["0x03"]],
      ],
    });
  });

  test("behavior: the outcome of each order, and a failed return of margin", async () => {
    const reason = encodeErrorResult({ abi: vaultAbi, errorName: "PositionOpen", args: [taker, 5n] });
    const event = (eventName: "OrderExecuted" | "OrderPurged" | "OrderSkipped" | "MarginReturnFailed", data: Hex) => ({
      ...logOf(deployment.orderGateway, orderGatewayAbi, "OrderExpired", { orderId: 1n, taker, caller: taker }),
      topics: encodeEventTopics({ abi: orderGatewayAbi, eventName, args: { orderId: 1n, taker } }),
      data,
      blockNumber: "0x1",
      transactionIndex: "0x0",
      logIndex: "0x0",
      blockTimestamp: "0x1",
    });
    const failed = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [taker, reason]);
    const filled = encodeAbiParameters(
      [{ type: "address" }, { type: "int256" }, { type: "int256" }, { type: "uint256" }],
      [taker, -1n, 2n, 3n],
    );
    const logs = [
      event("OrderSkipped", failed),
      { ...event("OrderPurged", failed), address: taker },
      event("OrderExecuted", filled),
      event("MarginReturnFailed", encodeAbiParameters([{ type: "bytes" }], [reason])),
      event("OrderPurged", encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [taker, "0x"])),
    ];
    const { client } = recording({
      eth_blockNumber: () => "0x1",
      eth_getTransactionReceipt: () => receiptWith({ logs }),
    });
    const { outcomes, gasUsed } = await executeOrdersSync(client, { deployment, orders: batch });
    expect(gasUsed).toBe(1n);
    const kept = { reason: { errorName: "PositionOpen", named: { account: taker, size: 5n } }, data: reason };
    expect(outcomes).toMatchObject([
      { status: "skipped", ...kept },
      { status: "executed", base: -1n, quote: 2n, price: 3n, marginReturnFailure: kept },
      { status: "purged", reason: undefined, data: "0x" },
    ]);
  });
});
