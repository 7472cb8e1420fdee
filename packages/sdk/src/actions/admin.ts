import type { Address } from "viem";
import type { Deployment } from "../deployment.js";
import { clearingHouseAbi, oracleMakerAbi } from "../generated/abis.js";
import { marketStatusId, type SettableStatus } from "../market-status.js";
import { confirmed, writesTo } from "./define-write.js";
import { type GetHedgeParameters, type HedgeGapRules, type HedgeParameters, hedgedVaultWrite } from "./hedge.js";
import type { MarketRules } from "./lens.js";
import { makerWrite } from "./lp.js";
import { requestVaultWrite } from "./lp-requests.js";
import { type Feed, oracleWrite } from "./prices.js";
import type { MarketParameters, OracleMakerParameters } from "./read.js";
import { signedGatewayWrite } from "./signed-orders/gateway.js";

// Where a timelock or a multisig owns the exchange, it makes these calls: `setRules.call(parameters)`.

const houseWrite = /* @__PURE__ */ writesTo(({ deployment }: MarketParameters) => ({
  address: deployment.clearingHouse,
  abi: clearingHouseAbi,
}));

const oracleMakerWrite = /* @__PURE__ */ writesTo(({ deployment }: MarketParameters) => ({
  address: deployment.oracleMaker,
  abi: oracleMakerAbi,
}));

/** What {@link setMarketStatus} and {@link setSystemStatus} take. */
export type SetStatusParameters = { deployment: Deployment; status: SettableStatus };

/** What {@link setMarginRatios} takes. */
export type SetMarginRatiosParameters = {
  deployment: Deployment;
  /** Parts per million of the current notional. */
  initialMarginRatio: number;
  /** Parts per million of the current notional. */
  maintenanceMarginRatio: number;
  /** Seconds from now until they are in force: a day to thirty. */
  rampDuration: bigint;
};

/** What {@link setFunding} takes. */
export type SetFundingParameters = {
  deployment: Deployment;
  /** WAD per second, of the notional. */
  maxRate: bigint;
  /** WAD per second squared, at full skew. */
  maxVelocity: bigint;
  /** WAD base: net taker position at which the skew is full. */
  skewScale: bigint;
};

/** What {@link setBorrowing} takes. */
export type SetBorrowingParameters = {
  deployment: Deployment;
  /** WAD per second, of the net exposure of makers that are used to the full. */
  maxRate: bigint;
};

/** What {@link setRules} takes. */
export type SetRulesParameters = { deployment: Deployment; rules: MarketRules };

/** What {@link setDepositCap} takes. */
export type SetDepositCapParameters = {
  deployment: Deployment;
  /** The most that deposits may bring the Vault to, in the collateral's own decimals; zero: no limit. */
  cap: bigint;
};

/** What {@link retireMaker} takes. */
export type MakerParameters = { deployment: Deployment; maker: Address };

/** What {@link setWhitelistLp} takes. */
export type SetWhitelistLpParameters = { maker: Address; account: Address; approved: boolean };

/** What {@link setLpRules} takes. */
export type SetLpRulesParameters = {
  maker: Address;
  /** The most that all shares may be worth after a deposit, in the decimals of the maker's asset. */
  depositCap: bigint;
  /** The entry and exit fee, parts per million; at most 1%. */
  requestFee: number;
};

/** What {@link setLpRequestRules} takes. */
export type SetLpRequestRulesParameters = {
  /** The maker's request vault. */
  requestVault: Address;
  /** Seconds from a request to the moment whose price it gets: at least the chain's lag plus one price interval. */
  delay: number;
  /** Seconds after that for which it lives at most; not more than the feed's `maxExecutionAge`. */
  validity: number;
  /** Wei. */
  minKeeperFee: bigint;
};

/** What {@link proposeFeed} takes. */
export type ProposeFeedParameters = { deployment: Deployment; feed: Feed };
/** What {@link setOracleMakerParameters} takes. */
export type SetOracleMakerParametersParameters = { deployment: Deployment; parameters: OracleMakerParameters };

/** What {@link setValidSender} takes. */
export type SetValidSenderParameters = { deployment: Deployment; sender: Address; approved: boolean };
/** What {@link setGateway} takes. */
export type SetGatewayParameters = { deployment: Deployment; gateway: Address; approved: boolean };

/** What {@link setRelayer} takes. */
export type SetRelayerParameters = { deployment: Deployment; relayer: Address; approved: boolean };

/** What {@link setGuardian} takes. */
export type SetGuardianParameters = { deployment: Deployment; guardian: Address };

/** What {@link setHedgeParameters} takes. */
export type SetHedgeParametersParameters = GetHedgeParameters & { parameters: HedgeParameters };
/** What {@link setHedgeGapRules} takes. */
export type SetHedgeGapRulesParameters = GetHedgeParameters & { rules: HedgeGapRules };

/**
 * Sets what the deployment's market allows: the owner in any direction, the guardian to something stricter. Reverts
 * `InvalidStatusChange` for everybody else, `NoMakerForBothSides` for a market that cannot open. An active market with
 * bad debt counts as `reduceOnly` until the debt is covered.
 *
 * @example
 * await setMarketStatus(guardian, { deployment, status: "paused" });
 */
export const setMarketStatus = /* @__PURE__ */ houseWrite(({ deployment, status }: SetStatusParameters) => ({
  functionName: "setMarketStatus",
  args: [deployment.marketId, marketStatusId(status)],
}));
/** {@link setMarketStatus}, waits. */
export const setMarketStatusSync = /* @__PURE__ */ confirmed(setMarketStatus);

/** Sets what the whole system allows; for each market the stricter of this and its own status binds. */
export const setSystemStatus = /* @__PURE__ */ houseWrite(({ status }: SetStatusParameters) => ({
  functionName: "setSystemStatus",
  args: [marketStatusId(status)],
}));
/** {@link setSystemStatus}, waits. */
export const setSystemStatusSync = /* @__PURE__ */ confirmed(setSystemStatus);

/**
 * Sets what trades and liquidations go by. Owner only. Reverts `RuleOutOfRange` with the rule and its limits.
 *
 * @example
 * const rules = await getMarketRules(client, { deployment });
 * await setRules(owner, { deployment, rules: { ...rules, tradingFee: 500 } });
 */
export const setRules = /* @__PURE__ */ houseWrite(({ deployment, rules }: SetRulesParameters) => ({
  functionName: "setRules",
  args: [deployment.marketId, rules],
}));
/** {@link setRules}, waits. */
export const setRulesSync = /* @__PURE__ */ confirmed(setRules);

/** Moves the margin ratios in a straight line. Owner only. Reverts `InvalidMarginRatios` and `InvalidRamp`. */
export const setMarginRatios = /* @__PURE__ */ houseWrite(({ deployment, ...ratios }: SetMarginRatiosParameters) => ({
  functionName: "setMarginRatios",
  args: [deployment.marketId, ratios.initialMarginRatio, ratios.maintenanceMarginRatio, ratios.rampDuration],
}));
/** {@link setMarginRatios}, waits. */
export const setMarginRatiosSync = /* @__PURE__ */ confirmed(setMarginRatios);

/** Sets up funding, or with zeros turns it off; what has accrued is settled first. Reverts `InvalidFunding`. */
export const setFunding = /* @__PURE__ */ houseWrite(
  ({ deployment, maxRate, maxVelocity, skewScale }: SetFundingParameters) => ({
    functionName: "setFunding",
    args: [deployment.marketId, maxRate, maxVelocity, skewScale],
  }),
);
/** {@link setFunding}, waits. */
export const setFundingSync = /* @__PURE__ */ confirmed(setFunding);

/** Sets the borrowing rate of makers that are used to the full. Owner only. Reverts `InvalidBorrowing`. */
export const setBorrowing = /* @__PURE__ */ houseWrite(({ deployment, maxRate }: SetBorrowingParameters) => ({
  functionName: "setBorrowing",
  // viem takes integers of up to 48 bits as numbers.
  args: [deployment.marketId, Number(maxRate)],
}));
/** {@link setBorrowing}, waits. */
export const setBorrowingSync = /* @__PURE__ */ confirmed(setBorrowing);

/** Limits what deposits may bring the Vault to. Owner only. */
export const setDepositCap = /* @__PURE__ */ houseWrite(({ cap }: SetDepositCapParameters) => ({
  functionName: "setDepositCap",
  args: [cap],
}));
/** {@link setDepositCap}, waits. */
export const setDepositCapSync = /* @__PURE__ */ confirmed(setDepositCap);

/** Names who may tighten at once. Owner only. */
export const setGuardian = /* @__PURE__ */ houseWrite(({ guardian }: SetGuardianParameters) => ({
  functionName: "setGuardian",
  args: [guardian],
}));
/** {@link setGuardian}, waits. */
export const setGuardianSync = /* @__PURE__ */ confirmed(setGuardian);

/** From now on the maker's exposure can only shrink. Owner or guardian. Reverts `UnknownMaker`. */
export const retireMaker = /* @__PURE__ */ houseWrite(({ maker }: MakerParameters) => ({
  functionName: "retireMaker",
  args: [maker],
}));
/** {@link retireMaker}, waits. */
export const retireMakerSync = /* @__PURE__ */ confirmed(retireMaker);

/** Lets an LP use a maker's immediate deposits and withdrawals, or not. Owner only. */
export const setWhitelistLp = /* @__PURE__ */ makerWrite(({ account, approved }: SetWhitelistLpParameters) => ({
  functionName: "setWhitelistLp",
  args: [account, approved],
}));
/** {@link setWhitelistLp}, waits. */
export const setWhitelistLpSync = /* @__PURE__ */ confirmed(setWhitelistLp);

/**
 * Ends a maker's whitelist for good: from then on its immediate deposits and withdrawals serve anybody, and only while no
 * price enters into them. Owner only.
 */
export const endWhitelist = /* @__PURE__ */ makerWrite((_: { maker: Address }) => ({
  functionName: "endWhitelist",
  args: [],
}));
/** {@link endWhitelist}, waits. */
export const endWhitelistSync = /* @__PURE__ */ confirmed(endWhitelist);

/** Sets a maker's deposit cap and its entry and exit fee. Owner only. Reverts `RatioOutOfRange`. */
export const setLpRules = /* @__PURE__ */ makerWrite(({ depositCap, requestFee }: SetLpRulesParameters) => ({
  functionName: "setLpRules",
  args: [depositCap, requestFee],
}));
/** {@link setLpRules}, waits. */
export const setLpRulesSync = /* @__PURE__ */ confirmed(setLpRules);

/** Sets the times and the least keeper fee of LP requests to come. Owner only. Reverts `InvalidRequestRules`. */
export const setLpRequestRules = /* @__PURE__ */ requestVaultWrite(
  ({ delay, validity, minKeeperFee }: SetLpRequestRulesParameters) => ({
    functionName: "setRules",
    args: [{ delay, validity, minKeeperFee }],
  }),
);
/** {@link setLpRequestRules}, waits. */
export const setLpRequestRulesSync = /* @__PURE__ */ confirmed(setLpRequestRules);

/**
 * Announces other sources of the market's price; `applyFeed` puts them in force after two days. Owner only. Reverts
 * `InvalidFeed`, `UnreadableSource`.
 *
 * @example
 * const feed = await getFeed(client, { deployment });
 * await proposeFeed(owner, { deployment, feed: { ...feed, maxConfidence: 10_000 } });
 */
export const proposeFeed = /* @__PURE__ */ oracleWrite(
  ({ deployment, feed }: ProposeFeedParameters) => ({ functionName: "proposeFeed", args: [deployment.marketId, feed] }),
  ({ event, hash }) => ({ appliesAt: event("FeedProposed").appliesAt, hash }),
);
/** {@link proposeFeed}, waits, and returns when it may be applied (seconds). */
export const proposeFeedSync = /* @__PURE__ */ confirmed(proposeFeed);

/** Takes an announced change of the sources back. Owner only. Reverts `NoPendingFeed`. */
export const cancelFeed = /* @__PURE__ */ oracleWrite(({ deployment }: MarketParameters) => ({
  functionName: "cancelFeed",
  args: [deployment.marketId],
}));
/** {@link cancelFeed}, waits. */
export const cancelFeedSync = /* @__PURE__ */ confirmed(cancelFeed);

/**
 * Sets what the OracleMaker quotes by, all of it. Owner only. Reverts `PriceBandTooNarrow` when spread, fee and confidence
 * premium together could leave the market's price band; `RatioOutOfRange`, `InvalidMaxAbsPosition`,
 * `InvalidConfidencePremium`.
 *
 * @example
 * const parameters = await getOracleMakerParameters(client, { deployment });
 * await setOracleMakerParameters(owner, { deployment, parameters: { ...parameters, lpFee: 200 } });
 */
export const setOracleMakerParameters = /* @__PURE__ */ oracleMakerWrite(
  ({ parameters }: SetOracleMakerParametersParameters) => ({ functionName: "setParameters", args: [parameters] }),
);
/** {@link setOracleMakerParameters}, waits. */
export const setOracleMakerParametersSync = /* @__PURE__ */ confirmed(setOracleMakerParameters);

/** Lets a gateway bring orders to the OracleMaker, or not. Owner only. */
export const setValidSender = /* @__PURE__ */ oracleMakerWrite(({ sender, approved }: SetValidSenderParameters) => ({
  functionName: "setValidSender",
  args: [sender, approved],
}));
/** {@link setValidSender}, waits. */
export const setValidSenderSync = /* @__PURE__ */ confirmed(setValidSender);

/**
 * Lets a gateway match its users' orders and pay relayers out of their funds, or no longer. Owner; the guardian can only
 * take the right away.
 */
export const setGateway = /* @__PURE__ */ houseWrite(({ gateway, approved }: SetGatewayParameters) => ({
  functionName: "setGateway",
  args: [gateway, approved],
}));
/** {@link setGateway}, waits. */
export const setGatewaySync = /* @__PURE__ */ confirmed(setGateway);

/** Permits a relayer of signed orders, or no longer. Owner only. */
export const setRelayer = /* @__PURE__ */ signedGatewayWrite(({ relayer, approved }: SetRelayerParameters) => ({
  functionName: "setRelayer",
  args: [relayer, approved],
}));
/** {@link setRelayer}, waits. */
export const setRelayerSync = /* @__PURE__ */ confirmed(setRelayer);

/**
 * Sets how a spot-hedged vault hedges. Its owner only. Reverts `RatioOutOfRange` with the limits, and `AdapterMismatch`
 * when the adapter trades other tokens.
 *
 * @example
 * const { parameters } = await getHedge(client, { deployment });
 * await setHedgeParameters(owner, { deployment, parameters: { ...parameters, maxCarry: 20_000 } });
 */
export const setHedgeParameters = /* @__PURE__ */ hedgedVaultWrite(({ parameters }: SetHedgeParametersParameters) => ({
  functionName: "setParameters",
  args: [parameters],
}));
/** {@link setHedgeParameters}, waits. */
export const setHedgeParametersSync = /* @__PURE__ */ confirmed(setHedgeParameters);

/** Sets how gaps are closed. The vault's owner only. Reverts `RatioOutOfRange` and `IntervalTooLong` with the limits. */
export const setHedgeGapRules = /* @__PURE__ */ hedgedVaultWrite(({ rules }: SetHedgeGapRulesParameters) => ({
  functionName: "setHedgeGapRules",
  args: [rules],
}));
/** {@link setHedgeGapRules}, waits. */
export const setHedgeGapRulesSync = /* @__PURE__ */ confirmed(setHedgeGapRules);
