import type { Address, Hash, Hex } from "viem";
import { quoteVaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import type { QuoteVaultParameters } from "../../client/parameters.js";
import { pricedView, type Steps } from "../../client/steps.js";
import { confirmed } from "../../client/write.js";
import * as quoteVault from "../../generated/contracts/spot-hedge-quote-maker.js";
import type { BaseAmount, CollateralAmount, Wad } from "../../units.js";

// LPs deposit and withdraw as in every maker: with `depositLp`, `withdrawLp` and the actions of its request vault.

/** A value that the contract stores as zero while there is none. */
const definedOf = (value: bigint): bigint | undefined => (value === 0n ? undefined : value);

/** The state of a quote vault, and the actions open to keepers. */
export type QuoteHedge = {
  /** WAD: the price of all values here; undefined when none was needed. */
  price: Wad | undefined;
  /** WAD base, zero or below. */
  size: Wad;
  /** Base held, in the base token's own decimals. */
  baseBalance: BaseAmount;
  /** Collateral held outside the margin, in its own decimals. */
  quoteBalance: CollateralAmount;
  /**
   * The part of the balance that withdrawals and fills that increase the position must leave, in the collateral's own
   * decimals. Withdrawals leave more if the quote vault would otherwise have to be deleveraged.
   */
  reserve: CollateralAmount;
  /** The lesser of margin and account value, pending fees deducted; WAD quote. */
  margin: Wad;
  /** WAD quote. */
  targetMargin: Wad;
  /** The amount that {@link rebalance} would move into the margin, or, below zero, out of it; in the collateral's own decimals. */
  toMove: CollateralAmount;
  /** The size that a deleveraging would close, WAD base; zero while balance and margin suffice. */
  toClose: Wad;
  /** Seconds: the earliest execution of an announced deleveraging; undefined without one. */
  deleverageAt: bigint | undefined;
  /** Seconds: keepers are not paid before. Undefined before the first payment: then the next one is due at once. */
  keeperPaidFrom: bigint | undefined;
};

/**
 * Reads a quote vault at the stored price.
 *
 * @example
 * const { toMove, toClose } = await getQuoteHedge(client, { maker: deployment.spotHedgeQuoteMaker });
 * @throws {@link StalePriceError} while it has a position and the price is too old.
 */
export const getQuoteHedge = /* @__PURE__ */ defineRead(function* ({ maker }: QuoteVaultParameters): Steps<QuoteHedge> {
  const raw = yield* pricedView(maker, quoteVault.getHedge, []);
  const { reserveXCD, toMoveXCD, price, deleverageAt, keeperPaidFrom, ...hedge } = raw;
  return {
    ...hedge,
    price: definedOf(price),
    reserve: reserveXCD,
    toMove: toMoveXCD,
    deleverageAt: definedOf(deleverageAt),
    keeperPaidFrom: definedOf(keeperPaidFrom),
  };
});

/** The amount moved into the margin, or, below zero, out of it, and the keeper's fee; in the collateral's own decimals. */
export type RebalanceResult = { moved: CollateralAmount; fee: CollateralAmount; hash: Hash };

/**
 * Moves quote between a quote vault's balance and its margin when the margin differs from its target. Open to any
 * account; the keeper receives a capped fee once per interval. Reverts with `NothingToRebalance` when the margin is
 * near its target, and with `NotMaker` for a quote vault that was removed.
 *
 * @example
 * const { fee } = await rebalanceSync(keeper, { maker: deployment.spotHedgeQuoteMaker });
 */
export const rebalance = /* @__PURE__ */ quoteVaultWrite(
  [quoteVault.rebalance, quoteVault.Rebalanced],
  (_: QuoteVaultParameters) => call("rebalance", []),
  ({ event, hash }): RebalanceResult => {
    const { movedXCD, feeXCD } = event("Rebalanced");
    return { moved: movedXCD, fee: feeXCD, hash };
  },
);
/** Sends {@link rebalance}, waits for it, and returns its result. */
export const rebalanceSync = /* @__PURE__ */ confirmed(rebalance);

/**
 * Announces that a part of a quote vault's position is to be closed, because its balance is spent. Open to any account.
 * Reverts with `EnoughFunds` and both amounts when the balance suffices, and with `DeleverageAlive` while an
 * announcement is open.
 */
export const announceVaultDeleverage = /* @__PURE__ */ quoteVaultWrite(
  [quoteVault.announceDeleverage, quoteVault.DeleverageAnnounced],
  (_: QuoteVaultParameters) => call("announceDeleverage", []),
  ({ event }) => {
    const { executableAt, expiresAt } = event("DeleverageAnnounced");
    return { executableAt, expiresAt };
  },
);
/** Sends {@link announceVaultDeleverage}, waits for it, and returns the first and last time of its execution; seconds. */
export const announceVaultDeleverageSync = /* @__PURE__ */ confirmed(announceVaultDeleverage);

/** Parameters of {@link deleverageVault}. */
export type DeleverageVaultParameters = QuoteVaultParameters & {
  /** The maker to buy the perpetual position back from, such as the OracleMaker. */
  against: Address;
  /** The first price update at or after the announced time. */
  updateData: readonly Hex[];
};

/** The result of a deleveraging; zeros if it was cancelled. WAD; the fee in the collateral's own decimals. */
export type DeleverageVaultResult = {
  base: Wad;
  /** Quote that the base was sold for on the spot market. */
  spotQuote: Wad;
  /** Quote that the perpetual position cost. */
  perpQuote: Wad;
  /** The execution price. */
  price: Wad;
  fee: CollateralAmount;
  hash: Hash;
};

/**
 * Executes an announced deleveraging at its unique price: the quote vault sells spot base and buys the same perpetual
 * size back, all or nothing. Open to any account; the keeper is paid as for {@link rebalance}. The announcement is
 * cancelled where balance and margin suffice at that price, or where the price window is over and the market has left
 * that price. Both legs and the announced price have to be near the stored price, so store a recent price first.
 *
 * Reverts with `DeleverageNotDue`, `DeleverageExpired` or `HedgePriceTooOld`; with `DeleveragePriceTooFar` when the market
 * has left the announced price and the price window is not over; and with `HedgeTooFar` or `SlippageExceeded` when a leg
 * is out of its bound.
 */
export const deleverageVault = /* @__PURE__ */ quoteVaultWrite(
  [quoteVault.deleverage, quoteVault.Deleveraged, quoteVault.DeleverageCancelled],
  ({ against, updateData }: DeleverageVaultParameters) => call("deleverage", [against, updateData]),
  ({ event, find, hash }): DeleverageVaultResult => {
    const done = find("Deleveraged");
    if (!done)
      return { base: 0n, spotQuote: 0n, perpQuote: 0n, price: event("DeleverageCancelled").price, fee: 0n, hash };
    const { base, spotQuote, perpQuote, price, feeXCD } = done;
    return { base, spotQuote, perpQuote, price, fee: feeXCD, hash };
  },
);
/** Sends {@link deleverageVault}, waits for it, and returns its result. */
export const deleverageVaultSync = /* @__PURE__ */ confirmed(deleverageVault);
