import { defineRead } from "../client/define-read.js";
import type { MarketParameters } from "../client/parameters.js";
import { all, type Steps, view } from "../client/steps.js";
import {
  type Market,
  type MarketRates,
  type MarketRules,
  marketOf,
  marketRatesOf,
  marketRulesOf,
} from "../entities/market.js";
import { type MarketStatus, marketStatusOf } from "../entities/market-status.js";
import * as clearingHouse from "../generated/contracts/clearing-house.js";
import * as lens from "../generated/contracts/exchange-lens.js";
import type { Wad } from "../units.js";

const readMarket = ({ deployment: { lens: address, marketId } }: MarketParameters) =>
  view(address, lens.getMarket, [marketId]);

/**
 * Reads a market in one call: rules, status, ratios, price, rates and the next hour's fees, open interest, capacity,
 * insurance and bad debt.
 *
 * @example
 * const { skew, fundingRate, insurance } = await getMarket(client, { deployment });
 */
export const getMarket = /* @__PURE__ */ defineRead(function* ({ deployment }: MarketParameters): Steps<Market> {
  return yield* marketOf(yield* readMarket({ deployment }));
});

/**
 * Reads the rates of funding and borrowing in a market, and the fees of the next hour.
 *
 * @example
 * const { fundingRate, nextHour } = await getRates(client, { deployment });
 * nextHour.takerLong.funding; // quote that a long of one base pays in the next hour
 */
export const getRates = /* @__PURE__ */ defineRead(function* ({ deployment }: MarketParameters): Steps<MarketRates> {
  return marketRatesOf(yield* readMarket({ deployment }));
});

/** Reads the rules of trades and liquidations in the deployment's market. */
export const getMarketRules = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<MarketRules> {
  const { clearingHouse: address, marketId } = deployment;
  const [rules, backstopRules] = yield* all([
    view(address, clearingHouse.rulesOf, [marketId]),
    view(address, clearingHouse.backstopRulesOf, [marketId]),
  ]);
  return marketRulesOf({ ...rules, ...backstopRules });
});

/** Reads the status of the deployment's market: the stricter of its own status and the system's. */
export const getMarketStatus = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<MarketStatus> {
  return marketStatusOf(yield* view(deployment.clearingHouse, clearingHouse.statusOf, [deployment.marketId]));
});

/** Reads the minimum position value in force now, WAD. It rises to that of {@link getMarketRules} within a day. */
export const getMinPositionValue = /* @__PURE__ */ defineRead(function* ({ deployment }: MarketParameters): Steps<Wad> {
  return yield* view(deployment.clearingHouse, clearingHouse.minPositionValueOf, [deployment.marketId]);
});

/** The settings of funding and borrowing, WAD. All zero while both are off. */
export type FundingSettings = {
  /** Cap of the rate, per second of the notional. */
  maxRate: Wad;
  /** Per second squared, from a rate of zero at `skewScale`. The rate's time constant is `maxRate / maxVelocity`. */
  maxVelocity: Wad;
  /** Net taker position that keeps the rate at its cap, base. */
  skewScale: Wad;
  /** Per second, of the net exposure of makers at full utilization. */
  maxBorrowingRate: Wad;
};

/** Reads the settings of funding and borrowing. {@link getRates} reads the present rates. */
export const getFunding = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<FundingSettings> {
  const { skewScale, ...rates } = yield* view(deployment.lens, lens.ratesOf, [deployment.marketId]);
  return {
    maxRate: rates.maxFundingRate,
    maxVelocity: rates.maxFundingVelocity,
    skewScale,
    maxBorrowingRate: rates.maxBorrowingRate,
  };
});
