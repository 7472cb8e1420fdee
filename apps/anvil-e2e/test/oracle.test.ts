import { deployContract, forgeArtifact } from "@counterpoise/devnet";
import {
  createOrderSync,
  type Feed,
  getFeed,
  getPendingFeed,
  getPosition,
  getPriceState,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { pythOracleAbi } from "@counterpoise/sdk/abis";
import { type Address, parseAbi } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Actor,
  type Exchange,
  executed,
  KEEPER_FEE,
  revertOf,
  sent,
  USD,
  useExchange,
  WAD,
} from "../src/exchange.js";

const exchange = useExchange();

const aggregatorAbi = parseAbi(["function push(int256 answer, uint256 updatedAt)"]);
const DAY = 86_400n;

/** A Chainlink aggregator of 8 decimals that says what it is told to. */
const deployAggregator = ({ deployer }: Exchange) =>
  deployContract(deployer, { ...forgeArtifact("AggregatorDouble"), args: [8] });

/** The aggregator's next round, now. `price` WAD. */
async function pushRound(world: Exchange, aggregator: Address, price: bigint): Promise<void> {
  const { deployer } = world;
  const hash = await deployer.writeContract({
    address: aggregator,
    abi: aggregatorAbi,
    functionName: "push",
    args: [price / 10n ** 10n, await world.now()],
  });
  await deployer.waitForTransactionReceipt({ hash });
}

/** Announces another feed, waits out the delay, and has anybody put it in force. */
async function changeFeed(world: Exchange, anybody: Actor, changes: Partial<Feed>): Promise<void> {
  const { deployer, deployment } = world;
  const feed = { ...(await getFeed(deployer, { deployment })), ...changes };
  const call = { address: deployment.oracle, abi: pythOracleAbi } as const;
  const hash = await deployer.writeContract({
    ...call,
    functionName: "proposeFeed",
    args: [deployment.marketId, feed],
  });
  await deployer.waitForTransactionReceipt({ hash });

  const pending = await getPendingFeed(anybody, { deployment });
  expect(pending?.feed).toEqual(feed);
  const appliesAt = pending?.appliesAt ?? 0n;
  expect(appliesAt - (await world.now())).toBe(2n * DAY);
  const apply = () =>
    anybody.writeContract({ ...call, functionName: "applyFeed", args: [deployment.marketId], gas: 1_000_000n });
  const early = anybody.simulateContract({ ...call, functionName: "applyFeed", args: [deployment.marketId] });
  expect((await revertOf(early)).errorName).toBe("FeedNotYetApplicable");
  await world.warpTo(appliesAt);
  await sent(anybody, apply());
  expect(await getPendingFeed(anybody, { deployment })).toBeUndefined();
  expect(await getFeed(anybody, { deployment })).toEqual(feed);
}

const openBuy = ({ alice, deployment }: Exchange) =>
  createOrderSync(alice, {
    deployment,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: false,
    amount: WAD,
    oppositeBound: 2n ** 256n - 1n,
    keeperFee: KEEPER_FEE,
  });

const closeLong = ({ alice, deployment }: Exchange) =>
  createOrderSync(alice, {
    deployment,
    maker: deployment.oracleMaker,
    isBaseToQuote: true,
    isExactInput: true,
    isReduceOnly: true,
    amount: WHOLE_POSITION,
    oppositeBound: 0n,
    keeperFee: KEEPER_FEE,
  });

describe("a second source", () => {
  test("behavior: disagreement refuses to increase, and closes", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await deployAggregator(world);
    await changeFeed(world, bob, { aggregator, heartbeat: 3600, maxDeviation: 10_000, fallbackAge: 600 });
    await world.fund(alice, 10_000n * USD);

    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_995n * WAD);
    expect(await getPriceState(alice, { deployment })).toEqual({
      trade: { ok: true, value: { price: 2_000n * WAD, confidence: 0n } },
      increase: { ok: true, value: undefined },
      liquidation: { ok: true, value: 2_000n * WAD },
    });
    executed(await world.execute(await openBuy(world), 2_000n * WAD));

    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_900n * WAD);
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: { ok: true },
      increase: {
        ok: false,
        revert: {
          errorName: "SourcesDisagree",
          named: { pythId: deployment.pythId, primary: 2_000n * WAD, secondary: 1_900n * WAD, maxDeviation: 10_000n },
        },
      },
      liquidation: { ok: true },
    });
    executed(await world.execute(await closeLong(world), 2_000n * WAD));
    expect((await getPosition(alice, { deployment, account: alice.account.address })).size).toBe(0n);
  });

  test("behavior: when Pyth is dead, liquidations have the second source's latest round and trades have no price", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await deployAggregator(world);
    await changeFeed(world, bob, { aggregator, heartbeat: 3600, maxDeviation: 10_000, fallbackAge: 600 });
    await pushRound(world, aggregator, 1_995n * WAD);
    const refused = { ok: false, revert: { errorName: "StalePrice" } };
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: refused,
      increase: refused,
      liquidation: { ok: true, value: 1_995n * WAD },
    });
  });
});
