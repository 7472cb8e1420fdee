import { decodeFunctionData } from "viem";
import { describe, expect, test } from "vitest";
import { hash, recording } from "../../../test/clients.js";
import { deployment, order } from "../../../test/fixtures.js";
import { orderGatewayAbi } from "../../generated/abis.js";
import { createOrder } from "../../index.js";

describe("createOrder", () => {
  test("default", async () => {
    const { client, sent } = recording();
    const request = {
      maker: deployment.oracleMaker,
      isBaseToQuote: true,
      isExactInput: true,
      amount: 5n,
      oppositeBound: 7n,
    };
    expect(await createOrder(client, { deployment, ...request, keeperFee: 11n })).toBe(hash);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ to: deployment.orderGateway, value: "0xb" });
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "createOrder",
      args: [{ marketId: 1n, isReduceOnly: false, returnsMargin: false, isPoolPriced: false, ...request }],
    });
  });

  test("behavior: an order against a spot-hedged maker binds no bond", async () => {
    const { client, sent } = recording();
    const { marketId: _, isPoolPriced: __, ...terms } = { ...order.request, maker: deployment.spotHedgeBaseMaker };
    await createOrder(client, { deployment, ...terms, keeperFee: 1n });
    const { args } = decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" });
    expect(args?.[0]).toMatchObject({ isPoolPriced: true });
  });

  test("behavior: after another order", async () => {
    const { client, sent } = recording();
    const { marketId: _, ...request } = order.request;
    await createOrder(client, { deployment, ...request, keeperFee: 1n, after: { orderId: 4n, order } });
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "createOrderAfter",
      args: [order.request, 4n, order],
    });
  });
});
