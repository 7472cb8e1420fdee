import { decodeFunctionData, encodeAbiParameters, encodeEventTopics, encodeFunctionResult, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { orderGatewayAbi } from "../src/generated/abis.js";
import { getOpenOrders, hashOrder, WHOLE_POSITION } from "../src/index.js";
import { clientWith, hash } from "./clients.js";
import { deployment, order, taker } from "./fixtures.js";

describe("hashOrder", () => {
  test("default", () => {
    expect(hashOrder(order)).toMatchInlineSnapshot(
      `"0x67d8eda7aebe0dcefa204b43594610f64f1bb0eeb72f290d347b56c2c71fe9ab"`,
    );
  });

  test("behavior: every field counts", () => {
    const { request } = order;
    const variants = [
      order,
      { ...order, taker: request.maker },
      { ...order, executableAt: order.executableAt + 1n },
      { ...order, expiresAt: order.expiresAt + 1n },
      { ...order, keeperFee: order.keeperFee + 1n },
      { ...order, lastPriceAt: order.lastPriceAt + 1n },
      { ...order, previousOrderId: 1n },
      { ...order, request: { ...request, returnsMargin: true } },
      { ...order, request: { ...request, marketId: 2n } },
      { ...order, request: { ...request, maker: order.taker } },
      { ...order, request: { ...request, isBaseToQuote: true } },
      { ...order, request: { ...request, isExactInput: true } },
      { ...order, request: { ...request, isReduceOnly: false } },
      { ...order, request: { ...request, amount: WHOLE_POSITION } },
      { ...order, request: { ...request, oppositeBound: 0n } },
    ];
    expect(new Set(variants.map(hashOrder)).size).toBe(variants.length);
  });
});

test("default: WHOLE_POSITION", () => {
  expect(WHOLE_POSITION).toBe(2n ** 256n - 1n);
});

describe("getOpenOrders", () => {
  const created = (orderId: bigint) => {
    const event = orderGatewayAbi.find((item) => item.type === "event" && item.name === "OrderCreated");
    const inputs =
      event && "inputs" in event ? event.inputs.filter((input) => !("indexed" in input && input.indexed)) : [];
    return {
      address: deployment.orderGateway,
      topics: encodeEventTopics({ abi: orderGatewayAbi, eventName: "OrderCreated", args: { orderId, taker } }),
      data: encodeAbiParameters(inputs, [order]),
      blockHash: hash,
      blockNumber: "0x1",
      logIndex: "0x0",
      transactionHash: hash,
      transactionIndex: "0x0",
      removed: false,
    };
  };

  test("default: what the contract does not know is not an order", async () => {
    const asked: unknown[] = [];
    const client = clientWith({
      eth_chainId: () => "0x7a69",
      eth_blockNumber: () => "0x5",
      eth_getLogs: ([filter]) => {
        asked.push(filter);
        return [created(1n), created(2n), created(3n)];
      },
      eth_call: ([call, block]) => {
        expect(block).toBe("0x5");
        const { args } = decodeFunctionData({ abi: orderGatewayAbi, data: (call as { data: Hex }).data });
        const status = [0, 3, 0, 2][Number(args?.[0])] ?? 0;
        return encodeFunctionResult({ abi: orderGatewayAbi, functionName: "statusOf", result: status });
      },
    });
    expect(await getOpenOrders(client, { deployment, account: taker, fromBlock: 2n })).toEqual([
      { orderId: 1n, order, status: "executable" },
      { orderId: 3n, order, status: "waiting" },
    ]);
    expect(asked).toMatchObject([{ fromBlock: "0x2", toBlock: "0x5", address: deployment.orderGateway }]);
  });
});
