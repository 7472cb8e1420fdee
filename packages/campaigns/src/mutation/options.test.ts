import { expect, test } from "vitest";
import { parseOptions } from "./options.js";

test("default: all faults, in one shard, without a limit", () => {
  expect(parseOptions([])).toEqual({
    only: undefined,
    untried: false,
    seed: 1,
    sample: Infinity,
    budgetMinutes: Infinity,
    shard: 1,
    shards: 1,
    expected: false,
    skipBaseline: false,
    check: false,
    list: false,
    help: false,
  });
});

test("behavior: reads ids, shards and numbers", () => {
  expect(
    parseOptions(["--only", "a,b", "--shard", "2/3", "--seed", "9", "--sample", "4", "--budget", "30"]),
  ).toMatchObject({ only: ["a", "b"], shard: 2, shards: 3, seed: 9, sample: 4, budgetMinutes: 30 });
});

test.each([
  [["--shard", "0/3"], "--shard 0/3 is not I/N"],
  [["--shard", "4/3"], "--shard 4/3 is not I/N"],
  [["--shard", "2"], "--shard 2 is not I/N"],
  [["--seed", "x"], "--seed x is not a whole number"],
  [["--sample", "0"], "positive numbers"],
  [["--budget", "-1"], "--budget"],
  [["--unknown"], "--unknown"],
])("error: %j", (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
