import { type Address, encodeAbiParameters, type Hex, parseAbiParameters, type TransactionReceipt } from "viem";
import { mockPythAbi } from "./abis.js";
import { mockPythArtifact } from "./artifacts.js";
import { type DevnetClient, deployContract, settled } from "./client.js";
import { PythPriceRangeError } from "./errors.js";
import { WAD } from "./price-math.js";

export type DeployMockPythParameters = {
  /** Maximum age of a price that `getPrice` returns, seconds. Default 60. */
  validTimePeriod?: number | undefined;
  /** Fee for each update, wei. Default 1. */
  updateFee?: bigint | undefined;
};

/** Deploys MockPyth, the mock in Pyth's own package. */
export function deployMockPyth(
  client: DevnetClient,
  { validTimePeriod = 60, updateFee = 1n }: DeployMockPythParameters = {},
): Promise<Address> {
  return deployContract(client, { ...mockPythArtifact(), args: [BigInt(validTimePeriod), updateFee] });
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
const updateParameters = parseAbiParameters([
  "PriceFeed priceFeed, uint64 prevPublishTime",
  "struct PriceFeed { bytes32 id; Price price; Price emaPrice; }",
  "struct Price { int64 price; uint64 conf; int32 expo; uint256 publishTime; }",
]);

/**
 * Encodes update data for MockPyth, as its `createPriceFeedUpdateData` does.
 *
 * @throws {PythPriceRangeError} if the price has no 64-bit mantissa at that exponent
 */
export function encodePythUpdate({
  id,
  price,
  confidence = 0n,
  expo = -8,
  publishTime,
  prevPublishTime = BigInt(publishTime) - 1n,
}: PythUpdate): Hex {
  const mantissa = fromWad(price, expo);
  if (mantissa <= 0n || mantissa > MAX_INT64) throw new PythPriceRangeError(price, expo);
  const pythPrice = {
    price: mantissa,
    conf: fromWad(confidence, expo),
    expo,
    publishTime: BigInt(publishTime),
  };
  return encodeAbiParameters(updateParameters, [
    { id, price: pythPrice, emaPrice: pythPrice },
    BigInt(prevPublishTime),
  ]);
}

/** Publishes prices at MockPyth, and pays its fee. */
export async function updateMockPyth(
  client: DevnetClient,
  { pyth, updates, updateFee = 1n }: { pyth: Address; updates: readonly PythUpdate[]; updateFee?: bigint | undefined },
): Promise<TransactionReceipt> {
  const hash = await client.writeContract({
    address: pyth,
    abi: mockPythAbi,
    functionName: "updatePriceFeeds",
    args: [updates.map(encodePythUpdate)],
    value: updateFee * BigInt(updates.length),
  });
  return settled(client, hash, "Price update");
}

function fromWad(value: bigint, expo: number): bigint {
  return expo <= 0 ? (value * 10n ** BigInt(-expo)) / WAD : value / (WAD * 10n ** BigInt(expo));
}
