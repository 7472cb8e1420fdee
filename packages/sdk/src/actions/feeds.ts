import type { Address, Hex } from "viem";
import { pythOracleWrite } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import { call } from "../client/define-write.js";
import type { MarketParameters } from "../client/parameters.js";
import { type Steps, view } from "../client/steps.js";
import { confirmed } from "../client/write.js";
import * as pythOracle from "../generated/contracts/pyth-oracle.js";
import type { Ppm, Wad, Wei } from "../units.js";

/** The price sources of a market. Ages in seconds, limits in parts per million, answers WAD; zero is "none". */
export type Feed = {
  /** Pyth's id of the base. */
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  maxLiquidationAge: number;
  /**
   * Maximum age of the stored price in withdrawals from an open position, and in liquidations against a maker that prices
   * from the oracle. Zero when proposed: 10 seconds.
   */
  freshAge: number;
  /** Age at which Pyth counts as dead and later rounds of the second source are used; at least an hour. */
  fallbackAge: number;
  maxConfidence: Ppm;
  maxDeviation: Ppm;
  /** Wei that one execution may spend of the oracle's own balance. */
  floatFee: Wei;
  /** Pyth's contract, if it differs from the deployment's. */
  pyth: Address;
  /** The second source: a Chainlink aggregator. */
  aggregator: Address;
  heartbeat: number;
  /** Exclusive bounds of the aggregator's answer, WAD dollars: an answer at a bound counts as missing. */
  minAnswer: Wad;
  maxAnswer: Wad;
  collateral: CollateralFeed;
  /** Chainlink's uptime feed of an L2: no order is created or executed in an outage and the grace period after it. */
  sequencerFeed: Address;
  /** Seconds, at most an hour. */
  sequencerGracePeriod: number;
};

/** The collateral's own feed; all zero when the market has none. */
export type CollateralFeed = {
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  maxLiquidationAge: number;
  /** Maximum seconds between the publish times of base and collateral, at most a minute. */
  maxSkew: number;
  aggregator: Address;
  heartbeat: number;
  minAnswer: Wad;
  maxAnswer: Wad;
};

/** Reads the price sources of the deployment's market. */
export const getFeed = /* @__PURE__ */ defineRead(function* ({ deployment }: MarketParameters): Steps<Feed> {
  return yield* view(deployment.oracle, pythOracle.feedOf, [deployment.marketId]);
});

/** A feed that the owner has announced, and the time at which it comes into force (seconds). */
export type PendingFeed = { feed: Feed; appliesAt: bigint };

/**
 * Reads the announced change of the market's price sources. Returns undefined when there is none.
 *
 * @example
 * const pending = await getPendingFeed(client, { deployment });
 * if (pending) console.log(`The price sources change from ${pending.appliesAt} on`);
 */
export const getPendingFeed = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<PendingFeed | undefined> {
  const [feed, appliesAt] = yield* view(deployment.oracle, pythOracle.pendingFeedOf, [deployment.marketId]);
  return appliesAt === 0n ? undefined : { feed, appliesAt };
});

/**
 * Writes an announced feed that is in force in place of the old one, which makes its reads cheaper and changes no price.
 * Open to any account. Reverts with `NoPendingFeed` when none is announced, and with `FeedNotYetApplicable` before its
 * time.
 */
export const applyFeed = /* @__PURE__ */ pythOracleWrite([pythOracle.applyFeed], ({ deployment }: MarketParameters) =>
  call("applyFeed", [deployment.marketId]),
);
/** Sends {@link applyFeed} and waits for it. */
export const applyFeedSync = /* @__PURE__ */ confirmed(applyFeed);

/**
 * Reads the time from which the price of an order or a request that is created now cannot be known yet: the later of the
 * block's time and the publish time that Pyth stores, in seconds. Its delay counts from there. Reverts with
 * `SequencerDown` in an outage of an L2 and in the grace period after it.
 *
 * @example
 * const executableAt = (await getCommitmentTime(client, { deployment })) + BigInt(rules.delay);
 */
export const getCommitmentTime = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<bigint> {
  return yield* view(deployment.oracle, pythOracle.commitmentTime, [deployment.marketId]);
});
