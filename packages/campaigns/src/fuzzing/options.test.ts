import { expect, test } from "vitest";
import { parseOptions } from "./options.js";

test("default: 20 minutes, every suite, a new seed on every run", () => {
  const first = parseOptions([]);
  expect(first).toMatchObject({ minutes: 20, only: undefined, quick: false, deadFails: false, fresh: false });
  expect(first.seed).toMatch(/^0x[0-9a-f]{64}$/);
  expect(parseOptions([]).seed).not.toBe(first.seed);
});

test("behavior: a given seed is kept", () => {
  expect(parseOptions(["--seed", "0xAb1"]).seed).toBe("0xAb1");
});

test.each([
  [["--minutes", "0"], "--minutes 0 is not a positive number"],
  [["--minutes", "x"], "--minutes x"],
  [["--only", "all"], "--only all: the kinds are invariants and fuzz"],
  [["--seed", "12"], "--seed 12 is not 0x"],
  [["--suite", "("], "Invalid regular expression"],
])("error: %j", (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
