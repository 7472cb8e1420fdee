import {
  type Anvil,
  approveToken,
  balanceOf,
  createDevnetClient,
  type DevnetAccount,
  type DevnetClient,
  deployMockPyth,
  deployTestToken,
  deployUniswapV3,
  devnetChain,
  encodePythUpdate,
  mintTestToken,
  type PythUpdate,
  runDeployScript,
  startAnvil,
  type UniswapV3,
  updateMockPyth,
  wrapEther,
} from "@counterpoise/devnet";
import {
  type CreatedOrder,
  type Deployment,
  deposit,
  depositLpSync,
  executeOrderSync,
  formatRevert,
  getRevert,
  type OrderOutcome,
  parseDeployment,
  type Revert,
  setOperator,
  transferFundToMargin,
  waitForSuccess,
} from "@counterpoise/sdk";
import {
  type Address,
  createWalletClient,
  custom,
  type EIP1193RequestFn,
  getAddress,
  type Hash,
  type Hex,
  http,
  keccak256,
  parseEther,
  publicActions,
  slice,
  toHex,
} from "viem";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { createSpotMarket, type SpotKind, type SpotMarket } from "./spot.js";

export const WAD = 10n ** 18n;
/** One unit of the collateral, in its own decimals. */
export const USD = 10n ** 6n;
/** WAD per one unit of the collateral's last decimal. */
export const COLLATERAL_SCALE = 10n ** 12n;
export const KEEPER_FEE = 10n ** 14n;

const MAX_FUNDING_RATE = parseEther("0.1") / 86_400n;

/** What the tests' market is set up with. Ratios are parts per million, times seconds. */
export const market = {
  feed: { pythId: keccak256(toHex("ETH/USD")), maxAge: 60, maxExecutionAge: 60 },
  market: {
    initialMarginRatio: 100_000,
    maintenanceMarginRatio: 62_500,
    priceBand: 50_000,
    feeIndexDecimals: 14,
    tradingFee: 200,
    minPositionValue: 10n * WAD,
  },
  // At most 10% a day, reached within a day at full skew.
  funding: { maxRate: MAX_FUNDING_RATE, maxVelocity: MAX_FUNDING_RATE / 86_400n, skewScale: parseEther("500") },
  // 20% a year, of makers that are used to the full.
  maxBorrowingRate: parseEther("0.2") / (365n * 86_400n),
  rules: { delay: 3, priceWindow: 10, validity: 60, minKeeperFee: KEEPER_FEE },
  oracleMaker: { maxSpread: 10_000, minMarginRatio: 120_000, maxAbsPosition: parseEther("500") },
  hedge: { maxHedgeDeviation: 20_000, minMarginRatio: 500_000, spread: 0 },
} as const;

/** What a vault of quote is set up with, where a file's tests ask for one. */
export const quoteVault = {
  maxHedgeDeviation: 20_000,
  minMarginRatio: 200_000,
  spread: 0,
  targetMarginRatio: 500_000,
  reserveRatio: 500_000,
  rebalanceBand: 50_000,
  deleverageRatio: 150_000,
  maxDeleverageDeviation: 5_000,
  keeperFeeRatio: 100,
  maxKeeperFee: 5n * USD,
  keeperInterval: 30,
} as const;

/** Wei for each price update. */
export const PYTH_FEE = 10n;
/** Wei that the oracle starts with. */
export const ORACLE_FLOAT = 1_000n;
export const FIRST_PRICE = parseEther("2000");
/** What the first LP has put into the OracleMaker, in the collateral's own decimals. */
export const LP_COLLATERAL = 1_000_000n * USD;
/** What the first LP has put into the SpotHedgeBaseMaker, WAD. */
export const LP_BASE = parseEther("500");
/** What each party that trades starts with, in the collateral's own decimals. */
export const TAKER_COLLATERAL = 100_000n * USD;

/** What the positions of a settled market close against. */
export const SETTLEMENT_ACCOUNT = getAddress(slice(keccak256(toHex("counterpoise.settlement")), 12));

const GENESIS = 1_700_000_000n;

/** A party that signs for itself, as an integrator's would. */
export type Actor = ReturnType<typeof createActor>;

function createActor({ rpcUrl, chainId }: Anvil, account: DevnetAccount) {
  const chain = devnetChain({ rpcUrl, chainId });
  return createWalletClient({
    account,
    chain,
    transport: minedAtOnce(http(rpcUrl, { retryCount: 0 })({ chain }).request as EIP1193RequestFn),
    pollingInterval: 10,
    cacheTime: 0,
  }).extend(publicActions);
}

/**
 * The node answers a transaction with its hash once it is mined. Waiting for it then never depends on a block after it:
 * viem asks again with the next block only, and here none comes unless somebody sends something.
 */
const minedAtOnce = (forward: EIP1193RequestFn) =>
  custom(
    {
      request: async ({ method, params }: { method: string; params?: unknown }) => {
        if (method !== "eth_sendRawTransaction") return forward({ method, params } as never);
        const receipt = await forward({ method: "eth_sendRawTransactionSync", params } as never);
        return (receipt as { transactionHash: Hash }).transactionHash;
      },
    },
    { retryCount: 0 },
  );

/** How an {@link Exchange} is deployed. */
export type ExchangeOptions = {
  separateOwner?: boolean;
  hasQuoteVault?: boolean;
  spot?: SpotKind;
  breaker?: { maxOutflow: number; maxBaseOutflow: number };
};

/**
 * A whole exchange on a chain of its own, for the tests of one file. It is deployed once, by the deployment script, and
 * every test finds it as it was then: one LP in both makers, takers with collateral in their wallets, the stored price
 * and the pool at 2,000. Each block is one second after the last one.
 */
export class Exchange {
  private constructor(
    readonly anvil: Anvil,
    readonly deployment: Deployment,
    /** Where the vaults hedge. */
    readonly spot: SpotMarket,
    readonly uniswapV3: UniswapV3,
    /** Deploys everything, and stores prices. */
    readonly deployer: DevnetClient,
    readonly arbitrageur: DevnetClient,
    readonly keeper: Actor,
    readonly lp: Actor,
    /** A second LP, which has not put anything in yet. */
    readonly otherLp: Actor,
    readonly alice: Actor,
    readonly bob: Actor,
    readonly owner: Address,
    /** The owner, signing for itself. */
    readonly admin: Actor,
    /** May tighten at once. */
    readonly guardian: Actor,
  ) {}

  /**
   * `separateOwner`: the deployer hands everything over to another account. `breaker`: what may leave in an hour, ppm of
   * the collateral and of the base held. `hasQuoteVault`: there is a third maker, a spot-hedged vault of quote, which nobody
   * has put anything into yet. `spot`: the pools that the vaults hedge in, by default one of Uniswap v3.
   */
  static async start(options: ExchangeOptions = {}): Promise<Exchange> {
    const anvil = await startAnvil({ timestamp: GENESIS });
    try {
      return await Exchange.#deploy(anvil, options);
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  static async #deploy(
    anvil: Anvil,
    { separateOwner = false, hasQuoteVault = false, spot: spotKind = "uniswapV3", breaker }: ExchangeOptions,
  ): Promise<Exchange> {
    const account = (index: number) => anvil.accounts[index] as DevnetAccount;
    const unlocked = (index: number) =>
      createDevnetClient({ rpcUrl: anvil.rpcUrl, account: account(index).address, chainId: anvil.chainId });
    const [deployer, arbitrageur] = [unlocked(0), unlocked(1)];
    const deployerAddress = account(0).address;
    const owner = separateOwner ? account(7).address : deployerAddress;

    const uniswapV3 = await deployUniswapV3(deployer);
    const { weth } = uniswapV3;
    const usd = await deployTestToken(deployer);
    const pyth = await deployMockPyth(deployer, { updateFee: PYTH_FEE });
    await wrapEther(arbitrageur, { weth: weth.address, amount: parseEther("100000") });
    await mintTestToken(deployer, { token: usd.address, to: account(1).address, amount: 200_000_000n * USD });
    const parties = { deployer, arbitrageur };
    const spot = await createSpotMarket(spotKind, { ...parties, uniswapV3, collateral: usd, price: FIRST_PRICE });

    const { hedge, ...config } = market;
    const deployment = parseDeployment(
      await runDeployScript({
        rpcUrl: anvil.rpcUrl,
        sender: deployerAddress,
        config: {
          ...config,
          owner,
          collateral: usd.address,
          base: weth.address,
          baseSymbol: "ETH",
          pyth,
          spotHedgeBaseMaker: { spot: spot.path, ...hedge },
          ...(hasQuoteVault ? { spotHedgeQuoteMaker: quoteVault } : {}),
          guardian: account(8).address,
          ...(breaker && {
            breakerWindow: 3600,
            breakerMaxOutflow: breaker.maxOutflow,
            breakerMaxBaseOutflow: breaker.maxBaseOutflow,
          }),
          whitelistLps: [account(3).address, account(4).address],
          oracleFloat: ORACLE_FLOAT,
          // The keeper relays, too.
          relayers: [account(2).address],
        },
      }),
    );

    for (const lp of [unlocked(3), unlocked(4)]) {
      await wrapEther(lp, { weth: weth.address, amount: LP_BASE });
      await approveToken(lp, { token: usd.address, spender: deployment.oracleMaker });
      await approveToken(lp, { token: weth.address, spender: deployment.spotHedgeBaseMaker });
      await approveToken(lp, { token: usd.address, spender: deployment.oracleMakerRequestVault });
      await approveToken(lp, { token: weth.address, spender: deployment.spotHedgeBaseMakerRequestVault });
      const { spotHedgeQuoteMaker, spotHedgeQuoteMakerRequestVault } = deployment;
      if (!spotHedgeQuoteMaker || !spotHedgeQuoteMakerRequestVault) continue;
      await approveToken(lp, { token: usd.address, spender: spotHedgeQuoteMaker });
      await approveToken(lp, { token: usd.address, spender: spotHedgeQuoteMakerRequestVault });
    }
    for (const taker of [unlocked(5), unlocked(6)]) {
      await approveToken(taker, { token: usd.address, spender: deployment.vault });
    }
    for (const index of [3, 4]) {
      await mintTestToken(deployer, { token: usd.address, to: account(index).address, amount: LP_COLLATERAL });
    }
    for (const index of [5, 6]) {
      await mintTestToken(deployer, { token: usd.address, to: account(index).address, amount: TAKER_COLLATERAL });
    }

    const actor = (index: number) => createActor(anvil, account(index));
    const exchange = new Exchange(
      anvil,
      deployment,
      spot,
      uniswapV3,
      deployer,
      arbitrageur,
      actor(2),
      actor(3),
      actor(4),
      actor(5),
      actor(6),
      owner,
      actor(separateOwner ? 7 : 0),
      actor(8),
    );
    await exchange.tickSeconds();
    await exchange.publish(FIRST_PRICE);
    const { lp } = exchange;
    await depositLpSync(lp, { maker: deployment.oracleMaker, amount: LP_COLLATERAL, minShares: 1n });
    await depositLpSync(lp, { maker: deployment.spotHedgeBaseMaker, amount: LP_BASE, minShares: 1n });
    return exchange;
  }

  /** Everybody whose account could hold something. */
  get accounts(): Address[] {
    const { oracleMaker, spotHedgeBaseMaker, spotHedgeQuoteMaker } = this.deployment;
    const makers = [oracleMaker, spotHedgeBaseMaker, ...(spotHedgeQuoteMaker ? [spotHedgeQuoteMaker] : [])];
    const parties = [this.alice, this.bob, this.keeper, this.lp, this.otherLp];
    return [...makers, SETTLEMENT_ACCOUNT, ...parties.map(({ account }) => account.address)];
  }

  // ---- time ----

  /** From here on, each block is one second after the last one. */
  async tickSeconds(): Promise<void> {
    await this.deployer.setBlockTimestampInterval({ interval: 1 });
  }

  /** The time of the latest block, seconds. */
  async now(): Promise<bigint> {
    return (await this.deployer.getBlock()).timestamp;
  }

  /** Mines a block at a time that has not come yet. */
  async warpTo(timestamp: bigint): Promise<void> {
    if (timestamp <= (await this.now())) return;
    await this.deployer.setNextBlockTimestamp({ timestamp });
    await this.deployer.mine({ blocks: 1 });
  }

  // ---- prices ----

  /** Stores a price and its confidence (both WAD) at Pyth, published now. */
  async publish(price: bigint, confidence = 0n): Promise<void> {
    const { pyth, pythId } = this.deployment;
    const publishTime = (await this.now()) + 1n;
    const updates = [{ id: pythId, price, confidence, publishTime }];
    await updateMockPyth(this.deployer, { pyth, updates, updateFee: PYTH_FEE });
  }

  /** Brings the pool to a price (WAD). */
  async movePool(price: bigint): Promise<void> {
    await this.spot.moveTo(price);
  }

  /** A price update, by default the first one at or after the order's `executableAt`, without confidence. */
  priceUpdate({ order }: CreatedOrder, price: bigint, rest: Partial<PythUpdate> = {}): Hex {
    return encodePythUpdate({
      id: this.deployment.pythId,
      price,
      publishTime: order.executableAt,
      prevPublishTime: order.executableAt - 1n,
      ...rest,
    });
  }

  // ---- parties ----

  /** What a wallet holds of the collateral, in its own decimals. */
  collateralOf(owner: Address): Promise<bigint> {
    return balanceOf(this.deployer, { token: this.deployment.collateral, owner });
  }

  /** What a wallet holds of the base token, WAD. */
  baseOf(owner: Address): Promise<bigint> {
    return balanceOf(this.deployer, { token: this.deployment.base, owner });
  }

  /** Makes a taker ready to trade, with margin in the collateral's own decimals. */
  async fund(taker: Actor, margin: bigint): Promise<void> {
    const { deployment } = this;
    await sent(taker, deposit(taker, { deployment, amount: margin }));
    await sent(taker, transferFundToMargin(taker, { deployment, amount: margin }));
    await sent(taker, setOperator(taker, { deployment, approved: true }));
  }

  /** Waits for an order's time, and has the keeper execute it at a price with a confidence (both WAD). */
  async execute(created: CreatedOrder, price: bigint, confidence = 0n): Promise<OrderOutcome> {
    const { deployment, keeper } = this;
    await this.warpTo(created.order.executableAt);
    const updateData = [this.priceUpdate(created, price, { confidence })];
    return executeOrderSync(keeper, { deployment, ...created, updateData });
  }
}

/** The outcome of an order that must not have been purged. */
export function executed(outcome: OrderOutcome): Extract<OrderOutcome, { status: "executed" }> {
  if (outcome.status === "executed") return outcome;
  throw new Error(`The order was purged: ${outcome.reason ? formatRevert(outcome.reason) : outcome.data}`);
}

/** What an account's ether grows by in an action of its own, its gas not counted. Wei. */
export async function earned(client: Actor, action: () => Promise<Hash>): Promise<bigint> {
  const { address } = client.account;
  const before = await client.getBalance({ address });
  const { gasUsed, effectiveGasPrice } = await client.waitForTransactionReceipt({ hash: await action() });
  return (await client.getBalance({ address })) + gasUsed * effectiveGasPrice - before;
}

/** The custom error that an action must fail with. */
export async function revertOf(action: Promise<unknown>): Promise<Revert> {
  const revert = await action.then(
    () => undefined,
    (error) => getRevert(error) ?? Promise.reject(error),
  );
  if (!revert) throw new Error("The action did not revert");
  return revert;
}

/** Waits for a transaction that has just been sent. */
export const sent = async (client: Actor, hash: Promise<Hash>) => waitForSuccess(client, await hash);

/** Starts an {@link Exchange} for the tests of a file; every test finds it untouched by the others. */
export function useExchange(options: ExchangeOptions = {}): () => Exchange {
  let exchange: Exchange | undefined;
  let snapshot: Hex | undefined;
  const running = (): Exchange => {
    if (!exchange) throw new Error("The exchange runs within tests only");
    return exchange;
  };

  beforeAll(async () => {
    exchange = await Exchange.start(options);
  });
  beforeEach(async () => {
    snapshot = await running().deployer.snapshot();
  });
  afterEach(async () => {
    if (snapshot) await running().deployer.revert({ id: snapshot });
    await running().tickSeconds();
  });
  afterAll(async () => {
    await exchange?.anvil.stop();
  });
  return running;
}
