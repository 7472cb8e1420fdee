import {
  type Account,
  type Address,
  type Chain,
  type Client,
  createClient,
  createPublicClient,
  createWalletClient,
  type Hash,
  http,
  publicActions,
  type Transport,
} from "viem";
import { sendCalls } from "viem/actions";
import { anvil } from "viem/chains";
import { describe, expectTypeOf, test } from "vitest";
import {
  applyEvent,
  type CollateralAmount,
  type Confirmation,
  type CreatedLpRequest,
  type CreatedOrder,
  counterpoiseAdmin,
  counterpoiseReads,
  counterpoiseWrites,
  createOrder,
  createOrderSync,
  type Deployment,
  deposit,
  depositLpSync,
  depositSync,
  depositWithPermit,
  emptyLedger,
  executeOrderSync,
  executeOrdersSync,
  type Feed,
  getMaker,
  getMarket,
  getPosition,
  getTrader,
  hashOrder,
  isOrderAlive,
  isRevert,
  type LiquidationResult,
  type LpClaims,
  type LpQueue,
  type LpRequest,
  type LpRequestOutcome,
  liquidate,
  liquidateSync,
  type MakerState,
  type Market,
  type MarketStatus,
  multicallVault,
  type OpenOrder,
  type OrderOutcome,
  type PendingFeed,
  type Position,
  type PriceState,
  parseDeployment,
  quoteLpDeposit,
  quoteTrade,
  type Revert,
  type SignedOperator,
  type SigningClient,
  sendCall,
  setMarketStatus,
  setOperatorBySig,
  signSetOperator,
  type TradeQuote,
  type Trader,
  type VaultEvent,
  type Wad,
} from "../src/index.js";
import { deployment, order, taker } from "./fixtures.js";

const transport = http("http://127.0.0.1:8545");
const publicClient = createPublicClient({ transport });
const chainClient = createPublicClient({ chain: anvil, transport });
const walletClient = createWalletClient({ account: taker, chain: anvil, transport });

const request = { maker: deployment.oracleMaker, isBaseToQuote: true, isExactInput: true, amount: 1n } as const;

describe("reading actions", () => {
  test("take any viem client", () => {
    expectTypeOf(getPosition(publicClient, { deployment, account: taker })).resolves.toEqualTypeOf<Position>();
    expectTypeOf(getPosition(chainClient, { deployment, account: taker })).resolves.toEqualTypeOf<Position>();
    expectTypeOf(getPosition(walletClient, { deployment, account: taker })).resolves.toEqualTypeOf<Position>();
    const extended = walletClient.extend(publicActions);
    expectTypeOf(getMaker(extended, { deployment, maker: request.maker })).resolves.toEqualTypeOf<MakerState>();
    const bare = createClient({ transport });
    expectTypeOf(quoteTrade(bare, { deployment, taker, ...request })).resolves.toEqualTypeOf<TradeQuote>();
    expectTypeOf(isOrderAlive(bare, { deployment, orderId: 1n, order })).resolves.toEqualTypeOf<boolean>();
  });

  test("as methods", () => {
    const client = publicClient.extend(counterpoiseReads(deployment));
    expectTypeOf(client.getPosition({ account: taker })).resolves.toEqualTypeOf<Position>();
    expectTypeOf(client.getMaker({ maker: request.maker })).resolves.toEqualTypeOf<MakerState>();
    expectTypeOf(client.getFeed()).resolves.toEqualTypeOf<Feed>();
    expectTypeOf(client.getPendingFeed()).resolves.toEqualTypeOf<PendingFeed | undefined>();
    expectTypeOf(client.getPriceState()).resolves.toEqualTypeOf<PriceState>();
    const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
    expectTypeOf(client.getLpRequest({ requestVault, requestId: 1n })).resolves.toEqualTypeOf<LpRequest>();
    expectTypeOf(client.getLpClaims({ requestVault, controller: taker })).resolves.toEqualTypeOf<LpClaims>();
    expectTypeOf(client.getLpQueue({ requestVault })).resolves.toEqualTypeOf<LpQueue>();
    expectTypeOf(client.quoteLpDeposit({ requestVault, assets: 1n })).resolves.toHaveProperty("met");
    expectTypeOf(client.quoteLpRedeem({ requestVault, shares: 1n })).resolves.toHaveProperty("assets");
    expectTypeOf(client.getLpLimits({ maker, account: taker })).resolves.toHaveProperty("maxRedeem");
    expectTypeOf(client.quoteTrade({ taker, ...request })).resolves.toEqualTypeOf<TradeQuote>();
    expectTypeOf(client.getBlockNumber).toBeFunction();
    expectTypeOf(walletClient.extend(counterpoiseReads(deployment)).getMarket).toBeCallableWith();
    // @ts-expect-error the deployment is given
    client.getPosition({ account: taker, deployment });
  });
});

describe("writing actions", () => {
  test("take a client with an account and a chain", () => {
    expectTypeOf(walletClient).toExtend<SigningClient>();
    expectTypeOf<SigningClient>().toEqualTypeOf<Client<Transport, Chain, Account>>();
    // @ts-expect-error the client has no account
    expectTypeOf(createOrder).toBeCallableWith(chainClient, {
      deployment,
      ...request,
      oppositeBound: 0n,
      keeperFee: 1n,
    });
    const unsigned = createWalletClient({ chain: anvil, transport });
    // @ts-expect-error the client has no account
    expectTypeOf(createOrder).toBeCallableWith(unsigned, { deployment, ...request, oppositeBound: 0n, keeperFee: 1n });
  });

  test("createOrder", () => {
    const parameters = { deployment, ...request, oppositeBound: 0n, keeperFee: 1n };
    expectTypeOf(createOrder(walletClient, parameters)).resolves.toEqualTypeOf<Hash>();
    expectTypeOf(createOrderSync(walletClient, parameters)).resolves.toEqualTypeOf<CreatedOrder>();
    expectTypeOf(createOrder).toBeCallableWith(walletClient, { ...parameters, isReduceOnly: true });
    // @ts-expect-error amounts are bigints
    expectTypeOf(createOrder).toBeCallableWith(walletClient, { ...parameters, amount: 1 });
    const { keeperFee: _, ...free } = parameters;
    // @ts-expect-error the keeper's fee has no default
    expectTypeOf(createOrder).toBeCallableWith(walletClient, free);
  });

  test("executeOrderSync", () => {
    const outcome = {} as Awaited<ReturnType<typeof executeOrderSync>>;
    expectTypeOf(outcome).toEqualTypeOf<OrderOutcome>();
    expectTypeOf(outcome.gasUsed).toEqualTypeOf<bigint>();
    if (outcome.status === "purged") expectTypeOf(outcome.reason).toEqualTypeOf<Revert | undefined>();
    else expectTypeOf(outcome.price).toEqualTypeOf<Wad>();
    // executeOrderSync takes the result of createOrderSync.
    const created = {} as CreatedOrder;
    expectTypeOf(executeOrderSync).toBeCallableWith(walletClient, { deployment, ...created, updateData: [] });
  });

  test("executeOrdersSync", () => {
    const { outcomes } = {} as Awaited<ReturnType<typeof executeOrdersSync>>;
    expectTypeOf<(typeof outcomes)[number]["status"]>().toEqualTypeOf<"executed" | "purged" | "skipped">();
    // executeOrdersSync takes the result of getOpenOrders, with a price.
    const open = [] as OpenOrder[];
    const orders = open.map((order) => ({ ...order, updateData: [] }));
    expectTypeOf(executeOrdersSync).toBeCallableWith(walletClient, { deployment, orders });
    expectTypeOf(createOrder).toBeCallableWith(walletClient, {
      deployment,
      ...request,
      oppositeBound: 0n,
      keeperFee: 1n,
      after: {} as CreatedOrder,
    });
  });

  test("depositLpSync", () => {
    expectTypeOf(
      depositLpSync(walletClient, { maker: request.maker, amount: 1n, minShares: 1n }),
    ).resolves.toEqualTypeOf<Wad>();
  });
});

describe("the whole exchange", () => {
  test("lens", () => {
    expectTypeOf(getTrader(publicClient, { deployment, account: taker })).resolves.toEqualTypeOf<Trader>();
    expectTypeOf(getMarket(publicClient, { deployment })).resolves.toEqualTypeOf<Market>();
    expectTypeOf<Market["status"]>().toEqualTypeOf<MarketStatus>();
    // A market may be without a fresh price.
    expectTypeOf<Market["price"]>().toEqualTypeOf<Wad | undefined>();
    const client = publicClient.extend(counterpoiseReads(deployment));
    expectTypeOf(client.getTrader({ account: taker })).resolves.toEqualTypeOf<Trader>();
  });

  test("liquidate", () => {
    expectTypeOf(liquidate(walletClient, { deployment, account: taker })).resolves.toEqualTypeOf<Hash>();
    const result = liquidateSync(walletClient, { deployment, account: taker, maker: request.maker, minReward: 1n });
    expectTypeOf(result).resolves.toEqualTypeOf<LiquidationResult>();
    // @ts-expect-error the client has no account
    expectTypeOf(liquidate).toBeCallableWith(chainClient, { deployment, account: taker });
  });

  test("setOperatorBySig takes the result of signSetOperator", () => {
    const signed = signSetOperator(walletClient, { deployment, approved: true });
    expectTypeOf(signed).resolves.toEqualTypeOf<SignedOperator>();
    expectTypeOf(setOperatorBySig).toBeCallableWith(walletClient, { deployment, ...({} as SignedOperator) });
  });

  test("multicallVault", () => {
    expectTypeOf(multicallVault).toBeCallableWith(walletClient, {
      deployment,
      calls: [
        { functionName: "deposit", args: [taker, 1n] },
        { functionName: "setOperator", args: [taker, true] },
      ],
    });
    expectTypeOf(multicallVault).toBeCallableWith(walletClient, {
      deployment,
      // @ts-expect-error another function's arguments
      calls: [{ functionName: "deposit", args: [taker, true] }],
    });
    expectTypeOf(multicallVault).toBeCallableWith(walletClient, {
      deployment,
      // @ts-expect-error not for account holders
      calls: [{ functionName: "settleFill", args: [] }],
    });
  });

  test("as methods", () => {
    const client = walletClient.extend(counterpoiseWrites(deployment)).extend(counterpoiseAdmin(deployment));
    expectTypeOf(client.liquidate({ account: taker })).resolves.toEqualTypeOf<Hash>();
    expectTypeOf(client.accrue()).resolves.toEqualTypeOf<Hash>();
    expectTypeOf(
      client.createOrderSync({ ...request, oppositeBound: 0n, keeperFee: 1n }),
    ).resolves.toEqualTypeOf<CreatedOrder>();
    expectTypeOf(client.setMarketStatus).toBeCallableWith({ status: "paused" });
    const { oracleMaker: maker, oracleMakerRequestVault: requestVault } = deployment;
    expectTypeOf(client.depositLpSync({ maker, amount: 1n, minShares: 1n })).resolves.toEqualTypeOf<Wad>();
    expectTypeOf(
      client.requestLpRedeemSync({ requestVault, shares: 1n, minAssets: 1n, keeperFee: 1n }),
    ).resolves.toEqualTypeOf<CreatedLpRequest>();
    expectTypeOf(client.settleLpRequestsSync({ requestVault, updates: [] })).resolves.toEqualTypeOf<
      LpRequestOutcome[]
    >();
    expectTypeOf(client.endWhitelist({ maker })).resolves.toEqualTypeOf<Hash>();
    expectTypeOf(client.applyFeed()).resolves.toEqualTypeOf<Hash>();
    // @ts-expect-error the minimum is required
    client.requestLpRedeem({ requestVault, shares: 1n, keeperFee: 1n });
    // @ts-expect-error the deployment is given
    client.liquidate({ account: taker, deployment });
    // @ts-expect-error no account sets this status
    expectTypeOf(setMarketStatus).toBeCallableWith(walletClient, { deployment, status: "settled" });
  });

  test("events", () => {
    const event = {} as VaultEvent;
    expectTypeOf(applyEvent(emptyLedger({ collateralDecimals: 6 }), event)).toEqualTypeOf<void>();
    if (event.eventName === "Deposited") expectTypeOf(event.args.amountXCD).toEqualTypeOf<bigint>();
  });
});

test("pure functions", () => {
  expectTypeOf(parseDeployment).toEqualTypeOf<(json: unknown) => Deployment>();
  expectTypeOf(hashOrder(order)).toEqualTypeOf<Hash>();
  expectTypeOf<Deployment["vault"]>().toEqualTypeOf<Address>();
});

describe("writes", () => {
  const order = { deployment, ...request, oppositeBound: 0n, keeperFee: 1n };

  test("simulate returns what the function returns", () => {
    expectTypeOf(createOrder.simulate(walletClient, order)).resolves.toEqualTypeOf<bigint>();
    expectTypeOf(liquidate.simulate(walletClient, { deployment, account: taker })).resolves.toEqualTypeOf<
      readonly [bigint, bigint]
    >();
    expectTypeOf(
      setMarketStatus.simulate(walletClient, { deployment, status: "paused" }),
    ).resolves.toEqualTypeOf<void>();
    // @ts-expect-error the client has no account
    expectTypeOf(createOrder.simulate).toBeCallableWith(chainClient, order);
  });

  test("call names the function and its arguments, and asks for the caller where a default does", () => {
    const call = deposit.call({ deployment, amount: 1n }, walletClient);
    expectTypeOf(call.functionName).toEqualTypeOf<"deposit">();
    expectTypeOf(call.args).toEqualTypeOf<readonly [Address, CollateralAmount]>();
    expectTypeOf(call.data).toEqualTypeOf<Hash>();
    expectTypeOf(deposit.call).toBeCallableWith({ deployment, amount: 1n }, { account: { address: taker } });
    // @ts-expect-error the default fund is the caller's
    expectTypeOf(deposit.call).toBeCallableWith({ deployment, amount: 1n });
    expectTypeOf(setMarketStatus.call).toBeCallableWith({ deployment, status: "paused" });
    expectTypeOf(createOrder.call(order).functionName).toEqualTypeOf<"createOrder" | "createOrderAfter">();
    // An action that signs returns a promise of its call.
    expectTypeOf(depositWithPermit.call({ deployment, amount: 1n }, walletClient)).resolves.toHaveProperty("data");
    expectTypeOf(sendCall).toBeCallableWith(walletClient, call);
    expectTypeOf(
      sendCalls(walletClient, { calls: [call, setMarketStatus.call({ deployment, status: "paused" })] }),
    ).resolves.toHaveProperty("id");
  });

  test("each takes the options of its transaction", () => {
    expectTypeOf(createOrder).toBeCallableWith(walletClient, { ...order, nonce: 1, gas: 2n, maxFeePerGas: 3n });
    expectTypeOf(createOrderSync).toBeCallableWith(walletClient, { ...order, maxPriorityFeePerGas: 3n });
  });

  test("outcome is what Sync returns", () => {
    expectTypeOf(createOrder.outcome).returns.toEqualTypeOf<CreatedOrder>();
    expectTypeOf(liquidate.outcome).returns.toEqualTypeOf<LiquidationResult>();
    expectTypeOf(depositSync(walletClient, { deployment, amount: 1n })).resolves.toEqualTypeOf<Confirmation>();
  });

  test("all of that as methods", () => {
    const client = walletClient.extend(counterpoiseWrites(deployment));
    expectTypeOf(client.createOrder.simulate).returns.resolves.toEqualTypeOf<bigint>();
    expectTypeOf(client.deposit.call({ amount: 1n }).functionName).toEqualTypeOf<"deposit">();
    expectTypeOf(client.createOrder.outcome).returns.toEqualTypeOf<CreatedOrder>();
    expectTypeOf(client.depositSync({ amount: 1n, nonce: 3 })).resolves.toEqualTypeOf<Confirmation>();
    const { oracleMaker: maker } = deployment;
    expectTypeOf(client.rebalanceSync({ maker })).resolves.toHaveProperty("moved");
    // A stop needs its trigger, also as a method.
    const stop = { kind: "stop", isBaseToQuote: true, amount: 1n } as const;
    expectTypeOf(client.signOrder).toBeCallableWith({ ...stop, triggerPrice: 1n });
    // @ts-expect-error no trigger
    expectTypeOf(client.signOrder).toBeCallableWith(stop);
  });
});

test("reverts", () => {
  const revert = {} as Revert | undefined;
  if (isRevert(revert, "InsufficientFund")) {
    expectTypeOf(revert.named.available).toEqualTypeOf<bigint>();
    expectTypeOf(revert.errorName).toEqualTypeOf<"InsufficientFund">();
  }
  // @ts-expect-error not one of the exchange's
  expectTypeOf(isRevert).toBeCallableWith(revert, "NotAnError");
});

describe("options of reads", () => {
  const client = createPublicClient({ transport: http() });
  const prices = { updateData: ["0x12"] } as const;
  const requestVault = deployment.oracleMakerRequestVault;

  test("default: prices, block, time and overrides, in functions and methods", () => {
    const options = { prices, blockNumber: 1n, blockTime: 2n, stateOverride: [] };
    expectTypeOf(getMarket(client, { deployment, ...options })).resolves.toEqualTypeOf<Market>();
    const methods = client.extend(counterpoiseReads(deployment));
    expectTypeOf(methods.getMarket(options)).resolves.toEqualTypeOf<Market>();
    expectTypeOf(methods.getMarket()).resolves.toEqualTypeOf<Market>();
  });

  test("behavior: a read without a deployment needs Pyth's address", () => {
    const pyth = deployment.pyth;
    expectTypeOf(quoteLpDeposit(client, { requestVault, assets: 1n, prices: { ...prices, pyth } })).toBeObject();
    // @ts-expect-error: no address.
    quoteLpDeposit(client, { requestVault, assets: 1n, prices });
  });
});
