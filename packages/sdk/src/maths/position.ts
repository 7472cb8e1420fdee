// A position and its fills, equal to the contracts' (types/Position.sol) to the last wei. Amounts WAD, times Unix seconds.
import type { Wad } from "../units.js";
import { isReducedBy, valueFloor } from "./amounts.js";
import { abs } from "./integers.js";

/** A position as the Vault stores it (`Position`). */
export type StoredPosition = {
  /** WAD base; long above zero. */
  size: Wad;
  /** WAD quote paid (negative) or received (positive) for the open size. */
  openNotional: Wad;
  /** WAD quote, before pending fees. */
  margin: Wad;
  /** The market's funding index at the last payment, quote per base in the decimals of the market's indices. */
  fundingIndex: bigint;
  /** The borrowing index of the account's side at the last payment, in the same unit. */
  borrowingIndex: bigint;
  /** Publish time of the price of the last fill, seconds. */
  lastFillAt: bigint;
  /** How often the position became flat or changed its sign. */
  closes: bigint;
  isMaker: boolean;
};

/**
 * Applies a fill (`PositionLib.applyFill`). A reduction realises its share of the open notional into margin, rounded toward
 * zero. A fill that crosses zero closes, then opens. Margin plus open notional changes by exactly `quote`.
 *
 * @param fill `base` and `quote`, WAD, received (above zero) or given by the account.
 * @returns the new position, and the amount added to its margin, WAD quote.
 * @example
 * position.applyFill(
 *   { ...position.flat, size: 2n * 10n ** 18n, openNotional: -4_000n * 10n ** 18n, margin: 500n * 10n ** 18n },
 *   { base: -(10n ** 18n), quote: 2_100n * 10n ** 18n },
 * ).realizedPnl; // 100n * 10n ** 18n
 */
export function applyFill<position extends StoredPosition>(
  position: position,
  { base, quote }: { base: Wad; quote: Wad },
): { position: position; realizedPnl: Wad } {
  const { size, openNotional } = position;
  const after = { ...position, size: size + base };
  let realizedPnl = 0n;
  if (size === 0n || size > 0n === base > 0n) {
    after.openNotional = openNotional + quote;
  } else if (isReducedBy(size, base)) {
    if (after.size === 0n) after.closes++;
    const closed = after.size === 0n ? openNotional : (openNotional * abs(base)) / abs(size);
    realizedPnl = closed + quote;
    after.openNotional = openNotional - closed;
  } else {
    const closing = (quote * abs(size)) / abs(base);
    realizedPnl = openNotional + closing;
    after.openNotional = quote - closing;
    after.closes++;
  }
  after.margin += realizedPnl;
  return { position: after, realizedPnl };
}

/**
 * Account value: margin + open notional + size x price, WAD quote, rounded down (`PositionLib.value`). Deduct pending fees
 * from `margin` first.
 *
 * @example
 * position.value({ size: 10n ** 18n, openNotional: -2_000n * 10n ** 18n, margin: 300n * 10n ** 18n }, 1_900n * 10n ** 18n); // 200n * 10n ** 18n
 */
export const value = (
  { size, openNotional, margin }: Pick<StoredPosition, "size" | "openNotional" | "margin">,
  price: Wad,
): Wad => margin + openNotional + valueFloor(size, price);

/** A position without size, margin and history, of an account that is no maker. */
export const flat: StoredPosition = {
  size: 0n,
  openNotional: 0n,
  margin: 0n,
  fundingIndex: 0n,
  borrowingIndex: 0n,
  lastFillAt: 0n,
  closes: 0n,
  isMaker: false,
};
