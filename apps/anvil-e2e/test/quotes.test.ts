import { createOrderSync, type OrderRequest, QuoteFailedError, quoteTrade } from "@counterpoise/sdk";
import { abs, NO_UPPER_BOUND, USD, WAD } from "@counterpoise/testkit";
import { type Address, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, FIRST_PRICE, KEEPER_FEE, useExchange } from "../src/exchange.js";

const exchange = useExchange();

const directions = {
  "buying base": { isBaseToQuote: false, isExactInput: false, amount: parseEther("4") },
  "buying for quote": { isBaseToQuote: false, isExactInput: true, amount: parseEther("7000") },
  "selling base": { isBaseToQuote: true, isExactInput: true, amount: parseEther("4") },
  "selling for quote": { isBaseToQuote: true, isExactInput: false, amount: parseEther("7000") },
} as const;

/** Executes a request of bob at the stored price. */
async function trade(world: Exchange, request: Omit<OrderRequest, "oppositeBound">) {
  const { bob, deployment } = world;
  const created = await createOrderSync(bob, {
    deployment,
    ...request,
    oppositeBound: request.isExactInput ? 0n : NO_UPPER_BOUND,
    keeperFee: KEEPER_FEE,
  });
  return executed(await world.execute(created, FIRST_PRICE));
}

const quoteError = async (quote: Promise<unknown>): Promise<QuoteFailedError> => {
  const error = await quote.catch((thrown: unknown) => thrown);
  if (error instanceof QuoteFailedError) return error;
  throw new Error(`No QuoteFailedError but ${String(error)}`);
};

describe("OracleMaker", () => {
  for (const inventory of ["flat", "long", "short"] as const) {
    test.each(Object.entries(directions))(`behavior: %s from a maker that is ${inventory}`, async (_, request) => {
      const world = exchange();
      const { alice, bob, deployment } = world;
      const maker = deployment.oracleMaker;
      await world.fund(bob, 100_000n * USD);
      // An inventory of 2 base: the larger trades move it across zero.
      const side = inventory === "long";
      if (inventory !== "flat")
        await trade(world, { maker, isBaseToQuote: side, isExactInput: side, amount: 2n * WAD });
      await world.fund(alice, 100_000n * USD);
      await world.publish(FIRST_PRICE);

      const taker = alice.account.address;
      const quoted = await quoteTrade(alice, { deployment, taker, maker, ...request });
      const created = await createOrderSync(alice, {
        deployment,
        maker,
        ...request,
        // The quote as bound: the fill must match it to the last digit.
        oppositeBound: opposite(request, quoted),
        keeperFee: KEEPER_FEE,
      });
      const { base, quote } = executed(await world.execute(created, FIRST_PRICE));
      expect({ base, quote }).toEqual(quoted);
    });
  }
});

describe("SpotHedgeBaseMaker", () => {
  test.each(Object.entries(directions))("behavior: %s", async (_, request) => {
    const world = exchange();
    const { bob, deployment } = world;
    const maker = deployment.spotHedgeBaseMaker;
    await world.fund(bob, 100_000n * USD);
    await trade(world, { maker, isBaseToQuote: true, isExactInput: true, amount: parseEther("10") });
    await world.movePool(parseEther("1990"));
    await world.publish(FIRST_PRICE);

    const quoted = await quoteTrade(bob, { deployment, taker: bob.account.address, maker, ...request });
    const { base, quote } = await trade(world, { maker, ...request });
    expect({ base, quote }).toEqual(quoted);
  });

  test("behavior: `sender` without a gateway", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    await world.fund(bob, 100_000n * USD);
    const taker = bob.account.address;
    const request = { deployment, taker, maker: deployment.spotHedgeBaseMaker, ...directions["selling base"] };
    const quoted = await quoteTrade(alice, { ...request, sender: taker });
    expect(quoted).toEqual(await quoteTrade(alice, request));
    expect(quoted.base).toBe(parseEther("-4"));
  });
});

describe("errors", () => {
  type Request = Partial<Omit<OrderRequest, "maker"> & { sender: Address }>;

  /** The error of a quote in which alice buys base from the OracleMaker. */
  const buyError = ({ alice, deployment }: Exchange, request: Request = {}) => {
    const parties = { taker: alice.account.address, maker: deployment.oracleMaker };
    return quoteError(quoteTrade(alice, { deployment, ...parties, ...directions["buying base"], ...request }));
  };

  const fundedWorld = async () => {
    const world = exchange();
    await world.fund(world.alice, 10_000n * USD);
    return world;
  };

  test("error: NotAuthorized", async () => {
    const world = exchange();
    const [account, caller] = [world.alice.account.address, world.deployment.orderGateway];
    const error = await buyError(world);
    expect(error.revert).toMatchObject({ errorName: "NotAuthorized", named: { account, caller } });
    expect(error.shortMessage).toBe(`The trade would revert: NotAuthorized (account ${account}, caller ${caller}).`);
  });

  test("error: SlippageExceeded", async () => {
    const bound = parseEther("8000");
    const { revert } = await buyError(await fundedWorld(), { oppositeBound: bound });
    expect(revert).toMatchObject({ errorName: "SlippageExceeded", named: { bound } });
  });

  test("error: NothingToReduce", async () => {
    const { revert } = await buyError(await fundedWorld(), { isReduceOnly: true });
    expect(revert).toMatchObject({ errorName: "NothingToReduce", named: { size: 0n, isBaseToQuote: false } });
  });

  test("error: SenderNotApproved", async () => {
    const world = await fundedWorld();
    const sender = world.alice.account.address;
    const { revert } = await buyError(world, { sender });
    expect(revert).toMatchObject({ errorName: "SenderNotApproved", named: { sender } });
  });

  test("error: StalePrice", async () => {
    const world = await fundedWorld();
    await world.warpBy(61n);
    const { revert } = await buyError(world);
    expect(revert).toMatchObject({ errorName: "StalePrice", named: { pythId: world.deployment.pythId } });
  });
});

/** The amount of a quote to which the taker's bound applies. */
function opposite(request: (typeof directions)[keyof typeof directions], quoted: { base: bigint; quote: bigint }) {
  const isExactBase = request.isBaseToQuote === request.isExactInput;
  const amount = isExactBase ? quoted.quote : quoted.base;
  return abs(amount);
}
