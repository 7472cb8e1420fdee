// The margin of a short that is hedged with spot, equal to the contracts' (libraries/HedgeMarginMath.sol) to the last wei.
// Amounts WAD, ratios ppm.
import type { Ppm, Wad } from "../units.js";
import { ceilDiv, min, mulDivDown, mulDivUp, PPM, positivePart, WAD } from "./integers.js";
import { requirementCeil } from "./margin.js";

/**
 * The amount that `counted` lacks of a ratio of the notional (above zero), or has beyond it, WAD quote
 * (`HedgeMarginMath.lacking`). The requirement is rounded up.
 *
 * @example
 * hedgeMargin.lackingUp(90n, 1_000n, 100_000); // 10n
 */
export const lackingUp = (counted: Wad, notional: Wad, ratio: Ppm): Wad => requirementCeil(notional, ratio) - counted;

/**
 * A lacking amount in units of the collateral, rounded up; zero when nothing is lacking (`HedgeMarginMath.toAddUp`).
 *
 * @param unitScale WAD per unit of the collateral.
 * @example
 * hedgeMargin.toAddUp(11n, 10n); // 2n
 */
export const toAddUp = (amount: Wad, unitScale: bigint): bigint => ceilDiv(positivePart(amount), unitScale);

/**
 * The base to sell on the spot market and to buy back in perpetuals, so that funds and proceeds make up `ratio` of the rest, in
 * units of the base token, rounded up (`HedgeMarginMath.toCloseUp`).
 *
 * @param funds account value and balance, WAD quote.
 * @param unitScale WAD per unit of the base token.
 * @throws {@link InvalidAmountError} without a price.
 * @example
 * hedgeMargin.toCloseUp({
 *   funds: 0n, notional: 11n * 10n ** 18n, ratio: 100_000, price: 2n * 10n ** 18n, unitScale: 10n ** 12n,
 * }); // 500000n
 */
export function toCloseUp({
  funds,
  notional,
  ratio,
  price,
  unitScale,
}: {
  funds: Wad;
  notional: Wad;
  ratio: Ppm;
  price: Wad;
  unitScale: bigint;
}): bigint {
  const shortfall = lackingUp(funds, notional, ratio);
  if (shortfall <= 0n) return 0n;
  const quote = min(mulDivUp(shortfall, PPM, PPM + BigInt(ratio)), notional);
  return mulDivUp(quote, WAD, price * unitScale, "price");
}

/**
 * The part of an increasing fill that a quote vault could have filled, WAD base, rounded down
 * (`HedgeMarginMath.availableDown`).
 *
 * @param funds `held`: the balance before the fill; `neededBefore`, `neededAfter`: the balance that the position needs without
 * and with the fill. WAD quote.
 * @example
 * hedgeMargin.availableDown(100n, { held: 60n, neededBefore: 10n, neededAfter: 110n }); // 50n
 */
export const availableDown = (
  base: Wad,
  { held, neededBefore, neededAfter }: { held: Wad; neededBefore: Wad; neededAfter: Wad },
): Wad =>
  held <= neededBefore || neededAfter <= neededBefore
    ? 0n
    : mulDivDown(base, held - neededBefore, neededAfter - neededBefore);

/**
 * The largest short that the deposits of LPs finance, WAD base, rounded down (`HedgeMarginMath.capacityDown`).
 *
 * @param liability WAD quote.
 * @throws {@link InvalidAmountError} without a price.
 * @example
 * hedgeMargin.capacityDown(1_300n * 10n ** 18n, {
 *   price: 2n * 10n ** 18n, targetMarginRatio: 200_000, reserveRatio: 100_000,
 * }); // 500n * 10n ** 18n
 */
export const capacityDown = (
  liability: Wad,
  { price, targetMarginRatio, reserveRatio }: { price: Wad; targetMarginRatio: Ppm; reserveRatio: Ppm },
): Wad =>
  mulDivDown(mulDivDown(liability, PPM, PPM + BigInt(targetMarginRatio) + BigInt(reserveRatio)), WAD, price, "price");
