import type { Address } from "viem";
import { clearingHouseWrite, pythOracleWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { MakerParameters, MarketParameters } from "../../client/parameters.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import type { MarketRules } from "../../entities/market.js";
import { marketStatusId, type SettableStatus } from "../../entities/market-status.js";
import * as clearingHouse from "../../generated/contracts/clearing-house.js";
import * as pythOracle from "../../generated/contracts/pyth-oracle.js";
import type { CollateralAmount, Ppm, Wad } from "../../units.js";
import type { Feed } from "../feeds.js";
import type { FundingSettings } from "../market.js";

// If a timelock or a multisig owns the exchange, it makes these calls: `setRules.call(parameters)`.

/** Parameters of {@link setMarketStatus} and {@link setSystemStatus}. */
export type SetStatusParameters = { deployment: Deployment; status: SettableStatus };

/**
 * Sets the status of the deployment's market. The owner sets any status, the guardian a stricter one. Reverts with
 * `InvalidStatusChange` for other callers and changes, and with `NoMakerForBothSides` for a market that cannot open. An
 * active market with bad debt counts as `reduceOnly` until the debt is covered.
 *
 * @example
 * await setMarketStatus(guardian, { deployment, status: "paused" });
 */
export const setMarketStatus = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setMarketStatus],
  ({ deployment, status }: SetStatusParameters) =>
    call("setMarketStatus", [deployment.marketId, marketStatusId(status)]),
);
/** Sends {@link setMarketStatus} and waits for it. */
export const setMarketStatusSync = /* @__PURE__ */ confirmed(setMarketStatus);

/** Sets the status of the whole system. In each market the stricter of this and its own status applies. */
export const setSystemStatus = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setSystemStatus],
  ({ status }: SetStatusParameters) => call("setSystemStatus", [marketStatusId(status)]),
);
/** Sends {@link setSystemStatus} and waits for it. */
export const setSystemStatusSync = /* @__PURE__ */ confirmed(setSystemStatus);

/** Parameters of {@link setRules}. */
export type SetRulesParameters = { deployment: Deployment; rules: MarketRules };

/**
 * Sets the rules of trades and liquidations. Owner only. Reverts with `RuleOutOfRange`, the rule and its limits.
 *
 * @example
 * const rules = await getMarketRules(client, { deployment });
 * await setRules(owner, { deployment, rules: { ...rules, tradingFee: 500 } });
 */
export const setRules = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setRules],
  ({ deployment, rules }: SetRulesParameters) => call("setRules", [deployment.marketId, rules]),
);
/** Sends {@link setRules} and waits for it. */
export const setRulesSync = /* @__PURE__ */ confirmed(setRules);

/** Parameters of {@link setMarginRatios}. */
export type SetMarginRatiosParameters = {
  deployment: Deployment;
  /** Parts per million of the current notional. */
  initialMarginRatio: Ppm;
  /** Parts per million of the current notional. */
  maintenanceMarginRatio: Ppm;
  /** Seconds until they are in force: one to thirty days. */
  rampDuration: bigint;
};

/** Changes the margin ratios linearly over time. Owner only. Reverts with `InvalidMarginRatios` or `InvalidRamp`. */
export const setMarginRatios = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setMarginRatios],
  ({ deployment, initialMarginRatio, maintenanceMarginRatio, rampDuration }: SetMarginRatiosParameters) =>
    call("setMarginRatios", [deployment.marketId, initialMarginRatio, maintenanceMarginRatio, rampDuration]),
);
/** Sends {@link setMarginRatios} and waits for it. */
export const setMarginRatiosSync = /* @__PURE__ */ confirmed(setMarginRatios);

/** Parameters of {@link setFunding}. */
export type SetFundingParameters = MarketParameters & Omit<FundingSettings, "maxBorrowingRate">;

/**
 * Sets the funding parameters; zeros turn funding off. Accrued funding is settled first, and the rate starts from zero. `maxRate`
 * is rounded down to a multiple of 1e5, `skewScale` of 1e15. Owner only. Reverts with `InvalidFunding`, and with `FundingTooFast`
 * if the makers' capacity could move the rate to its cap within an hour.
 */
export const setFunding = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setFunding],
  ({ deployment, maxRate, maxVelocity, skewScale }: SetFundingParameters) =>
    call("setFunding", [deployment.marketId, maxRate, maxVelocity, skewScale]),
);
/** Sends {@link setFunding} and waits for it. */
export const setFundingSync = /* @__PURE__ */ confirmed(setFunding);

/** Parameters of {@link setBorrowing}. */
export type SetBorrowingParameters = {
  deployment: Deployment;
  /** WAD per second, of the net exposure of makers at full utilization. */
  maxRate: Wad;
};

/** Sets the borrowing rate at full utilization of the makers, rounded down to a multiple of 1e5. Owner only. Reverts with `InvalidBorrowing`. */
export const setBorrowing = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setBorrowing],
  ({ deployment, maxRate }: SetBorrowingParameters) => ({
    functionName: "setBorrowing",
    // viem encodes integers of up to 48 bits from numbers.
    args: [deployment.marketId, Number(maxRate)],
  }),
);
/** Sends {@link setBorrowing} and waits for it. */
export const setBorrowingSync = /* @__PURE__ */ confirmed(setBorrowing);

/** Parameters of {@link setDepositCap}. */
export type SetDepositCapParameters = {
  deployment: Deployment;
  /** The maximum balance of the Vault after a deposit, in the collateral's own decimals; zero: no limit. */
  cap: CollateralAmount;
};

/** Sets the limit of the Vault's balance after deposits. Owner only. */
export const setDepositCap = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setDepositCap],
  ({ cap }: SetDepositCapParameters) => call("setDepositCap", [cap]),
);
/** Sends {@link setDepositCap} and waits for it. */
export const setDepositCapSync = /* @__PURE__ */ confirmed(setDepositCap);

/** Parameters of {@link setGuardian}. */
export type SetGuardianParameters = { deployment: Deployment; guardian: Address };

/** Sets the guardian, which may set stricter statuses without delay. Owner only. */
export const setGuardian = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.setGuardian],
  ({ guardian }: SetGuardianParameters) => call("setGuardian", [guardian]),
);
/** Sends {@link setGuardian} and waits for it. */
export const setGuardianSync = /* @__PURE__ */ confirmed(setGuardian);

/** Retires a maker: from then on its exposure can only decrease. Owner or guardian. Reverts with `UnknownMaker`. */
export const retireMaker = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.retireMaker],
  ({ maker }: MakerParameters) => call("retireMaker", [maker]),
);
/** Sends {@link retireMaker} and waits for it. */
export const retireMakerSync = /* @__PURE__ */ confirmed(retireMaker);

/** Ends the retirement of a maker. Owner only. Reverts with `MakerNotRetired`. */
export const reinstateMaker = /* @__PURE__ */ clearingHouseWrite(
  [clearingHouse.reinstateMaker],
  ({ maker }: MakerParameters) => call("reinstateMaker", [maker]),
);
/** Sends {@link reinstateMaker} and waits for it. */
export const reinstateMakerSync = /* @__PURE__ */ confirmed(reinstateMaker);

/** Parameters of {@link proposeFeed}. */
export type ProposeFeedParameters = { deployment: Deployment; feed: Feed };

/**
 * Announces a change of the market's price sources; `applyFeed` puts it in force after two days. Owner only. Reverts with
 * `InvalidFeed`, `SequencerGraceTooLong` or `UnreadableSource`.
 *
 * @example
 * const feed = await getFeed(client, { deployment });
 * await proposeFeed(owner, { deployment, feed: { ...feed, maxConfidence: 10_000 } });
 */
export const proposeFeed = /* @__PURE__ */ pythOracleWrite(
  [pythOracle.proposeFeed, pythOracle.FeedProposed],
  ({ deployment, feed }: ProposeFeedParameters) => call("proposeFeed", [deployment.marketId, feed]),
  ({ event, hash }) => ({ appliesAt: event("FeedProposed").appliesAt, hash }),
);
/** Sends {@link proposeFeed}, waits for it, and returns the time from which it may be applied (seconds). */
export const proposeFeedSync = /* @__PURE__ */ confirmed(proposeFeed);

/** Cancels an announced change of the price sources. Owner only. Reverts with `NoPendingFeed` when none is announced. */
export const cancelFeed = /* @__PURE__ */ pythOracleWrite([pythOracle.cancelFeed], ({ deployment }: MarketParameters) =>
  call("cancelFeed", [deployment.marketId]),
);
/** Sends {@link cancelFeed} and waits for it. */
export const cancelFeedSync = /* @__PURE__ */ confirmed(cancelFeed);
