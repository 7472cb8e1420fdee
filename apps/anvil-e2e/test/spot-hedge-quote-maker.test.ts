import {
  announceVaultDeleverageSync,
  claimLpAssetsSync,
  createOrderSync,
  deleverageVaultSync,
  depositLpSync,
  getMaker,
  getPosition,
  getQuoteHedge,
  rebalanceSync,
  requestLpRedeemSync,
  settleLpRequestsSync,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { abs, COLLATERAL_SCALE, PPM, quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { type Address, erc20Abi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, FIRST_PRICE, KEEPER_FEE, market, revertOf, useExchange } from "../src/exchange.js";
import { expectLedgerLaws, expectQuoteVaultHedged } from "../src/laws.js";
import { spotExactInput, spotExactOutput, utilization } from "../src/reference.js";
import { close, createTrade } from "../src/trades.js";

const exchange = useExchange({ hasQuoteVault: true });

const LP_QUOTE = 100_000n * USD;

async function expectHedged(world: Exchange) {
  const hedge = await expectQuoteVaultHedged(world);
  await expectLedgerLaws(world);
  return hedge;
}

/** Publishes a price and brings the pool to it. */
async function move(world: Exchange, price: bigint) {
  await world.publish(price);
  await world.movePool(price);
  await world.publish(price);
}

describe("quote vault", () => {
  test("default: an LP deposits, a taker buys, the price rises, a keeper rebalances for a fee, the taker closes, the LP withdraws", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteVaultOf(world.deployment);
    const shares = await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    expect(shares).toBe(LP_QUOTE * COLLATERAL_SCALE);
    await world.fund(alice, 50_000n * USD);

    // The taker goes long 20. The quote vault buys 20 base, and transfers half of the notional to its margin.
    const opening = await createTrade(world, alice, { base: parseEther("20"), maker });
    const cost = await spotExactOutput(world, deployment.collateral, parseEther("20"));
    const opened = executed(await world.execute(opening, FIRST_PRICE));
    expect(opened).toMatchObject({ base: parseEther("20"), quote: -cost * COLLATERAL_SCALE });
    const margin = 20_000n * USD;
    const hedged = await expectHedged(world);
    expect(hedged).toMatchObject({
      size: parseEther("-20"),
      quoteBalance: LP_QUOTE - cost - margin,
      reserve: margin,
      toMove: 0n,
      toClose: 0n,
    });
    expect(await getPosition(alice, { deployment, account: maker })).toMatchObject({
      openNotional: cost * COLLATERAL_SCALE,
      margin: margin * COLLATERAL_SCALE,
    });
    const { utilization: used } = await getMaker(alice, { deployment, maker });
    expect(used).toEqual({ long: utilization(hedged.quoteBalance, LP_QUOTE), short: 0n });
    expect(await revertOf(rebalanceSync(keeper, { maker }))).toMatchObject({ errorName: "NothingToRebalance" });

    // The price rises by 15%: the short loses margin, and the base gains as much.
    await move(world, parseEther("2300"));
    const before = await getQuoteHedge(keeper, { maker });
    expect(before.targetMargin).toBe(parseEther("23000"));
    const wallet = await world.collateralOf(keeper.account.address);
    const { moved, fee } = await rebalanceSync(keeper, { maker });
    expect(moved).toBeGreaterThan(8_000n * USD);
    expect(fee).toBe((moved * BigInt(market.quoteVault.keeperFeeRatio)) / PPM);
    expect(await world.collateralOf(keeper.account.address)).toBe(wallet + fee);
    const after = await expectHedged(world);
    expect(after.quoteBalance).toBe(before.quoteBalance - moved - fee);
    expect(abs(after.margin - after.targetMargin)).toBeLessThan(WAD);

    // The taker closes. The quote vault sells the base and withdraws the margin.
    const closing = await createOrderSync(alice, { deployment, maker, ...close(true) });
    const proceeds = await spotExactInput(world, deployment.base, parseEther("20"));
    const closed = executed(await world.execute(closing, parseEther("2300")));
    expect(closed).toMatchObject({ base: parseEther("-20"), quote: proceeds * COLLATERAL_SCALE });
    const flat = await expectHedged(world);
    expect(flat).toMatchObject({ size: 0n, baseBalance: 0n, reserve: 0n });

    // The LP receives its deposit, less the keeper's fee, plus the taker's borrowing fees.
    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    expect(paid).toBeGreaterThan(LP_QUOTE - fee - 30n * USD);
    expect(paid).toBeLessThan(LP_QUOTE + 30n * USD);
    expect(await getMaker(alice, { deployment, maker })).toMatchObject({ utilization: { long: 0n, short: 0n } });
    await expectLedgerLaws(world);
  });

  test("behavior: without quote balance, it closes a part of its position against the OracleMaker", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteVaultOf(world.deployment);
    await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    await world.fund(alice, 50_000n * USD);
    const opening = await createTrade(world, alice, { base: parseEther("24"), maker });
    executed(await world.execute(opening, FIRST_PRICE));

    await move(world, parseEther("3000"));
    expect(await revertOf(announceVaultDeleverageSync(keeper, { maker }))).toMatchObject({ errorName: "EnoughFunds" });
    const price = parseEther("3800");
    await move(world, price);
    const { moved } = await rebalanceSync(keeper, { maker });
    expect(moved).toBeGreaterThan(0n);
    expect(await expectHedged(world)).toMatchObject({ quoteBalance: 0n });

    // An announcement reverts with DeleveragePriceTooFar while the market is away from the announcement's unique price. It is
    // cancelled when, at that price, no part of the position has to be closed.
    const needless = await announceVaultDeleverageSync(keeper, { maker });
    await world.warpTo(needless.executableAt);
    const cancelling = {
      maker,
      against: deployment.oracleMaker,
      updateData: [world.updateAt(needless.executableAt, parseEther("3000"))],
    };
    // The mock would store the update if it were newer than the published price.
    await world.publish(price);
    expect(await revertOf(deleverageVaultSync(keeper, cancelling))).toMatchObject({
      errorName: "DeleveragePriceTooFar",
    });
    await move(world, parseEther("3000"));
    expect(await deleverageVaultSync(keeper, cancelling)).toMatchObject({
      base: 0n,
      price: parseEther("3000"),
      fee: 0n,
    });
    await move(world, price);
    const { toClose, deleverageAt } = await expectHedged(world);
    expect(toClose).toBeGreaterThan(0n);
    expect(deleverageAt).toBeUndefined();

    const { executableAt } = await announceVaultDeleverageSync(keeper, { maker });
    await world.warpTo(executableAt);
    const closed = await deleverageVaultSync(keeper, {
      maker,
      against: deployment.oracleMaker,
      updateData: [world.updateAt(executableAt, price)],
    });
    // Borrowing fees of the seconds between have added margin.
    expect(closed.base).toBeLessThanOrEqual(toClose);
    expect(toClose - closed.base).toBeLessThan(toClose / 1_000_000n);
    const bound = (closed.base * price) / WAD;
    expect(closed.spotQuote).toBeGreaterThan((bound * 995n) / 1000n);
    expect(closed.perpQuote).toBeLessThan((bound * 1005n) / 1000n);
    await world.publish(price);
    const left = await expectHedged(world);
    expect(left).toMatchObject({ size: parseEther("-24") + closed.base, toClose: 0n, deleverageAt: undefined });
    const notional = (-left.size * price) / WAD;
    expect(left.margin, "above the deleverage ratio").toBeGreaterThan((notional * 15n) / 100n);
  });

  test("behavior: an LP without approval redeems by request, as far as the reserve allows", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteVaultOf(world.deployment);
    const requestVault = deployment.spotHedgeQuoteMakerRequestVault as Address;
    const shares = await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    await world.fund(alice, 50_000n * USD);
    const opening = await createTrade(world, alice, { base: parseEther("20"), maker });
    executed(await world.execute(opening, FIRST_PRICE));

    await otherLp.writeContract({
      address: maker,
      abi: erc20Abi,
      functionName: "approve",
      args: [requestVault, shares],
    });
    const created = await requestLpRedeemSync(otherLp, { requestVault, shares, minAssets: 1n, keeperFee: KEEPER_FEE });
    await world.warpTo(created.executableAt);
    const outcomes = await settleLpRequestsSync(keeper, {
      requestVault,
      updates: [[world.updateAt(created.executableAt, FIRST_PRICE)]],
    });
    expect(outcomes.map(({ status }) => status).sort(), "settled in part").toEqual(["returned", "settled"]);
    const outcome = outcomes.find(({ status }) => status === "settled");
    const left = await expectHedged(world);
    expect(left.quoteBalance).toBeGreaterThanOrEqual(left.reserve);
    expect(left.quoteBalance - left.reserve, "only the exit fee remains").toBeLessThan(100n * USD);
    if (outcome?.status !== "settled") throw new Error("The request was returned");
    const { assets } = await claimLpAssetsSync(otherLp, { requestVault, shares: outcome.input });
    expect(assets).toBe(outcome.output);
    expect(outcome.input).toBeLessThan(shares);
    await expectLedgerLaws(world);
  });
});
