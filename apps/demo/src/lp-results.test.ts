import { WAD } from "@counterpoise/testkit";
import { describe, expect, test } from "vitest";
import { drawdownOf, lpResult } from "./lp-results.js";

const sample = (price: number, sharePrice: number) => ({
  price: BigInt(price) * WAD,
  sharePrice: (BigInt(Math.round(sharePrice * 1_000)) * WAD) / 1_000n,
});
const dollars = (amount: number) => BigInt(amount) * WAD;

describe("lpResult", () => {
  test("default: an LP of dollars does not depend on the price", () => {
    const samples = [sample(100, 1), sample(50, 1.2), sample(50, 0.9), sample(200, 1.1)];
    expect(lpResult(samples, dollars(1_000), false)).toEqual({
      deposited: dollars(1_000),
      value: dollars(1_100),
      held: dollars(1_000),
      againstHolding: dollars(100),
      drawdown: WAD / 4n,
      assetDrawdown: WAD / 4n,
    });
  });

  test("behavior: an LP of base is compared with holding base", () => {
    const samples = [sample(100, 1), sample(50, 1.1)];
    expect(lpResult(samples, dollars(1_000), true)).toEqual({
      deposited: dollars(1_000),
      value: dollars(550),
      held: dollars(500),
      againstHolding: dollars(50),
      drawdown: (45n * WAD) / 100n,
      assetDrawdown: 0n,
    });
  });

  test("behavior: shares begin at any price", () => {
    expect(lpResult([sample(1, 0.5), sample(1, 1)], dollars(10), false).value).toBe(dollars(20));
  });

  test("error: no samples", () => {
    expect(() => lpResult([], WAD, false)).toThrow(RangeError);
  });
});

test("drawdownOf: default", () => {
  expect(drawdownOf([])).toBe(0n);
  expect(drawdownOf([1n, 2n, 3n])).toBe(0n);
  expect(drawdownOf([4n, 3n, 8n, 4n, 9n])).toBe(WAD / 2n);
  expect(drawdownOf([0n, 0n, 5n, 0n])).toBe(WAD);
});
