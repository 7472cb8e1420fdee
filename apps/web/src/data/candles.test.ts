import { expect, test } from "vitest";
import { candlesOf, composePoints } from "./candles.js";

const WAD = 10n ** 18n;
const at = (time: bigint, price: bigint) => ({ time, price: price * WAD });

test("default: open is the close before it, and late prices are left out", () => {
  const points = [at(60n, 10n), at(70n, 14n), at(65n, 99n), at(119n, 9n), at(121n, 11n)];
  expect(candlesOf(points, 60)).toEqual([
    { time: 60, open: 10, high: 14, low: 9, close: 9 },
    { time: 120, open: 9, high: 11, low: 9, close: 11 },
  ]);
});

test("behavior: a composite price uses the collateral's last price, and none before its first", () => {
  const base = [at(1n, 10n), at(5n, 30n), at(9n, 30n)];
  const collateral = [at(2n, 2n), at(9n, 3n)];
  expect(composePoints(base, collateral)).toEqual([at(5n, 15n), at(9n, 10n)]);
});
