import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { deployment } from "../test/fixtures.js";
import {
  collateralToWad,
  formatBase,
  formatCollateral,
  formatLeverage,
  formatPercent,
  formatWad,
  InvalidAmountError,
  parseBase,
  parseCollateral,
  parseLeverage,
  parsePercent,
  parseWad,
  ppm,
  wad,
  wadToCollateralDown,
  wadToCollateralUp,
} from "./units.js";

const E18 = 10n ** 18n;
const tokens = { ...deployment, baseDecimals: 8 };

describe("parsing", () => {
  test.each([
    ["parseWad", parseWad("1.5"), (E18 * 3n) / 2n],
    ["parseWad, the last decimal", parseWad("-0.000000000000000001"), -1n],
    ["parseCollateral", parseCollateral(tokens, "1000.000001"), 1_000_000_001n],
    ["parseBase", parseBase(tokens, "0.5"), 50_000_000n],
    ["parsePercent", parsePercent("0.5%"), 5_000],
    ["parsePercent, without a sign", parsePercent("12.5"), 125_000],
    ["parseLeverage", parseLeverage("5x"), 5n * E18],
    ["parseLeverage, without an x", parseLeverage("2.5"), (E18 * 5n) / 2n],
  ])("default: %s", (_, parsed, expected) => expect(parsed).toBe(expected));

  test.each([
    ["parseWad", () => parseWad("0.0000000000000000001"), "0.0000000000000000001", "at most 18 decimals"],
    ["parseWad", () => parseWad("1e18"), "1e18", "a decimal number"],
    ["parseWad", () => parseWad(""), "", "a decimal number"],
    ["parseWad", () => parseWad("1,000"), "1,000", "a decimal number"],
    ["parseWad", () => parseWad(".5"), ".5", "a decimal number"],
    ["parseCollateral", () => parseCollateral(tokens, "1.0000001"), "1.0000001", "at most 6 decimals"],
    ["parseBase", () => parseBase(tokens, "1.000000001"), "1.000000001", "at most 8 decimals"],
    ["parsePercent", () => parsePercent("0.00005%"), "0.00005", "at most 4 decimals"],
    ["parseLeverage", () => parseLeverage("0x"), "0x", "above zero"],
    ["ppm", () => ppm(0.5), "0.5", "a whole number"],
  ])("error: %s of %#", (_, run, value, accepted) => {
    expect(run).toThrow(InvalidAmountError);
    expect(run).toThrow(` "${value}": expected`);
    expect(run).toThrow(accepted);
  });
});

test.each([
  ["amount", () => parseWad("x")],
  ["collateral", () => parseCollateral(tokens, "x")],
  ["base", () => parseBase(tokens, "x")],
  ["percent", () => parsePercent("y")],
  ["leverage", () => parseLeverage("0")],
  ["ppm", () => ppm(0.5)],
  ["percent", () => parsePercent("900719925475%")],
  ["digits", () => formatWad(1n, { digits: -1 })],
  ["digits", () => formatPercent(1, { digits: 1.5 })],
])("error: names the field %s, the value and what is accepted", (field, run) => {
  expect(run).toThrow(expect.objectContaining({ field, value: expect.anything(), accepted: expect.any(String) }));
});

describe("formatting", () => {
  test.each([
    [formatWad(parseWad("2000.50")), "2000.5"],
    [formatWad(0n), "0"],
    [formatWad(-1n), "-0.000000000000000001"],
    [formatWad(parseWad("2000.495"), { digits: 2 }), "2000.50"],
    [formatWad(parseWad("-2000.495"), { digits: 2 }), "-2000.50"],
    [formatWad(parseWad("0.4"), { digits: 0 }), "0"],
    [formatWad(parseWad("-0.4"), { digits: 0 }), "0"],
    [formatWad(parseWad("99.995"), { digits: 2 }), "100.00"],
    [formatCollateral(tokens, 1_500_000n), "1.5"],
    [formatCollateral(tokens, 1_500_000n, { digits: 8 }), "1.50000000"],
    [formatCollateral({ collateralDecimals: 0 }, 15n), "15"],
    [formatBase(tokens, 50_000_000n), "0.5"],
    [formatPercent(5_000), "0.5%"],
    [formatPercent(wad(E18 / 8n)), "12.5%"],
    [formatPercent(wad(E18 / 3n), { digits: 1 }), "33.3%"],
    [formatLeverage(parseLeverage("2.5x")), "2.5x"],
  ])("default: %s", (text, expected) => expect(text).toBe(expected));

  test("behavior: parsing inverts formatting", () => {
    for (const value of [0n, 1n, -1n, E18, 123_456_789_012_345_678_901n, -7n * E18]) {
      expect(parseWad(formatWad(value))).toBe(value);
      expect(parseCollateral(tokens, formatCollateral(tokens, value))).toBe(value);
    }
  });
});

describe("conversion between collateral and WAD", () => {
  test("default: exact to WAD, rounded by name back", () => {
    expect(collateralToWad(tokens, 3n)).toBe(3n * 10n ** 12n);
    const between = 3n * 10n ** 12n + 1n;
    expect([wadToCollateralDown(tokens, between), wadToCollateralUp(tokens, between)]).toEqual([3n, 4n]);
    expect([wadToCollateralDown(tokens, -between), wadToCollateralUp(tokens, -between)]).toEqual([-4n, -3n]);
    expect([wadToCollateralDown(tokens, 3n * 10n ** 12n), wadToCollateralUp(tokens, 3n * 10n ** 12n)]).toEqual([
      3n,
      3n,
    ]);
  });
});

/** Pseudo-random signed integers of up to 250 bits, the same in every run. */
function* integers(count: number): Generator<bigint> {
  let state = 88_172_645_463_325_252n;
  const next = () => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
  for (let i = 0; i < count; i++) {
    const magnitude = ((next() << 192n) | (next() << 128n) | (next() << 64n) | next()) >> BigInt(6 + (i % 250));
    yield i % 2 ? -magnitude : magnitude;
  }
}

describe("properties over 2,000 values and every number of decimals", () => {
  test("parsing inverts formatting", () => {
    for (const value of integers(2_000)) {
      expect(parseWad(formatWad(value))).toBe(value);
      for (const collateralDecimals of [0, 6, 8, 18]) {
        expect(parseCollateral({ collateralDecimals }, formatCollateral({ collateralDecimals }, value))).toBe(value);
      }
    }
  });

  test("rounding to digits is off by at most half of the last digit", () => {
    let i = 0;
    for (const value of integers(2_000)) {
      const digits = i++ % 18;
      const off = parseWad(formatWad(value, { digits })) - value;
      expect((off < 0n ? -off : off) * 2n).toBeLessThanOrEqual(10n ** BigInt(18 - digits));
    }
  });

  test("conversion down and up enclose the value, less than one unit apart from it", () => {
    for (const value of integers(2_000)) {
      for (const collateralDecimals of [0, 6, 8, 18]) {
        const token = { collateralDecimals };
        const [down, up] = [wadToCollateralDown(token, value), wadToCollateralUp(token, value)];
        const unit = 10n ** BigInt(18 - collateralDecimals);
        const [below, above] = [value - collateralToWad(token, down), collateralToWad(token, up) - value];
        expect(below >= 0n && below < unit && above >= 0n && above < unit).toBe(true);
        expect(up - down).toBe(below === 0n ? 0n : 1n);
      }
    }
  });
});

test("default: every function has an example, which gives the result that it names", async () => {
  const units: Record<string, unknown> = await import("./units.js");
  const source = readFileSync(new URL("./units.ts", import.meta.url), "utf8");
  const comments = [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:const|function) (\w+)/g)];
  const documented = comments.filter(([, comment]) => comment?.includes("@example")).map(([, , name]) => name);
  const functions = Object.keys(units).filter((name) => name !== "InvalidAmountError");
  expect(documented.sort()).toEqual(functions.sort());
  for (const [, comment = ""] of comments) {
    for (const [, code, result] of comment.matchAll(/^ \* (\w+\(.*\)); \/\/ (.+)$/gm)) {
      const [actual, named] = new Function(...functions, `return [${code}, ${result}]`)(
        ...functions.map((name) => units[name]),
      );
      expect(actual, code).toBe(named);
    }
  }
});
