import { zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { ETH, priceAt, USDC } from "../../test/hermes-server.js";
import { type FeedPrice, feedIdsOf, InvalidPriceError, PriceNotFoundError, priceOf } from "./index.js";

const WAD = 10n ** 18n;
const update = (...feeds: FeedPrice[]) => ({ updateData: [], feeds });
const composite = { pythId: ETH, collateral: { pythId: USDC, maxSkew: 10 } };

describe("feedIdsOf", () => {
  test("default", () => {
    expect(feedIdsOf({ pythId: ETH })).toEqual([ETH]);
    expect(feedIdsOf({ pythId: ETH, collateral: { pythId: zeroHash } })).toEqual([ETH]);
    expect(feedIdsOf(composite)).toEqual([ETH, USDC]);
  });
});

describe("priceOf", () => {
  test("default: of one feed", () => {
    const expected = { price: 2_000n * WAD, confidence: WAD / 10n, publishTime: 100n };
    const feeds = update(priceAt(90n, 1n, USDC), priceAt(100n));
    expect(priceOf(feeds, { pythId: ETH })).toEqual(expected);
    expect(priceOf(feeds, { pythId: ETH, collateral: { pythId: zeroHash, maxSkew: 0 } })).toEqual(expected);
  });

  test("behavior: of two parts, rounded down, at the older one's time", () => {
    const base = { ...priceAt(100n), confidence: 0n };
    const collateral = { ...priceAt(95n, 3n, USDC), confidence: 0n };
    const price = (2_000n * WAD) / 3n;
    expect(priceOf(update(collateral, base), composite)).toEqual({ price, confidence: 0n, publishTime: 95n });
  });

  test("behavior: the widest interval, rounded up", () => {
    const base = { ...priceAt(100n), confidence: 10n * WAD };
    const collateral = { ...priceAt(100n, 1n, USDC), confidence: WAD / 10n };
    // 2,010 / 0.9 - 2,000
    const expected = (2_010n * WAD * 10n) / 9n + 1n - 2_000n * WAD;
    expect(priceOf(update(base, collateral), composite).confidence).toBe(expected);
    const unsure = { ...collateral, confidence: WAD };
    expect(priceOf(update(base, unsure), composite).confidence).toBe(2n ** 128n - 1n);
  });

  test("error: PriceNotFoundError", () => {
    expect(() => priceOf(update(priceAt(1n)), composite)).toThrow(PriceNotFoundError);
  });

  test("error: InvalidPriceError", () => {
    const apart = update(priceAt(100n), priceAt(89n, 1n, USDC));
    expect(() => priceOf(apart, composite)).toThrow(
      expect.objectContaining({ name: "InvalidPriceError", field: "skew of the parts", value: 11n }),
    );
    const tiny = update({ ...priceAt(1n), price: 1n }, priceAt(1n, 2n, USDC));
    expect(() => priceOf(tiny, composite)).toThrow(InvalidPriceError);
  });
});
