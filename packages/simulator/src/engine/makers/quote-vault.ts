import { amounts, hedgeMargin, margin, shares as shareMath } from "@counterpoise/sdk/math";
import type { AccountId } from "../bookings.js";
import { abs, ceilDiv, max, min, mulDivDown, PPM, positivePart } from "../integers.js";
import type { Ledger } from "../ledger.js";
import { type Payout, shareOfAssets, type Valuation } from "../lp/lp-vault.js";
import type { Oracle } from "../oracle.js";
import type { QuoteVaultSettings } from "../parameters.js";
import { Rejection } from "../rejection.js";
import type { SpotPool } from "../spot/pool.js";
import { HedgedVault } from "./hedged-vault.js";

/** An LP vault of collateral (makers/SpotHedgeQuoteMaker.sol): the base that it holds equals its short (H1). */
export class QuoteVault extends HedgedVault {
  readonly kind = "quote";
  /** Fees paid to keepers, own decimals. */
  keeperFeesXCD = 0n;
  /** Seconds; when a keeper was paid last. */
  #keeperPaidAt = 0n;

  constructor(
    id: AccountId,
    protected readonly quoteRules: QuoteVaultSettings,
    ...parts: [ledger: Ledger, oracle: Oracle, pool: SpotPool]
  ) {
    super(id, hedgeSettingsOf(quoteRules), ...parts);
  }

  get paysOwnDebt(): boolean {
    return this.holdings.assetBalance !== 0n || this.holdings.baseBalance !== 0n;
  }
  get assetScale(): bigint {
    return this.ledger.collateralScale;
  }

  // ---- gaps ----

  protected sell(units: bigint) {
    const { amountIn, amountOut } = this.swap({ isBaseToQuote: true, isExactInput: true, amount: units });
    const { assetBalance, baseBalance } = this.holdings;
    if (amountIn > baseBalance) throw new Rejection("MakerCapacityExceeded", { requested: amountIn });
    this.change({ assetBalance: assetBalance + amountOut, baseBalance: baseBalance - amountIn });
    return this.#hedge(amountIn, amountOut);
  }

  protected buyForGap(units: bigint) {
    const { amountIn, amountOut } = this.swap({ isBaseToQuote: false, isExactInput: false, amount: units });
    const { assetBalance, baseBalance } = this.holdings;
    if (amountIn > assetBalance) throw new Rejection("MakerQuoteCapacityExceeded", { requested: amountIn });
    this.change({ assetBalance: assetBalance - amountIn, baseBalance: baseBalance + amountOut });
    return this.#hedge(amountOut, amountIn);
  }

  #hedge(base: bigint, quote: bigint) {
    return { base: base * this.baseScale, quote: quote * this.assetScale, shortage: 0n, unfunded: 0n };
  }

  /** The base of a gap that was written off is not counted any more. */
  protected override onWrittenOff(gap: bigint): void {
    if (gap >= 0n) return;
    this.change({ baseBalance: this.holdings.baseBalance + gap });
    // The base was counted as lost with the gap, and is not held any more either.
    this.lose(-gap * this.baseScale);
  }

  // ---- margin ----

  /**
   * Moves margin to its target, as any keeper may (makers/spot-hedge/QuoteMargin.sol), and pays the keeper.
   *
   * @returns moved into the margin (above zero) or out of it, own decimals.
   * @throws {Rejection} `NothingToRebalance`
   */
  rebalance(): bigint {
    return this.ledger.atomically(() => {
      const isGapClosed = this.holdings.gap !== 0n && this.tryCloseGap();
      let moved = this.#toMove();
      if (moved === 0n) {
        if (isGapClosed) return 0n;
        throw new Rejection("NothingToRebalance");
      }
      const fee = this.#keeperFee(abs(moved));
      if (moved > 0n) {
        moved = min(moved, this.holdings.assetBalance - fee);
        this.change({ assetBalance: this.holdings.assetBalance - moved });
        this.ledger.receive(this.id, moved);
      } else {
        this.#moveOut(-moved);
      }
      this.#payKeeper(fee);
      return moved;
    });
  }

  /** Margin to move into the position (above zero) or out of it, own decimals; zero within the band. */
  #toMove(): bigint {
    const { ledger, quoteRules: rules } = this;
    const { size } = ledger.positionOf(this.id);
    const price = size === 0n ? 0n : this.oracle.tradePrice(ledger.time).price;
    const state = ledger.stateOf(this.id, price);
    const notional = amounts.notionalCeil(size, price);
    const lacking = hedgeMargin.lackingUp(min(state.margin, state.value), notional, rules.targetMarginRatio);
    if (abs(lacking) <= margin.requirementCeil(notional, rules.rebalanceBand)) return 0n;
    if (lacking > 0n) return min(hedgeMargin.toAddUp(lacking, this.assetScale), this.holdings.assetBalance);
    return -min(
      -lacking / this.assetScale,
      ledger.withdrawable(this.id, () => price),
    );
  }

  #moveOut(amountXCD: bigint): void {
    this.ledger.withdraw(this.id, amountXCD, () => this.oracle.tradePrice(this.ledger.time).price);
    this.change({ assetBalance: this.holdings.assetBalance + amountXCD });
  }

  #keeperFee(amountXCD: bigint): bigint {
    const { keeperFeeRatio, maxKeeperFee, keeperInterval } = this.quoteRules;
    if (this.#keeperPaidAt !== 0n && this.ledger.time < this.#keeperPaidAt + BigInt(keeperInterval)) return 0n;
    return min(mulDivDown(amountXCD, BigInt(keeperFeeRatio), PPM), maxKeeperFee);
  }

  #payKeeper(feeXCD: bigint): void {
    if (feeXCD === 0n) return;
    const before = [this.#keeperPaidAt, this.keeperFeesXCD] as const;
    this.ledger.onFailure(() => {
      [this.#keeperPaidAt, this.keeperFeesXCD] = before;
    });
    this.#keeperPaidAt = this.ledger.time;
    this.keeperFeesXCD += feeXCD;
    this.change({ assetBalance: this.holdings.assetBalance - feeXCD });
  }

  // ---- LPs ----

  needsPrice({ size }: Valuation, isDeposit: boolean): boolean {
    return size !== 0n || (isDeposit && this.holdings.baseBalance !== 0n);
  }

  totalAssets(v: Valuation): bigint {
    const { baseBalance } = this.holdings;
    const funds = this.#funds(v);
    return baseBalance === 0n ? funds : funds + amounts.valueFloor(baseBalance * this.baseScale, this.priceOf(v));
  }

  entitlement(v: Valuation, shares: bigint, total: () => bigint): { amountXCD: bigint; quoteXCD: bigint } {
    if (v.size !== 0n) return { amountXCD: shareOfAssets(v, shares, total(), this.assetScale), quoteXCD: 0n };
    const totals = { totalAssets: positivePart(this.#funds(v)), totalShares: v.totalShares };
    return { amountXCD: shareMath.toPayoutDown(shares, totals) / this.assetScale, quoteXCD: 0n };
  }

  /** The balance less the reserve, or less what avoids a deleveraging if that is more. */
  payableXCD(v: Valuation): bigint {
    if (this.isInDebt(v)) return 0n;
    const { assetBalance: held } = this.holdings;
    if (v.price === undefined) return held + this.ledger.withdrawable(this.id, () => 0n);
    if (!this.hasMinMargin(v)) return 0n;
    const { reserveRatio, deleverageRatio, rebalanceBand } = this.quoteRules;
    const notional = amounts.notionalCeil(v.size, v.price);
    const reserve = ceilDiv(margin.requirementCeil(notional, reserveRatio), this.assetScale);
    const lacking = hedgeMargin.lackingUp(v.accountValue, notional, deleverageRatio + rebalanceBand);
    return positivePart(held - max(reserve, hedgeMargin.toAddUp(lacking, this.assetScale)));
  }

  payOut(v: Valuation, payout: Payout): void {
    if (this.isInDebt(v)) throw new Rejection("AccountInDebt", { accountValue: v.accountValue });
    const available = this.payableXCD(v);
    const { amountXCD } = payout;
    if (amountXCD > available) throw new Rejection("InsufficientAssetBalance", { amountXCD, available });
    const { assetBalance, gap } = this.holdings;
    if (amountXCD > assetBalance) this.#moveOut(amountXCD - assetBalance);
    this.deduct(v, payout);
    const baseUnits = positivePart(this.holdings.gap - gap);
    if (gap < 0n && baseUnits !== 0n) this.change({ baseBalance: this.holdings.baseBalance - baseUnits });
  }

  /** Capacity is the short that the deposits finance at the last price. */
  afterLiquidityChange(): void {
    const owed = this.holdings.assetLiability * this.assetScale;
    const { price } = this.oracle.last;
    const short = owed === 0n ? 0n : hedgeMargin.capacityDown(owed, { price, ...this.quoteRules });
    this.ledger.reportCapacity(this.id, 0n, short);
  }

  #funds({ accountValue }: Valuation): bigint {
    return accountValue + this.holdings.assetBalance * this.assetScale;
  }
}

const hedgeSettingsOf = ({ maxHedgeDeviation, minMarginRatio, spread, maxCarry }: QuoteVaultSettings) => ({
  ...{ maxHedgeDeviation, minMarginRatio, spread, maxCarry },
});
