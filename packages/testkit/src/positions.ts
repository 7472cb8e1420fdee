import type { Position } from "@counterpoise/sdk";
import { abs, ceilDiv, floorDiv } from "./maths.js";
import { WAD } from "./units.js";

/** A position of size zero without margin. */
export const FLAT: Position = { size: 0n, openNotional: 0n, margin: 0n };

/** margin + openNotional + size x price, WAD quote, rounded down. */
export const accountValue = ({ margin, openNotional, size }: Position, price: bigint): bigint =>
  margin + openNotional + floorDiv(size * price, WAD);

/** |size| x price, WAD quote, rounded up. */
export const notional = ({ size }: Position, price: bigint): bigint => ceilDiv(abs(size) * price, WAD);

/** The position after fees are charged to its margin. `fees` WAD quote. */
export const lessFees = (position: Position, fees: bigint): Position => ({
  ...position,
  margin: position.margin - fees,
});
