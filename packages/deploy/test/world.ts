// A local chain with the external contracts of a configuration: tokens, a double of Pyth, Uniswap v3 pools.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Anvil,
  createDevnetClient,
  createPool,
  type DevnetClient,
  deployPythDouble,
  deployTestToken,
  deployUniswapV3,
  startAnvil,
  type UniswapV3,
} from "@counterpoise/devnet";
import { type Address, createPublicClient, createTestClient, http, keccak256, type PublicClient, toHex } from "viem";
import { exchangeSchema, type loadConfig, marketSchema } from "../src/config.js";

const WAD = 10n ** 18n;

export type World = {
  anvil: Anvil;
  client: DevnetClient;
  reader: PublicClient;
  deployer: Address;
  owner: Address;
  uniswap: UniswapV3;
  collateral: Address;
  bitcoin: Address;
  pyth: Address;
};

export async function startWorld(chainId?: number): Promise<World> {
  const anvil = await startAnvil({ timestamp: 1_800_000_000, chainId, keptStates: 20 });
  const [deployer, owner] = anvil.accounts.map(({ address }) => address) as [Address, Address];
  const client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: deployer, chainId: anvil.chainId });
  const reader = createPublicClient({ transport: http(anvil.rpcUrl) });
  const uniswap = await deployUniswapV3(client);
  const collateral = await deployTestToken(client, { name: "USD Coin", symbol: "USDC", decimals: 6 });
  const bitcoin = await deployTestToken(client, { name: "Bitcoin", symbol: "BTC", decimals: 8 });
  const { factory, weth } = uniswap;
  await createPool(client, { factory, base: weth, quote: collateral, fee: 500, price: 2_000n * WAD });
  await createPool(client, { factory, base: weth, quote: collateral, fee: 3_000, price: 2_000n * WAD });
  await createPool(client, { factory, base: bitcoin, quote: collateral, fee: 500, price: 40_000n * WAD });
  const pyth = await deployPythDouble(client);
  return {
    ...{ anvil, client, reader, deployer, owner, uniswap, pyth },
    ...{ collateral: collateral.address, bitcoin: bitcoin.address },
  };
}

type Json = Record<string, unknown>;

/** The configuration's files as JSON, which a test changes before it writes them. */
export function configOf(world: World, overrides: Json = {}): { exchange: Json; eth: Json; btc: Json } {
  const { anvil, collateral, pyth, owner, deployer, uniswap, bitcoin } = world;
  return {
    exchange: {
      name: "test",
      chainId: anvil.chainId,
      collateral: { address: collateral, symbol: "USDC", decimals: 6 },
      pyth: { address: pyth },
      owner,
      deployer,
      guardian: owner,
      timelock: { delay: "2d" },
      breaker: { window: "1h", maxOutflow: "20%", maxBaseOutflow: "30%" },
      relayers: [anvil.accounts[2]?.address],
      oracleFloat: "1",
      acceptsAccounts: true,
      markets: ["eth.json"],
      ...overrides,
    },
    eth: market(world, 1, "ETH", { address: uniswap.weth.address, symbol: "WETH", decimals: 18 }, "2000"),
    btc: market(world, 2, "BTC", { address: bitcoin, symbol: "BTC", decimals: 8 }, "40000"),
  };
}

function market({ uniswap, deployer }: World, id: number, symbol: string, base: Json, referencePrice: string): Json {
  const path_ = { uniswapV3Factory: uniswap.factory, pools: [{ fee: "0.05%" }] };
  return {
    id,
    symbol,
    preset: "major",
    base,
    referencePrice,
    feed: { pythId: keccak256(toHex(`${symbol}/USD`)), maxAge: "60s", maxExecutionAge: "60s" },
    initialMarginRatio: "10%",
    maintenanceMarginRatio: "6.25%",
    priceBand: "5%",
    orders: { delay: "3s", priceWindow: "10s", validity: "60s", minKeeperFee: "0.0001" },
    lps: [deployer],
    makers: [
      { kind: "oracle", name: "oracle", minMarginRatio: "10%", maxSpread: "1%", maxPosition: "500" },
      {
        ...{ kind: "spotHedgeBase", name: "base", minMarginRatio: "50%", path: path_ },
        ...{ maxHedgeDeviation: "2%", spread: "0%", depositCap: "1000" },
      },
      {
        ...{ kind: "spotHedgeQuote", name: "quote", minMarginRatio: "20%", path: path_ },
        ...{ maxHedgeDeviation: "2%", spread: "0%", targetMarginRatio: "50%", reserveRatio: "50%" },
        ...{ rebalanceBand: "2%", deleverageRatio: "15%", maxDeleverageDeviation: "0.5%" },
        ...{ keeperFeeRatio: "0.01%", maxKeeperFee: "5", keeperInterval: "60s" },
      },
    ],
  };
}

/** Writes the files into a new folder and returns the path of the exchange's file. */
export function writeConfig({ exchange, eth, btc }: ReturnType<typeof configOf>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-config-"));
  for (const [name, json] of Object.entries({ exchange, eth, btc })) {
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(json, undefined, 2));
  }
  return path.join(folder, "exchange.json");
}

/** The parsed configuration. */
export function parsed({ exchange, eth, btc }: ReturnType<typeof configOf>): ReturnType<typeof loadConfig> {
  const files = { "eth.json": eth, "btc.json": btc } as Record<string, Json>;
  const result = exchangeSchema.parse(exchange);
  return { ...result, markets: result.markets.map((name) => marketSchema.parse(files[name])) };
}

export const testClient = ({ anvil }: World) =>
  createTestClient({ mode: "anvil", transport: http(anvil.rpcUrl), chain: undefined });
