import { InvalidPriceError } from "@counterpoise/sdk/prices";
import { type Hex, hexToBigInt, hexToNumber, keccak256, size, slice, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { WAD } from "./price-math.js";
import { encodePythUpdate, encodePythUpdates } from "./pyth-double.js";

const id = toHex(1, { size: 32 });
/** Bytes before the number of messages: header, size and envelope. */
const HEADER_SIZE = 8 + 2 + 94;
const MESSAGE_SIZE = 85;

/** The fields of the first message. */
function decode(update: Hex) {
  const message = slice(update, HEADER_SIZE + 3, HEADER_SIZE + 3 + MESSAGE_SIZE);
  const field = (start: number, length: number, signed = false) =>
    hexToBigInt(slice(message, start, start + length), { size: length, signed });
  return {
    type: field(0, 1),
    id: slice(message, 1, 33),
    price: field(33, 8, true),
    conf: field(41, 8),
    expo: field(49, 4, true),
    publishTime: field(53, 8),
    prevPublishTime: field(61, 8),
    emaPrice: field(69, 8, true),
    emaConf: field(77, 8),
  };
}

describe("encodePythUpdate", () => {
  test("default", () => {
    const update = encodePythUpdate({ id, price: 2_000n * WAD, publishTime: 1_700_000_000 });
    expect(slice(update, 0, 8)).toBe("0x504e415501000000");
    expect(hexToNumber(slice(update, 8, 10))).toBe(94);
    expect(hexToNumber(slice(update, HEADER_SIZE, HEADER_SIZE + 1))).toBe(1);
    expect(hexToNumber(slice(update, HEADER_SIZE + 1, HEADER_SIZE + 3))).toBe(MESSAGE_SIZE);
    expect(decode(update)).toEqual({
      type: 0n,
      id,
      price: 200_000_000_000n,
      conf: 0n,
      expo: -8n,
      publishTime: 1_700_000_000n,
      prevPublishTime: 1_699_999_999n,
      emaPrice: 200_000_000_000n,
      emaConf: 0n,
    });
    expect(size(update)).toBe(HEADER_SIZE + 1 + 2 + MESSAGE_SIZE + 1);
  });

  test("behavior: own exponent, confidence and previous time", () => {
    const message = decode(
      encodePythUpdate({
        id,
        price: 20n * WAD + 999n,
        confidence: WAD / 100n,
        expo: -5,
        publishTime: 100n,
        prevPublishTime: 40n,
      }),
    );
    expect(message).toMatchObject({
      price: 2_000_000n,
      conf: 1_000n,
      expo: -5n,
      publishTime: 100n,
      prevPublishTime: 40n,
    });
  });

  test("behavior: positive exponent", () => {
    expect(decode(encodePythUpdate({ id, price: 12_345n * WAD, expo: 2, publishTime: 1 })).price).toBe(123n);
  });

  test("error: rounds to zero", () => {
    expect(() => encodePythUpdate({ id, price: 1n, publishTime: 1 })).toThrow(InvalidPriceError);
  });

  test("error: beyond 64 bits", () => {
    expect(() => encodePythUpdate({ id, price: 10n ** 30n, publishTime: 1 })).toThrow(InvalidPriceError);
  });
});

describe("encodePythUpdates", () => {
  const updates = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: toHex(i + 1, { size: 32 }), price: WAD, publishTime: 1 }));

  test("behavior: one message is encodePythUpdate's", () => {
    const [update] = updates(1);
    if (update) expect(encodePythUpdates([update])).toBe(encodePythUpdate(update));
  });

  test.each([
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
  ])("behavior: %i messages have paths of %i nodes", (count, depth) => {
    const update = encodePythUpdates(updates(count));
    expect(hexToNumber(slice(update, HEADER_SIZE, HEADER_SIZE + 1))).toBe(count);
    expect(size(update)).toBe(HEADER_SIZE + 1 + count * (2 + MESSAGE_SIZE + 1 + 20 * depth));
  });

  test("behavior: the signed root is the hash of the only message", () => {
    const update = encodePythUpdates(updates(1));
    const message = slice(update, HEADER_SIZE + 3, HEADER_SIZE + 3 + MESSAGE_SIZE);
    expect(slice(update, HEADER_SIZE - 20, HEADER_SIZE)).toBe(slice(keccak256(`0x00${message.slice(2)}`), 0, 20));
  });
});
