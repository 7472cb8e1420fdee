import {
  type Anvil,
  addLiquidity,
  addLiquidityV4,
  approveRouter,
  approveToken,
  createDevnetClient,
  createPool,
  createPoolV4,
  type DevnetAccount,
  type DevnetClient,
  deployMockPyth,
  deployTestToken,
  deployUniswapV3,
  deployUniswapV4,
  mintTestToken,
  runDeployScript,
  type SpotPool,
  type SpotPoolV4,
  wrapEther,
} from "@counterpoise/devnet";
import { type Deployment, parseDeployment, type SigningClient } from "@counterpoise/sdk";
import { type Address, keccak256, toHex } from "viem";

const WAD = 10n ** 18n;

/** One actor: signs through the node, and speaks both the SDK's actions and the devnet's. */
export type Actor = SigningClient & DevnetClient & { address: Address };

export type World = {
  anvil: Anvil;
  deployment: Deployment;
  /** Which every deployment of the demo has. */
  spotHedgeQuoteMaker: Address;
  /** Where the vault of base hedges. */
  v3: { pool: SpotPool; swapRouter: Address };
  /** Where the vault of quote hedges. */
  v4: { pool: SpotPoolV4; swapRouter: Address };
  owner: Actor;
  arbitrageur: Actor;
  keeper: Actor;
  lps: Actor[];
  takers: Actor[];
  /** WAD per one unit of the collateral token. */
  collateralScale: bigint;
  /** The OracleMaker's cap, WAD base. */
  maxAbsPosition: bigint;
  /** Base worth so many dollars at the first price, WAD. */
  baseWorth(dollars: bigint): bigint;
};

const COLLATERAL_DECIMALS = 6;
const USD = 10n ** BigInt(COLLATERAL_DECIMALS);

const DAY = 86_400n;
const MAX_FUNDING_RATE = WAD / 10n / DAY;

/** What the demo's market is set up with; ratios in parts per million. */
export const demoMarket = {
  feed: { maxAge: 60, maxExecutionAge: 60 },
  market: {
    initialMarginRatio: 100_000,
    maintenanceMarginRatio: 62_500,
    priceBand: 50_000,
    tradingFee: 200,
    minPositionValue: 10n * WAD,
  },
  // At most 10% a day, reached within a day at full skew, which is the OracleMaker's cap.
  funding: { maxRate: MAX_FUNDING_RATE, maxVelocity: MAX_FUNDING_RATE / DAY },
  // 20% a year, of makers that are used to the full.
  maxBorrowingRate: WAD / 5n / (365n * DAY),
  rules: { delay: 3, priceWindow: 10, validity: 60, minKeeperFee: 10n ** 14n },
  oracleMaker: { maxSpread: 10_000, minMarginRatio: 100_000 },
  hedge: { maxHedgeDeviation: 20_000, minMarginRatio: 500_000, spread: 0 },
  quoteHedge: {
    maxHedgeDeviation: 20_000,
    minMarginRatio: 200_000,
    spread: 0,
    targetMarginRatio: 500_000,
    reserveRatio: 500_000,
    rebalanceBand: 20_000,
    deleverageRatio: 150_000,
    maxDeleverageDeviation: 5_000,
    keeperFeeRatio: 100,
    maxKeeperFee: 5n * 10n ** 6n,
    keeperInterval: 60,
  },
} as const;

/** Of the spot pools; parts per million. */
const spotFee = 500;
const spotTickSpacing = 10;

/** Dollars that each party starts with. */
const money = { pool: 20_000_000n, lp: 1_000_000n, taker: 250_000n, arbitrageur: 1_000_000_000n, cap: 1_000_000n };

/** Fee indices keep about 17 digits of a price. */
const feeIndexDecimals = (price: bigint) => Math.max(0, Math.min(18, 17 - String(price / WAD).length));

/** Deploys everything on a running Anvil and gives every party its tokens. */
export async function createWorld({
  anvil,
  price,
  baseSymbol,
  takers: takerCount,
}: {
  anvil: Anvil;
  price: bigint;
  baseSymbol: string;
  takers: number;
}): Promise<World> {
  const actor = (account: DevnetAccount | undefined): Actor => {
    if (!account) throw new Error("Anvil has fewer accounts than the demo has parties");
    const client = createDevnetClient({ rpcUrl: anvil.rpcUrl, account: account.address, chainId: anvil.chainId });
    return Object.assign(client, { address: account.address }) as unknown as Actor;
  };
  const [owner, arbitrageur, keeper, ...others] = anvil.accounts.map(actor) as [Actor, Actor, Actor, ...Actor[]];
  const lps = others.slice(0, 2);
  const takers = others.slice(2, 2 + takerCount);
  const baseWorth = (dollars: bigint) => (dollars * WAD * WAD) / price;

  const { weth, factory, swapRouter, positionManager } = await deployUniswapV3(owner);
  const usd = await deployTestToken(owner, { decimals: COLLATERAL_DECIMALS });
  const pyth = await deployMockPyth(owner);
  const { poolManager, ...v4Routers } = await deployUniswapV4(owner);
  const pair = { base: weth, quote: usd, fee: spotFee, price };
  const v3 = { pool: await createPool(owner, { factory, ...pair }), swapRouter };
  const v4 = {
    pool: await createPoolV4(owner, { poolManager, ...pair, tickSpacing: spotTickSpacing }),
    swapRouter: v4Routers.swapRouter,
  };
  const liquidity = { baseAmount: baseWorth(money.pool), quoteAmount: money.pool * USD };
  await wrapEther(owner, { weth: weth.address, amount: 2n * liquidity.baseAmount });
  await mintTestToken(owner, { token: usd.address, to: owner.address, amount: 2n * liquidity.quoteAmount });
  await addLiquidity(owner, { positionManager, pool: v3.pool, ...liquidity, recipient: owner.address });
  await addLiquidityV4(owner, { liquidityRouter: v4Routers.liquidityRouter, pool: v4.pool, ...liquidity });
  await mintTestToken(owner, { token: usd.address, to: arbitrageur.address, amount: money.arbitrageur * USD });
  await wrapEther(arbitrageur, { weth: weth.address, amount: baseWorth(money.pool * 10n) });
  await approveRouter(arbitrageur, v3);
  await approveRouter(arbitrageur, v4);

  const deployment = parseDeployment(
    await runDeployScript({
      rpcUrl: anvil.rpcUrl,
      sender: owner.address,
      config: {
        owner: owner.address,
        collateral: usd.address,
        base: weth.address,
        baseSymbol,
        pyth,
        feed: { pythId: keccak256(toHex(`${baseSymbol}/USD`)), ...demoMarket.feed },
        market: { ...demoMarket.market, feeIndexDecimals: feeIndexDecimals(price) },
        funding: { ...demoMarket.funding, skewScale: baseWorth(money.cap) },
        maxBorrowingRate: demoMarket.maxBorrowingRate,
        rules: demoMarket.rules,
        oracleMaker: { ...demoMarket.oracleMaker, maxAbsPosition: baseWorth(money.cap) },
        spotHedgeBaseMaker: {
          spot: { uniswapV3Factory: factory, pools: [{ fee: spotFee }] },
          ...demoMarket.hedge,
        },
        spotHedgeQuoteMaker: {
          spot: { uniswapV4PoolManager: poolManager, pools: [{ fee: spotFee, tickSpacing: spotTickSpacing }] },
          ...demoMarket.quoteHedge,
        },
        whitelistLps: lps.map((lp) => lp.address),
        oracleFloat: WAD,
      },
    }),
  );

  const { spotHedgeQuoteMaker } = deployment;
  if (!spotHedgeQuoteMaker) throw new Error("The deployment has no vault of quote");
  for (const lp of lps) {
    await mintTestToken(lp, { token: usd.address, to: lp.address, amount: 2n * money.lp * USD });
    await wrapEther(lp, { weth: weth.address, amount: baseWorth(money.lp) });
    await approveToken(lp, { token: usd.address, spender: deployment.oracleMaker });
    await approveToken(lp, { token: weth.address, spender: deployment.spotHedgeBaseMaker });
    await approveToken(lp, { token: usd.address, spender: spotHedgeQuoteMaker });
  }
  for (const taker of takers) {
    await mintTestToken(taker, { token: usd.address, to: taker.address, amount: money.taker * USD });
    await approveToken(taker, { token: usd.address, spender: deployment.vault });
  }
  return {
    anvil,
    deployment,
    spotHedgeQuoteMaker,
    v3,
    v4,
    owner,
    arbitrageur,
    keeper,
    lps,
    takers,
    maxAbsPosition: baseWorth(money.cap),
    collateralScale: 10n ** BigInt(18 - COLLATERAL_DECIMALS),
    baseWorth,
  };
}

export const startingMoney = {
  /** In the collateral's own decimals. */
  lp: money.lp * USD,
  /** In the collateral's own decimals. */
  taker: money.taker * USD,
  /** Dollars. */
  lpDollars: money.lp,
};
