import { describe, expect, test } from "vitest";
import { hashOrder, WHOLE_POSITION } from "../src/index.js";
import { order } from "./fixtures.js";

describe("hashOrder", () => {
  test("default", () => {
    expect(hashOrder(order)).toMatchInlineSnapshot(
      `"0x0c04e9aafe0cf90da0209cd3ab81d896db1132bdde183ca4e5732cc035975710"`,
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
