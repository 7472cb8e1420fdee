import { describe, expect, test } from "vitest";
import { amount, decimalText, duration, leverage, percent, price, quote, size, UNKNOWN, utcOf } from "./format.js";

const WAD = 10n ** 18n;

describe("amounts", () => {
  test("behavior: an unknown value is never a zero", () => {
    for (const format of [quote, size, price, percent, leverage]) expect(format(undefined)).toBe(UNKNOWN);
    expect(quote(0n)).toBe("0.00");
  });

  test("behavior: all digits of a large amount stay exact", () => {
    expect(amount(123_456_789_012_345_678_901_234_567n, 18, { min: 9 })).toBe("123,456,789.012345679");
  });

  test("behavior: small prices have five significant digits", () => {
    expect(price(2_022_670_000_000_000_000_000n)).toBe("2,022.67");
    expect(price((WAD * 12_345n) / 10_000n)).toBe("1.2345");
    expect(price(WAD / 1_000n)).toBe("0.001000");
  });

  test("behavior: signs", () => {
    expect(quote(-WAD, { sign: "always" })).toBe("−1.00");
    expect(quote(WAD, { sign: "always" })).toBe("+1.00");
    expect(quote(0n, { sign: "always" })).toBe("0.00");
  });
});

describe("decimalText", () => {
  test("behavior: groups and separators of a locale with a decimal point", () => {
    expect(decimalText("1,234.5", ".")).toBe("1234.5");
    expect(decimalText("1,234", ".")).toBe("1234");
    expect(decimalText("1,5", ".")).toBe("1.5");
    expect(decimalText(".5", ".")).toBe("0.5");
  });

  test("behavior: groups and separators of a locale with a decimal comma", () => {
    expect(decimalText("1.234,5", ",")).toBe("1234.5");
    expect(decimalText("1.234", ",")).toBe("1234");
    expect(decimalText("1.5", ",")).toBe("1.5");
    expect(decimalText("1 234,50", ",")).toBe("1234.50");
  });
});

test("durations and times", () => {
  expect(duration(59)).toBe("59s");
  expect(duration(185)).toBe("3m 05s");
  expect(duration(7_500)).toBe("2h 05m");
  expect(utcOf(1_796_122_150n)).toBe("2026-12-01T10:49:10Z");
});
