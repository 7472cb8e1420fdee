// The settings of a market and of its makers. Ratios in parts per million, times in seconds, amounts WAD unless stated otherwise.

/** Limits of the oracle. */
export type OracleLimits = {
  /** Oldest price of a trade. */
  maxAge: number;
  /** Oldest price of a liquidation. */
  maxLiquidationAge: number;
  /** Oldest price of a withdrawal, and of a liquidation against an OracleMaker. */
  freshAge: number;
  /** Widest confidence at which positions increase; zero: any. */
  maxConfidence: number;
};

/** Rules of trades, liquidations and shortfalls. */
export type MarketRules = {
  initialMarginRatio: number;
  maintenanceMarginRatio: number;
  priceBand: number;
  tradingFee: number;
  liquidationPenalty: number;
  liquidatorShare: number;
  minPositionValue: bigint;
  liquidationBounty: bigint;
  deleverageWindow: number;
};

/** Rates of funding and borrowing. A rate of zero: none. */
export type FeeSettings = {
  /** Decimals of the fee indices. */
  indexDecimals: bigint;
  /** WAD per second. */
  maxFundingRate: bigint;
  /** WAD per second squared. */
  maxFundingVelocity: bigint;
  skewScale: bigint;
  /** WAD per second. */
  maxBorrowingRate: bigint;
};

export type OracleMakerSettings = {
  maxSpread: number;
  maxAbsPosition: bigint;
  minMarginRatio: number;
  lpFee: number;
  confidenceFactor: number;
  maxConfidencePremium: number;
};

/** A market. */
export type MarketParameters = {
  /** Decimals of the collateral. */
  collateralDecimals: number;
  oracle: OracleLimits;
  rules: MarketRules;
  fees: FeeSettings;
};

/** How a hedged vault hedges. */
export type HedgeSettings = {
  /** Maximum distance of a hedge from the oracle's price when the taker increases. */
  maxHedgeDeviation: number;
  minMarginRatio: number;
  /** The maker's share of the swap's price. */
  spread: number;
  /** Maximum funding that the maker pays while its position grows, of its notional per day; zero: no limit. */
  maxCarry: number;
};

export type QuoteVaultSettings = HedgeSettings & {
  targetMarginRatio: number;
  reserveRatio: number;
  rebalanceBand: number;
  deleverageRatio: number;
  keeperFeeRatio: number;
  /** In the collateral's own decimals. */
  maxKeeperFee: bigint;
  keeperInterval: number;
};
