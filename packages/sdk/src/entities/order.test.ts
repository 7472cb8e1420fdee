import { encodeAbiParameters, getAbiItem, keccak256 } from "viem";
import { describe, expect, test } from "vitest";
import { order } from "../../test/fixtures.js";
import { orderGatewayAbi } from "../generated/abis.js";
import { batchesOf, bondOf, hashOrder, MAX_BATCH_ORDERS, WHOLE_POSITION } from "../index.js";

describe("hashOrder", () => {
  test("default", () => {
    expect(hashOrder(order)).toMatchInlineSnapshot(
      `"0x2e495f92aea6dee3b6182d10aabb3e979fada851524bb8861c02c45413e96f80"`,
    );
  });

  test("behavior: encodes as the gateway does", () => {
    const { inputs } = getAbiItem({ abi: orderGatewayAbi, name: "hashOrder" });
    expect(hashOrder(order)).toBe(keccak256(encodeAbiParameters(inputs, [order])));
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
      { ...order, bondXCD: order.bondXCD + 1n },
      { ...order, request: { ...request, isPoolPriced: true } },
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

describe("batchesOf", () => {
  test("default: ten orders fit into a transaction of 16,777,216 gas", () => {
    expect(MAX_BATCH_ORDERS).toBe(10);
    const orders = Array.from({ length: 21 }, (_, i) => i);
    expect(batchesOf(orders).map(({ length }) => length)).toEqual([10, 10, 1]);
    expect(batchesOf(orders).flat()).toEqual(orders);
  });

  test("behavior: no orders, no batches", () => {
    expect(batchesOf([])).toEqual([]);
  });
});

describe("bondOf", () => {
  const terms = { price: 2_000n * 10n ** 18n, bondRatio: 16_553, decimals: 6 };

  test("default: of base, at the price of the last fill", () => {
    expect(bondOf({ ...terms, amount: 10n ** 18n, isExactBase: true })).toBe(33_106_000n);
  });

  test("behavior: of quote", () => {
    expect(bondOf({ ...terms, amount: 500n * 10n ** 18n, isExactBase: false })).toBe(8_276_500n);
  });

  test("behavior: rounds up", () => {
    expect(bondOf({ ...terms, amount: 1n, isExactBase: true })).toBe(1n);
  });
});
