import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { encodePythUpdate, type PythUpdate, updateMockPyth } from "@counterpoise/devnet";
import {
  applyFeed,
  createOrderSync,
  depositLpSync,
  executeOrderSync,
  getFeed,
  getPriceState,
  type OrderOutcome,
  proposeFeed,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { type Hex, keccak256, toHex } from "viem";
import { expect, test } from "vitest";
import { type Exchange, executed, KEEPER_FEE, PYTH_FEE, sent, USD, useExchange, WAD } from "../src/exchange.js";

// USDC's de-peg of 2023-03-11, replayed from the market data that MARKET_DATA names: BTC in dollars and BTC in USDC,
// minute by minute. Without the data it is the same path by its turning points, with another base.
const folder = process.env.MARKET_DATA ?? "";
const files = ["btc-usd-2023-03-11.csv", "btc-usdc-2023-03-11.csv"].map((name) => path.join(folder, name));
const present = folder !== "" && files.every(existsSync);

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

/** WAD, down. */
const inCollateral = ({ base, collateral }: Hour): bigint => (base * 10n ** 18n) / collateral;

/** What both markets imply, hour by hour. */
function hours(): Hour[] {
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

/** One base of alice's against the OracleMaker, executed at the hour's prices. */
async function trade(world: Exchange, hour: Hour, isBaseToQuote: boolean): Promise<OrderOutcome> {
  const { alice, deployment, keeper } = world;
  const created = await createOrderSync(alice, {
    deployment,
    maker: deployment.oracleMaker,
    isBaseToQuote,
    isExactInput: isBaseToQuote,
    amount: WAD,
    oppositeBound: isBaseToQuote ? 0n : 2n ** 256n - 1n,
    keeperFee: KEEPER_FEE,
  });
  await world.warpTo(created.order.executableAt);
  const updateData = updatesOf(world, hour, created.order.executableAt).map(encodePythUpdate);
  return executeOrderSync(keeper, { deployment, ...created, updateData, value: 2n * PYTH_FEE });
}

async function publishBoth(world: Exchange, hour: Hour): Promise<void> {
  const { pyth } = world.deployment;
  const updates = updatesOf(world, hour, (await world.now()) + 1n);
  await updateMockPyth(world.deployer, { pyth, updates, updateFee: PYTH_FEE });
}

test("behavior: through a de-peg, prices are in collateral and LPs leave with what they brought", async () => {
  const world = exchange();
  const { admin, alice, bob, deployment, otherLp } = world;
  const ages = { maxAge: 60, maxExecutionAge: 60, maxLiquidationAge: 60 };
  const feed = await getFeed(bob, { deployment });
  const collateral = { ...feed.collateral, ...ages, pythId: COLLATERAL };
  await sent(admin, proposeFeed(admin, { deployment, feed: { ...feed, collateral } }));
  await world.warpTo((await world.now()) + 2n * 86_400n);
  await sent(bob, applyFeed(bob, { deployment }));

  // A taker is long all along, so that the vault has inventory to value.
  const path = present ? hours() : TURNING_POINTS;
  const [first, last] = [path[0], path.at(-1)] as [Hour, Hour];
  await world.fund(alice, 50_000n * USD);
  const opened = executed(await trade(world, first, false));

  let lowest = 10n ** 8n;
  for (const hour of path) {
    if (hour.collateral < lowest) lowest = hour.collateral;
    await publishBoth(world, hour);
    const price = inCollateral(hour);
    const state = await getPriceState(bob, { deployment });
    expect(state.trade).toEqual({ ok: true, value: { price, confidence: 0n } });
    expect(state.liquidation).toEqual({ ok: true, value: price });
    // In and out at once, at whatever the collateral is worth: nothing gained.
    const amount = 1_000n * USD;
    const shares = await depositLpSync(otherLp, { maker: deployment.oracleMaker, amount, minShares: 1n });
    const back = await withdrawLpSync(otherLp, { maker: deployment.oracleMaker, shares, minAmount: 1n });
    expect(back <= amount && back >= amount - 2n).toBe(true);
  }
  expect(lowest < 93n * 10n ** 6n).toBe(true);

  // What the taker made is what the base made in units of the collateral, and not more.
  const closed = executed(await trade(world, last, true));
  expect(opened.quote + closed.quote <= inCollateral(last) - inCollateral(first)).toBe(true);
});
