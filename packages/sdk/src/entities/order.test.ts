import { describe, expect, test } from "vitest";
import { order } from "../../test/fixtures.js";
import { hashOrder, WHOLE_POSITION } from "../index.js";

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
