import type { Address, ContractFunctionReturnType } from "viem";
import type { exchangeLensAbi } from "../generated/abis.js";
import type { Fees } from "./account.js";
import { type Unavailable, unavailableOf } from "./failure.js";
import { type MarketStatus, marketStatusOf } from "./market-status.js";

/** The rules of trades and liquidations in a market. Ratios in parts per million, amounts WAD, times seconds. */
export type MarketRules = {
  priceBand: number;
  tradingFee: number;
  liquidationPenalty: number;
  liquidatorShare: number;
  /** At the end of its ramp; `getMinPositionValue` reads the one in force. */
  minPositionValue: bigint;
  /** Most that insurance adds to a liquidator's reward; the trading fee of the closed notional is the other limit. */
  liquidationBounty: bigint;
  deleverageWindow: number;
  settlementDelay: number;
};

/** The rates of funding and borrowing. WAD per second unless stated otherwise. */
export type MarketRates = {
  /** Of the notional; longs pay shorts above zero. */
  fundingRate: bigint;
  /** Per second squared; zero when the rate is at its cap. */
  fundingVelocity: bigint;
  /** Of a taker's own notional. */
  longBorrowingRate: bigint;
  shortBorrowingRate: bigint;
  /** Fees of one unit of base in the next hour if no action changes the market, WAD quote. */
  nextHour: { takerLong: Fees; takerShort: Fees; makerLong: Fees; makerShort: Fees };
};

/** A market. Amounts and sizes WAD unless stated otherwise, margin ratios in parts per million. */
export type Market = MarketRates & {
  marketId: bigint;
  status: MarketStatus;
  rules: MarketRules;
  /** In force now. */
  initialMarginRatio: number;
  /** In force now. */
  maintenanceMarginRatio: number;
  /** In force from `rampEnd` (seconds) on. */
  target: { initialMarginRatio: number; maintenanceMarginRatio: number; rampEnd: number };
  /** The fresh price; undefined when the stored price is too old. */
  price: bigint | undefined;
  confidence: bigint | undefined;
  priceError: Unavailable | undefined;
  /** The last stored price at any age, and its publish time (seconds); undefined before the first. */
  lastPrice: { price: bigint; publishTime: bigint } | undefined;
  /** Funding and borrowing do not accrue. */
  isFrozen: boolean;
  openInterest: { takerLong: bigint; takerShort: bigint; makerLong: bigint; makerShort: bigint };
  /** Net position of all takers. */
  skew: bigint;
  /** Capacity of all makers as the Vault stores it. A maker may defer a change below 1/64 of its capacity. */
  capacity: { makerLong: bigint; makerShort: bigint };
  /** The used share of the makers' capacity, by long takers and by short takers. */
  utilization: { long: bigint; short: bigint };
  insurance: bigint;
  badDebt: bigint;
  /** The market's token balance, in the collateral's own decimals. */
  balance: bigint;
  makers: readonly Address[];
};

type RawMarket = ContractFunctionReturnType<typeof exchangeLensAbi, "view", "getMarket">;

/** The {@link Market} in a result of the lens. */
export function marketOf(raw: RawMarket): Market {
  const hasPrice = raw.price !== 0n;
  return {
    ...marketRatesOf(raw),
    marketId: raw.marketId,
    status: marketStatusOf(raw.status),
    rules: marketRulesOf({ ...raw.rules, ...raw.backstopRules }),
    initialMarginRatio: Number(raw.initialMarginRatio),
    maintenanceMarginRatio: Number(raw.maintenanceMarginRatio),
    target: {
      initialMarginRatio: Number(raw.targetInitialMarginRatio),
      maintenanceMarginRatio: Number(raw.targetMaintenanceMarginRatio),
      rampEnd: Number(raw.rampEnd),
    },
    price: hasPrice ? raw.price : undefined,
    confidence: hasPrice ? raw.confidence : undefined,
    priceError: unavailableOf(raw.priceError),
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
