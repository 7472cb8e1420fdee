import { amounts, inventoryCurve, MakerCapacityExceededError, margin } from "@counterpoise/sdk/math";
import type { AccountId } from "../bookings.js";
import { min, positivePart } from "../integers.js";
import type { Ledger } from "../ledger.js";
import { type LpAssets, type Payout, shareOfAssets, type Valuation } from "../lp/lp-vault.js";
import type { Oracle, OraclePrice } from "../oracle.js";
import type { OracleMakerSettings } from "../parameters.js";
import { Rejection } from "../rejection.js";
import type { FillRequest, Maker } from "./maker.js";

/** A maker that quotes around the oracle's price with a premium for its inventory (makers/OracleMaker.sol). */
export class OracleMaker implements Maker, LpAssets {
  readonly isSpotHedged = false;
  /** All assets are in the margin. */
  readonly paysOwnDebt = false;
  /** LP fee that takers have paid, WAD quote, down. */
  feesEarned = 0n;

  constructor(
    readonly id: AccountId,
    readonly settings: OracleMakerSettings,
    readonly ledger: Ledger,
    readonly oracle: Oracle,
    /** Part of the maker's value that may have to pay a known shortfall, WAD quote ({@link Shortfalls.withheldFrom}). */
    readonly withheld: (price: bigint) => bigint,
  ) {
    ledger.registerMaker(id);
    ledger.reportCapacity(id, settings.maxAbsPosition, settings.maxAbsPosition);
  }

  get minMarginRatio(): number {
    return this.settings.minMarginRatio;
  }

  /** Size that takers can still buy or sell, WAD base. */
  capacity(takerBuys: boolean): bigint {
    const { maxAbsPosition } = this.settings;
    return inventoryCurve.capacity({ inventory: this.ledger.positionOf(this.id).size, maxAbsPosition }, { takerBuys });
  }

  fill({ isBaseToQuote, isExactInput, amount }: FillRequest, { price, confidence }: OraclePrice): bigint {
    const state = { ...this.settings, price, confidence, inventory: this.ledger.positionOf(this.id).size };
    const isExactBase = isBaseToQuote === isExactInput;
    try {
      const { base, quote, fee } = inventoryCurve.fill(state, { isBaseToQuote, isExactInput, amount });
      const before = this.feesEarned;
      this.ledger.onFailure(() => {
        this.feesEarned = before;
      });
      this.feesEarned += fee;
      return isExactBase ? quote : base;
    } catch (error) {
      throw rejectionOfCapacity(error);
    }
  }

  /** Carries its inventory without a hedge. */
  onPositionForced(): void {}

  // ---- LPs: all assets are the account value ----

  get assetScale(): bigint {
    return this.ledger.collateralScale;
  }

  needsPrice({ size }: Valuation): boolean {
    return size !== 0n;
  }

  totalAssets({ accountValue }: Valuation): bigint {
    return accountValue;
  }

  entitlement(v: Valuation, shares: bigint, total: () => bigint): { amountXCD: bigint; quoteXCD: bigint } {
    const withheld = v.price === undefined ? 0n : this.withheld(v.price);
    if (withheld === 0n) return { amountXCD: shareOfAssets(v, shares, total(), this.assetScale), quoteXCD: 0n };
    const left = v.accountValue - withheld;
    if (left <= 0n) throw new Rejection("VaultInsolvent", { total: left });
    return { amountXCD: shareOfAssets(v, shares, left, this.assetScale), quoteXCD: 0n };
  }

  payableXCD(v: Valuation): bigint {
    const required = v.price === undefined ? 0n : this.#requirement(v.size, v.price);
    const byMaker = positivePart(positivePart(v.accountValue) - required) / this.assetScale;
    return min(
      byMaker,
      this.ledger.withdrawable(this.id, () => this.oracle.tradePrice(this.ledger.time).price),
    );
  }

  takeIn(amountXCD: bigint): void {
    this.ledger.receive(this.id, amountXCD);
  }

  payOut(v: Valuation, { amountXCD }: Payout): void {
    if (v.price !== undefined) {
      const valueAfter = v.accountValue - amountXCD * this.assetScale;
      const required = this.#requirement(v.size, v.price);
      if (margin.isBelow(valueAfter, required)) throw new Rejection("BelowMinMarginRatio", { valueAfter, required });
    }
    const { ledger, oracle } = this;
    ledger.withdraw(this.id, amountXCD, (lastFillAt) => oracle.withdrawalPrice(ledger.time, lastFillAt).price);
  }

  afterLiquidityChange(): void {}

  #requirement(size: bigint, price: bigint): bigint {
    return margin.requirementCeil(amounts.notionalCeil(size, price), this.settings.minMarginRatio);
  }
}

/** The rejection that a maker's lack of capacity causes; another error as it is. */
export function rejectionOfCapacity(error: unknown): unknown {
  if (!(error instanceof MakerCapacityExceededError)) return error;
  const { requested, available, unit } = error;
  const errorName = unit === "base" ? "MakerCapacityExceeded" : "MakerQuoteCapacityExceeded";
  return new Rejection(errorName, { requested, available });
}
