import type { Address, ContractFunctionReturnType } from "viem";
import type { Steps } from "../client/steps.js";
import type { getMarket } from "../generated/contracts/exchange-lens.js";
import type { CollateralAmount, Ppm, Wad } from "../units.js";
import type { Fees } from "./account.js";
import { type Unavailable, unavailableIn } from "./failure.js";
import { type MarketStatus, marketStatusOf } from "./market-status.js";

/** Seconds, `GRACE_PERIOD` of the contracts. */
const GRACE_PERIOD = 600n;

/** The rules of trades and liquidations in a market. Ratios in parts per million, amounts WAD, times seconds. */
export type MarketRules = {
  priceBand: Ppm;
  tradingFee: Ppm;
  liquidationPenalty: Ppm;
  liquidatorShare: Ppm;
  /** At the end of its ramp; `getMinPositionValue` reads the one in force. */
  minPositionValue: Wad;
  /** Most that insurance adds to a liquidator's reward; the trading fee of the closed notional is the other limit. */
  liquidationBounty: Wad;
  deleverageWindow: number;
  settlementDelay: number;
};

/** The rates of funding and borrowing. WAD per second unless stated otherwise. */
export type MarketRates = {
  /** Of the notional; longs pay shorts above zero. */
  fundingRate: Wad;
  /** Per second squared; zero when the rate is at its cap. */
  fundingVelocity: Wad;
  /** Of a taker's own notional. */
  longBorrowingRate: Wad;
  shortBorrowingRate: Wad;
  /** Fees of one unit of base in the next hour if no action changes the market, WAD quote. */
  nextHour: { takerLong: Fees; takerShort: Fees; makerLong: Fees; makerShort: Fees };
};

/** A market. Amounts and sizes WAD unless stated otherwise, margin ratios in parts per million. */
export type Market = MarketRates & {
  marketId: bigint;
  /** Reduce-only in the grace period after a pause or a reported outage of the price. */
  status: MarketStatus;
  /**
   * No account is liquidated before this time, in seconds: the end of the grace period after a pause or a reported outage
   * of the price. Undefined when the market was never paused and no outage was reported. An outage of an L2's sequencer is
   * not contained.
   */
  graceEndsAt: bigint | undefined;
  rules: MarketRules;
  /** In force now. */
  initialMarginRatio: Ppm;
  /** In force now. */
  maintenanceMarginRatio: Ppm;
  /** In force from `rampEnd` (seconds) on. */
  target: { initialMarginRatio: Ppm; maintenanceMarginRatio: Ppm; rampEnd: number };
  /** The last stored price at any age, and its publish time (seconds); undefined before the first. */
  lastPrice: { price: Wad; publishTime: bigint } | undefined;
  /** Funding and borrowing do not accrue. */
  isFrozen: boolean;
  openInterest: { takerLong: Wad; takerShort: Wad; makerLong: Wad; makerShort: Wad };
  /** Net position of all takers. */
  skew: Wad;
  /** Capacity of all makers as the Vault stores it. A maker may defer a change below 1/64 of its capacity. */
  capacity: { makerLong: Wad; makerShort: Wad };
  /** The used share of the makers' capacity, by long takers and by short takers. */
  utilization: { long: Wad; short: Wad };
  insurance: Wad;
  badDebt: Wad;
  /** The market's token balance, in the collateral's own decimals. */
  balance: CollateralAmount;
  makers: readonly Address[];
} & MarketPrice;

/** The fresh price and its confidence; undefined while there is none, with the reason. `priceError` tells which. */
export type MarketPrice =
  | { price: Wad; confidence: Wad; priceError: undefined }
  | { price: undefined; confidence: undefined; priceError: Unavailable };

type RawMarket = ContractFunctionReturnType<readonly [typeof getMarket], "view", "getMarket">;

/** The {@link Market} in a result of the lens. */
export function* marketOf(raw: RawMarket): Steps<Market> {
  return {
    ...marketRatesOf(raw),
    marketId: raw.marketId,
    status: marketStatusOf(raw.status),
    graceEndsAt: raw.rules.resumedAt === 0 ? undefined : BigInt(raw.rules.resumedAt) + GRACE_PERIOD,
    rules: marketRulesOf({ ...raw.rules, ...raw.backstopRules }),
    initialMarginRatio: Number(raw.initialMarginRatio),
    maintenanceMarginRatio: Number(raw.maintenanceMarginRatio),
    target: {
      initialMarginRatio: Number(raw.targetInitialMarginRatio),
      maintenanceMarginRatio: Number(raw.targetMaintenanceMarginRatio),
      rampEnd: Number(raw.rampEnd),
    },
    ...(raw.price === 0n
      ? { price: undefined, confidence: undefined, priceError: yield* unavailableIn(raw.priceError) }
      : { price: raw.price, confidence: raw.confidence, priceError: undefined }),
    lastPrice: raw.lastPrice === 0n ? undefined : { price: raw.lastPrice, publishTime: raw.lastPublishTime },
    isFrozen: raw.isFrozen,
    openInterest: {
      takerLong: raw.takerLong,
      takerShort: raw.takerShort,
      makerLong: raw.makerLong,
      makerShort: raw.makerShort,
    },
    skew: raw.skew,
    capacity: { makerLong: raw.makerLongCapacity, makerShort: raw.makerShortCapacity },
    utilization: { long: raw.longUtilRatio, short: raw.shortUtilRatio },
    insurance: raw.insurance,
    badDebt: raw.badDebt,
    balance: raw.balanceXCD,
    makers: raw.makers,
  };
}

/** The {@link MarketRates} among the fields of a market. */
export const marketRatesOf = (raw: RawMarket): MarketRates => {
  const { fundingRate, fundingVelocity, longBorrowingRate, shortBorrowingRate, nextHour } = raw;
  return { fundingRate, fundingVelocity, longBorrowingRate, shortBorrowingRate, nextHour };
};

/** The {@link MarketRules} among the contracts' rules, without their two statuses: `getMarketStatus` reads those as one. */
export const marketRulesOf = (rules: MarketRules): MarketRules => {
  const { priceBand, tradingFee, liquidationPenalty, liquidatorShare } = rules;
  const { minPositionValue, liquidationBounty, deleverageWindow, settlementDelay } = rules;
  return {
    priceBand,
    tradingFee,
    liquidationPenalty,
    liquidatorShare,
    minPositionValue,
    liquidationBounty,
    deleverageWindow,
    settlementDelay,
  };
};
