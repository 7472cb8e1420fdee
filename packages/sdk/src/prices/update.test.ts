import { concat, type Hex, slice } from "viem";
import { describe, expect, test } from "vitest";
import { ETH, priceAt, UNKNOWN, USDC } from "../../test/hermes-server.js";
import { encodeUnsignedUpdate, InvalidPriceError, parsePriceUpdate } from "./index.js";

const WAD = 10n ** 18n;
const data = encodeUnsignedUpdate([priceAt(100n), priceAt(99n, 1n, USDC), priceAt(98n, 7n, UNKNOWN)]);

const errorOf = (ids: readonly Hex[], updateData: readonly string[]): unknown => {
  try {
    return parsePriceUpdate(ids, updateData);
  } catch (error) {
    return error;
  }
};

describe("parsePriceUpdate", () => {
  test("default: the feeds in the order of the ids", () => {
    expect(parsePriceUpdate([USDC, ETH], [data])).toEqual({
      updateData: [data],
      feeds: [priceAt(99n, 1n, USDC), priceAt(100n)],
    });
  });

  test("behavior: several byte strings, with and without 0x, ids in any case", () => {
    const [one, two] = [encodeUnsignedUpdate([priceAt(5n)]), encodeUnsignedUpdate([priceAt(6n, 1n, USDC)])];
    const ids = [`0x${ETH.slice(2).toUpperCase()}`, USDC] as Hex[];
    const { updateData, feeds } = parsePriceUpdate(ids, [one.slice(2), two]);
    expect(updateData).toEqual([one, two]);
    expect(feeds).toEqual([priceAt(5n), priceAt(6n, 1n, USDC)]);
  });

  test("behavior: rounds down to 18 decimals, and keeps every exponent of the oracle", () => {
    const price = 1234567890123n * 10n ** 6n;
    for (const [expo, kept] of [
      [-18, price],
      [-12, price],
      [-8, (price / 10n ** 10n) * 10n ** 10n],
    ] as const) {
      const encoded = encodeUnsignedUpdate([{ ...priceAt(1n), price, confidence: price, expo }]);
      expect(parsePriceUpdate([ETH], [encoded]).feeds[0]).toMatchObject({ price: kept, confidence: kept });
    }
    const large = encodeUnsignedUpdate([{ ...priceAt(1n), price: 7n * 10n ** 28n, confidence: 0n, expo: 10 }]);
    expect(parsePriceUpdate([ETH], [large]).feeds[0]?.price).toBe(7n * 10n ** 28n);
  });

  test("behavior: skips messages that are no prices", () => {
    const single = encodeUnsignedUpdate([priceAt(100n)]);
    // The message's type is its first byte, behind its length.
    const at = single.indexOf("005500") / 2 + 1;
    const other = concat([slice(single, 0, at), "0x01", slice(single, at + 1)]);
    expect(errorOf([ETH], [other])).toMatchObject({ field: "feeds", accepted: ETH });
  });

  test.each([
    ["nothing", "0x"],
    ["no hex", "0x504e4155zz"],
    ["another format", `0x5032574800${data.slice(12)}`],
    ["another version", `0x504e415502${data.slice(12)}`],
    ["an end in the middle", data.slice(0, 400)],
    ["an end in the last proof", data.slice(0, -2)],
    ["half a byte", data.slice(0, 401)],
  ])("error: InvalidPriceError for %s", (_, malformed) => {
    const error = errorOf([ETH], [malformed]);
    expect(error).toBeInstanceOf(InvalidPriceError);
    expect(error).toMatchObject({ field: "update data", value: malformed, accepted: "Pyth's format, version 1" });
    expect(String((error as Error).message).length).toBeLessThan(300);
  });

  test("error: InvalidPriceError for any end, and never another error", () => {
    for (let length = 0; length < data.length; length += 1) {
      expect(errorOf([ETH], [data.slice(0, length)])).toBeInstanceOf(InvalidPriceError);
    }
  });

  test("error: InvalidPriceError for prices that the oracle rejects", () => {
    const encoded = encodeUnsignedUpdate([{ ...priceAt(1n), price: 5n * WAD, confidence: 0n }]);
    const mantissa = (5n * 10n ** 8n).toString(16).padStart(16, "0");
    const exponent = "fffffff8";
    expect(errorOf([ETH], [encoded.replace(mantissa, "f".repeat(16))])).toMatchObject({
      field: "price",
      value: -(10n ** 10n),
    });
    expect(errorOf([ETH], [encoded.replace(mantissa, "0".repeat(16))])).toMatchObject({ field: "price", value: 0n });
    expect(errorOf([ETH], [encoded.replace(exponent, "0000000b")])).toMatchObject({ field: "expo", value: 11 });
    expect(errorOf([ETH], [encoded.replace(exponent, "ffffffe6")])).toMatchObject({ field: "expo", value: -26 });
    const huge = encoded.replace(exponent, "0000000a").replace(mantissa, "7fffffffffffffff");
    expect(errorOf([ETH], [huge])).toMatchObject({ field: "price", accepted: "1 to 2^128 - 1, WAD" });
  });
});

describe("encodeUnsignedUpdate", () => {
  test("error: InvalidPriceError", () => {
    const encoding =
      (...prices: Parameters<typeof encodeUnsignedUpdate>[0]) =>
      () =>
        encodeUnsignedUpdate(prices);
    expect(encoding()).toThrow(InvalidPriceError);
    expect(encoding(...Array(256).fill(priceAt(1n)))).toThrow(InvalidPriceError);
    expect(encoding({ ...priceAt(1n), price: 0n })).toThrow(InvalidPriceError);
    expect(encoding({ ...priceAt(1n), price: 2n ** 63n * 10n ** 10n })).toThrow(InvalidPriceError);
    expect(encoding(...Array(255).fill(priceAt(1n)))).not.toThrow();
  });
});
