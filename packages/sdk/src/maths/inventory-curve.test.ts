// apps/anvil-e2e/test/inventory-curve.test.ts compares this module with the contracts and with exact fractions, for
// thousands of random states. Here is what a reader can check by hand.
import { describe, expect, test } from "vitest";
import { inventoryCurve, MakerCapacityExceededError } from "../index.js";

const WAD = 10n ** 18n;
const wad = (n: number) => (BigInt(Math.round(n * 1e6)) * WAD) / 1_000_000n;

/** m = 100, s = 10%, X = 10, 4 long. */
const state: inventoryCurve.CurveState = {
  price: wad(100),
  confidence: 0n,
  inventory: wad(4),
  maxSpread: 100_000,
  maxAbsPosition: wad(10),
  lpFee: 0,
  confidenceFactor: 0,
  maxConfidencePremium: 0,
};
const short = { ...state, inventory: wad(-4) };
const buys = { takerBuys: true };
const sells = { takerBuys: false };

describe("quoteForBase and baseForQuote", () => {
  test.each([
    // 4 at m, then 2 that build a short: 100 (6 + 0.1/20 x 4).
    ["a buy across zero", state, buys, 6, 602],
    // From 4 to 6: 100 (2 - 0.1/20 x (36 - 16)).
    ["a sell that builds", state, sells, 2, 190],
    ["a sell across zero", short, sells, 6, 598],
    ["a buy that builds", short, buys, 2, 210],
    ["a buy that reduces", state, buys, 3, 300],
  ])("default: %s", (_, at, side, size, quote) => {
    expect(inventoryCurve.quoteForBase(at, { ...side, size: wad(size) })).toBe(wad(quote));
    expect(inventoryCurve.baseForQuote(at, { ...side, quote: wad(quote) })).toBe(wad(size));
  });

  test("behavior: rounds for the pool", () => {
    const third = { ...state, price: WAD / 3n, inventory: 0n, maxSpread: 0 };
    expect(inventoryCurve.quoteForBase(third, { ...buys, size: 1n })).toBe(1n);
    expect(inventoryCurve.quoteForBase(third, { ...sells, size: 1n })).toBe(0n);
    expect(inventoryCurve.baseForQuote(third, { ...buys, quote: 1n })).toBe(3n);
    expect(inventoryCurve.baseForQuote(third, { ...sells, quote: 1n })).toBe(4n);
  });

  test("error: MakerCapacityExceededError", () => {
    const tooMuch = () => inventoryCurve.quoteForBase(state, { ...sells, size: wad(6) + 1n });
    expect(tooMuch).toThrow(MakerCapacityExceededError);
    expect(tooMuch).toThrow("The maker cannot take 6.000000000000000001 base: at most 6 are available.");
    // 100 (6 - 0.1/20 x (100 - 16)) = 558
    expect(() => inventoryCurve.baseForQuote(state, { ...sells, quote: wad(558) + 1n })).toThrow(
      "The maker cannot take 558.000000000000000001 quote: at most 558 are available.",
    );
  });
});

test("default: capacity of each side", () => {
  expect(inventoryCurve.capacity(state, buys)).toBe(wad(14));
  expect(inventoryCurve.capacity(state, sells)).toBe(wad(6));
  // Beyond the cap only reductions are available.
  const beyond = { ...state, inventory: wad(-15) };
  expect(inventoryCurve.capacity(beyond, buys)).toBe(0n);
  expect(inventoryCurve.capacity(beyond, sells)).toBe(wad(25));
});

test("default: bid, ask and reservation price", () => {
  expect(inventoryCurve.reservationPrice(state)).toBe(wad(96));
  expect(inventoryCurve.marginalPrice(state, sells)).toBe(wad(96));
  expect(inventoryCurve.marginalPrice(state, buys)).toBe(wad(100));
  expect(inventoryCurve.marginalPrice(short, buys)).toBe(wad(104));
});

describe("fill", () => {
  // Half of a confidence of 4 is 2, but 1% of the price is the limit; and 0.1%.
  const charged = {
    ...state,
    confidence: wad(4),
    lpFee: 1_000,
    confidenceFactor: 500_000,
    maxConfidencePremium: 10_000,
    inventory: 0n,
  };

  test("default: a buy", () => {
    const fill = inventoryCurve.fill(charged, { isBaseToQuote: false, isExactInput: false, amount: wad(2) });
    // 101 (2 + 0.1/20 x 4) = 204.02, and 0.20402.
    expect(fill).toEqual({
      base: wad(2),
      quote: wad(204.22402),
      price: wad(102.11201),
      fee: wad(0.20402),
      spread: 21_120n,
    });
  });

  test("default: a sell for quote", () => {
    // 99 (2 - 0.1/20 x 4) = 196.02, less 0.19602.
    const amount = wad(195.82398);
    const fill = inventoryCurve.fill(charged, { isBaseToQuote: true, isExactInput: false, amount });
    expect(fill).toEqual({ base: wad(2), quote: amount, price: wad(97.91199), fee: wad(0.19602), spread: 20_880n });
  });

  test("behavior: nothing for nothing", () => {
    const fill = inventoryCurve.fill(charged, { isBaseToQuote: false, isExactInput: true, amount: 0n });
    expect(fill).toMatchObject({ base: 0n, quote: 0n, price: 0n, fee: 0n });
  });
});
