import { deployContract, forgeArtifact } from "@counterpoise/devnet";
import { applyFeed, type Feed, getFeed, getPendingFeed, proposeFeed } from "@counterpoise/sdk";
import { type Address, parseAbi } from "viem";
import { expect } from "vitest";
import { type Actor, type Exchange, revertOf, sent } from "./exchange.js";

const aggregatorAbi = parseAbi(["function push(int256 answer, uint256 updatedAt)"]);
const DAY = 86_400n;

/** Adds a Chainlink aggregator of 8 decimals as second source: maximum deviation 1%, heartbeat one hour. The tests set its answers. */
export async function addSecondSource(world: Exchange, caller: Actor): Promise<Address> {
  const aggregator = await deployContract(world.deployer, { ...forgeArtifact("AggregatorDouble"), args: [8] });
  await changeFeed(world, caller, {
    aggregator,
    heartbeat: 3600,
    maxDeviation: 10_000,
    fallbackAge: 3600,
    minAnswer: 10n ** 18n,
    maxAnswer: 10n ** 24n,
  });
  return aggregator;
}

/** Adds a round to the aggregator at the current time. `price` WAD. */
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

/** The owner announces a feed. It is in force after the delay, before `caller`, any account, writes it. */
async function changeFeed(world: Exchange, caller: Actor, changes: Partial<Feed>): Promise<void> {
  const { admin, deployment } = world;
  const feed = { ...(await getFeed(caller, { deployment })), ...changes };
  await sent(admin, proposeFeed(admin, { deployment, feed }));

  const pending = await getPendingFeed(caller, { deployment });
  expect(pending?.feed).toEqual(feed);
  const appliesAt = pending?.appliesAt ?? 0n;
  expect(appliesAt - (await world.now())).toBe(2n * DAY);
  expect((await revertOf(applyFeed(caller, { deployment }))).errorName).toBe("FeedNotYetApplicable");
  await world.warpTo(appliesAt);
  expect(await getPendingFeed(caller, { deployment })).toBeUndefined();
  expect(await getFeed(caller, { deployment })).toEqual(feed);
  await sent(caller, applyFeed(caller, { deployment }));
  expect(await getPendingFeed(caller, { deployment })).toBeUndefined();
  expect(await getFeed(caller, { deployment })).toEqual(feed);
}
