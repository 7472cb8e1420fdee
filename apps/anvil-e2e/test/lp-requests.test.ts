import {
  type CreatedLpRequest,
  cancelLpRequest,
  claimLpAssetsSync,
  claimLpSharesSync,
  claimReturnedLpRequest,
  counterpoiseAdmin,
  counterpoiseReads,
  counterpoiseWrites,
  getLpClaims,
  getLpLimits,
  getLpQueue,
  getLpRequest,
  getLpRequestSettlement,
  getMaker,
  quoteLpDeposit,
  quoteLpRedeem,
  requestLpDeposit,
  requestLpDepositSync,
  requestLpRedeemSync,
  setBorrowing,
  setFunding,
  setLpOperator,
  setMarketStatus,
  settleLpRequests,
  settleLpRequestsSync,
} from "@counterpoise/sdk";
import { USD, valued, WAD } from "@counterpoise/testkit";
import { type Address, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Actor,
  type Exchange,
  earned,
  FIRST_PRICE,
  KEEPER_FEE,
  revertOf,
  sent,
  useExchange,
} from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { addSecondSource, pushRound } from "../src/second-source.js";
import { tradeBase } from "../src/trades.js";

const exchange = useExchange();
/** The entry and exit fee, ppm. */
const LP_FEE = 500n;
const afterFee = (amount: bigint) => amount - (amount * LP_FEE) / 1_000_000n;

type World = { world: Exchange; maker: Address; requestVault: Address; lp: Actor; amount: bigint; unit: bigint };

const makers: [string, (world: Exchange) => World][] = [
  [
    "OracleMaker",
    (world) => ({
      world,
      maker: world.deployment.oracleMaker,
      requestVault: world.deployment.oracleMakerRequestVault,
      lp: world.otherLp,
      amount: 10_000n * USD,
      unit: WAD / USD,
    }),
  ],
  [
    "SpotHedgeBaseMaker",
    (world) => ({
      world,
      maker: world.deployment.spotHedgeBaseMaker,
      requestVault: world.deployment.spotHedgeBaseMakerRequestVault,
      lp: world.otherLp,
      amount: parseEther("10"),
      unit: 1n,
    }),
  ],
];

/** Price update data of the first update at or after a request's time. */
const firstUpdate = (world: Exchange, { executableAt }: CreatedLpRequest, price = FIRST_PRICE) => [
  world.updateAt(executableAt, price),
];

/** Waits until a request is executable. The keeper then settles it. */
async function settle({ world, requestVault }: World, request: CreatedLpRequest, price = FIRST_PRICE) {
  await world.warpTo(request.executableAt);
  return settleLpRequestsSync(world.keeper, { requestVault, updates: [firstUpdate(world, request, price)] });
}

async function enter(w: World): Promise<bigint> {
  const { requestVault, lp, amount } = w;
  await settle(
    w,
    await requestLpDepositSync(lp, { requestVault, assets: amount, minShares: 0n, keeperFee: KEEPER_FEE }),
  );
  return claimLpSharesSync(lp, { requestVault, assets: amount });
}

/** Alice trades one base, which gives the maker a position. */
async function trade({ world, maker }: World): Promise<void> {
  const { alice, deployment } = world;
  await world.fund(alice, 20_000n * USD);
  const base = maker === deployment.spotHedgeBaseMaker ? -WAD : WAD;
  await tradeBase(world, alice, { base, price: FIRST_PRICE, maker });
  await world.publish(FIRST_PRICE);
}

/** Turns off fees, so that the share price does not change while a request is pending. */
async function withoutFees({ admin, deployment }: Exchange): Promise<void> {
  await sent(admin, setFunding(admin, { deployment, maxRate: 0n, maxVelocity: 0n, skewScale: 0n }));
  await sent(admin, setBorrowing(admin, { deployment, maxRate: 0n }));
}

describe.each(makers)("requests to the %s", (_, worldOf) => {
  test("default: deposit and redeem", async () => {
    const w = worldOf(exchange());
    const { world, maker, requestVault, lp, amount, unit } = w;
    const controller = lp.account.address;
    await withoutFees(world);
    await trade(w);
    const before = valued(await getMaker(lp, { deployment: world.deployment, maker }));
    const quoted = await quoteLpDeposit(lp, { requestVault, assets: amount });
    expect(quoted.met).toBe(amount);

    const minShares = (quoted.shares * 999n) / 1000n;
    const entry = await requestLpDepositSync(lp, { requestVault, assets: amount, minShares, keeperFee: KEEPER_FEE });
    expect(await getLpRequest(lp, { requestVault, requestId: entry.requestId })).toMatchObject({
      controller,
      isDeposit: true,
      pending: amount,
      claimable: 0n,
      keeperFee: KEEPER_FEE,
      minOut: minShares,
    });
    // Pending assets belong to the LP, not to the maker.
    expect((await getMaker(lp, { deployment: world.deployment, maker })).totalAssets).toBe(before.totalAssets);
    await expectLedgerLaws(world);

    const [outcome] = await settle(w, entry);
    expect(outcome).toMatchObject({
      status: "settled",
      controller,
      isDeposit: true,
      input: amount,
      price: FIRST_PRICE,
    });
    const { deposits } = await getLpClaims(lp, { requestVault, controller });
    expect(deposits).toEqual({ assets: amount, shares: quoted.shares });
    const shares = await claimLpSharesSync(lp, { requestVault, assets: amount });
    expect(shares).toBe(quoted.shares);
    await expectLedgerLaws(world);

    const out = await quoteLpRedeem(lp, { requestVault, shares });
    const exit = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    await settle(w, exit);
    const paid = await claimLpAssetsSync(lp, { requestVault, shares });
    expect(paid).toEqual({ assets: out.assets, quote: 0n });
    expect(paid.assets).toBeLessThan(amount);
    // Both fees, less the LP's own part of the entry fee.
    expect(paid.assets).toBeGreaterThanOrEqual(afterFee(afterFee(amount)) - 10n);
    const after = valued(await getMaker(lp, { deployment: world.deployment, maker }));
    expect(after.sharePrice * unit).toBeGreaterThan(before.sharePrice * unit);
    await expectLedgerLaws(world);
  });

  test("behavior: each request in the queue settles at the first price after its delay", async () => {
    const w = worldOf(exchange());
    const { world, requestVault, lp, amount } = w;
    await trade(w);
    const shares = await enter(w);
    const deposit = await requestLpDepositSync(lp, {
      requestVault,
      assets: amount,
      minShares: 0n,
      keeperFee: KEEPER_FEE,
    });
    const redeem = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    await world.warpTo(redeem.executableAt + 5n);
    const late = world.updateAt(deposit.executableAt + 2n, 2n * FIRST_PRICE);
    const refused = await revertOf(settleLpRequests(world.keeper, { requestVault, updates: [[late]] }));
    expect(refused.errorName).toBe("PriceFeedNotFoundWithinRange");
    const outcomes = await settleLpRequestsSync(world.keeper, {
      requestVault,
      updates: [firstUpdate(world, deposit, parseEther("1990")), firstUpdate(world, redeem, parseEther("2010"))],
    });
    expect(outcomes).toMatchObject([
      { status: "settled", requestId: deposit.requestId, isDeposit: true, price: parseEther("1990") },
      { status: "settled", requestId: redeem.requestId, isDeposit: false, price: parseEther("2010") },
    ]);
    await expectLedgerLaws(world);
  });

  test("behavior: a request below its minimum is returned", async () => {
    const w = worldOf(exchange());
    const { requestVault, lp, amount, unit } = w;
    const minShares = amount * unit;
    const request = await requestLpDepositSync(lp, { requestVault, assets: amount, minShares, keeperFee: KEEPER_FEE });
    const [outcome] = await settle(w, request);
    expect(outcome).toMatchObject({ status: "returned", returned: amount, reason: { errorName: "LessThanMinimum" } });
    const { requestId } = request;
    expect(await getLpRequest(lp, { requestVault, requestId })).toMatchObject({ pending: 0n, returned: amount });
    await sent(lp, claimReturnedLpRequest(lp, { requestVault, requestId, isDeposit: true }));
    expect((await getLpRequest(lp, { requestVault, requestId })).returned).toBe(0n);
  });

  test("behavior: stays open while the sources disagree, then settles and pays the keeper", async () => {
    const { world, maker, requestVault, lp, amount } = worldOf(exchange());
    const { deployment, keeper } = world;
    const aggregator = await addSecondSource(world, world.bob);
    await world.publish(FIRST_PRICE);
    await pushRound(world, aggregator, FIRST_PRICE);
    const client = lp.extend(counterpoiseWrites(deployment)).extend(counterpoiseReads(deployment));
    const worker = keeper.extend(counterpoiseWrites(deployment)).extend(counterpoiseReads(deployment));
    const request = await client.requestLpDepositSync({
      requestVault,
      assets: amount,
      minShares: 1n,
      keeperFee: KEEPER_FEE,
    });
    const { requestId } = request;
    const before = await client.getLpRequest({ requestVault, requestId });

    // The keeper settles late: the second source has moved away from the request's price.
    await world.warpTo(request.executableAt + 20n);
    await pushRound(world, aggregator, (FIRST_PRICE * 95n) / 100n);
    const updates = [firstUpdate(world, request)];
    expect(await revertOf(worker.settleLpRequests({ requestVault, updates }))).toMatchObject({
      errorName: "SourcesDisagree",
      named: { primary: FIRST_PRICE, secondary: (FIRST_PRICE * 95n) / 100n, maxDeviation: 10_000n },
    });
    expect(await client.getLpRequest({ requestVault, requestId })).toEqual(before);
    expect(await worker.getLpQueue({ requestVault })).toMatchObject({ head: requestId, count: requestId });

    await pushRound(world, aggregator, FIRST_PRICE);
    expect(await earned(keeper, () => worker.settleLpRequests({ requestVault, updates }))).toBe(KEEPER_FEE);
    const { deposits } = await client.getLpClaims({ requestVault, controller: lp.account.address });
    expect(deposits.assets).toBe(amount);
    const shares = await client.claimLpSharesSync({ requestVault, assets: amount });
    expect(shares).toBe(deposits.shares);
    expect(await client.getLpLimits({ maker, account: lp.account.address })).toMatchObject({ maxRedeem: shares });
    await expectLedgerLaws(world);
  });

  test("behavior: after the whitelist has ended, any account deposits in and withdraws from a flat hedged maker at once, for a fee", async () => {
    const { world, maker, requestVault, amount } = worldOf(exchange());
    const { admin, deployment } = world;
    const owner = admin.extend(counterpoiseAdmin(deployment));
    const bob = world.otherLp.extend(counterpoiseWrites(deployment)).extend(counterpoiseReads(deployment));
    await sent(admin, owner.setWhitelistLp({ maker, account: bob.account.address, approved: false }));
    expect(await revertOf(bob.depositLp({ maker, amount, minShares: 1n }))).toMatchObject({
      errorName: "NotWhitelistLp",
    });
    await sent(admin, owner.setLpRules({ maker, depositCap: 10n ** 30n, requestFee: 1_000 }));
    await sent(admin, owner.setLpRequestRules({ requestVault, delay: 4, validity: 60, minKeeperFee: 0n }));
    await sent(admin, owner.endWhitelist({ maker }));
    expect(await bob.getLpQueue({ requestVault })).toMatchObject({ delay: 4, validity: 60, minKeeperFee: 0n });
    if (maker === deployment.oracleMaker) {
      // T59: an account could enter and leave around an order that it sees.
      expect(await revertOf(bob.depositLp({ maker, amount, minShares: 1n }))).toMatchObject({
        errorName: "UseRequest",
      });
      return;
    }
    const shares = await bob.depositLpSync({ maker, amount, minShares: 1n });
    const paid = await bob.withdrawLpSync({ maker, shares, minAmount: 1n });
    // 0.1% for each of both, less the payer's own part of the first fee.
    expect(paid).toBeLessThan(amount - (amount * 19n) / 10_000n);
    expect(paid).toBeGreaterThan(amount - (amount * 21n) / 10_000n);
    await expectLedgerLaws(world);
  });

  test("behavior: the LP cancels after expiry only, and receives the keeper fee", async () => {
    const { world, requestVault, lp, amount } = worldOf(exchange());
    const { requestId, expiresAt } = await requestLpDepositSync(lp, {
      requestVault,
      assets: amount,
      minShares: 0n,
      keeperFee: KEEPER_FEE,
    });
    const cancel = () => cancelLpRequest(lp, { requestVault, requestId, isDeposit: true });
    expect((await revertOf(cancel())).errorName).toBe("RequestNotExpired");
    await world.warpTo(expiresAt + 1n);
    expect(await earned(lp, cancel)).toBe(KEEPER_FEE);
    await sent(lp, claimReturnedLpRequest(lp, { requestVault, requestId, isDeposit: true }));
    expect(await getLpQueue(lp, { requestVault })).toMatchObject({ head: 1n, count: 1n, delay: 3, validity: 60 });
  });

  test("behavior: a keeper returns an expired request for its fee", async () => {
    const { world, requestVault, lp, amount } = worldOf(exchange());
    const request = await requestLpDepositSync(lp, {
      requestVault,
      assets: amount,
      minShares: 0n,
      keeperFee: KEEPER_FEE,
    });
    await world.warpTo(request.expiresAt + 1n);
    const { keeper } = world;
    expect(await earned(keeper, () => settleLpRequests(keeper, { requestVault, updates: [] }))).toBe(KEEPER_FEE);
    expect((await getLpRequest(lp, { requestVault, requestId: request.requestId })).returned).toBe(amount);
  });

  test("behavior: an operator claims for its controller", async () => {
    const w = worldOf(exchange());
    const { world, requestVault, lp, amount } = w;
    const controller = lp.account.address;
    await settle(
      w,
      await requestLpDepositSync(lp, { requestVault, assets: amount, minShares: 0n, keeperFee: KEEPER_FEE }),
    );
    const claim = () => claimLpSharesSync(world.bob, { requestVault, assets: amount, controller });
    expect((await revertOf(claim())).errorName).toBe("NotOperator");
    await sent(lp, setLpOperator(lp, { requestVault, operator: world.bob.account.address, approved: true }));
    expect(await claim()).toBeGreaterThan(0n);
  });

  test("error: KeeperFeeTooLow, NothingToSettle", async () => {
    const { world, requestVault, lp, amount } = worldOf(exchange());
    const request = requestLpDeposit(lp, { requestVault, assets: amount, minShares: 0n, keeperFee: KEEPER_FEE - 1n });
    expect(await revertOf(request)).toMatchObject({ errorName: "KeeperFeeTooLow", named: { minFee: KEEPER_FEE } });
    const settlement = settleLpRequests(world.keeper, { requestVault, updates: [] });
    expect((await revertOf(settlement)).errorName).toBe("NothingToSettle");
  });

  test("behavior: limits of the immediate path", async () => {
    const { maker, lp, world } = worldOf(exchange());
    const limits = await getLpLimits(lp, { maker, account: world.bob.account.address });
    expect(limits).toEqual({ maxDeposit: 0n, maxRedeem: 0n });
    const whitelisted = await getLpLimits(lp, { maker, account: world.lp.account.address });
    expect(whitelisted.maxDeposit).toBeGreaterThan(0n);
    expect(whitelisted.maxRedeem).toBeGreaterThan(0n);
  });
});

describe("a request that stays open", () => {
  test("behavior: blocks no other request, and settles later at its own price", async () => {
    const w = (makers[0] as (typeof makers)[number])[1](exchange());
    const { world, requestVault, lp, amount } = w;
    const { admin, deployment, keeper } = world;
    await trade(w);
    const shares = await enter(w);
    const exit = await requestLpRedeemSync(lp, { requestVault, shares, minAssets: 0n, keeperFee: KEEPER_FEE });
    const entry = await requestLpDepositSync(lp, {
      requestVault,
      assets: amount,
      minShares: 0n,
      keeperFee: KEEPER_FEE,
    });

    // While the market is paused, no LP can redeem from a maker with a position. A deposit settles before the redemption.
    await sent(admin, setMarketStatus(admin, { deployment, status: "paused" }));
    await world.warpTo(entry.executableAt);
    const updates = [firstUpdate(world, exit, parseEther("1990")), firstUpdate(world, entry, parseEther("2010"))];
    const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates });
    expect(outcomes).toMatchObject([{ status: "settled", requestId: entry.requestId, price: parseEther("2010") }]);
    expect(await getLpQueue(keeper, { requestVault })).toMatchObject({ head: exit.requestId, count: entry.requestId });
    expect((await revertOf(settleLpRequests(keeper, { requestVault, updates }))).errorName).toBe("MarketFrozen");
    // The view tells the LP why it waits, and until when.
    expect(await getLpRequestSettlement(lp, { requestVault, requestId: exit.requestId })).toMatchObject({
      settlesNow: false,
      reason: { errorName: "MarketFrozen" },
      latestAt: exit.expiresAt,
    });

    await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
    expect((await getLpRequestSettlement(lp, { requestVault, requestId: exit.requestId })).settlesNow).toBe(true);
    const [later] = await settleLpRequestsSync(keeper, { requestVault, updates });
    expect(later).toMatchObject({ status: "settled", requestId: exit.requestId, price: parseEther("1990") });
    expect(await getLpQueue(keeper, { requestVault })).toMatchObject({ head: entry.requestId + 1n });
    await expectLedgerLaws(world);
  });
});
