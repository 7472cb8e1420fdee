import {
  executeOrderSync,
  type Feed,
  getFeed,
  getPrice,
  getRevert,
  proposeFeedSync,
  quoteTrade,
  StalePriceError,
} from "@counterpoise/sdk";
import { devnetPrices, feedIdsOf, priceOf, replayPrices, storePrices, storePricesSync } from "@counterpoise/sdk/prices";
import { USD, WAD } from "@counterpoise/testkit";
import { type Hex, keccak256, parseEther, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { executed, FIRST_PRICE, PYTH_FEE, useExchange } from "../src/exchange.js";
import { createTrade } from "../src/trades.js";

const exchange = useExchange();

describe("storePrices", () => {
  test("default: any account stores a price and pays Pyth's fee; the price is the source's", async () => {
    const world = exchange();
    const { deployment, bob } = world;
    const prices = devnetPrices({ ids: [deployment.pythId] });
    const publishTime = (await world.now()) + 1n;
    const update = prices.publish({ publishTime, prices: [parseEther("2345.678912345")], confidences: [WAD / 3n] });
    const before = await bob.getBalance({ address: deployment.pyth });
    const { stored } = await storePricesSync(bob, { deployment, prices: update });
    expect(stored).toEqual([{ id: deployment.pythId, publishTime }]);
    expect((await bob.getBalance({ address: deployment.pyth })) - before).toBe(PYTH_FEE);
    expect(await getPrice(bob, { deployment })).toEqual(priceOf(update, await getFeed(bob, { deployment })));
    // Pyth keeps the newer price.
    expect(await storePricesSync(bob, { deployment, prices: update })).toMatchObject({ stored: [] });
  });

  test("behavior: a stale market has a price again", async () => {
    const world = exchange();
    const { deployment, alice } = world;
    await world.warpBy(100n);
    const trade = { deployment, maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: WAD };
    await expect(quoteTrade(alice, trade)).rejects.toThrow(StalePriceError);
    const prices = devnetPrices({ ids: [deployment.pythId] });
    const update = prices.publish({ publishTime: (await world.now()) + 1n, prices: [FIRST_PRICE] });
    const quote = await quoteTrade(alice, { ...trade, prices: update });
    await storePricesSync(alice, { deployment, prices: update });
    expect(await quoteTrade(alice, trade)).toEqual(quote);
  });

  test("error: Pyth's, decoded", async () => {
    const { deployment, bob } = exchange();
    const short = devnetPrices({ ids: [deployment.pythId] }).publish({ publishTime: 1n, prices: [WAD] });
    const error = await storePrices(bob, { deployment, prices: short, value: 1n }).catch((thrown: unknown) => thrown);
    expect(getRevert(error)?.errorName).toBe("InsufficientFee");
    const malformed = storePrices.simulate(bob, { deployment, prices: { updateData: ["0x12"] }, value: 1n });
    expect(getRevert(await malformed.catch((thrown: unknown) => thrown))?.errorName).toBe("InvalidUpdateData");
  });
});

describe("price sources", () => {
  test("behavior: an order executes at the first price from its time on, and at no other", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await world.fund(alice, 3_000n * USD);
    const { orderId, order } = await createTrade(world, alice, { base: WAD });
    const history = [-1n, 1n, 2n].map((offset, i) => ({
      publishTime: order.executableAt + offset,
      price: FIRST_PRICE + BigInt(i) * WAD,
    }));
    const prices = replayPrices({ feeds: [{ id: deployment.pythId, history }] });
    await world.warpTo(order.executableAt + 3n);
    const { updateData: late } = await prices.latest();
    const execute = (updateData: readonly Hex[]) =>
      executeOrderSync(keeper, { deployment, orderId, order, updateData });
    const error = await execute(late).catch((thrown: unknown) => thrown);
    expect(getRevert(error)?.errorName).toBe("PriceFeedNotFoundWithinRange");
    const update = await prices.at(order.executableAt);
    executed(await execute(update.updateData));
    expect((await getPrice(keeper, { deployment })).price).toBe(history[1]?.price);
  });

  test("behavior: the parts of a composite price, unstored and stored, as the oracle divides them", async () => {
    const world = exchange();
    const { deployment, admin, deployer } = world;
    const feed = await getFeed(admin, { deployment });
    const collateral: Feed["collateral"] = {
      ...feed.collateral,
      pythId: keccak256(toHex("USDC/USD")),
      maxAge: 60,
      maxExecutionAge: 60,
      maxLiquidationAge: 60,
      maxSkew: 10,
    };
    const { appliesAt } = await proposeFeedSync(admin, { deployment, feed: { ...feed, collateral } });
    await world.warpTo(appliesAt);
    const market = await getFeed(admin, { deployment });
    const ids = feedIdsOf(market);
    expect(ids).toEqual([deployment.pythId, collateral.pythId]);
    const start = await world.now();
    // Confidences and prices whose quotients are not whole.
    const cases = [
      [parseEther("1999.99999999"), parseEther("0.99999999"), parseEther("0.7"), parseEther("0.001")],
      [parseEther("3"), parseEther("0.9"), 0n, parseEther("0.00000001")],
      [parseEther("2000"), parseEther("1.1"), parseEther("3"), 0n],
      [parseEther("2000"), parseEther("0.5"), 0n, parseEther("0.5")],
    ] as const;
    for (const [i, [base, quote, baseConfidence, quoteConfidence]] of cases.entries()) {
      const at = start + 20n * BigInt(i + 1);
      const prices = replayPrices({
        feeds: [
          { id: ids[0] as Hex, history: [{ publishTime: at, price: base, confidence: baseConfidence }] },
          { id: ids[1] as Hex, history: [{ publishTime: at - 7n, price: quote, confidence: quoteConfidence }] },
        ],
      });
      const update = await prices.latest();
      const expected = priceOf(update, market);
      expect(expected.publishTime).toBe(at - 7n);
      expect(await getPrice(admin, { deployment, prices: update, blockTime: at })).toEqual(expected);
      await deployer.setNextBlockTimestamp({ timestamp: at });
      await storePricesSync(admin, { deployment, prices: update });
      expect(await getPrice(admin, { deployment })).toEqual(expected);
    }
  });
});
