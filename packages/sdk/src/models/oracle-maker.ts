import type { OracleMakerParameters } from "../actions/oracle-maker.js";
import { isReducedBy, notionalCeil } from "../maths/amounts.js";
import { abs, min, WAD } from "../maths/integers.js";
import * as curve from "../maths/inventory-curve.js";
import { isBelow, requirementCeil } from "../maths/margin.js";
import type { Ppm, Wad } from "../units.js";
import type { Account } from "./account.js";
import type { Fill } from "./fill.js";
import type { Market, Obstacle } from "./market.js";
import { type Quote, type QuoteRequest, quoteOf } from "./quote.js";

/** The state from which an {@link OracleMaker} computes, as `loadOracleMaker` reads it. */
export type OracleMakerData = { account: Account; parameters: OracleMakerParameters };

/**
 * An OracleMaker at one moment, immutable. Its quotes equal those of the contract at the same block, to the last wei.
 *
 * @example
 * const maker = await loadOracleMaker(client, { deployment });
 * maker.quote({ isBaseToQuote: false, isExactInput: false, amount: parseWad("1") }).averagePrice; // 2000100000000000000000n
 */
export class OracleMaker {
  readonly #data: OracleMakerData;

  constructor(data: OracleMakerData) {
    this.#data = data;
  }

  get account(): Account {
    return this.#data.account;
  }
  get market(): Market {
    return this.account.market;
  }
  get parameters(): OracleMakerParameters {
    return this.#data.parameters;
  }
  /** The sizes that takers can still buy and sell, WAD base; the maker's margin may allow less. */
  get capacity(): { buys: Wad; sells: Wad } {
    const state = { inventory: this.account.size, maxAbsPosition: this.parameters.maxAbsPosition };
    return {
      buys: curve.capacity(state, { takerBuys: true }),
      sells: curve.capacity(state, { takerBuys: false }),
    };
  }
  /** The used share of the cap, by long takers and by short takers, WAD, rounded down. */
  get utilization(): { long: Wad; short: Wad } {
    const { size } = this.account;
    const ratio = min(WAD, (abs(size) * WAD) / this.parameters.maxAbsPosition);
    return size > 0n ? { long: 0n, short: ratio } : { long: ratio, short: 0n };
  }
  /**
   * Marginal prices with LP fee and confidence premium (`bid`, `ask`) and without (`reservationPrice`), WAD.
   *
   * @throws {@link PriceRequiredError} without a price.
   */
  get prices(): { bid: Wad; ask: Wad; reservationPrice: Wad } {
    const state = this.#curve("prices");
    return {
      bid: curve.marginalPrice(state, { takerBuys: false }),
      ask: curve.marginalPrice(state, { takerBuys: true }),
      reservationPrice: curve.reservationPrice(state),
    };
  }

  /**
   * Quotes an order.
   *
   * @throws {@link PriceRequiredError} without a price.
   * @throws {@link MakerCapacityExceededError} when the maker cannot take the order.
   */
  quote({ taker, ...request }: QuoteRequest): Quote {
    const state = this.#curve("quote");
    const { base, quote, fee } = curve.fill(state, request);
    const amounts = request.isBaseToQuote ? { base: -base, quote } : { base, quote: -quote };
    const { market, account: maker } = this;
    const result = quoteOf({ market, price: state.price, maker, taker }, { ...amounts, makerFee: fee });
    return { ...result, obstacle: makerObstacle(this.account, result.fill, this.parameters.minMarginRatio) };
  }

  /** The maker at a later time, Unix seconds. @throws {@link InvalidAmountError} for a time before the market's. */
  at(time: bigint): OracleMaker {
    return this.#with(this.account.at(time));
  }

  /** The maker at another oracle price and confidence, WAD. */
  withPrice(price: Wad, confidence?: Wad): OracleMaker {
    return this.#with(this.account.withPrice(price, confidence));
  }

  /** The maker after a fill. */
  apply(fill: Fill): OracleMaker {
    return this.#with(this.account.apply(fill));
  }

  #curve(field: string): curve.CurveState {
    const price = this.market.priceFor(field);
    return { ...this.parameters, price, confidence: this.market.confidence ?? 0n, inventory: this.account.size };
  }

  #with(account: Account): OracleMaker {
    return new OracleMaker({ ...this.#data, account });
  }
}

/** The reason for which the exchange or the maker would reject a fill that increases the maker's exposure. */
export function makerObstacle(maker: Account, fill: Fill, minMarginRatio: Ppm): Obstacle | undefined {
  if (fill.base === 0n) return { errorName: "ZeroAmount", named: {} };
  if (isReducedBy(maker.size, -fill.base)) return undefined;
  const after = maker.apply(fill).withPrice(fill.price);
  const accountValue = after.accountValue ?? 0n;
  const required = requirementCeil(notionalCeil(after.size, fill.price), minMarginRatio);
  if (isBelow(accountValue, required)) return { errorName: "BelowMinMarginRatio", named: { accountValue, required } };
  return maker.obstacleTo(fill);
}
