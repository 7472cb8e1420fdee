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
import { USD } from "@counterpoise/testkit";
import { zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Exchange,
  FIRST_PRICE,
  KEEPER_FEE,
  LP_BASE,
  LP_COLLATERAL,
  revertOf,
  sent,
  useExchange,
} from "../src/exchange.js";

const HOUR = 3600n;
/** A tenth of the collateral and a twentieth of the base in an hour. */
const exchange = useExchange({ breaker: { maxOutflow: 100_000, maxBaseOutflow: 50_000 } });

/** The exchange in a new window, after the window of the first deposits. */
async function inNextWindow(): Promise<Exchange> {
  const world = exchange();
  await world.warpBy(HOUR);
  return world;
}

describe("getOutflow", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    expect(deployment.breaker).not.toBe(zeroAddress);
    await world.warpBy(HOUR);
    const account = alice.account.address;
    const collateral = { deployment, asset: deployment.collateral, account };
    expect(await getOutflow(alice, collateral)).toMatchObject({ available: LP_COLLATERAL / 10n, credit: 0n });
    expect(await getOutflow(alice, { ...collateral, asset: deployment.base })).toMatchObject({
      available: LP_BASE / 20n,
    });
    await sent(alice, deposit(alice, { deployment, amount: 1_000n * USD }));
    // A deposit gives credit to its own account only.
    expect(await getOutflow(alice, collateral)).toMatchObject({
      available: LP_COLLATERAL / 10n,
      credit: 1_000n * USD,
    });
    await sent(alice, withdraw(alice, { deployment, amount: 1_000n * USD }));
    expect(await getOutflow(alice, collateral)).toMatchObject({ available: LP_COLLATERAL / 10n, credit: 0n });
  });

  test("behavior: undefined without a circuit breaker, or without a limit for the token", async () => {
    const { alice, deployment } = exchange();
    const account = alice.account.address;
    expect(await getOutflow(alice, { deployment, asset: deployment.vault, account })).toBeUndefined();
    const without = { ...deployment, breaker: zeroAddress };
    expect(await getOutflow(alice, { deployment: without, asset: deployment.collateral, account })).toBeUndefined();
  });
});

describe("an outflow over the limit", () => {
  test("error: collateral of an LP vault", async () => {
    const world = await inNextWindow();
    const { deployment, lp } = world;
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
    const world = await inNextWindow();
    const { deployment, lp } = world;
    const maker = deployment.spotHedgeBaseMaker;
    const { totalShares } = await getMaker(lp, { maker, deployment });
    expect(await revertOf(withdrawLp(lp, { maker, shares: totalShares / 10n, minAmount: 0n }))).toMatchObject({
      errorName: "OutflowLimitExceeded",
      named: { asset: deployment.base, requested: LP_BASE / 10n, available: LP_BASE / 20n },
    });
    // The next window has the same limit.
    for (let window = 0; window < 2; window += 1) {
      await sent(lp, withdrawLp(lp, { maker, shares: totalShares / 25n, minAmount: 0n }));
      await world.warpBy(HOUR);
    }
  });
});

describe("a redemption request over the limit", () => {
  test("behavior: is settled up to the limit, and the rest is returned", async () => {
    const world = await inNextWindow();
    const { deployment, keeper, lp } = world;
    const [maker, requestVault] = [deployment.oracleMaker, deployment.oracleMakerRequestVault];
    const { totalShares } = await getMaker(lp, { maker, deployment });
    const shares = totalShares / 5n;
    const request = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    await world.warpTo(request.executableAt);
    const updates = [[world.updateAt(request.executableAt, FIRST_PRICE)]];
    const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates });
    expect(outcomes).toHaveLength(2);
    const settled = outcomes.find(({ status }) => status === "settled");
    const returned = outcomes.find(({ status }) => status === "returned");
    expect(returned).toMatchObject({ reason: { errorName: "MetInPart" } });
    if (settled?.status !== "settled" || returned?.status !== "returned")
      throw new Error("Expected a settled and a returned part");
    expect(settled.input + returned.returned).toBe(shares);
    // The output is the limit, to within one unit.
    expect(settled.output).toBeLessThanOrEqual(LP_COLLATERAL / 10n);
    expect(settled.output).toBeGreaterThanOrEqual(LP_COLLATERAL / 10n - 1n);
    // The exit fee stays in the LP vault, so that slightly more shares are settled.
    expect(settled.input).toBeGreaterThanOrEqual(shares / 2n);
    expect(await getOutflow(lp, { deployment, asset: deployment.collateral, account: maker })).toMatchObject({
      available: LP_COLLATERAL / 10n - settled.output,
    });
  });
});
