import { encodePythUpdate } from "@counterpoise/devnet";
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
  WHOLE_POSITION,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { type Address, parseAbi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import {
  COLLATERAL_SCALE,
  type Exchange,
  executed,
  FIRST_PRICE,
  KEEPER_FEE,
  quoteVault,
  revertOf,
  USD,
  useExchange,
  WAD,
} from "../src/exchange.js";
import { expectLedgerLaws, expectQuoteVaultHedged, quoteMakerOf } from "../src/laws.js";
import { spotExactInput, spotExactOutput, utilization } from "../src/reference.js";

const exchange = useExchange({ hasQuoteVault: true });

const LP_QUOTE = 100_000n * USD;
const PPM = 1_000_000n;
const long = { isBaseToQuote: false, isExactInput: false, oppositeBound: 2n ** 256n - 1n, keeperFee: KEEPER_FEE };
const sellBack = { isBaseToQuote: true, isExactInput: true, oppositeBound: 0n, keeperFee: KEEPER_FEE };
const wholePosition = { ...sellBack, isReduceOnly: true, amount: WHOLE_POSITION };

const abs = (amount: bigint) => (amount < 0n ? -amount : amount);

async function expectHedged(world: Exchange) {
  const hedge = await expectQuoteVaultHedged(world);
  await expectLedgerLaws(world);
  return hedge;
}

/** Stores a price and brings the pool there. */
async function move(world: Exchange, price: bigint) {
  await world.publish(price);
  await world.movePool(price);
  await world.publish(price);
}

describe("vault of quote", () => {
  test("default: an LP deposits, a taker buys, the price rises, a keeper is paid, the taker closes, the LP leaves", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteMakerOf(world);
    const shares = await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    expect(shares).toBe(LP_QUOTE * COLLATERAL_SCALE);
    await world.fund(alice, 50_000n * USD);

    // Long 20: the vault buys 20 base, and puts half of the notional into its margin.
    const opening = await createOrderSync(alice, { deployment, maker, ...long, amount: parseEther("20") });
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

    // 15% up: the short has lost margin that the base has gained.
    await move(world, parseEther("2300"));
    const before = await getQuoteHedge(keeper, { maker });
    expect(before.targetMargin).toBe(parseEther("23000"));
    const wallet = await world.collateralOf(keeper.account.address);
    const { moved, fee } = await rebalanceSync(keeper, { maker });
    expect(moved).toBeGreaterThan(8_000n * USD);
    expect(fee).toBe((moved * BigInt(quoteVault.keeperFeeRatio)) / PPM);
    expect(await world.collateralOf(keeper.account.address)).toBe(wallet + fee);
    const after = await expectHedged(world);
    expect(after.quoteBalance).toBe(before.quoteBalance - moved - fee);
    expect(abs(after.margin - after.targetMargin)).toBeLessThan(WAD);

    // The taker closes: the base is sold, the margin comes back.
    const closing = await createOrderSync(alice, { deployment, maker, ...wholePosition });
    const proceeds = await spotExactInput(world, deployment.base, parseEther("20"));
    const closed = executed(await world.execute(closing, parseEther("2300")));
    expect(closed).toMatchObject({ base: parseEther("-20"), quote: proceeds * COLLATERAL_SCALE });
    const flat = await expectHedged(world);
    expect(flat).toMatchObject({ size: 0n, baseBalance: 0n, reserve: 0n });

    // The LP is back where it was, but for what the keeper got and what the taker paid for the capital.
    const paid = await withdrawLpSync(otherLp, { maker, shares, minAmount: 1n });
    expect(paid).toBeGreaterThan(LP_QUOTE - fee - 30n * USD);
    expect(paid).toBeLessThan(LP_QUOTE + 30n * USD);
    expect(await getMaker(alice, { deployment, maker })).toMatchObject({ utilization: { long: 0n, short: 0n } });
    await expectLedgerLaws(world);
  });

  test("behavior: when the balance is spent, a part is closed against the other maker", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteMakerOf(world);
    await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    await world.fund(alice, 50_000n * USD);
    const opening = await createOrderSync(alice, { deployment, maker, ...long, amount: parseEther("24") });
    executed(await world.execute(opening, FIRST_PRICE));

    await move(world, parseEther("3000"));
    expect(await revertOf(announceVaultDeleverageSync(keeper, { maker }))).toMatchObject({ errorName: "EnoughFunds" });
    const price = parseEther("3800");
    await move(world, price);
    const { moved } = await rebalanceSync(keeper, { maker });
    expect(moved).toBeGreaterThan(0n);
    expect(await expectHedged(world)).toMatchObject({ quoteBalance: 0n });

    // At its unique price nothing has to be closed any more: the announcement is gone. One whose price the market has left
    // has no effect.
    const needless = await announceVaultDeleverageSync(keeper, { maker });
    await world.warpTo(needless.executableAt);
    const feed = {
      id: deployment.pythId,
      publishTime: needless.executableAt,
      prevPublishTime: needless.executableAt - 1n,
    };
    const dropping = {
      maker,
      against: deployment.oracleMaker,
      updateData: [encodePythUpdate({ ...feed, price: parseEther("3000") })],
    };
    // Newer than the update, which the mock would store.
    await world.publish(price);
    expect(await revertOf(deleverageVaultSync(keeper, dropping))).toMatchObject({ errorName: "DeleveragePriceLeft" });
    await move(world, parseEther("3000"));
    expect(await deleverageVaultSync(keeper, dropping)).toMatchObject({ base: 0n, price: parseEther("3000"), fee: 0n });
    await move(world, price);
    const { toClose, deleverageAt } = await expectHedged(world);
    expect(toClose).toBeGreaterThan(0n);
    expect(deleverageAt).toBe(0n);

    const { executableAt } = await announceVaultDeleverageSync(keeper, { maker });
    await world.warpTo(executableAt);
    const update = { id: deployment.pythId, price, publishTime: executableAt, prevPublishTime: executableAt - 1n };
    const closed = await deleverageVaultSync(keeper, {
      maker,
      against: deployment.oracleMaker,
      updateData: [encodePythUpdate(update)],
    });
    // Less by what takers have paid for the capital in the seconds between.
    expect(closed.base).toBeLessThanOrEqual(toClose);
    expect(toClose - closed.base).toBeLessThan(toClose / 1_000_000n);
    const bound = (closed.base * price) / WAD;
    expect(closed.spotQuote).toBeGreaterThan((bound * 995n) / 1000n);
    expect(closed.perpQuote).toBeLessThan((bound * 1005n) / 1000n);
    await world.publish(price);
    const left = await expectHedged(world);
    expect(left).toMatchObject({ size: parseEther("-24") + closed.base, toClose: 0n, deleverageAt: 0n });
    const notional = (-left.size * price) / WAD;
    expect(left.margin, "above the ratio that it is deleveraged at").toBeGreaterThan((notional * 15n) / 100n);
  });

  test("behavior: an LP that nobody trusts leaves by request, as far as the reserve lets it", async () => {
    const world = exchange();
    const { alice, deployment, keeper, otherLp } = world;
    const maker = quoteMakerOf(world);
    const requestVault = deployment.spotHedgeQuoteMakerRequestVault as Address;
    const shares = await depositLpSync(otherLp, { maker, amount: LP_QUOTE, minShares: 1n });
    await world.fund(alice, 50_000n * USD);
    const opening = await createOrderSync(alice, { deployment, maker, ...long, amount: parseEther("20") });
    executed(await world.execute(opening, FIRST_PRICE));

    const approve = parseAbi(["function approve(address spender, uint256 amount)"]);
    await otherLp.writeContract({
      address: maker,
      abi: approve,
      functionName: "approve",
      args: [requestVault, shares],
    });
    const created = await requestLpRedeemSync(otherLp, { requestVault, shares, minAssets: 1n, keeperFee: KEEPER_FEE });
    await world.warpTo(created.executableAt);
    const publishTime = created.executableAt;
    const update = { id: deployment.pythId, price: FIRST_PRICE, publishTime, prevPublishTime: publishTime - 1n };
    const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates: [[encodePythUpdate(update)]] });
    expect(outcomes.map(({ status }) => status).sort(), "in part").toEqual(["returned", "settled"]);
    const outcome = outcomes.find(({ status }) => status === "settled");
    const left = await expectHedged(world);
    expect(left.quoteBalance).toBeGreaterThanOrEqual(left.reserve);
    expect(left.quoteBalance - left.reserve, "all but the exit fee").toBeLessThan(100n * USD);
    if (outcome?.status !== "settled") throw new Error("The request came back");
    const { assets } = await claimLpAssetsSync(otherLp, { requestVault, shares: outcome.input });
    expect(assets).toBe(outcome.output);
    expect(outcome.input).toBeLessThan(shares);
    await expectLedgerLaws(world);
  });
});
