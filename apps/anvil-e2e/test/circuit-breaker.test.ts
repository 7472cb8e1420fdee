import { deposit, getMaker, getOutflow, withdraw, withdrawLp, withdrawLpSync } from "@counterpoise/sdk";
import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { LP_BASE, LP_COLLATERAL, revertOf, sent, USD, useExchange } from "../src/exchange.js";

const HOUR = 3600n;
/** A tenth of the collateral and a twentieth of the base in an hour. */
const exchange = useExchange({ breaker: { maxOutflow: 100_000, maxBaseOutflow: 50_000 } });

/** Ends the window in which the fixture was put together. */
async function nextWindow(world: ReturnType<typeof exchange>): Promise<void> {
  await world.warpTo((await world.now()) + HOUR);
}

describe("getOutflow", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    expect(deployment.breaker).not.toBe(zeroAddress);
    await nextWindow(world);
    const account = alice.account.address;
    const collateral = { deployment, asset: deployment.collateral, account };
    expect(await getOutflow(alice, collateral)).toMatchObject({ available: LP_COLLATERAL / 10n, credit: 0n });
    expect(await getOutflow(alice, { ...collateral, asset: deployment.base })).toMatchObject({
      available: LP_BASE / 20n,
    });
    await sent(alice, deposit(alice, { deployment, amount: 1_000n * USD }));
    // What comes in raises nobody else's share.
    expect(await getOutflow(alice, collateral)).toMatchObject({
      available: LP_COLLATERAL / 10n,
      credit: 1_000n * USD,
    });
    await sent(alice, withdraw(alice, { deployment, amount: 1_000n * USD }));
    expect(await getOutflow(alice, collateral)).toMatchObject({ available: LP_COLLATERAL / 10n, credit: 0n });
  });

  test("behavior: nothing is limited without a circuit breaker, or without a limit for the token", async () => {
    const { alice, deployment } = exchange();
    const account = alice.account.address;
    expect(await getOutflow(alice, { deployment, asset: deployment.vault, account })).toBeUndefined();
    const without = { ...deployment, breaker: zeroAddress };
    expect(await getOutflow(alice, { deployment: without, asset: deployment.collateral, account })).toBeUndefined();
  });
});

describe("an outflow over the limit", () => {
  test("error: collateral of an LP vault", async () => {
    const world = exchange();
    const { deployment, lp } = world;
    await nextWindow(world);
    const maker = deployment.oracleMaker;
    const { totalShares } = await getMaker(lp, { maker, deployment });
    const tooMuch = await revertOf(withdrawLp(lp, { maker, shares: totalShares / 5n, minAmount: 0n }));
    expect(tooMuch).toMatchObject({
      errorName: "OutflowLimitExceeded",
      named: { asset: deployment.collateral, available: LP_COLLATERAL / 10n },
    });
    expect(await withdrawLpSync(lp, { maker, shares: totalShares / 20n, minAmount: 0n })).toBe(LP_COLLATERAL / 20n);
    expect(await getOutflow(lp, { deployment, asset: deployment.collateral, account: maker })).toMatchObject({
      available: LP_COLLATERAL / 20n,
    });
  });

  test("error: base of a hedged vault", async () => {
    const world = exchange();
    const { deployment, lp } = world;
    await nextWindow(world);
    const maker = deployment.spotHedgeBaseMaker;
    const { totalShares } = await getMaker(lp, { maker, deployment });
    expect(await revertOf(withdrawLp(lp, { maker, shares: totalShares / 10n, minAmount: 0n }))).toMatchObject({
      errorName: "OutflowLimitExceeded",
      named: { asset: deployment.base, requested: LP_BASE / 10n, available: LP_BASE / 20n },
    });
    // The next window lets as much go again.
    for (let window = 0; window < 2; window += 1) {
      await sent(lp, withdrawLp(lp, { maker, shares: totalShares / 25n, minAmount: 0n }));
      await nextWindow(world);
    }
  });
});
