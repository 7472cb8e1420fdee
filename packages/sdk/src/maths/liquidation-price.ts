// The price at which an account becomes liquidatable, equal to the contracts' (libraries/LiquidationPrice.sol) to the last wei.
import type { Ppm, Wad } from "../units.js";
import { abs, ceilDiv, mulDivDown, mulDivUp, PPM, positivePart, WAD } from "./integers.js";

/**
 * The last price at which an account is not liquidatable, WAD, exact to one wei (`LiquidationPrice.calculate`). Zero without a
 * position, for a long that no price makes liquidatable, and for a short that every price makes liquidatable.
 *
 * @param account `size` WAD base; `equity` WAD quote: margin + open notional - pending fees; `maintenanceMarginRatio` below
 * 1,000,000 ppm.
 * @example
 * liquidation.liquidationPrice({ size: 10n ** 18n, equity: -1_900n * 10n ** 18n, maintenanceMarginRatio: 50_000 }); // 2_000n * 10n ** 18n
 */
export function liquidationPrice({
  size,
  equity,
  maintenanceMarginRatio,
}: {
  size: Wad;
  equity: Wad;
  maintenanceMarginRatio: Ppm;
}): Wad {
  const ratio = BigInt(maintenanceMarginRatio);
  if (size === 0n) return 0n;
  return size > 0n ? ofLong(size, equity, ratio) : ofShort(abs(size), equity, ratio);
}

/** One wei above the largest price that makes the long liquidatable. */
function ofLong(size: bigint, equity: bigint, ratio: bigint): bigint {
  const isWhole = size % WAD === 0n;
  const deficit = -equity - (isWhole ? 1n : 0n);
  if (deficit < 0n) return 0n;
  const notional = ceilDiv((deficit + 1n) * PPM, PPM - ratio) - 1n;
  let last = mulDivDown(notional, WAD, size);
  if (!isWhole && last !== 0n && !endangersLong(size, last, equity, ratio)) last--;
  return last === 0n ? 0n : last + 1n;
}

/** The largest price with ceil(n (1 + r)) <= equity. */
const ofShort = (size: bigint, equity: bigint, ratio: bigint): bigint =>
  mulDivDown((positivePart(equity) * PPM) / (PPM + ratio), WAD, size);

const endangersLong = (size: bigint, price: bigint, equity: bigint, ratio: bigint): boolean =>
  equity + mulDivDown(size, price, WAD) < ceilDiv(mulDivUp(size, price, WAD) * ratio, PPM);
