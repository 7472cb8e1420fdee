// One exchange on a local chain, from the plan to a market that its timelock adds.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSigner, Secrets, type Signer } from "@counterpoise/service-kit";
import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExchangeConfig, loadConfig } from "../src/config.js";
import { apply, check, formatPlan, type OpenDeployment, openDeployment, plan } from "../src/deployment.js";
import {
  ExternalContractsError,
  IncompleteNetworkError,
  InvalidListError,
  WrongChainError,
  WrongSignerError,
} from "../src/errors.js";
import { configOf, parsed, startWorld, testClient, type World, writeConfig } from "./world.js";

const DAYS = 2 * 86_400;

describe("deployment", () => {
  let world: World;
  let registry: string;
  let config: ExchangeConfig;

  beforeAll(async () => {
    world = await startWorld();
    registry = mkdtempSync(path.join(tmpdir(), "counterpoise-registry-"));
    config = loadConfig(writeConfig(configOf(world)));
  });
  afterAll(() => world?.anvil.stop());

  const open = (of: ExchangeConfig = config): Promise<OpenDeployment> =>
    openDeployment({ config: of, rpcUrl: world.anvil.rpcUrl, registry });
  const signer = (address: Address): Signer =>
    createSigner({
      config: { type: "unlocked", address },
      chainId: world.anvil.chainId,
      secrets: new Secrets(),
      request: (method, params) => world.reader.request({ method, params } as never),
    });
  const run = async (of: ExchangeConfig, sender: Address) =>
    apply(await open(of), { signer: signer(sender), pollInterval: 20 });

  test("error: refused before the first transaction", async () => {
    const nonce = await world.reader.getTransactionCount({ address: world.deployer });
    await expect(open({ ...config, chainId: 1 })).rejects.toThrow(WrongChainError);
    await expect(open({ ...config, missing: ["pyth"] })).rejects.toThrow(IncompleteNetworkError);
    const decimals = { ...config, collateral: { ...config.collateral, decimals: 8 } };
    const failure = await open(decimals).catch((error) => error);
    expect(failure).toBeInstanceOf(ExternalContractsError);
    expect(failure.message).toContain("has 6 decimals, configured 8");
    // The preset's penalty is 1%, and half of the maintenance ratio is its limit.
    const [market] = config.markets;
    const risky = { ...config, markets: [{ ...market, maintenanceMarginRatio: "1.5%" }] } as ExchangeConfig;
    const refused = await open(risky).catch((error) => error);
    expect(refused).toBeInstanceOf(InvalidListError);
    expect(refused.message).toMatch(/markets.ETH.create: RuleOutOfRange\(rule: 2, value: 10000, min: 0, max: 7500\)/);
    const share = { ...config, markets: [{ ...market, liquidatorShare: "50%" }] } as ExchangeConfig;
    await expect(open(share)).rejects.toThrow(
      "UnsafeSetting(setting: market.liquidatorShare, value: 500000, limit: 50000)",
    );
    expect(await world.reader.getTransactionCount({ address: world.deployer })).toBe(nonce);
  });

  test("plan shows every step in human units, apply executes them, and a second run changes nothing", async () => {
    const deployment = await open();
    const before = await plan(deployment);
    expect(before.open).toHaveLength(deployment.steps.length);
    const text = formatPlan(before);
    expect(text).toContain("create OracleMaker at 0x");
    expect(text).toMatch(/markets.ETH.create: createMarket\(initialMarginRatio: 10%, maintenanceMarginRatio: 6.25%/);
    expect(text).toMatch(/handover.delay: updateDelay\(newDelay: 2d\)/);
    expect(text).toContain("setLpRules(depositCap: 1000, requestFee: 0.05%)");
    expect(text).not.toMatch(/: (62500|100000)\b/);

    const result = await apply(deployment, { signer: signer(world.deployer), pollInterval: 20 });
    expect(result.isComplete).toBe(true);
    expect(formatPlan(await plan(await open()))).toMatch(/^No difference/);
    const nonce = await world.reader.getTransactionCount({ address: world.deployer });
    const second = await run(config, world.deployer);
    expect(second).toMatchObject({ isComplete: true, transactions: 0, executed: [] });
    expect(await world.reader.getTransactionCount({ address: world.deployer })).toBe(nonce);
    const file = JSON.parse(readFileSync(path.join(registry, "31337/test.json"), "utf8"));
    expect(file.markets).toHaveLength(1);
    expect(file.markets[0].makers.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...["oracle", "spotHedgeBase", "spotHedgeQuote"],
    ]);
  });

  test("check finds no difference", async () => {
    expect(await check(await open())).toEqual([]);
  });

  test("error: an account without the role cannot add a market", async () => {
    const two = parsed(configOf(world, { markets: ["eth.json", "btc.json"] }));
    await expect(run(two, world.anvil.accounts[3]?.address as Address)).rejects.toThrow(WrongSignerError);
  });

  test("the timelock adds a market of another asset: each batch waits for the delay", async () => {
    const two = parsed(configOf(world, { markets: ["eth.json", "btc.json"] }));
    const printed = await apply(await open(two), { prints: true });
    expect(printed.printed.map(({ section, kind, from }) => [section, kind, from])).toEqual([
      ["markets.BTC", "schedule", world.owner],
    ]);
    const sections: string[] = [];
    for (;;) {
      const result = await run(two, world.owner);
      if (result.isComplete) break;
      sections.push(result.waiting?.section as string);
      await testClient(world).increaseTime({ seconds: DAYS });
      await testClient(world).mine({ blocks: 1 });
      expect(sections.length).toBeLessThan(5);
    }
    expect(sections).toEqual(["markets.BTC", "markets.BTC.makers", "breaker"]);
    expect(await check(await open(two))).toEqual([]);
    expect((await run(two, world.owner)).transactions).toBe(0);
    // One more maker for an existing market: the maker is created, then the timelock registers it.
    const [eth, btc] = two.markets as [ExchangeConfig["markets"][number], ExchangeConfig["markets"][number]];
    const more = { ...(btc.makers[0] as object), name: "second" } as (typeof btc.makers)[number];
    const three = { ...two, markets: [eth, { ...btc, makers: [...btc.makers, more] }] };
    const result = await run(three, world.owner);
    expect(result.executed).toContain("markets.BTC.second");
    expect(result.executed).toContain("markets.BTC.second");
    expect(result.waiting?.section).toBe("markets.BTC.makers");
    // A maker that is not registered yet is a difference.
    const findings = await check(await open(three));
    expect(findings.map(({ subject }) => subject)).toContain("markets.BTC.second.register");
  });
});
