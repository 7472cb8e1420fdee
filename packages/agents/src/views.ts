/** Fixed point with 18 decimals. */
export const WAD = 10n ** 18n;

/** The market as an agent sees it. Prices are quote per base, WAD; times are seconds. */
export type MarketView = {
  time: number;
  /** The last published price. */
  price: bigint;
  /** Seconds since that price was published. Agents open no position at a price older than {@link MAX_PRICE_AGE}. */
  priceAge: number;
  /** The price that was known `seconds` ago; the first price where there was none yet. */
  priceAgo(seconds: number): bigint;
  /** The price `seconds` ahead. Only an informed agent reads it, with the noise of its information coefficient. */
  priceAhead(seconds: number): bigint;
  /** Funding per day as a ratio of the notional. Above zero longs pay shorts. */
  dailyFunding: number;
};

/** A taker's account as it sees it. */
export type AccountView = {
  /** Base, WAD. Long above zero. */
  size: bigint;
  /** Seconds since the position was opened; zero without a position. */
  heldFor: number;
  /** Seconds since the agent was last asked. */
  elapsed: number;
};

/** An LP's shares of one maker as it sees them. Ratios: 0.01 is 1%. */
export type LpView = {
  time: number;
  elapsed: number;
  /** Whether the LP owns shares of the maker. */
  hasShares: boolean;
  /** Return of a share since the LP's reference time: its entry, or its exit while it holds none. */
  shareReturn: number;
  /** Fall of the share price from its highest value since then; zero or above. */
  drawdown: number;
};

/** Prices of this age do not reflect the market, seconds. */
export const MAX_PRICE_AGE = 60;

/** The makers that an order can be for: the OracleMaker, or the hedged vault on the order's side. */
export type Venue = "oracle" | "hedged";

/** A taker's decision. */
export type Decision =
  | {
      action: "open";
      isLong: boolean /** Quote at the current price, WAD. */;
      notional: bigint;
      leverage: number;
      venue: Venue;
    }
  | { action: "close" /** Closed part of the position, in (0, 1]. */; part: number; venue: Venue };

/** A decision of an agent that moves the price. */
export type MoverDecision =
  | Extract<Decision, { action: "close" }>
  | {
      /** Opens a position and moves the price for some time. */
      action: "push";
      isLong: boolean;
      /** Quote at the current price, WAD. */
      notional: bigint;
      leverage: number;
      /** Move of the price: 0.01 is 1% up. */
      ratio: number;
      seconds: number;
    };

/** An LP's decision for one maker. */
export type LpDecision =
  | { action: "deposit" }
  | { action: "redeem" /** Redeemed part of the shares, in (0, 1]. */; part: number };

/** Return between two prices as a number. */
export const returnOf = (from: bigint, to: bigint): number => Number(((to - from) * WAD) / from) / 1e18;

/** Converts dollars to WAD quote, rounded to a cent. */
export const dollars = (amount: number): bigint => (BigInt(Math.round(amount * 100)) * WAD) / 100n;
