import { WAD } from "@counterpoise/testkit";
import { describe, expect, test } from "vitest";
import { between, PricePath, ticksOfRow } from "./price-path.js";
import type { PriceRow } from "./prices.js";

const START = 1_700_000_040;
const row = (minute: number, open: number, high: number, low: number, close: number): PriceRow => {
  const [o, h, l, c] = [open, high, low, close].map((price) => BigInt(price) * WAD) as [bigint, bigint, bigint, bigint];
  return { timestamp: START + 60 * minute, open: o, high: h, low: l, close: c };
};
const short = ({ time, price }: { time: number; price: bigint }) => [time - START, Number(price / WAD)];

describe("ticksOfRow", () => {
  test("default: a rising row has its low first, a falling one its high", () => {
    expect(ticksOfRow(row(0, 100, 120, 90, 110), 60).map(short)).toEqual([
      [1, 100],
      [15, 90],
      [30, 120],
      [45, 110],
    ]);
    expect(ticksOfRow(row(0, 110, 120, 90, 100), 60).map(short)).toEqual([
      [1, 110],
      [15, 120],
      [30, 90],
      [45, 100],
    ]);
  });

  test("behavior: equal neighbours are one tick", () => {
    expect(ticksOfRow(row(0, 100, 100, 100, 100), 60).map(short)).toEqual([[1, 100]]);
    expect(ticksOfRow(row(0, 100, 110, 100, 110), 60).map(short)).toEqual([
      [1, 100],
      [30, 110],
    ]);
  });

  test("behavior: ticks of a short row have later seconds", () => {
    expect(ticksOfRow(row(0, 100, 120, 90, 110), 1).map(short)).toEqual([
      [1, 100],
      [2, 90],
      [3, 120],
      [4, 110],
    ]);
  });
});

describe("PricePath", () => {
  const series = {
    name: "f",
    interval: 60,
    rows: [row(0, 100, 100, 100, 100), row(1, 100, 120, 90, 110), row(85, 50, 50, 50, 50)],
  };
  const path = new PricePath(series);

  test("default: highs and lows are ticks, a gap is none", () => {
    expect(path.ticks.map(short)).toEqual([
      [1, 100],
      [61, 100],
      [75, 90],
      [90, 120],
      [105, 110],
      [5_101, 50],
    ]);
    expect(path.ticks.map(({ isLast }) => isLast)).toEqual([true, false, false, false, true, true]);
    expect(path.gaps).toEqual([{ from: START + 120, to: START + 5_100 }]);
    expect(path.ticks.map(({ gap }) => gap !== undefined)).toEqual([false, false, false, false, false, true]);
  });

  test("behavior: prices between ticks", () => {
    expect(path.known(START - 500)).toBe(100n * WAD);
    expect(path.known(START + 89)).toBe(90n * WAD);
    expect(path.known(START + 5_000)).toBe(110n * WAD);
    expect(path.at(START + 68)).toBe(95n * WAD);
    expect(path.at(START + 90)).toBe(120n * WAD);
    expect(path.at(START + 9_999)).toBe(50n * WAD);
    // The second source's line through the gap.
    expect(path.at(START + 105 + 2_498)).toBe(80n * WAD);
  });
});

test("between: default", () => {
  const [from, to] = [
    { time: 10, price: 100n },
    { time: 20, price: 200n },
  ];
  expect([0, 10, 15, 20, 30].map((time) => between(from, to, time))).toEqual([100n, 100n, 150n, 200n, 200n]);
  expect(between(to, { time: 30, price: 100n }, 23)).toBe(170n);
});
