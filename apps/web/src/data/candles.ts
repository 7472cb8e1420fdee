// Prices of the chart: updates that Pyth's contract has stored, from the RPC, and the live stream behind them.
import type { Deployment } from "@counterpoise/sdk";
import { getFeed, type Wad } from "@counterpoise/sdk";
import { feedIdsOf } from "@counterpoise/sdk/prices";
import { type Client, type Hex, parseAbi } from "viem";
import { getBlockNumber, getLogs, readContract } from "viem/actions";

const pythAbi = parseAbi([
  "event PriceFeedUpdate(bytes32 indexed id, uint64 publishTime, int64 price, uint64 conf)",
  "function getPriceUnsafe(bytes32 id) view returns ((int64 price, uint64 conf, int32 expo, uint256 publishTime))",
]);

/** A price at a time, seconds. */
export type PricePoint = { time: bigint; price: Wad };

const WAD = 10n ** 18n;

async function pointsOfFeed(
  client: Client,
  {
    pyth,
    id,
    fromBlock,
    toBlock,
    maxBlockRange,
  }: {
    pyth: `0x${string}`;
    id: Hex;
    fromBlock: bigint;
    toBlock: bigint;
    maxBlockRange: bigint | undefined;
  },
): Promise<PricePoint[]> {
  const { expo } = await readContract(client, {
    address: pyth,
    abi: pythAbi,
    functionName: "getPriceUnsafe",
    args: [id],
  });
  const scale = 10n ** BigInt(18 + expo);
  const step = maxBlockRange ?? toBlock - fromBlock + 1n;
  const points: PricePoint[] = [];
  for (let first = fromBlock; first <= toBlock; first += step) {
    const last = first + step - 1n < toBlock ? first + step - 1n : toBlock;
    const logs = await getLogs(client, {
      address: pyth,
      event: pythAbi[0],
      args: { id },
      fromBlock: first,
      toBlock: last,
    });
    for (const { args } of logs)
      if (args.publishTime !== undefined && args.price !== undefined)
        points.push({ time: args.publishTime, price: args.price * scale });
  }
  return points;
}

/** Divides the base's prices by the collateral's price of the same time, which is the last one before it. */
export function composePoints(base: readonly PricePoint[], collateral: readonly PricePoint[]): PricePoint[] {
  let next = 0;
  return base.flatMap(({ time, price }) => {
    while (next < collateral.length && (collateral[next] as PricePoint).time <= time) next += 1;
    const divisor = collateral[next - 1]?.price;
    return divisor ? [{ time, price: (price * WAD) / divisor }] : [];
  });
}

/** Reads the prices that the chain has stored in its last blocks, oldest first. */
export async function loadStoredPrices(
  client: Client,
  { deployment, blocks, maxBlockRange }: { deployment: Deployment; blocks: bigint; maxBlockRange: bigint | undefined },
): Promise<PricePoint[]> {
  const [feed, toBlock] = await Promise.all([getFeed(client, { deployment }), getBlockNumber(client)]);
  const least = deployment.startBlock ?? 0n;
  const fromBlock = toBlock - blocks > least ? toBlock - blocks : least;
  const pyth = BigInt(feed.pyth) === 0n ? deployment.pyth : feed.pyth;
  const [base = [], collateral] = await Promise.all(
    feedIdsOf(feed).map((id) => pointsOfFeed(client, { pyth, id, fromBlock, toBlock, maxBlockRange })),
  );
  return collateral ? composePoints(base, collateral) : base;
}

/** A candle; times in seconds, prices as numbers for the screen. */
export type Candle = { time: number; open: number; high: number; low: number; close: number };

const numberOf = (price: Wad): number => Number(price) / 1e18;

/** Groups prices, oldest first, into candles of an interval in seconds. Prices older than the one before them are left out. */
export function candlesOf(points: readonly PricePoint[], interval: number): Candle[] {
  const candles: Candle[] = [];
  let latest = -1n;
  for (const { time, price } of points) {
    if (time <= latest) continue;
    latest = time;
    const start = Math.floor(Number(time) / interval) * interval;
    const value = numberOf(price);
    const last = candles.at(-1);
    if (last?.time === start) {
      last.high = Math.max(last.high, value);
      last.low = Math.min(last.low, value);
      last.close = value;
    } else
      candles.push({
        time: start,
        open: last?.close ?? value,
        high: Math.max(value, last?.close ?? value),
        low: Math.min(value, last?.close ?? value),
        close: value,
      });
  }
  return candles;
}
