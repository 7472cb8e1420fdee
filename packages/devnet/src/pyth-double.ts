import {
  type Address,
  concat,
  encodePacked,
  type Hex,
  keccak256,
  numberToHex,
  padHex,
  size,
  slice,
  type TransactionReceipt,
} from "viem";
import { pythAbi } from "./abis.js";
import { forgeArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";
import { PythPriceRangeError } from "./errors.js";
import { WAD } from "./price-math.js";

export type DeployPythDoubleParameters = {
  /** Maximum age of a price that `getPrice` returns, seconds. Default 60. */
  validTimePeriod?: number | undefined;
  /** Fee for each price of an update, wei. Default 1. */
  updateFee?: bigint | undefined;
  /** Fee for each call, wei. Default 0. */
  transactionFee?: bigint | undefined;
};

/**
 * Deploys PythDouble, which behaves like the deployed Pyth contract and verifies no signatures.
 *
 * @throws {ArtifactNotFoundError} if the contracts have not been built
 */
export function deployPythDouble(
  client: DevnetClient,
  { validTimePeriod = 60, updateFee = 1n, transactionFee = 0n }: DeployPythDoubleParameters = {},
): Promise<Address> {
  return deployContract(client, {
    ...forgeArtifact("PythDouble"),
    args: [BigInt(validTimePeriod), updateFee, transactionFee],
  });
}

export type PythUpdate = {
  /** Id of the feed. */
  id: Hex;
  /** WAD. Rounded down to the feed's exponent. */
  price: bigint;
  /** Half the width of the confidence interval, WAD. Default 0. */
  confidence?: bigint | undefined;
  /** The feed's exponent. Default -8. */
  expo?: number | undefined;
  /** Seconds. */
  publishTime: number | bigint;
  /** Publish time of the update before this one, seconds. Default: one second earlier. */
  prevPublishTime?: number | bigint | undefined;
};

const MAX_INT64 = 2n ** 63n - 1n;
const UPDATE_MAGIC = "0x504e4155";
const ROOT_MAGIC = "0x41555756";
/** Time, nonce, chain, emitter, sequence and consistency level, bytes. */
const ORIGIN_SIZE = 51;

/**
 * Encodes one price as update data in Pyth's wire format, without signatures.
 *
 * @throws {PythPriceRangeError} if the price has no 64-bit mantissa at that exponent
 */
export function encodePythUpdate(update: PythUpdate): Hex {
  return encodePythUpdates([update]);
}

/**
 * Encodes several prices as the update data that Hermes returns for several feeds: one byte string, in their order. At
 * most 255.
 *
 * @throws {PythPriceRangeError} if a price has no 64-bit mantissa at its exponent
 */
export function encodePythUpdates(updates: readonly PythUpdate[]): Hex {
  const messages = updates.map(encodeMessage);
  const depth = messages.length > 1 ? Math.ceil(Math.log2(messages.length)) : 0;
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

  const slot = updates[0]?.publishTime ?? 0;
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

/** Publishes prices at PythDouble, and pays its fee. */
export async function updatePythDouble(
  client: DevnetClient,
  { pyth, updates, updateFee = 1n }: { pyth: Address; updates: readonly PythUpdate[]; updateFee?: bigint | undefined },
): Promise<TransactionReceipt> {
  const hash = await client.writeContract({
    address: pyth,
    abi: pythAbi,
    functionName: "updatePriceFeeds",
    args: [[encodePythUpdates(updates)]],
    value: updateFee * BigInt(updates.length),
  });
  return settled(client, hash, "Price update");
}

/** Type, feed, price, confidence, exponent, publish time, the one before, average price and its confidence. */
function encodeMessage({
  id,
  price,
  confidence = 0n,
  expo = -8,
  publishTime,
  prevPublishTime = BigInt(publishTime) - 1n,
}: PythUpdate): Hex {
  const mantissa = fromWad(price, expo);
  if (mantissa <= 0n || mantissa > MAX_INT64) throw new PythPriceRangeError(price, expo);
  const conf = fromWad(confidence, expo);
  return encodePacked(
    ["uint8", "bytes32", "int64", "uint64", "int32", "uint64", "uint64", "int64", "uint64"],
    [0, id, mantissa, conf, expo, BigInt(publishTime), BigInt(prevPublishTime), mantissa, conf],
  );
}

const hash = (data: Hex): Hex => slice(keccak256(data), 0, 20);

/** The data behind its length of two bytes. */
const prefixed = (data: Hex): Hex => concat([numberToHex(size(data), { size: 2 }), data]);

function fromWad(value: bigint, expo: number): bigint {
  return expo <= 0 ? (value * 10n ** BigInt(-expo)) / WAD : value / (WAD * 10n ** BigInt(expo));
}
