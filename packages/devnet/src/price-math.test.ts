import { describe, expect, test } from "vitest";
import {
  deviation,
  MAX_TICK,
  MIN_TICK,
  type PairOrientation,
  PriceOutOfRangeError,
  priceToSqrtPriceX96,
  sqrtDown,
  sqrtPriceX96ToPrice,
  sqrtPriceX96ToTick,
  TickRangeError,
  tickToSqrtPriceX96,
  usableTicks,
  WAD,
} from "./price-math.js";

const ethFirst: PairOrientation = { baseDecimals: 18, quoteDecimals: 6, baseIsToken0: true };
const usdcFirst: PairOrientation = { ...ethFirst, baseIsToken0: false };
const orientations: [string, PairOrientation][] = [
  ["18/6 decimals, base first", ethFirst],
  ["18/6 decimals, quote first", usdcFirst],
  ["18/18 decimals, base first", { baseDecimals: 18, quoteDecimals: 18, baseIsToken0: true }],
  ["18/18 decimals, quote first", { baseDecimals: 18, quoteDecimals: 18, baseIsToken0: false }],
  ["8/6 decimals, base first", { baseDecimals: 8, quoteDecimals: 6, baseIsToken0: true }],
  ["8/6 decimals, quote first", { baseDecimals: 8, quoteDecimals: 6, baseIsToken0: false }],
];

describe("sqrtDown", () => {
  test("default", () => {
    expect(sqrtDown(144n)).toBe(12n);
  });

  test("behavior: rounds down", () => {
    for (const root of [1n, 2n, 3n, 10n ** 9n + 7n, 2n ** 127n + 1n]) {
      expect(sqrtDown(root * root)).toBe(root);
      expect(sqrtDown(root * root - 1n)).toBe(root - 1n);
      expect(sqrtDown(root * root + 2n * root)).toBe(root);
    }
  });

  test("behavior: zero", () => {
    expect(sqrtDown(0n)).toBe(0n);
  });

  test("error: negative", () => {
    expect(() => sqrtDown(-1n)).toThrow(RangeError);
  });
});

describe("priceToSqrtPriceX96", () => {
  test("default", () => {
    expect(priceToSqrtPriceX96(WAD, { baseDecimals: 18, quoteDecimals: 18, baseIsToken0: true })).toBe(2n ** 96n);
  });

  test("behavior: 2000 USDC per ETH, base first", () => {
    // 2000e6 / 1e18 = 2e-9
    expect(priceToSqrtPriceX96(2_000n * WAD, ethFirst)).toBe(sqrtDown((2n * 2n ** 192n) / 10n ** 9n));
  });

  test("behavior: 2000 USDC per ETH, quote first", () => {
    // 1e18 / 2000e6 = 5e8
    expect(priceToSqrtPriceX96(2_000n * WAD, usdcFirst)).toBe(sqrtDown(5n * 10n ** 8n * 2n ** 192n));
  });

  test.each(orientations)("behavior: there and back, %s", (_, pair) => {
    for (const price of [WAD / 1_000n, WAD, 1_349_800_000_000_000_000_000n, 123_456_789_012_345_678_901_234n]) {
      expect(deviation(sqrtPriceX96ToPrice(priceToSqrtPriceX96(price, pair), pair), price)).toBeLessThan(10n ** 9n);
    }
  });

  test("error: zero price", () => {
    expect(() => priceToSqrtPriceX96(0n, ethFirst)).toThrow(PriceOutOfRangeError);
  });

  test("error: negative price", () => {
    expect(() => priceToSqrtPriceX96(-1n, usdcFirst)).toThrow(PriceOutOfRangeError);
  });

  test("error: beyond the last tick", () => {
    const pair = { baseDecimals: 18, quoteDecimals: 18, baseIsToken0: true };
    expect(() => priceToSqrtPriceX96(2n ** 129n * WAD, pair)).toThrow(PriceOutOfRangeError);
    expect(() => priceToSqrtPriceX96(2n ** 129n * WAD, { ...pair, baseIsToken0: false })).toThrow(PriceOutOfRangeError);
  });
});

describe("deviation", () => {
  test("default", () => {
    expect(deviation(101n * WAD, 100n * WAD)).toBe(WAD / 100n);
    expect(deviation(99n * WAD, 100n * WAD)).toBe(WAD / 100n);
  });

  test("behavior: rounds up", () => {
    expect(deviation(3n * WAD + 1n, 3n * WAD)).toBe(1n);
  });

  test("behavior: none", () => {
    expect(deviation(WAD, WAD)).toBe(0n);
  });
});

describe("tickToSqrtPriceX96", () => {
  test("default", () => {
    expect(tickToSqrtPriceX96(0)).toBe(2n ** 96n);
  });

  // The figures of the pool's own constants, whose last digits differ by its 128-bit rounding.
  test.each([
    [MIN_TICK, 4_295_128_739n],
    [MAX_TICK, 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n],
  ])("behavior: tick %i", (tick, expected) => {
    const actual = tickToSqrtPriceX96(tick);
    const distance = actual > expected ? actual - expected : expected - actual;
    expect(distance * 10n ** 9n).toBeLessThanOrEqual(expected);
  });

  test("behavior: two ticks up is a factor of 1.0001", () => {
    for (const tick of [-200_000, -1, 0, 76_012]) {
      const ratio = (tickToSqrtPriceX96(tick + 2) * 10n ** 12n) / tickToSqrtPriceX96(tick);
      expect(ratio === 1_000_100_000_000n || ratio === 1_000_099_999_999n).toBe(true);
    }
  });

  test("error: no such tick", () => {
    expect(() => tickToSqrtPriceX96(MAX_TICK + 1)).toThrow(RangeError);
    expect(() => tickToSqrtPriceX96(0.5)).toThrow(RangeError);
  });
});

describe("sqrtPriceX96ToTick", () => {
  test("default", () => {
    expect(sqrtPriceX96ToTick(2n ** 96n)).toBe(0);
  });

  test("behavior: the tick at or below", () => {
    for (const tick of [-887_271, -201_000, -1, 1, 77_777, 887_271]) {
      expect(sqrtPriceX96ToTick(tickToSqrtPriceX96(tick))).toBe(tick);
      expect(sqrtPriceX96ToTick(tickToSqrtPriceX96(tick) - 1n)).toBe(tick - 1);
    }
  });
});

describe("usableTicks", () => {
  test("default", () => {
    expect(usableTicks(60)).toEqual({ tickLower: -887_220, tickUpper: 887_220 });
    expect(usableTicks(10)).toEqual({ tickLower: -887_270, tickUpper: 887_270 });
  });

  test("behavior: rounds inwards", () => {
    expect(usableTicks(60, { lower: -61, upper: 119 })).toEqual({ tickLower: -60, tickUpper: 60 });
  });

  test("error: nothing in between", () => {
    expect(() => usableTicks(60, { lower: 1, upper: 119 })).toThrow(TickRangeError);
  });
});
