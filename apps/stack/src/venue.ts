// A venue on a local chain: Anvil, tokens, a spot pool, the exchange, LPs, and prices. Files keep the state for a second start.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  type Anvil,
  arbitrageToPrice,
  createDevnetClient,
  type DevnetClient,
  mintTestToken,
  orientPair,
  type PriceService,
  type SpotPool,
  startAnvil,
  startPriceService,
  type UniswapV3,
  updatePythDouble,
  wanderingPrice,
} from "@counterpoise/devnet";
import {
  type Deployment,
  deposit,
  depositLpSync,
  parseDeployment,
  setOperator,
  transferFundToMargin,
} from "@counterpoise/sdk";
import { market, type Party, setUpExchange, USD, WAD } from "@counterpoise/testkit";
import { type Address, keccak256, parseAbi, parseEther, toHex } from "viem";
import { type RelayerKey, relayerKey } from "./relayer-files.js";

/** The first price, collateral per base, WAD. */
export const FIRST_PRICE = parseEther("2000");
/** Pyth's id of the venue's feed. */
export const PYTH_ID = keccak256(toHex("ETH/USD"));

const TAKERS = 4;
/** Accounts without a program, for the web app. */
const VISITORS = 2;
/** Accounts: deployer, arbitrageur, keeper, two LPs, takers, the second keeper, a faucet, and visitors. */
const ACCOUNTS = 5 + TAKERS + 2 + VISITORS;
const LP_COLLATERAL = 1_000_000n * USD;
const LP_BASE = parseEther("500");
const TAKER_COLLATERAL = 250_000n * USD;
const VISITOR_COLLATERAL = 50_000n * USD;
const KEEPER_ETHER = parseEther("5");
const RELAYER_ETHER = parseEther("5");
/** States of past blocks that the node keeps: reads are pinned to a block. */
const KEPT_STATES = 256;

export type StartVenueParameters = {
  /** Folder of the venue's files. */
  folder: string;
  /** TCP port of the node. Default: any free port. */
  port?: number | undefined;
  /** TCP port of the price service. Default: any free port. */
  pricePort?: number | undefined;
  /** Whether files of an earlier start are removed. Default: the venue goes on where it ended. */
  isReset?: boolean | undefined;
  /** Seconds of a block. Default 1; undefined with `isAutomatic`. */
  blockTime?: number | undefined;
  /** Steps of the price, parts per million a second; 0: a fixed price. Default 150. */
  priceStep?: number | undefined;
  seed?: number | undefined;
};

/** The accounts of the venue, all of which the node signs for. */
export type VenueParties = {
  deployer: Party;
  arbitrageur: Party;
  keepers: [Party, Party];
  lps: [Party, Party];
  takers: Party[];
  faucet: Party;
  /** Accounts with collateral in their wallets that no program uses. */
  visitors: Party[];
};

/** A running venue. */
export type Venue = VenueParties & {
  anvil: Anvil;
  deployment: Deployment;
  /** The deployment in a file, for services. */
  deploymentFile: string;
  /** The account that the gateway accepts as its relayer. */
  relayer: RelayerKey;
  prices: PriceService;
  pool: SpotPool;
  uniswapV3: UniswapV3;
  /** Whether it went on from files. */
  isResumed: boolean;
  /** Brings the spot pool to a price, WAD. */
  arbitrage(price: bigint): Promise<void>;
  /** Ends node and price service. The node's state is in its file then. */
  stop(): Promise<void>;
};

/** Starts a venue, or goes on with the one of the folder. */
export async function startVenue({
  folder,
  port,
  pricePort,
  isReset = false,
  blockTime = 1,
  priceStep = 150,
  seed = 1,
}: StartVenueParameters): Promise<Venue> {
  mkdirSync(folder, { recursive: true });
  const files = {
    state: path.join(folder, "anvil.json"),
    deployment: path.join(folder, "deployment.json"),
    venue: path.join(folder, "venue.json"),
    // A venue of an earlier release has no relayer, and is deployed anew.
    relayer: path.join(folder, "relayer-key.json"),
  };
  if (isReset) for (const file of Object.values(files)) rmSync(file, { force: true });
  const isResumed = Object.values(files).every((file) => existsSync(file));
  if (!isResumed) for (const file of Object.values(files)) rmSync(file, { force: true });
  const relayer = relayerKey(folder);

  // Deploying makes a block for each transaction, each at least a second later than the one before: it begins in the past.
  const timestamp = Math.floor(Date.now() / 1_000) - 3_600;
  const anvil = await startAnvil({
    timestamp,
    port,
    accounts: ACCOUNTS,
    keptStates: KEPT_STATES,
    stateFile: files.state,
  });
  let prices: PriceService | undefined;
  try {
    const wandering = wanderingPrice({ start: FIRST_PRICE, step: priceStep, seed });
    const priceAt = priceStep === 0 ? () => FIRST_PRICE : wandering;
    prices = await startPriceService({ feeds: [{ id: PYTH_ID, priceAt, confidence: 100n }], port: pricePort });
    const parties = partiesOf(anvil);
    const { deployer, arbitrageur } = parties;
    if (!isResumed) await deploy({ anvil, parties, prices, files, relayer });
    const deployment = parseDeployment(JSON.parse(readFileSync(files.deployment, "utf8")));
    const { uniswapV3 } = JSON.parse(readFileSync(files.venue, "utf8")) as { uniswapV3: UniswapV3 };
    const pool = await poolOf(deployer, deployment, uniswapV3);
    await deployer
      .request({ method: "evm_setNextBlockTimestamp", params: [toHex(Math.floor(Date.now() / 1_000))] } as never)
      .catch(() => undefined);
    await deployer.mine({ blocks: 1 });
    await deployer.setAutomine(false);
    await deployer.setIntervalMining({ interval: blockTime });
    const running = prices;
    return {
      ...parties,
      anvil,
      deployment,
      deploymentFile: files.deployment,
      relayer,
      prices,
      pool,
      uniswapV3,
      isResumed,
      arbitrage: async (price) => {
        await arbitrageToPrice(arbitrageur, { pool, swapRouter: uniswapV3.swapRouter, price });
      },
      stop: async () => {
        await running.stop();
        await anvil.stop();
      },
    };
  } catch (error) {
    await prices?.stop();
    await anvil.stop();
    throw error;
  }
}

function partiesOf({ accounts, rpcUrl, chainId }: Anvil): VenueParties {
  const parties = accounts.map(
    ({ address }) =>
      Object.assign(createDevnetClient({ rpcUrl, account: address, chainId }), { address }) as unknown as Party,
  );
  const [deployer, arbitrageur, keeper, lp1, lp2, ...others] = parties as [
    Party,
    Party,
    Party,
    Party,
    Party,
    ...Party[],
  ];
  const [second, faucet, ...visitors] = others.slice(TAKERS) as [Party, Party, ...Party[]];
  const takers = others.slice(0, TAKERS);
  return { deployer, arbitrageur, keepers: [keeper, second], lps: [lp1, lp2], takers, faucet, visitors };
}

type Files = { deployment: string; venue: string };

type DeployParameters = {
  anvil: Anvil;
  parties: VenueParties;
  prices: PriceService;
  files: Files;
  relayer: RelayerKey;
};

async function deploy({ anvil, parties, prices, files, relayer }: DeployParameters): Promise<void> {
  const price = prices.priceOf(PYTH_ID);
  const { baseVault, quoteVault, ...shared } = market;
  const { deployment, uniswapV3 } = await setUpExchange({
    anvil,
    price,
    takers: TAKERS,
    spot: { base: "uniswapV3" },
    spotDepth: parseEther("10000"),
    balances: {
      arbitrageur: { collateral: 200_000_000n * USD, base: parseEther("100000") },
      lp: { collateral: 3n * LP_COLLATERAL, base: 2n * LP_BASE },
      taker: { collateral: 2n * TAKER_COLLATERAL },
    },
    config: {
      ...shared,
      baseSymbol: "ETH",
      feed: { ...shared.feed, pythId: PYTH_ID },
      market: { ...shared.market, feeIndexDecimals: 14 },
      funding: { ...shared.funding, skewScale: parseEther("500") },
      oracleMaker: { ...shared.oracleMaker, maxAbsPosition: parseEther("500") },
      spotHedgeBaseMaker: baseVault,
      spotHedgeQuoteMaker: quoteVault,
      oracleFloat: WAD,
      relayers: [relayer.address],
    },
  });
  const { deployer, lps, takers, keepers, visitors } = parties;
  const { timestamp } = await deployer.getBlock();
  const updates = [{ id: PYTH_ID, price, publishTime: timestamp }];
  await updatePythDouble(deployer, { pyth: deployment.pyth, updates });
  const [lp] = lps;
  await depositLpSync(lp, { maker: deployment.oracleMaker, amount: LP_COLLATERAL, minShares: 1n });
  await depositLpSync(lp, { maker: deployment.spotHedgeBaseMaker, amount: LP_BASE, minShares: 1n });
  if (deployment.spotHedgeQuoteMaker) {
    await depositLpSync(lp, { maker: deployment.spotHedgeQuoteMaker, amount: LP_COLLATERAL, minShares: 1n });
  }
  for (const taker of takers) {
    await deposit(taker, { deployment, amount: TAKER_COLLATERAL });
    for (const gateway of [deployment.orderGateway, deployment.signedOrderGateway]) {
      await setOperator(taker, { deployment, operator: gateway, approved: true });
    }
    await transferFundToMargin(taker, { deployment, amount: TAKER_COLLATERAL / 10n });
  }
  for (const { address: to } of visitors)
    await mintTestToken(deployer, { token: deployment.collateral, to, amount: VISITOR_COLLATERAL });
  for (const { address } of keepers) await deployer.setBalance({ address, value: KEEPER_ETHER });
  await deployer.setBalance({ address: relayer.address, value: RELAYER_ETHER });
  const json = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each), 2);
  writeFileSync(files.deployment, json(deployment));
  writeFileSync(files.venue, json({ uniswapV3 }));
}

const factoryAbi = parseAbi(["function getPool(address, address, uint24) view returns (address)"]);
const FEE = 500;

async function poolOf(client: DevnetClient, deployment: Deployment, { factory }: UniswapV3): Promise<SpotPool> {
  const { base, baseDecimals, collateral, collateralDecimals } = deployment;
  const args = [base, collateral, FEE] as const;
  const address: Address = await client.readContract({
    address: factory,
    abi: factoryAbi,
    functionName: "getPool",
    args,
  });
  const orientation = orientPair(
    { address: base, decimals: baseDecimals },
    { address: collateral, decimals: collateralDecimals },
  );
  return { ...orientation, address, base, quote: collateral, fee: FEE, tickSpacing: 10 };
}
