import { expect, test } from "vitest";
import { accountValue, FLAT, lessFees, notional } from "./positions.js";

test("accountValue rounds down, notional up", () => {
  expect(accountValue({ ...FLAT, size: -1n }, 1n)).toBe(-1n);
  expect(accountValue({ ...FLAT, size: 1n }, 1n)).toBe(0n);
  expect(notional({ ...FLAT, size: 1n }, 1n)).toBe(1n);
});

test("lessFees charges fees to the margin", () => {
  expect(lessFees({ size: 1n, openNotional: -2n, margin: 5n }, 3n)).toEqual({
    size: 1n,
    openNotional: -2n,
    margin: 2n,
  });
});
