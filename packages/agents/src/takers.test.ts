import { describe, expect, test } from "vitest";
import { createRandom } from "./random.js";
import type { FundingSpec, InformedSpec, MomentumSpec, NoiseSpec, TakerSpec } from "./spec.js";
import { decideTaker, describeTaker } from "./takers.js";
import { type AccountView, type Decision, type MarketView, returnOf, WAD } from "./views.js";

const terms = { name: "a", count: 1, collateral: 1_000, size: [100, 200], leverage: [2, 20], hedgedShare: 0 } as const;
const noise: NoiseSpec = { type: "noise", ...terms, every: 600, hold: 1_200, longShare: 0.5 };
const momentum: MomentumSpec = {
  type: "momentum",
  ...terms,
  direction: "with",
  lookback: 60,
  threshold: 0.01,
  hold: 600,
};
const informed: InformedSpec = { type: "informed", ...terms, horizon: 60, coefficient: 1, threshold: 0.001, every: 1 };
const funding: FundingSpec = { type: "funding", ...terms, entry: 0.01, exit: 0.002 };

const price = 100n * WAD;
const market = (changes: Partial<MarketView> = {}): MarketView => ({
  time: 0,
  price,
  priceAge: 0,
  priceAgo: () => price,
  priceAhead: () => price,
  dailyFunding: 0,
  ...changes,
});
const flat: AccountView = { size: 0n, heldFor: 0, elapsed: 15 };
const long: AccountView = { size: WAD, heldFor: 0, elapsed: 15 };
const short: AccountView = { ...long, size: -WAD };

const decide = (spec: TakerSpec, view: MarketView, account: AccountView, seed = 1) =>
  decideTaker(spec, view, account, createRandom(seed));

/** Decisions of many independent agents. */
const many = (spec: TakerSpec, view: MarketView, account: AccountView, count = 4_000) =>
  Array.from({ length: count }, (_, seed) => decide(spec, view, account, seed)).filter(
    (decision): decision is Decision => decision !== undefined,
  );

const opens = (decisions: readonly Decision[]) => decisions.filter((decision) => decision.action === "open");

describe("every agent", () => {
  test.each([noise, momentum, informed, funding])("behavior: $type opens nothing at an old price", (spec) => {
    const view = market({ priceAge: 61, priceAgo: () => 50n * WAD, priceAhead: () => 200n * WAD, dailyFunding: 0.5 });
    expect(many(spec, view, flat, 500)).toEqual([]);
    expect(opens(many(spec, { ...view, priceAge: 60 }, flat, 500)).length).toBeGreaterThan(0);
  });

  test.each([noise, momentum, informed, funding])(
    "behavior: $type is a function of its inputs and the stream",
    (spec) => {
      const view = market({ priceAgo: () => 98n * WAD, priceAhead: () => 103n * WAD, dailyFunding: 0.02 });
      const list = (seed: number) => {
        const random = createRandom(seed);
        return Array.from({ length: 200 }, () => decideTaker(spec, view, flat, random));
      };
      expect(list(1)).toEqual(list(1));
      expect(list(1)).not.toEqual(list(2));
    },
  );

  test("behavior: sizes, leverage and venues are within the terms", () => {
    const orders = opens(many({ ...noise, hedgedShare: 0.25 }, market(), { ...flat, elapsed: 600 }));
    expect(orders).toHaveLength(4_000);
    for (const { notional, leverage } of orders) {
      expect(notional >= 100n * WAD && notional <= 200n * WAD).toBe(true);
      expect(leverage >= 2 && leverage < 20).toBe(true);
    }
    // A quarter, within four standard errors.
    const hedged = orders.filter(({ venue }) => venue === "hedged").length / 4_000;
    expect(Math.abs(hedged - 0.25)).toBeLessThan(0.028);
  });
});

describe("noise", () => {
  test("default: arrivals and sides have their frequencies", () => {
    const orders = opens(many({ ...noise, longShare: 0.75 }, market(), { ...flat, elapsed: 60 }));
    expect(Math.abs(orders.length / 4_000 - 0.1)).toBeLessThan(0.02);
    expect(Math.abs(orders.filter(({ isLong }) => isLong).length / orders.length - 0.75)).toBeLessThan(0.09);
  });

  test("behavior: closes in the mean holding time, a quarter in part, also without a price", () => {
    const closes = many(noise, market({ priceAge: 5_000 }), { ...long, elapsed: 120 });
    expect(Math.abs(closes.length / 4_000 - 0.1)).toBeLessThan(0.02);
    const parts = closes.filter((decision) => decision.action === "close" && decision.part < 1);
    expect(Math.abs(parts.length / closes.length - 0.25)).toBeLessThan(0.09);
  });
});

describe("momentum", () => {
  test("default", () => {
    const rising = market({ priceAgo: () => 98n * WAD });
    const falling = market({ priceAgo: () => 102n * WAD });
    expect(decide(momentum, rising, flat)).toMatchObject({ action: "open", isLong: true });
    expect(decide(momentum, falling, flat)).toMatchObject({ action: "open", isLong: false });
    expect(decide(momentum, market({ priceAgo: () => (995n * WAD) / 10n }), flat)).toBeUndefined();
    expect(decide({ ...momentum, direction: "against" }, rising, flat)).toMatchObject({ isLong: false });
  });

  test("behavior: closes after its holding time or when the move reverses", () => {
    const falling = market({ priceAgo: () => 102n * WAD });
    expect(decide(momentum, market(), long)).toBeUndefined();
    expect(decide(momentum, market(), { ...long, heldFor: 600 })).toMatchObject({ action: "close", part: 1 });
    expect(decide(momentum, falling, long)).toMatchObject({ action: "close" });
    expect(decide(momentum, falling, short)).toBeUndefined();
  });
});

describe("informed", () => {
  test("default: with a coefficient of 1 it knows the direction", () => {
    expect(decide(informed, market({ priceAhead: () => 101n * WAD }), flat)).toMatchObject({ isLong: true });
    expect(decide(informed, market({ priceAhead: () => 99n * WAD }), flat)).toMatchObject({ isLong: false });
    expect(decide(informed, market(), flat)).toBeUndefined();
    expect(decide(informed, market(), { ...long, heldFor: 60 })).toMatchObject({ action: "close" });
  });

  test("behavior: its hits rise with the coefficient", () => {
    // A market whose returns over a horizon are one percent up or down.
    const zigzag = market({
      priceAhead: () => 101n * WAD,
      priceAgo: (seconds) => (Math.round(seconds / 60) % 2 === 0 ? price : 99n * WAD),
    });
    const hits = [0, 0.2, 0.6, 1].map((coefficient) => {
      const orders = opens(many({ ...informed, coefficient, threshold: 0 }, zigzag, flat));
      return orders.filter(({ isLong }) => isLong).length / orders.length;
    });
    expect(Math.abs((hits[0] as number) - 0.5)).toBeLessThan(0.032);
    expect(hits[3]).toBe(1);
    expect([...hits].sort((a, b) => a - b)).toEqual(hits);
  });
});

describe("funding", () => {
  test("default: takes the side that receives", () => {
    expect(decide(funding, market({ dailyFunding: 0.02 }), flat)).toMatchObject({ isLong: false });
    expect(decide(funding, market({ dailyFunding: -0.02 }), flat)).toMatchObject({ isLong: true });
    expect(decide(funding, market({ dailyFunding: 0.009 }), flat)).toBeUndefined();
  });

  test("behavior: closes when it receives too little", () => {
    expect(decide(funding, market({ dailyFunding: 0.003 }), short)).toBeUndefined();
    expect(decide(funding, market({ dailyFunding: 0.001 }), short)).toMatchObject({ action: "close" });
    expect(decide(funding, market({ dailyFunding: 0.003 }), long)).toMatchObject({ action: "close" });
  });
});

test("describeTaker: default", () => {
  expect([noise, momentum, informed, funding].map(describeTaker)).toEqual([
    "opens at random every 10 min on average, 50% long, and holds 20 min on average",
    "trades with moves of 1% within 1 min",
    "knows the return of the next 1 min with a correlation of 1",
    "takes the side that receives funding of 1% a day or more",
  ]);
});

test("returnOf: default", () => {
  expect(returnOf(100n * WAD, 101n * WAD)).toBe(0.01);
  expect(returnOf(100n * WAD, 50n * WAD)).toBe(-0.5);
});
