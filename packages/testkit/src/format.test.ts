import { describe, expect, test } from "vitest";
import { formatBps, formatCount, formatExact, formatPercent, formatPrice, formatWad } from "./format.js";
import { WAD } from "./units.js";

describe("formatWad", () => {
  test("default", () => {
    expect(formatWad(1_234_567_890_000_000_000_000n)).toBe("1,234.57");
  });

  test("behavior: decimals and sign", () => {
    expect(formatWad(1_000_000n * WAD, { decimals: 0 })).toBe("1,000,000");
    expect(formatWad(WAD / 2n, { decimals: 4, sign: true })).toBe("+0.5000");
    expect(formatWad(-1_500n * WAD, { sign: true })).toBe("-1,500.00");
    expect(formatWad(0n, { sign: true })).toBe("0.00");
  });

  test("behavior: rounds half away from zero", () => {
    expect(formatWad(WAD / 200n)).toBe("0.01");
    expect(formatWad(-WAD / 200n)).toBe("-0.01");
  });

  test("behavior: no sign on an amount that rounds to zero", () => {
    expect(formatWad(-1n, { sign: true })).toBe("0.00");
    expect(formatWad(1n, { sign: true })).toBe("0.00");
  });
});

test("formatPercent: default", () => {
  expect(formatPercent(WAD / 8n)).toBe("12.50%");
  expect(formatPercent(-WAD / 3n, { decimals: 4, sign: true })).toBe("-33.3333%");
});

test("formatBps: default", () => {
  expect(formatBps(WAD / 10_000n)).toBe("+1.0 bps");
  expect(formatBps(-WAD / 4_000n)).toBe("-2.5 bps");
});

test("formatPrice: behavior: decimals by magnitude", () => {
  expect(formatPrice(123_326n * WAD)).toBe("123,326.00");
  expect(formatPrice((20_288n * WAD) / 1_000n)).toBe("20.2880");
  expect(formatPrice(WAD / 1_000n)).toBe("0.00100000");
});

test("formatExact: default", () => {
  expect(formatExact(0n)).toBe("0");
  expect(formatExact(1_234_500_000_000_000_000_000n)).toBe("1,234.5");
  expect(formatExact(-2n * WAD)).toBe("-2");
  expect(formatExact(1_000n * WAD + 1n)).toBe("1,000.000000000000000001");
});

test("formatExact: behavior: small figures have an exponent", () => {
  expect(formatExact(3n)).toBe("3e-18");
  expect(formatExact(-120n)).toBe("-1.2e-16");
  expect(formatExact(1_000n)).toBe("1e-15");
  expect(formatExact(WAD / 1_000_000n)).toBe("0.000001");
});

test("formatCount: default", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect(formatCount(999n)).toBe("999");
});
