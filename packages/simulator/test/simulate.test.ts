// Runs with all makers and agents: reproducible, lawful, and explained to the wei.
import { createRandom } from "@counterpoise/agents";
import { describe, expect, test } from "vitest";
import { htmlReport } from "../src/report/html.js";
import { cellsOf, checkDesign } from "../src/sweep/design.js";
import { CandleFileError, parseCandles } from "../src/world/candles.js";
import { pathThroughCandles } from "../src/world/price-path.js";
import { pathOf, simulate } from "../src/world/run.js";
import { defaultScenario, parseScenario, ScenarioError, withAgents } from "../src/world/scenario.js";

/** Hours with large moves, so that every kind of agent acts. */
const violent = parseScenario({ prices: { hours: 6, dailyVolatility: 0.25, jumpsPerDay: 12, jumpDeviation: 0.04 } });
const run = (scenario = violent, seed = 3) => simulate(scenario, { seed, path: pathOf(scenario, seed) });

describe("simulate", () => {
  test("default: the same seed gives the same bytes, and every maker's result is explained to the wei", () => {
    const result = run();
    expect(JSON.stringify(run())).toBe(JSON.stringify(result));
    expect(JSON.stringify(run(violent, 4))).not.toBe(JSON.stringify(result));
    for (const { unexplainedWei } of Object.values(result.makers)) expect(unexplainedWei).toBe("0");
    expect(result.liquidations).toBeGreaterThan(0);
    expect(result.makers.SpotHedgeBaseMaker?.hedgeCostBps).toBeGreaterThan(0);
  });

  test("behavior: an agent that is not listed is off", () => {
    const { kinds } = run(withAgents(violent, ({ type }) => type === "noise"));
    expect(Object.keys(kinds).filter((kind) => kind !== "liquidator")).toEqual(["noise"]);
    expect(run(withAgents(violent, () => false)).kinds).toEqual({});
  });

  test("behavior: in a halt no order is filled", () => {
    const prices = pathOf(defaultScenario, 1).prices.slice(0, 7_200).fill(Number.NaN, 1_800, 5_400);
    const closed = { name: "halt", start: 1_800_000_000, prices };
    expect(simulate(defaultScenario, { seed: 1, path: closed }).unfilled).toBeDefined();
  });

  test("error: a parameter that does not exist, and one of the wrong kind", () => {
    expect(() => parseScenario({ oracleMaker: { fee: 1 } })).toThrow("oracleMaker.fee is no parameter");
    expect(() => parseScenario({ oracleMaker: { lpFee: "1" } })).toThrow(ScenarioError);
    expect(() => parseScenario({ rules: { maintenanceMarginRatio: 50_000 } })).toThrow("must be below 50000");
  });
});

describe("candles", () => {
  const header = "timestamp_unix,open,high,low,close,volume";
  const series = parseCandles(
    `${header}\n60,10,12,9,11,1\n120,11,11.5,10,10,1\n300,20,21,19,19.5,1\n360,19.5,20,19,19,1`,
    "a.csv",
  );

  test("behavior: a path touches every open, high, low and close, and has no price in a gap", () => {
    const { prices } = pathThroughCandles(series, createRandom(1));
    for (const { time, open, high, low, close } of series.candles) {
      const minute = [...prices.subarray(time - 60, time)];
      expect([minute[0], Math.max(...minute), Math.min(...minute), minute.at(-1)]).toEqual([open, high, low, close]);
    }
    expect([...prices.subarray(120, 240)].every(Number.isNaN)).toBe(true);
  });

  test("error: rows that are out of order or impossible", () => {
    expect(() => parseCandles(`${header}\n60,1,1,1,1\n60,1,1,1,1`, "a.csv")).toThrow(
      "a.csv, row 3: time 60 is not after 60",
    );
    expect(() => parseCandles(`${header}\n60,1,0.5,0.5,1\n120,1,1,1,1`, "a.csv")).toThrow(CandleFileError);
    expect(() => parseCandles(`${header}\n60,1,1,1,1`, "a.csv")).toThrow("has 1 rows, fewer than 2");
  });
});

describe("sweeps", () => {
  test("behavior: a grid has every combination, Sobol's points fill each range", () => {
    const parameters = { "oracleMaker.lpFee": [0, 1_000], "oracleMaker.maxSpread": [5_000, 20_000] };
    expect(cellsOf(checkDesign({ parameters }))).toHaveLength(4);
    const points = cellsOf(checkDesign({ method: "sobol", cells: 64, parameters })).map(
      (cell) => cell["oracleMaker.lpFee"] ?? 0,
    );
    const quarters = [0, 1, 2, 3].map(
      (at) => points.filter((value) => Math.min(3, Math.floor(value / 250)) === at).length,
    );
    expect(Math.max(...quarters) - Math.min(...quarters)).toBeLessThanOrEqual(2);
  });

  test("behavior: the report has at least five plots, and says that it is no forecast", () => {
    const short = parseScenario({ prices: { hours: 1 } });
    const runs = [1, 2].map((seed) => run(short, seed));
    const cells = [100, 300].map((lpFee) => ({ cell: { "oracleMaker.lpFee": lpFee }, runs }));
    const html = htmlReport(checkDesign({ seeds: { from: 1, count: 2 } }), cells);
    expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(5);
    expect(html).toContain("no forecast");
  });
});
