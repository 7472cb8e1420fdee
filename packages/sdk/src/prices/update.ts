// Pyth's wire format of price updates, version 1: the messages of a Merkle tree whose root is signed.
import type { Hex } from "viem";
import { InvalidPriceError } from "./errors.js";
import type { FeedPrice, PriceUpdate } from "./source.js";

/** The exponents that the oracle accepts. */
const MIN_EXPO = -25;
const MAX_EXPO = 10;
/** The highest price that the oracle accepts, WAD. */
export const MAX_PRICE = 2n ** 128n - 1n;

/** Pyth's amount times 10^expo in WAD, rounded down: `toWadFloor` of the contracts. */
function toWadFloor(amount: bigint, expo: number): bigint {
  if (expo < MIN_EXPO || expo > MAX_EXPO) {
    throw new InvalidPriceError({ field: "expo", value: expo, accepted: `${MIN_EXPO} to ${MAX_EXPO}` });
  }
  return expo < -18 ? amount / 10n ** BigInt(-expo - 18) : amount * 10n ** BigInt(expo + 18);
}

/** The price that the oracle accepts. */
export function requirePrice(price: bigint): bigint {
  if (price > 0n && price <= MAX_PRICE) return price;
  throw new InvalidPriceError({ field: "price", value: price, accepted: "1 to 2^128 - 1, WAD" });
}

/** Throws unless there are ids, each of 32 bytes. */
export function requireIds(ids: readonly Hex[]): void {
  const wrong = ids.find((id) => !/^0x[\da-f]{64}$/i.test(id));
  if (wrong === undefined && ids.length > 0) return;
  throw new InvalidPriceError({ field: "ids", value: wrong ?? "none", accepted: "at least one, each of 32 bytes" });
}

/** The prices in one element of update data. */
function pricesIn(data: string): FeedPrice[] {
  let at = data.startsWith("0x") ? 2 : 0;
  const require = (isFine: boolean) => {
    if (!isFine)
      throw new InvalidPriceError({ field: "update data", value: data, accepted: "Pyth's format, version 1" });
  };
  const take = (bytes: number): string => {
    const part = data.slice(at, at + 2 * bytes);
    at += 2 * bytes;
    require(part.length === 2 * bytes && !/[^\da-f]/i.test(part));
    return part;
  };
  const integer = (bytes: number): bigint => BigInt(`0x${take(bytes)}`);
  const length = (bytes: number): number => Number(integer(bytes));

  // "PNAU" and the major version.
  require(take(5).toLowerCase() === "504e415501");
  take(1);
  take(length(1));
  // A Merkle tree.
  require(length(1) === 0);
  take(length(2));
  const prices: FeedPrice[] = [];
  for (let left = length(1); left > 0; left--) {
    const end = length(2) * 2 + at;
    // Other messages than prices have other types.
    if (integer(1) === 0n) {
      const id: Hex = `0x${take(32).toLowerCase()}`;
      const price = BigInt.asIntN(64, integer(8));
      const confidence = integer(8);
      const expo = Number(BigInt.asIntN(32, integer(4)));
      prices.push({
        id,
        price: requirePrice(toWadFloor(price, expo)),
        confidence: toWadFloor(confidence, expo),
        publishTime: integer(8),
        prevPublishTime: integer(8),
      });
    }
    take((end - at) / 2);
    take(20 * length(1));
  }
  return prices;
}

/**
 * Decodes update data of Pyth: the prices of the feeds `ids`, in their order. It verifies neither signatures nor Merkle
 * proofs; Pyth's contract does.
 *
 * @example
 * const { feeds } = parsePriceUpdate([deployment.pythId], updateData);
 * feeds[0]?.price; // WAD
 * @throws {@link InvalidPriceError} when the data is malformed, lacks a feed, or has a price that the oracle rejects.
 */
export function parsePriceUpdate(ids: readonly Hex[], updateData: readonly string[]): PriceUpdate {
  const prices = updateData.flatMap(pricesIn);
  const feeds = ids.map((id) => {
    const found = prices.find((price) => price.id === id.toLowerCase());
    if (found) return found;
    throw new InvalidPriceError({ field: "feeds", value: prices.map((price) => price.id), accepted: id });
  });
  return { updateData: updateData.map((data): Hex => (data.startsWith("0x") ? (data as Hex) : `0x${data}`)), feeds };
}
