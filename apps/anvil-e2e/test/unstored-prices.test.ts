import { encodePythUpdate, encodePythUpdates, updatePythDouble } from "@counterpoise/devnet";
import {
  counterpoiseReads,
  getAccount,
  getLiquidatable,
  getMaker,
  getMakerPrices,
  getMakerQuote,
  getMarket,
  getOpenOrders,
  getPrice,
  getPriceState,
  getRates,
  getTrader,
  PriceUpdateFailedError,
  quoteLpDeposit,
  quoteTrade,
  type ReadOptions,
  StalePriceError,
  UnknownPythError,
} from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { type Client, createPublicClient, custom, type EIP1193RequestFn, type Hex, http, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, PYTH_FEE, useExchange } from "../src/exchange.js";
import { createTrade, tradeBase } from "../src/trades.js";

const exchange = useExchange();

/** A default client, and the methods of its requests. */
function counting({ anvil }: Exchange) {
  const asked: string[] = [];
  const node = http(anvil.rpcUrl)({}).request as EIP1193RequestFn;
  const request = async (each: { method: string; params?: unknown }) => {
    asked.push(each.method);
    return node(each as never);
  };
  return { asked, client: createPublicClient({ transport: custom({ request }, { retryCount: 0 }) }) };
}

/** An unstored price at the time of the next block. */
const updateOf = ({ deployment: { pythId } }: Exchange, price: bigint, publishTime: bigint): Hex =>
  encodePythUpdate({ id: pythId, price, confidence: WAD, publishTime });

/** Each read that depends on the price. */
const reads = ({ deployment, alice }: Exchange) => {
  const account = alice.account.address;
  const requestVault = deployment.oracleMakerRequestVault;
  const trade = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: WAD };
  type Options = Pick<ReadOptions, "prices" | "blockTime">;
  return {
    getPrice: (client: Client, options: Options) => getPrice(client, { deployment, ...options }),
    getPriceState: (client: Client, options: Options) => getPriceState(client, { deployment, ...options }),
    getMarket: (client: Client, options: Options) => getMarket(client, { deployment, ...options }),
    getRates: (client: Client, options: Options) => getRates(client, { deployment, ...options }),
    getTrader: (client: Client, options: Options) => getTrader(client, { deployment, account, ...options }),
    getAccount: (client: Client, options: Options) => getAccount(client, { deployment, account, ...options }),
    getMaker: (client: Client, options: Options) =>
      getMaker(client, { deployment, maker: deployment.oracleMaker, ...options }),
    getHedgedMaker: (client: Client, options: Options) =>
      getMaker(client, { deployment, maker: deployment.spotHedgeBaseMaker, ...options }),
    getMakerPrices: (client: Client, options: Options) => getMakerPrices(client, { deployment, ...options }),
    getMakerQuote: (client: Client, options: Options) => getMakerQuote(client, { deployment, ...trade, ...options }),
    quoteTrade: (client: Client, options: Options) =>
      quoteTrade(client, { deployment, taker: account, ...trade, ...options }),
    quoteTradeOfNone: (client: Client, options: Options) => quoteTrade(client, { deployment, ...trade, ...options }),
    getLiquidatable: (client: Client, options: Options) => getLiquidatable(client, { deployment, ...options }),
    quoteLpDeposit: (client: Client, { prices, blockTime }: Options) =>
      quoteLpDeposit(client, {
        requestVault,
        assets: 1_000n * USD,
        blockTime,
        prices: prices && { ...prices, pyth: deployment.pyth },
      }),
  };
};

describe("reads at an unstored price", () => {
  test("default: equal the same reads after the price is stored, and change nothing", async () => {
    const world = exchange();
    const { alice, deployment, deployer } = world;
    await world.fund(alice, 20_000n * USD);
    await tradeBase(world, alice, { base: 45n * WAD, price: FIRST_PRICE });
    const publishTime = (await world.now()) + 5n;
    const price = parseEther("1650");
    const prices = { updateData: [updateOf(world, price, publishTime)] };
    const { client } = counting(world);
    const at = { prices, blockTime: publishTime };
    const unstored = new Map<string, unknown>();
    for (const [name, read] of Object.entries(reads(world))) unstored.set(name, await read(client, at));
    expect(await getPrice(client, { deployment })).toMatchObject({ price: FIRST_PRICE });

    await deployer.setNextBlockTimestamp({ timestamp: publishTime });
    const updates = [{ id: deployment.pythId, price, confidence: WAD, publishTime }];
    await updatePythDouble(deployer, { pyth: deployment.pyth, updates, updateFee: PYTH_FEE });
    expect(await world.now()).toBe(publishTime);
    for (const [name, read] of Object.entries(reads(world))) {
      expect({ name, value: unstored.get(name) }).toEqual({ name, value: await read(client, {}) });
    }
    expect(unstored.get("getPrice")).toEqual({ price, confidence: WAD, publishTime });
    expect(unstored.get("getLiquidatable")).toMatchObject([{ account: alice.account.address }]);
  });

  test("default: one eth_call, after one request for the block", async () => {
    const world = exchange();
    const { deployment } = world;
    const prices = { updateData: [updateOf(world, FIRST_PRICE, (await world.now()) + 1n)] };
    const { client, asked } = counting(world);
    await getMarket(client, { deployment, prices });
    expect(asked).toEqual(["eth_getBlockByNumber", "eth_call"]);
    asked.length = 0;
    await getPriceState(client, { deployment, prices });
    expect(asked.toSorted()).toEqual([...Array(4).fill("eth_call"), "eth_getBlockByNumber"]);
  });

  test("behavior: a signing client, and reads as methods", async () => {
    const world = exchange();
    const { deployment, alice } = world;
    const prices = { updateData: [updateOf(world, parseEther("2100"), (await world.now()) + 1n)] };
    const expected = { price: parseEther("2100") };
    expect(await getPrice(alice, { deployment, prices })).toMatchObject(expected);
    expect(await alice.extend(counterpoiseReads(deployment)).getPrice({ prices })).toMatchObject(expected);
  });

  test("behavior: the time of the block is the one of the block, or the one given", async () => {
    const world = exchange();
    const { deployment } = world;
    await world.publish(FIRST_PRICE);
    const publishTime = await world.now();
    await world.warpBy(61n);
    const { client } = counting(world);
    await expect(getPrice(client, { deployment })).rejects.toThrow(StalePriceError);
    expect(await getPrice(client, { deployment, blockTime: publishTime + 60n })).toMatchObject({ publishTime });
    const early = { updateData: [updateOf(world, FIRST_PRICE, (await world.now()) + 11n)] };
    await expect(getPrice(client, { deployment, prices: early })).rejects.toThrow("FuturePrice");
    expect(await getPrice(client, { deployment, prices: early, blockTime: (await world.now()) + 1n })).toMatchObject({
      price: FIRST_PRICE,
    });
  });

  test("behavior: statuses of orders follow the pretended time", async () => {
    const world = exchange();
    const { deployment, alice } = world;
    await world.fund(alice, 1_000n * USD);
    const { order } = await createTrade(world, alice, { base: WAD });
    const { client } = counting(world);
    expect(await getOpenOrders(client, { deployment })).toMatchObject([{ status: "delayed" }]);
    const blockTime = order.executableAt;
    expect(await getOpenOrders(client, { deployment, blockTime })).toMatchObject([{ status: "executable" }]);
  });

  test("behavior: several updates, of other feeds too", async () => {
    const world = exchange();
    const { deployment } = world;
    const publishTime = (await world.now()) + 1n;
    const other = { id: `0x${"77".repeat(32)}`, price: WAD, publishTime } as const;
    const ours = { id: deployment.pythId, price: parseEther("2050"), publishTime };
    const prices = { updateData: [encodePythUpdates([other, ours]), encodePythUpdate(other)] };
    const { client } = counting(world);
    expect(await getPrice(client, { deployment, prices })).toMatchObject({ price: parseEther("2050") });
  });

  test("behavior: a price that is not newer than the stored one changes nothing, as at Pyth", async () => {
    const world = exchange();
    const { deployment } = world;
    await world.publish(FIRST_PRICE);
    const prices = { updateData: [updateOf(world, parseEther("1"), (await world.now()) - 1n)] };
    const { client } = counting(world);
    expect(await getPrice(client, { deployment, prices })).toMatchObject({ price: FIRST_PRICE });
  });

  test("error: the read's own", async () => {
    const world = exchange();
    const { deployment } = world;
    await world.warpBy(100n);
    const prices = { updateData: [updateOf(world, FIRST_PRICE, (await world.now()) - 90n)] };
    const { client } = counting(world);
    await expect(getMakerPrices(client, { deployment, prices })).rejects.toThrow(StalePriceError);
  });

  test("error: PriceUpdateFailedError", async () => {
    const world = exchange();
    const { deployment } = world;
    const { client } = counting(world);
    const prices = { updateData: ["0x1234"] } as const;
    for (const read of [getPrice, getPriceState, getMarket]) {
      const error = await read(client, { deployment, prices }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PriceUpdateFailedError);
      expect(error).toMatchObject({ pyth: deployment.pyth, revert: { errorName: "InvalidUpdateData" } });
    }
  });

  test("error: UnknownPythError", async () => {
    const world = exchange();
    const { client } = counting(world);
    const parameters = {
      requestVault: world.deployment.oracleMakerRequestVault,
      assets: 1n,
      prices: { updateData: [] },
    };
    await expect(quoteLpDeposit(client, parameters as never)).rejects.toThrow(UnknownPythError);
  });
});

describe("other options of reads", () => {
  test("behavior: a state override, together with a price", async () => {
    const world = exchange();
    const { deployment } = world;
    const { client } = counting(world);
    // An oracle that returns three words of 7.
    const stateOverride = [
      { address: deployment.oracle, code: "0x600760005260076020526007604052606060 00f3".replace(" ", "") as Hex },
    ];
    expect(await getPrice(client, { deployment, stateOverride })).toEqual({
      price: 7n,
      confidence: 7n,
      publishTime: 7n,
    });
    const prices = { updateData: [updateOf(world, FIRST_PRICE, (await world.now()) + 1n)] };
    expect(await getPrice(client, { deployment, stateOverride, prices })).toMatchObject({ price: 7n });
  });
});
