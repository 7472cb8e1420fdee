import type { HedgeParameters } from "../actions/hedging/hedged-vault.js";
import { MakerCapacityExceededError } from "../errors.js";
import { isReducedBy, notionalCeil, notionalFloor } from "../maths/amounts.js";
import * as hedging from "../maths/hedge.js";
import { availableDown, lackingUp, toAddUp } from "../maths/hedge-margin.js";
import { abs, ceilDiv, max, min, mulDivDown, mulDivUp, PPM, positivePart, WAD } from "../maths/integers.js";
import { utilRatioUp } from "../maths/liability.js";
import { requirementCeil } from "../maths/margin.js";
import { applyFill, value } from "../maths/position.js";
import { type PoolState, swap } from "../maths/uniswap-v3.js";
import type { AssetAmount, BaseAmount, Ppm, Wad } from "../units.js";
import type { Account } from "./account.js";
import type { Market } from "./market.js";
import { makerObstacle } from "./oracle-maker.js";
import { type Quote, QuoteRejectedError, type QuoteRequest, quoteOf } from "./quote.js";

/** A pool of the path along which a maker hedges, from the base token to the collateral. */
export type HedgeLeg = {
  pool: PoolState;
  /** Whether a sale of base pays this pool its token0. */
  sellsToken0: boolean;
};

/** The state from which a {@link HedgedMaker} computes, as `loadHedgedMaker` reads it. */
export type HedgedMakerData = {
  account: Account;
  /** Whether LPs deposit base (the maker is long or flat) or the collateral (short or flat). */
  kind: "base" | "quote";
  parameters: HedgeParameters;
  /** The asset that the maker itself holds, in its own decimals. */
  assetBalance: AssetAmount;
  /** Deposits of LPs less their withdrawals, in the asset's own decimals. */
  assetLiability: AssetAmount;
  /** The base that a quote vault holds, in the base token's decimals; zero for a base vault. */
  baseBalance: BaseAmount;
  /** The margin rules of a quote vault, ppm; undefined for a base vault. */
  quoteRules: { targetMarginRatio: Ppm; reserveRatio: Ppm } | undefined;
  /** Pools of Uniswap v3. */
  legs: readonly HedgeLeg[];
  /** WAD per unit of the base token. */
  baseScale: bigint;
};

/** A quote of a hedged maker, with the swap and the maker after it. */
export type HedgedQuote = Quote & {
  /** The hedge, WAD: base sold or bought on the spot market, and its quote. */
  hedge: { base: Wad; quote: Wad; shortage: Wad };
  /** The maker after the trade: its account, its tokens and its pools. */
  after: HedgedMaker;
};

/** The tokens of a maker and the pools while a fill runs. */
type Books = {
  assetBalance: bigint;
  baseBalance: bigint;
  /** The change of the maker's margin by payments, in the collateral's own decimals. */
  marginXCD: bigint;
  legs: readonly HedgeLeg[];
};

/** A fill in progress, WAD magnitudes of the taker. */
type Running = {
  isBaseToQuote: boolean;
  isExactBase: boolean;
  increasesMaker: boolean;
  base: bigint;
  quote: bigint;
};

/** A swap, WAD. */
type HedgeResult = { base: bigint; quote: bigint; shortage: bigint };

const NO_HEDGE: HedgeResult = { base: 0n, quote: 0n, shortage: 0n };
/** `SpotHedgeBaseMaker.MIN_BOUGHT_DIVISOR`. */
const MIN_BOUGHT_DIVISOR = 1_000n;
const DAY = 86_400n;

/**
 * A hedged maker at one moment, immutable: a SpotHedgeBaseMaker or a SpotHedgeQuoteMaker whose path has pools of Uniswap v3. Its
 * quotes equal those of a trade at the same block, to the last unit (makers/SpotHedgeBaseMaker.sol, makers/SpotHedgeQuoteMaker.sol,
 * makers/spot-hedge/SpotHedgeMaker.sol).
 *
 * @example
 * const maker = await loadHedgedMaker(client, { deployment });
 * maker.quote({ isBaseToQuote: true, isExactInput: true, amount: parseWad("2") }).averagePrice; // 1993920000000000000000n
 */
export class HedgedMaker {
  readonly #data: HedgedMakerData;

  constructor(data: HedgedMakerData) {
    this.#data = data;
  }

  get account(): Account {
    return this.#data.account;
  }
  get market(): Market {
    return this.account.market;
  }
  get kind(): "base" | "quote" {
    return this.#data.kind;
  }
  get parameters(): HedgeParameters {
    return this.#data.parameters;
  }
  /** The asset that the maker itself holds, in its own decimals. */
  get assetBalance(): AssetAmount {
    return this.#data.assetBalance;
  }
  /** Deposits of LPs less their withdrawals, in the asset's own decimals. */
  get assetLiability(): AssetAmount {
    return this.#data.assetLiability;
  }
  /** The base that a quote vault holds, in the base token's decimals. */
  get baseBalance(): BaseAmount {
    return this.#data.baseBalance;
  }
  /** WAD per unit of the asset. */
  get assetScale(): bigint {
    return this.kind === "base" ? this.#data.baseScale : this.market.collateralScale;
  }
  /** WAD per unit of the base token. */
  get baseScale(): bigint {
    return this.#data.baseScale;
  }
  /** The path of the hedge. */
  get legs(): readonly HedgeLeg[] {
    return this.#data.legs;
  }
  /** 1 - balance / liability, by long takers (quote vault) and by short takers (base vault), WAD, rounded up. */
  get utilization(): { long: Wad; short: Wad } {
    const ratio = utilRatioUp(this.assetBalance, this.assetLiability);
    return this.kind === "base" ? { long: 0n, short: ratio } : { long: ratio, short: 0n };
  }
  /**
   * The sizes that takers can still buy and sell by the maker's tokens and margin, WAD base, rounded down to whole units of the base
   * token. The distance of the hedge from the oracle price may allow less.
   *
   * @throws {@link PriceRequiredError} for a quote vault without a price.
   */
  get capacity(): { buys: Wad; sells: Wad } {
    const held = abs(this.account.size);
    if (this.kind === "base") return { buys: held, sells: this.assetBalance * this.baseScale };
    // The largest size that the balance pays for: the swap, the margin and the reserve.
    const price = this.market.priceFor("capacity");
    let [low, high] = [0n, mulDivDown(this.assetBalance * this.assetScale, 2n * WAD, price * this.baseScale)];
    while (low < high) {
      const middle = (low + high + 1n) / 2n;
      if (this.#fits(middle * this.baseScale)) low = middle;
      else high = middle - 1n;
    }
    return { buys: low * this.baseScale, sells: held };
  }

  /**
   * Quotes an order.
   *
   * @throws {@link PriceRequiredError} without a price.
   * @throws {@link MakerCapacityExceededError} when the maker lacks the tokens, the margin or the position for it.
   * @throws {@link QuoteRejectedError} when the maker would reject the order, as for a hedge too far from the oracle price
   * (`HedgeTooFar`) or a path without enough liquidity (`PartialSwap`).
   * @throws {@link UnknownTicksError} when the swap leaves the ticks that were read.
   */
  quote(request: QuoteRequest): HedgedQuote {
    const { fill, hedge, books } = this.#fill(request, this.market.priceFor("quote"));
    const price = this.market.priceFor("quote");
    const amounts = fill.isBaseToQuote
      ? { base: -fill.base, quote: fill.quote }
      : { base: fill.base, quote: -fill.quote };
    const makerFee = max(0n, fill.isBaseToQuote ? hedge.quote - fill.quote : fill.quote - hedge.quote);
    const { market, account } = this;
    const result = quoteOf({ market, price, maker: account, taker: request.taker }, { ...amounts, makerFee });
    const paid = account.addMargin(books.marginXCD * market.collateralScale);
    const obstacle = makerObstacle(paid, result.fill, this.parameters.minMarginRatio);
    const { assetBalance, baseBalance, legs } = books;
    const after = this.#with({ account: paid.apply(result.fill), assetBalance, baseBalance, legs });
    return { ...result, hedge, obstacle, after };
  }

  /** The maker at a later time, Unix seconds. @throws {@link InvalidAmountError} for a time before the market's. */
  at(time: bigint): HedgedMaker {
    return this.#with({ account: this.account.at(time) });
  }

  /** The maker at another oracle price, WAD. Its pools stay as they are: see {@link withLegs}. */
  withPrice(price: Wad, confidence?: Wad): HedgedMaker {
    return this.#with({ account: this.account.withPrice(price, confidence) });
  }

  /** The maker with pools in another state. */
  withLegs(legs: readonly HedgeLeg[]): HedgedMaker {
    return this.#with({ legs });
  }

  /** The maker after one of its quotes. */
  apply(quote: HedgedQuote): HedgedMaker {
    return quote.after;
  }

  // ---- the steps of a fill, in the order of `fillOrder` ----

  #fill(
    { isBaseToQuote, isExactInput, amount, taker }: QuoteRequest,
    price: bigint,
  ): { fill: Running; hedge: HedgeResult; books: Books } {
    const { account, kind, parameters } = this;
    const fill: Running = {
      isBaseToQuote,
      isExactBase: isBaseToQuote === isExactInput,
      increasesMaker: (kind === "base") === isBaseToQuote,
      base: 0n,
      quote: 0n,
    };
    const takerSize = taker?.size ?? 0n;
    const books: Books = {
      assetBalance: this.assetBalance,
      baseBalance: this.baseBalance,
      marginXCD: 0n,
      legs: this.legs,
    };
    this.#checkCarry(fill);
    let hedge =
      kind === "base" ? this.#hedgeOfBaseVault(fill, books, amount, price) : this.#swapUnits(fill, books, amount);
    if (fill.isExactBase) {
      const { spread } = parameters;
      fill.base = amount;
      fill.quote = isBaseToQuote
        ? hedging.lessSpreadDown(hedge.quote, spread)
        : hedging.plusSpreadUp(hedge.quote, spread);
    } else {
      [fill.base, fill.quote] = [hedge.base, amount];
    }
    const { rest, trimmed } = this.#protectClosing(fill, hedge, takerSize, price);
    hedge = trimmed;
    if (rest !== 0n) {
      const { quote } = this.#sell(books, true, rest);
      hedge = { ...hedge, quote: isBaseToQuote ? hedge.quote + quote : hedge.quote - min(quote, hedge.quote) };
    }
    if (!fill.increasesMaker) this.#requireWithin(fill.base, abs(account.size));
    if (kind === "quote") this.#supplyMargin(fill, hedge, books, price);
    return { fill, hedge, books };
  }

  #checkCarry({ increasesMaker, isBaseToQuote }: Running): void {
    const { maxCarry } = this.parameters;
    if (!increasesMaker || maxCarry === 0) return;
    const { fundingRate } = this.market.rates;
    const rate = isBaseToQuote ? fundingRate : -fundingRate;
    const maxRate = (BigInt(maxCarry) * WAD) / (PPM * DAY);
    if (rate > maxRate) throw new QuoteRejectedError({ errorName: "CarryTooHigh", named: { rate, maxRate } });
  }

  #unitsToSwap({ isBaseToQuote, isExactBase, increasesMaker }: Running, amount: bigint): bigint {
    const { spread } = this.parameters;
    const { collateralScale } = this.market;
    if (!isExactBase) {
      return isBaseToQuote
        ? ceilDiv(hedging.grossUp(amount, spread), collateralScale)
        : hedging.netDown(amount, spread) / collateralScale;
    }
    const size = abs(this.account.size);
    if (increasesMaker) return hedging.unitsBetween(size, size + amount, this.baseScale);
    this.#requireWithin(amount, size);
    return hedging.unitsBetween(size - amount, size, this.baseScale);
  }

  #swapUnits(fill: Running, books: Books, amount: bigint): HedgeResult {
    const units = this.#unitsToSwap(fill, amount);
    if (units === 0n && fill.isExactBase) return NO_HEDGE;
    return fill.isBaseToQuote ? this.#sell(books, fill.isExactBase, units) : this.#buy(books, !fill.isExactBase, units);
  }

  #hedgeOfBaseVault(fill: Running, books: Books, amount: bigint, price: bigint): HedgeResult {
    if (fill.isBaseToQuote) {
      const units = this.#unitsToSwap(fill, amount);
      if (fill.isExactBase && units > books.assetBalance) {
        this.#refuse(amount, books.assetBalance * this.baseScale);
      }
      return this.#swapUnits(fill, books, amount);
    }
    const { margin, position } = this.account;
    const missing = positivePart(-(position.openNotional + margin));
    if (missing === 0n) return this.#swapUnits(fill, books, amount);
    return fill.isExactBase
      ? this.#buyLess(fill, books, { amount, missing, price })
      : this.#buyWithLess(books, { amount, missing, price });
  }

  #buyLess(
    fill: Running,
    books: Books,
    { amount, missing, price }: { amount: bigint; missing: bigint; price: bigint },
  ): HedgeResult {
    const scale = this.baseScale;
    const whole = this.#unitsToSwap(fill, amount);
    const lost = mulDivUp(missing, amount, abs(this.account.size));
    let units = min(whole, mulDivUp(lost, WAD, price * scale));
    if ((whole - units) * MIN_BOUGHT_DIVISOR < whole) units = whole;
    const hedge = whole === units ? NO_HEDGE : this.#buy(books, false, whole - units);
    if (units === 0n) return hedge;
    const shortage = units * scale;
    return {
      shortage,
      quote: whole === units ? mulDivUp(shortage, price, WAD) : mulDivUp(hedge.quote, whole, whole - units),
      base: hedge.base + shortage,
    };
  }

  #buyWithLess(
    books: Books,
    { amount, missing, price }: { amount: bigint; missing: bigint; price: bigint },
  ): HedgeResult {
    const scale = this.baseScale;
    const quote = hedging.netDown(amount, this.parameters.spread);
    const worth = notionalFloor(this.account.size, price);
    const left = missing < worth ? worth - missing : 0n;
    const spend = left * MIN_BOUGHT_DIVISOR < worth ? 0n : mulDivDown(quote, left, worth) / this.market.collateralScale;
    if (spend === 0n) {
      const base = mulDivDown(quote, WAD, price * scale) * scale;
      return { base, quote, shortage: base };
    }
    const hedge = this.#buy(books, true, spend);
    const whole = mulDivDown(hedge.base / scale, worth, left) * scale;
    return { base: whole, quote: mulDivUp(hedge.quote, worth, left), shortage: whole - hedge.base };
  }

  #protectClosing(
    fill: Running,
    hedge: HedgeResult,
    takerSize: bigint,
    price: bigint,
  ): { rest: bigint; trimmed: HedgeResult } {
    const { isBaseToQuote } = fill;
    const isReducing = (base: bigint) => isReducedBy(takerSize, isBaseToQuote ? -base : base);
    if (!fill.isExactBase) {
      const worse = hedging.worseBase(fill, price, this.baseScale);
      if (isReducing(worse)) {
        fill.base = worse;
        return this.#trim(fill, hedge);
      }
    } else if (isBaseToQuote ? takerSize > 0n : takerSize < 0n) {
      fill.quote = hedging.worseQuote(fill, price);
      if (isReducing(fill.base)) return { rest: 0n, trimmed: hedge };
    }
    if (fill.base !== hedge.base || fill.base === 0n) {
      const named = { base: fill.base, unit: this.baseScale };
      throw new QuoteRejectedError({ errorName: "FinerThanBaseToken", named });
    }
    const { maxHedgeDeviation: maxDeviation } = this.parameters;
    if (!hedging.isNear(hedge, { price, maxDeviation })) {
      const hedgePrice = (hedge.quote * WAD) / hedge.base;
      const named = { hedgePrice, oraclePrice: price, maxDeviation: BigInt(maxDeviation) };
      throw new QuoteRejectedError({ errorName: "HedgeTooFar", named });
    }
    return { rest: 0n, trimmed: hedge };
  }

  #trim({ base, isBaseToQuote }: Running, hedge: HedgeResult): { rest: bigint; trimmed: HedgeResult } {
    const swapped = hedge.base;
    const scale = this.baseScale;
    if (base === swapped) return { rest: 0n, trimmed: hedge };
    if (isBaseToQuote) return { rest: (base - swapped) / scale, trimmed: { ...hedge, base } };
    const shortage = mulDivUp(hedge.shortage / scale, base, swapped) * scale;
    const rest = (swapped - hedge.shortage - (base - shortage)) / scale;
    return { rest, trimmed: { ...hedge, base, shortage } };
  }

  /** The margin of a quote vault after the fill: at its target, as far as the balance permits. */
  #supplyMargin(fill: Running, hedge: HedgeResult, books: Books, price: bigint): void {
    const { account, market, baseScale } = this;
    const { collateralScale } = market;
    const before = { ...account.position, margin: account.margin };
    const [base, quote] = fill.isBaseToQuote ? [fill.base, -fill.quote] : [-fill.base, fill.quote];
    const needed = this.#marginRequirement(applyFill(before, { base, quote }).position, price);
    const held = books.assetBalance;
    if (fill.increasesMaker) {
      if (needed.total > held) {
        const available = availableDown(fill.base, {
          held: held * collateralScale + hedge.quote,
          neededBefore: this.#marginRequirement(before, price).total * collateralScale,
          neededAfter: needed.total * collateralScale + hedge.quote,
        });
        this.#refuse(fill.base, available - (available % baseScale));
      }
    } else if (needed.lacking < 0n) {
      const back = -needed.lacking / collateralScale;
      // While the market holds too little, the fill continues without the transfer.
      if (back <= market.balance) this.#moveMargin(books, -back);
    }
    this.#moveMargin(books, min(needed.toAdd, held));
  }

  #moveMargin(books: Books, amountXCD: bigint): void {
    books.assetBalance -= amountXCD;
    books.marginXCD += amountXCD;
  }

  #marginRequirement(position: Parameters<typeof value>[0], price: bigint) {
    const { targetMarginRatio = 0, reserveRatio = 0 } = this.#data.quoteRules ?? {};
    const { collateralScale } = this.market;
    const notional = notionalCeil(position.size, price);
    const lacking = lackingUp(min(position.margin, value(position, price)), notional, targetMarginRatio);
    const toAdd = toAddUp(lacking, collateralScale);
    const reserve = ceilDiv(requirementCeil(notional, reserveRatio), collateralScale);
    return { lacking, toAdd, total: reserve + toAdd };
  }

  // ---- swaps ----

  #sell(books: Books, isExactInput: boolean, units: bigint): HedgeResult {
    const { spent, bought } = this.#swap(books, true, isExactInput, units);
    const held = this.kind === "base" ? "assetBalance" : "baseBalance";
    if (spent > books[held]) this.#refuse(spent * this.baseScale, books[held] * this.baseScale);
    books[held] -= spent;
    if (this.kind === "base") books.marginXCD += bought;
    else books.assetBalance += bought;
    return { base: spent * this.baseScale, quote: bought * this.market.collateralScale, shortage: 0n };
  }

  #buy(books: Books, isExactInput: boolean, units: bigint): HedgeResult {
    const { spent, bought } = this.#swap(books, false, isExactInput, units);
    if (this.kind === "base") {
      books.marginXCD -= spent;
      books.assetBalance += bought;
    } else {
      const { collateralScale } = this.market;
      if (spent > books.assetBalance) {
        this.#refuse(spent * collateralScale, books.assetBalance * collateralScale, "quote");
      }
      books.assetBalance -= spent;
      books.baseBalance += bought;
    }
    return { base: bought * this.baseScale, quote: spent * this.market.collateralScale, shortage: 0n };
  }

  /** Swaps along the path, in the tokens' own decimals: forward for an exact input, backward for an exact output. */
  #swap(books: Books, isBaseToQuote: boolean, isExactInput: boolean, units: bigint): { spent: bigint; bought: bigint } {
    const legs = [...books.legs];
    const order = [...legs.keys()];
    if (isBaseToQuote !== isExactInput) order.reverse();
    let amount = units;
    for (const index of order) {
      const { pool, sellsToken0 } = legs[index] as HedgeLeg;
      if (amount === 0n) throw new QuoteRejectedError({ errorName: "ZeroAmount", named: {} });
      const result = swap(pool, { zeroForOne: sellsToken0 === isBaseToQuote, isExactInput, amount });
      if (result.isPartial) {
        const filled = isExactInput ? result.amountIn : result.amountOut;
        throw new QuoteRejectedError({ errorName: "PartialSwap", named: { filled, requested: amount } });
      }
      legs[index] = { pool: result.pool, sellsToken0 };
      amount = isExactInput ? result.amountOut : result.amountIn;
    }
    books.legs = legs;
    return isExactInput ? { spent: units, bought: amount } : { spent: amount, bought: units };
  }

  #requireWithin(amount: bigint, makerSize: bigint): void {
    if (amount > makerSize) this.#refuse(amount, makerSize);
  }

  #refuse(requested: bigint, available: bigint, unit: "base" | "quote" = "base"): never {
    throw new MakerCapacityExceededError({ requested, available, unit });
  }

  /** Whether the balance of a quote vault pays for a buy, at any distance of the hedge from the oracle price. */
  #fits(amount: bigint): boolean {
    try {
      this.#with({ parameters: { ...this.parameters, maxHedgeDeviation: Number.MAX_SAFE_INTEGER, maxCarry: 0 } }).#fill(
        { isBaseToQuote: false, isExactInput: false, amount },
        this.market.priceFor("capacity"),
      );
      return true;
    } catch (error) {
      if (error instanceof MakerCapacityExceededError || error instanceof QuoteRejectedError) return false;
      throw error;
    }
  }

  #with(change: Partial<HedgedMakerData>): HedgedMaker {
    return new HedgedMaker({ ...this.#data, ...change });
  }
}
