import { describe, expect, test } from "vitest";
import { decideLiquidations } from "./agents/liquidator.js";
import { decideLp } from "./agents/lp.js";
import { createRandom } from "./random.js";
import type { LpView } from "./views.js";

const spec = { deposit: 1, entersAt: 0, every: 60, maxDrawdown: 0.01, redeemPart: 0.5, reentryReturn: 0.002 };
const view: LpView = { time: 0, elapsed: 60, hasShares: true, shareReturn: 0, drawdown: 0 };

describe("decideLp", () => {
  const decide = (changes: Partial<LpView>) => decideLp(spec, { ...view, ...changes }, createRandom(1));

  test("default: redeems after a drawdown", () => {
    expect(decide({})).toBeUndefined();
    expect(decide({ drawdown: 0.01 })).toBeUndefined();
    expect(decide({ drawdown: 0.011 })).toEqual({ action: "redeem", part: 0.5 });
  });

  test("behavior: deposits again after a gain", () => {
    expect(decide({ hasShares: false, drawdown: 0.5, shareReturn: 0.001 })).toBeUndefined();
    expect(decide({ hasShares: false, shareReturn: 0.002 })).toEqual({ action: "deposit" });
  });

  test("behavior: decides no more often than it looks", () => {
    expect(decide({ drawdown: 0.5, elapsed: 0 })).toBeUndefined();
  });
});

describe("decideLiquidations", () => {
  const candidates = [
    { id: "small", since: 100, notional: 1n },
    { id: "late", since: 103, notional: 9n },
    { id: "large", since: 100, notional: 5n },
  ];

  test("default: waits for its delay, and closes the largest first", () => {
    const at = (time: number) => decideLiquidations({ delay: 5, collateral: 1 }, time, candidates);
    expect(at(104)).toEqual([]);
    expect(at(105)).toEqual(["large", "small"]);
    expect(at(108)).toEqual(["late", "large", "small"]);
  });

  test("behavior: no delay", () => {
    expect(decideLiquidations({ delay: 0, collateral: 1 }, 100, candidates)).toEqual(["large", "small"]);
  });
});
