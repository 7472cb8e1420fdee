import { encodeUnsignedUpdate } from "@counterpoise/sdk/prices";
import type { Address, Hex, TransactionReceipt } from "viem";
import { pythAbi } from "./abis.js";
import { forgeArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";

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

/**
 * Encodes one price as update data in Pyth's wire format, without signatures.
 *
 * @throws {InvalidPriceError} if the price has no 64-bit mantissa at that exponent
 */
export function encodePythUpdate(update: PythUpdate): Hex {
  return encodePythUpdates([update]);
}

/**
 * Encodes several prices as the update data that Hermes returns for several feeds: one byte string, in their order. At
 * most 255.
 *
 * @throws {InvalidPriceError} if a price has no 64-bit mantissa at its exponent
 */
export function encodePythUpdates(updates: readonly PythUpdate[]): Hex {
  return encodeUnsignedUpdate(
    updates.map(({ publishTime, prevPublishTime = BigInt(publishTime) - 1n, confidence = 0n, ...update }) => ({
      ...update,
      confidence,
      publishTime: BigInt(publishTime),
      prevPublishTime: BigInt(prevPublishTime),
    })),
  );
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
