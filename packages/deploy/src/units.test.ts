import { describe, expect, test } from "vitest";
import { UnitError } from "./errors.js";
import {
  DAY_SECONDS,
  decimalToUnits,
  durationToSeconds,
  feeIndexDecimals,
  formatDuration,
  formatPpm,
  formatRate,
  percentPerPeriod,
  percentToPpm,
} from "./units.js";

describe("units", () => {
  test("percentages are exact parts per million", () => {
    expect(percentToPpm("0.05%")).toBe(500n);
    expect(percentToPpm("6.25%")).toBe(62_500n);
    expect(percentToPpm("0.0001%")).toBe(1n);
    expect(formatPpm(62_500n)).toBe("6.25%");
  });

  test("error: more digits than the unit has", () => {
    expect(() => percentToPpm("0.00001%")).toThrow(UnitError);
    expect(() => percentToPpm("5")).toThrow('"5" is not a percentage');
    expect(() => decimalToUnits("1.2345678", 6)).toThrow('"1.2345678" is not a number of at most 6 decimals');
    expect(() => durationToSeconds("1.5h")).toThrow(UnitError);
  });

  test("trailing zeros are no digits", () => {
    expect(decimalToUnits("1.50000000", 1)).toBe(15n);
    expect(decimalToUnits("3.0", 0)).toBe(3n);
  });

  test("durations", () => {
    expect(["90s", "5m", "8h", "2d"].map(durationToSeconds)).toEqual([90n, 300n, 28_800n, 172_800n]);
    expect(formatDuration(172_800n)).toBe("2d");
    expect(formatDuration(90n)).toBe("90s");
  });

  test("a rate is the preset's of the same percentage", () => {
    // Presets.major: 5% a day, in whole rate units.
    const rate = percentPerPeriod("5%", DAY_SECONDS);
    expect(rate).toBe(((5n * 10n ** 18n) / 100n / DAY_SECONDS / 100_000n) * 100_000n);
    expect(formatRate(rate)).toBe("5% a day");
  });

  test("fee indices have about 16 digits of the price", () => {
    expect(["2000", "40000", "0.5", "1"].map(feeIndexDecimals)).toEqual([13, 12, 17, 16]);
  });
});
