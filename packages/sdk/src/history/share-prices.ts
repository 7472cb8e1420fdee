import { type Address, type Client, encodeEventTopics, type Log, parseEventLogs } from "viem";
import type { BlockSpan, Occurrence } from "../client/history.js";
import { headOf, inOrder, readPages, requestLogs, timesOf } from "../client/logs.js";
import type { Deployment } from "../deployment.js";
import { SharesValued } from "../generated/contracts/oracle-maker.js";
import { toAssetsDown } from "../maths/shares.js";
import { type Returns, returnsBetween, type ShareSample } from "../models/returns.js";
import type { Wad } from "../units.js";

/** Parameters of {@link getSharePrices}. */
export type GetSharePricesParameters = BlockSpan & { deployment: Deployment; maker: Address };

/** The value of an LP vault at the settlement of a request, before it. */
export type SharePrice = ShareSample &
  Occurrence & {
    /** WAD of the asset, down; zero for an insolvent LP vault. */
    totalAssets: Wad;
    /** WAD. */
    totalShares: Wad;
    /** The price of the settlement, WAD quote per base; undefined where the value needed none. */
    price: Wad | undefined;
  };

/**
 * Reads the share prices at which requests of a maker's LPs settled, the oldest first: WAD of the asset, rounded down. The LP
 * vault reports them itself, so that no archive node is needed. Between two settlements no price is known; `getMaker` and
 * `LpVault` have the present one. Two requests (one for the latest block), and one for each further `maxBlockRange` blocks.
 *
 * @example
 * const samples = await getSharePrices(client, { deployment, maker: deployment.oracleMaker });
 * const monthly = returnsBetween(samples, 30n * 86_400n);
 * @throws {@link HistoryUnavailableError} when the node has pruned the logs of `fromBlock`.
 */
export async function getSharePrices(
  client: Client,
  { deployment, maker, maxBlockRange, ...span }: GetSharePricesParameters,
): Promise<SharePrice[]> {
  const { fromBlock = deployment.startBlock ?? 0n, toBlock = await headOf(client) } = span;
  const topics = [encodeEventTopics({ abi: [SharesValued] })[0]];
  const logs: Log<bigint, number, false>[] = [];
  const pages = readPages({ fromBlock, toBlock, maxBlockRange, isNewestFirst: false }, (range) =>
    requestLogs(client, { address: maker, topics }, range),
  );
  for await (const { result } of pages) logs.push(...inOrder(result));
  const times = await timesOf(client, logs);
  return parseEventLogs({ abi: [SharesValued], logs: logs as Log[], strict: true }).flatMap((event): SharePrice[] => {
    const { blockNumber, transactionHash: hash, logIndex, args } = event as typeof event & Log<bigint, number, false>;
    const { totalAssets, totalShares, price } = args;
    // Assets that an LP vault without shares still has belong to its next LP: they are no price of a share.
    if (totalShares === 0n && totalAssets !== 0n) return [];
    const sharePrice = toAssetsDown(10n ** 18n, { totalAssets, totalShares });
    const time = times.get(blockNumber) ?? 0n;
    return [{ time, sharePrice, totalAssets, totalShares, price: price || undefined, blockNumber, hash, logIndex }];
  });
}

/**
 * The return over a window that ends at each sample: an APR history. `notEnoughHistory` while the samples do not reach back to
 * the start of the window. See {@link returnsBetween}.
 *
 * @param samples in ascending time.
 * @param window seconds, above zero.
 * @throws {@link InvalidAmountError} for a window that is not above zero, and for samples that are not in ascending time.
 * @example
 * const samples = await getSharePrices(client, { deployment, maker: deployment.oracleMaker });
 * for (const { time, returns } of returnsHistory(samples, 7n * 86_400n)) if (returns.status === "known") plot(time, returns.apr);
 */
export function returnsHistory(samples: readonly ShareSample[], window: bigint): { time: bigint; returns: Returns }[] {
  let start = -1;
  return samples.map(({ time }, i) => {
    while (time - (samples[start + 1] as ShareSample).time >= window && start + 1 < i) start++;
    const before = start < 0 ? samples.slice(0, 1) : samples.slice(start, i);
    return {
      time,
      returns: returnsBetween(i === 0 ? samples.slice(0, 1) : [...before, samples[i] as ShareSample], window),
    };
  });
}
