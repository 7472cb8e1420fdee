import { decodeAbiParameters, parseAbiParameters, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { PythPriceRangeError } from "./errors.js";
import { encodePythUpdate } from "./mock-pyth.js";
import { WAD } from "./price-math.js";

const id = toHex(1, { size: 32 });
const decode = (data: `0x${string}`) =>
  decodeAbiParameters(
    parseAbiParameters([
      "PriceFeed priceFeed, uint64 prevPublishTime",
      "struct PriceFeed { bytes32 id; Price price; Price emaPrice; }",
      "struct Price { int64 price; uint64 conf; int32 expo; uint256 publishTime; }",
    ]),
    data,
  );

describe("encodePythUpdate", () => {
  test("default", () => {
    const [feed, prevPublishTime] = decode(encodePythUpdate({ id, price: 2_000n * WAD, publishTime: 1_700_000_000 }));
    const price = { price: 200_000_000_000n, conf: 0n, expo: -8, publishTime: 1_700_000_000n };
    expect(feed).toEqual({ id, price, emaPrice: price });
    expect(prevPublishTime).toBe(1_699_999_999n);
  });

  test("behavior: own exponent, confidence and previous time", () => {
    const [feed, prevPublishTime] = decode(
      encodePythUpdate({
        id,
        price: 20n * WAD + 999n,
        confidence: WAD / 100n,
        expo: -5,
        publishTime: 100n,
        prevPublishTime: 40n,
      }),
    );
    expect(feed.price).toEqual({ price: 2_000_000n, conf: 1_000n, expo: -5, publishTime: 100n });
    expect(prevPublishTime).toBe(40n);
  });

  test("behavior: positive exponent", () => {
    const [feed] = decode(encodePythUpdate({ id, price: 12_345n * WAD, expo: 2, publishTime: 1 }));
    expect(feed.price.price).toBe(123n);
  });

  test("error: rounds to zero", () => {
    expect(() => encodePythUpdate({ id, price: 1n, publishTime: 1 })).toThrow(PythPriceRangeError);
  });

  test("error: beyond 64 bits", () => {
    expect(() => encodePythUpdate({ id, price: 10n ** 30n, publishTime: 1 })).toThrow(PythPriceRangeError);
  });
});
