import { type Address, type Hash, maxUint256 } from "viem";
import { hedgedVaultOf, hedgedVaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import type { GetHedgeParameters } from "../../client/parameters.js";
import { all, type Steps, view } from "../../client/steps.js";
import { confirmed } from "../../client/write.js";
import * as hedgedVault from "../../generated/contracts/spot-hedge-base-maker.js";
import type { AssetAmount, BaseAmount, Ppm, Wad } from "../../units.js";

/** How a hedged vault hedges. Ratios in parts per million. */
export type HedgeParameters = {
  /** The route on the spot market. */
  adapter: Address;
  /** Maximum distance of a hedge from the oracle price when the taker increases. */
  maxHedgeDeviation: Ppm;
  /** Minimum margin ratio after withdrawals and after fills that increase the maker's position. */
  minMarginRatio: Ppm;
  /** The maker's share of the swap's price. */
  spread: Ppm;
  /** Maximum funding that the maker pays while its position grows, of its notional per day; zero: no limit. */
  maxCarry: Ppm;
};

/** How the gap that a forced change left unhedged is traded. */
export type HedgeGapRules = {
  /** Maximum distance of the swap from the oracle price, parts per million. */
  maxDeviation: Ppm;
  /** Seconds between two closings. */
  interval: number;
  /** Maximum age, in seconds, of the oracle price that bounds hedges outside fills, deleveragings included. */
  maxPriceAge: number;
};

/** The hedge of a hedged vault. Amounts in the decimals of the token that it holds. */
export type Hedge = {
  /** The tokens that it holds outside the Vault. */
  assetBalance: AssetAmount;
  /** Deposits of LPs, net of their withdrawals. */
  assetLiability: AssetAmount;
  /** Base that it has still to buy (> 0) or sell (< 0) on the spot market, in the base token's decimals. */
  gap: BaseAmount;
  /** Seconds; {@link closeHedgeGap} reverts before. */
  gapClosableAt: bigint;
  gapRules: HedgeGapRules;
  parameters: HedgeParameters;
};

/** Reads the hedge of a hedged vault: its tokens, its liability to LPs, its gap and its rules. */
export const getHedge = /* @__PURE__ */ defineRead(function* ({ deployment, maker }: GetHedgeParameters): Steps<Hedge> {
  const vault = hedgedVaultOf({ deployment, ...(maker !== undefined && { maker }) });
  const [assetBalance, assetLiability, gap, gapClosableAt, gapRules, parameters] = yield* all([
    view(vault, hedgedVault.assetBalance, []),
    view(vault, hedgedVault.assetLiability, []),
    view(vault, hedgedVault.hedgeGap, []),
    view(vault, hedgedVault.hedgeGapClosableAt, []),
    view(vault, hedgedVault.hedgeGapRules, []),
    view(vault, hedgedVault.parameters, []),
  ]);
  return { assetBalance, assetLiability, gap, gapClosableAt: BigInt(gapClosableAt), gapRules, parameters };
});

/** Parameters of {@link closeHedgeGap}. */
export type CloseHedgeGapParameters = GetHedgeParameters & {
  /**
   * The maximum to trade, in the base token's decimals: at least 1/16 of the gap's size when it opened. The trade is
   * smaller if it would leave less than that part open. Default: the whole gap.
   */
  maxAmount?: BaseAmount;
};

/** The closing of a part of a gap. WAD, except `left`. */
export type HedgeGapClosing = {
  /** Base that the maker bought (> 0) or sold (< 0); zero for a gap that was written off. */
  bought: Wad;
  /** Quote that the swap paid or cost. */
  spotQuote: Wad;
  /** Base that fees or the price of the forced change consumed. */
  shortage: Wad;
  /** Base that was not bought, because its quote was kept for the swap's price. */
  unfunded: Wad;
  /** The remaining gap, in the base token's decimals. */
  left: BaseAmount;
  hash: Hash;
};

/**
 * Trades the gap that a forced change left in a hedged vault, or a part of it that the spot market can take near the
 * oracle price. Open to any account, once per interval.
 *
 * Reverts with `NoHedgeGap`, with `HedgeGapClosedRecently` and the time of the next closing, with
 * `HedgeGapPartTooSmall`, and with `HedgePriceTooOld` until a newer price is stored. When the swap is further from the
 * oracle price than {@link HedgeGapRules} allow, it reverts with `HedgeTooFar`, or with `InsufficientMargin` if the
 * maker lacks the quote: then try a smaller part.
 *
 * @example
 * const { gap } = await getHedge(client, { deployment });
 * const { bought, left } = await closeHedgeGapSync(client, { deployment, maxAmount: gap / 4n });
 */
export const closeHedgeGap = /* @__PURE__ */ hedgedVaultWrite(
  [
    hedgedVault.closeHedgeGap,
    hedgedVault.SpotHedged,
    hedgedVault.HedgeShortage,
    hedgedVault.HedgeUnderfunded,
    hedgedVault.HedgeGapChanged,
  ],
  ({ maxAmount = maxUint256 }: CloseHedgeGapParameters) => call("closeHedgeGap", [maxAmount]),
  ({ event, find, hash }): HedgeGapClosing => {
    // There is no swap when the gap is not worth one and is written off.
    const swap = find("SpotHedged");
    return {
      bought: swap?.base ?? 0n,
      spotQuote: swap?.spotQuote ?? 0n,
      shortage: find("HedgeShortage")?.base ?? 0n,
      unfunded: find("HedgeUnderfunded")?.base ?? 0n,
      left: event("HedgeGapChanged").gap,
      hash,
    };
  },
);
/** Sends {@link closeHedgeGap}, waits for it, and returns its result. */
export const closeHedgeGapSync = /* @__PURE__ */ confirmed(closeHedgeGap);
