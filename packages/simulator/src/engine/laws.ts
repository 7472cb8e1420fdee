import type { Booking } from "./bookings.js";
import type { Exchange } from "./exchange.js";
import type { HedgedVault } from "./makers/hedged-vault.js";

/** The laws of docs/specification.md that the state of the exchange shows. L6 binds each trade, which is rejected otherwise. */
export type LawId = "L1" | "L2" | "L3" | "L4" | "L5" | "H1";

/** A law's figure, WAD of base or quote, and whether the law admits it. */
export type LawCheck = { id: LawId; figure: bigint; holds: boolean; account?: string | undefined };

/** Follows the bookings of an exchange and checks its laws. */
export class LawMonitor {
  /** Collateral that entered the market less what left it, own decimals. */
  #tokensXCD = 0n;
  /** Funding and borrowing that accounts paid less what they received, WAD quote. */
  #settledFees = 0n;

  /** Reads a booking. All bookings of the exchange must be read. */
  add(booking: Booking): void {
    switch (booking.type) {
      case "MarginReceived":
      case "InsuranceDonated":
        this.#tokensXCD += booking.amountXCD;
        break;
      case "MarginPaidOut":
        this.#tokensXCD -= booking.amountXCD;
        break;
      case "PositionsChanged":
        for (const { funding, borrowing } of [booking.takerMargin, booking.makerMargin]) {
          this.#settledFees += funding + borrowing;
        }
        break;
    }
  }

  /** Checks the laws between two operations. */
  check({ ledger, baseVault, quoteVault }: Exchange): LawCheck[] {
    const unit = ledger.collateralScale;
    const accrued = ledger.feesNow;
    let [sizes, worth, pendingFees, lowest] = [0n, 0n, 0n, 0n];
    for (const [account, { size, openNotional, margin }] of ledger.positions) {
      // At a price of zero, the value of an account is margin and open notional.
      const { margin: left } = ledger.stateOf(account, 0n, accrued);
      sizes += size;
      worth += left + openNotional;
      pendingFees += margin - left;
      if (size === 0n && margin < lowest) lowest = margin;
    }
    const dust = ledger.balance * unit - worth - ledger.insurance;
    const fees = this.#settledFees + pendingFees;
    return [
      { id: "L1", figure: sizes, holds: sizes === 0n },
      { id: "L2", figure: dust, holds: dust >= 0n && dust < unit },
      { id: "L3", figure: this.#tokensXCD - ledger.balance, holds: this.#tokensXCD === ledger.balance },
      { id: "L4", figure: fees, holds: fees >= 0n && fees < unit },
      { id: "L5", figure: lowest, holds: lowest >= 0n || hasOwnAssets(baseVault) || hasOwnAssets(quoteVault) },
      checkHedge(baseVault, ledger.positionOf(baseVault.id).size),
      checkHedge(quoteVault, ledger.positionOf(quoteVault.id).size),
    ];
  }
}

/** A flat hedged vault may owe the market what its own tokens will pay (T64). */
const hasOwnAssets = ({ paysOwnDebt, ledger, id }: HedgedVault): boolean =>
  paysOwnDebt && ledger.positionOf(id).margin < 0n;

/** H1: base held, the gap and the perpetual size change with LPs and with base on record as lost only. */
function checkHedge(vault: HedgedVault, size: bigint): LawCheck {
  const { holdings, totals, lpBase, baseScale } = vault;
  const held = vault.kind === "base" ? holdings.assetBalance : holdings.baseBalance;
  const figure = (held + holdings.gap) * baseScale + size + totals.lostBase - lpBase;
  return { id: "H1", figure, holds: figure === 0n, account: vault.id };
}
