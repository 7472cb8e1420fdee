import { valueFloor } from "../maths/amounts.js";
import { floorDiv, max, min, mulDivUp, PPM, positivePart, WAD } from "../maths/integers.js";
import { toAssetsDown, toKindDown, toPayoutDown, toSharesDown } from "../maths/shares.js";
import type { AssetAmount, CollateralAmount, Ppm, Wad } from "../units.js";
import type { Account } from "./account.js";
import type { Fill } from "./fill.js";
import type { HedgedMaker, HedgedQuote } from "./hedged-maker.js";
import type { Market } from "./market.js";
import { OracleMaker } from "./oracle-maker.js";
import { type Returns, returnsBetween, type ShareSample } from "./returns.js";

/** The state from which an {@link LpVault} computes, as `loadLpVault` reads it. */
export type LpVaultData = {
  maker: OracleMaker | HedgedMaker;
  /** WAD. */
  totalShares: Wad;
  /** In the asset's own decimals. */
  depositCap: AssetAmount;
  /** Of deposits and redemptions by request, ppm. */
  requestFee: Ppm;
};

/**
 * The LPs' side of a maker at one moment, immutable. Its values equal the maker's own views at the same block, to the last unit. A
 * value that needs a price is undefined while the market has none.
 *
 * @example
 * const vault = await loadLpVault(client, { deployment, maker: deployment.oracleMaker });
 * vault.sharePrice; // 1023400000000000000n
 * vault.withPrice(parseWad("1900")).sharePrice; // 1019100000000000000n
 */
export class LpVault {
  readonly #data: LpVaultData;

  constructor(data: LpVaultData) {
    this.#data = data;
  }

  get maker(): OracleMaker | HedgedMaker {
    return this.#data.maker;
  }
  get account(): Account {
    return this.maker.account;
  }
  get market(): Market {
    return this.maker.market;
  }
  /** WAD. */
  get totalShares(): Wad {
    return this.#data.totalShares;
  }
  /** WAD per unit of the asset. */
  get assetScale(): bigint {
    return this.maker instanceof OracleMaker ? this.market.collateralScale : this.maker.assetScale;
  }
  /** The value of everything that the LP vault owns, WAD of the asset, rounded down; below zero when it is insolvent. */
  get value(): Wad | undefined {
    const { maker, account, market } = this;
    const { accountValue } = account;
    if (accountValue === undefined) return undefined;
    if (maker instanceof OracleMaker) return accountValue;
    const held = maker.assetBalance * this.assetScale;
    if (maker.kind === "base") {
      if (accountValue === 0n) return held;
      return market.price === undefined ? undefined : held + floorDiv(accountValue * WAD, market.price);
    }
    const base = maker.baseBalance * maker.baseScale;
    if (base === 0n) return accountValue + held;
    return market.price === undefined ? undefined : accountValue + held + valueFloor(base, market.price);
  }
  /** In the asset's own decimals, rounded down; zero for an insolvent LP vault. */
  get totalAssets(): AssetAmount | undefined {
    return this.value === undefined ? undefined : positivePart(this.value) / this.assetScale;
  }
  /** The value of one share, WAD of the asset, rounded down. */
  get sharePrice(): Wad | undefined {
    const { totals } = this;
    return totals && toAssetsDown(WAD, totals);
  }
  /** The totals for the functions of `shares` in `@counterpoise/sdk/math`, WAD. */
  get totals(): { totalAssets: Wad; totalShares: Wad } | undefined {
    return this.value === undefined
      ? undefined
      : { totalAssets: positivePart(this.value), totalShares: this.totalShares };
  }
  /** The LP vault owes at least as much as it has, although it has shares. */
  get isInsolvent(): boolean | undefined {
    if (this.value === undefined) return undefined;
    return this.value < 0n || (this.value === 0n && this.totalShares !== 0n);
  }

  /**
   * The shares of a deposit by request at this price, WAD, rounded down, and the part of it that the deposit cap admits, in the asset's
   * own decimals. Undefined without a price; no shares for an insolvent LP vault.
   */
  toShares(amount: AssetAmount): { met: AssetAmount; shares: Wad } | undefined {
    const { totals, assetScale } = this;
    if (!totals) return undefined;
    if (this.isInsolvent) return { met: 0n, shares: 0n };
    const { depositCap, requestFee } = this.#data;
    const held = (totals.totalAssets + assetScale - 1n) / assetScale;
    const met = depositCap === 2n ** 128n - 1n ? amount : min(amount, max(0n, depositCap - held));
    return { met, shares: toSharesDown((met - feeOf(met, requestFee)) * assetScale, totals) };
  }

  /**
   * The payment for shares by request at this price, after the fee, rounded down: `assets` in the asset's own decimals and, for a flat
   * base vault, its collateral in kind, in its own decimals. It ignores what the maker can pay at once: see `quoteLpRedeem`.
   * Undefined without a price.
   */
  toAssets(shares: Wad): { assets: AssetAmount; quote: CollateralAmount } | undefined {
    const { totals, account, maker, assetScale, totalShares } = this;
    if (totalShares === 0n) return { assets: 0n, quote: 0n };
    const fee = shares === totalShares ? 0 : this.#data.requestFee;
    const less = (amount: bigint) => amount - feeOf(amount, fee);
    if (!(maker instanceof OracleMaker) && account.size === 0n) {
      const held = maker.assetBalance * assetScale;
      const margin = positivePart(account.position.margin);
      const { collateralScale } = this.market;
      if (maker.kind === "base") {
        return {
          assets: less(toPayoutDown(shares, { totalAssets: held, totalShares }) / assetScale),
          quote: less(toKindDown(shares, margin, totalShares) / collateralScale),
        };
      }
      const funds = positivePart(account.position.margin + held);
      return { assets: less(toPayoutDown(shares, { totalAssets: funds, totalShares }) / assetScale), quote: 0n };
    }
    if (!totals) return undefined;
    return { assets: less(toPayoutDown(shares, totals) / assetScale), quote: 0n };
  }

  /**
   * The return since an earlier share price, or that the history is too short for the window; see {@link returnsBetween}. Undefined
   * without a price.
   */
  returnsSince(earlier: readonly ShareSample[], window: bigint): Returns | undefined {
    const { sharePrice } = this;
    return sharePrice === undefined
      ? undefined
      : returnsBetween([...earlier, { time: this.market.time, sharePrice }], window);
  }

  /** The LP vault at a later time, Unix seconds. @throws {@link InvalidAmountError} for a time before the market's. */
  at(time: bigint): LpVault {
    return this.#with(this.maker.at(time));
  }

  /** The LP vault at another oracle price, WAD. */
  withPrice(price: Wad, confidence?: Wad): LpVault {
    return this.#with(this.maker.withPrice(price, confidence));
  }

  /** The LP vault after a fill of its OracleMaker, or after a quote of its hedged maker. */
  apply(trade: Fill | HedgedQuote): LpVault {
    if ("after" in trade) return this.#with(trade.after);
    if (this.maker instanceof OracleMaker) return this.#with(this.maker.apply(trade));
    throw new TypeError("A hedged maker applies its own quotes only: pass the quote, with its `after`.");
  }

  #with(maker: OracleMaker | HedgedMaker): LpVault {
    return new LpVault({ ...this.#data, maker });
  }
}

const feeOf = (amount: bigint, fee: Ppm): bigint => (fee === 0 ? 0n : mulDivUp(amount, BigInt(fee), PPM));
