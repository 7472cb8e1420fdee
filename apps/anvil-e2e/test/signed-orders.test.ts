import { type DevnetAccount, deploySafe, deploySafeContracts, planSafe, safeAccount } from "@counterpoise/devnet";
import {
  type Announcement,
  announceSignedOrderSync,
  batchSignedOrdersSync,
  buildSignedOrder,
  cancelAllSignedOrders,
  cancelAnnouncement,
  cancelBracket,
  cancelSignedOrder,
  cancelSignedOrderBySig,
  clearAnnouncement,
  counterpoiseReads,
  counterpoiseWrites,
  deposit,
  executeAnnouncedSync,
  getAnnouncedOrders,
  getBracket,
  getBracketedOrders,
  getFund,
  getOrderNonce,
  getPosition,
  getSignedOrder,
  getSignedOrderRules,
  hashAnnouncement,
  hashSignedOrder,
  hashSignedOrderLeg,
  isLegDue,
  isOrderCancellation,
  liquidate,
  matchSignedOrdersSync,
  replayVaultLogs,
  type SignedOrder,
  type SignOrderParameters,
  setMarketStatus,
  setOperator,
  settleSignedOrder,
  settleSignedOrderSync,
  signedOrderCalls,
  signOrder,
  signOrderCancellation,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { signedOrderGatewayAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { NO_UPPER_BOUND, USD, WAD } from "@counterpoise/testkit";
import {
  createWalletClient,
  encodeFunctionData,
  http,
  isErc6492Signature,
  keccak256,
  parseEther,
  publicActions,
  toHex,
} from "viem";
import { describe, expect, test } from "vitest";
import { type Actor, type Exchange, FIRST_PRICE, market, revertOf, sent, useExchange } from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";

const exchange = useExchange();

const RELAY_FEE = USD / 2n;

const equip = (world: Exchange, taker: Actor): Promise<void> =>
  world.fundForSignedOrders(taker, { fund: 10_000n * USD, margin: 10_000n * USD });

/** An order to buy one base at most 1% above the price. */
const buyOne = ({ deployment }: Exchange, order: Partial<SignOrderParameters> = {}) =>
  ({
    deployment,
    kind: "market",
    isBaseToQuote: false,
    amount: WAD,
    price: parseEther("2020"),
    maxRelayFee: RELAY_FEE,
    ...order,
  }) as SignOrderParameters;

const sizeOf = async ({ deployment }: Exchange, { account }: Actor) =>
  (await getPosition(exchange().keeper, { deployment, account: account.address })).size;

const fundOf = async ({ deployment }: Exchange, { account }: Actor) =>
  getFund(exchange().keeper, { deployment, account: account.address });

const execute = async (world: Exchange, order: SignedOrder, announcement: Announcement, price: bigint) => {
  await world.warpTo(announcement.executableAt);
  const { deployment, keeper } = world;
  const updateData = [world.updateAt(announcement.executableAt, price)];
  return executeAnnouncedSync(keeper, { deployment, order, announcement, updateData });
};

describe("settleSignedOrder", () => {
  test("default: a relayer settles against the OracleMaker, at a current price", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await equip(world, alice);
    const signed = await signOrder(alice, buyOne(world, { margin: 1_000n * USD }));
    const now = await world.now();
    const fill = await settleSignedOrderSync(keeper, {
      deployment,
      ...signed,
      relayFee: RELAY_FEE,
      maker: deployment.oracleMaker,
      updateData: [world.updateAt(now, parseEther("2005"))],
    });
    expect(fill).toMatchObject({
      legHash: hashSignedOrder({ deployment, order: signed.order }),
      account: alice.account.address,
      counterparty: deployment.oracleMaker,
      base: WAD,
      price: parseEther("2005"),
      relayFeeXCD: RELAY_FEE,
    });
    expect(await sizeOf(world, alice)).toBe(WAD);
    expect(await fundOf(world, alice)).toBe(9_000n * USD - RELAY_FEE);
    expect(await fundOf(world, keeper)).toBe(RELAY_FEE);
    expect(await getSignedOrder(keeper, { deployment, order: signed.order })).toMatchObject({
      status: "closed",
      isAnnounced: false,
    });
    await expectLedgerLaws(world);
    const logs = await keeper.getLogs({ address: deployment.vault, fromBlock: 0n });
    const ledger = replayVaultLogs({ vault: deployment.vault, collateralDecimals: 6, logs });
    expect(ledger.funds.get(keeper.account.address)).toBe(RELAY_FEE);
  });

  test("behavior: in parts, with a stop for the position", async () => {
    const world = exchange();
    const { alice, keeper } = world;
    const deployment = world.deployment;
    await equip(world, alice);
    const relayer = keeper.extend(counterpoiseWrites(deployment)).extend(counterpoiseReads(deployment));
    const maker = deployment.oracleMaker;
    const bought = await signOrder(alice, buyOne(world, { kind: "limit", amount: 3n * WAD, minFill: WAD }));
    // Each part pays its share of the maximum fee.
    const relayFee = (RELAY_FEE * 2n) / 3n;
    await sent(keeper, relayer.settleSignedOrder({ ...bought, relayFee, maker, amount: 2n * WAD }));
    expect(await relayer.getSignedOrder({ order: bought.order })).toMatchObject({ filled: 2n * WAD, status: "open" });
    const stop = await signOrder(alice, {
      deployment,
      kind: "stop",
      isBaseToQuote: true,
      isReduceOnly: true,
      amount: WHOLE_POSITION,
      triggerPrice: parseEther("1950"),
    });
    expect(await revertOf(relayer.settleSignedOrder({ ...stop, maker }))).toMatchObject({
      errorName: "TriggerNotMet",
      named: { price: FIRST_PRICE, triggerPrice: parseEther("1950") },
    });
    await world.publish(parseEther("1949"));
    const { base } = await relayer.settleSignedOrderSync({ ...stop, maker });
    expect(base).toBe(-2n * WAD);
    expect(await sizeOf(world, alice)).toBe(0n);
    // The second part pays the rest of the fee.
    await sent(keeper, relayer.settleSignedOrder({ ...bought, relayFee: RELAY_FEE - relayFee, maker }));
    expect(await relayer.getSignedOrder({ order: bought.order })).toMatchObject({ status: "closed" });
    expect(await fundOf(world, keeper)).toBe(RELAY_FEE);
    await expectLedgerLaws(world);
  });

  test("behavior: a take-profit and a stop under one id: the stop closes the rest", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await equip(world, alice);
    const maker = deployment.oracleMaker;
    await sent(keeper, settleSignedOrder(keeper, { deployment, maker, ...(await signOrder(alice, buyOne(world))) }));
    const close = { deployment, isBaseToQuote: true, isReduceOnly: true, amount: WAD } as const;
    const profit = await signOrder(alice, {
      ...close,
      kind: "take-profit",
      triggerPrice: parseEther("2040"),
      minFill: 0n,
    });
    const { id } = profit.order;
    const stop = await signOrder(alice, { ...close, kind: "stop", triggerPrice: parseEther("1960"), id });
    await world.publish(parseEther("2041"));
    const amount = (2n * WAD) / 5n;
    const taken = await settleSignedOrderSync(keeper, { deployment, maker, ...profit, amount });
    expect(taken.base).toBe(-amount);
    const state = await getSignedOrder(keeper, { deployment, order: stop.order });
    expect(state).toMatchObject({ filled: amount, status: "open" });
    await world.publish(parseEther("1955"));
    const stopped = await settleSignedOrderSync(keeper, { deployment, maker, ...stop });
    expect(stopped.base).toBe(amount - WAD);
    expect(await sizeOf(world, alice)).toBe(0n);
    expect((await getSignedOrder(keeper, { deployment, order: profit.order })).status).toBe("closed");
    await expectLedgerLaws(world);
  });

  test("error: NotRelayer, RelayFeeTooHigh, OrderClosed", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const signed = await signOrder(alice, buyOne(world));
    const maker = deployment.oracleMaker;
    const settle = (client: Actor, relayFee = 0n) =>
      settleSignedOrder(client, { deployment, ...signed, maker, relayFee });
    expect((await revertOf(settle(bob))).errorName).toBe("NotRelayer");
    expect(await revertOf(settle(keeper, RELAY_FEE + 1n))).toMatchObject({
      errorName: "RelayFeeTooHigh",
      named: { fee: RELAY_FEE + 1n, max: RELAY_FEE },
    });
    await sent(keeper, settle(keeper));
    expect(await revertOf(settle(keeper))).toMatchObject({
      errorName: "OrderClosed",
      named: { account: alice.account.address, id: signed.order.id },
    });
  });
});

describe("matchSignedOrders", () => {
  test("default: two orders, peer to peer", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    await equip(world, bob);
    const taker = await signOrder(alice, buyOne(world));
    const maker = await signOrder(
      bob,
      buyOne(world, {
        kind: "limit",
        isBaseToQuote: true,
        amount: 3n * WAD,
        minFill: 0n,
        price: parseEther("2010"),
      }),
    );
    const outcome = await matchSignedOrdersSync(keeper, {
      deployment,
      taker: { ...taker, relayFee: RELAY_FEE },
      maker,
    });
    expect(outcome.taker).toMatchObject({ base: WAD, quote: parseEther("-2010"), relayFeeXCD: RELAY_FEE });
    expect(outcome.maker).toMatchObject({ base: -WAD, quote: parseEther("2010"), counterparty: taker.order.account });
    expect(await sizeOf(world, alice)).toBe(WAD);
    expect(await sizeOf(world, bob)).toBe(-WAD);
    expect(await getSignedOrder(keeper, { deployment, order: maker.order })).toMatchObject({
      filled: WAD,
      status: "open",
    });
    await expectLedgerLaws(world);
  });
});

describe("announceSignedOrder", () => {
  test("default: the owner of an order needs no relayer", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await equip(world, alice);
    const { order } = await signOrder(alice, buyOne(world, { margin: 500n * USD }));
    const maker = deployment.oracleMaker;
    const { announcement } = await announceSignedOrderSync(alice, { deployment, order, maker });
    const gateway = { address: deployment.signedOrderGateway, abi: signedOrderGatewayAbi } as const;
    expect(
      await keeper.readContract({
        ...gateway,
        functionName: "announcementOf",
        args: [hashSignedOrder({ deployment, order })],
      }),
    ).toBe(hashAnnouncement({ deployment, order, announcement }));
    expect((await getSignedOrder(keeper, { deployment, order })).isAnnounced).toBe(true);
    // T16: closing the id does not affect an announced order.
    await sent(alice, cancelSignedOrder(alice, { deployment, id: order.id }));
    expect(await getSignedOrder(keeper, { deployment, order })).toMatchObject({ status: "closed", isAnnounced: true });
    const again = announceSignedOrderSync(alice, { deployment, order, maker });
    expect((await revertOf(again)).errorName).toBe("OrderClosed");
    const outcome = await execute(world, order, announcement, parseEther("2001"));
    expect(outcome).toMatchObject({ status: "executed", base: WAD, price: parseEther("2001"), relayFeeXCD: RELAY_FEE });
    expect(await fundOf(world, alice)).toBe(9_500n * USD - RELAY_FEE - announcement.bondXCD);
    expect(await fundOf(world, keeper)).toBe(RELAY_FEE);
    await expectLedgerLaws(world);
  });

  test("behavior: any keeper executes the stop of an offline trader", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const maker = deployment.oracleMaker;
    await sent(keeper, settleSignedOrder(keeper, { deployment, maker, ...(await signOrder(alice, buyOne(world))) }));
    const stop = await signOrder(alice, {
      deployment,
      kind: "stop",
      isBaseToQuote: true,
      isReduceOnly: true,
      amount: 2n * WAD,
      maker,
      triggerPrice: parseEther("1960"),
      maxRelayFee: RELAY_FEE,
    });
    // From now on the trader does nothing. Another account than the keeper announces the stop, and no relayer is needed.
    await world.warpBy(10n);
    const now = await world.now();
    const announce = (price: bigint) =>
      announceSignedOrderSync(bob, { deployment, ...stop, updateData: [world.updateAt(now, price)] });
    expect(isLegDue({ order: stop.order, leg: "entry", price: FIRST_PRICE })).toBe(false);
    expect((await revertOf(announce(FIRST_PRICE))).errorName).toBe("TriggerNotMet");
    const { announcement } = await announce(parseEther("1955"));
    expect(announcement).toMatchObject({ announcer: bob.account.address, relayFeeXCD: RELAY_FEE, bondXCD: 0n });
    const [open] = await getAnnouncedOrders(keeper, { deployment });
    expect(open).toMatchObject({ order: stop.order, announcement, status: "delayed" });
    const outcome = await execute(world, stop.order, announcement, parseEther("1950"));
    // Reduce-only: the order for two closes the position of one.
    expect(outcome).toMatchObject({ status: "executed", base: -WAD, relayFeeXCD: RELAY_FEE });
    expect(await sizeOf(world, alice)).toBe(0n);
    expect(await fundOf(world, bob)).toBe(RELAY_FEE / 2n);
    expect(await fundOf(world, keeper)).toBe(RELAY_FEE / 2n);
    expect((await getSignedOrder(keeper, { deployment, order: stop.order })).status).toBe("closed");
    await expectLedgerLaws(world);
  });

  test("behavior: a missed limit charges nothing, and the order waits again", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const signed = await signOrder(alice, buyOne(world, { maker: deployment.oracleMaker, price: FIRST_PRICE }));
    const announce = () => announceSignedOrderSync(bob, { deployment, ...signed });
    await world.publish(FIRST_PRICE);
    const { announcement } = await announce();
    const purged = await execute(world, signed.order, announcement, parseEther("2100"));
    expect(purged).toMatchObject({ status: "purged", reason: { errorName: "SlippageExceeded" } });
    expect(await fundOf(world, alice)).toBe(10_000n * USD - announcement.bondXCD);
    const { announceableAt } = await getSignedOrder(keeper, { deployment, order: signed.order });
    expect(announceableAt).toBe(announcement.announcedAt + 60n);
    await world.publish(FIRST_PRICE);
    expect((await revertOf(announce())).errorName).toBe("AnnouncedTooSoon");
    await world.warpTo(announceableAt);
    await world.publish(FIRST_PRICE);
    const again = await announce();
    await world.warpTo(again.announcement.expiresAt + 1n);
    await sent(
      keeper,
      clearAnnouncement(keeper, { deployment, order: signed.order, announcement: again.announcement }),
    );
    expect(await fundOf(world, alice)).toBe(10_000n * USD - announcement.bondXCD);
    await expectLedgerLaws(world);
  });

  test("behavior: the owner cancels while the price is unknown, by a signature", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const signed = await signOrder(alice, buyOne(world, { maker: deployment.oracleMaker }));
    await world.publish(FIRST_PRICE);
    const { announcement } = await announceSignedOrderSync(keeper, { deployment, ...signed });
    const signature = await signOrderCancellation(alice, { deployment, order: signed.order });
    await sent(bob, cancelAnnouncement(bob, { deployment, order: signed.order, announcement, signature }));
    expect(await getSignedOrder(keeper, { deployment, order: signed.order })).toMatchObject({
      status: "closed",
      isAnnounced: false,
    });
    await expectLedgerLaws(world);
  });
});

describe("brackets", () => {
  const EXIT_FEE = USD / 5n;

  /** Alice buys one with a bracket of 5% on both sides, and does nothing from then on. */
  async function bracketed(world: Exchange, size = WAD) {
    const { alice, deployment, keeper } = world;
    await equip(world, alice);
    const maker = deployment.oracleMaker;
    const signed = await signOrder(
      alice,
      buyOne(world, {
        maker,
        amount: size,
        bracket: { takeProfitPrice: parseEther("2100"), stopPrice: parseEther("1900"), exitFee: EXIT_FEE },
      }),
    );
    await sent(keeper, settleSignedOrder(keeper, { deployment, maker, ...signed }));
    return signed.order;
  }

  test("default: the take-profit fills and cancels the stop", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const order = await bracketed(world);
    // A keeper finds the bracket on the chain.
    const [open] = await getBracketedOrders(keeper, { deployment });
    expect(open).toMatchObject({ order, bracket: { size: WAD } });
    const fund = await fundOf(world, alice);
    await world.warpBy(5n);
    await world.publish(parseEther("2110"));
    expect(isLegDue({ order, leg: "take-profit", price: parseEther("2110") })).toBe(true);
    const { legHash, announcement } = await announceSignedOrderSync(bob, { deployment, order, leg: "take-profit" });
    expect(legHash).toBe(hashSignedOrderLeg({ deployment, order, leg: "take-profit" }));
    const outcome = await execute(world, order, announcement, parseEther("2105"));
    expect(outcome).toMatchObject({ status: "executed", legHash, base: -WAD, relayFeeXCD: EXIT_FEE });
    expect(await sizeOf(world, alice)).toBe(0n);
    expect(await fundOf(world, alice)).toBe(fund - EXIT_FEE);
    expect(await getBracket(keeper, { deployment, order })).toBeUndefined();
    await world.publish(parseEther("1890"));
    const stop = announceSignedOrderSync(bob, { deployment, order, leg: "stop" });
    expect((await revertOf(stop)).errorName).toBe("BracketNotActive");
    expect(await getBracketedOrders(keeper, { deployment })).toEqual([]);
    await expectLedgerLaws(world);
  });

  test("behavior: a liquidation ends the bracket, also when the account opens another position", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const order = await bracketed(world, 45n * WAD);
    await world.fundForSignedOrders(bob, { fund: 0n, margin: 100_000n * USD });
    await world.publish(parseEther("1830"));
    await sent(bob, liquidate(bob, { deployment, account: alice.account.address }));
    expect(await sizeOf(world, alice)).toBe(0n);
    expect(await getBracket(keeper, { deployment, order })).toBeUndefined();
    await equip(world, alice);
    const maker = deployment.oracleMaker;
    const another = await signOrder(alice, buyOne(world));
    await sent(keeper, settleSignedOrder(keeper, { deployment, maker, ...another }));
    expect(await getBracket(keeper, { deployment, order })).toBeUndefined();
    const stop = announceSignedOrderSync(keeper, { deployment, order, leg: "stop" });
    expect((await revertOf(stop)).errorName).toBe("BracketNotActive");
    expect(await sizeOf(world, alice)).toBe(WAD);
    await expectLedgerLaws(world);
  });

  test("behavior: the owner cancels the bracket", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    const order = await bracketed(world);
    await sent(alice, cancelBracket(alice, { deployment, order }));
    expect((await getSignedOrder(keeper, { deployment, order })).bracket).toBeUndefined();
  });
});

describe("wallets", () => {
  /** A Safe of alice with a fund of 5,000. Its deployment approves the gateway as operator. */
  async function fundedSafe(world: Exchange) {
    const { alice, bob, deployer, deployment, anvil } = world;
    const owner = alice.account as DevnetAccount;
    const authorize = encodeFunctionData({
      abi: vaultAbi,
      functionName: "setOperator",
      args: [deployment.signedOrderGateway, true],
    });
    const safe = await planSafe(deployer, {
      contracts: await deploySafeContracts(deployer),
      owner: owner.address,
      calls: [{ to: deployment.vault, data: authorize }],
    });
    await sent(bob, deposit(bob, { deployment, account: safe.address, amount: 5_000n * USD }));
    const account = safeAccount(deployer, { safe, owner });
    const chain = alice.chain;
    const client = createWalletClient({ account, chain, transport: http(anvil.rpcUrl) }).extend(publicActions);
    return { safe, client };
  }

  test("default: a Safe signs (ERC-1271), and a relayer settles", async () => {
    const world = exchange();
    const { bob, deployer, deployment, keeper } = world;
    const { safe, client } = await fundedSafe(world);
    await deploySafe(deployer, safe);
    const signed = await signOrder(client, buyOne(world, { margin: 1_000n * USD }));
    expect(signed.order.account).toBe(safe.address);
    expect(isErc6492Signature(signed.signature)).toBe(false);
    const maker = deployment.oracleMaker;
    const fill = await settleSignedOrderSync(keeper, { deployment, ...signed, relayFee: RELAY_FEE, maker });
    expect(fill).toMatchObject({ account: safe.address, base: WAD, relayFeeXCD: RELAY_FEE });
    expect(await getFund(keeper, { deployment, account: safe.address })).toBe(4_000n * USD - RELAY_FEE);
    await expectLedgerLaws(world, [safe.address]);
    // Bob's signature is invalid for the wallet.
    const forged = await signOrder(bob, buyOne(world, { account: safe.address }));
    expect(await revertOf(settleSignedOrder(keeper, { deployment, ...forged, maker }))).toMatchObject({
      errorName: "InvalidSignature",
      named: { account: safe.address },
    });
  });

  test("behavior: the first order deploys a counterfactual Safe (ERC-6492)", async () => {
    const world = exchange();
    const { deployment, keeper } = world;
    const { safe, client } = await fundedSafe(world);
    const signed = await signOrder(client, buyOne(world, { margin: 1_000n * USD }));
    expect(isErc6492Signature(signed.signature)).toBe(true);
    expect(await keeper.getCode({ address: safe.address })).toBeUndefined();
    const maker = deployment.oracleMaker;
    const fill = await settleSignedOrderSync(keeper, { deployment, ...signed, relayFee: RELAY_FEE, maker });
    expect(fill).toMatchObject({ account: safe.address, base: WAD });
    expect(await keeper.getCode({ address: safe.address })).toBeDefined();
    // From now on its signatures are ERC-1271 signatures.
    const close = { kind: "market", isBaseToQuote: true, isReduceOnly: true, amount: WHOLE_POSITION } as const;
    const closing = await signOrder(client, { deployment, ...close, price: parseEther("1980") });
    expect(isErc6492Signature(closing.signature)).toBe(false);
    await sent(keeper, settleSignedOrder(keeper, { deployment, ...closing, maker }));
    expect((await getPosition(keeper, { deployment, account: safe.address })).size).toBe(0n);
    await expectLedgerLaws(world, [safe.address]);
  });

  test("behavior: any account announces or cancels an order with the signature of such a Safe", async () => {
    const world = exchange();
    const { bob, deployment, keeper } = world;
    const { safe, client } = await fundedSafe(world);
    const maker = deployment.oracleMaker;
    const signed = await signOrder(client, buyOne(world, { margin: 1_000n * USD, maker }));
    const other = await signOrder(client, buyOne(world));
    const cancellation = { deployment, order: other.order };
    const signature = await signOrderCancellation(client, cancellation);
    expect(await isOrderCancellation(keeper, { ...cancellation, signature })).toBe(true);
    await world.publish(FIRST_PRICE);
    const { announcement } = await announceSignedOrderSync(bob, { deployment, ...signed });
    const outcome = await execute(world, signed.order, announcement, FIRST_PRICE);
    expect(outcome).toMatchObject({ status: "executed", account: safe.address, base: WAD });
    await sent(bob, cancelSignedOrderBySig(bob, { ...cancellation, signature }));
    expect((await getSignedOrder(keeper, cancellation)).status).toBe("closed");
  });
});

describe("cancelling", () => {
  test("default: on the chain, one order and all orders", async () => {
    const world = exchange();
    const { alice, deployment, keeper } = world;
    await equip(world, alice);
    const [first, second] = [await signOrder(alice, buyOne(world)), await signOrder(alice, buyOne(world))];
    expect(second.order.id).toBe(first.order.id + 1n);
    const settle = (signed: typeof first) =>
      settleSignedOrder(keeper, { deployment, ...signed, maker: deployment.oracleMaker });
    await sent(alice, cancelSignedOrder(alice, { deployment, id: first.order.id }));
    expect((await revertOf(settle(first))).errorName).toBe("OrderClosed");
    await sent(alice, cancelAllSignedOrders(alice, { deployment }));
    expect(await revertOf(settle(second))).toMatchObject({
      errorName: "WrongNonce",
      named: { nonce: 0n, current: 1n },
    });
    expect((await getSignedOrder(keeper, { deployment, order: second.order })).status).toBe("revoked");
    await sent(keeper, settle(await signOrder(alice, buyOne(world))));
  });

  test("behavior: off-chain, by a relayer that verifies the cancellation", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const open = [await signOrder(alice, buyOne(world)), await signOrder(alice, buyOne(world, { amount: 2n * WAD }))];
    const cancellations = [
      { order: open[0]?.order, by: alice },
      // Bob's signature cannot cancel alice's other order.
      { order: open[1]?.order, by: bob },
    ];
    // A relayer drops an order only if its account has signed the cancellation.
    const dropped = new Set<unknown>();
    for (const { order, by } of cancellations) {
      if (!order) throw new Error("No order");
      const signature = await signOrderCancellation(by, { deployment, order });
      if (await isOrderCancellation(keeper, { deployment, order, signature })) dropped.add(order);
    }
    const calls = open
      .filter(({ order }) => !dropped.has(order))
      .map((submission) => signedOrderCalls.settle({ deployment, ...submission, maker: deployment.oracleMaker }));
    const { fills, failures } = await batchSignedOrdersSync(keeper, { deployment, calls });
    expect(fills.map(({ base }) => base)).toEqual([2n * WAD]);
    expect(failures).toEqual([]);
    const states = await Promise.all(open.map(({ order }) => getSignedOrder(keeper, { deployment, order })));
    expect(states.map(({ status }) => status)).toEqual(["open", "closed"]);
  });

  test("behavior: any account submits a signed cancellation to the chain", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const { order } = await signOrder(alice, buyOne(world));
    const signature = await signOrderCancellation(alice, { deployment, order });
    await sent(bob, cancelSignedOrderBySig(bob, { deployment, order, signature }));
    expect((await getSignedOrder(keeper, { deployment, order })).status).toBe("closed");
  });
});

/** T16: an announcement that stayed open would be an option on its price for the first account to know of the reopening. */
test("executeAnnounced: while the market is reduce-only an announcement is purged, and the order stays valid", async () => {
  const world = exchange();
  const { admin, alice, deployment, keeper } = world;
  await equip(world, alice);
  const { order, signature } = await signOrder(alice, buyOne(world));
  const maker = deployment.oracleMaker;
  const { announcement } = await announceSignedOrderSync(alice, { deployment, order, maker });
  await sent(admin, setMarketStatus(admin, { deployment, status: "reduceOnly" }));
  const outcome = await execute(world, order, announcement, FIRST_PRICE);
  expect(outcome).toMatchObject({
    status: "purged",
    reason: { errorName: "MarketNotActive", named: { marketId: deployment.marketId } },
  });
  await sent(admin, setMarketStatus(admin, { deployment, status: "active" }));
  await sent(keeper, settleSignedOrder(keeper, { deployment, order, signature, maker }));
});

test("batchSignedOrders: a failing order does not affect the others", async () => {
  const world = exchange();
  const { alice, bob, deployment, keeper } = world;
  await equip(world, alice);
  await equip(world, bob);
  const maker = deployment.oracleMaker;
  const calls = await Promise.all(
    [alice, bob, alice].map(async (taker, i) =>
      signedOrderCalls.settle({
        deployment,
        ...(await signOrder(taker, buyOne(world, i === 1 ? { price: parseEther("1000") } : {}))),
        maker,
      }),
    ),
  );
  const { fills, failures } = await batchSignedOrdersSync(keeper, { deployment, calls });
  expect(fills.map(({ account }) => account)).toEqual([alice.account.address, alice.account.address]);
  expect(failures).toMatchObject([{ index: 1, reason: { errorName: "SlippageExceeded" } }]);
  await expectLedgerLaws(world);
});

/** T23: the contract and viem compute the same digest, for orders of any content. */
test("hashSignedOrder: equals the contract's digest for any order", async () => {
  const { deployment, keeper } = exchange();
  for (let i = 0; i < 64; i++) {
    const word = (field: string) => BigInt(keccak256(toHex(`${i}.${field}`)));
    // Extremes, small numbers and random numbers.
    const uint = (field: string) =>
      [0n, NO_UPPER_BOUND, word(field) % 1000n, word(field)][Number(word(field) % 4n)] ?? 0n;
    const address = (field: string) => toHex(word(field) % 2n ** 160n, { size: 20 });
    const order: SignedOrder = {
      account: address("account"),
      marketId: uint("marketId"),
      maker: address("maker"),
      isBaseToQuote: word("side") % 2n === 0n,
      isReduceOnly: word("reduce") % 2n === 0n,
      amount: uint("amount"),
      minFill: uint("minFill"),
      price: uint("price"),
      trigger: Number(word("trigger") % 3n),
      triggerPrice: uint("triggerPrice"),
      marginXCD: uint("margin"),
      maxRelayFeeXCD: uint("fee"),
      takeProfitPrice: uint("takeProfit"),
      stopPrice: uint("stop"),
      exitFeeXCD: uint("exitFee"),
      validFrom: uint("validFrom"),
      expiresAt: uint("expiresAt"),
      nonce: uint("nonce"),
      id: uint("id"),
    };
    const digest = await keeper.readContract({
      address: deployment.signedOrderGateway,
      abi: signedOrderGatewayAbi,
      functionName: "hashOrder",
      args: [order],
    });
    expect(hashSignedOrder({ deployment, order })).toBe(digest);
  }
});

test("getSignedOrderRules and getOrderNonce", async () => {
  const { alice, deployment } = exchange();
  expect(await getSignedOrderRules(alice, { deployment })).toEqual({
    delay: market.rules.delay,
    priceWindow: market.rules.priceWindow,
    validity: market.rules.validity,
    relayerMaxAge: 10,
    bondRatio: expect.any(Number),
    minRelayFee: USD / 10n,
  });
  const account = alice.account.address;
  expect(await getOrderNonce(alice, { deployment, account })).toBe(0n);
  await sent(alice, setOperator(alice, { deployment, operator: deployment.signedOrderGateway, approved: true }));
  const order = buildSignedOrder({ ...buyOne(exchange()), account, expiresAt: 1n, nonce: 0n } as never);
  expect((await getSignedOrder(alice, { deployment, order })).status).toBe("expired");
});
