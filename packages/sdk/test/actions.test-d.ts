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
import { anvil } from "viem/chains";
import { describe, expectTypeOf, test } from "vitest";
import {
  type CreatedOrder,
  counterpoiseReads,
  createOrder,
  createOrderSync,
  type Deployment,
  depositLpSync,
  executeOrderSync,
  type Feed,
  getMaker,
  getPosition,
  hashOrder,
  isOrderAlive,
  type MakerState,
  type OrderOutcome,
  type PendingFeed,
  type Position,
  type PriceState,
  parseDeployment,
  quoteTrade,
  type Revert,
  type SigningClient,
  type TradeQuote,
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
    expectTypeOf(client.quoteTrade({ taker, ...request })).resolves.toEqualTypeOf<TradeQuote>();
    expectTypeOf(client.getBlockNumber).toBeFunction();
    expectTypeOf(walletClient.extend(counterpoiseReads(deployment)).getMarket).toBeCallableWith();
    // @ts-expect-error the deployment is filled in already
    client.getPosition({ account: taker, deployment });
  });
});

describe("writing actions", () => {
  test("take a client with an account and a chain", () => {
    expectTypeOf(walletClient).toExtend<SigningClient>();
    expectTypeOf<SigningClient>().toEqualTypeOf<Client<Transport, Chain, Account>>();
    // @ts-expect-error nobody signs
    expectTypeOf(createOrder).toBeCallableWith(chainClient, {
      deployment,
      ...request,
      oppositeBound: 0n,
      keeperFee: 1n,
    });
    const unsigned = createWalletClient({ chain: anvil, transport });
    // @ts-expect-error nobody signs
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
    else expectTypeOf(outcome.price).toEqualTypeOf<bigint>();
    // What createOrderSync gives is what executeOrderSync takes.
    const created = {} as CreatedOrder;
    expectTypeOf(executeOrderSync).toBeCallableWith(walletClient, { deployment, ...created, updateData: [] });
  });

  test("depositLpSync", () => {
    expectTypeOf(
      depositLpSync(walletClient, { maker: request.maker, amount: 1n, minShares: 1n }),
    ).resolves.toEqualTypeOf<bigint>();
  });
});

test("pure functions", () => {
  expectTypeOf(parseDeployment).toEqualTypeOf<(json: unknown) => Deployment>();
  expectTypeOf(hashOrder(order)).toEqualTypeOf<Hash>();
  expectTypeOf<Deployment["vault"]>().toEqualTypeOf<Address>();
});
