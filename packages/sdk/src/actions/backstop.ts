import type { Address, Hash, Hex } from "viem";
import { backstopWrite } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import { call } from "../client/define-write.js";
import type { MarketParameters } from "../client/parameters.js";
import { all, type Steps, view } from "../client/steps.js";
import { confirmed } from "../client/write.js";
import type { Deployment } from "../deployment.js";
import * as backstop from "../generated/contracts/backstop.js";
import type { Wad, Wei } from "../units.js";

/** Parameters of {@link deleverage}. */
export type DeleverageParameters = {
  deployment: Deployment;
  /** The account whose shortfall exceeds insurance. */
  account: Address;
  /**
   * Traders and makers with profit on the other side, at most twelve, in any order. From `debtAllowedAt` on, hedged vaults
   * among them close the rest at the oracle price.
   */
  counterparties?: readonly Address[];
};

/** The size closed against one counterparty and the price of the close. */
export type DeleveragedPart = {
  counterparty: Address;
  base: Wad;
  /** The bankruptcy price; the oracle price for a hedged vault. */
  price: Wad;
  /** Real profit over notional; zero for a hedged vault. */
  rank: Wad;
  /** The id for corrections; zero for a hedged vault. */
  id: bigint;
};

/**
 * Closes an account whose shortfall exceeds insurance at its bankruptcy price, against the given accounts with real
 * profit, the highest over notional first. Reverts with `NoShortfallBeyondInsurance` when insurance suffices, and with
 * `NothingToDeleverage` when none of the accounts has enough profit on the other side.
 *
 * @example
 * const { closed } = await deleverageSync(client, { deployment, account, counterparties: [winner] });
 */
export const deleverage = /* @__PURE__ */ backstopWrite(
  [backstop.deleverage, backstop.Deleveraged],
  ({ deployment, account, counterparties = [] }: DeleverageParameters) =>
    call("deleverage", [deployment.marketId, account, counterparties]),
  ({ events, hash }) => ({
    closed: events("Deleveraged").map(
      ({ args: { counterparty, base, price, rank, id } }): DeleveragedPart => ({ counterparty, base, price, rank, id }),
    ),
    hash,
  }),
);
/** Sends {@link deleverage}, waits for it, and returns the size closed against each counterparty. */
export const deleverageSync = /* @__PURE__ */ confirmed(deleverage);

/** Parameters of {@link correctDeleveraging}. */
export type CorrectDeleveragingParameters = {
  deployment: Deployment;
  /** Of {@link DeleveragedPart}. */
  id: bigint;
  /** An account of a higher rank that the deleveraging skipped. */
  better: Address;
};

/**
 * Corrects a deleveraging that skipped an account of a higher rank, within the market's window: that account pays the cost
 * to the counterparty that has borne it. No position changes. Reverts with `NotBetter`, `ProfitTooSmall` and `WindowOver`.
 */
export const correctDeleveraging = /* @__PURE__ */ backstopWrite(
  [backstop.correctDeleveraging, backstop.DeleveragingCorrected],
  ({ deployment, id, better }: CorrectDeleveragingParameters) =>
    call("correctDeleveraging", [deployment.marketId, id, better]),
  ({ event, hash }): { counterparty: Address; base: Wad; cost: Wad; rank: Wad; hash: Hash } => {
    const { counterparty, base, cost, rank } = event("DeleveragingCorrected");
    return { counterparty, base, cost, rank, hash };
  },
);
/** Sends {@link correctDeleveraging}, waits for it, and returns the account that is repaid, with size, cost and rank, WAD. */
export const correctDeleveragingSync = /* @__PURE__ */ confirmed(correctDeleveraging);

/** Parameters of {@link getDeleveragingRanks}. */
export type DeleveragingRanksParameters = {
  deployment: Deployment;
  /** The account whose shortfall exceeds insurance. */
  account: Address;
  candidates: readonly Address[];
};

/**
 * Reads the order in which {@link deleverage} takes candidates, at the price for liquidations. The rank is real profit over
 * notional, WAD; zero for accounts without an opposite position or real profit, and for hedged vaults.
 */
export const getDeleveragingRanks = /* @__PURE__ */ defineRead(function* ({
  deployment,
  account,
  candidates,
}: DeleveragingRanksParameters): Steps<{ account: Address; rank: Wad }[]> {
  const args = [deployment.marketId, account, candidates] as const;
  const [ranked, ranks] = yield* view(deployment.backstop, backstop.rankCandidates, args);
  return ranked.map((candidate, i) => ({ account: candidate, rank: ranks[i] ?? 0n }));
});

/** Parameters of {@link flagShortfall}, {@link resolveShortfall} and {@link settleAccount}. */
export type ShortfallParameters = { deployment: Deployment; account: Address };

/**
 * Starts the period in which an account's shortfall beyond insurance can only be deleveraged. After it, a liquidation may
 * record bad debt. Reverts with `NoShortfallBeyondInsurance` when insurance suffices.
 */
export const flagShortfall = /* @__PURE__ */ backstopWrite(
  [backstop.flagShortfall, backstop.ShortfallFlagged],
  ({ deployment, account }: ShortfallParameters) => call("flagShortfall", [deployment.marketId, account]),
  ({ event, hash }): { shortfall: Wad; debtAllowedAt: bigint; hash: Hash } => {
    const { shortfall, debtAllowedAt } = event("ShortfallFlagged");
    return { shortfall, debtAllowedAt, hash };
  },
);
/**
 * Sends {@link flagShortfall}, waits for it, and returns the shortfall, WAD, and the time from which bad debt may be
 * recorded, in seconds.
 */
export const flagShortfallSync = /* @__PURE__ */ confirmed(flagShortfall);

/**
 * Reduces an account's flagged shortfall to the present one, which redemptions of makers leave behind. Open to any account.
 */
export const resolveShortfall = /* @__PURE__ */ backstopWrite(
  [backstop.resolveShortfall, backstop.FlaggedShortfallChanged],
  ({ deployment, account }: ShortfallParameters) => call("resolveShortfall", [deployment.marketId, account]),
  ({ find, hash }): { marketShortfall: Wad | undefined; hash: Hash } => ({
    marketShortfall: find("FlaggedShortfallChanged")?.marketShortfall,
    hash,
  }),
);
/**
 * Sends {@link resolveShortfall}, waits for it, and returns the sum of the market's flagged shortfalls, WAD; undefined when
 * it has not changed.
 */
export const resolveShortfallSync = /* @__PURE__ */ confirmed(resolveShortfall);

/** Parameters of {@link announceSettlement}. */
export type AnnounceSettlementParameters = MarketParameters & {
  /**
   * For a market with a collateral feed: the first update of the part that still publishes, at or after the last publish
   * time of the other part. Default: none.
   */
  updateData?: readonly Hex[];
  /** Wei for Pyth's fee; the rest is returned. Default: none. */
  value?: Wei;
};

/**
 * Announces the settlement, one day from now, of a market that has had no price for its settlement delay, and fixes its
 * price. Reverts with `FeedAlive` when there was one, and with `NeedsLivePart` when the settlement price needs an update.
 */
export const announceSettlement = /* @__PURE__ */ backstopWrite(
  [backstop.announceSettlement, backstop.SettlementAnnounced],
  ({ deployment, updateData = [], value }: AnnounceSettlementParameters) =>
    call("announceSettlement", [deployment.marketId, updateData], { value }),
  ({ event, hash }) => {
    const { settleableAt, price } = event("SettlementAnnounced");
    return { settleableAt, price, hash };
  },
);
/**
 * Sends {@link announceSettlement}, waits for it, and returns the time from which the market may be settled, in seconds,
 * and the settlement price, WAD.
 */
export const announceSettlementSync = /* @__PURE__ */ confirmed(announceSettlement);

/**
 * Settles a market whose announced settlement is due. Reverts with `SettlementNotDue` before, and with `FeedAlive` when
 * the market has a price again.
 */
export const settleMarket = /* @__PURE__ */ backstopWrite(
  [backstop.settleMarket, backstop.MarketSettled],
  ({ deployment }: MarketParameters) => call("settleMarket", [deployment.marketId]),
  ({ event, hash }): { price: Wad; hash: Hash } => ({ price: event("MarketSettled").price, hash }),
);
/** Sends {@link settleMarket}, waits for it, and returns the settlement price of all positions, WAD. */
export const settleMarketSync = /* @__PURE__ */ confirmed(settleMarket);

/**
 * Closes an account's position in a settled market. Any account may close any other. Reverts with `MarketNotActive` when
 * the market is not settled.
 */
export const settleAccount = /* @__PURE__ */ backstopWrite(
  [backstop.settleAccount, backstop.AccountSettled],
  ({ deployment, account }: ShortfallParameters) => call("settleAccount", [deployment.marketId, account]),
  ({ event, hash }): { size: Wad; price: Wad; hash: Hash } => {
    const { size, price } = event("AccountSettled");
    return { size, price, hash };
  },
);
/** Sends {@link settleAccount}, waits for it, and returns the closed size and its price, WAD. */
export const settleAccountSync = /* @__PURE__ */ confirmed(settleAccount);

/** Parameters of {@link reportOutage}. */
export type ReportOutageParameters = MarketParameters & {
  /** The feed of the base or of the collateral that published nothing. */
  pythId: Hex;
  /** The first update of the feed after the outage. It names the publish time of the one before. */
  updateData: readonly Hex[];
  /** A time after the publish time of the update before the outage, and at most that of the first one after it; seconds. */
  minPublishTime: bigint;
  /** Wei for Pyth's fee; the rest is returned. Default: none. */
  value?: Wei;
};

/**
 * Starts a market's grace period after an outage of its price of at least five minutes: for ten minutes from the end of the
 * outage no account is liquidated and no position opens, so that accounts can add margin and reduce. Open to any account,
 * once for each outage, within ten minutes of its end. Reverts with `NoOutage` for a shorter one, with `OutageOver` for one
 * that was reported or is too old, and without a price.
 *
 * @example
 * await reportOutageSync(client, { deployment, pythId, updateData, minPublishTime: lastPublishTime + 1n, value: 1n });
 */
export const reportOutage = /* @__PURE__ */ backstopWrite(
  [backstop.reportOutage],
  ({ deployment, pythId, updateData, minPublishTime, value }: ReportOutageParameters) =>
    call("reportOutage", [deployment.marketId, pythId, updateData, minPublishTime], { value }),
);
/** Sends {@link reportOutage} and waits for it. `graceEndsAt` of {@link getMarket} has the end of the period. */
export const reportOutageSync = /* @__PURE__ */ confirmed(reportOutage);

/** The progress of the settlement of a market without a feed; times in seconds. */
export type SettlementState = {
  /** The time from which the market may be settled; undefined without an announcement. */
  settleableAt: bigint | undefined;
  /** WAD; undefined until the market is settled. */
  settlementPrice: Wad | undefined;
};

/** Reads the progress of the settlement of the deployment's market. */
export const getSettlement = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<SettlementState> {
  const { backstop: address, marketId } = deployment;
  const [at, price] = yield* all([
    view(address, backstop.settleableAt, [marketId]),
    view(address, backstop.settlementPriceOf, [marketId]),
  ]);
  return { settleableAt: at === 0n ? undefined : at, settlementPrice: price === 0n ? undefined : price };
});
