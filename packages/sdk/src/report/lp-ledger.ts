// The result of an LP vault, by cause. Pure: from events to amounts, without a chain.
import { valueFloor } from "../maths/amounts.js";
import type { Wad } from "../units.js";

/** Why a position of the LP vault changed; the difference to the oracle price belongs to that cause. */
export type FillCause =
  /** A taker traded, or was liquidated against the LP vault: `lpFee` and `spread`. */
  | "trade"
  /** The LP vault itself was liquidated or settled: `liquidation`. */
  | "liquidation"
  /** It was the counterparty of a deleveraging, at the bankruptcy price: `uncollectable`. */
  | "deleveraging"
  /** It reduced its own position: `hedgeCost`. */
  | "hedge";

/**
 * An event that changes the value of an LP vault. All amounts WAD; `base` and `quote` are received by the LP vault above zero.
 * `price` is the oracle price, quote per base, to which everything is valued from then on.
 */
export type LpEvent =
  | {
      type: "fill";
      base: Wad;
      quote: Wad;
      price: Wad;
      cause: FillCause;
      /** Of `quote`: the maker's own fee, above zero. Default: none. */
      lpFee?: Wad | undefined;
    }
  /** A trade on the spot market. */
  | { type: "hedge"; base: Wad; quote: Wad; price?: Wad | undefined }
  /** Funding and borrowing that a fill settled: paid above zero. */
  | { type: "carry"; funding: Wad; borrowing: Wad }
  /**
   * Any other change of the collateral: penalties, rewards, bonds and shortfalls that insurance paid (`liquidation`), fees of
   * keepers that rebalance (`keepers`), tokens that no LP deposited (`donated`).
   */
  | { type: "payment"; cause: "liquidation" | "keepers" | "donated"; quote: Wad; base?: Wad | undefined }
  /** Deposits of LPs, above zero, or withdrawals: no result. */
  | { type: "flow"; base: Wad; quote: Wad }
  /** Entry and exit fees that an LP left to the other LPs. They change no value of the LP vault as a whole. */
  | { type: "keptFee"; base: Wad; quote: Wad }
  /** Base that a hedge did not buy back, for lack of quote (H3). Its cost is in the fills and hedges. */
  | { type: "shortage"; base: Wad };

/** The result of an LP vault by cause, WAD quote; above zero the LPs gain. */
export type LpParts = {
  /** The maker's own fee, which takers pay. */
  lpFee: Wad;
  /** Paid by takers in excess of the oracle price, without the maker's fee. A hedged vault pays it on to the spot market. */
  spread: Wad;
  /** The position at the change of the oracle price: the net one of a hedged vault, without the base of its LPs. */
  inventory: Wad;
  funding: Wad;
  borrowing: Wad;
  /** Fee and price impact of the spot market, and of reductions of the own position, against the oracle price. */
  hedgeCost: Wad;
  /** Penalties, rewards, bonds of takers, and shortfalls that insurance paid. */
  liquidation: Wad;
  /** Profit that a bankrupt account could not pay: deleveraging at a price worse than the oracle's. */
  uncollectable: Wad;
  /** Fees of keepers that rebalance. */
  keepers: Wad;
  /** Tokens that came without an LP, a fill or a hedge. */
  donated: Wad;
};

/** The holdings of an LP vault, and its result so far. Changed in place by {@link applyLpEvent}. */
export type LpLedger = {
  /** The perpetual position, WAD base. */
  size: Wad;
  /** Margin, open notional and collateral held, WAD quote, before pending fees. */
  quote: Wad;
  /** Base held, WAD. */
  base: Wad;
  /** Net deposits of LPs, WAD. */
  lpBase: Wad;
  lpQuote: Wad;
  /** The oracle price of the valuation, WAD. */
  price: Wad;
  /** Fees that LPs left to the others, WAD. */
  keptFees: { base: Wad; quote: Wad };
  /** Base that hedges did not buy back, WAD. */
  shortage: Wad;
  /** Fills as a maker, forced ones included. */
  fills: number;
  parts: LpParts;
  /** Pending fees at the beginning, WAD quote, owed above zero. */
  readonly pendingBefore: { funding: Wad; borrowing: Wad };
  /** The value at the beginning, WAD quote. */
  readonly valueBefore: Wad;
};

/** The state of an LP vault at the beginning of a report, WAD. All of it is the LPs' then. */
export type LpStart = {
  size: Wad;
  /** Margin, open notional and collateral held. */
  quote: Wad;
  /** Base held. */
  base: Wad;
  price: Wad;
  /** Owed above zero. */
  pendingFunding: Wad;
  pendingBorrowing: Wad;
};

const NOTHING: LpStart = { size: 0n, quote: 0n, base: 0n, price: 0n, pendingFunding: 0n, pendingBorrowing: 0n };

/**
 * The ledger of a new LP vault, or of one with a state.
 *
 * @example
 * const ledger = newLpLedger();
 */
export function newLpLedger(start: LpStart = NOTHING): LpLedger {
  const { size, quote, base, price, pendingFunding: funding, pendingBorrowing: borrowing } = start;
  const parts: LpParts = {
    ...{ lpFee: 0n, spread: 0n, inventory: 0n, funding: 0n, borrowing: 0n },
    ...{ hedgeCost: 0n, liquidation: 0n, uncollectable: 0n, keepers: 0n, donated: 0n },
  };
  return {
    ...{ size, quote, base, price, lpBase: base, lpQuote: 0n, shortage: 0n, fills: 0, parts },
    keptFees: { base: 0n, quote: 0n },
    pendingBefore: { funding, borrowing },
    valueBefore: quote + valueFloor(size, price) - funding - borrowing,
  };
}

/** The value of position and base at a price, less that of the LPs' own base, WAD quote: each rounded as the contracts do. */
const exposureOf = ({ size, base, lpBase }: LpLedger, price: Wad): Wad =>
  price === 0n ? 0n : valueFloor(size, price) + valueFloor(base, price) - valueFloor(lpBase, price);

/**
 * Applies one event to the ledger in place. The events must be in their order. Each changes the parts by exactly the change of the
 * LP vault's value at the event's price; a new price first changes `inventory`.
 *
 * @example
 * for (const event of events) applyLpEvent(ledger, event);
 */
export function applyLpEvent(ledger: LpLedger, event: LpEvent): void {
  const { parts } = ledger;
  if ("price" in event && event.price !== undefined && event.price !== ledger.price) {
    parts.inventory += exposureOf(ledger, event.price) - exposureOf(ledger, ledger.price);
    ledger.price = event.price;
  }
  /** The change of the value by a change of what the LP vault has, WAD quote. */
  const change = (quote: Wad, { size = 0n, base = 0n, lpBase = 0n }): Wad => {
    const before = exposureOf(ledger, ledger.price);
    ledger.quote += quote;
    ledger.size += size;
    ledger.base += base;
    ledger.lpBase += lpBase;
    return quote + exposureOf(ledger, ledger.price) - before;
  };
  switch (event.type) {
    case "fill": {
      const edge = change(event.quote, { size: event.base });
      const { cause, lpFee = 0n } = event;
      if (cause === "trade" || cause === "deleveraging") ledger.fills++;
      if (cause === "trade") {
        parts.lpFee += lpFee;
        parts.spread += edge - lpFee;
      } else {
        parts[cause === "liquidation" ? "liquidation" : cause === "hedge" ? "hedgeCost" : "uncollectable"] += edge;
      }
      break;
    }
    case "hedge":
      parts.hedgeCost += change(event.quote, { base: event.base });
      break;
    case "carry":
      ledger.quote -= event.funding + event.borrowing;
      parts.funding -= event.funding;
      parts.borrowing -= event.borrowing;
      break;
    case "payment":
      parts[event.cause] += change(event.quote, event.base === undefined ? {} : { base: event.base });
      break;
    case "flow":
      ledger.lpQuote += event.quote;
      // The base of LPs is valued apart, so that the sum may differ by a wei.
      parts.inventory += change(event.quote, { base: event.base, lpBase: event.base }) - event.quote;
      break;
    case "keptFee":
      ledger.keptFees.base += event.base;
      ledger.keptFees.quote += event.quote;
      break;
    case "shortage":
      ledger.shortage += event.base;
      break;
  }
}

/** The state at the end of a report, WAD quote unless stated otherwise. */
export type LpEnd = {
  /** The oracle price, quote per base. */
  price: Wad;
  /** Owed above zero. */
  pendingFunding: Wad;
  pendingBorrowing: Wad;
};

/** The attribution of an LP vault's result, WAD quote. */
export type LpAttribution = LpParts & {
  /** The sum of the parts. */
  total: Wad;
  /**
   * The change of the value of what the LP vault has, less the flows of LPs, whose base is valued at the last price: an LP of base
   * gains when it has more base, not when base is worth more. Equals `total` to the wei.
   */
  valueChange: Wad;
  /** Fees of entering and leaving LPs, at the last price. They raise the share price of the others, and are no part of the total. */
  keptFees: Wad;
};

/**
 * The attribution of a result up to now. The ledger is not changed.
 *
 * @example
 * const { lpFee, spread, inventory, total } = attributionOf(ledger, { price, pendingFunding, pendingBorrowing });
 */
export function attributionOf(ledger: LpLedger, { price, pendingFunding, pendingBorrowing }: LpEnd): LpAttribution {
  const { parts, pendingBefore, valueBefore, keptFees } = ledger;
  const funding = pendingFunding - pendingBefore.funding;
  const borrowing = pendingBorrowing - pendingBefore.borrowing;
  const now: LpParts = {
    ...parts,
    inventory: parts.inventory + exposureOf(ledger, price) - exposureOf(ledger, ledger.price),
    funding: parts.funding - funding,
    borrowing: parts.borrowing - borrowing,
  };
  const value = ledger.quote + exposureOf(ledger, price) - pendingFunding - pendingBorrowing;
  return {
    ...now,
    total: Object.values(now).reduce((sum, part) => sum + part, 0n),
    valueChange: value - ledger.lpQuote - valueBefore,
    keptFees: keptFees.quote + valueFloor(keptFees.base, price),
  };
}
