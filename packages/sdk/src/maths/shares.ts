// Shares of an LP vault and its assets, equal to the contracts' (libraries/ShareMath.sol) to the last wei. All amounts WAD.
import type { Wad } from "../units.js";
import { min, mulDivDown } from "./integers.js";

/** Virtual shares and assets, WAD: they fix the price of an empty vault at one. */
const VIRTUAL = 10n ** 6n;

/** An LP vault as a whole: its assets (WAD of the asset) and its shares (WAD). */
export type VaultTotals = { totalAssets: Wad; totalShares: Wad };

/**
 * Shares for a deposit, rounded down (`ShareMath.toSharesDown`).
 *
 * @example
 * shares.toSharesDown(10n ** 18n, { totalAssets: 110n * 10n ** 18n, totalShares: 100n * 10n ** 18n }); // 909090909090909917n
 */
export const toSharesDown = (assets: Wad, { totalAssets, totalShares }: VaultTotals): Wad =>
  mulDivDown(assets, totalShares + VIRTUAL, totalAssets + VIRTUAL);

/**
 * The value of shares in assets, rounded down (`ShareMath.toAssetsDown`).
 *
 * @example
 * shares.toAssetsDown(10n ** 18n, { totalAssets: 110n * 10n ** 18n, totalShares: 100n * 10n ** 18n }); // 1099999999999999000n
 */
export const toAssetsDown = (amount: Wad, { totalAssets, totalShares }: VaultTotals): Wad =>
  mulDivDown(amount, totalAssets + VIRTUAL, totalShares + VIRTUAL);

/**
 * Assets paid for shares, rounded down: at most their plain part of the whole (`ShareMath.toPayoutDown`).
 *
 * @throws {@link InvalidAmountError} without shares.
 * @example
 * shares.toPayoutDown(10n ** 18n, { totalAssets: 90n * 10n ** 18n, totalShares: 100n * 10n ** 18n }); // 900000000000000000n
 */
export const toPayoutDown = (amount: Wad, totals: VaultTotals): Wad =>
  min(toAssetsDown(amount, totals), mulDivDown(amount, totals.totalAssets, totals.totalShares, "totalShares"));

/**
 * The part of one kind of asset that is paid for shares in kind, rounded down (`ShareMath.toKindDown`).
 *
 * @example
 * shares.toKindDown(10n ** 18n, 50n * 10n ** 18n, 100n * 10n ** 18n); // 499999999999995000n
 */
export const toKindDown = (amount: Wad, kind: Wad, totalShares: Wad): Wad =>
  mulDivDown(amount, kind, totalShares + VIRTUAL);

/**
 * The part of shares whose payment is at most `limit`, rounded down, and less than all (`ShareMath.toSharesWithinDown`).
 *
 * @param payout of all the shares, above `limit`, in the unit of `limit`.
 * @throws {@link InvalidAmountError} when `payout` is zero.
 * @example
 * shares.toSharesWithinDown(100n, 50n, 20n); // 40n
 */
export const toSharesWithinDown = (amount: Wad, payout: bigint, limit: bigint): Wad =>
  min(amount - 1n, mulDivDown(amount, limit, payout, "payout"));
