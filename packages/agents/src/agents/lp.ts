import type { Random } from "../random.js";
import type { LpSpec } from "../spec.js";
import type { LpDecision, LpView } from "../views.js";
import { arrivalChance } from "./common.js";

/** Redeems a part of its shares after a drawdown, and deposits again when a share has earned the reentry return since. */
export function decideLp(spec: LpSpec, view: LpView, random: Random): LpDecision | undefined {
  if (!random.chance(arrivalChance(view.elapsed, spec.every))) return undefined;
  if (!view.hasShares) return view.shareReturn >= spec.reentryReturn ? { action: "deposit" } : undefined;
  return view.drawdown > spec.maxDrawdown ? { action: "redeem", part: spec.redeemPart } : undefined;
}
