import { amounts, shares as shareMath } from "@counterpoise/sdk/math";
import type { AccountId } from "../bookings.js";
import { ceilDiv, floorDiv, min, mulDivDown, mulDivUp, PPM, positivePart } from "../integers.js";
import type { Ledger } from "../ledger.js";
import type { Oracle } from "../oracle.js";
import { Rejection } from "../rejection.js";

/** An LP vault at one moment (`Valuation`). WAD. */
export type Valuation = {
  /** Undefined for a flat LP vault while no price was needed. */
  price: bigint | undefined;
  size: bigint;
  /** After pending fees. */
  margin: bigint;
  /** Rounded down. */
  accountValue: bigint;
  lastFillAt: bigint;
  totalShares: bigint;
};

/** The payment of a redemption. In the asset's own decimals, `quoteXCD` in the collateral's. */
export type Payout = { shares: bigint; amountXCD: bigint; feeXCD: bigint; quoteXCD: bigint; quoteFeeXCD: bigint };

/** The common assets of LPs, and how they move: the differences between makers (makers/lp/LpAccounting.sol, LpModule.sol). */
export type LpAssets = {
  readonly id: AccountId;
  readonly ledger: Ledger;
  readonly oracle: Oracle;
  /** WAD per unit of the asset. */
  readonly assetScale: bigint;
  /** Whether a deposit or a redemption needs a price. */
  needsPrice(v: Valuation, isDeposit: boolean): boolean;
  /** Everything that the LPs own, WAD of the asset, rounded down. */
  totalAssets(v: Valuation): bigint;
  /** Entitlement of shares before the fee, own decimals, down. `total`: {@link totalAssets} of a solvent LP vault. */
  entitlement(v: Valuation, shares: bigint, total: () => bigint): { amountXCD: bigint; quoteXCD: bigint };
  /** Most that can be paid now, own decimals; undefined for any amount. */
  payableXCD(v: Valuation): bigint | undefined;
  takeIn(amountXCD: bigint): void;
  payOut(v: Valuation, payout: Payout): void;
  /** Called last by every deposit and redemption. */
  afterLiquidityChange(): void;
};

/** Rules of LPs: most assets, own decimals, undefined without a cap; fee of requests, ppm. */
export type LpRules = { depositCap?: bigint | undefined; requestFee: number };

/** Deposits and redemptions of one maker's LPs, and their shares. */
export class LpVault {
  /** WAD. */
  totalShares = 0n;
  readonly #shares = new Map<AccountId, bigint>();
  /** Fees that LPs left to the other LPs, own decimals. */
  keptFeesXCD = 0n;
  /** Deposits less payments: of the asset in its own decimals, and payments of collateral beside it, below zero. */
  netDepositsXCD = 0n;
  netQuoteXCD = 0n;

  constructor(
    readonly assets: LpAssets,
    readonly rules: LpRules,
  ) {}

  /** Shares of an LP, WAD. */
  sharesOf(holder: AccountId): bigint {
    return this.#shares.get(holder) ?? 0n;
  }

  /** The LP vault now. @param isExit whether assets leave at this value, which needs a fresh price (E1). @throws {Rejection} */
  value(isExit: boolean): Valuation {
    const { ledger, oracle, id } = this.assets;
    const { size, lastFillAt } = ledger.positionOf(id);
    const price =
      size === 0n
        ? undefined
        : isExit
          ? oracle.withdrawalPrice(ledger.time, lastFillAt).price
          : oracle.tradePrice(ledger.time).price;
    return this.#valueAt(price);
  }

  /** Value of a share, WAD of the asset, at a price. */
  sharePriceAt(price: bigint): bigint {
    const totalAssets = positivePart(this.assets.totalAssets(this.#valueAt(price)));
    return shareMath.toAssetsDown(10n ** 18n, { totalAssets, totalShares: this.totalShares });
  }

  /** Everything that the LPs own at a price, WAD of the asset. */
  totalAssetsAt(price: bigint): bigint {
    return this.assets.totalAssets(this.#valueAt(price));
  }

  #valueAt(price: bigint | undefined): Valuation {
    const { ledger, id } = this.assets;
    const { size, margin, value, lastFillAt } = ledger.stateOf(id, price ?? 0n);
    return { price, size, margin, accountValue: value, lastFillAt, totalShares: this.totalShares };
  }

  // ---- trusted LPs ----

  /** Deposits at the stored price. @returns shares, WAD. @throws {Rejection} */
  deposit(holder: AccountId, amountXCD: bigint): bigint {
    return this.assets.ledger.atomically(() => {
      if (amountXCD === 0n) throw new Rejection("ZeroAmount");
      const v = this.value(false);
      const total = this.#solventAssets(v);
      const room = this.#room(total);
      if (room !== undefined && amountXCD > room) throw new Rejection("LpDepositCapExceeded", { amountXCD, room });
      return this.#deposit(v, total, { holder, amountXCD, fee: 0 });
    });
  }

  /** Redeems at the stored price. @throws {Rejection} */
  withdraw(holder: AccountId, shares: bigint): Payout {
    return this.assets.ledger.atomically(() => {
      if (shares === 0n) throw new Rejection("ZeroAmount");
      const v = this.value(true);
      const payout = this.#payoutOf(v, shares, 0);
      this.#withdraw(v, holder, payout);
      return payout;
    });
  }

  // ---- requests ----

  /**
   * Settles a request to deposit at the carried price: the part that the cap admits.
   *
   * @throws {Rejection}
   */
  settleDeposit(holder: AccountId, amountXCD: bigint, minShares: bigint): { takenXCD: bigint; shares: bigint } {
    return this.assets.ledger.atomically(() => {
      const { v, total } = this.#valueForDeposit();
      const room = this.#room(total);
      const takenXCD = room === undefined ? amountXCD : min(amountXCD, room);
      if (takenXCD === 0n) throw new Rejection("LpDepositCapExceeded", { amountXCD, room: 0n });
      const shares = this.#deposit(v, total, { holder, amountXCD: takenXCD, fee: this.rules.requestFee });
      if (shares * amountXCD < minShares * takenXCD) throw new Rejection("LessThanMinimum", { shares, minShares });
      return { takenXCD, shares };
    });
  }

  /** Settles a request to redeem at the carried price: the part that can be paid. @throws {Rejection} */
  settleRedeem(holder: AccountId, shares: bigint, minAmountXCD: bigint): Payout {
    return this.assets.ledger.atomically(() => {
      const { v, payout } = this.#planRedeem(shares);
      if (payout.shares === 0n) throw new Rejection("NothingPayable", { shares });
      this.#withdraw(v, holder, payout);
      if (payout.quoteXCD === 0n && payout.amountXCD * shares < minAmountXCD * payout.shares) {
        throw new Rejection("LessThanMinimum", { amountXCD: payout.amountXCD, minAmountXCD });
      }
      return payout;
    });
  }

  /** The worse for the LP of the settlement's price and a later one at which the maker has filled (T56). */
  #valueForDeposit(): { v: Valuation; total: bigint } {
    const { ledger, oracle } = this.assets;
    const v = this.value(false);
    const price = this.assets.needsPrice(v, true) ? oracle.tradePrice(ledger.time) : undefined;
    oracle.checkIncrease(price ?? oracle.tradePrice(ledger.time));
    const total = this.#solventAssets(v);
    const later = price && this.#atLaterPrice(v, price.publishTime);
    if (!later) return { v, total };
    const laterTotal = this.#solventAssets(later);
    return laterTotal > total ? { v: later, total: laterTotal } : { v, total };
  }

  #planRedeem(shares: bigint): { v: Valuation; payout: Payout } {
    const { ledger, oracle } = this.assets;
    const { requestFee: fee } = this.rules;
    const v = this.value(false);
    if (!this.assets.needsPrice(v, false)) return { v, payout: this.#payablePart(v, shares, fee) };
    const price = oracle.tradePrice(ledger.time);
    oracle.checkIncrease(price);
    let payout = this.#payablePart(v, shares, fee);
    const later = this.#atLaterPrice(v, price.publishTime);
    if (!later) return { v, payout };
    const laterPayout = this.#payablePart(later, payout.shares, fee);
    if (laterPayout.shares < payout.shares) payout = this.#payoutOf(v, laterPayout.shares, fee);
    return laterPayout.amountXCD < payout.amountXCD ? { v: later, payout: laterPayout } : { v, payout };
  }

  #atLaterPrice(v: Valuation, publishTime: bigint): Valuation | undefined {
    if (v.lastFillAt <= publishTime || v.price === undefined) return undefined;
    const { last } = this.assets.oracle;
    if (last.publishTime < v.lastFillAt) {
      throw new Rejection("PriceOlderThanFill", { publishTime: last.publishTime, lastFillAt: v.lastFillAt });
    }
    const change = amounts.valueFloor(v.size, last.price) - amounts.valueFloor(v.size, v.price);
    return { ...v, price: last.price, accountValue: v.accountValue + change };
  }

  // ---- both ----

  #deposit(
    { totalShares }: Valuation,
    totalAssets: bigint,
    { holder, amountXCD, fee }: { holder: AccountId; amountXCD: bigint; fee: number },
  ): bigint {
    this.assets.takeIn(amountXCD);
    const feeXCD = feeOf(amountXCD, fee);
    const shares = shareMath.toSharesDown((amountXCD - feeXCD) * this.assets.assetScale, { totalAssets, totalShares });
    if (shares === 0n) throw new Rejection("ZeroAmount");
    this.#move(holder, { shares, feeXCD, amountXCD, quoteXCD: 0n });
    this.assets.afterLiquidityChange();
    return shares;
  }

  #withdraw(v: Valuation, holder: AccountId, payout: Payout): void {
    const held = this.sharesOf(holder);
    if (payout.shares > held) throw new Rejection("ERC20InsufficientBalance", { held, shares: payout.shares });
    const { shares, feeXCD, amountXCD, quoteXCD } = payout;
    this.#move(holder, { shares: -shares, feeXCD, amountXCD: -amountXCD, quoteXCD: -quoteXCD });
    this.assets.payOut(v, payout);
    this.assets.afterLiquidityChange();
  }

  #move(holder: AccountId, change: { shares: bigint; feeXCD: bigint; amountXCD: bigint; quoteXCD: bigint }): void {
    const { totalShares, keptFeesXCD, netDepositsXCD, netQuoteXCD } = this;
    const held = this.sharesOf(holder);
    this.assets.ledger.onFailure(() => {
      Object.assign(this, { totalShares, keptFeesXCD, netDepositsXCD, netQuoteXCD });
      this.#shares.set(holder, held);
    });
    this.totalShares += change.shares;
    this.keptFeesXCD += change.feeXCD;
    this.netDepositsXCD += change.amountXCD;
    this.netQuoteXCD += change.quoteXCD;
    this.#shares.set(holder, held + change.shares);
  }

  #solventAssets(v: Valuation): bigint {
    const total = this.assets.totalAssets(v);
    const isSolvent = total > 0n || (total === 0n && v.totalShares === 0n);
    if (!isSolvent) throw new Rejection("VaultInsolvent", { total });
    return total;
  }

  /** Room under the deposit cap, own decimals, down; undefined without a cap. */
  #room(total: bigint): bigint | undefined {
    const { depositCap } = this.rules;
    if (depositCap === undefined) return undefined;
    return positivePart(depositCap - ceilDiv(total, this.assets.assetScale));
  }

  #payoutOf(v: Valuation, shares: bigint, fee: number): Payout {
    const none = { shares, amountXCD: 0n, feeXCD: 0n, quoteXCD: 0n, quoteFeeXCD: 0n };
    if (v.totalShares === 0n) return none;
    const { amountXCD, quoteXCD } = this.assets.entitlement(v, shares, () => this.#solventAssets(v));
    // No exit fee when every share is redeemed: no holder is left to receive it.
    if (fee === 0 || shares === v.totalShares) return { ...none, amountXCD, quoteXCD };
    const [feeXCD, quoteFeeXCD] = [feeOf(amountXCD, fee), feeOf(quoteXCD, fee)];
    return { shares, amountXCD: amountXCD - feeXCD, feeXCD, quoteXCD: quoteXCD - quoteFeeXCD, quoteFeeXCD };
  }

  /** The payout for as many of the shares as the LP vault can pay now. */
  #payablePart(v: Valuation, shares: bigint, fee: number): Payout {
    const whole = this.#payoutOf(v, shares, fee);
    const limit = shares === 0n ? undefined : this.assets.payableXCD(v);
    if (limit === undefined || whole.amountXCD <= limit) return whole;
    const gross = whole.feeXCD !== 0n ? mulDivDown(limit, PPM, PPM - BigInt(fee)) : limit;
    return this.#payoutOf(v, shareMath.toSharesWithinDown(shares, whole.amountXCD + whole.feeXCD, gross), fee);
  }
}

/** A fee (ppm) of an amount, up. */
const feeOf = (amount: bigint, fee: number): bigint => (fee === 0 ? 0n : mulDivUp(amount, BigInt(fee), PPM));

/** The part of an LP vault's assets that shares are worth, own decimals, down. */
export const shareOfAssets = (
  { totalShares }: Valuation,
  shares: bigint,
  totalAssets: bigint,
  assetScale: bigint,
): bigint => floorDiv(shareMath.toPayoutDown(shares, { totalAssets, totalShares }), assetScale);
