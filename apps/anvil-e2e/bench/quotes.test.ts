// `pnpm --filter @counterpoise/anvil-e2e bench`: quotes from entities against `eth_call` on a local node, both sides in one run.
import { depositLpSync, getMakerQuote, getMarket, getOracleMakerParameters, quoteTrade } from "@counterpoise/sdk";
import { loadAccount, loadHedgedMaker, loadOracleMaker } from "@counterpoise/sdk/entities";
import { inventoryCurve } from "@counterpoise/sdk/math";
import { quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { expect, test } from "vitest";
import { FIRST_PRICE, useExchange } from "../src/exchange.js";

const exchange = useExchange({ hasQuoteVault: true });

/** The median time of one run, microseconds, after runs that warm up. */
async function timeOf(runs: number, run: (i: number) => unknown): Promise<number> {
  for (let i = 0; i < runs / 5; i++) await run(i);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run(i);
    times.push(performance.now() - start);
  }
  return (times.sort((a, b) => a - b)[runs >> 1] as number) * 1_000;
}

test("quotes", async () => {
  const world = exchange();
  const { alice, deployment, otherLp } = world;
  const quoteVault = quoteVaultOf(deployment);
  await depositLpSync(otherLp, { maker: quoteVault, amount: 100_000n * USD, minShares: 1n });
  await world.fund(alice, 50_000n * USD);
  await world.publish(FIRST_PRICE);
  const request = { isBaseToQuote: false, isExactInput: false } as const;
  const amountOf = (i: number) => 4n * WAD + BigInt(i);
  const [taker, maker, hedged] = await Promise.all([
    loadAccount(alice, { deployment, account: alice.account.address }),
    loadOracleMaker(alice, { deployment }),
    loadHedgedMaker(alice, { deployment, maker: quoteVault }),
  ]);
  const each = (i: number) => ({ ...request, amount: amountOf(i) });
  const oracleCall = await timeOf(100, (i) => getMakerQuote(alice, { deployment, ...each(i) }));
  const account = alice.account.address;
  const tradeCall = await timeOf(100, (i) =>
    quoteTrade(alice, { deployment, maker: deployment.oracleMaker, taker: account, ...each(i) }),
  );
  const tradeEntity = await timeOf(5_000, (i) => maker.quote({ ...each(i), taker }));
  const hedgedCall = await timeOf(100, (i) => quoteTrade(alice, { deployment, maker: quoteVault, ...each(i) }));
  const oracleEntity = await timeOf(5_000, (i) => maker.quote(each(i)));
  const hedgedEntity = await timeOf(5_000, (i) => hedged.quote({ ...each(i), taker }));

  const [market, parameters] = await Promise.all([
    getMarket(alice, { deployment }),
    getOracleMakerParameters(alice, { deployment }),
  ]);
  const { price = 0n, confidence } = market;
  const curve = { ...parameters, price, confidence: confidence ?? 0n, inventory: 10n * WAD };
  const forBase = await timeOf(5_000, (i) =>
    inventoryCurve.quoteForBase(curve, { takerBuys: true, size: amountOf(i) }),
  );
  const forQuote = await timeOf(5_000, (i) =>
    inventoryCurve.baseForQuote(curve, { takerBuys: true, quote: 8_000n * WAD + BigInt(i) }),
  );
  const ratios = {
    view: oracleCall / oracleEntity,
    oracleMaker: tradeCall / tradeEntity,
    quoteVault: hedgedCall / hedgedEntity,
    exactQuote: forQuote / forBase,
  };
  console.info("Times of eth_call over times of entities, and an exact quote over an exact base:", ratios);
  // The view `getMakerQuote` alone, without the taker's account: the goal of 300 is not reached, see D264.
  expect(ratios.view).toBeGreaterThan(50);
  expect(ratios.oracleMaker).toBeGreaterThan(300);
  expect(ratios.quoteVault).toBeGreaterThan(50);
  expect(ratios.exactQuote).toBeLessThan(8);
});
