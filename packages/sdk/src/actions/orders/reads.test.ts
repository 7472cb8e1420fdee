import { decodeFunctionData, encodeAbiParameters, encodeEventTopics, encodeFunctionResult, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, hash } from "../../../test/clients.js";
import { deployment, order, taker } from "../../../test/fixtures.js";
import { orderGatewayAbi } from "../../generated/abis.js";
import { getOpenOrders } from "../../index.js";

describe("getOpenOrders", () => {
  const other = { ...order.request, marketId: 2n };
  const created = (orderId: bigint, terms = order) => {
    const event = orderGatewayAbi.find((item) => item.type === "event" && item.name === "OrderCreated");
    const inputs =
      event && "inputs" in event ? event.inputs.filter((input) => !("indexed" in input && input.indexed)) : [];
    return {
      address: deployment.orderGateway,
      topics: encodeEventTopics({ abi: orderGatewayAbi, eventName: "OrderCreated", args: { orderId, taker } }),
      data: encodeAbiParameters(inputs, [terms]),
      blockHash: hash,
      blockNumber: "0x1",
      logIndex: `0x${orderId}`,
      transactionHash: hash,
      transactionIndex: "0x0",
      removed: false,
    };
  };

  test("default: what the contract does not know is not an order", async () => {
    const asked: unknown[] = [];
    const client = clientWith({
      eth_chainId: () => "0x7a69",
      eth_getLogs: ([filter]) => {
        asked.push(filter);
        return [created(1n), created(2n), created(3n), created(4n, { ...order, request: other })];
      },
      eth_call: ([call, block]) => {
        // A node may have pruned every other state.
        expect(block).toBe("latest");
        const { args } = decodeFunctionData({ abi: orderGatewayAbi, data: (call as { data: Hex }).data });
        const status = [0, 3, 0, 2][Number(args?.[0])] ?? 0;
        return encodeFunctionResult({ abi: orderGatewayAbi, functionName: "statusOf", result: status });
      },
    });
    expect(await getOpenOrders(client, { deployment, account: taker, fromBlock: 2n })).toEqual([
      { orderId: 1n, order, status: "executable" },
      { orderId: 3n, order, status: "waiting" },
    ]);
    expect(asked).toMatchObject([{ fromBlock: "0x2", toBlock: "latest", address: deployment.orderGateway }]);
  });
});
