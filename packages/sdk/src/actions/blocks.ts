import type { Client } from "viem";
import { getBlock } from "viem/actions";

/** Parameters of {@link getBlockAt}. */
export type GetBlockAtParameters = {
  /** Seconds. */
  timestamp: bigint;
};

/**
 * Finds the first block at or after a time, for the `fromBlock` of a read. Returns the number after the latest block when
 * the time is later. It starts at the latest block and doubles its distance until it is before the time, so that it asks a
 * node that has pruned old blocks for recent ones only: about twice the logarithm of the number of blocks since then.
 *
 * @example
 * const anHourAgo = BigInt(Math.floor(Date.now() / 1000)) - 3_600n;
 * const fromBlock = await getBlockAt(client, { timestamp: anHourAgo });
 * const open = await getOpenOrders(client, { deployment, fromBlock });
 */
export async function getBlockAt(client: Client, { timestamp }: GetBlockAtParameters): Promise<bigint> {
  const latest = await getBlock(client);
  const isBefore = async (blockNumber: bigint) => (await getBlock(client, { blockNumber })).timestamp < timestamp;
  if (latest.timestamp < timestamp) return latest.number + 1n;
  // `after` is at or after the time; all blocks up to `before` are before it.
  let after = latest.number;
  let before = -1n;
  for (let distance = 1n; after > 0n && before < 0n; distance *= 2n) {
    const next = latest.number > distance ? latest.number - distance : 0n;
    if (await isBefore(next)) before = next;
    else after = next;
  }
  while (after - before > 1n && before >= 0n) {
    const middle = (before + after) / 2n;
    if (await isBefore(middle)) before = middle;
    else after = middle;
  }
  return after;
}
