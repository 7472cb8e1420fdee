import {
  announceSettlement,
  applyEvent,
  deleverageSync,
  deposit,
  depositLpSync,
  donateInsurance,
  emptyLedger,
  flagShortfall,
  getHedge,
  getMaker,
  getMarket,
  getPosition,
  liquidateSync,
  positionIn,
  setMarketStatus,
  settleAccount,
  settleMarket,
  transferFundToMargin,
  transferMarginToFund,
  withdraw,
  withdrawLpSync,
} from "@counterpoise/sdk";
import { vaultAbi } from "@counterpoise/sdk/abis";
import { readHistory } from "@counterpoise/sdk/history";
import { amounts } from "@counterpoise/sdk/math";
import { applyLpEvent, attributionOf, getLpEvents, newLpLedger } from "@counterpoise/sdk/report";
import { COLLATERAL_SCALE, USD } from "@counterpoise/testkit";
import { type Address, isAddressEqual, parseEther, parseEventLogs } from "viem";
import { expect, test } from "vitest";
import { type Exchange, FIRST_PRICE, LP_BASE, SETTLEMENT_ACCOUNT, sent, useExchange } from "../src/exchange.js";
import { expectBaseVaultDrift, expectSoundLedger } from "../src/laws.js";
import { closeWhole, pass, tradeBase } from "../src/trades.js";

const exchange = useExchange();

test("events alone rebuild every balance, through every state of a market", async () => {
  const world = exchange();
  const { admin, alice, bob, deployment, keeper, lp, otherLp } = world;
  const { oracleMaker, spotHedgeBaseMaker } = deployment;
  /** Compares the ledger that the events rebuild with the views, and checks the laws. */
  const stage = async (lpBase = LP_BASE) => {
    await expectSoundLedger(world);
    await expectBaseVaultDrift(world, lpBase);
    for (const maker of [oracleMaker, spotHedgeBaseMaker]) await expectExplained(world, maker);
  };
  await stage();

  // Trades on both makers, in both directions, with fees between them.
  await world.fund(alice, 30_000n * USD);
  await world.fund(bob, 40_000n * USD);
  await stage();
  await tradeBase(world, alice, { base: parseEther("40"), price: FIRST_PRICE });
  await tradeBase(world, bob, { base: parseEther("-20"), price: FIRST_PRICE, maker: spotHedgeBaseMaker });
  await tradeBase(world, bob, { base: parseEther("-7.5"), price: FIRST_PRICE });
  await pass(world, 3_600n, parseEther("2010"));
  await stage();
  await tradeBase(world, bob, { base: parseEther("5"), price: parseEther("2010"), maker: spotHedgeBaseMaker });
  // Crosses zero: a close and an opening in one fill.
  await tradeBase(world, alice, { base: parseEther("-55"), price: parseEther("2010") });
  await stage();

  // LPs deposit and withdraw.
  await depositLpSync(otherLp, { maker: oracleMaker, amount: 100_000n * USD, minShares: 1n });
  await depositLpSync(otherLp, { maker: spotHedgeBaseMaker, amount: parseEther("50"), minShares: 1n });
  await pass(world, 600n, parseEther("1990"));
  const paid = await withdrawLpSync(lp, { maker: spotHedgeBaseMaker, shares: parseEther("10"), minAmount: 1n });
  await withdrawLpSync(lp, { maker: oracleMaker, shares: parseEther("10000"), minAmount: 1n });
  const lpBase = LP_BASE + parseEther("50") - paid;
  await stage(lpBase);

  // Margin, funds and wallets.
  await sent(alice, transferMarginToFund(alice, { deployment, amount: 5_000n * USD }));
  await sent(alice, withdraw(alice, { deployment, amount: 2_000n * USD }));
  await sent(alice, deposit(alice, { deployment, amount: 1_000n * USD, account: bob.account.address }));
  await sent(bob, donateInsurance(bob, { deployment, amount: 25n * USD }));
  await stage(lpBase);

  // All takers close. A long then falls below maintenance, and a liquidator takes over half of it.
  await closeWhole(world, alice, { isLong: false, price: parseEther("1990") });
  await closeWhole(world, bob, { isLong: false, price: parseEther("1990") });
  await stage(lpBase);
  await sent(alice, deposit(alice, { deployment, amount: 5_000n * USD }));
  await tradeBase(world, alice, { base: parseEther("100"), price: parseEther("1990") });
  await world.publish(parseEther("1850"));
  await liquidateSync(bob, { deployment, account: alice.account.address });
  await stage(lpBase);

  // The rest is bankrupt. It is closed at its bankruptcy price, against makers in profit and bob.
  await world.publish(parseEther("1500"));
  await deleverageSync(keeper, {
    deployment,
    account: alice.account.address,
    counterparties: [bob.account.address, oracleMaker],
  });
  await stage(lpBase);

  // Bob's part of it goes bankrupt, and no account deleverages it: bad debt, which a donation covers.
  await world.publish(parseEther("1000"));
  await sent(keeper, flagShortfall(keeper, { deployment, account: bob.account.address }));
  await pass(world, 3_600n, parseEther("1000"));
  const { badDebt } = await liquidateSync(keeper, { deployment, account: bob.account.address, maker: oracleMaker });
  expect(badDebt).toBeGreaterThan(0n);
  await stage(lpBase);
  const gift = badDebt / COLLATERAL_SCALE + 1_000n * USD;
  await sent(alice, deposit(alice, { deployment, amount: gift }));
  await sent(alice, donateInsurance(alice, { deployment, amount: gift }));
  expect((await getMarket(keeper, { deployment })).badDebt).toBe(0n);
  await stage(lpBase);

  // The market opens again, and then its feed stops.
  await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
  await sent(alice, deposit(alice, { deployment, amount: 3_000n * USD }));
  await sent(alice, transferFundToMargin(alice, { deployment, amount: 3_000n * USD }));
  await tradeBase(world, alice, { base: parseEther("2"), price: parseEther("1000") });
  await world.movePool(parseEther("1000"));
  await tradeBase(world, alice, { base: parseEther("-5"), price: parseEther("1000"), maker: spotHedgeBaseMaker });
  await world.publish(parseEther("1010"));
  await world.warpBy(3n * 86_400n);
  await sent(keeper, announceSettlement(keeper, { deployment }));
  await world.warpBy(86_400n);
  await sent(keeper, settleMarket(keeper, { deployment }));
  for (const account of world.accounts) {
    const { size } = await getPosition(keeper, { deployment, account });
    if (size !== 0n && !isAddressEqual(account, SETTLEMENT_ACCOUNT)) {
      await sent(keeper, settleAccount(keeper, { deployment, account }));
    }
  }
  await expectSoundLedger(world);
  for (const account of world.accounts) {
    expect((await getPosition(keeper, { deployment, account })).size, account).toBe(0n);
  }

  // The histories explain each margin that the transfers of collateral do not.
  const moved = await transferred(world);
  const kinds = new Set<string>();
  for (const account of world.accounts) {
    let margin = moved(account);
    for await (const item of readHistory(keeper, { deployment, account, maxBlockRange: 50n })) {
      kinds.add(`${item.kind} as ${item.role}`);
      margin += item.realizedPnl - item.funding - item.borrowing - item.tradingFee - item.penalty + item.covered;
      expect(item.time).toBe((await keeper.getBlock({ blockNumber: item.blockNumber })).timestamp);
      expect(item.order !== undefined).toBe(item.kind === "trade");
    }
    expect(margin, account).toBe((await getPosition(keeper, { deployment, account })).margin);
  }
  expect([...kinds].sort()).toEqual([
    "deleveraging as maker",
    // The keeper's reward.
    "deleveraging as none",
    "deleveraging as taker",
    "liquidation as maker",
    "liquidation as none",
    "liquidation as taker",
    "settlement as maker",
    "settlement as taker",
    "trade as maker",
    "trade as taker",
  ]);
});

/** Compares an LP vault with the ledger of its report, which events alone build, and its value with the attribution of its result. */
async function expectExplained({ deployment, keeper }: Exchange, maker: Address): Promise<void> {
  const ledger = newLpLedger();
  for (const event of await getLpEvents(keeper, { deployment, maker })) applyLpEvent(ledger, event);
  const { account } = await getMaker(keeper, { deployment, maker });
  const isHedged = maker === deployment.spotHedgeBaseMaker;
  const base: bigint = isHedged ? (await getHedge(keeper, { deployment, maker })).assetBalance : 0n;
  const { size, openNotional, margin, pendingFunding, pendingBorrowing, valuation } = account;
  expect(ledger, maker).toMatchObject({ size, base, quote: openNotional + margin });
  expect(ledger.parts.donated).toBe(0n);
  const price = (await getMarket(keeper, { deployment })).lastPrice?.price ?? 0n;
  const { total, valueChange } = attributionOf(ledger, { price, pendingFunding, pendingBorrowing });
  expect(total, maker).toBe(valueChange);
  if (!valuation) return;
  const held = amounts.valueFloor(base, price) - amounts.valueFloor(ledger.lpBase, price);
  expect(total, maker).toBe(valuation.accountValue + held - ledger.lpQuote);
}

/** The collateral that each account moved into its margin less that out of it, WAD, by the events of the transfers alone. */
async function transferred({ alice, deployment }: Exchange): Promise<(account: Address) => bigint> {
  const { vault, collateralDecimals, marketId } = deployment;
  const logs = await alice.getLogs({ address: vault, fromBlock: 0n });
  const ledger = emptyLedger({ collateralDecimals });
  const transfers = ["FundToMargin", "MarginToFund", "MarginReceived", "MarginPaidOut", "BondPaid"];
  for (const event of parseEventLogs({ abi: vaultAbi, logs })) {
    if (transfers.includes(event.eventName)) applyEvent(ledger, event);
  }
  return (account) => positionIn(ledger, marketId, account).margin;
}
