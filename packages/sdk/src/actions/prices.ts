import type { Address, Client, Hex } from "viem";
import { readContract } from "viem/actions";
import { getRevert, type Revert } from "../errors.js";
import { pythOracleAbi } from "../generated/abis.js";
import { confirmed, type WritesTo, writesTo } from "./define-write.js";
import type { MarketParameters } from "./read.js";

/** Defines a writing action of the oracle. */
export const oracleWrite: WritesTo<MarketParameters, typeof pythOracleAbi> = /* @__PURE__ */ writesTo(
  ({ deployment }: MarketParameters) => ({
    address: deployment.oracle,
    abi: pythOracleAbi,
  }),
);

/** Where a market's price comes from. Ages in seconds, limits in parts per million; zero is "none". */
export type Feed = {
  /** Pyth's id of the base. */
  pythId: Hex;
  maxAge: number;
  maxExecutionAge: number;
  maxLiquidationAge: number;
  /** Age at which Pyth counts as dead and the second source steps in. */
  fallbackAge: number;
  maxConfidence: number;
  maxDeviation: number;
  /** Wei that one execution may take out of the oracle's own balance. */
  floatFee: bigint;
  /** Pyth's contract, when it is another one than the deployment's. */
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

/** Reads where the price of the deployment's market comes from. */
export async function getFeed(client: Client, { deployment }: MarketParameters): Promise<Feed> {
  return readContract(client, {
    address: deployment.oracle,
    abi: pythOracleAbi,
    functionName: "feedOf",
    args: [deployment.marketId],
  });
}

/** A feed that the owner has announced, and when anybody may put it in force (seconds). */
export type PendingFeed = { feed: Feed; appliesAt: bigint };

/**
 * Reads the announced change of the market's sources, if there is one.
 *
 * @example
 * const pending = await getPendingFeed(client, { deployment });
 * if (pending) console.log(`Prices come from elsewhere from ${pending.appliesAt} on`);
 */
export async function getPendingFeed(
  client: Client,
  { deployment }: MarketParameters,
): Promise<PendingFeed | undefined> {
  const [feed, appliesAt] = await readContract(client, {
    address: deployment.oracle,
    abi: pythOracleAbi,
    functionName: "pendingFeedOf",
    args: [deployment.marketId],
  });
  return appliesAt === 0n ? undefined : { feed, appliesAt };
}

/**
 * Puts the announced change of the market's sources in force. Anybody may, as soon as its time has come. Reverts
 * `NoPendingFeed`, `FeedNotYetApplicable`.
 */
export const applyFeed = /* @__PURE__ */ oracleWrite(({ deployment }: MarketParameters) => ({
  functionName: "applyFeed",
  args: [deployment.marketId],
}));
/** {@link applyFeed}, waits. */
export const applyFeedSync = /* @__PURE__ */ confirmed(applyFeed);

/** What an action gets now: a value, or the error that refuses it. */
export type Attempt<value> = { ok: true; value: value } | { ok: false; revert: Revert };

/** What the market's price is good for at this moment; prices WAD. */
export type PriceState = {
  /** The stored price, for trades that go through at once, and its confidence. */
  trade: Attempt<{ price: bigint; confidence: bigint }>;
  /** Whether that price is good enough to open, to increase and to settle LPs at. */
  increase: Attempt<undefined>;
  /** The price that liquidations use. */
  liquidation: Attempt<bigint>;
};

/**
 * Reads what the market's price is good for, action by action, with the reason where it is not.
 *
 * @example
 * const { increase } = await getPriceState(client, { deployment });
 * if (!increase.ok) console.log(formatRevert(increase.revert)); // "SourcesDisagree (pythId 0x..., primary ...)"
 */
export async function getPriceState(client: Client, { deployment }: MarketParameters): Promise<PriceState> {
  const call = { address: deployment.oracle, abi: pythOracleAbi, args: [deployment.marketId] } as const;
  const [trade, increase, liquidation] = await Promise.all([
    attempt(async () => {
      const [price, confidence] = await readContract(client, { ...call, functionName: "getPrice" });
      return { price, confidence };
    }),
    attempt(async () => {
      // It says yes by not reverting, and refuses a stale price only when it has something to compare.
      await readContract(client, { ...call, functionName: "getPrice" });
      await readContract(client, { ...call, functionName: "checkIncrease" });
      return undefined;
    }),
    attempt(() => readContract(client, { ...call, functionName: "getLiquidationPrice" })),
  ]);
  return { trade, increase, liquidation };
}

async function attempt<value>(read: () => Promise<value>): Promise<Attempt<value>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    const revert = getRevert(error);
    if (!revert) throw error;
    return { ok: false, revert };
  }
}
