import {
  type Anvil,
  balanceOf,
  type DevnetAccount,
  type DevnetClient,
  devnetChain,
  encodePythUpdate,
  type PythUpdate,
  startAnvil,
  type UniswapV3,
  updatePythDouble,
} from "@counterpoise/devnet";
import {
  type CreatedOrder,
  type Deployment,
  deposit,
  depositLpSync,
  executeOrderSync,
  formatRevert,
  getRevert,
  multicallVault,
  type OrderOutcome,
  type Revert,
  setOperator,
  transferFundToMargin,
  waitForSuccess,
} from "@counterpoise/sdk";
import { type SpotKind, type SpotMarket, setUpExchange, market as sharedMarket, USD } from "@counterpoise/testkit";
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

export const KEEPER_FEE = sharedMarket.rules.minKeeperFee;

/** Configuration of the tests' market. Ratios are parts per million, times seconds. */
export const market = {
  ...sharedMarket,
  feed: { ...sharedMarket.feed, pythId: keccak256(toHex("ETH/USD")) },
  market: { ...sharedMarket.market, feeIndexDecimals: 14 },
  funding: { ...sharedMarket.funding, skewScale: parseEther("500") },
  oracleMaker: { ...sharedMarket.oracleMaker, minMarginRatio: 120_000, maxAbsPosition: parseEther("500") },
  quoteVault: { ...sharedMarket.quoteVault, rebalanceBand: 50_000, keeperInterval: 30 },
} as const;

/** Fee of one price update, wei. */
export const PYTH_FEE = 10n;
/** The oracle's first balance, wei. */
export const ORACLE_FLOAT = 1_000n;
export const FIRST_PRICE = parseEther("2000");
/** Deposit of the first LP in the OracleMaker, in the collateral's own decimals. */
export const LP_COLLATERAL = 1_000_000n * USD;
/** Deposit of the first LP in the base vault, WAD. */
export const LP_BASE = parseEther("500");
/** First balance of each taker, in the collateral's own decimals. */
export const TAKER_COLLATERAL = 500_000n * USD;

/** The counterparty of all positions when a settled market closes them. */
export const SETTLEMENT_ACCOUNT = getAddress(slice(keccak256(toHex("counterpoise.settlement")), 12));

const GENESIS = 1_700_000_000n;

/** An account that signs its own transactions, as an integrator's does. */
export type Actor = ReturnType<typeof createActor>;

function createActor({ rpcUrl, chainId }: Anvil, account: DevnetAccount) {
  const chain = devnetChain({ rpcUrl, chainId });
  return createWalletClient({
    account,
    chain,
    transport: minedAtOnce(http(rpcUrl, { retryCount: 0 })({ chain }).request as EIP1193RequestFn),
    pollingInterval: 10,
  }).extend(publicActions);
}

/**
 * The node returns the hash of a transaction once it is mined. Waiting for a receipt then never needs a later block: viem
 * asks again with each new block, and this chain mines no block without a transaction.
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

/** Options of an {@link Exchange}'s deployment. */
export type ExchangeOptions = {
  /** Whether the deployer transfers ownership to another account. */
  separateOwner?: boolean;
  /** Whether there is a quote vault. Its LPs have deposited nothing yet. */
  hasQuoteVault?: boolean;
  /** The path along which the makers hedge. Default: one pool of Uniswap v3. */
  spot?: SpotKind;
  /** Limits of outflow per hour, parts per million of the collateral and of the base held. Default: no circuit breaker. */
  breaker?: { maxOutflow: number; maxBaseOutflow: number };
  /** Whether the node has traces and the state of past blocks. */
  keepsHistory?: boolean;
};

/** Base in the spot path, and the arbitrageur's tokens: enough to move the pool to any price that a test uses. */
const SPOT_DEPTH = parseEther("10000");
const ARBITRAGEUR = { collateral: 200_000_000n * USD, base: parseEther("100000") };

/**
 * A whole exchange on a chain of its own, for the tests of one file. The deployment script deploys it once, and each test
 * starts from the same state: one LP has deposited in the OracleMaker and the base vault, takers hold collateral, and the
 * stored price and the pool are at 2,000. Each block is one second later than the block before it.
 */
export class Exchange {
  private constructor(
    readonly anvil: Anvil,
    readonly deployment: Deployment,
    /** Where the makers hedge. */
    readonly spot: SpotMarket,
    readonly uniswapV3: UniswapV3,
    /** Deploys the contracts and publishes prices. */
    readonly deployer: DevnetClient,
    readonly arbitrageur: DevnetClient,
    /** Executes orders, and may settle signed orders. */
    readonly keeper: Actor,
    readonly lp: Actor,
    /** A whitelisted LP without shares. */
    readonly otherLp: Actor,
    readonly alice: Actor,
    readonly bob: Actor,
    readonly owner: Address,
    /** The owner, signing its own transactions. */
    readonly admin: Actor,
    /** May pause and restrict markets at once. */
    readonly guardian: Actor,
  ) {}

  static async start(options: ExchangeOptions = {}): Promise<Exchange> {
    const anvil = await startAnvil({ timestamp: GENESIS, keepsHistory: options.keepsHistory });
    try {
      return await Exchange.#deploy(anvil, options);
    } catch (error) {
      await anvil.stop();
      throw error;
    }
  }

  static async #deploy(
    anvil: Anvil,
    { separateOwner = false, hasQuoteVault = false, spot = "uniswapV3", breaker }: ExchangeOptions,
  ): Promise<Exchange> {
    const account = (index: number) => anvil.accounts[index] as DevnetAccount;
    const actor = (index: number) => createActor(anvil, account(index));
    const { baseVault, quoteVault, ...config } = market;
    const ownerIndex = separateOwner ? 7 : 0;
    const setup = await setUpExchange({
      anvil,
      price: FIRST_PRICE,
      takers: 2,
      spot: { base: spot },
      spotDepth: SPOT_DEPTH,
      pythFee: PYTH_FEE,
      balances: {
        arbitrageur: ARBITRAGEUR,
        lp: { collateral: LP_COLLATERAL, base: LP_BASE },
        taker: { collateral: TAKER_COLLATERAL },
      },
      config: {
        ...config,
        owner: account(ownerIndex).address,
        baseSymbol: "ETH",
        spotHedgeBaseMaker: baseVault,
        ...(hasQuoteVault ? { spotHedgeQuoteMaker: quoteVault } : {}),
        guardian: account(8).address,
        ...(breaker && {
          breakerWindow: 3600,
          breakerMaxOutflow: breaker.maxOutflow,
          breakerMaxBaseOutflow: breaker.maxBaseOutflow,
        }),
        oracleFloat: ORACLE_FLOAT,
        relayers: [account(2).address],
      },
    });
    const exchange = new Exchange(
      anvil,
      setup.deployment,
      setup.spot.base,
      setup.uniswapV3,
      setup.deployer,
      setup.arbitrageur,
      actor(2),
      actor(3),
      actor(4),
      actor(5),
      actor(6),
      account(ownerIndex).address,
      actor(ownerIndex),
      actor(8),
    );
    await exchange.tickSeconds();
    await exchange.publish(FIRST_PRICE);
    const { deployment, lp } = exchange;
    await depositLpSync(lp, { maker: deployment.oracleMaker, amount: LP_COLLATERAL, minShares: 1n });
    await depositLpSync(lp, { maker: deployment.spotHedgeBaseMaker, amount: LP_BASE, minShares: 1n });
    return exchange;
  }

  /** All accounts that can hold a position, margin or a fund. */
  get accounts(): Address[] {
    const { oracleMaker, spotHedgeBaseMaker, spotHedgeQuoteMaker } = this.deployment;
    const makers = [oracleMaker, spotHedgeBaseMaker, ...(spotHedgeQuoteMaker ? [spotHedgeQuoteMaker] : [])];
    const parties = [this.alice, this.bob, this.keeper, this.lp, this.otherLp];
    return [...makers, SETTLEMENT_ACCOUNT, ...parties.map(({ account }) => account.address)];
  }

  // ---- time ----

  /** Makes each following block one second later than the block before it. */
  async tickSeconds(): Promise<void> {
    await this.deployer.setBlockTimestampInterval({ interval: 1 });
  }

  /** The time of the latest block, seconds. */
  async now(): Promise<bigint> {
    return (await this.deployer.getBlock()).timestamp;
  }

  /** Mines a block at a time, unless the latest block is not earlier. */
  async warpTo(timestamp: bigint): Promise<void> {
    if (timestamp <= (await this.now())) return;
    await this.deployer.setNextBlockTimestamp({ timestamp });
    await this.deployer.mine({ blocks: 1 });
  }

  /** Mines a block a number of seconds after the latest block. */
  async warpBy(seconds: bigint): Promise<void> {
    await this.warpTo((await this.now()) + seconds);
  }

  // ---- prices ----

  /** Publishes a price and its confidence (both WAD) at Pyth, at the time of the next block. */
  async publish(price: bigint, confidence = 0n): Promise<void> {
    const { pyth, pythId } = this.deployment;
    const publishTime = (await this.now()) + 1n;
    const updates = [{ id: pythId, price, confidence, publishTime }];
    await updatePythDouble(this.deployer, { pyth, updates, updateFee: PYTH_FEE });
  }

  /** Brings the pool to a price (WAD). */
  async movePool(price: bigint): Promise<void> {
    await this.spot.moveTo(price);
  }

  /** Price update data (price WAD) of the first update at or after a time, seconds. */
  updateAt(publishTime: bigint, price: bigint, rest: Partial<PythUpdate> = {}): Hex {
    const { pythId: id } = this.deployment;
    return encodePythUpdate({ id, price, publishTime, prevPublishTime: publishTime - 1n, ...rest });
  }

  /** A price update for an order, by default the first one at or after `executableAt`, without confidence. */
  priceUpdate({ order }: CreatedOrder, price: bigint, rest: Partial<PythUpdate> = {}): Hex {
    return this.updateAt(order.executableAt, price, rest);
  }

  // ---- parties ----

  /** An account's balance of the collateral, in its own decimals. */
  collateralOf(owner: Address): Promise<bigint> {
    return balanceOf(this.deployer, { token: this.deployment.collateral, owner });
  }

  /** An account's balance of the base token, WAD. */
  baseOf(owner: Address): Promise<bigint> {
    return balanceOf(this.deployer, { token: this.deployment.base, owner });
  }

  /**
   * Deposits margin (in the collateral's own decimals) for a taker, and a fifth of it into its fund for the bonds of its
   * orders, and approves the order gateway.
   */
  async fund(taker: Actor, margin: bigint): Promise<void> {
    const { deployment } = this;
    await sent(taker, deposit(taker, { deployment, amount: margin + margin / 5n }));
    await sent(taker, transferFundToMargin(taker, { deployment, amount: margin }));
    await sent(taker, setOperator(taker, { deployment, approved: true }));
  }

  /** Deposits a fund and margin for a taker (in the collateral's own decimals), and approves the signed-order gateway. */
  async fundForSignedOrders(taker: Actor, { fund, margin }: { fund: bigint; margin: bigint }): Promise<void> {
    const { deployment } = this;
    const { address } = taker.account;
    const calls = [
      { functionName: "deposit", args: [address, fund + margin] },
      { functionName: "setOperator", args: [deployment.signedOrderGateway, true] },
    ] as const;
    await sent(taker, multicallVault(taker, { deployment, calls }));
    if (margin > 0n) await sent(taker, transferFundToMargin(taker, { deployment, amount: margin }));
  }

  /** Waits until an order is executable. The keeper then executes it at a price with a confidence (both WAD). */
  async execute(created: CreatedOrder, price: bigint, confidence = 0n): Promise<OrderOutcome> {
    const { deployment, keeper } = this;
    await this.warpTo(created.order.executableAt);
    const updateData = [this.priceUpdate(created, price, { confidence })];
    return executeOrderSync(keeper, { deployment, ...created, updateData });
  }
}

/** Returns the outcome of an executed order, and throws if the order was purged. */
export function executed(outcome: OrderOutcome): Extract<OrderOutcome, { status: "executed" }> {
  if (outcome.status === "executed") return outcome;
  throw new Error(`The order was purged: ${outcome.reason ? formatRevert(outcome.reason) : outcome.data}`);
}

/** Returns the ether that an account gains by its own transaction, before gas, wei. */
export async function earned(client: Actor, action: () => Promise<Hash>): Promise<bigint> {
  const { address } = client.account;
  const before = await client.getBalance({ address });
  const { gasUsed, effectiveGasPrice } = await client.waitForTransactionReceipt({ hash: await action() });
  return (await client.getBalance({ address })) + gasUsed * effectiveGasPrice - before;
}

/** Returns the custom error with which an action reverts, and throws if the action succeeds. */
export async function revertOf(action: Promise<unknown>): Promise<Revert> {
  const revert = await action.then(
    () => undefined,
    (error) => getRevert(error) ?? Promise.reject(error),
  );
  if (!revert) throw new Error("The action did not revert");
  return revert;
}

/** Waits until a transaction has succeeded. */
export const sent = async (client: Actor, hash: Promise<Hash>) => waitForSuccess(client, await hash);

/** Starts an {@link Exchange} for the tests of a file. The chain returns to the first state after each test. */
export function useExchange(options: ExchangeOptions = {}): () => Exchange {
  let exchange: Exchange | undefined;
  let snapshot: Hex | undefined;
  const running = (): Exchange => {
    if (!exchange) throw new Error("The exchange runs during tests only");
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
