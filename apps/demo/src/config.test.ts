import { readFileSync } from "node:fs";
import { createRandom, decideTaker, WAD } from "@counterpoise/agents";
import { describe, expect, test } from "vitest";
import { ConfigError, defaultConfig, parseConfig, readConfig } from "./config.js";
import { PricePath } from "./price-path.js";
import { generateSeries } from "./prices.js";
import { takersOf } from "./world.js";

describe("parseConfig", () => {
  test("default: an empty object changes nothing", () => {
    expect(parseConfig("{}", "f")).toEqual(defaultConfig);
  });

  test("behavior: fields replace the defaults one by one, a population as a whole", () => {
    const [taker] = defaultConfig.population.takers;
    const population = { ...defaultConfig.population, takers: [taker] };
    const config = parseConfig(
      JSON.stringify({ oracleMaker: { lpFee: 300 }, secondSource: { enabled: false }, population }),
      "f",
    );
    expect(config).toEqual({
      ...defaultConfig,
      oracleMaker: { ...defaultConfig.oracleMaker, lpFee: 300 },
      secondSource: { ...defaultConfig.secondSource, enabled: false },
      population,
    });
  });

  test.each<[string, string, string]>([
    ["no JSON", "{", "is not JSON: "],
    ["no object", "[]", "the configuration must be an object, not []"],
    ["unknown section", '{"makers":{}}', "makers is no parameter; parameters: market, rates,"],
    ["unknown field", '{"market":{"fee":1}}', "market.fee is no parameter; parameters: initialMarginRatio,"],
    [
      "text for a number",
      '{"market":{"tradingFee":"1"}}',
      'market.tradingFee must be a whole number from 0 to 1000000000000, not "1"',
    ],
    ["fraction", '{"market":{"tradingFee":0.5}}', "market.tradingFee must be a whole number"],
    ["negative", '{"market":{"tradingFee":-1}}', "market.tradingFee must be a whole number"],
    ["number for a flag", '{"secondSource":{"enabled":1}}', "secondSource.enabled must be true or false, not 1"],
    ["number for a section", '{"market":1}', "market must be an object, not 1"],
    ["no delay", '{"orders":{"delay":0}}', "orders.delay must be above 0"],
    [
      "maintenance above initial",
      '{"market":{"maintenanceMarginRatio":100000}}',
      "market.maintenanceMarginRatio 100000 must be below market.initialMarginRatio 100000",
    ],
    ["bad population", '{"population":{"takers":[]}}', "population.takers must have 1 to 100 agents in total, not 0"],
  ])("error: %s", (_, text, problem) => {
    expect(() => parseConfig(text, "c.json")).toThrow(ConfigError);
    expect(() => parseConfig(text, "c.json")).toThrow(`c.json: ${problem}`);
  });

  test("error: a missing file", async () => {
    await expect(readConfig("/none.json")).rejects.toThrow(new ConfigError("/none.json", "no such file"));
  });
});

test("behavior: the example of docs/demo.md is a configuration", () => {
  const page = readFileSync(new URL("../../../docs/demo.md", import.meta.url), "utf8");
  const [example = ""] = page.match(/^ {4}\{.*\}$/m) ?? [];
  expect(parseConfig(example, "docs/demo.md")).not.toEqual(defaultConfig);
});

test("behavior: the seed changes the decisions of every taker", () => {
  // One price path, so that only the agents' own streams differ. The funding rate is far from zero.
  const path = new PricePath(generateSeries({ seed: 1 }));
  const decisions = (seed: number) =>
    takersOf(defaultConfig).map(({ name, spec }) => {
      const random = createRandom(seed, "taker", name);
      return path.ticks.map(({ time, price }) => {
        const market = {
          time,
          price,
          priceAge: 0,
          priceAgo: (seconds: number) => path.known(time - seconds),
          priceAhead: (seconds: number) => path.at(time + seconds),
          dailyFunding: 0.05,
        };
        return JSON.stringify(
          [
            decideTaker(spec, market, { size: 0n, heldFor: 0, elapsed: 15 }, random),
            decideTaker(spec, market, { size: WAD, heldFor: 60, elapsed: 15 }, random),
          ],
          (_, value) => (typeof value === "bigint" ? `${value}` : value),
        );
      });
    });
  const [one, again, two] = [decisions(1), decisions(1), decisions(2)];
  expect(one).toEqual(again);
  for (const [i, { name }] of takersOf(defaultConfig).entries()) {
    expect(
      one[i]?.some((decision) => decision.includes("open")),
      `${name} opens`,
    ).toBe(true);
    expect(one[i], name).not.toEqual(two[i]);
  }
  // Agents of one kind decide differently, too.
  expect(one[0]).not.toEqual(one[1]);
});
