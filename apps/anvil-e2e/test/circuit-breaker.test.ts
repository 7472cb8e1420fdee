import { encodePythUpdate } from "@counterpoise/devnet";
import {
  deposit,
  getMaker,
  getOutflow,
  requestLpRedeemSync,
  settleLpRequestsSync,
  withdraw,
  withdrawLp,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { FIRST_PRICE, KEEPER_FEE, LP_BASE, LP_COLLATERAL, revertOf, sent, USD, useExchange } from "../src/exchange.js";

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

describe("a request to leave with more than the limit", () => {
  test("behavior: is met as far as it goes, and the rest comes back", async () => {
    const world = exchange();
    const { deployment, keeper, lp } = world;
    await nextWindow(world);
    const [maker, requestVault] = [deployment.oracleMaker, deployment.oracleMakerRequestVault];
    const { totalShares } = await getMaker(lp, { maker, deployment });
    const shares = totalShares / 5n;
    const request = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    await world.warpTo(request.executableAt);
    const { executableAt: publishTime } = request;
    const update = { id: deployment.pythId, price: FIRST_PRICE, publishTime, prevPublishTime: publishTime - 1n };
    const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates: [[encodePythUpdate(update)]] });
    expect(outcomes).toHaveLength(2);
    const settled = outcomes.find(({ status }) => status === "settled");
    const returned = outcomes.find(({ status }) => status === "returned");
    expect(returned).toMatchObject({ reason: { errorName: "MetInPart" } });
    if (settled?.status !== "settled" || returned?.status !== "returned") throw new Error("not both");
    expect(settled.input + returned.returned).toBe(shares);
    // All that there is room for, to the last unit but one.
    expect(settled.output).toBeLessThanOrEqual(LP_COLLATERAL / 10n);
    expect(settled.output).toBeGreaterThanOrEqual(LP_COLLATERAL / 10n - 1n);
    // The fee of the exit stays in the vault, so that a few more shares are met.
    expect(settled.input).toBeGreaterThanOrEqual(shares / 2n);
    expect(await getOutflow(lp, { deployment, asset: deployment.collateral, account: maker })).toMatchObject({
      available: LP_COLLATERAL / 10n - settled.output,
    });
  });
});
