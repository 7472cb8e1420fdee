import { expect, test } from "vitest";
import { noiseTaker, reversionTaker, seededRandom, type TakerView, trendTaker } from "./takers.js";

const view = (change: Partial<TakerView> = {}): TakerView => ({
  size: 0n,
  prices: [10n, 11n],
  unit: 4n,
  maxSize: 6n,
  ...change,
});

test("trendTaker: follows the price up to its largest position", () => {
  const { decide } = trendTaker();
  expect(decide(view())).toBe(4n);
  expect(decide(view({ size: 4n }))).toBe(2n);
  expect(decide(view({ size: 6n }))).toBeUndefined();
  expect(decide(view({ prices: [11n, 10n], size: 6n }))).toBe(-4n);
  expect(decide(view({ prices: [10n, 12n, 10n] }))).toBeUndefined();
});

test("reversionTaker: trades against the price", () => {
  expect(reversionTaker().decide(view())).toBe(-4n);
  expect(reversionTaker().decide(view({ prices: [11n, 10n], size: 5n }))).toBe(1n);
});

test("noiseTaker: equal for equal seeds, buys, sells, closes and waits", () => {
  const [one, other] = [noiseTaker(7), noiseTaker(7)];
  const decisions = Array.from({ length: 200 }, () => one.decide(view({ size: 3n })));
  expect(Array.from({ length: 200 }, () => other.decide(view({ size: 3n })))).toEqual(decisions);
  expect(new Set(decisions)).toEqual(new Set([3n, -4n, -3n, undefined]));
});

test("seededRandom: from 0 up to 1", () => {
  const random = seededRandom(1);
  const numbers = Array.from({ length: 1_000 }, random);
  expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(numbers.reduce((sum, each) => sum + each, 0) / 1_000).toBeCloseTo(0.5, 1);
});
