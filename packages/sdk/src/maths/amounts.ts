// Products of sizes and prices, equal to the contracts' (types/Units.sol) to the last wei. Sizes and prices WAD.
import type { Wad } from "../units.js";
import { abs, ceilDiv, floorDiv, mulDivDown, WAD } from "./integers.js";

/**
 * Size x price, WAD quote, rounded toward minus infinity: never overstates the value of a position (`BaseLib.valueFloor`).
 *
 * @example
 * amounts.valueFloor(-1n, 1n); // -1n
 */
export const valueFloor = (size: Wad, price: Wad): Wad => floorDiv(size * price, WAD);

/**
 * |size| x price, WAD quote, rounded up: never understates a requirement (`BaseLib.notionalCeil`).
 *
 * @example
 * amounts.notionalCeil(-2n * 10n ** 18n, 1_500n * 10n ** 18n); // 3_000n * 10n ** 18n
 */
export const notionalCeil = (size: Wad, price: Wad): Wad => ceilDiv(abs(size) * price, WAD);

/**
 * |size| x price, WAD quote, rounded down: never overstates an amount received (`BaseLib.notionalFloor`).
 *
 * @example
 * amounts.notionalFloor(1n, 10n ** 18n - 1n); // 0n
 */
export const notionalFloor = (size: Wad, price: Wad): Wad => mulDivDown(abs(size), price, WAD);

/**
 * Whether a fill moves a size toward zero without crossing it. Every other fill increases (`BaseLib.isReducedBy`). WAD.
 *
 * @example
 * amounts.isReducedBy(10n, -10n); // true
 */
export const isReducedBy = (size: Wad, fill: Wad): boolean =>
  size > 0n ? fill < 0n && size + fill >= 0n : fill > 0n && size + fill <= 0n;
