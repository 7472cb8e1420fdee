// Plans of trades against the contracts: amounts, routes, predictions, calls and their execution.
import {
  announceSignedOrderSync,
  createOrder,
  deposit,
  depositLpSync,
  getAccount,
  getEscrow,
  getPosition,
  isRevert,
  OrderWouldFailError,
  quoteTrade,
  StalePriceError,
} from "@counterpoise/sdk";
import {
  adjustMargin,
  closePosition,
  type Exit,
  InvalidAmountError,
  NoPositionError,
  NoRouteError,
  openPosition,
} from "@counterpoise/sdk/trade";
import { quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { erc20Abi, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Actor, type Exchange, executed, FIRST_PRICE, sent, useExchange } from "../src/exchange.js";

const exchange = useExchange({ hasQuoteVault: true });

const terms = { margin: "1000", leverage: 5, slippage: "0.5%" } as const;

/** A wallet without an approval of the Vault. */
async function freshWallet({ alice, deployment }: Exchange): Promise<void> {
  const args = [deployment.vault, 0n] as const;
  await sent(
    alice,
    alice.writeContract({ address: deployment.collateral, abi: erc20Abi, functionName: "approve", args }),
  );
}

/** Sends the calls of a plan as a batch of its own transactions. */
async function sendCalls(actor: Actor, calls: readonly { to: `0x${string}`; data: `0x${string}`; value: bigint }[]) {
  for (const call of calls) await sent(actor, actor.sendTransaction(call));
}

test.each(["long", "short"] as const)("default: a %s opens, gains margin and closes as planned", async (side) => {
  const world = exchange();
  const { alice, deployment } = world;
  const account = alice.account.address;
  await freshWallet(world);
  const plan = await openPosition(alice, { deployment, side, ...terms });
  expect(plan.prediction).toEqual({ outcome: "executes", obstacle: undefined });
  expect(plan.requirements).toMatchObject([
    { kind: "approval", spender: deployment.vault, isMet: false },
    { kind: "permit", spender: deployment.orderGateway, isSupported: true },
    { kind: "operator", operator: deployment.orderGateway, isMet: false },
  ]);
  const sign = side === "long" ? 1n : -1n;
  expect(plan.quote).toMatchObject({
    size: sign * parseEther("2.5"),
    notional: 5_000n * WAD,
    oraclePrice: FIRST_PRICE,
  });

  const { order, exits } = await plan.send();
  expect(exits).toEqual([]);
  expect((await getPosition(alice, { deployment, account })).margin).toBe(1_000n * WAD);
  expect((await getEscrow(alice, { deployment, account })).total).toBe(plan.bond);
  const { base, quote } = executed(await world.execute(order, FIRST_PRICE));
  expect(base).toBe(plan.quote.size);
  expect(plan.quote.averagePrice).toBe(((quote < 0n ? -quote : quote) * WAD) / parseEther("2.5"));
  const opened = await getAccount(alice, { deployment, account });
  expect(opened.liquidationPrice).toBe(plan.quote.liquidationPrice);

  const margin = await adjustMargin(alice, { deployment, amount: "250.5" });
  await margin.send();
  const more = await getAccount(alice, { deployment, account });
  expect(more.liquidationPrice).toBeLessThan((opened.liquidationPrice as bigint) * (side === "long" ? 1n : 2n));
  expect(more.margin - opened.margin).toBe(parseEther("250.5"));
  await world.publish(FIRST_PRICE);
  const wallet = await world.collateralOf(account);
  await (await adjustMargin(alice, { deployment, amount: "-100" })).send();
  expect(await world.collateralOf(account)).toBe(wallet + 100n * USD);

  const half = await closePosition(alice, { deployment, slippage: "0.5%", portion: "50%" });
  executed(await world.execute(await half.send(), FIRST_PRICE));
  expect((await getPosition(alice, { deployment, account })).size).toBe((sign * parseEther("2.5")) / 2n);
  await world.publish(FIRST_PRICE);
  const rest = await closePosition(alice, { deployment, slippage: "0.5%", returnsMargin: true });
  expect(rest.quote).toMatchObject({ liquidationPrice: undefined, leverage: undefined });
  const before = await getAccount(alice, { deployment, account });
  const closed = executed(await world.execute(await rest.send(), FIRST_PRICE));
  const { pendingFunding, pendingBorrowing, openNotional } = before;
  expect(rest.realizedPnl).toBe(openNotional + closed.quote);
  expect(pendingFunding + pendingBorrowing).toBeLessThan(WAD);
  expect((await getPosition(alice, { deployment, account })).size).toBe(0n);
});

test("default: the calls of a plan do what `send` does, without a signature", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  const account = alice.account.address;
  await freshWallet(world);
  const plan = await openPosition(alice, { deployment, side: "long", ...terms });
  expect(plan.calls).toHaveLength(5);
  await sendCalls(alice, plan.calls);
  expect((await getPosition(alice, { deployment, account })).margin).toBe(1_000n * WAD);
  expect((await getEscrow(alice, { deployment, account })).bound).toBe(plan.bond);
  // The second plan finds its requirements met, apart from the approval of its own amount.
  const second = await openPosition(alice, { deployment, side: "long", ...terms });
  expect(second.requirements.at(-1)).toMatchObject({ kind: "operator", isMet: true });
});

test("default: takes the cheapest maker", async () => {
  const world = exchange();
  const { alice, deployment, otherLp } = world;
  await depositLpSync(otherLp, { maker: quoteVaultOf(deployment), amount: 100_000n * USD, minShares: 1n });
  const makers = [deployment.oracleMaker, deployment.spotHedgeBaseMaker, quoteVaultOf(deployment)];
  const request = { deployment, isBaseToQuote: false, isExactInput: false, amount: parseEther("2.5") };
  const seen = new Set<string>();
  for (const pool of ["1992", "2002"]) {
    await world.movePool(parseEther(pool));
    await world.publish(FIRST_PRICE);
    const quotes = await Promise.all(
      makers.map(async (maker) => ({
        maker,
        quote: (await quoteTrade(alice, { ...request, maker }).catch(() => undefined))?.quote,
      })),
    );
    const [best] = quotes
      .filter(({ quote }) => quote !== undefined)
      .sort((a, b) => Number((b.quote ?? 0n) - (a.quote ?? 0n)));
    const plan = await openPosition(alice, { deployment, side: "long", ...terms });
    expect(plan.quote.maker).toBe(best?.maker);
    expect(plan.rejected.map(({ maker }) => maker)).toContain(deployment.spotHedgeBaseMaker);
    seen.add(plan.quote.maker);
  }
  expect(seen.size).toBe(2);
});

test("default: a take-profit and a stop are alternatives that keepers announce", async () => {
  const world = exchange();
  const { alice, deployment, keeper } = world;
  const plan = await openPosition(alice, {
    ...{ deployment, side: "long", ...terms, takeProfit: "2100", stopLoss: "1900", exitFee: "1" },
    maker: deployment.oracleMaker,
  });
  const { order, exits } = await plan.send();
  executed(await world.execute(order, FIRST_PRICE));
  const [profit, stop] = exits;
  expect(profit?.order).toMatchObject({ trigger: 1, triggerPrice: parseEther("2100"), isReduceOnly: true });
  expect(stop?.order).toMatchObject({ trigger: 2, triggerPrice: parseEther("1900"), id: profit?.order.id });
  const operator = { kind: "operator", operator: deployment.signedOrderGateway, isMet: false };
  expect(plan.requirements.at(-1)).toEqual(operator);
  // The account's fund pays the fee of the exit.
  await sent(alice, deposit(alice, { deployment, amount: 10n * USD }));
  const price = parseEther("2101");
  await world.warpBy(2n);
  const { order: exit, signature } = profit as Exit;
  const updateData = [world.updateAt((await world.now()) + 1n, price)];
  await world.deployer.setNextBlockTimestamp({ timestamp: (await world.now()) + 1n });
  const announced = await announceSignedOrderSync(keeper, { deployment, order: exit, signature, updateData });
  expect(announced).toBeDefined();
});

describe("predictions", () => {
  test("behavior: a purge for want of initial margin, as the simulation of the order finds", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const plan = await openPosition(alice, { deployment, side: "long", ...terms, leverage: 40 });
    expect(plan.prediction).toMatchObject({
      outcome: "purged",
      obstacle: { errorName: "InsufficientInitialMargin", named: { account: alice.account.address } },
    });
    await sendCalls(alice, plan.calls.slice(0, -1));
    const { maker, size, bound } = plan.quote;
    const error = await createOrder
      .simulate(alice, {
        ...{ deployment, maker, isBaseToQuote: false, isExactInput: false, amount: size, oppositeBound: bound },
        keeperFee: plan.keeperFee,
      })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OrderWouldFailError);
    expect(error.outcome).toBe("purged");
    expect(isRevert(error.revert, "InsufficientInitialMargin")).toBe(true);
    const { named } = error.revert;
    expect(plan.prediction.obstacle?.named).toMatchObject({
      accountValue: named.accountValue,
      required: named.required,
    });
  });

  test("behavior: a position below the minimum, which no maker fills", async () => {
    const { alice, deployment } = exchange();
    const plan = openPosition(alice, { deployment, side: "long", ...terms, margin: "0.01", leverage: 2 });
    await expect(plan).rejects.toMatchObject({
      rejected: expect.arrayContaining([
        { maker: deployment.oracleMaker, revert: expect.objectContaining({ errorName: "PositionBelowMinimum" }) },
      ]),
    });
  });
});

describe("errors", () => {
  test.each([
    [{ margin: "0" }, "margin"],
    [{ margin: "1.0000001" }, "margin"],
    [{ leverage: 0 }, "leverage"],
    [{ leverage: "five" }, "leverage"],
    [{ slippage: "100%" }, "slippage"],
    [{ slippage: "-1%" }, "slippage"],
    [{ takeProfit: "1999" }, "takeProfit"],
    [{ exitFee: "none", takeProfit: "2100" }, "exitFee"],
    [{ exitFee: undefined, stopLoss: "1900" }, "exitFee"],
    [{ stopLoss: "2001" }, "stopLoss"],
  ])("error: InvalidAmountError for %o", async (change, field) => {
    const { alice, deployment } = exchange();
    const error = await openPosition(alice, { deployment, side: "long", ...terms, ...change }).catch((e) => e);
    expect(error).toBeInstanceOf(InvalidAmountError);
    expect(error).toMatchObject({ field, value: Object.values(change)[0], accepted: expect.any(String) });
  });

  test("error: NoPositionError, NoRouteError, StalePriceError, and more than the free margin", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await expect(closePosition(alice, { deployment, slippage: "1%" })).rejects.toThrow(NoPositionError);
    const huge = openPosition(alice, { deployment, side: "long", ...terms, margin: "10000000" });
    await expect(huge).rejects.toThrow(NoRouteError);
    await expect(adjustMargin(alice, { deployment, amount: "-1" })).rejects.toMatchObject({
      ...{ field: "amount", value: "-1", accepted: "at least -0, the free margin" },
    });
    await world.warpBy(600n);
    const stale = await openPosition(alice, { deployment, side: "long", ...terms }).catch((error) => error);
    expect([StalePriceError.name, "PriceRequiredError"]).toContain(stale.name);
  });
});
