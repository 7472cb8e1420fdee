import {
  closeHedgeGap,
  closeHedgeGapSync,
  deleverageSync,
  flagShortfall,
  getHedge,
  getPosition,
  setHedgeGapRules,
  setHedgeParameters,
} from "@counterpoise/sdk";
import { USD, WAD } from "@counterpoise/testkit";
import { parseEther } from "viem";
import { expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, LP_BASE, market, revertOf, sent, useExchange } from "../src/exchange.js";
import { expectSoundLedger, hedgeDrift } from "../src/laws.js";
import { pass, tradeBase } from "../src/trades.js";

const exchange = useExchange();

const PRICE = parseEther("2300");

/** Alice is short 50 against the base vault, and is deleveraged while the pool is away from the oracle price. */
async function leaveGap(world: Exchange) {
  const { alice, deployment, keeper } = world;
  const maker = deployment.spotHedgeBaseMaker;
  await world.fund(alice, 11_000n * USD);
  await tradeBase(world, alice, { base: parseEther("-50"), price: FIRST_PRICE, maker });
  await world.publish(PRICE);
  const account = alice.account.address;
  await sent(keeper, flagShortfall(keeper, { deployment, account }));
  await pass(world, 3_600n, PRICE);
  const { closed } = await deleverageSync(keeper, { deployment, account, counterparties: [maker] });
  expect(closed).toMatchObject([{ counterparty: maker, base: parseEther("50") }]);
}

test("a forced change of the base vault's position leaves a gap, which any account closes in parts", async () => {
  const world = exchange();
  const { deployment, keeper } = world;
  await leaveGap(world);
  const left = await getHedge(keeper, { deployment });
  expect(left).toMatchObject({
    assetBalance: LP_BASE - parseEther("50"),
    gap: parseEther("50"),
    gapRules: { maxDeviation: market.baseVault.maxHedgeDeviation / 4, interval: 60, maxPriceAge: 10 },
  });
  expect(await hedgeDrift(world, LP_BASE), "H1: the gap is on record").toBe(0n);
  expect((await revertOf(closeHedgeGap(keeper, { deployment }))).errorName).toBe("HedgeTooFar");

  // The pool is at the oracle price, but closing the whole gap in one swap would cost more than the margin.
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
  expect(await hedgeDrift(world, LP_BASE), "H1: base bought back, less the shortage").toBe(-lost);
  expect((await getPosition(keeper, { deployment, account: deployment.spotHedgeBaseMaker })).size).toBe(0n);
  await expectSoundLedger(world);
});

test("the owner sets the hedge parameters and gap rules", async () => {
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
