import { describe, expect, test } from "vitest";
import { marketStatuses, marketStatusId, marketStatusOf } from "../index.js";

describe("market statuses", () => {
  test("default", () => {
    for (const status of marketStatuses) expect(marketStatusOf(marketStatusId(status))).toBe(status);
    expect(marketStatusId("active")).toBe(1);
  });

  test("error: RangeError", () => {
    expect(() => marketStatusOf(5)).toThrow(RangeError);
  });
});
