import { expect, test } from "vitest";
import { formatDuration, formatTime } from "./time.js";

test("formatTime: default", () => {
  expect(formatTime(1_516_091_520)).toBe("2018-01-16 08:32");
});

test("formatDuration: default", () => {
  expect(formatDuration(302_340)).toBe("3 d 11 h");
  expect(formatDuration(3_600)).toBe("1 h");
  expect(formatDuration(75.4)).toBe("1 min 15 s");
  expect(formatDuration(0.2)).toBe("0 s");
});
