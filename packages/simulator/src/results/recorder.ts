import type { AccountId, Booking } from "../engine/bookings.js";
import type { Liquidation } from "../engine/liquidation.js";
import type { Trade } from "../engine/trading.js";
import { Attribution } from "./attribution.js";

/** Seconds after a fill at which it is valued. */
export const MARKOUT_HORIZONS = [5, 60, 600] as const;

/** Fills of a kind of agent. Dollars. */
export type KindTotals = {
  trades: number;
  volume: number;
  /** Quote paid in excess of the oracle's price, and trading fees. */
  cost: number;
  /** Gain of the makers at the price after each of {@link MARKOUT_HORIZONS}. */
  markouts: number[];
};

type Fill = { kind: string; second: number; base: number; quote: number };

/** Collects the events of a run. */
export class Recorder {
  readonly attribution = new Attribution();
  readonly kinds = new Map<string, KindTotals>();
  readonly unfilled = new Map<string, number>();
  readonly redemptionSeconds: number[] = [];
  readonly liquidationDelays: number[] = [];
  liquidations = 0;
  deleveragings = 0;
  /** Bad debt that liquidations and deleveragings recorded, dollars, and the insurance that they used. */
  badDebt = 0;
  insuranceUsed = 0;
  /** Paid by movers for their impact, dollars. */
  impactCost = 0;
  #fills: Fill[] = [];
  #hasNewFills = false;

  constructor(readonly market: { at(second: number): number; length: number }) {}

  add(booking: Booking): void {
    this.attribution.add(booking);
    if (booking.type === "PositionsChanged") this.#hasNewFills = true;
    if (booking.type === "ShortfallCovered") {
      const amount = Number(booking.amount) / 1e18;
      const debt = Math.min(amount, Math.max(0, -Number(booking.insurance) / 1e18));
      this.badDebt += debt;
      this.insuranceUsed += amount - debt;
    }
  }

  /** Whether positions have changed since the last call. */
  hasNewFills(): boolean {
    const result = this.#hasNewFills;
    this.#hasNewFills = false;
    return result;
  }

  addTrade(kind: string, _maker: AccountId, { base, quote, tradingFee, price }: Trade, second: number): void {
    const totals = this.kinds.get(kind) ?? { trades: 0, volume: 0, cost: 0, markouts: MARKOUT_HORIZONS.map(() => 0) };
    this.kinds.set(kind, totals);
    const fair = (Number(base) / 1e18) * (Number(price) / 1e18);
    totals.trades++;
    totals.volume += Math.abs(Number(quote)) / 1e18;
    totals.cost += -fair - Number(quote) / 1e18 + Number(tradingFee) / 1e18;
    this.#fills.push({ kind, second, base: Number(base) / 1e18, quote: Number(quote) / 1e18 });
  }

  addUnfilled(reason: string): void {
    this.unfilled.set(reason, (this.unfilled.get(reason) ?? 0) + 1);
  }

  addLiquidation(_result: Liquidation, delay: number): void {
    this.liquidations++;
    this.liquidationDelays.push(delay);
  }

  addDeleveraging(): void {
    this.deleveragings++;
  }

  addRedemption(seconds: number): void {
    this.redemptionSeconds.push(seconds);
  }

  addImpact(_kind: string, cost: number): void {
    this.impactCost += cost;
  }

  /** Values the fills at later prices of the market. To be called once, at the end. */
  close(): void {
    for (const { kind, second, base, quote } of this.#fills) {
      const totals = this.kinds.get(kind) as KindTotals;
      for (const [index, horizon] of MARKOUT_HORIZONS.entries()) {
        // The maker has the opposite of both amounts.
        totals.markouts[index] = (totals.markouts[index] as number) - quote - base * this.market.at(second + horizon);
      }
    }
    this.#fills = [];
  }
}
