import {
  cancelLpRequest,
  claimReturnedLpRequest,
  claimSliceSync,
  depositLpSync,
  executeExit,
  executeExitSync,
  getExit,
  getLpExit,
  getMaker,
  getPosition,
  getSliceClaim,
  requestLpRedeemSync,
  returnExitSync,
  settleLpRequests,
  startExit,
  startExitSync,
  transferMarginToFund,
} from "@counterpoise/sdk";
import { COLLATERAL_SCALE, USD, WAD } from "@counterpoise/testkit";
import { expectWithin } from "@counterpoise/testkit/assertions";
import { type Address, erc20Abi, maxUint256, parseEther } from "viem";
import { expect, test } from "vitest";
import {
  type Actor,
  earned,
  FIRST_PRICE,
  KEEPER_FEE,
  LP_BASE,
  LP_COLLATERAL,
  revertOf,
  sent,
  useExchange,
} from "../src/exchange.js";
import { expectSoundLedger } from "../src/laws.js";
import { closeWhole, tradeBase } from "../src/trades.js";

const exchange = useExchange();

const HOUR = 3_600n;
const EXIT_FEE = parseEther("0.01");

const approve = (lp: Actor, token: Address, spender: Address) =>
  sent(lp, lp.writeContract({ address: token, abi: erc20Abi, functionName: "approve", args: [spender, maxUint256] }));

/** An LP with a third of the OracleMaker, which is short 90. */
async function lpOfOracleMaker() {
  const world = exchange();
  const { alice, deployment, otherLp } = world;
  const maker = deployment.oracleMaker;
  const shares = await depositLpSync(otherLp, { maker, amount: LP_COLLATERAL / 2n, minShares: 0n });
  await world.fund(alice, 40_000n * USD);
  await tradeBase(world, alice, { base: parseEther("90"), price: FIRST_PRICE });
  await world.publish(FIRST_PRICE);
  await approve(otherLp, maker, deployment.backstop);
  return { world, maker, shares, owner: otherLp.account.address };
}

test("an LP leaves an OracleMaker whose feed is dead, and closes its slice", async () => {
  const { world, maker, shares, owner } = await lpOfOracleMaker();
  const { alice, deployment, keeper, otherLp } = world;
  const requestVault = deployment.oracleMakerRequestVault;
  const whole = await getPosition(keeper, { deployment, account: maker });

  // The feed dies: no price for the request is published.
  const request = await requestLpRedeemSync(otherLp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
  await world.warpTo(request.executableAt);
  const { requestId } = request;
  expect((await revertOf(settleLpRequests(keeper, { requestVault, updates: [] }))).errorName).toBe("NothingToSettle");
  const waiting = await getLpExit(keeper, { deployment, maker, owner, shares, requestId });
  expect(waiting.byRequest.latestAt).toBe(request.expiresAt);
  await world.warpTo(request.expiresAt + HOUR);
  const stuck = await getLpExit(keeper, { deployment, maker, owner, shares: 1n, requestId });
  expect(stuck.byRequest).toMatchObject({ settlesNow: false, met: 0n, assets: 0n });
  expect(stuck.byRequest.reason?.revert?.errorName).toBe("RequestExpired");
  await sent(otherLp, cancelLpRequest(otherLp, { requestVault, requestId, isDeposit: false }));
  await sent(otherLp, claimReturnedLpRequest(otherLp, { requestVault, requestId, isDeposit: false }));

  // In kind it leaves without a price, an hour later.
  const { byRequest, inKind } = await getLpExit(keeper, { deployment, maker, owner, shares });
  expect(byRequest).toMatchObject({ settlesNow: false, reason: { status: "stale" } });
  expect(inKind).toMatchObject({ notice: HOUR, lackingMargin: 0n });
  const { exitId, executableAt } = await startExitSync(otherLp, { deployment, maker, shares, fee: EXIT_FEE });
  expect(await getExit(keeper, { deployment, exitId })).toEqual({
    maker,
    owner,
    shares,
    fee: EXIT_FEE,
    executableAt,
    executableUntil: executableAt + 60n,
  });
  expect((await revertOf(executeExit(keeper, { deployment, exitId }))).errorName).toBe("ExitNotExecutable");
  await world.warpTo(executableAt);
  expect(await earned(keeper, () => executeExit(keeper, { deployment, exitId }))).toBe(EXIT_FEE);
  expect(await getExit(keeper, { deployment, exitId })).toBeUndefined();
  const slice = await getPosition(keeper, { deployment, account: owner });
  // The maker is short.
  expectWithin(-slice.size, -whole.size / 3n, 1n);
  expectWithin(slice.openNotional, whole.openNotional / 3n, 1n);
  await expectSoundLedger(world);

  // The feed returns at a higher price: the slice has its third of the loss, and any taker's way to close it.
  const price = parseEther("2100");
  await world.publish(price);
  await approve(otherLp, deployment.collateral, deployment.vault);
  await world.fund(otherLp, 20_000n * USD);
  const before = await getPosition(keeper, { deployment, account: owner });
  await closeWhole(world, otherLp, { isLong: false, price });
  const closed = await getPosition(keeper, { deployment, account: owner });
  expect(closed.size).toBe(0n);
  const loss = 30n * 100n * WAD;
  expectWithin(before.margin - closed.margin, loss, 100_000n);
  await sent(otherLp, transferMarginToFund(otherLp, { deployment, amount: closed.margin / COLLATERAL_SCALE }));
  // Half of a million, less a third of the loss, of fees and of the exit.
  expectWithin(closed.margin - 20_000n * WAD, 497_000n * WAD, 2_000n);
  await closeWhole(world, alice, { isLong: true, price });
  await expectSoundLedger(world);
});

test("an LP leaves a base vault that has sold its base, and its claim is paid in base", async () => {
  const world = exchange();
  const { alice, deployment, keeper, otherLp } = world;
  const maker = deployment.spotHedgeBaseMaker;
  const shares = await depositLpSync(otherLp, { maker, amount: LP_BASE / 4n, minShares: 0n });
  const owner = otherLp.account.address;
  await world.fund(alice, 40_000n * USD);
  await tradeBase(world, alice, { base: parseEther("-50"), price: FIRST_PRICE, maker });
  await approve(otherLp, maker, deployment.backstop);
  await world.warpBy(HOUR);
  const { exitId, executableAt } = await startExitSync(otherLp, { deployment, maker, shares });
  await world.warpTo(executableAt);
  const { inKind } = await getLpExit(keeper, { deployment, maker, owner, shares: 0n });
  expect(inKind.reason?.revert?.errorName).toBe("SliceTooSmall");
  const slice = await executeExitSync(keeper, { deployment, exitId });
  expectWithin(slice.base, parseEther("10"), 1n);
  const claim = await getSliceClaim(keeper, { deployment, maker, owner });
  expect(claim).toEqual(slice.claim);
  // A fifth of the base that is left, less the fee of a redemption.
  expectWithin(claim.assets, (((LP_BASE * 5n) / 4n - parseEther("50")) * 9_995n) / 50_000n, 100n);
  const held = await world.baseOf(owner);
  const paid = await claimSliceSync(keeper, { deployment, maker, owner });
  expect(paid).toMatchObject(claim);
  expect((await world.baseOf(owner)) - held).toBe(claim.assets);
  expect((await revertOf(claimSliceSync(keeper, { deployment, maker, owner }))).errorName).toBe("NothingToClaim");
  expect((await getPosition(keeper, { deployment, account: owner })).size).toBe(slice.base);
  await expectSoundLedger(world);
});

test("an exit that no account executes lapses, and its shares return", async () => {
  const { world, maker, shares, owner } = await lpOfOracleMaker();
  const { deployment, keeper, otherLp } = world;
  const refused = startExit(keeper, { deployment, maker: deployment.vault, shares });
  expect((await revertOf(refused)).errorName).toBe("NotAMaker");
  const { exitId, executableAt } = await startExitSync(otherLp, { deployment, maker, shares, fee: EXIT_FEE });
  await world.warpTo(executableAt + 61n);
  expect((await revertOf(executeExit(keeper, { deployment, exitId }))).errorName).toBe("ExitNotExecutable");
  expect(await returnExitSync(keeper, { deployment, exitId })).toMatchObject({ shares });
  const balance = await keeper.readContract({
    address: maker,
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [owner],
  });
  expect(balance).toBe(shares);
  expect((await getMaker(keeper, { deployment, maker })).totalShares).toBeGreaterThan(shares);
});
