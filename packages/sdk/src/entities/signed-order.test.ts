import { type Address, parseEther, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { deployment, signedOrderWith, taker } from "../../test/fixtures.js";
import {
  buildSignedOrder,
  hashSignedOrder,
  hashSignedOrderLeg,
  isLegDue,
  legOf,
  type SignedOrder,
  type SignedOrderLeg,
  WHOLE_POSITION,
} from "../index.js";

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
      takeProfitPrice: 0n,
      stopPrice: 0n,
      exitFeeXCD: 0n,
      validFrom: 0n,
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

test("buildSignedOrder: a bracket and a start time", () => {
  const bracket = { takeProfitPrice: 3n, stopPrice: 1n, exitFee: 2n };
  expect(signedOrderWith({ bracket, validFrom: 4n })).toMatchObject({
    takeProfitPrice: 3n,
    stopPrice: 1n,
    exitFeeXCD: 2n,
    validFrom: 4n,
  });
});

describe("hashSignedOrderLeg", () => {
  test("default: a hash of each leg, the order's own for the entry", () => {
    const order = signedOrderWith();
    const hash = BigInt(hashSignedOrder({ deployment, order }));
    const hashOf = (leg: SignedOrderLeg) => BigInt(hashSignedOrderLeg({ deployment, order, leg }));
    expect(hashOf("entry")).toBe(hash);
    expect(hashOf("take-profit")).toBe(hash ^ 1n);
    expect(hashOf("stop")).toBe(hash ^ 2n);
  });
});

describe("isLegDue", () => {
  const due = (terms: Record<string, unknown>, leg: SignedOrderLeg, price: bigint) =>
    isLegDue({ order: signedOrderWith(terms), leg, price });

  test("default: inside the limit", () => {
    expect(due({ price: 10n }, "entry", 10n)).toBe(true);
    expect(due({ price: 10n }, "entry", 11n)).toBe(false);
    expect(due({ price: 10n, isBaseToQuote: true }, "entry", 10n)).toBe(true);
    expect(due({ price: 10n, isBaseToQuote: true }, "entry", 9n)).toBe(false);
  });

  test("behavior: trigger and limit", () => {
    const stop = { kind: "stop", isBaseToQuote: true, triggerPrice: 10n, price: 8n };
    expect(due(stop, "entry", 11n)).toBe(false);
    expect(due(stop, "entry", 10n)).toBe(true);
    expect(due(stop, "entry", 7n)).toBe(false);
    const profit = { kind: "take-profit", isBaseToQuote: false, triggerPrice: 10n, price: undefined };
    expect(due(profit, "entry", 11n)).toBe(false);
    expect(due(profit, "entry", 10n)).toBe(true);
  });

  test("behavior: the legs of a bracket close in the opposite direction", () => {
    const bracket = { takeProfitPrice: 12n, stopPrice: 8n, exitFee: 0n };
    expect(due({ bracket }, "take-profit", 12n)).toBe(true);
    expect(due({ bracket }, "take-profit", 11n)).toBe(false);
    expect(due({ bracket }, "stop", 8n)).toBe(true);
    expect(due({ bracket }, "stop", 9n)).toBe(false);
    const short = { isBaseToQuote: true, bracket: { takeProfitPrice: 8n, stopPrice: 12n, exitFee: 0n } };
    expect(due(short, "take-profit", 8n)).toBe(true);
    expect(due(short, "take-profit", 9n)).toBe(false);
    expect(due(short, "stop", 12n)).toBe(true);
    expect(due(short, "stop", 11n)).toBe(false);
  });

  test("behavior: no leg, no price", () => {
    expect(due({}, "stop", 0n)).toBe(false);
    expect(due({ isReduceOnly: true, bracket: { stopPrice: 8n, exitFee: 0n } }, "stop", 8n)).toBe(false);
  });
});

describe("legOf", () => {
  test("error: no such leg", () => {
    expect(legOf({ leg: 2 })).toBe("stop");
    expect(() => legOf({ leg: 3 })).toThrow(RangeError);
  });
});

describe("hashSignedOrder", () => {
  test("default", () => {
    expect(hashSignedOrder({ deployment, order: signedOrderWith() })).toMatchInlineSnapshot(
      `"0x36625b7e90df30e4f9ed0fedcdb398f8f110ac362b7528c998d31c7bba0cc148"`,
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
    expect(new Set(hashes).size).toBe(22);
  });
});
