import { encodePythUpdate } from "@counterpoise/devnet";
import {
  type Announcement,
  announceSignedOrderSync,
  batchSignedOrdersSync,
  buildSignedOrder,
  cancelAllSignedOrders,
  cancelSignedOrder,
  cancelSignedOrderBySig,
  clearAnnouncement,
  counterpoiseReads,
  counterpoiseWrites,
  executeAnnouncedSync,
  getFund,
  getOrderNonce,
  getPosition,
  getSignedOrder,
  getSignedOrderRules,
  hashAnnouncement,
  hashSignedOrder,
  isOrderCancellation,
  matchSignedOrdersSync,
  multicallVault,
  replayVaultLogs,
  type SignedOrder,
  type SignOrderParameters,
  setOperator,
  settleSignedOrder,
  settleSignedOrderSync,
  signedOrderCalls,
  signOrder,
  signOrderCancellation,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import { keccak256, parseEther, toHex } from "viem";
import { describe, expect, test } from "vitest";
import {
  type Actor,
  type Exchange,
  earned,
  FIRST_PRICE,
  KEEPER_FEE,
  market,
  revertOf,
  sent,
  USD,
  useExchange,
  WAD,
} from "../src/exchange.js";
import { expectLedgerLaws } from "../src/laws.js";

const exchange = useExchange();

const RELAY_FEE = USD / 2n;

/** A taker with a fund and margin whose orders the gateway may execute. */
async function equip(world: Exchange, taker: Actor) {
  const { deployment } = world;
  await sent(
    taker,
    multicallVault(taker, {
      deployment,
      calls: [
        { functionName: "deposit", args: [taker.account.address, 20_000n * USD] },
        { functionName: "transferFundToMargin", args: [deployment.marketId, taker.account.address, 10_000n * USD] },
        { functionName: "setOperator", args: [deployment.signedOrderGateway, true] },
      ],
    }),
  );
}

/** An order to buy one base within 1%. */
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

/** The first price at or after a moment, seconds. */
const updateAt = ({ deployment }: Exchange, price: bigint, publishTime: bigint) => [
  encodePythUpdate({ id: deployment.pythId, price, publishTime, prevPublishTime: publishTime - 1n }),
];

const execute = async (world: Exchange, order: SignedOrder, announcement: Announcement, price: bigint) => {
  await world.warpTo(announcement.executableAt);
  const { deployment, keeper } = world;
  const updateData = updateAt(world, price, announcement.executableAt);
  return executeAnnouncedSync(keeper, { deployment, order, announcement, updateData });
};

describe("settleSignedOrder", () => {
  test("default: a relayer, against the OracleMaker, at a price of now", async () => {
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
      updateData: updateAt(world, parseEther("2005"), now),
    });
    expect(fill).toMatchObject({
      orderHash: hashSignedOrder({ deployment, order: signed.order }),
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

  test("behavior: in parts, with a stop for what has been bought", async () => {
    const world = exchange();
    const { alice, keeper } = world;
    const deployment = world.deployment;
    await equip(world, alice);
    const relayer = keeper.extend(counterpoiseWrites(deployment)).extend(counterpoiseReads(deployment));
    const maker = deployment.oracleMaker;
    const bought = await signOrder(alice, buyOne(world, { kind: "limit", amount: 3n * WAD, minFill: WAD }));
    await sent(keeper, relayer.settleSignedOrder({ ...bought, relayFee: RELAY_FEE, maker, amount: 2n * WAD }));
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
    await expectLedgerLaws(world);
  });

  test("error: only relayers, only once, and for no more than the order says", async () => {
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
    const { announcement } = await announceSignedOrderSync(alice, { deployment, order, maker, keeperFee: KEEPER_FEE });
    const gateway = { address: deployment.signedOrderGateway, abi: signedOrderGatewayAbi } as const;
    expect(
      await keeper.readContract({ ...gateway, functionName: "announcementOf", args: [order.account, order.id] }),
    ).toBe(hashAnnouncement({ deployment, order, announcement }));
    expect((await getSignedOrder(keeper, { deployment, order })).isAnnounced).toBe(true);
    // T16: its price may be known by now.
    expect((await revertOf(cancelSignedOrder(alice, { deployment, id: order.id }))).errorName).toBe("OrderIsAnnounced");
    const outcome = await execute(world, order, announcement, parseEther("2001"));
    expect(outcome).toMatchObject({ status: "executed", base: WAD, price: parseEther("2001"), relayFeeXCD: 0n });
    expect(await fundOf(world, alice)).toBe(9_500n * USD);
    await expectLedgerLaws(world);
  });

  test("behavior: whoever has the signature announces; what its account causes purges and pays the keeper", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    await equip(world, alice);
    const signed = await signOrder(alice, buyOne(world, { maker: deployment.oracleMaker, price: FIRST_PRICE }));
    const announce = () => announceSignedOrderSync(bob, { deployment, ...signed, keeperFee: KEEPER_FEE });
    const { announcement } = await announce();
    const purged = await execute(world, signed.order, announcement, parseEther("2100"));
    expect(purged).toMatchObject({ status: "purged", reason: { errorName: "SlippageExceeded" } });
    const again = await announce();
    await world.warpTo(again.announcement.expiresAt + 1n);
    const gain = await earned(keeper, () =>
      clearAnnouncement(keeper, { deployment, order: signed.order, announcement: again.announcement }),
    );
    expect(gain).toBe(KEEPER_FEE);
  });
});

describe("cancelling", () => {
  test("default: on the chain, one by one and all at once", async () => {
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

  test("behavior: off-chain, honoured by the relayer or brought to the chain by anybody", async () => {
    const world = exchange();
    const { alice, bob, deployment, keeper } = world;
    const { order } = await signOrder(alice, buyOne(world));
    const signature = await signOrderCancellation(alice, { deployment, order });
    expect(await isOrderCancellation(keeper, { deployment, order, signature })).toBe(true);
    const forged = await signOrderCancellation(bob, { deployment, order });
    expect(await isOrderCancellation(keeper, { deployment, order, signature: forged })).toBe(false);
    await sent(bob, cancelSignedOrderBySig(bob, { deployment, order, signature }));
    expect((await getSignedOrder(keeper, { deployment, order })).status).toBe("closed");
  });
});

test("batchSignedOrders: one bad order spoils no other", async () => {
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

/** T23: the contract and viem agree about what is signed, for orders of any content. */
test("hashSignedOrder: equals the contract's digest for any order", async () => {
  const { deployment, keeper } = exchange();
  for (let i = 0; i < 64; i++) {
    const word = (field: string) => BigInt(keccak256(toHex(`${i}.${field}`)));
    // Extremes, small numbers, and anything.
    const uint = (field: string) =>
      [0n, 2n ** 256n - 1n, word(field) % 1000n, word(field)][Number(word(field) % 4n)] ?? 0n;
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
  expect(await getSignedOrderRules(alice, { deployment })).toEqual({ ...market.rules, relayerMaxAge: 10 });
  const account = alice.account.address;
  expect(await getOrderNonce(alice, { deployment, account })).toBe(0n);
  await sent(alice, setOperator(alice, { deployment, operator: deployment.signedOrderGateway, approved: true }));
  const order = buildSignedOrder({ ...buyOne(exchange()), account, expiresAt: 1n, nonce: 0n } as never);
  expect((await getSignedOrder(alice, { deployment, order })).status).toBe("expired");
});
