import { type Address, parseEther, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, signedOrderWith, taker } from "../../test/fixtures.js";
import { buildSignedOrder, hashSignedOrder, type SignedOrder, WHOLE_POSITION } from "../index.js";

describe("buildSignedOrder", () => {
  test("default: all or nothing, of any maker, for nothing", () => {
    expect(signedOrderWith()).toEqual({
      account: taker,
      marketId: 1n,
      maker: zeroAddress,
      isBaseToQuote: false,
      isReduceOnly: false,
      amount: 5n,
      minFill: 5n,
      price: parseEther("2000"),
      trigger: 0,
      triggerPrice: 0n,
      marginXCD: 0n,
      maxRelayFeeXCD: 0n,
      expiresAt: 1_700_003_600n,
      nonce: 0n,
      id: 7n,
    });
  });

  test("behavior: a triggered order goes at any price unless it says otherwise", () => {
    const base = {
      deployment,
      account: taker as Address,
      amount: WHOLE_POSITION,
      isReduceOnly: true,
      triggerPrice: 9n,
      expiresAt: 1n,
      nonce: 0n,
    };
    expect(buildSignedOrder({ ...base, kind: "take-profit", isBaseToQuote: true })).toMatchObject({
      trigger: 1,
      triggerPrice: 9n,
      price: 0n,
    });
    expect(buildSignedOrder({ ...base, kind: "stop", isBaseToQuote: false })).toMatchObject({
      trigger: 2,
      price: WHOLE_POSITION,
    });
    expect(buildSignedOrder({ ...base, kind: "stop", isBaseToQuote: false, price: 8n }).price).toBe(8n);
  });

  test("behavior: numbers follow each other within a process", () => {
    const [first, second] = [signedOrderWith({ id: undefined }), signedOrderWith({ id: undefined })];
    expect(second.id).toBe(first.id + 1n);
    expect(first.id).toBeGreaterThan(2n ** 64n);
  });
});

describe("hashSignedOrder", () => {
  test("default", () => {
    expect(hashSignedOrder({ deployment, order: signedOrderWith() })).toMatchInlineSnapshot(
      `"0x5567a5172626b522aa83cb9d537e74ab3d4f17be928e2f2587aa9b174efe4200"`,
    );
  });

  test("behavior: every field counts, and so do chain and contract", () => {
    const order = signedOrderWith();
    const variants = Object.entries(order).map(([key, value]) => ({
      ...order,
      [key]:
        typeof value === "bigint"
          ? value + 1n
          : typeof value === "number"
            ? 1
            : key === "account" || key === "maker"
              ? deployment.base
              : !value,
    }));
    const hashes = [order, ...variants].map((each) => hashSignedOrder({ deployment, order: each as SignedOrder }));
    hashes.push(hashSignedOrder({ deployment: { ...deployment, chainId: 1 }, order }));
    hashes.push(hashSignedOrder({ deployment: { ...deployment, signedOrderGateway: deployment.base }, order }));
    expect(new Set(hashes).size).toBe(18);
  });
});
