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
    expect(run).toThrow(`Invalid amount "${value}"`);
    expect(run).toThrow(accepted);
  });
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
