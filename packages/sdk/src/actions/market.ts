import type { Client } from "viem";
import { clearingHouse, exchangeLens } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import type { MarketParameters } from "../client/parameters.js";
import { readContract } from "../client/reverts.js";
import {
  type Market,
  type MarketRates,
  type MarketRules,
  marketOf,
  marketRatesOf,
  marketRulesOf,
} from "../entities/market.js";
import { type MarketStatus, marketStatusOf } from "../entities/market-status.js";
import type { Wad } from "../units.js";

const readMarket = (client: Client, { deployment }: MarketParameters) =>
  readContract(client, { ...exchangeLens({ deployment }), functionName: "getMarket", args: [deployment.marketId] });

/**
 * Reads a market in one call: rules, status, ratios, price, rates and the next hour's fees, open interest, capacity,
 * insurance and bad debt.
 *
 * @example
 * const { skew, fundingRate, insurance } = await getMarket(client, { deployment });
 */
export const getMarket = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<Market> => {
    return marketOf(await readMarket(client, { deployment }));
  },
);

/**
 * Reads the rates of funding and borrowing in a market, and the fees of the next hour.
 *
 * @example
 * const { fundingRate, nextHour } = await getRates(client, { deployment });
 * nextHour.takerLong.funding; // quote that a long of one base pays in the next hour
 */
export const getRates = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<MarketRates> => {
    return marketRatesOf(await readMarket(client, { deployment }));
  },
);

/** Reads the rules of trades and liquidations in the deployment's market. */
export const getMarketRules = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<MarketRules> => {
    const call = { ...clearingHouse({ deployment }), args: [deployment.marketId] } as const;
    const [rules, backstopRules] = await Promise.all([
      readContract(client, { ...call, functionName: "rulesOf" }),
      readContract(client, { ...call, functionName: "backstopRulesOf" }),
    ]);
    return marketRulesOf({ ...rules, ...backstopRules });
  },
);

/** Reads the status of the deployment's market: the stricter of its own status and the system's. */
export const getMarketStatus = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<MarketStatus> => {
    const call = { ...clearingHouse({ deployment }), args: [deployment.marketId] } as const;
    return marketStatusOf(await readContract(client, { ...call, functionName: "statusOf" }));
  },
);

/** Reads the minimum position value in force now, WAD. It rises to that of {@link getMarketRules} within a day. */
export const getMinPositionValue = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<Wad> => {
    const call = { ...clearingHouse({ deployment }), args: [deployment.marketId] } as const;
    return readContract(client, { ...call, functionName: "minPositionValueOf" });
  },
);

/** The settings of funding and borrowing, WAD. All zero while both are off. */
export type FundingSettings = {
  /** Per second, of the notional. */
  maxRate: Wad;
  /** Per second squared, from a rate of zero at `skewScale`. The rate's time constant is `maxRate / maxVelocity`. */
  maxVelocity: Wad;
  /** Net taker position that keeps the rate at its cap, base. */
  skewScale: Wad;
  /** Per second, of the net exposure of makers at full utilization. */
  maxBorrowingRate: Wad;
};

/** Reads the settings of funding and borrowing. {@link getRates} reads the present rates. */
export const getFunding = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment }: MarketParameters): Promise<FundingSettings> => {
    const call = { ...exchangeLens({ deployment }), args: [deployment.marketId] } as const;
    const { skewScale, ...rates } = await readContract(client, { ...call, functionName: "ratesOf" });
    return {
      maxRate: rates.maxFundingRate,
      maxVelocity: rates.maxFundingVelocity,
      skewScale,
      maxBorrowingRate: rates.maxBorrowingRate,
    };
  },
);
