import { deployContract, forgeArtifact } from "@counterpoise/devnet";
import {
  claimLpAssetsSync,
  claimLpSharesSync,
  collectLpFees,
  fundLpFeeFloat,
  getLpAggregate,
  getLpQueue,
  getLpRequest,
  prepayLpFees,
  pushReturnedLpFunds,
  quoteLpFee,
  requestLpAggregateDeposit,
  requestLpAggregateRedeem,
  setLpEtherPrice,
  settleLpRequestsSync,
  withdrawLpFeeFloat,
  withdrawPrepaidLpFees,
} from "@counterpoise/sdk";
import { USD } from "@counterpoise/testkit";
import { type Address, erc20Abi, maxUint256, parseEther } from "viem";
import { expect, test } from "vitest";
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

const exchange = useExchange();
const amount = 10_000n * USD;

/** An aggregate vault of the OracleMaker, and an account that has approved it for assets and shares. */
async function prepare(world: Exchange): Promise<{ aggregateVault: Address; requestVault: Address; lp: Actor }> {
  const { deployment, admin, otherLp: lp } = world;
  const requestVault = deployment.oracleMakerRequestVault;
  const aggregateVault = await deployContract(world.deployer, {
    ...forgeArtifact("LpAggregateVault"),
    args: [requestVault, admin.account.address],
  });
  for (const address of [deployment.collateral, deployment.oracleMaker]) {
    const approval = { address, abi: erc20Abi, functionName: "approve", args: [aggregateVault, maxUint256] } as const;
    await sent(lp, lp.writeContract(approval));
  }
  return { aggregateVault, requestVault, lp };
}

/** Settles the oldest pending request at its first price. */
async function settle(world: Exchange, requestVault: Address) {
  const { head } = await getLpQueue(world.keeper, { requestVault });
  const { executableAt } = await getLpRequest(world.keeper, { requestVault, requestId: head });
  await world.warpTo(executableAt);
  return settleLpRequestsSync(world.keeper, {
    requestVault,
    updates: [[world.updateAt(executableAt, FIRST_PRICE)]],
  });
}

test("default: requests without ether, with id 0", async () => {
  const world = exchange();
  const { aggregateVault, requestVault, lp } = await prepare(world);
  const controller = lp.account.address;
  const read = () => getLpAggregate(lp, { aggregateVault, controller });
  expect((await revertOf(requestLpAggregateDeposit(lp, { aggregateVault, assets: amount }))).errorName).toBe(
    "KeeperFeeTooLow",
  );
  // Any account prepays.
  const prepaid = 3n * KEEPER_FEE;
  await sent(world.bob, prepayLpFees(world.bob, { aggregateVault, account: controller, value: prepaid }));
  expect(await quoteLpFee(lp, { aggregateVault, payer: controller, isDeposit: true })).toEqual({
    fee: KEEPER_FEE,
    input: 0n,
  });
  await sent(lp, requestLpAggregateDeposit(lp, { aggregateVault, assets: amount }));
  expect(await read()).toMatchObject({ deposits: { pending: amount, claimable: 0n }, prepaid: 2n * KEEPER_FEE });
  expect(await settle(world, requestVault)).toMatchObject([{ status: "settled", isDeposit: true, input: amount }]);
  const { deposits } = await read();
  expect(deposits).toMatchObject({ pending: 0n, claimable: amount, returned: 0n });

  const shares = await claimLpSharesSync(lp, { requestVault: aggregateVault, assets: amount });
  expect(shares).toBe(deposits.claimableShares);
  await sent(lp, requestLpAggregateRedeem(lp, { aggregateVault, shares }));
  expect((await read()).redemptions.pending).toBe(shares);
  await settle(world, requestVault);
  const { redemptions } = await read();
  expect(redemptions).toMatchObject({ pending: 0n, claimable: shares, claimableQuote: 0n });
  const paid = await claimLpAssetsSync(lp, { requestVault: aggregateVault, shares });
  expect(paid).toEqual({ assets: redemptions.claimableAssets, quote: 0n });
  expect(paid.assets).toBeLessThan(amount);

  expect(await earned(lp, () => withdrawPrepaidLpFees(lp, { aggregateVault, value: KEEPER_FEE }))).toBe(KEEPER_FEE);
  expect(await revertOf(withdrawPrepaidLpFees(lp, { aggregateVault, value: 1n }))).toMatchObject({
    errorName: "FeeBalanceTooLow",
    named: { requested: 1n, available: 0n },
  });
  await expectLedgerLaws(world);
});

test("behavior: the fee is paid in the asset", async () => {
  const world = exchange();
  const { aggregateVault, requestVault, lp } = await prepare(world);
  const { admin } = world;
  const controller = lp.account.address;
  await sent(admin, setLpEtherPrice(admin, { aggregateVault, etherPrice: 2_000n * USD, saleLimit: 2n * KEEPER_FEE }));
  // A price above the one in force, which was zero, waits.
  expect(await revertOf(requestLpAggregateDeposit(lp, { aggregateVault, assets: amount }))).toMatchObject({
    errorName: "KeeperFeeTooLow",
  });
  await world.warpBy(3_600n);
  await world.publish(FIRST_PRICE);
  await sent(admin, fundLpFeeFloat(admin, { aggregateVault, value: 2n * KEEPER_FEE }));
  const { fee, input } = await quoteLpFee(lp, { aggregateVault, payer: controller, isDeposit: true });
  expect(fee).toBe(KEEPER_FEE);
  expect(input).toBe((KEEPER_FEE * 2_000n * USD + parseEther("1") - 1n) / parseEther("1"));
  expect(await revertOf(requestLpAggregateDeposit(lp, { aggregateVault, assets: input }))).toMatchObject({
    errorName: "FeeAboveLimit",
    named: { fee: input, maxFee: input / 100n },
  });
  await sent(lp, requestLpAggregateDeposit(lp, { aggregateVault, assets: amount }));
  expect((await getLpAggregate(lp, { aggregateVault, controller })).deposits.pending).toBe(amount - input);
  await settle(world, requestVault);

  const { address } = world.alice.account;
  const held = () =>
    lp.readContract({
      address: world.deployment.collateral,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [address],
    });
  const before = await held();
  await sent(admin, collectLpFees(admin, { aggregateVault, receiver: address }));
  expect((await held()) - before).toBe(input);
  await sent(admin, withdrawLpFeeFloat(admin, { aggregateVault, value: KEEPER_FEE, receiver: address }));
  await expectLedgerLaws(world);
});

test("behavior: any account pushes what came back to its controller", async () => {
  const world = exchange();
  const { aggregateVault, requestVault, lp } = await prepare(world);
  const controller = lp.account.address;
  await sent(lp, requestLpAggregateDeposit(lp, { aggregateVault, assets: amount, keeperFee: KEEPER_FEE }));
  const { head } = await getLpQueue(lp, { requestVault });
  await world.warpTo((await getLpRequest(lp, { requestVault, requestId: head })).expiresAt + 1n);
  await settleLpRequestsSync(world.keeper, { requestVault, updates: [] });
  expect((await getLpAggregate(lp, { aggregateVault, controller })).deposits).toMatchObject({
    pending: 0n,
    returned: amount,
  });
  await sent(world.bob, pushReturnedLpFunds(world.bob, { aggregateVault, controller, isDeposit: true }));
  expect((await getLpAggregate(lp, { aggregateVault, controller })).deposits.returned).toBe(0n);
  expect(
    (await revertOf(pushReturnedLpFunds(world.bob, { aggregateVault, controller, isDeposit: true }))).errorName,
  ).toBe("NothingReturned");
  await expectLedgerLaws(world);
});
