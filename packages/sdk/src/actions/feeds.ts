import type { Address, Client, Hex } from "viem";
import { pythOracle, pythOracleWrite } from "../client/contracts.js";
import { call } from "../client/define-write.js";
import type { MarketParameters } from "../client/parameters.js";
import { readContract } from "../client/reverts.js";
import { confirmed } from "../client/write.js";
import type { Ppm, Wei } from "../units.js";

/** The price sources of a market. Ages in seconds, limits in parts per million; zero is "none". */
export type Feed = {
  /** Pyth's id of the base. */
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  maxLiquidationAge: number;
  /** Age at which Pyth counts as dead and the second source is used. */
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
  collateral: CollateralFeed;
  sequencerFeed: Address;
  sequencerGracePeriod: number;
};

/** The collateral's own feed; all zero when the market has none. */
export type CollateralFeed = {
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  maxLiquidationAge: number;
  aggregator: Address;
  heartbeat: number;
};

/** Reads the price sources of the deployment's market. */
export async function getFeed(client: Client, { deployment }: MarketParameters): Promise<Feed> {
  const call = { ...pythOracle({ deployment }), args: [deployment.marketId] } as const;
  return readContract(client, { ...call, functionName: "feedOf" });
}

/** A feed that the owner has announced, and the earliest time at which any account can apply it (seconds). */
export type PendingFeed = { feed: Feed; appliesAt: bigint };

/**
 * Reads the announced change of the market's price sources. Returns undefined when there is none.
 *
 * @example
 * const pending = await getPendingFeed(client, { deployment });
 * if (pending) console.log(`The price sources change from ${pending.appliesAt} on`);
 */
export async function getPendingFeed(
  client: Client,
  { deployment }: MarketParameters,
): Promise<PendingFeed | undefined> {
  const call = { ...pythOracle({ deployment }), args: [deployment.marketId] } as const;
  const [feed, appliesAt] = await readContract(client, { ...call, functionName: "pendingFeedOf" });
  return appliesAt === 0n ? undefined : { feed, appliesAt };
}

/**
 * Applies the announced change of the market's price sources. Open to any account. Reverts with `NoPendingFeed` when none
 * is announced, and with `FeedNotYetApplicable` before its time.
 */
export const applyFeed = /* @__PURE__ */ pythOracleWrite(({ deployment }: MarketParameters) =>
  call("applyFeed", [deployment.marketId]),
);
/** Sends {@link applyFeed} and waits for it. */
export const applyFeedSync = /* @__PURE__ */ confirmed(applyFeed);
