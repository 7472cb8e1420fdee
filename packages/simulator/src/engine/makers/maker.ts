import type { AccountId } from "../bookings.js";
import type { OraclePrice } from "../oracle.js";

/** An order as a maker receives it (`FillInput`). Sizes WAD. */
export type FillRequest = {
  /** The taker sells. */
  isBaseToQuote: boolean;
  /** `amount` is what the taker gives: base of a sale, quote of a purchase. */
  isExactInput: boolean;
  /** Of base or quote, WAD. */
  amount: bigint;
  /** Zero in a liquidation, so that the hedge is bounded as for an increase (H2). */
  takerSize: bigint;
};

/** A maker of the market. */
export type Maker = {
  readonly id: AccountId;
  readonly isSpotHedged: boolean;
  /** Margin ratio that a fill that increases the maker's exposure must leave, ppm. */
  readonly minMarginRatio: number;
  /** Whether the maker has assets of its own that pay its debt before insurance does. */
  readonly paysOwnDebt: boolean;
  /**
   * Fills an order, in the ledger's running operation: pays for its hedge and returns the other amount, WAD.
   *
   * @throws {Rejection}
   */
  fill(request: FillRequest, price: OraclePrice): bigint;
  /** Adjusts the hedge after a forced change of the position, WAD base. A failed hedge leaves a gap on record. */
  onPositionForced(base: bigint): void;
};
