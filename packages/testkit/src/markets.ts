// A devnet whose exchange has three markets, deployed by packages/deploy as on a public chain.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { apply, loadConfig, openDeployment } from "@counterpoise/deploy";
import {
  type Anvil,
  addLiquidity,
  approveToken,
  createPool,
  type DevnetClient,
  deployPythDouble,
  deployTestToken,
  deployUniswapV3,
  encodePythUpdate,
  mintTestToken,
  type SpotPool,
  type Token,
  type UniswapV3,
  updatePythDouble,
  wrapEther,
} from "@counterpoise/devnet";
import { type Deployment, type ExchangeDeployment, marketDeployment, parseExchangeDeployment } from "@counterpoise/sdk";
import { createSigner, Secrets } from "@counterpoise/service-kit";
import { type Address, type Hex, keccak256, parseEther, toHex } from "viem";
import { type Parties, partiesOf } from "./exchange.js";
import { COLLATERAL_DECIMALS, WAD } from "./units.js";

/**
 * ETH: a base of 18 decimals. BTC: a base of 8 decimals. Both have one maker of each kind, and the preset "major". THIN: an
 * OracleMaker, a feed of the collateral, and the preset "thin".
 */
export const MARKETS = ["ETH", "BTC", "THIN"] as const;
export type MarketName = (typeof MARKETS)[number];

/** Collateral per base, WAD. */
export const FIRST_PRICES: Readonly<Record<MarketName, bigint>> = {
  ETH: parseEther("2000"),
  BTC: parseEther("40000"),
  THIN: parseEther("5"),
};

export type SetUpMarketsParameters = {
  /** A running chain with the id of the devnet. */
  anvil: Anvil;
  takers: number;
  /** Tokens that each party starts with, in their own decimals. */
  balances: { lp: { collateral: bigint; ETH: bigint; BTC: bigint }; taker: { collateral: bigint } };
};

export type MarketsSetup = Parties & {
  /** The registry's file, and the exchange that it has. */
  file: object;
  exchange: ExchangeDeployment;
  deployments: Readonly<Record<MarketName, Deployment>>;
  uniswapV3: UniswapV3;
  /** Pools in which the makers hedge. THIN has none. */
  pools: Readonly<Record<"ETH" | "BTC", SpotPool>>;
};

const idOf = (name: string): Hex => keccak256(toHex(`${name}/USD`));

/** The price of the collateral in THIN, WAD dollars. */
const COLLATERAL_PRICE = WAD;

/** Pyth's feeds of a market and their prices, WAD dollars, at a price of the market. */
const feedsOf = (market: MarketName, price: bigint): { id: Hex; price: bigint }[] => [
  { id: idOf(market), price },
  ...(market === "THIN" ? [{ id: idOf("USDC"), price: COLLATERAL_PRICE }] : []),
];

/** The update data of the first prices of a market published at or after a time, seconds. `price`: collateral per base, WAD. */
export const marketUpdates = (market: MarketName, price: bigint, publishTime: bigint): Hex[] =>
  feedsOf(market, price).map((feed) => encodePythUpdate({ ...feed, publishTime, prevPublishTime: publishTime - 1n }));

/** Stores prices (collateral per base, WAD) of some markets, with the time of the next block as the time of publication. */
export async function publishPrices(
  client: DevnetClient,
  { pyth, prices, publishTime }: { pyth: Address; prices: Partial<Record<MarketName, bigint>>; publishTime: bigint },
): Promise<void> {
  const updates = MARKETS.flatMap((market) => {
    const price = prices[market];
    return price === undefined ? [] : feedsOf(market, price);
  });
  await client.setNextBlockTimestamp({ timestamp: publishTime });
  await updatePythDouble(client, { pyth, updates: updates.map((update) => ({ ...update, publishTime })) });
}

/** Base in each pool, in its own decimals. */
const DEPTH = { ETH: parseEther("10000"), BTC: 1_000n * 10n ** 8n };
const POOL_FEE = 500;

/**
 * Deploys the exchange from configuration files, as `apply` of packages/deploy does, with tokens, a double of Pyth and pools. Each party
 * receives its tokens: LPs approve all makers and request vaults, takers approve the Vault. The deployer owns the contracts.
 */
export async function setUpMarkets({ anvil, takers, balances }: SetUpMarketsParameters): Promise<MarketsSetup> {
  const parties = partiesOf(anvil, takers);
  const { deployer, lps } = parties;
  const uniswapV3 = await deployUniswapV3(deployer);
  const collateral = await deployTestToken(deployer, { decimals: COLLATERAL_DECIMALS });
  const bitcoin = await deployTestToken(deployer, { name: "Bitcoin (test)", symbol: "BTC", decimals: 8 });
  const thin = await deployTestToken(deployer, { name: "Thin (test)", symbol: "THIN", decimals: 18 });
  const pyth = await deployPythDouble(deployer);
  const tokens = { collateral, ETH: uniswapV3.weth, BTC: bitcoin, THIN: thin };
  const pools = {
    ETH: await poolOf(deployer, { uniswapV3, tokens, market: "ETH" }),
    BTC: await poolOf(deployer, { uniswapV3, tokens, market: "BTC" }),
  };

  const { file, exchange } = await deploy({ anvil, parties, uniswapV3, tokens, pyth });
  const deployments = Object.fromEntries(
    MARKETS.map((market) => [market, marketDeployment(exchange, market)]),
  ) as Record<MarketName, Deployment>;

  for (const lp of lps) {
    const { address: to } = lp;
    await mintTestToken(deployer, { token: collateral.address, to, amount: balances.lp.collateral });
    await mintTestToken(deployer, { token: bitcoin.address, to, amount: balances.lp.BTC });
    await wrapEther(lp, { weth: uniswapV3.weth.address, amount: balances.lp.ETH });
    for (const { base, makers } of exchange.markets) {
      for (const { kind, address, requestVault } of makers) {
        const token = kind === "spotHedgeBase" ? base.address : collateral.address;
        for (const spender of [address, requestVault]) await approveToken(lp, { token, spender });
      }
    }
  }
  for (const taker of parties.takers) {
    const amount = balances.taker.collateral;
    await mintTestToken(deployer, { token: collateral.address, to: taker.address, amount });
    await approveToken(taker, { token: collateral.address, spender: exchange.vault });
  }
  return { ...parties, file, exchange, deployments, uniswapV3, pools };
}

type Tokens = Record<MarketName | "collateral", Token>;

/** A pool at the market's first price, with liquidity over the full range. */
async function poolOf(
  deployer: Parties["deployer"],
  { uniswapV3, tokens, market }: { uniswapV3: UniswapV3; tokens: Tokens; market: "ETH" | "BTC" },
): Promise<SpotPool> {
  const { factory, positionManager, weth } = uniswapV3;
  const [base, quote, price, baseAmount] = [tokens[market], tokens.collateral, FIRST_PRICES[market], DEPTH[market]];
  const pool = await createPool(deployer, { factory, base, quote, fee: POOL_FEE, price });
  const quoteAmount = (baseAmount * price * 10n ** BigInt(quote.decimals)) / 10n ** BigInt(base.decimals) / WAD;
  const to = deployer.address;
  if (base.address === weth.address) await wrapEther(deployer, { weth: base.address, amount: baseAmount });
  else await mintTestToken(deployer, { token: base.address, to, amount: baseAmount });
  await mintTestToken(deployer, { token: quote.address, to, amount: quoteAmount });
  await addLiquidity(deployer, { positionManager, pool, baseAmount, quoteAmount, recipient: to });
  return pool;
}

type DeployParameters = { anvil: Anvil; parties: Parties; uniswapV3: UniswapV3; tokens: Tokens; pyth: Address };

async function deploy(parameters: DeployParameters): Promise<Pick<MarketsSetup, "file" | "exchange">> {
  const { anvil, parties } = parameters;
  const { deployer } = parties;
  const folder = await mkdtemp(path.join(tmpdir(), "counterpoise-markets-"));
  try {
    for (const [name, json] of Object.entries(filesOf(parameters))) {
      await writeFile(path.join(folder, `${name}.json`), JSON.stringify(json));
    }
    const config = loadConfig(path.join(folder, "exchange.json"));
    const signer = createSigner({
      config: { type: "unlocked", address: deployer.address },
      chainId: anvil.chainId,
      secrets: new Secrets(),
      request: (method, params) => deployer.request({ method, params } as never),
    });
    const deployment = await openDeployment({ config, rpcUrl: anvil.rpcUrl, registry: folder });
    const { isComplete } = await apply(deployment, { signer, pollInterval: 10 });
    if (!isComplete) throw new Error("The deployment of the devnet is not complete");
    const file = JSON.parse(await readFile(deployment.file, "utf8")) as object;
    return { file, exchange: parseExchangeDeployment(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The configuration's files by their names. */
function filesOf({ anvil, parties, uniswapV3, tokens, pyth }: DeployParameters): Record<string, object> {
  const { deployer, keeper, lps } = parties;
  const token = (name: keyof Tokens, symbol: string) => ({ ...tokens[name], symbol });
  const spotPath = { uniswapV3Factory: uniswapV3.factory, pools: [{ fee: "0.05%" }] };
  const oracle = { kind: "oracle", name: "oracle", minMarginRatio: "10%", maxSpread: "1%" };
  const hedged = { path: spotPath, maxHedgeDeviation: "2%", spread: "0%" };
  const base = { kind: "spotHedgeBase", name: "base", ...hedged, minMarginRatio: "50%" };
  const quote = {
    ...{ kind: "spotHedgeQuote", name: "quote", ...hedged, minMarginRatio: "20%" },
    ...{ targetMarginRatio: "50%", reserveRatio: "50%", rebalanceBand: "2%" },
    ...{ deleverageRatio: "15%", maxDeleverageDeviation: "0.5%" },
    ...{ keeperFeeRatio: "0.01%", maxKeeperFee: "5", keeperInterval: "60s" },
  };
  const ages = { maxAge: "60s", maxExecutionAge: "60s" };
  const market = (id: number, name: MarketName, baseSymbol: string, makers: object[]) => ({
    ...{ id, symbol: name, preset: name === "THIN" ? "thin" : "major", base: token(name, baseSymbol) },
    referencePrice: `${FIRST_PRICES[name] / WAD}`,
    feed: {
      ...{ pythId: idOf(name), ...ages },
      ...(name === "THIN" && { collateral: { pythId: idOf("USDC"), ...ages } }),
    },
    ...{ initialMarginRatio: "10%", maintenanceMarginRatio: "6.25%", priceBand: "5%" },
    orders: { delay: "3s", priceWindow: "10s", validity: "60s", minKeeperFee: "0.0001" },
    lps: lps.map(({ address }) => address),
    makers,
  });
  return {
    exchange: {
      ...{ name: "devnet", chainId: anvil.chainId, collateral: token("collateral", "USDC"), pyth: { address: pyth } },
      ...{ owner: deployer.address, deployer: deployer.address, relayers: [keeper.address], oracleFloat: "0.01" },
      // The deployer owns the contracts without a delay, so that scenarios change settings at once.
      ...{ acceptsAccounts: true, acceptsRisk: true },
      markets: MARKETS.map((name) => `${name}.json`),
    },
    ETH: market(1, "ETH", "WETH", [{ ...oracle, maxPosition: "500" }, base, quote]),
    BTC: market(2, "BTC", "BTC", [{ ...oracle, maxPosition: "25" }, base, quote]),
    THIN: market(3, "THIN", "THIN", [{ ...oracle, maxPosition: "200000" }]),
  };
}
