// Update data in Pyth's wire format without signatures, for contracts that verify none.
import { concat, encodePacked, type Hex, keccak256, numberToHex, padHex, size, slice } from "viem";
import { InvalidPriceError } from "./errors.js";
import type { FeedPrice } from "./source.js";

const MAX_INT64 = 2n ** 63n - 1n;
const UPDATE_MAGIC = "0x504e4155";
const ROOT_MAGIC = "0x41555756";
/** Time, nonce, chain, emitter, sequence and consistency level, bytes. */
const ORIGIN_SIZE = 51;

/** A price to encode. */
export type UnsignedPrice = FeedPrice & {
  /** The feed's exponent. Default -8. Price and confidence are rounded down to it. */
  expo?: number | undefined;
};

/**
 * Encodes prices as the update data that Hermes returns for several feeds: one byte string, in their order, without
 * signatures. The price double of a devnet accepts it; Pyth's own contract does not.
 *
 * @example
 * const data = encodeUnsignedUpdate([{ id: deployment.pythId, price, confidence: 0n, publishTime: 100n, prevPublishTime: 99n }]);
 * @throws {@link InvalidPriceError} for a price without a 64-bit mantissa at its exponent, and for none or more than 255 prices.
 */
export function encodeUnsignedUpdate(prices: readonly UnsignedPrice[]): Hex {
  if (prices.length === 0 || prices.length > 255) {
    throw new InvalidPriceError({ field: "prices", value: prices.length, accepted: "1 to 255" });
  }
  const messages = prices.map(encodeMessage);
  const depth = Math.ceil(Math.log2(messages.length));
  const width = 2 ** depth;
  // The root is node 1, and the children of node n are 2n and 2n + 1.
  const nodes = new Map<number, Hex>();
  for (let i = 0; i < width; i++)
    nodes.set(width + i, hash(messages[i] ? concat(["0x00", messages[i] as Hex]) : "0x02"));
  const node = (n: number) => nodes.get(n) as Hex;
  for (let n = width - 1; n > 0; n--) {
    // Hex strings of one length and case are in the order of their numbers.
    nodes.set(n, hash(concat(["0x01", ...[node(2 * n), node(2 * n + 1)].sort()])));
  }

  const slot = prices[0]?.publishTime ?? 0n;
  const root = concat([ROOT_MAGIC, "0x00", numberToHex(slot, { size: 8 }), "0x00000000", node(1)]);
  // Version 1, signer set 0, no signatures.
  const envelope = concat(["0x010000000000", padHex("0x", { size: ORIGIN_SIZE }), root]);
  return concat([
    UPDATE_MAGIC,
    "0x01000000",
    prefixed(envelope),
    numberToHex(messages.length, { size: 1 }),
    ...messages.flatMap((message, i) => {
      const siblings = Array.from({ length: depth }, (_, level) => node(((width + i) >> level) ^ 1));
      return [prefixed(message), numberToHex(depth, { size: 1 }), ...siblings];
    }),
  ]);
}

/** Type, feed, price, confidence, exponent, publish time, the one before, average price and its confidence. */
function encodeMessage({ id, price, confidence, expo = -8, publishTime, prevPublishTime }: UnsignedPrice): Hex {
  const mantissa = fromWad(price, expo);
  if (mantissa <= 0n || mantissa > MAX_INT64) {
    throw new InvalidPriceError({ field: "price", value: price, accepted: `a 64-bit mantissa at exponent ${expo}` });
  }
  const conf = fromWad(confidence, expo);
  return encodePacked(
    ["uint8", "bytes32", "int64", "uint64", "int32", "uint64", "uint64", "int64", "uint64"],
    [0, id, mantissa, conf, expo, publishTime, prevPublishTime, mantissa, conf],
  );
}

const hash = (data: Hex): Hex => slice(keccak256(data), 0, 20);

/** The data behind its length of two bytes. */
const prefixed = (data: Hex): Hex => concat([numberToHex(size(data), { size: 2 }), data]);

const WAD = 10n ** 18n;
const fromWad = (value: bigint, expo: number): bigint =>
  expo <= 0 ? (value * 10n ** BigInt(-expo)) / WAD : value / (WAD * 10n ** BigInt(expo));
