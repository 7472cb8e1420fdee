import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import { describe, expect, test } from "vitest";
import { configOf, parsed, type World, writeConfig } from "../test/world.js";
import { type ExchangeConfig, jsonSchemas, loadConfig, relationProblems, toListInput } from "./config.js";
import { ConfigurationError } from "./errors.js";

const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}` as const;
/** The addresses of a world without its chain. */
const world = {
  anvil: { chainId: 31_337, accounts: [1, 2, 3].map((n) => ({ address: address(n) })) },
  ...{ deployer: address(1), owner: address(2), collateral: address(4), bitcoin: address(5), pyth: address(6) },
  uniswap: { factory: address(7), weth: { address: address(8) } },
} as unknown as World;
const both = { markets: ["eth.json", "btc.json"] };

describe("loadConfig", () => {
  test("default", () => {
    expect(loadConfig(writeConfig(configOf(world, both)))).toEqual(parsed(configOf(world, both)));
  });

  test("error: unknown and malformed settings with their path", () => {
    const json = configOf(world);
    json.exchange.oracleFloat = "a lot";
    json.exchange.privateKey = "0x12";
    const problems = failure(json);
    expect(problems).toContainEqual({ path: "oracleFloat", problem: expect.stringContaining("must match pattern") });
    expect(problems).toContainEqual({ path: "(document)", problem: 'Unrecognized key: "privateKey"' });
  });

  test("error: more digits than a percentage has", () => {
    const json = configOf(world);
    json.eth.priceBand = "0.00005%";
    expect(failure(json)[0]?.path).toBe("priceBand");
  });

  test("error: a file that is missing", () => {
    expect(() => loadConfig("/nowhere/exchange.json")).toThrow(/exchange.json is not valid:\n {2}\(file\): ENOENT/);
  });

  const failure = (json: ReturnType<typeof configOf>) => {
    try {
      loadConfig(writeConfig(json));
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
    throw new Error("The configuration was accepted");
  };
});

describe("relations", () => {
  const config = parsed(configOf(world, both));
  const [eth, btc] = config.markets as [ExchangeConfig["markets"][number], ExchangeConfig["markets"][number]];
  const withEth = (changed: object) => ({ ...config, markets: [{ ...eth, ...changed }, btc] }) as ExchangeConfig;
  const maker = (changed: object) => withEth({ makers: [eth.makers[0], { ...eth.makers[1], ...changed }] });

  test("no problem", () => {
    expect(relationProblems(config)).toEqual([]);
  });

  test.each([
    ["timelock", { ...config, timelock: undefined }, "is missing, and seal is true"],
    ["timelock.delay", { ...config, timelock: { delay: "0s" } }, "is 0s, and must be at least 1s"],
    ["deployer", { ...config, deployer: undefined }, "is missing, and timelock is set"],
    ["markets[1].id", { ...config, markets: [eth, { ...btc, id: 3 }] }, "is 3, and this is market 2 of the list"],
    [
      "markets[0].maintenanceMarginRatio",
      withEth({ maintenanceMarginRatio: "10%" }),
      "10% must be below initialMarginRatio, which is 10%",
    ],
    ["markets[0].priceBand", withEth({ priceBand: "12%" }), "12% must be below initialMarginRatio, which is 10%"],
    [
      "markets[0].feed.maxLiquidationAge",
      withEth({ feed: { ...eth.feed, maxLiquidationAge: "61s" } }),
      "61s must be at most feed.maxAge, which is 60s",
    ],
    [
      "markets[0].orders.priceWindow",
      withEth({ orders: { ...eth.orders, priceWindow: "2m" } }),
      "2m must be at most orders.validity, which is 60s",
    ],
    ["markets[0].makers", withEth({ makers: eth.makers.slice(1) }), "have no oracle maker, and status is active"],
    [
      "markets[0].makers[1].minMarginRatio",
      maker({ minMarginRatio: "5%" }),
      "5% must be at least initialMarginRatio, which is 10%",
    ],
    [
      "markets[0].makers[1].requests",
      maker({ requests: { delay: "3s", validity: "10s" } }),
      "last 13s, and orders last 63s: requests must last as long",
    ],
    [
      "markets[0].makers[1].path.pools",
      maker({ path: { uniswapV3Factory: address(7), pools: [{ fee: "0.05%", token: address(9) }] } }),
      `end at ${address(9)}, and the collateral is ${address(4)}`,
    ],
  ] as [string, ExchangeConfig, string][])("error: %s names both values", (path_, changed, problem) => {
    expect(relationProblems(changed)).toContainEqual({ path: path_, problem: expect.stringContaining(problem) });
  });
});

describe("toListInput", () => {
  test("units of the contracts, and no value for settings of the preset", () => {
    const input = toListInput(parsed(configOf(world))) as { markets: Record<string, Record<string, unknown>>[] };
    const [market] = input.markets;
    expect(market?.market).toEqual({
      ...{ initialMarginRatio: "100000", maintenanceMarginRatio: "62500", priceBand: "50000", feeIndexDecimals: "13" },
    });
    expect(market?.makers).toMatchObject([
      { kind: "oracle", maxAbsPosition: "500000000000000000000", shareSymbol: "cpOM-ETH" },
      { depositCap: "1000000000000000000000", spot: { pools: [{ fee: "500" }] } },
      { maxKeeperFee: "5000000", keeperInterval: "60" },
    ]);
  });
});

test("the published schemas are those of this package", () => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const file = path.join(repositoryRoot, "deployments/schema", `${name}.json`);
    expect(JSON.parse(readFileSync(file, "utf8")), name).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
