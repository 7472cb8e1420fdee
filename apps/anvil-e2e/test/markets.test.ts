// An exchange with three markets: a base of 18 decimals, one of 8 decimals, and a thin asset with a feed of the collateral. Each has
// trades, an LP cycle and a liquidation, and the laws hold over the whole exchange.
import { type Anvil, startAnvil } from "@counterpoise/devnet";
import {
  batchReads,
  claimLpAssetsSync,
  claimLpSharesSync,
  createOrderSync,
  type Deployment,
  depositSync,
  executeOrderSync,
  getAccount,
  getMarkets,
  getPosition,
  getTrader,
  liquidateSync,
  type MarketListing,
  marketDeployment,
  parseDeployment,
  parseExchangeDeployment,
  requestLpDepositSync,
  requestLpRedeemSync,
  setOperatorSync,
  settleLpRequestsSync,
  transferFundToMarginSync,
} from "@counterpoise/sdk";
import {
  checkHedge,
  checkLedger,
  type Party,
  readHedge,
  readLedger,
  settledFees,
  USD,
  WAD,
} from "@counterpoise/testkit";
import { expectLaw, expectLedgerLaws } from "@counterpoise/testkit/assertions";
import {
  FIRST_PRICES,
  MARKETS,
  type MarketName,
  type MarketsSetup,
  marketUpdates,
  publishPrices,
  setUpMarkets,
} from "@counterpoise/testkit/markets";
import type { Address } from "viem";
import { getLogs } from "viem/actions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEEPER_FEE, SETTLEMENT_ACCOUNT } from "../src/exchange.js";
import { readmeExamples } from "../src/readme.js";
import { buyBase, sellBase } from "../src/trades.js";

const GENESIS = 1_700_000_000n;
/** Deposit of the LP in each OracleMaker, in the collateral's own decimals. */
const LP_COLLATERAL = 1_000_000n * USD;
/** Deposits of the LP in the base vaults, in the tokens' own decimals. */
const LP_BASE = { ETH: 100n * WAD, BTC: 5n * 10n ** 8n };

let anvil: Anvil;
let world: MarketsSetup;
let [trader, seller, liquidator]: Party[] = [];

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: GENESIS, keptStates: 20 });
  world = await setUpMarkets({
    anvil,
    takers: 3,
    balances: { lp: { collateral: 4n * LP_COLLATERAL, ...LP_BASE }, taker: { collateral: 300_000n * USD } },
  });
  [trader, seller, liquidator] = world.takers;
  await world.deployer.setBlockTimestampInterval({ interval: 1 });
});
afterAll(() => anvil?.stop());

const now = async () => (await world.deployer.getBlock()).timestamp;

async function publish(market: MarketName, price: bigint): Promise<void> {
  const publishTime = (await now()) + 1n;
  await publishPrices(world.deployer, { pyth: world.exchange.pyth, prices: { [market]: price }, publishTime });
}

async function warpTo(timestamp: bigint): Promise<void> {
  if (timestamp <= (await now())) return;
  await world.deployer.setNextBlockTimestamp({ timestamp });
  await world.deployer.mine({ blocks: 1 });
}

/** All accounts that can hold a position, margin or a fund, in any market. */
function accountsOf({ exchange, deployer, keeper, lps, takers }: MarketsSetup): Address[] {
  const makers = exchange.markets.flatMap((market) => market.makers.map(({ address }) => address));
  return [...makers, SETTLEMENT_ACCOUNT, ...[deployer, keeper, ...lps, ...takers].map(({ address }) => address)];
}

/** Gives a taker margin in a market, and a fund for the bonds of its orders. */
async function fund(taker: Party, deployment: Deployment, margin: bigint): Promise<void> {
  await depositSync(taker, { deployment, amount: margin + 2_000n * USD });
  await transferFundToMarginSync(taker, { deployment, amount: margin });
  await setOperatorSync(taker, { deployment, operator: deployment.orderGateway, approved: true });
}

/** A taker buys or sells base (WAD, negative: sells), with an order that the keeper executes at `price`. */
async function trade(taker: Party, market: MarketName, terms: { maker: Address; base: bigint; price: bigint }) {
  const deployment = world.deployments[market];
  const { maker, base, price } = terms;
  const order = base < 0n ? { ...sellBase, amount: -base } : { ...buyBase, amount: base };
  const created = await createOrderSync(taker, { deployment, maker, ...order });
  await warpTo(created.order.executableAt);
  const updateData = marketUpdates(market, price, created.order.executableAt);
  return executeOrderSync(world.keeper, { deployment, ...created, updateData });
}

/** Settles an LP request at a price. */
async function settle(market: MarketName, requestVault: Address, executableAt: bigint, price: bigint): Promise<void> {
  await warpTo(executableAt);
  const updates = [marketUpdates(market, price, executableAt)];
  const [outcome] = await settleLpRequestsSync(world.keeper, { requestVault, updates });
  expect(outcome).toMatchObject({ status: "settled" });
}

/** Enters a maker through its request vault. Returns the shares. */
async function enter(market: MarketName, requestVault: Address, assets: bigint, price: bigint): Promise<bigint> {
  const [lp] = world.lps;
  const request = await requestLpDepositSync(lp, { requestVault, assets, minShares: 0n, keeperFee: KEEPER_FEE });
  await settle(market, requestVault, request.executableAt, price);
  return claimLpSharesSync(lp, { requestVault, assets });
}

/** Figures of a market that no action in another market may change. */
const figuresOf = ({ state, makers }: MarketListing) => ({
  ...{ balance: state.balance, insurance: state.insurance, badDebt: state.badDebt, openInterest: state.openInterest },
  makers: makers.map(({ state: { position, totalShares } }) => ({ position, totalShares })),
});
const figuresOfOthers = async (market: MarketName) =>
  (await getMarkets(world.keeper, { exchange: world.exchange }))
    .filter(({ symbol }) => symbol !== market)
    .map(figuresOf);

test.each(MARKETS)("%s: LP cycle, trades, liquidation", async (market) => {
  const { deployments, lps } = world;
  const [lp] = lps;
  const deployment = deployments[market];
  const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
  const price = FIRST_PRICES[market];
  const others = await figuresOfOthers(market);
  await publish(market, price);
  const shares = await enter(market, requestVault, LP_COLLATERAL, price);
  // The maker keeps a fee of at most 0.2%.
  expect(shares).toBeLessThanOrEqual(10n ** 6n * WAD);
  expect(shares).toBeGreaterThan(998n * 10n ** 3n * WAD);

  // A long position of 10,000 collateral with a margin of about 11%.
  const account = (trader as Party).address;
  const base = (10_000n * WAD * WAD) / price;
  await fund(trader as Party, deployment, 1_120n * USD);
  await publish(market, price);
  expect(await trade(trader as Party, market, { maker, base, price })).toMatchObject({ status: "executed" });
  expect(await getPosition(world.keeper, { deployment, account })).toMatchObject({ size: base });

  if (market !== "THIN") {
    const { spotHedgeBaseMaker: vault, spotHedgeBaseMakerRequestVault: vaultRequests } = deployment;
    await enter(market, vaultRequests, LP_BASE[market], price);
    await fund(seller as Party, deployment, 10_000n * USD);
    await publish(market, price);
    const sold = -base / 2n;
    expect(await trade(seller as Party, market, { maker: vault, base: sold, price })).toMatchObject({
      status: "executed",
    });
    // The base vault has sold as much on the spot market as it has bought from the seller.
    const unit = 10n ** BigInt(18 - deployment.baseDecimals);
    const hedge = await readHedge(world.keeper, { deployment, vault });
    expect(hedge.tokens).toBe(hedge.held);
    expect(hedge.held * unit).toBe(LP_BASE[market] * unit + sold);
    expectLaw(checkHedge({ ...hedge, held: hedge.held * unit, gap: hedge.gap * unit }, LP_BASE[market] * unit));
  }

  // 7% lower, the margin ratio is below 6.25%.
  await fund(liquidator as Party, deployment, 20_000n * USD);
  const lower = (price * 93n) / 100n;
  await publish(market, lower);
  const liquidated = await liquidateSync(liquidator as Party, { deployment, account, priceBound: lower });
  expect(liquidated.badDebt).toBe(0n);
  const left = (await getPosition(world.keeper, { deployment, account })).size;
  expect(left).toBe(base - liquidated.base);
  expect(left).toBeLessThan(base);

  // The LP leaves with a tenth of its shares. It has gained at most what the trader has lost.
  await publish(market, price);
  const part = shares / 10n;
  const exit = await requestLpRedeemSync(lp, { requestVault, shares: part, minAssets: 0n, keeperFee: KEEPER_FEE });
  await settle(market, requestVault, exit.executableAt, price);
  const { assets } = await claimLpAssetsSync(lp, { requestVault, shares: part });
  expect(assets).toBeGreaterThan((LP_COLLATERAL * 999n) / 10_000n);
  expect(assets).toBeLessThan((LP_COLLATERAL + 1_120n * USD) / 10n);

  expect(await figuresOfOthers(market)).toEqual(others);
  await expectLedgerLaws(world.keeper, { deployment, accounts: accountsOf(world) });
});

test("default: overviewOf of the README", async () => {
  for (const market of MARKETS) await publish(market, FIRST_PRICES[market]);
  const { overviewOf } = await readmeExamples();
  const { exchange, file, keeper } = world;
  // The files that services read, docs/deployment.md.
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
  for (const market of MARKETS) {
    const json = JSON.stringify(marketDeployment(parseExchangeDeployment(file), market), plain);
    expect(parseDeployment(JSON.parse(json))).toEqual(world.deployments[market]);
  }
  const overview = await overviewOf?.(keeper, exchange.chainId, [{ ...file, name: "main" }]);
  expect(overview).toMatchObject([
    { symbol: "ETH", price: "2000.00" },
    { symbol: "BTC", price: "40000.00" },
    { symbol: "THIN", price: "5.00" },
  ]);
});

test("the Vault has all tokens that funds and all markets are owed, and no more", async () => {
  const { deployments, exchange, keeper } = world;
  const accounts = accountsOf(world);
  const logs = await getLogs(keeper, { address: exchange.vault, fromBlock: 0n });
  const ledgers = await Promise.all(
    MARKETS.map((market) => {
      const deployment = deployments[market];
      return readLedger(keeper, { deployment, accounts, settledFees: settledFees(deployment, logs).net });
    }),
  );
  const [first] = ledgers;
  const balances = ledgers.reduce((sum, { marketBalance }) => sum + marketBalance, 0n);
  expect(ledgers.every(({ marketBalance }) => marketBalance > 0n)).toBe(true);
  expect(first?.vaultTokens).toBe((first?.funds ?? 0n) + balances);
  for (const ledger of ledgers) for (const check of checkLedger(ledger)) expectLaw(check);
});

test("a trader's accounts in all markets are one read", async () => {
  const { deployments, keeper } = world;
  const account = (trader as Party).address;
  const { markets } = await getTrader(keeper, { deployment: deployments.BTC, account });
  expect(markets.map(({ marketId }) => marketId)).toEqual([1n, 2n, 3n]);
  const calls = MARKETS.map((market) => getAccount.call({ deployment: deployments[market], account }));
  expect(markets).toEqual(await batchReads(keeper, { calls }));
});
