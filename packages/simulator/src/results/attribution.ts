// The causes of the change of a maker's value, from the bookings. One module of its own, so that another source of attribution can
// replace it.
import type { AccountId, Booking, PositionsChanged } from "../engine/bookings.js";
import type { Exchange } from "../engine/exchange.js";
import type { HedgedVault } from "../engine/makers/hedged-vault.js";

const WAD = 10n ** 18n;

/** The change of a maker's value by cause, WAD quote; above zero the LPs gain. The parts sum to `valueChange` exactly. */
export type MakerAttribution = {
  /** LP fee that takers have paid, as an OracleMaker reports it. Zero for a hedged maker. */
  lpFee: bigint;
  /** Premiums and spread: all else that takers paid in excess of the oracle's price. */
  spread: bigint;
  /** Change of the value of the inventory with the oracle's price. Zero for a hedged maker. */
  inventory: bigint;
  funding: bigint;
  borrowing: bigint;
  /** Fee and impact of hedges against the oracle's price. */
  hedges: bigint;
  /** Penalties and shares of shortfalls. */
  liquidations: bigint;
  /** Fees of keepers. */
  keepers: bigint;
  /** Base that hedges did not buy back and gaps, at the last price. */
  lostBase: bigint;
  /** A shortfall of the maker itself that insurance paid, or that was recorded as bad debt. */
  uncollectable: bigint;
  /** The change of the LPs' value less their flows. */
  valueChange: bigint;
};

type Sums = {
  /** Quote of fills, WAD. */
  quote: bigint;
  /** Base of fills, WAD, and base x oracle price, WAD^2. */
  base: bigint;
  fair: bigint;
  funding: bigint;
  borrowing: bigint;
  liquidations: bigint;
  uncollectable: bigint;
};

/** Reads bookings and attributes the results of makers. */
export class Attribution {
  readonly #sums = new Map<AccountId, Sums>();

  add(booking: Booking): void {
    switch (booking.type) {
      case "PositionsChanged":
        this.#fill(booking.taker, booking, 1n);
        this.#fill(booking.maker, booking, -1n);
        break;
      case "PenaltySettled":
        this.#of(booking.account).liquidations += booking.accountDelta;
        this.#of(booking.liquidator).liquidations += booking.liquidatorDelta;
        break;
      case "ShortfallCovered":
        this.#of(booking.account).uncollectable += booking.amount;
        break;
    }
  }

  #fill(account: AccountId, { base, quote, price, takerMargin, makerMargin }: PositionsChanged, sign: bigint): void {
    const sums = this.#of(account);
    const { funding, borrowing } = sign > 0n ? takerMargin : makerMargin;
    sums.quote += sign * quote;
    sums.base += sign * base;
    sums.fair += sign * base * price;
    sums.funding -= funding;
    sums.borrowing -= borrowing;
  }

  #of(account: AccountId): Sums {
    const found = this.#sums.get(account);
    if (found) return found;
    const none = { quote: 0n, base: 0n, fair: 0n, funding: 0n, borrowing: 0n, liquidations: 0n, uncollectable: 0n };
    this.#sums.set(account, none);
    return none;
  }

  /** The attribution of a maker at a price, WAD. */
  of(exchange: Exchange, maker: AccountId, price: bigint): MakerAttribution {
    const sums = this.#of(maker);
    const hedged = [exchange.baseVault, exchange.quoteVault].find(({ id }) => id === maker);
    const pending = exchange.ledger.pendingFees(maker);
    const fair = floor(sums.fair);
    const common = {
      funding: sums.funding - pending.funding,
      borrowing: sums.borrowing - pending.borrowing,
      liquidations: sums.liquidations,
      uncollectable: sums.uncollectable,
    };
    const paid = sums.quote + fair;
    if (!hedged) {
      const { feesEarned: lpFee } = exchange.oracleMaker;
      const inventory = floor(sums.base * price) - fair;
      const none = { hedges: 0n, keepers: 0n, lostBase: 0n };
      const valueChange = oracleValue(exchange, maker, price);
      return { lpFee, spread: paid - lpFee, inventory, ...common, ...none, valueChange };
    }
    const lost = hedged.totals.lostBase + hedged.holdings.gap * hedged.baseScale;
    return {
      ...{ lpFee: 0n, spread: paid, inventory: 0n },
      ...common,
      // A hedged maker holds no net base, so that quote received less quote paid is its result at any price.
      hedges: sums.quote + hedged.totals.cash - paid,
      keepers: -keeperFees(exchange, hedged),
      lostBase: floor(-lost * price),
      valueChange: hedgedValue(exchange, hedged, price),
    };
  }
}

/** Fees of keepers that rebalance a quote vault, WAD. */
const keeperFees = ({ quoteVault, ledger }: Exchange, { id }: HedgedVault): bigint =>
  id === quoteVault.id ? quoteVault.keeperFeesXCD * ledger.collateralScale : 0n;

/** Value of an OracleMaker's LPs less their flows, WAD. */
function oracleValue(exchange: Exchange, maker: AccountId, price: bigint): bigint {
  const { value } = exchange.ledger.stateOf(maker, price);
  return value - exchange.lpVaultOf(maker).netDepositsXCD * exchange.ledger.collateralScale;
}

/** Value of a hedged maker's LPs less their flows, WAD. Flows of base count at the last price: holding base is no result. */
function hedgedValue({ ledger, lpVaults }: Exchange, maker: HedgedVault, price: bigint): bigint {
  const { margin, openNotional, size } = ledger.stateOf(maker.id, price);
  const { netDepositsXCD = 0n, netQuoteXCD = 0n } = lpVaults.get(maker.id) ?? {};
  const { assetBalance, baseBalance } = maker.holdings;
  const isBase = maker.kind === "base";
  const base = (isBase ? assetBalance - netDepositsXCD : baseBalance) * maker.baseScale;
  const quoteXCD = (isBase ? 0n : assetBalance - netDepositsXCD) - netQuoteXCD;
  return margin + openNotional + quoteXCD * ledger.collateralScale + floor((size + base) * price);
}

/** A product of two WAD amounts in WAD, down. */
const floor = (raw: bigint): bigint => {
  const quotient = raw / WAD;
  return raw < quotient * WAD ? quotient - 1n : quotient;
};
