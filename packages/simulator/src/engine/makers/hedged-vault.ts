import { Account, HedgedMaker, type HedgedQuote, Market, QuoteRejectedError } from "@counterpoise/sdk/entities";
import { amounts, hedge, liability, margin, position } from "@counterpoise/sdk/math";
import { zeroAddress } from "viem";
import type { AccountId } from "../bookings.js";
import { abs, ceilDiv, max, min, WAD } from "../integers.js";
import type { Ledger } from "../ledger.js";
import type { LpAssets, Payout, Valuation } from "../lp/lp-vault.js";
import type { Oracle, OraclePrice } from "../oracle.js";
import type { HedgeSettings, QuoteVaultSettings } from "../parameters.js";
import { Rejection } from "../rejection.js";
import type { SpotPool, SpotSwap } from "../spot/pool.js";
import type { FillRequest, Maker } from "./maker.js";
import { rejectionOfCapacity } from "./oracle-maker.js";

/** Parts in which a gap is closed at most. */
export const GAP_PARTS = 16n;
/** Seconds between two closings of a gap, and the oldest price that bounds hedges outside fills. */
const GAP_INTERVAL = 60n;
const MAX_HEDGE_PRICE_AGE = 10n;

/** The holdings of a hedged vault outside the ledger. In the tokens' own decimals. */
export type Holdings = {
  /** The asset of its LPs. */
  assetBalance: bigint;
  /** Deposits of LPs less their withdrawals. */
  assetLiability: bigint;
  /** Base that a quote vault holds; zero for a base vault. */
  baseBalance: bigint;
  /** Base that it has yet to buy (above zero) or sell after forced changes. */
  gap: bigint;
  /** Seconds; no part of the gap can be closed before. */
  gapClosableAt: bigint;
  gapMinPart: bigint;
};

/** Totals of a hedged vault's hedges. WAD. */
export type HedgeTotals = {
  /** Traded on the spot market, base without a sign and quote. */
  base: bigint;
  /** Quote lost against the oracle's price by fee and impact; below zero: won. */
  cost: bigint;
  /** Quote received by hedges less quote paid. */
  cash: bigint;
  /** Base that hedges did not buy back (H3) and gaps that were written off. */
  lostBase: bigint;
};

/** A swap outside a fill, WAD. */
type Hedge = { base: bigint; quote: bigint; shortage: bigint; unfunded: bigint };

/** The closing of a gap or of a part of it, in the base token's units. */
type GapClosing = { gap: bigint; part: bigint; price: bigint };

/**
 * A maker that hedges every fill on a spot market (makers/spot-hedge). The base vault is long or flat and holds base, the quote vault
 * short or flat and holds collateral and base.
 */
export abstract class HedgedVault implements Maker, LpAssets {
  readonly isSpotHedged = true;
  abstract readonly kind: "base" | "quote";
  holdings: Holdings = {
    ...{ assetBalance: 0n, assetLiability: 0n, baseBalance: 0n, gap: 0n, gapClosableAt: 0n, gapMinPart: 0n },
  };
  /** Base that LPs have deposited less what they have withdrawn, WAD: zero for a quote vault. */
  lpBase = 0n;
  totals: HedgeTotals = { base: 0n, cost: 0n, cash: 0n, lostBase: 0n };

  constructor(
    readonly id: AccountId,
    readonly settings: HedgeSettings,
    readonly ledger: Ledger,
    readonly oracle: Oracle,
    readonly pool: SpotPool,
  ) {
    ledger.registerMaker(id);
  }

  abstract readonly paysOwnDebt: boolean;
  abstract readonly assetScale: bigint;
  protected abstract readonly quoteRules: QuoteVaultSettings | undefined;

  get minMarginRatio(): number {
    return this.settings.minMarginRatio;
  }
  /** WAD per unit of the base token. */
  get baseScale(): bigint {
    return this.pool.scales.base;
  }
  /** The bound of hedges that close a gap, ppm: a fourth of that of fills, and at least twice the fee of the path where possible. */
  get gapBound(): number {
    const { maxHedgeDeviation } = this.settings;
    return Math.max(Math.ceil(maxHedgeDeviation / 4), Math.min(2 * this.pool.fee, Math.floor(maxHedgeDeviation / 2)));
  }
  /** Part of the deposits that is in use, WAD. */
  get utilization(): bigint {
    return liability.utilRatioUp(this.holdings.assetBalance, this.holdings.assetLiability);
  }

  // ---- fills ----

  fill({ isBaseToQuote, isExactInput, amount, takerSize }: FillRequest, price: OraclePrice): bigint {
    const quote = this.#quote({ isBaseToQuote, isExactInput, amount }, takerSize, price);
    const { after } = quote;
    this.#setPool(after);
    this.#pay(after.account.market.balance - this.ledger.balance);
    this.change({ assetBalance: after.assetBalance, baseBalance: after.baseBalance });
    this.#count(isBaseToQuote, quote.hedge, price.price);
    return isBaseToQuote === isExactInput ? abs(quote.quote) : abs(quote.base);
  }

  #quote(request: Omit<FillRequest, "takerSize">, takerSize: bigint, price: OraclePrice): HedgedQuote {
    const market = this.#market(price);
    const taker = new Account({
      address: zeroAddress,
      market,
      position: { ...position.flat, size: takerSize },
      fund: 0n,
    });
    const account = new Account({ address: zeroAddress, market, position: this.ledger.positionOf(this.id), fund: 0n });
    const { assetBalance, assetLiability, baseBalance } = this.holdings;
    const maker = new HedgedMaker({
      ...{ account, kind: this.kind, assetBalance, assetLiability, baseBalance, baseScale: this.baseScale },
      parameters: { adapter: zeroAddress, ...this.settings },
      quoteRules: this.quoteRules,
      legs: [{ pool: this.pool.state, sellsToken0: this.pool.isBaseToken0 }],
    });
    try {
      return maker.quote({ ...request, taker });
    } catch (error) {
      if (error instanceof QuoteRejectedError) throw new Rejection(error.obstacle.errorName, error.obstacle.named);
      throw rejectionOfCapacity(error);
    }
  }

  /** The market as the entities of the SDK know it. */
  #market({ price, confidence, publishTime }: OraclePrice): Market {
    const { ledger } = this;
    const { rules } = ledger.parameters;
    const { initialMarginRatio, maintenanceMarginRatio } = rules;
    return new Market({
      ...{ marketId: 1n, blockNumber: undefined, time: ledger.time, status: "active" },
      rules: { ...rules, settlementDelay: 0 },
      minPositionValue: rules.minPositionValue,
      ramp: {
        ...{ initialMarginRatio, maintenanceMarginRatio, rampEnd: 0n, rampStart: 0n },
        ...{ initialMarginRatioBefore: initialMarginRatio, maintenanceMarginRatioBefore: maintenanceMarginRatio },
      },
      ...{ stored: ledger.fees, rates: ledger.rates, insurance: ledger.insurance, balance: ledger.balance },
      collateralScale: ledger.collateralScale,
      price: { price, confidence, publishTime },
    });
  }

  #setPool({ legs: [leg] }: HedgedMaker): void {
    if (!leg) return;
    const before = this.pool.state;
    this.ledger.onFailure(() => {
      this.pool.state = before;
    });
    this.pool.state = leg.pool;
  }

  /** Moves collateral into the margin, or draws it from there. */
  #pay(amountXCD: bigint): void {
    if (amountXCD > 0n) this.ledger.receive(this.id, amountXCD);
    else if (amountXCD < 0n) this.ledger.draw(this.id, -amountXCD);
  }

  #count(isSale: boolean, { base, quote, shortage }: Omit<Hedge, "unfunded">, price: bigint): void {
    // A shortage is no trade: its quote stays with the maker.
    const traded = base - shortage;
    const paid = base === 0n ? 0n : (quote * traded) / base;
    const signed = isSale ? -traded : traded;
    const before = this.totals;
    this.ledger.onFailure(() => {
      this.totals = before;
    });
    this.totals = {
      base: before.base + traded,
      cost: before.cost - hedge.gainFloor(signed, paid, price),
      cash: before.cash + (isSale ? paid : -paid),
      lostBase: before.lostBase + shortage,
    };
  }

  // ---- forced changes and gaps ----

  /** Trades the same base on the spot market; the untraded rest remains as the gap. */
  onPositionForced(base: bigint): void {
    const { size } = this.ledger.positionOf(this.id);
    const units = hedge.unitsToFollow(size - base, size, this.baseScale);
    if (units === 0n) return;
    const gap = this.holdings.gap + units;
    this.change({ gap, gapMinPart: ceilDiv(abs(gap), GAP_PARTS) });
    this.tryCloseGap();
  }

  /** Closes the gap where the spot market permits it. */
  tryCloseGap(): boolean {
    try {
      this.ledger.nested(() => this.closeGap());
      return true;
    } catch (error) {
      if (error instanceof Rejection) return false;
      throw error;
    }
  }

  /**
   * Buys or sells the base of the gap, at most `maxAmount` units.
   *
   * @throws {Rejection}
   */
  closeGap(maxAmount: bigint = 2n ** 256n - 1n): void {
    this.ledger.atomically(() => {
      this.addDebtToGap();
      const closing = this.#beginClosing(maxAmount);
      if (closing.part === 0n) return this.onWrittenOff(closing.gap);
      const isSale = closing.part < 0n;
      const done = isSale ? this.sell(abs(closing.part)) : this.buyForGap(closing.part, closing.price);
      if (done.base !== 0n) this.requireNear(done, closing.price, this.gapBound);
      this.#count(isSale, done, closing.price);
      this.lose(done.shortage + done.unfunded);
    });
  }

  /** Base that pays the debt of a flat account becomes a gap: in a base vault only. */
  protected addDebtToGap(): void {}
  /** Buys base for a gap, units. */
  protected abstract buyForGap(units: bigint, price: bigint): Hedge;
  /** Sells base that the maker holds, units. */
  protected abstract sell(units: bigint): Hedge;
  /** Called when a gap worth less than a unit of collateral is written off, units. */
  protected onWrittenOff(_gap: bigint): void {}

  #beginClosing(maxAmount: bigint): GapClosing {
    const { gap, gapClosableAt } = this.holdings;
    const { time } = this.ledger;
    if (gap === 0n) throw new Rejection("NoHedgeGap");
    if (time < gapClosableAt) throw new Rejection("HedgeGapClosedRecently", { time, gapClosableAt });
    const part = this.#partOf(gap, maxAmount);
    this.change({ gapClosableAt: time + GAP_INTERVAL });
    const price = this.livePrice();
    const isWorthless = (abs(gap) * this.baseScale * price) / WAD < this.ledger.collateralScale;
    this.change({ gap: isWorthless ? 0n : gap - part });
    if (isWorthless) this.lose(gap * this.baseScale);
    return { gap, part: isWorthless ? 0n : part, price };
  }

  #partOf(gap: bigint, maxAmount: bigint): bigint {
    const whole = abs(gap);
    if (maxAmount >= whole) return gap;
    const minPart = min(this.holdings.gapMinPart, whole);
    const part = min(maxAmount, whole - minPart);
    if (part < minPart) {
      throw new Rejection("HedgeGapPartTooSmall", { maxAmount, minPart: whole - minPart < minPart ? whole : minPart });
    }
    return gap < 0n ? -part : part;
  }

  /** The price that bounds hedges outside fills, of seconds ago. @throws {Rejection} `HedgePriceTooOld` */
  livePrice(): bigint {
    const { price, publishTime } = this.oracle.last;
    const age = max(0n, this.ledger.time - publishTime);
    if (age > MAX_HEDGE_PRICE_AGE) throw new Rejection("HedgePriceTooOld", { age, maxAge: MAX_HEDGE_PRICE_AGE });
    return price;
  }

  /** @throws {Rejection} `HedgeTooFar` */
  protected requireNear(done: Pick<Hedge, "base" | "quote">, price: bigint, maxDeviation: number): void {
    const traded = { base: done.base, quote: done.quote };
    const units = { baseUnit: this.baseScale, quoteUnit: this.ledger.collateralScale };
    if (hedge.isNear(traded, { price, maxDeviation, ...units })) return;
    throw new Rejection("HedgeTooFar", { hedgePrice: (done.quote * WAD) / done.base, price });
  }

  /** Swaps outside a fill, in units. */
  protected swap(swap: SpotSwap): { amountIn: bigint; amountOut: bigint } {
    const before = this.pool.state;
    this.ledger.onFailure(() => {
      this.pool.state = before;
    });
    const result = this.pool.swap(swap);
    if (result.amountIn === 0n) throw new Rejection("HedgeMismatch", { spent: 0n, amount: swap.amount });
    return result;
  }

  /** Records base that the maker will not buy back, WAD. */
  protected lose(base: bigint): void {
    if (base === 0n) return;
    const before = this.totals;
    this.ledger.onFailure(() => {
      this.totals = before;
    });
    this.totals = { ...before, lostBase: before.lostBase + base };
  }

  protected change(change: Partial<Holdings>): void {
    const before = this.holdings;
    this.ledger.onFailure(() => {
      this.holdings = before;
    });
    this.holdings = { ...before, ...change };
  }

  // ---- LPs ----

  abstract needsPrice(v: Valuation, isDeposit: boolean): boolean;
  abstract totalAssets(v: Valuation): bigint;
  abstract entitlement(v: Valuation, shares: bigint, total: () => bigint): { amountXCD: bigint; quoteXCD: bigint };
  abstract payableXCD(v: Valuation): bigint | undefined;
  abstract payOut(v: Valuation, payout: Payout): void;
  abstract afterLiquidityChange(): void;

  takeIn(amountXCD: bigint): void {
    const { assetBalance, assetLiability } = this.holdings;
    this.change({ assetBalance: assetBalance + amountXCD, assetLiability: assetLiability + amountXCD });
    this.moveLpBase(amountXCD);
  }

  /** Counts base that LPs bring or take, units of the asset. */
  protected moveLpBase(amountXCD: bigint): void {
    if (this.kind === "quote") return;
    const before = this.lpBase;
    this.ledger.onFailure(() => {
      this.lpBase = before;
    });
    this.lpBase += amountXCD * this.baseScale;
  }

  /** Deducts a payout from the balance. @throws {Rejection} */
  protected deduct(v: Valuation, { amountXCD, shares }: Payout): void {
    if (this.isInDebt(v)) throw new Rejection("AccountInDebt", { accountValue: v.accountValue });
    const { assetBalance, assetLiability, gap } = this.holdings;
    if (amountXCD > assetBalance)
      throw new Rejection("InsufficientAssetBalance", { amountXCD, available: assetBalance });
    if (v.size !== 0n && !this.hasMinMargin(v)) {
      throw new Rejection("BelowMinMarginRatio", { accountValue: v.accountValue });
    }
    // A payment in kind includes its part of the tokens that would close the gap.
    const gapPart = v.size === 0n ? (gap * shares) / v.totalShares : 0n;
    this.moveLpBase(-amountXCD - gapPart);
    this.change({
      assetBalance: assetBalance - amountXCD,
      assetLiability: liability.afterWithdrawalUp(assetLiability, shares, v.totalShares),
      gap: gap - gapPart,
    });
  }

  protected hasMinMargin({ size, accountValue, price = 0n }: Valuation): boolean {
    const required = margin.requirementCeil(amounts.notionalCeil(size, price), this.settings.minMarginRatio);
    return !margin.isBelow(accountValue, required);
  }

  /** T64: the account of a flat hedged vault owes the market a unit of collateral or more. */
  protected isInDebt({ size, accountValue }: Valuation): boolean {
    return size === 0n && accountValue <= -this.ledger.collateralScale;
  }

  /** The price of the valuation; read now for a flat maker, which was valued without one. @throws {Rejection} */
  protected priceOf({ price }: Valuation): bigint {
    return price ?? this.oracle.tradePrice(this.ledger.time).price;
  }
}
