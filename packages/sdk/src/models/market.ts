import type { MarketRates, MarketRules } from "../entities/market.js";
import type { MarketStatus } from "../entities/market-status.js";
import * as fees from "../maths/fees.js";
import { abs, mulDivUp, PPM, positivePart, WAD } from "../maths/integers.js";
import { type MarginRamp, ratiosAt } from "../maths/margin.js";
import { flat } from "../maths/position.js";
import { type CollateralAmount, InvalidAmountError, type Ppm, type Wad } from "../units.js";
import { type Fill, PriceRequiredError } from "./fill.js";

/** The state from which a {@link Market} computes, as `loadMarket` reads it. */
export type MarketData = {
  marketId: bigint;
  /** The block of the state; undefined for a state that no block has. */
  blockNumber: bigint | undefined;
  /** Unix seconds. */
  time: bigint;
  status: MarketStatus;
  rules: MarketRules;
  /** In force at the time of the read, WAD quote. */
  minPositionValue: Wad;
  ramp: MarginRamp;
  /** At the market's last update, before `time`: accruing in parts would round differently. */
  stored: fees.FeeState;
  rates: fees.FeeRates;
  /** WAD quote; below zero: bad debt. */
  insurance: Wad;
  /** The market's tokens, in the collateral's own decimals. */
  balance: CollateralAmount;
  /** WAD per unit of the collateral. */
  collateralScale: bigint;
  /** The oracle's price and confidence, WAD, and its publish time, seconds. Undefined without a fresh price. */
  price: { price: Wad; confidence: Wad; publishTime: bigint } | undefined;
};

/** An error with which the exchange would reject a trade, and its named values as the contracts report them. */
export type Obstacle = { errorName: string; named: Record<string, bigint | string> };

/**
 * A market at one moment, immutable. Its values equal those of the lens at the same block and time, to the last wei. `at`, `withPrice`
 * and `apply` return another market.
 *
 * @example
 * const market = await loadMarket(client, { deployment });
 * market.at(market.time + 86_400n).rates.fundingRate; // in a day, if no account trades; WAD per second
 */
export class Market {
  readonly #data: MarketData;
  #fees: fees.FeeState | undefined;

  constructor(data: MarketData) {
    this.#data = data;
  }

  get marketId(): bigint {
    return this.#data.marketId;
  }
  /** Undefined for a state that no block has: after `at` and `apply`. */
  get blockNumber(): bigint | undefined {
    return this.#data.blockNumber;
  }
  /** Unix seconds. */
  get time(): bigint {
    return this.#data.time;
  }
  get status(): MarketStatus {
    return this.#data.status;
  }
  get rules(): MarketRules {
    return this.#data.rules;
  }
  /** WAD quote. */
  get minPositionValue(): Wad {
    return this.#data.minPositionValue;
  }
  /** WAD; undefined without a fresh price. */
  get price(): Wad | undefined {
    return this.#data.price?.price;
  }
  /** WAD; undefined without a fresh price. */
  get confidence(): Wad | undefined {
    return this.#data.price?.confidence;
  }
  /** Unix seconds; undefined without a fresh price. */
  get publishTime(): bigint | undefined {
    return this.#data.price?.publishTime;
  }
  /** In force, ppm of current notional. */
  get initialMarginRatio(): Ppm {
    return ratiosAt(this.#data.ramp, this.time).initialMarginRatio;
  }
  /** In force, ppm of current notional. */
  get maintenanceMarginRatio(): Ppm {
    return ratiosAt(this.#data.ramp, this.time).maintenanceMarginRatio;
  }
  /** Accrued to `time`. */
  get fees(): fees.FeeState {
    const { stored, rates, time } = this.#data;
    this.#fees ??= fees.advance(stored, rates, time);
    return this.#fees;
  }
  get feeRates(): fees.FeeRates {
    return this.#data.rates;
  }
  /** WAD quote; below zero: bad debt. */
  get insurance(): Wad {
    return this.#data.insurance;
  }
  /** In the collateral's own decimals. */
  get balance(): CollateralAmount {
    return this.#data.balance;
  }
  /** WAD per unit of the collateral. */
  get collateralScale(): bigint {
    return this.#data.collateralScale;
  }
  /** Funding and borrowing do not accrue. */
  get isFrozen(): boolean {
    return this.fees.updatedAt === fees.FROZEN;
  }
  /** WAD base. */
  get openInterest(): { takerLong: Wad; takerShort: Wad; makerLong: Wad; makerShort: Wad } {
    const { takerLong, takerShort, makerLong } = this.fees;
    return { takerLong, takerShort, makerLong, makerShort: fees.makerShort(this.fees) };
  }
  /** Net position of all takers, WAD base. */
  get skew(): Wad {
    return this.fees.takerLong - this.fees.takerShort;
  }
  /** The used share of the makers' capacity, by long takers and by short takers, WAD, rounded down. */
  get utilization(): { long: Wad; short: Wad } {
    const of = (net: bigint, capacity: bigint) => (net <= 0n ? 0n : net >= capacity ? WAD : (net * WAD) / capacity);
    const { makerLongCapacity, makerShortCapacity } = this.feeRates;
    return { long: of(this.skew, makerShortCapacity), short: of(-this.skew, makerLongCapacity) };
  }

  /** The rates of funding and borrowing, and the fees of one unit of base in the next hour, as `getRates` reads them. */
  get rates(): MarketRates {
    const { fees: state, feeRates } = this;
    const none = { funding: 0n, borrowing: 0n };
    const rates = {
      fundingRate: fees.fundingRate(state, feeRates),
      fundingVelocity: 0n,
      longBorrowingRate: 0n,
      shortBorrowingRate: 0n,
      nextHour: { takerLong: none, takerShort: none, makerLong: none, makerShort: none },
    };
    if (this.isFrozen) return rates;
    rates.fundingVelocity = fees.fundingVelocity(state, feeRates);
    const rate = fees.borrowingRate(state, feeRates);
    if (this.skew > 0n) rates.longBorrowingRate = mulDivUp(rate, this.skew, state.takerLong);
    if (this.skew < 0n) rates.shortBorrowingRate = mulDivUp(rate, -this.skew, state.takerShort);
    const later = fees.advance(state, feeRates, this.time + 3_600n);
    const unit = (size: bigint, isMaker: boolean) => {
      const borrowingIndex = fees.borrowingIndexOf(state, isMaker, size);
      const position = { ...flat, size, isMaker, fundingIndex: state.fundingIndex, borrowingIndex };
      return fees.pending(position, later, feeRates.indexDecimals);
    };
    rates.nextHour = {
      takerLong: unit(WAD, false),
      takerShort: unit(-WAD, false),
      makerLong: unit(WAD, true),
      makerShort: unit(-WAD, true),
    };
    return rates;
  }

  /**
   * The market at a later time, Unix seconds, if no transaction changes it. Its price stays as it is, although the exchange may
   * consider it stale by then.
   *
   * @throws {@link InvalidAmountError} for a time before the market's.
   */
  at(time: bigint): Market {
    if (time < this.time) {
      throw new InvalidAmountError({ field: "time", value: time, accepted: `Unix seconds from ${this.time} on` });
    }
    if (time === this.time) return this;
    return this.#with({ time });
  }

  /**
   * The market at another oracle price and confidence, WAD.
   *
   * @throws {@link InvalidAmountError} for a price outside 1 to 2^128 - 1.
   */
  withPrice(price: Wad, confidence: Wad = 0n): Market {
    if (price <= 0n || price >= 2n ** 128n) {
      throw new InvalidAmountError({ field: "price", value: price, accepted: "a WAD price from 1 to 2^128 - 1" });
    }
    return this.#with({ price: { price, confidence, publishTime: this.publishTime ?? this.time } });
  }

  /** The market after a fill: later time accrues at its price, and the sums of positions have changed. */
  apply({ base, tradingFee, price, taker, maker }: Fill): Market {
    const accrued = { ...this.fees, price };
    const moved = fees.move(accrued, { isMaker: false, before: taker.size, after: taker.size + base });
    return this.#with({
      stored: fees.move(moved, { isMaker: true, before: maker.size, after: maker.size - base }),
      insurance: this.insurance + tradingFee,
    });
  }

  /** The market with more tokens, in the collateral's own decimals; with fewer below zero. */
  addBalance(amount: CollateralAmount): Market {
    return this.#with({ balance: this.balance + amount });
  }

  /** The taker's trading fee for an amount of quote, WAD, rounded up. */
  tradingFeeOf(quote: Wad): Wad {
    return mulDivUp(abs(quote), BigInt(this.rules.tradingFee), PPM);
  }

  /**
   * The reason for which the exchange would reject an increase at the price of a fill: the market's status and its price band.
   * Undefined without one.
   */
  increaseObstacle({ base, quote, price }: Pick<Fill, "base" | "quote" | "price">): Obstacle | undefined {
    if (this.status !== "active") return { errorName: "MarketNotActive", named: { status: this.status } };
    const paid = abs(quote) * WAD * PPM;
    const fair = abs(base) * price;
    const band = BigInt(this.rules.priceBand);
    if (paid <= fair * (PPM + band) && paid >= fair * (PPM - band)) return undefined;
    const tradePrice = base === 0n ? 0n : (abs(quote) * WAD) / abs(base);
    return { errorName: "PriceBandExceeded", named: { tradePrice, oraclePrice: price, priceBand: band } };
  }

  /**
   * The price, WAD.
   *
   * @throws {@link PriceRequiredError} without one.
   */
  priceFor(field: string): Wad {
    if (this.price === undefined) throw new PriceRequiredError({ field });
    return this.price;
  }

  /** The insurance that is left, WAD quote, not below zero. */
  get availableInsurance(): Wad {
    return positivePart(this.insurance);
  }

  #with(change: Partial<MarketData>): Market {
    return new Market({ ...this.#data, blockNumber: undefined, ...change });
  }
}
