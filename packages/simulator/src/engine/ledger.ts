import { amounts, fees, margin, position } from "@counterpoise/sdk/math";
import type { AccountId, Booking, MarginChange } from "./bookings.js";
import { abs, max, min, positivePart } from "./integers.js";
import type { FeeSettings, MarketParameters } from "./parameters.js";
import { Rejection } from "./rejection.js";

type Stored = position.StoredPosition;

/** One account at a price (`AccountState`). Amounts WAD, margin after pending fees. */
export type AccountState = {
  size: bigint;
  openNotional: bigint;
  margin: bigint;
  value: bigint;
  isMaker: boolean;
  lastFillAt: bigint;
  closes: bigint;
  maintenanceMarginRatio: number;
  insurance: bigint;
};

/** A fill, from the taker's side. WAD. */
export type FillTerms = {
  taker: AccountId;
  maker: AccountId;
  base: bigint;
  quote: bigint;
  /** The oracle's price. */
  price: bigint;
  /** Of the price, seconds. */
  publishTime: bigint;
  tradingFee: bigint;
};

/** Both sides of a settled fill, for the checks of margin. */
export type Settlement = { taker: margin.FillSide; maker: margin.FillSide };

/** `SCALE_UNIT`: the Vault stores capacities in whole units of it, WAD base. */
const SCALE_UNIT = 10n ** 15n;
/** A maker defers a change of its capacity below 1 / `SMALL_CHANGE` of it. */
const SMALL_CHANGE = 64n;
/** `MarketScalesLib.MAX_SCALE`: 56 bits of units. */
const MAX_SCALE = (2n ** 56n - 1n) * SCALE_UNIT;

/**
 * The ledger of one market (Vault.sol): positions, funds, the market's balance, insurance and accrued fees. It has no prices, makers
 * or rules of trades. Every change is a {@link Booking}.
 */
export class Ledger {
  /** Seconds. */
  time = 0n;
  /** In the collateral's own decimals. */
  balance = 0n;
  /** WAD; below zero: bad debt. */
  insurance = 0n;
  fees: fees.FeeState = fees.empty;
  rates: fees.FeeRates;
  readonly positions = new Map<AccountId, Stored>();
  /** WAD per unit of the collateral. */
  readonly collateralScale: bigint;
  /** The last result of {@link feesNow}, and its inputs. */
  #accrued: { stored: fees.FeeState; rates: fees.FeeRates; time: bigint; state: fees.FeeState };
  readonly #capacities = new Map<AccountId, { long: bigint; short: bigint }>();
  /** Drawn from the maker's margin in the fill in progress, WAD. */
  #drawn = 0n;
  #undo: (() => void)[] | undefined;
  #pending: Booking[] = [];

  constructor(
    readonly parameters: MarketParameters,
    /** Receives the bookings of each operation after it has succeeded. */
    readonly record: (booking: Booking) => void,
  ) {
    this.collateralScale = 10n ** BigInt(18 - parameters.collateralDecimals);
    this.rates = ratesOf(parameters.fees);
    this.#accrued = { stored: this.fees, rates: this.rates, time: this.time, state: this.fees };
  }

  // ---- atomic operations ----

  /** Runs an operation that changes everything or, when it throws, nothing. */
  atomically<result>(operation: () => result): result {
    if (this.#undo) return operation();
    this.#undo = [];
    try {
      const result = this.nested(operation);
      for (const booking of this.#pending) this.record(booking);
      return result;
    } finally {
      this.#undo = undefined;
      this.#pending = [];
    }
  }

  /** Runs a step of an operation that changes everything or, when it throws, nothing. The operation may go on without it. */
  nested<result>(step: () => result): result {
    const { balance, insurance, fees: accrued, rates } = this;
    const [outer, bookings] = [this.#undo, this.#pending.length];
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      const result = step();
      outer?.push(...undo);
      return result;
    } catch (error) {
      for (const revert of undo.reverse()) revert();
      Object.assign(this, { balance, insurance, fees: accrued, rates });
      this.#pending.length = bookings;
      this.#drawn = 0n;
      throw error;
    } finally {
      this.#undo = outer;
    }
  }

  /** Tells how to revert a change that was made outside the ledger, if the operation fails later. */
  onFailure(revert: () => void): void {
    this.#undo?.push(revert);
  }

  /** Adds a booking to those of the operation. */
  book(booking: Booking): void {
    if (this.#undo) this.#pending.push(booking);
    else this.record(booking);
  }

  #set<value>(map: Map<AccountId, value>, account: AccountId, value: value): void {
    const before = map.get(account);
    this.onFailure(() => {
      if (before === undefined) map.delete(account);
      else map.set(account, before);
    });
    map.set(account, value);
  }

  // ---- reads ----

  positionOf(account: AccountId): Stored {
    return this.positions.get(account) ?? position.flat;
  }

  /** Fees accrued to this second, not stored. */
  get feesNow(): fees.FeeState {
    const { stored, rates, time } = this.#accrued;
    if (stored !== this.fees || rates !== this.rates || time !== this.time) {
      const state = fees.advance(this.fees, this.rates, this.time);
      this.#accrued = { stored: this.fees, rates: this.rates, time: this.time, state };
    }
    return this.#accrued.state;
  }

  /** An account at a price, after pending fees. */
  stateOf(account: AccountId, price: bigint, accrued = this.feesNow): AccountState {
    const stored = this.positionOf(account);
    const { size, openNotional, isMaker, lastFillAt, closes } = stored;
    const left = stored.margin - this.#pendingOf(stored, accrued);
    const value = position.value({ size, openNotional, margin: left }, price);
    const { insurance } = this;
    const { maintenanceMarginRatio } = this.parameters.rules;
    return { size, openNotional, margin: left, value, isMaker, lastFillAt, closes, maintenanceMarginRatio, insurance };
  }

  /** Fees that an account owes (above zero) or receives, not settled yet. WAD quote. */
  pendingFees(account: AccountId): { funding: bigint; borrowing: bigint } {
    return fees.pending(this.positionOf(account), this.feesNow, this.rates.indexDecimals);
  }

  // ---- accrual ----

  /** Stores the accrued fees. Later time accrues at `price`, WAD. */
  accrueAt(price: bigint): fees.FeeState {
    this.fees = { ...this.feesNow, price };
    return this.fees;
  }

  /** A maker's report of its capacity, WAD base. Small changes wait. */
  reportCapacity(maker: AccountId, long: bigint, short: bigint): void {
    const counted = this.#capacities.get(maker) ?? { long: 0n, short: 0n };
    const isSmall = (before: bigint, after: bigint) => abs(after - before) * SMALL_CHANGE < before || after === before;
    if (isSmall(counted.long, long) && isSmall(counted.short, short)) return;
    if (this.rates.maxBorrowingRate !== 0n) this.fees = this.feesNow;
    const { makerLongCapacity, makerShortCapacity } = this.rates;
    const room = (others: bigint, capacity: bigint) => (min(capacity, MAX_SCALE - others) / SCALE_UNIT) * SCALE_UNIT;
    const [othersLong, othersShort] = [makerLongCapacity - counted.long, makerShortCapacity - counted.short];
    const after = { long: room(othersLong, long), short: room(othersShort, short) };
    this.#set(this.#capacities, maker, after);
    this.rates = {
      ...this.rates,
      makerLongCapacity: othersLong + after.long,
      makerShortCapacity: othersShort + after.short,
    };
  }

  // ---- collateral ----

  /** Registers an account as a maker. */
  registerMaker(maker: AccountId): void {
    this.#set(this.positions, maker, { ...this.positionOf(maker), isMaker: true });
  }

  /** Adds collateral that arrived to a margin. */
  receive(account: AccountId, amountXCD: bigint): void {
    if (amountXCD === 0n) throw new Rejection("ZeroAmount");
    this.#addMargin(account, amountXCD * this.collateralScale);
    this.balance += amountXCD;
    this.book({ type: "MarginReceived", account, amountXCD });
  }

  /** Pays collateral out of a margin without a check of the margin (L3). */
  payOut(account: AccountId, amountXCD: bigint): void {
    if (amountXCD === 0n) throw new Rejection("ZeroAmount");
    if (amountXCD > this.balance) {
      throw new Rejection("InsufficientMarketBalance", { amountXCD, available: this.balance });
    }
    this.balance -= amountXCD;
    this.#addMargin(account, -amountXCD * this.collateralScale);
    this.book({ type: "MarginPaidOut", account, amountXCD });
  }

  /** Pays collateral out of a maker's margin for the hedge of the fill in progress; see {@link settle}. */
  draw(maker: AccountId, amountXCD: bigint): void {
    this.#drawn += amountXCD * this.collateralScale;
    this.payOut(maker, amountXCD);
  }

  /** Pays collateral out of free margin (L6). @param price returns the price of an open position, WAD. */
  withdraw(account: AccountId, amountXCD: bigint, price: (lastFillAt: bigint) => bigint): void {
    this.payOut(account, amountXCD);
    const stored = this.positionOf(account);
    const { left, required } = stored.size === 0n ? { left: stored.margin, required: 0n } : this.#free(stored, price);
    if (left < 0n || left < required) throw new Rejection("InsufficientMargin", { left, required });
  }

  /** Collateral that {@link withdraw} would pay, in its own decimals, down. */
  withdrawable(account: AccountId, price: (lastFillAt: bigint) => bigint): bigint {
    const stored = this.positionOf(account);
    const { left, required } = stored.size === 0n ? { left: stored.margin, required: 0n } : this.#free(stored, price);
    return left <= required ? 0n : min((left - required) / this.collateralScale, this.balance);
  }

  /** Margin that counts in a withdrawal, and the initial requirement. Unrealised profit does not count. */
  #free(stored: Stored, priceAfter: (lastFillAt: bigint) => bigint): { left: bigint; required: bigint } {
    const price = priceAfter(stored.lastFillAt);
    const paid = stored.margin - this.#pendingOf(stored, this.feesNow);
    const left = min(paid, position.value({ ...stored, margin: paid }, price));
    const notional = amounts.notionalCeil(stored.size, price);
    return { left, required: margin.requirementCeil(notional, this.parameters.rules.initialMarginRatio) };
  }

  // ---- fills ----

  /** Settles a fill of both sides: fees accrue, positions change. The caller has accrued in this second. */
  settle(terms: FillTerms): Settlement {
    const taker = this.#settleSide(terms, true);
    const maker = this.#settleSide(terms, false);
    if (terms.tradingFee !== 0n) {
      this.insurance += terms.tradingFee;
      this.book({ type: "TradingFeePaid", taker: terms.taker, amount: terms.tradingFee });
    }
    const { taker: takerId, maker: makerId, base, quote, price } = terms;
    this.book({
      type: "PositionsChanged",
      ...{ taker: takerId, maker: makerId, base, quote, price, takerMargin: taker.change, makerMargin: maker.change },
    });
    this.#checkDrawn(makerId, maker.change.realizedPnl);
    return { taker: taker.side, maker: maker.side };
  }

  /** A maker that drew ends with a margin of zero or more, or with a realised profit that covers the draw (H3). */
  #checkDrawn(maker: AccountId, realizedPnl: bigint): void {
    const drawn = this.#drawn;
    this.#drawn = 0n;
    const { margin: left } = this.positionOf(maker);
    if (drawn !== 0n && left < 0n && realizedPnl < drawn) throw new Rejection("DrawnBelowZero", { margin: left });
  }

  #settleSide(terms: FillTerms, isTaker: boolean): { side: margin.FillSide; change: MarginChange } {
    const account = isTaker ? terms.taker : terms.maker;
    const stored = this.positionOf(account);
    const { funding, borrowing } = fees.pending(stored, this.fees, this.rates.indexDecimals);
    const paid = { ...stored, margin: stored.margin - funding - borrowing };
    const sign = isTaker ? 1n : -1n;
    const fill = { base: sign * terms.base, quote: sign * terms.quote };
    const { position: after, realizedPnl } = position.applyFill(paid, fill);
    if (isTaker) after.margin -= terms.tradingFee;
    this.fees = fees.move(this.fees, { isMaker: stored.isMaker, before: stored.size, after: after.size });
    after.lastFillAt = after.size === 0n && !stored.isMaker ? 0n : max(stored.lastFillAt, terms.publishTime);
    after.fundingIndex = this.fees.fundingIndex;
    after.borrowingIndex = fees.borrowingIndexOf(this.fees, stored.isMaker, after.size);
    this.#set(this.positions, account, after);
    const [valueBefore, valueAfter] = [position.value(paid, terms.price), position.value(after, terms.price)];
    const side = { sizeBefore: stored.size, sizeAfter: after.size, valueBefore, valueAfter };
    return { side, change: { realizedPnl, funding, borrowing } };
  }

  /** Moves a penalty: the rest goes to insurance or comes from it. A reward must not create bad debt. WAD. */
  settlePenalty(account: AccountId, liquidator: AccountId, accountDelta: bigint, liquidatorDelta: bigint): void {
    this.#addMargin(account, accountDelta);
    this.#addMargin(liquidator, liquidatorDelta);
    const toInsurance = -accountDelta - liquidatorDelta;
    if (toInsurance < 0n && this.insurance < -toInsurance) {
      throw new Rejection("InsufficientInsurance", { amount: -toInsurance, insurance: this.insurance });
    }
    this.insurance += toInsurance;
    this.book({ type: "PenaltySettled", account, liquidator, accountDelta, liquidatorDelta });
  }

  /** Adds collateral to the insurance, which covers bad debt first; in the collateral's own decimals. */
  donate(donor: AccountId, amountXCD: bigint): void {
    if (amountXCD === 0n) throw new Rejection("ZeroAmount");
    this.balance += amountXCD;
    this.insurance += amountXCD * this.collateralScale;
    this.book({ type: "InsuranceDonated", donor, amountXCD });
  }

  /** Insurance pays the negative margin of an account without a position; beyond insurance it becomes bad debt. */
  coverShortfall(account: AccountId): void {
    const { size, margin: debt } = this.positionOf(account);
    if (size !== 0n || debt >= 0n) throw new Rejection("NoShortfall", { size, margin: debt });
    this.#addMargin(account, -debt);
    this.insurance += debt;
    this.book({ type: "ShortfallCovered", account, amount: -debt, insurance: this.insurance });
  }

  /** Insurance that can pay, WAD. */
  get availableInsurance(): bigint {
    return positivePart(this.insurance);
  }

  #addMargin(account: AccountId, change: bigint): void {
    const stored = this.positionOf(account);
    this.#set(this.positions, account, { ...stored, margin: stored.margin + change });
  }

  #pendingOf(stored: Stored, accrued: fees.FeeState): bigint {
    const { funding, borrowing } = fees.pending(stored, accrued, this.rates.indexDecimals);
    return funding + borrowing;
  }
}

const ratesOf = (settings: FeeSettings): fees.FeeRates => ({
  ...settings,
  makerLongCapacity: 0n,
  makerShortCapacity: 0n,
});
