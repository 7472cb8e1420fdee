import { readFileSync } from "node:fs";
import path from "node:path";
import { encodePythUpdates, type PythUpdate, updatePythDouble } from "@counterpoise/devnet";
import {
  applyFeed,
  depositLpSync,
  executeOrderSync,
  getFeed,
  getPriceState,
  type OrderOutcome,
  proposeFeed,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { MARKET_DATA_VARIABLE, marketDataFiles, USD, WAD } from "@counterpoise/testkit";
import { type Hex, keccak256, toHex } from "viem";
import { expect, test } from "vitest";
import { type Exchange, executed, PYTH_FEE, sent, useExchange } from "../src/exchange.js";
import { createTrade } from "../src/trades.js";

// USDC's de-peg of 2023-03-11: by its turning points, and minute by minute from market data of BTC in dollars and in USDC.
const names = ["btc-usd-2023-03-11.csv", "btc-usdc-2023-03-11.csv"];
const files = marketDataFiles().filter((file) => names.includes(path.basename(file)));

const exchange = useExchange();
const COLLATERAL: Hex = keccak256(toHex("USDC/USD"));
const HOUR = 60;

/** Closing prices with 8 decimals, by minute. */
function closes(file: string): Map<string, bigint> {
  const [, ...rows] = readFileSync(file, "utf8").trim().split("\n");
  return new Map(
    rows.map((row) => {
      const [time = "", , , , close] = row.split(",");
      return [time, BigInt(Math.round(Number(close) * 1e8))] as const;
    }),
  );
}

/** Prices in dollars with 8 decimals. */
type Hour = { base: bigint; collateral: bigint };

const TURNING_POINTS: Hour[] = [
  [2_000, 1],
  [1_990, 0.985],
  [1_985, 0.93],
  [1_970, 0.9],
  [2_005, 0.87],
  [2_010, 0.89],
  [2_002, 0.94],
  [1_998, 0.972],
  [2_000, 0.998],
].map(([base = 0, collateral = 0]) => ({
  base: BigInt(base) * 10n ** 8n,
  collateral: BigInt(Math.round(collateral * 1e8)),
}));

/** Price of the base in collateral, WAD, rounded down. */
const inCollateral = ({ base, collateral }: Hour): bigint => (base * 10n ** 18n) / collateral;

/** Prices that both markets imply, hour by hour. */
function recordedHours(): Hour[] {
  const [usd, usdc] = files.map(closes) as [Map<string, bigint>, Map<string, bigint>];
  return [...usd]
    .filter((_, i) => i % HOUR === 0)
    .flatMap(([time, base]) => {
      const inUsdc = usdc.get(time);
      return inUsdc ? [{ base, collateral: (base * 10n ** 8n) / inUsdc }] : [];
    });
}

const updatesOf = ({ deployment }: Exchange, { base, collateral }: Hour, publishTime: bigint): PythUpdate[] => [
  { id: deployment.pythId, price: base * 10n ** 10n, publishTime },
  { id: COLLATERAL, price: collateral * 10n ** 10n, publishTime },
];

/** Alice buys or sells one base from the OracleMaker, at the hour's prices. */
async function trade(world: Exchange, hour: Hour, base: bigint): Promise<OrderOutcome> {
  const { alice, deployment, keeper } = world;
  const created = await createTrade(world, alice, { base });
  await world.warpTo(created.order.executableAt);
  const updateData = [encodePythUpdates(updatesOf(world, hour, created.order.executableAt))];
  return executeOrderSync(keeper, { deployment, ...created, updateData, value: 2n * PYTH_FEE });
}

async function publishBoth(world: Exchange, hour: Hour): Promise<void> {
  const { pyth } = world.deployment;
  const updates = updatesOf(world, hour, (await world.now()) + 1n);
  await updatePythDouble(world.deployer, { pyth, updates, updateFee: PYTH_FEE });
}

test("behavior: through the turning points of a de-peg, prices are in collateral and LPs neither gain nor lose", () =>
  depeg(exchange(), TURNING_POINTS));

test.skipIf(files.length < names.length)(`behavior: the same through the data of ${MARKET_DATA_VARIABLE}`, () =>
  depeg(exchange(), recordedHours()),
);

async function depeg(world: Exchange, path: readonly Hour[]): Promise<void> {
  const { admin, alice, bob, deployment, otherLp } = world;
  const ages = { maxAge: 60, maxExecutionAge: 60, maxLiquidationAge: 60 };
  const feed = await getFeed(bob, { deployment });
  const collateral = { ...feed.collateral, ...ages, maxSkew: 10, pythId: COLLATERAL };
  await sent(admin, proposeFeed(admin, { deployment, feed: { ...feed, collateral } }));
  await world.warpBy(2n * 86_400n);
  await sent(bob, applyFeed(bob, { deployment }));

  // Alice is long throughout, so that the maker has an inventory to value.
  const [first, last] = [path[0], path.at(-1)] as [Hour, Hour];
  await world.fund(alice, 50_000n * USD);
  await publishBoth(world, first);
  const opened = executed(await trade(world, first, WAD));

  let lowest = 10n ** 8n;
  for (const hour of path) {
    if (hour.collateral < lowest) lowest = hour.collateral;
    await publishBoth(world, hour);
    const price = inCollateral(hour);
    const state = await getPriceState(bob, { deployment });
    expect(state.trade).toMatchObject({ ok: true, value: { price, confidence: 0n } });
    expect(state.liquidation).toMatchObject({ ok: true, value: { price } });
    // A deposit that is withdrawn at once gains nothing, at any value of the collateral.
    const amount = 1_000n * USD;
    const shares = await depositLpSync(otherLp, { maker: deployment.oracleMaker, amount, minShares: 1n });
    const back = await withdrawLpSync(otherLp, { maker: deployment.oracleMaker, shares, minAmount: 1n });
    expect(back <= amount && back >= amount - 2n).toBe(true);
  }
  expect(lowest < 93n * 10n ** 6n).toBe(true);

  // The taker's profit is at most the base's gain in units of the collateral.
  const closed = executed(await trade(world, last, -WAD));
  expect(opened.quote + closed.quote <= inCollateral(last) - inCollateral(first)).toBe(true);
}
