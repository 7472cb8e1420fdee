import {
  counterpoiseAdmin,
  counterpoiseWrites,
  deposit,
  depositToMargin,
  depositWithPermit,
  getFund,
  getMarket,
  getMarketRules,
  getPosition,
  multicallVault,
  setBorrowing,
  setDepositCap,
  setFunding,
  setMarginRatios,
  setOperator,
  setOperatorBySig,
  setRules,
  signSetOperator,
} from "@counterpoise/sdk";
import { vaultAbi } from "@counterpoise/sdk/abis";
import { USD, WAD } from "@counterpoise/testkit";
import { erc20Abi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Actor, type Exchange, market, revertOf, sent, TAKER_COLLATERAL, useExchange } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";
import { tradeBase } from "../src/trades.js";

const exchange = useExchange();

const fundOf = ({ deployment }: Exchange, client: Actor) =>
  getFund(client, { deployment, account: client.account.address });

/** Revokes the allowance that the setup gives to the Vault. */
async function withoutAllowance({ deployment }: Exchange, client: Actor): Promise<void> {
  const token = { address: deployment.collateral, abi: erc20Abi } as const;
  await sent(client, client.writeContract({ ...token, functionName: "approve", args: [deployment.vault, 0n] }));
}

describe("depositWithPermit", () => {
  test("default", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await withoutAllowance(world, alice);
    await sent(alice, depositWithPermit(alice, { deployment, amount: 1_000n * USD }));
    expect(await fundOf(world, alice)).toBe(1_000n * USD);
    expect(await world.collateralOf(alice.account.address)).toBe(TAKER_COLLATERAL - 1_000n * USD);
    // The next permit uses the next nonce.
    await sent(alice, depositWithPermit(alice, { deployment, amount: 1n, account: world.bob.account.address }));
    expect(await fundOf(world, world.bob)).toBe(1n);
    await expectLedgerLaws(world);
  });

  test("error: a permit for another domain reverts", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await withoutAllowance(world, alice);
    const domain = { name: "Another token", version: "1" };
    await expect(depositWithPermit(alice, { deployment, amount: 1n, domain })).rejects.toThrow();
    expect(await fundOf(world, alice)).toBe(0n);
  });
});

describe("setOperatorBySig", () => {
  test("default: signed by a trader, submitted by another account", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const isOperator = () =>
      keeper.readContract({
        address: deployment.vault,
        abi: vaultAbi,
        functionName: "isOperator",
        args: [alice.account.address, deployment.orderGateway],
      });
    const signed = await signSetOperator(alice, { deployment, approved: true });
    await sent(keeper, setOperatorBySig(keeper, { deployment, ...signed }));
    expect(await isOperator()).toBe(true);
    // A second submission changes nothing and does not revert, so that a multicall does not fail for the first.
    await sent(keeper, setOperatorBySig(keeper, { deployment, ...signed }));
    const revoked = await signSetOperator(alice, { deployment, approved: false });
    await sent(keeper, setOperatorBySig(keeper, { deployment, ...revoked }));
    expect(await isOperator()).toBe(false);
    expect(await revertOf(setOperatorBySig(keeper, { deployment, ...signed }))).toMatchObject({
      errorName: "InvalidSignature",
      named: { account: alice.account.address },
    });
  });

  test("behavior: revoking directly consumes a signature that was not submitted", async () => {
    const { alice, deployment, keeper } = exchange();
    const unused = await signSetOperator(alice, { deployment, approved: true });
    await sent(alice, setOperator(alice, { deployment, approved: true }));
    await sent(alice, setOperator(alice, { deployment, approved: false }));
    expect((await revertOf(setOperatorBySig(keeper, { deployment, ...unused }))).errorName).toBe("InvalidSignature");
  });

  test("error: SignatureExpired, InvalidSignature", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const late = await signSetOperator(alice, { deployment, approved: true, deadline: await world.now() });
    expect((await revertOf(setOperatorBySig(keeper, { deployment, ...late }))).errorName).toBe("SignatureExpired");
    const signed = await signSetOperator(alice, { deployment, approved: true });
    const other = { ...signed, operator: keeper.account.address };
    expect((await revertOf(setOperatorBySig(keeper, { deployment, ...other }))).errorName).toBe("InvalidSignature");
  });
});

describe("depositToMargin", () => {
  test("default: rescues a position while the deposit cap is full", async () => {
    const world = exchange();
    const { admin, alice, deployment } = world;
    const account = alice.account.address;
    await world.fund(alice, 500n * USD);
    await tradeBase(world, alice, { base: WAD, price: parseEther("2000") });
    await sent(admin, setDepositCap(admin, { deployment, cap: 1n }));
    expect((await revertOf(deposit(alice, { deployment, amount: 1n }))).errorName).toBe("DepositCapExceeded");

    const { margin } = await getPosition(alice, { deployment, account });
    await sent(alice, depositToMargin(alice, { deployment, amount: 1_000n * USD }));
    expect((await getPosition(alice, { deployment, account })).margin).toBe(margin + 1_000n * WAD);
    // The exemption ends at a margin of the whole notional, and needs a position.
    const more = depositToMargin(alice, { deployment, amount: 1_000n * USD });
    expect((await revertOf(more)).errorName).toBe("DepositCapExceeded");
    const other = depositToMargin(world.bob, { deployment, amount: 1n });
    expect((await revertOf(other)).errorName).toBe("DepositCapExceeded");
    await expectLedgerLaws(world);
  });
});

describe("multicallVault", () => {
  test("default: from a wallet to a trade in two transactions", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    const amount = 10_000n * USD;
    await sent(
      alice,
      multicallVault(alice, {
        deployment,
        calls: [
          { functionName: "deposit", args: [account, amount] },
          { functionName: "transferFundToMargin", args: [deployment.marketId, account, amount] },
          { functionName: "setOperator", args: [deployment.orderGateway, true] },
        ],
      }),
    );
    await tradeBase(world, alice, { base: WAD, price: parseEther("2000") });
    expect((await getPosition(alice, { deployment, account })).size).toBe(WAD);
  });

  test("error: all or nothing", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const account = alice.account.address;
    const calls = [
      { functionName: "deposit", args: [account, 5n] },
      { functionName: "withdraw", args: [6n, account] },
    ] as const;
    expect(await revertOf(multicallVault(alice, { deployment, calls }))).toMatchObject({
      errorName: "InsufficientFund",
      named: { requested: 6n, available: 5n },
    });
    expect(await fundOf(world, alice)).toBe(0n);
  });
});

describe("admin", () => {
  test("default", async () => {
    const { admin, deployment, keeper } = exchange();
    const rules = { ...(await getMarketRules(keeper, { deployment })), tradingFee: 500, settlementDelay: 86_400 };
    await sent(admin, setRules(admin, { deployment, rules }));
    expect(await getMarketRules(keeper, { deployment })).toEqual(rules);
    await sent(admin, setBorrowing(admin, { deployment, maxRate: 0n }));
    await sent(admin, setFunding(admin, { deployment, maxRate: 0n, maxVelocity: 0n, skewScale: 0n }));
    await sent(admin, setDepositCap(admin, { deployment, cap: 2_000_000n * USD }));
    const ratios = { initialMarginRatio: 200_000, maintenanceMarginRatio: 100_000 };
    await sent(admin, setMarginRatios(admin, { deployment, ...ratios, rampDuration: 86_400n }));
    const state = await getMarket(keeper, { deployment });
    // The ratios have only begun to change.
    expect(state.initialMarginRatio).toBe(market.market.initialMarginRatio);
    expect(state.target).toMatchObject(ratios);
  });

  test("error: typed, with the limits", async () => {
    const { admin, alice, deployment, keeper } = exchange();
    const rules = await getMarketRules(keeper, { deployment });
    const errorOf = async (action: Promise<unknown>) => revertOf(action);
    expect(await errorOf(setRules(admin, { deployment, rules: { ...rules, tradingFee: 10_001 } }))).toMatchObject({
      errorName: "RuleOutOfRange",
      named: { value: 10_001n, max: 10_000n },
    });
    expect(await errorOf(setRules(alice, { deployment, rules }))).toMatchObject({
      errorName: "OwnableUnauthorizedAccount",
      named: { account: alice.account.address },
    });
    expect(await errorOf(setBorrowing(admin, { deployment, maxRate: WAD / 86_400n + 1n }))).toMatchObject({
      errorName: "InvalidBorrowing",
    });
  });

  test("behavior: as methods", async () => {
    const { admin, alice, deployment, guardian, keeper } = exchange();
    await sent(guardian, guardian.extend(counterpoiseAdmin(deployment)).setMarketStatus({ status: "paused" }));
    expect((await getMarket(keeper, { deployment })).status).toBe("paused");
    await sent(admin, admin.extend(counterpoiseAdmin(deployment)).setMarketStatus({ status: "active" }));
    await sent(alice, alice.extend(counterpoiseWrites(deployment)).deposit({ amount: 5n }));
    expect(await getFund(alice, { deployment, account: alice.account.address })).toBe(5n);
  });
});
