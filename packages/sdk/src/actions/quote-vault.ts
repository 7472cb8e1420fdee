import type { Address, Client, Hash, Hex } from "viem";
import { readContract } from "viem/actions";
import { spotHedgeQuoteMakerAbi } from "../generated/abis.js";
import { confirmed, writesTo } from "./define-write.js";

// LPs come and go as in every maker: `depositLp`, `withdrawLp` and the requests of its request vault.

/** Which spot-hedged vault of quote: `deployment.spotHedgeQuoteMaker`. */
export type QuoteVaultParameters = { maker: Address };

const quoteVaultWrite = /* @__PURE__ */ writesTo(({ maker }: QuoteVaultParameters) => ({
  address: maker,
  abi: spotHedgeQuoteMakerAbi,
}));

/** Where a vault of quote stands, and what keepers could do now. */
export type QuoteHedge = {
  /** WAD: what everything here is counted at; zero when nothing had to be. */
  price: bigint;
  /** WAD base, zero or below. */
  size: bigint;
  /** Base held, in the base token's own decimals. */
  baseBalance: bigint;
  /** Collateral held outside the margin, in its own decimals. */
  quoteBalance: bigint;
  /**
   * What of it withdrawals and larger positions have to leave at least, in the collateral's own decimals. Withdrawals leave
   * more where that keeps the vault from having to be deleveraged.
   */
  reserve: bigint;
  /** The lesser of margin and account value, pending fees taken off; WAD quote. */
  margin: bigint;
  /** WAD quote. */
  targetMargin: bigint;
  /** What {@link rebalance} would move into the margin, or, below zero, out of it; in the collateral's own decimals. */
  toMove: bigint;
  /** What a deleveraging would close, WAD base; zero while balance and margin are enough. */
  toClose: bigint;
  /** Seconds: when an announced deleveraging can be executed; zero without one. */
  deleverageAt: bigint;
  /** Seconds: before this, keepers are not paid. */
  keeperPaidFrom: bigint;
};

/**
 * Reads a vault of quote at the stored price. Reverts `StalePrice` while it has a position and the price is too old.
 *
 * @example
 * const { toMove, toClose } = await getQuoteHedge(client, { maker: deployment.spotHedgeQuoteMaker });
 */
export async function getQuoteHedge(client: Client, { maker }: QuoteVaultParameters): Promise<QuoteHedge> {
  const { reserveXCD, toMoveXCD, ...hedge } = await readContract(client, {
    address: maker,
    abi: spotHedgeQuoteMakerAbi,
    functionName: "getHedge",
  });
  return { ...hedge, reserve: reserveXCD, toMove: toMoveXCD };
}

/** What a rebalancing moved into the margin, or, below zero, out of it, and the keeper's fee; own decimals. */
export type RebalanceResult = { moved: bigint; fee: bigint; hash: Hash };

/**
 * Moves quote between a vault's balance and its margin, once the margin is off its target. Anybody may, and is paid a
 * capped fee once in an interval. Reverts `NothingToRebalance`, and `NotMaker` for a vault that was removed.
 *
 * @example
 * const { fee } = await rebalanceSync(keeper, { maker: deployment.spotHedgeQuoteMaker });
 */
export const rebalance = /* @__PURE__ */ quoteVaultWrite(
  (_: QuoteVaultParameters) => ({ functionName: "rebalance", args: [] }),
  ({ event, hash }): RebalanceResult => {
    const { movedXCD, feeXCD } = event("Rebalanced");
    return { moved: movedXCD, fee: feeXCD, hash };
  },
);
/** {@link rebalance}, waits, and tells what it moved. */
export const rebalanceSync = /* @__PURE__ */ confirmed(rebalance);

/**
 * Announces that a part of a vault's position is to be closed, since its balance is spent. Anybody may. Reverts
 * `EnoughFunds` with what there is and must be, and `DeleverageAlive` while there is an announcement.
 */
export const announceVaultDeleverage = /* @__PURE__ */ quoteVaultWrite(
  (_: QuoteVaultParameters) => ({ functionName: "announceDeleverage", args: [] }),
  ({ event }) => {
    const { executableAt, expiresAt } = event("DeleverageAnnounced");
    return { executableAt, expiresAt };
  },
);
/** {@link announceVaultDeleverage}, waits, and tells when it can be executed and until when; seconds. */
export const announceVaultDeleverageSync = /* @__PURE__ */ confirmed(announceVaultDeleverage);

/** What {@link deleverageVault} takes. */
export type DeleverageVaultParameters = QuoteVaultParameters & {
  /** The maker to buy the perpetual position back from, such as the OracleMaker. */
  against: Address;
  /** The first price update at or after the announced time. */
  updateData: readonly Hex[];
};

/** What a deleveraging closed, nothing at all if it was dropped. WAD; the fee in the collateral's own decimals. */
export type DeleverageVaultResult = {
  base: bigint;
  /** What the base brought on the spot market. */
  spotQuote: bigint;
  /** What the perpetual position cost. */
  perpQuote: bigint;
  /** The execution price. */
  price: bigint;
  fee: bigint;
  hash: Hash;
};

/**
 * Executes an announced deleveraging at its unique price: the vault sells spot base and buys the same perpetual size back,
 * all or nothing. Anybody may, and is paid as for {@link rebalance}. Where balance and margin are enough at that price, or
 * the price window is over and the market has left that price, the announcement is dropped. Store a recent price first:
 * both legs and the announced price have to be near the stored one. Reverts `DeleverageNotDue`, `DeleverageExpired`,
 * `HedgePriceTooOld`, `DeleveragePriceLeft` when the market has left the announced price and the price window is not over,
 * `HedgeTooFar` and `SlippageExceeded` when either leg is out of its bound.
 */
export const deleverageVault = /* @__PURE__ */ quoteVaultWrite(
  ({ against, updateData }: DeleverageVaultParameters) => ({
    functionName: "deleverage",
    args: [against, updateData],
  }),
  ({ event, find, hash }): DeleverageVaultResult => {
    const done = find("Deleveraged");
    if (!done)
      return { base: 0n, spotQuote: 0n, perpQuote: 0n, price: event("DeleverageCancelled").price, fee: 0n, hash };
    const { base, spotQuote, perpQuote, price, feeXCD } = done;
    return { base, spotQuote, perpQuote, price, fee: feeXCD, hash };
  },
);
/** {@link deleverageVault}, waits, and tells what it closed. */
export const deleverageVaultSync = /* @__PURE__ */ confirmed(deleverageVault);
