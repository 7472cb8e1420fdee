import { describe, expect, test } from "vitest";
import { PopulationError, parsePopulation } from "./population.js";

const terms = { name: "a", count: 1, collateral: 1_000, size: [10, 20], leverage: [2, 20], hedgedShare: 0.5 };
const noise = { type: "noise", ...terms, every: 60, hold: 600, longShare: 0.5 };
const lp = { deposit: 1_000, entersAt: 0.5, every: 60, maxDrawdown: 0.1, redeemPart: 0.5, reentryReturn: 0 };
const population = {
  takers: [
    noise,
    { type: "momentum", ...terms, name: "b", direction: "with", lookback: 60, threshold: 0.01, hold: 600 },
    { type: "informed", ...terms, name: "c", horizon: 60, coefficient: 0.1, threshold: 0.01, every: 60 },
    { type: "funding", ...terms, name: "d", entry: 0.01, exit: 0 },
  ],
  lp,
  liquidator: { delay: 0, collateral: 1_000 },
};

describe("parsePopulation", () => {
  test("default", () => {
    expect(parsePopulation(JSON.parse(JSON.stringify(population)))).toEqual(population);
  });

  const taker = (changes: object) => ({ ...population, takers: [{ ...noise, ...changes }] });

  test.each<[string, unknown, string]>([
    ["no object", 3, "population must be an object, not 3"],
    ["unknown field", { ...population, whales: 1 }, "population.whales is no field; fields: takers, lp, liquidator"],
    ["no list", { ...population, takers: {} }, "population.takers must be a list, not {}"],
    ["no takers", { ...population, takers: [] }, "population.takers must have 1 to 100 agents in total, not 0"],
    ["too many takers", taker({ count: 101 }), "takers[0].count must be a whole number from 1 to 100, not 101"],
    [
      "unknown type",
      taker({ type: "whale" }),
      'takers[0].type must be one of noise, momentum, informed, funding, arbitrage, not "whale"',
    ],
    ["missing field", taker({ every: undefined }), "takers[0].every must be a number from 1 to 2592000, not missing"],
    ["foreign field", taker({ horizon: 1 }), "takers[0].horizon is no field"],
    ["text for a number", taker({ every: "60" }), 'takers[0].every must be a number from 1 to 2592000, not "60"'],
    ["not a number", taker({ longShare: Number.NaN }), "takers[0].longShare must be a number from 0 to 1"],
    ["share above one", taker({ longShare: 1.5 }), "takers[0].longShare must be a number from 0 to 1, not 1.5"],
    ["bad name", taker({ name: "Big One" }), "takers[0].name must be 1 to 20 lower-case letters"],
    ["no range", taker({ size: 5 }), "takers[0].size must be a list of two numbers, not 5"],
    ["falling range", taker({ size: [20, 10] }), "takers[0].size must not fall: 20 is above 10"],
    [
      "range beyond the limit",
      taker({ leverage: [1, 200] }),
      "takers[0].leverage[1] must be a number from 1 to 100, not 200",
    ],
    ["same name twice", { ...population, takers: [noise, noise] }, 'has two kinds with the name "a"'],
    [
      "missing LP",
      { takers: [noise], liquidator: population.liquidator },
      "population.lp must be an object, not missing",
    ],
    [
      "fractional delay",
      { ...population, liquidator: { delay: 0.5, collateral: 1 } },
      "liquidator.delay must be a whole number",
    ],
    [
      "exit above entry",
      { ...population, takers: [{ ...population.takers[3], exit: 0.5 }] },
      "takers[0].exit 0.5 must not be above the entry 0.01",
    ],
    [
      "bad direction",
      { ...population, takers: [{ ...population.takers[1], direction: "up" }] },
      'takers[0].direction must be "with" or "against", not "up"',
    ],
  ])("error: %s", (_, value, message) => {
    expect(() => parsePopulation(value)).toThrow(PopulationError);
    expect(() => parsePopulation(value)).toThrow(message);
  });
});
