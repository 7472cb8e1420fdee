import { expect, test } from "vitest";
import { decideMover } from "./agents/movers.js";
import { PopulationError, parseSimulatedPopulation } from "./population.js";
import { createRandom } from "./random.js";
import type { WhaleSpec } from "./spec.js";
import { decideTaker } from "./takers.js";
import type { AccountView, MarketView } from "./views.js";

const WAD = 10n ** 18n;
const whale: WhaleSpec = {
  ...{ type: "whale", name: "whale", count: 1, collateral: 1e6, size: [5e5, 5e5], leverage: [4, 4] },
  ...{ every: 1, lookback: 600, threshold: 0.02, push: 0.01, hold: 120 },
};
const market = (change: Partial<MarketView> = {}): MarketView => ({
  ...{ time: 10, price: 100n * WAD, priceAge: 0, dailyFunding: 0 },
  priceAgo: () => 100n * WAD,
  priceAhead: () => 100n * WAD,
  ...change,
});
const flat: AccountView = { size: 0n, heldFor: 0, elapsed: 1 };
const random = () => createRandom(1, "mover");

test("whale: pushes a large fall further, and closes after its holding time", () => {
  const fallen = market({ price: 97n * WAD });
  expect(decideMover(whale, market(), flat, random())).toBeUndefined();
  expect(decideMover(whale, fallen, flat, random())).toEqual({
    ...{ action: "push", isLong: false, notional: 500_000n * WAD, leverage: 4, ratio: -0.01, seconds: 120 },
  });
  const held = { ...flat, size: -WAD, heldFor: 119 };
  expect(decideMover(whale, fallen, held, random())).toBeUndefined();
  expect(decideMover(whale, fallen, { ...held, heldFor: 120 }, random())).toMatchObject({ action: "close" });
});

test("manipulator: acts without a move, and not without a price", () => {
  const manipulator = { ...whale, type: "manipulator" as const };
  expect(decideMover(manipulator, market(), flat, random())).toMatchObject({ action: "push" });
  expect(decideMover(manipulator, market({ priceAge: 61 }), flat, random())).toBeUndefined();
});

test("arbitrage: opens while another venue is ahead, and closes after its holding time", () => {
  const spec = {
    ...{ type: "arbitrage" as const, name: "arbitrage", count: 1, collateral: 1e5, size: [1e4, 1e4] as const },
    ...{ leverage: [5, 5] as const, hedgedShare: 0, lead: 2, threshold: 0.001, hold: 30 },
  };
  const ahead = market({ priceAhead: (seconds) => (seconds === 2 ? 101n * WAD : 100n * WAD) });
  expect(decideTaker(spec, market(), flat, random())).toBeUndefined();
  expect(decideTaker(spec, ahead, flat, random())).toMatchObject({ action: "open", isLong: true });
  expect(decideTaker(spec, ahead, { ...flat, size: WAD, heldFor: 30 }, random())).toMatchObject({ action: "close" });
});

test("parseSimulatedPopulation: lists may be empty, names are unique", () => {
  const lp = { deposit: 1, entersAt: 0, every: 1, maxDrawdown: 0, redeemPart: 1, reentryReturn: 0 };
  const rest = { lp, liquidator: { delay: 0, collateral: 1 } };
  expect(parseSimulatedPopulation({ takers: [], movers: [], ...rest }).movers).toEqual([]);
  expect(parseSimulatedPopulation({ takers: [], movers: [whale], ...rest }).movers).toEqual([whale]);
  expect(() => parseSimulatedPopulation({ takers: [], movers: [whale, whale], ...rest })).toThrow(PopulationError);
  const wrong = { takers: [], movers: [{ ...whale, type: "noise" }], ...rest };
  expect(() => parseSimulatedPopulation(wrong)).toThrow('must be one of whale, manipulator, not "noise"');
});
