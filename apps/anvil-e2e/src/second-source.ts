import { deployContract, forgeArtifact } from "@counterpoise/devnet";
import { applyFeed, type Feed, getFeed, getPendingFeed, proposeFeed } from "@counterpoise/sdk";
import { type Address, parseAbi } from "viem";
import { expect } from "vitest";
import { type Actor, type Exchange, revertOf, sent } from "./exchange.js";

const aggregatorAbi = parseAbi(["function push(int256 answer, uint256 updatedAt)"]);
const DAY = 86_400n;

/** Puts a Chainlink aggregator of 8 decimals, which says what it is told to, beside Pyth: within 1%, hourly at least. */
export async function addSecondSource(world: Exchange, anybody: Actor): Promise<Address> {
  const aggregator = await deployContract(world.deployer, { ...forgeArtifact("AggregatorDouble"), args: [8] });
  await changeFeed(world, anybody, { aggregator, heartbeat: 3600, maxDeviation: 10_000, fallbackAge: 600 });
  return aggregator;
}

/** The aggregator's next round, now. `price` WAD. */
export async function pushRound(world: Exchange, aggregator: Address, price: bigint): Promise<void> {
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
  const { admin, deployment } = world;
  const feed = { ...(await getFeed(anybody, { deployment })), ...changes };
  await sent(admin, proposeFeed(admin, { deployment, feed }));

  const pending = await getPendingFeed(anybody, { deployment });
  expect(pending?.feed).toEqual(feed);
  const appliesAt = pending?.appliesAt ?? 0n;
  expect(appliesAt - (await world.now())).toBe(2n * DAY);
  expect((await revertOf(applyFeed(anybody, { deployment }))).errorName).toBe("FeedNotYetApplicable");
  await world.warpTo(appliesAt);
  await sent(anybody, applyFeed(anybody, { deployment }));
  expect(await getPendingFeed(anybody, { deployment })).toBeUndefined();
  expect(await getFeed(anybody, { deployment })).toEqual(feed);
}
