import {
  type CreatedOrder,
  createOrderSync,
  executeOrderSync,
  getPosition,
  getPriceState,
  isOrderAlive,
} from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, revertOf, useExchange } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { addSecondSource, pushRound } from "../src/second-source.js";
import { close, createTrade } from "../src/trades.js";

const exchange = useExchange();

const openBuy = (world: Exchange) => createTrade(world, world.alice, { base: WAD });

const closeLong = ({ alice, deployment }: Exchange) =>
  createOrderSync(alice, { deployment, maker: deployment.oracleMaker, ...close(true) });

describe("a second source", () => {
  test("behavior: while the sources disagree, increases revert and closes succeed", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await addSecondSource(world, bob);
    await world.fund(alice, 10_000n * USD);

    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_995n * WAD);
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: { ok: true, value: { price: 2_000n * WAD, confidence: 0n } },
      increase: { ok: true },
      liquidation: { ok: true, value: { price: 2_000n * WAD } },
    });
    executed(await world.execute(await openBuy(world), 2_000n * WAD));

    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_900n * WAD);
    const disagreement = {
      errorName: "SourcesDisagree",
      named: { pythId: deployment.pythId, primary: 2_000n * WAD, secondary: 1_900n * WAD, maxDeviation: 10_000n },
    };
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: { ok: true },
      increase: { ok: false, revert: disagreement },
      liquidation: { ok: true },
    });

    // An order that opens is purged, with the values of both sources. If it stayed open, its taker could let it execute
    // later, and only at a favourable price (T16).
    const opening = await openBuy(world);
    expect(await world.execute(opening, 2_000n * WAD)).toMatchObject({ status: "purged", reason: disagreement });
    expect(await isOrderAlive(alice, { deployment, ...opening })).toBe(false);
    // An order that closes executes at the same price.
    executed(await world.execute(await closeLong(world), 2_000n * WAD));
    expect((await getPosition(alice, { deployment, account: alice.account.address })).size).toBe(0n);

    // When the sources agree again, the next order opens.
    await pushRound(world, aggregator, 1_990n * WAD);
    expect(executed(await world.execute(await openBuy(world), 2_000n * WAD))).toMatchObject({ base: WAD });
    await expectLedgerLaws(world);
  });

  test("behavior: without Pyth, a reduce-only order executes at the second source's first round, as soon as it exists", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const aggregator = await addSecondSource(world, bob);
    await world.fund(alice, 10_000n * USD);
    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_995n * WAD);
    executed(await world.execute(await openBuy(world), 2_000n * WAD));

    await world.warpBy(3_700n);
    const opening = await openBuy(world);
    const closing = await closeLong(world);
    await world.warpTo(closing.order.executableAt);
    await pushRound(world, aggregator, 1_950n * WAD);
    await pushRound(world, aggregator, 1_960n * WAD);
    const attempt = (created: CreatedOrder) => executeOrderSync(keeper, { deployment, ...created, updateData: [] });
    expect(await revertOf(attempt(opening))).toMatchObject({
      errorName: "NeedsPrimaryPrice",
      named: { marketId: deployment.marketId },
    });
    expect(await isOrderAlive(alice, { deployment, ...opening })).toBe(true);
    expect(executed(await attempt(closing))).toMatchObject({ base: -WAD, price: 1_950n * WAD });
    await expectLedgerLaws(world);
  });

  test("behavior: without Pyth, liquidations use the second source's latest round and trades have no price", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await addSecondSource(world, bob);
    await pushRound(world, aggregator, 1_995n * WAD);
    const refused = { ok: false, revert: { errorName: "StalePrice" } };
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: refused,
      increase: refused,
      liquidation: { ok: true, value: { price: 1_995n * WAD } },
    });
  });
});
