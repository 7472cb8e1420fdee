// Costs that must not depend on the number of markets: the gas of a trade, and the calls of reads.
import { type Anvil, startAnvil } from "@counterpoise/devnet";
import {
  createOrderSync,
  depositLpSync,
  depositSync,
  executeOrder,
  getMarkets,
  getTrader,
  setOperatorSync,
  transferFundToMarginSync,
} from "@counterpoise/sdk";
import { clearingHouseAbi, exchangeLensAbi } from "@counterpoise/sdk/abis";
import { type Party, USD, WAD } from "@counterpoise/testkit";
import {
  FIRST_PRICES,
  MARKETS,
  type MarketName,
  type MarketsSetup,
  marketUpdates,
  publishPrices,
  setUpMarkets,
} from "@counterpoise/testkit/markets";
import { type Abi, createPublicClient, custom, encodeFunctionData, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buyBase } from "../src/trades.js";

/** Of these, three have makers. */
const MARKET_COUNT = 50;

let anvil: Anvil;
let world: MarketsSetup;
let taker: Party;
const now = async () => (await world.deployer.getBlock()).timestamp;

beforeAll(async () => {
  anvil = await startAnvil({ timestamp: 1_700_000_000n, keptStates: 20 });
  world = await setUpMarkets({
    anvil,
    takers: 1,
    balances: { lp: { collateral: 1_000_000n * USD, ETH: WAD, BTC: 1n }, taker: { collateral: 100_000n * USD } },
  });
  taker = world.takers[0] as Party;
  await world.deployer.setBlockTimestampInterval({ interval: 1 });
  for (const market of MARKETS) {
    const deployment = world.deployments[market];
    await publish(market);
    await depositLpSync(world.lps[0], { maker: deployment.oracleMaker, amount: 20_000n * USD, minShares: 1n });
    await depositSync(taker, { deployment, amount: 1_500n * USD });
    await transferFundToMarginSync(taker, { deployment, amount: 1_000n * USD });
  }
  const deployment = world.deployments.ETH;
  await setOperatorSync(taker, { deployment, operator: deployment.orderGateway, approved: true });
});
afterAll(() => anvil?.stop());

async function publish(market: MarketName): Promise<void> {
  const publishTime = (await now()) + 1n;
  const prices = { [market]: FIRST_PRICES[market] };
  await publishPrices(world.deployer, { pyth: world.exchange.pyth, prices, publishTime });
}

/** Buys base for 500 of collateral. Returns the gas of the execution without that of its calldata. */
async function trade(market: MarketName): Promise<bigint> {
  const deployment = world.deployments[market];
  const price = FIRST_PRICES[market];
  await publish(market);
  const amount = (500n * WAD * WAD) / price;
  const created = await createOrderSync(taker, { deployment, maker: deployment.oracleMaker, ...buyBase, amount });
  const { executableAt } = created.order;
  await world.deployer.setNextBlockTimestamp({ timestamp: executableAt + 1n });
  const updateData = marketUpdates(market, price, executableAt);
  const hash = await executeOrder(world.keeper, { deployment, ...created, updateData });
  const [receipt, { input }] = await Promise.all([
    world.keeper.waitForTransactionReceipt({ hash }),
    world.keeper.getTransaction({ hash }),
  ]);
  expect(receipt.status).toBe("success");
  const account = await getTrader(world.keeper, { deployment, account: taker.address });
  expect(account.market.size).toBe(amount);
  return receipt.gasUsed - calldataGas(input);
}

/** Gas of calldata: 16 for each byte, 4 for each zero. */
const calldataGas = (data: Hex): bigint => {
  const bytes = data.slice(2).match(/../g) ?? [];
  return bytes.reduce((sum, byte) => sum + (byte === "00" ? 4n : 16n), 0n);
};

/** Creates markets without makers, up to a number of markets. */
async function createMarkets(count: number): Promise<void> {
  const { deployer, exchange } = world;
  const house = { address: exchange.clearingHouse, abi: clearingHouseAbi } as const;
  const [first] = await getMarkets(deployer, { exchange });
  if (!first) throw new Error("The exchange has no market");
  const { rules, initialMarginRatio, maintenanceMarginRatio } = first.state;
  for (let id = exchange.markets.length; id < count; id++) {
    const params = { initialMarginRatio, maintenanceMarginRatio, feeIndexDecimals: 14, rules };
    const hash = await deployer.writeContract({ ...house, functionName: "createMarket", args: [params] });
    await deployer.waitForTransactionReceipt({ hash });
  }
  expect(await deployer.readContract({ ...house, functionName: "marketCount" })).toBe(BigInt(count));
}

test.each(MARKETS)("%s: a trade costs the same gas with 3 and with 50 markets", async (market) => {
  const { deployer } = world;
  const gasAfter = async (prepare: () => Promise<void>) => {
    const id = await deployer.snapshot();
    await prepare();
    const gas = await trade(market);
    await deployer.revert({ id });
    await deployer.setBlockTimestampInterval({ interval: 1 });
    return gas;
  };
  const few = await gasAfter(async () => {});
  expect(few).toBeGreaterThan(100_000n);
  expect(await gasAfter(() => createMarkets(MARKET_COUNT))).toBe(few);
});

test("a trader and all markets are one call each, far below a node's limit of gas", async () => {
  const { exchange, keeper, deployments } = world;
  await createMarkets(MARKET_COUNT);
  for (const market of MARKETS) await trade(market);
  const requests: string[] = [];
  const counting = createPublicClient({
    transport: custom({
      request: ({ method, params }) => {
        requests.push(method);
        return keeper.request({ method, params } as never);
      },
    }),
  });
  const { markets } = await getTrader(counting, { deployment: deployments.ETH, account: taker.address });
  expect(markets.map(({ marketId }) => marketId)).toEqual([1n, 2n, 3n]);
  expect(await getMarkets(counting, { exchange })).toHaveLength(3);
  expect(requests).toEqual(["eth_call", "eth_call"]);

  const gasOf = (functionName: string, args: unknown[]) => {
    const data = encodeFunctionData({ abi: exchangeLensAbi as Abi, functionName, args });
    return keeper.estimateGas({ to: exchange.lens, data });
  };
  // Fifty markets with three positions. Geth stops a call at 50 million.
  expect(await gasOf("getTrader", [taker.address])).toBeLessThan(5_000_000n);
  // getMarkets puts up to 80 of these reads into one call.
  for (const { id, makers } of exchange.markets) {
    expect(await gasOf("getMarket", [id])).toBeLessThan(400_000n);
    for (const { address } of makers) expect(await gasOf("getMaker", [address])).toBeLessThan(400_000n);
  }
});
