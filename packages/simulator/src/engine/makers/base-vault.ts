import { shares as shareMath } from "@counterpoise/sdk/math";
import { abs, ceilDiv, floorDiv, min, mulDivDown, mulDivUp, PPM, positivePart, WAD } from "../integers.js";
import { type Payout, shareOfAssets, type Valuation } from "../lp/lp-vault.js";
import { GAP_PARTS, HedgedVault } from "./hedged-vault.js";

/** An LP vault of base tokens (makers/SpotHedgeBaseMaker.sol): base held and its long position add up to the deposits of LPs (H1). */
export class BaseVault extends HedgedVault {
  readonly kind = "base";
  protected readonly quoteRules = undefined;

  get paysOwnDebt(): boolean {
    return this.holdings.assetBalance !== 0n;
  }
  get assetScale(): bigint {
    return this.baseScale;
  }

  // ---- gaps ----

  protected override addDebtToGap(): void {
    const { gap, assetBalance } = this.holdings;
    const { size, margin } = this.ledger.positionOf(this.id);
    const debt = positivePart(-margin);
    if (gap !== 0n || size !== 0n || debt < this.ledger.collateralScale) return;
    const unitPrice = (this.livePrice() * this.baseScale * (PPM - BigInt(this.gapBound))) / PPM;
    const units = min(assetBalance, mulDivUp(debt, WAD, unitPrice));
    this.change({ gap: -units, gapMinPart: ceilDiv(units, GAP_PARTS) });
    this.lose(units * this.baseScale);
  }

  protected sell(units: bigint) {
    const { amountIn, amountOut } = this.swap({ isBaseToQuote: true, isExactInput: true, amount: units });
    this.change({ assetBalance: this.holdings.assetBalance - amountIn });
    this.ledger.receive(this.id, amountOut);
    const { collateralScale } = this.ledger;
    return { base: amountIn * this.baseScale, quote: amountOut * collateralScale, shortage: 0n, unfunded: 0n };
  }

  /** Buys with the quote that a forced change left over: margin beyond the cost of closing the position at its entry. */
  protected buyForGap(units: bigint, price: bigint) {
    const state = this.ledger.stateOf(this.id, price);
    const free = positivePart(state.margin + state.openNotional);
    const left = mulDivDown(free, units, units + abs(this.holdings.gap));
    const unitPrice = price * this.baseScale;
    const covered = min(units, mulDivDown(left, WAD, unitPrice));
    const affordable = mulDivDown(left, WAD * PPM, unitPrice * (PPM + BigInt(this.gapBound)));
    const amount = min(units, affordable);
    let bought = { base: 0n, quote: 0n };
    if (amount !== 0n) {
      const { amountIn, amountOut } = this.swap({ isBaseToQuote: false, isExactInput: false, amount });
      this.ledger.withdraw(this.id, amountIn, () => this.oracle.tradePrice(this.ledger.time).price);
      this.change({ assetBalance: this.holdings.assetBalance + amountOut });
      bought = { base: amountOut * this.baseScale, quote: amountIn * this.ledger.collateralScale };
    }
    return {
      ...bought,
      shortage: (units - covered) * this.baseScale,
      unfunded: (covered - amount) * this.baseScale,
    };
  }

  // ---- LPs ----

  needsPrice({ size, accountValue }: Valuation, isDeposit: boolean): boolean {
    return size !== 0n || (isDeposit && accountValue !== 0n);
  }

  totalAssets(v: Valuation): bigint {
    const held = this.holdings.assetBalance * this.assetScale;
    return v.accountValue === 0n ? held : held + floorDiv(v.accountValue * WAD, this.priceOf(v));
  }

  /** A flat base vault pays its base and its collateral in kind, otherwise base. */
  entitlement(v: Valuation, shares: bigint, total: () => bigint): { amountXCD: bigint; quoteXCD: bigint } {
    if (v.size !== 0n) return { amountXCD: shareOfAssets(v, shares, total(), this.assetScale), quoteXCD: 0n };
    const totalAssets = this.holdings.assetBalance * this.assetScale;
    const { totalShares } = v;
    return {
      amountXCD: shareMath.toPayoutDown(shares, { totalAssets, totalShares }) / this.assetScale,
      quoteXCD: shareMath.toKindDown(shares, positivePart(v.margin), totalShares) / this.ledger.collateralScale,
    };
  }

  payableXCD(v: Valuation): bigint | undefined {
    if (this.isInDebt(v)) return 0n;
    if (v.size === 0n) return undefined;
    return this.hasMinMargin(v) ? this.holdings.assetBalance : 0n;
  }

  payOut(v: Valuation, payout: Payout): void {
    this.deduct(v, payout);
    if (payout.quoteXCD !== 0n) this.ledger.withdraw(this.id, payout.quoteXCD, () => this.priceOf(v));
  }

  /** Capacity is the deposits of LPs. */
  afterLiquidityChange(): void {
    this.ledger.reportCapacity(this.id, this.holdings.assetLiability * this.assetScale, 0n);
  }
}
