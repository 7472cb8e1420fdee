import { expect, test } from "vitest";
import { RetryBudget } from "./index.js";

test("default: pauses double for each piece of work, up to their limit", () => {
  let now = 0;
  const budget = new RetryBudget({ paid: { attempts: 100, per: 1_000_000, pause: 10, maxPause: 35 } }, () => now);
  expect(budget.mayTry("a")).toBe(true);
  for (const pause of [10, 20, 35, 35]) {
    budget.failed("a", "paid");
    expect(budget.mayTry("b")).toBe(true);
    now += pause - 1;
    expect(budget.mayTry("a")).toBe(false);
    now += 1;
    expect(budget.mayTry("a")).toBe(true);
  }
  budget.failed("a", "paid");
  budget.succeeded("a");
  expect(budget.mayTry("a")).toBe(true);
});

test("behavior: a class without budget holds its work until the budget refills", () => {
  let now = 0;
  const budget = new RetryBudget({ paid: { attempts: 3, per: 1_000, pause: 1, maxPause: 1 } }, () => now);
  expect(["a", "b", "c"].map((key) => budget.failed(key, "paid"))).toEqual([false, false, false]);
  expect(budget.failed("d", "paid")).toBe(true);
  expect(budget.isSpent("paid")).toBe(true);
  now = 999;
  expect(budget.mayTry("d")).toBe(false);
  now = 1_001;
  expect(budget.mayTry("d")).toBe(true);
  expect(budget.isSpent("paid")).toBe(false);
});
