import { BaseError } from "viem";
import type { OrderRequest } from "../entities/order.js";
import { abs, mulDivDown, WAD } from "../maths/integers.js";
import type { Wad } from "../units.js";
import type { Account } from "./account.js";
import type { Fill } from "./fill.js";
import type { Market, Obstacle } from "./market.js";

/** An order to quote. Without a `taker`, the quote is for a new account. */
export type QuoteRequest = Pick<OrderRequest, "isBaseToQuote" | "isExactInput" | "amount"> & {
  /** The account that trades, at the same moment as the maker. */
  taker?: Account | undefined;
};

/** A maker's quote. WAD. */
export type Quote = {
  /** Received (above zero) or given by the taker. */
  base: Wad;
  /** Received (above zero) or given by the taker. */
  quote: Wad;
  /** |quote / base|, rounded down; zero for a fill of nothing. */
  averagePrice: Wad;
  /** The taker's loss against the oracle price, WAD quote, rounded up; the maker's fee is part of it. */
  impact: Wad;
  /** The maker's own fee or spread, WAD quote, rounded down. */
  makerFee: Wad;
  /** The exchange's fee, WAD quote, rounded up. */
  tradingFee: Wad;
  /** The trade, for `apply`. */
  fill: Fill;
  /** The reason for which the maker's side would fail, as the contracts report it; undefined without one. */
  obstacle: Obstacle | undefined;
};

/** The parts of a {@link Quote} that follow from the taker's amounts. */
export function quoteOf(
  { market, price, maker, taker }: { market: Market; price: Wad; maker: Account; taker: Account | undefined },
  { base, quote, makerFee }: { base: Wad; quote: Wad; makerFee: Wad },
): Omit<Quote, "obstacle"> {
  const tradingFee = market.tradingFeeOf(quote);
  const fill = { base, quote, tradingFee, price, taker: { size: taker?.size ?? 0n }, maker: { size: maker.size } };
  const averagePrice = base === 0n ? 0n : mulDivDown(abs(quote), WAD, abs(base));
  // The value of the base that the taker receives, less the quote that it pays.
  const impact = -((base * price) / WAD + quote);
  return { base, quote, averagePrice, impact, makerFee, tradingFee, fill };
}

/** A maker would reject an order; `obstacle` has the reason as the contracts report it. */
export class QuoteRejectedError extends BaseError {
  override name = "QuoteRejectedError";
  readonly obstacle: Obstacle;
  constructor(obstacle: Obstacle) {
    const named = Object.entries(obstacle.named).map(([name, value]) => `${name} ${value}`);
    super(
      `The maker would reject the order: ${obstacle.errorName}${named.length > 0 ? ` (${named.join(", ")})` : ""}.`,
    );
    this.obstacle = obstacle;
  }
}
