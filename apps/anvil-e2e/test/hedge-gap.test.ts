import {
  closeHedgeGap,
  closeHedgeGapSync,
  deleverageSync,
  getHedge,
  getPosition,
  setHedgeGapRules,
  setHedgeParameters,
} from "@counterpoise/sdk";
import { parseEther } from "viem";
import { expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, LP_BASE, market, revertOf, sent, USD, useExchange, WAD } from "../src/exchange.js";
import { expectLedgerLaws, hedgeDrift } from "../src/laws.js";
import { expectEventsTellAll } from "../src/replay.js";
import { pass, tradeBase } from "../src/trades.js";

const exchange = useExchange();

const PRICE = parseEther("2300");

/** Alice, short 50 against the base vault, is deleveraged while the pool has not followed the oracle yet. */
async function leaveGap(world: Exchange) {
  const { alice, deployment, keeper } = world;
  const maker = deployment.spotHedgeBaseMaker;
  await world.fund(alice, 11_000n * USD);
  await tradeBase(world, alice, { base: parseEther("-50"), price: FIRST_PRICE, maker });
  await world.publish(PRICE);
  const { closed } = await deleverageSync(keeper, { deployment, account: alice.account.address });
  expect(closed).toMatchObject([{ counterparty: maker, base: parseEther("50") }]);
}

test("a forced change of the base vault's position leaves a gap, which anybody closes in parts", async () => {
  const world = exchange();
  const { deployment, keeper } = world;
  await leaveGap(world);
  const left = await getHedge(keeper, { deployment });
  expect(left).toMatchObject({
    assetBalance: LP_BASE - parseEther("50"),
    gap: parseEther("50"),
    gapRules: { maxDeviation: market.hedge.maxHedgeDeviation / 4, interval: 60, maxPriceAge: 10 },
  });
  expect(await hedgeDrift(world, LP_BASE), "H1: on record").toBe(0n);
  expect((await revertOf(closeHedgeGap(keeper, { deployment }))).errorName).toBe("HedgeTooFar");

  // The pool has come, but is not deep enough for all of it at once: it would cost more than there is.
  await world.movePool(PRICE);
  expect((await revertOf(closeHedgeGap(keeper, { deployment }))).errorName).toBe("InsufficientMargin");
  expect((await revertOf(closeHedgeGap(keeper, { deployment, maxAmount: WAD }))).errorName).toBe(
    "HedgeGapPartTooSmall",
  );
  const first = await closeHedgeGapSync(keeper, { deployment, maxAmount: left.gap / 2n });
  expect(first.left).toBe(parseEther("25"));
  expect(first.bought + first.shortage + first.unfunded).toBe(parseEther("25"));
  expect(first.spotQuote).toBeLessThanOrEqual((first.bought * PRICE * 1_005n) / 1_000n / WAD);
  const { gapClosableAt } = await getHedge(keeper, { deployment });
  const early = await revertOf(closeHedgeGap(keeper, { deployment }));
  expect(early).toMatchObject({ errorName: "HedgeGapClosedRecently", named: { closableAt: gapClosableAt } });

  await pass(world, 60n, PRICE);
  await world.movePool(PRICE);
  const second = await closeHedgeGapSync(keeper, { deployment });
  expect(second.left).toBe(0n);
  expect((await revertOf(closeHedgeGap(keeper, { deployment }))).errorName).toBe("NoHedgeGap");
  const lost = first.shortage + first.unfunded + second.shortage + second.unfunded;
  expect(await hedgeDrift(world, LP_BASE), "H1: bought, but for what was lost").toBe(-lost);
  expect((await getPosition(keeper, { deployment, account: deployment.spotHedgeBaseMaker })).size).toBe(0n);
  await expectLedgerLaws(world);
  await expectEventsTellAll(world);
});

test("the owner sets how the vault hedges", async () => {
  const { admin, alice, deployment } = exchange();
  const { parameters } = await getHedge(alice, { deployment });
  expect(parameters).toEqual({
    adapter: deployment.spotHedgeBaseMakerAdapter,
    maxHedgeDeviation: 20_000,
    minMarginRatio: 500_000,
    spread: 0,
    maxCarry: 0,
  });
  const rules = { maxDeviation: 10_000, interval: 600, maxPriceAge: 20 };
  await sent(admin, setHedgeGapRules(admin, { deployment, rules }));
  await sent(admin, setHedgeParameters(admin, { deployment, parameters: { ...parameters, maxCarry: 20_000 } }));
  expect(await getHedge(alice, { deployment })).toMatchObject({ gapRules: rules, parameters: { maxCarry: 20_000 } });
  const tooWide = setHedgeGapRules(admin, { deployment, rules: { ...rules, maxDeviation: 10_001 } });
  expect(await revertOf(tooWide)).toMatchObject({ errorName: "RatioOutOfRange", named: { maxRatio: 10_000n } });
  const { errorName } = await revertOf(setHedgeGapRules(alice, { deployment, rules }));
  expect(errorName).toBe("OwnableUnauthorizedAccount");
});
