import {
  type CreatedOrder,
  createOrderSync,
  executeOrderSync,
  getPosition,
  getPriceState,
  isOrderAlive,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, KEEPER_FEE, revertOf, USD, useExchange, WAD } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { addSecondSource, pushRound } from "../src/second-source.js";

const exchange = useExchange();

const openBuy = ({ alice, deployment }: Exchange) =>
  createOrderSync(alice, {
    deployment,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: false,
    amount: WAD,
    oppositeBound: 2n ** 256n - 1n,
    keeperFee: KEEPER_FEE,
  });

const closeLong = ({ alice, deployment }: Exchange) =>
  createOrderSync(alice, {
    deployment,
    maker: deployment.oracleMaker,
    isBaseToQuote: true,
    isExactInput: true,
    isReduceOnly: true,
    amount: WHOLE_POSITION,
    oppositeBound: 0n,
    keeperFee: KEEPER_FEE,
  });

describe("a second source", () => {
  test("behavior: disagreement refuses to increase, and closes", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await addSecondSource(world, bob);
    await world.fund(alice, 10_000n * USD);

    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_995n * WAD);
    expect(await getPriceState(alice, { deployment })).toEqual({
      trade: { ok: true, value: { price: 2_000n * WAD, confidence: 0n } },
      increase: { ok: true, value: undefined },
      liquidation: { ok: true, value: 2_000n * WAD },
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

    // An order to open is purged with the values of both sources: left standing, it would be executed when they agree
    // again, if its taker still wants its price by then (T16).
    const opening = await openBuy(world);
    expect(await world.execute(opening, 2_000n * WAD)).toMatchObject({ status: "purged", reason: disagreement });
    expect(await isOrderAlive(alice, { deployment, ...opening })).toBe(false);
    // One to close goes through at the same price.
    executed(await world.execute(await closeLong(world), 2_000n * WAD));
    expect((await getPosition(alice, { deployment, account: alice.account.address })).size).toBe(0n);

    // When they agree again, the next one opens.
    await pushRound(world, aggregator, 1_990n * WAD);
    expect(executed(await world.execute(await openBuy(world), 2_000n * WAD))).toMatchObject({ base: WAD });
    await expectLedgerLaws(world);
  });

  test("behavior: when Pyth is dead, what can only reduce closes at the second source's first round after the window", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const aggregator = await addSecondSource(world, bob);
    await world.fund(alice, 10_000n * USD);
    await world.publish(2_000n * WAD);
    await pushRound(world, aggregator, 1_995n * WAD);
    executed(await world.execute(await openBuy(world), 2_000n * WAD));

    await world.warpTo((await world.now()) + 700n);
    const opening = await openBuy(world);
    const closing = await closeLong(world);
    await world.warpTo(closing.order.executableAt);
    await pushRound(world, aggregator, 1_960n * WAD);
    await world.warpTo(closing.order.lastPriceAt + 1n);
    await pushRound(world, aggregator, 1_950n * WAD);
    const attempt = (created: CreatedOrder) => executeOrderSync(keeper, { deployment, ...created, updateData: [] });
    expect(await revertOf(attempt(opening))).toMatchObject({
      errorName: "NeedsPrimaryPrice",
      named: { marketId: deployment.marketId },
    });
    expect(await isOrderAlive(alice, { deployment, ...opening })).toBe(true);
    expect(executed(await attempt(closing))).toMatchObject({ base: -WAD, price: 1_950n * WAD });
    await expectLedgerLaws(world);
  });

  test("behavior: when Pyth is dead, liquidations have the second source's latest round and trades have no price", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const aggregator = await addSecondSource(world, bob);
    await pushRound(world, aggregator, 1_995n * WAD);
    const refused = { ok: false, revert: { errorName: "StalePrice" } };
    expect(await getPriceState(alice, { deployment })).toMatchObject({
      trade: refused,
      increase: refused,
      liquidation: { ok: true, value: 1_995n * WAD },
    });
  });
});
