import { expect, test } from "vitest";
import { InvalidKeeperInputError, isProfitable, profitOf } from "./index.js";

test("default: fee less gas and cost", () => {
  expect(profitOf({ fee: 100n, gas: 10n, gasPrice: 7n, cost: 5n })).toBe(25n);
  expect(profitOf({ fee: 1n, gas: 10n, gasPrice: 7n })).toBe(-69n);
});

test("behavior: breaking even is no profit, unless that is enough", () => {
  const even = { fee: 70n, gas: 10n, gasPrice: 7n };
  expect(isProfitable(even)).toBe(false);
  expect(isProfitable({ ...even, minProfit: 0n })).toBe(true);
  expect(isProfitable({ ...even, fee: 80n, minProfit: 11n })).toBe(false);
});

test("error: a negative amount", () => {
  const error = (() => {
    try {
      return profitOf({ fee: 1n, gas: -1n, gasPrice: 7n });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(InvalidKeeperInputError);
  expect(error).toMatchObject({ field: "gas", value: -1n, accepted: "at least 0" });
});
