import type { Position } from "@counterpoise/sdk";
import { ceilDiv } from "../maths.js";
import { accountValue, notional } from "../positions.js";
import { PPM } from "../units.js";
import { checkLaw, type LawCheck } from "./law.js";

export type CheckTradeParameters = {
  /** One side's position before the fill, with its pending fees charged. */
  before: Position;
  after: Position;
  /** The oracle price of the fill, WAD. */
  price: bigint;
  /** Parts per million. */
  ratios: { initialMarginRatio: number; maintenanceMarginRatio: number };
};

/** Checks L6 for one side of a fill. */
export function checkTrade({ before, after, price, ratios }: CheckTradeParameters): LawCheck {
  const value = accountValue(after, price);
  const required = (position: Position, ratio: number) => ceilDiv(notional(position, price) * BigInt(ratio), PPM);
  if (!isReduction(before, after)) return checkLaw("L6", value - required(after, ratios.initialMarginRatio));

  const slack = value - required(after, ratios.maintenanceMarginRatio);
  const valueBefore = accountValue(before, price);
  const wasBelow = valueBefore < required(before, ratios.maintenanceMarginRatio);
  const ratioKept = value * notional(before, price) >= valueBefore * notional(after, price);
  // An account below maintenance may reduce as long as its margin ratio does not fall. A close needs a value of zero.
  return checkLaw("L6", slack < 0n && wasBelow && after.size !== 0n && ratioKept ? 0n : slack);
}

function isReduction(before: Position, after: Position): boolean {
  const fill = after.size - before.size;
  return before.size > 0n ? fill < 0n && after.size >= 0n : fill > 0n && after.size <= 0n;
}
