import { type Address, keccak256, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeploymentConfig, runDeployScript } from "../src/deploy-script.js";
import { DeployScriptError } from "../src/errors.js";
import { deployPythDouble } from "../src/pyth-double.js";
import { deployTestToken } from "../src/tokens.js";
import { createPool, deployUniswapV3 } from "../src/uniswap-v3.js";
import { type LocalChain, startLocalChain } from "./local-chain.js";

const WAD = 10n ** 18n;

describe("runDeployScript", () => {
  let chain: LocalChain;
  let config: DeploymentConfig;
  let v3Factory: Address;

  beforeAll(async () => {
    chain = await startLocalChain();
    const { client, owner } = chain;
    const { weth, factory } = await deployUniswapV3(client);
    v3Factory = factory;
    const collateral = await deployTestToken(client);
    await createPool(client, { factory, base: weth, quote: collateral, fee: 500, price: 2_000n * WAD });
    config = {
      owner,
      collateral: collateral.address,
      base: weth.address,
      baseSymbol: "ETH",
      pyth: await deployPythDouble(client),
      feed: { pythId: keccak256(toHex("ETH/USD")), maxAge: 60, maxExecutionAge: 60 },
      market: {
        initialMarginRatio: 100_000,
        maintenanceMarginRatio: 62_500,
        priceBand: 50_000,
        feeIndexDecimals: 13,
      },
      rules: { delay: 3, priceWindow: 10, validity: 60, minKeeperFee: 10n ** 14n },
      oracleMaker: { maxSpread: 10_000, minMarginRatio: 100_000, maxAbsPosition: 500n * WAD },
      spotHedgeBaseMaker: {
        spot: { uniswapV3Factory: factory, pools: [{ fee: 500 }] },
        maxHedgeDeviation: 20_000,
        minMarginRatio: 500_000,
        spread: 0,
      },
      whitelistLps: [owner],
      oracleFloat: WAD,
    };
  });

  afterAll(() => chain?.anvil.stop());

  test("default", async () => {
    const deployment = await runDeployScript({ rpcUrl: chain.anvil.rpcUrl, sender: config.owner, config });
    expect(deployment).toMatchObject({ chainId: 31_337, marketId: 1n, base: config.base, pyth: config.pyth });
    for (const contract of ["vault", "clearingHouse", "orderGateway", "oracle", "oracleMaker"] as const) {
      expect(await chain.client.getCode({ address: deployment[contract] })).toMatch(/^0x[0-9a-f]{100}/);
    }
    expect(await chain.client.getBalance({ address: deployment.oracle })).toBe(WAD);
  }, 300_000);

  test("error: DeployScriptError with the script's message", async () => {
    const spot = { uniswapV3Factory: v3Factory, pools: [{ fee: 3_000 }] };
    const noPool = { ...config, spotHedgeBaseMaker: { ...config.spotHedgeBaseMaker, spot } };
    const failure = await runDeployScript({ rpcUrl: chain.anvil.rpcUrl, sender: config.owner, config: noPool }).catch(
      (error) => error,
    );
    expect(failure).toBeInstanceOf(DeployScriptError);
    expect(failure.message).toContain("script failed: UnknownPool");
  }, 300_000);
});
