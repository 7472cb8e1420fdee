// Liquidations and deleveragings, equal to the contracts' (libraries/LiquidationMath.sol) to the last wei. Amounts WAD, ratios
// ppm.
import type { Ppm, Wad } from "../units.js";
import { isReducedBy, notionalCeil, notionalFloor, valueFloor } from "./amounts.js";
import { abs, ceilDiv, min, mulDivDown, PPM, positivePart } from "./integers.js";
import { isBelow, requirementCeil } from "./margin.js";

export { liquidationPrice } from "./liquidation-price.js";

/** An account that may be liquidated (`AccountState`). */
export type LiquidationAccount = {
  /** WAD base; long above zero. */
  size: Wad;
  /** WAD quote. */
  openNotional: Wad;
  /** WAD quote, after pending fees. */
  margin: Wad;
  /** Account value at the price, WAD quote, rounded down. */
  value: Wad;
  isMaker: boolean;
  /** In force, ppm. */
  maintenanceMarginRatio: Ppm;
  /** The market's insurance, WAD quote; below zero: bad debt. */
  insurance: Wad;
};

/** The market's rules for liquidations, ppm. */
export type LiquidationRules = { liquidationPenalty: Ppm; liquidatorShare: Ppm; tradingFee: Ppm };

/**
 * The maintenance requirement at a price, WAD quote, rounded up (`LiquidationMath.requirementCeil`).
 *
 * @example
 * liquidation.maintenanceCeil({ size: -(10n ** 18n), maintenanceMarginRatio: 50_000 }, 2_000n * 10n ** 18n); // 100n * 10n ** 18n
 */
export const maintenanceCeil = (
  { size, maintenanceMarginRatio }: Pick<LiquidationAccount, "size" | "maintenanceMarginRatio">,
  price: Wad,
): Wad => requirementCeil(notionalCeil(size, price), maintenanceMarginRatio);

/**
 * The maximum size that a liquidation may close, WAD base: half, rounded up, while the account value is above half of the
 * requirement, else all (`LiquidationMath.closableUp`).
 *
 * @param requirement maintenance, WAD quote.
 * @example
 * liquidation.closableUp({ size: 3n, value: 60n }, 100n); // 2n
 */
export const closableUp = ({ size, value }: Pick<LiquidationAccount, "size" | "value">, requirement: Wad): Wad =>
  positivePart(value) * 2n > requirement ? ceilDiv(abs(size), 2n) : abs(size);

/**
 * The size that a liquidation closes, WAD base: `wanted`, at most `closable`, and a taker's whole position if less than the
 * market's minimum would be left (`LiquidationMath.toClose`).
 *
 * @param limits `wanted`, `closable` WAD base; `minPositionValue` WAD quote.
 * @example
 * liquidation.toClose({ size: 10n ** 18n, isMaker: false }, 10n ** 18n, {
 *   wanted: 6n * 10n ** 17n, closable: 5n * 10n ** 17n, minPositionValue: 10n ** 18n,
 * }); // 10n ** 18n
 */
export function toClose(
  { size, isMaker }: Pick<LiquidationAccount, "size" | "isMaker">,
  price: Wad,
  { wanted, closable, minPositionValue }: { wanted: Wad; closable: Wad; minPositionValue: Wad },
): Wad {
  const base = min(wanted, closable);
  const whole = abs(size);
  return base < whole && !isMaker && notionalCeil(whole - base, price) < minPositionValue ? whole : base;
}

/**
 * The penalty that the account pays and the liquidator's reward, WAD quote, rounded down (`LiquidationMath.penaltyDown`). The
 * reward is before the maker's difference to the oracle price.
 *
 * @param terms `base` closed, WAD; `liquidationBounty` WAD quote.
 * @example
 * liquidation.penaltyDown(
 *   { size: 10n ** 18n, value: 40n * 10n ** 18n, insurance: 0n },
 *   { liquidationPenalty: 15_000, liquidatorShare: 500_000, tradingFee: 500 },
 *   { base: 10n ** 18n, price: 2_000n * 10n ** 18n, liquidationBounty: 0n },
 * ); // { penalty: 30n * 10n ** 18n, reward: 15n * 10n ** 18n }
 */
export function penaltyDown(
  { size, value, insurance }: Pick<LiquidationAccount, "size" | "value" | "insurance">,
  rules: LiquidationRules,
  { base, price, liquidationBounty }: { base: Wad; price: Wad; liquidationBounty: Wad },
): { penalty: Wad; reward: Wad } {
  const whole = penaltyOf(base, rules, price);
  const reward = mulDivDown(whole, BigInt(rules.liquidatorShare), PPM);
  const penalty = value > 0n ? min(whole, mulDivDown(value, base, abs(size), "size")) : 0n;
  const paid = min(reward, penalty);
  if (paid === reward || base !== abs(size)) return { penalty, reward: paid };
  const spare = positivePart(insurance + min(value, 0n));
  const bounty = min(bountyDown(rules, { base, price, liquidationBounty }), spare);
  return { penalty, reward: min(reward, paid + bounty) };
}

/**
 * The maximum that insurance pays for a close: the market's limit, and the trading fee of the closed notional, WAD quote,
 * rounded down (`LiquidationMath.bountyDown`).
 *
 * @example
 * liquidation.bountyDown(
 *   { tradingFee: 500 },
 *   { base: 10n ** 18n, price: 2_000n * 10n ** 18n, liquidationBounty: 5n * 10n ** 18n },
 * ); // 10n ** 18n
 */
export const bountyDown = (
  { tradingFee }: Pick<LiquidationRules, "tradingFee">,
  { base, price, liquidationBounty }: { base: Wad; price: Wad; liquidationBounty: Wad },
): Wad => min(liquidationBounty, mulDivDown(notionalFloor(base, price), BigInt(tradingFee), PPM));

/**
 * The quote that the account receives (above zero) or pays for `base` of its position at the oracle price, WAD, rounded against
 * the account (`LiquidationMath.quoteAtOracle`).
 *
 * @example
 * liquidation.quoteAtOracleFloor({ size: -5n }, 3n * 10n ** 18n, 2n); // -6n
 */
export const quoteAtOracleFloor = ({ size }: Pick<LiquidationAccount, "size">, price: Wad, base: Wad): Wad =>
  valueFloor(size > 0n ? base : -base, price);

/**
 * The quote at which closing the whole position leaves an account value of zero, WAD. Exact
 * (`LiquidationMath.bankruptcyQuote`).
 *
 * @example
 * liquidation.bankruptcyQuote({ margin: 100n, openNotional: -2_000n }); // 1900n
 */
export const bankruptcyQuote = ({ margin, openNotional }: Pick<LiquidationAccount, "margin" | "openNotional">): Wad =>
  -(margin + openNotional);

/**
 * The profit of the open position, at most the account value, WAD quote, rounded down (`LiquidationMath.profitDown`).
 *
 * @example
 * liquidation.profitDown({ value: 150n, margin: 100n }); // 50n
 */
export const profitDown = ({ value, margin }: Pick<LiquidationAccount, "value" | "margin">): Wad =>
  positivePart(min(value - margin, value));

/**
 * A keeper's reward out of profit for closing `base`, WAD quote, rounded down (`LiquidationMath.rewardDown`).
 *
 * @example
 * liquidation.rewardDown(
 *   { liquidationPenalty: 15_000, tradingFee: 500 },
 *   { base: -(10n ** 18n), price: 2_000n * 10n ** 18n, liquidationBounty: 5n * 10n ** 18n },
 * ); // 10n ** 18n
 */
export const rewardDown = (
  rules: Pick<LiquidationRules, "liquidationPenalty" | "tradingFee">,
  { base, price, liquidationBounty }: { base: Wad; price: Wad; liquidationBounty: Wad },
): Wad => min(penaltyOf(base, rules, price), bountyDown(rules, { base, price, liquidationBounty }));

/**
 * Whether an account stays at or above maintenance when it pays an amount, WAD quote (`LiquidationMath.canPay`).
 *
 * @example
 * liquidation.canPay({ size: 0n, value: 10n, maintenanceMarginRatio: 50_000 }, 10n ** 18n, 11n); // false
 */
export const canPay = (
  account: Pick<LiquidationAccount, "size" | "value" | "maintenanceMarginRatio">,
  price: Wad,
  amount: Wad,
): boolean => !isBelow(account.value - amount, maintenanceCeil(account, price));

/**
 * Whether a counterparty can close `base` of a bankrupt account for `quote`, both from the account's side, WAD: it has an
 * opposite position, realises no loss, and stays at or above maintenance (`LiquidationMath.canDeleverage`).
 *
 * @example
 * liquidation.canDeleverage(
 *   { size: -(10n ** 18n), openNotional: 2_000n * 10n ** 18n, value: 500n * 10n ** 18n, maintenanceMarginRatio: 50_000 },
 *   1_900n * 10n ** 18n,
 *   { base: -(10n ** 18n), quote: 1_950n * 10n ** 18n },
 * ); // true
 */
export function canDeleverage(
  counterparty: Pick<LiquidationAccount, "size" | "openNotional" | "value" | "maintenanceMarginRatio">,
  price: Wad,
  { base, quote }: { base: Wad; quote: Wad },
): boolean {
  const { size, openNotional, value, maintenanceMarginRatio } = counterparty;
  if (!isReducedBy(size, -base)) return false;
  if ((openNotional * abs(base)) / abs(size) < quote) return false;
  const after = value - quote + valueFloor(-base, price);
  return !isBelow(after, maintenanceCeil({ size: size - base, maintenanceMarginRatio }, price));
}

const penaltyOf = (base: bigint, { liquidationPenalty }: { liquidationPenalty: Ppm }, price: bigint): bigint =>
  mulDivDown(notionalFloor(base, price), BigInt(liquidationPenalty), PPM);
