import type { LiquidatorSpec } from "../spec.js";

/** An account that the exchange would accept a liquidation for. */
export type Liquidatable<id> = {
  id: id;
  /** Seconds: the first moment at which the liquidator saw it so. */
  since: number;
  /** WAD quote. */
  notional: bigint;
};

/** Returns the accounts that the liquidator closes now, the largest first: those that it has seen for its delay. */
export function decideLiquidations<id>(
  { delay }: LiquidatorSpec,
  time: number,
  candidates: readonly Liquidatable<id>[],
): id[] {
  return candidates
    .filter(({ since }) => time - since >= delay)
    .sort((a, b) => (a.notional === b.notional ? 0 : a.notional < b.notional ? 1 : -1))
    .map(({ id }) => id);
}
