import { createOrderSync, type OrderRequest, QuoteFailedError, quoteTrade } from "@counterpoise/sdk";
import { parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, FIRST_PRICE, KEEPER_FEE, USD, useExchange, WAD } from "../src/exchange.js";

const exchange = useExchange();

const directions = {
  "buying base": { isBaseToQuote: false, isExactInput: false, amount: parseEther("4") },
  "buying for quote": { isBaseToQuote: false, isExactInput: true, amount: parseEther("7000") },
  "selling base": { isBaseToQuote: true, isExactInput: true, amount: parseEther("4") },
  "selling for quote": { isBaseToQuote: true, isExactInput: false, amount: parseEther("7000") },
} as const;

const noBound = (isExactInput: boolean) => (isExactInput ? 0n : 2n ** 256n - 1n);

/** Executes a request of bob's at once, at the stored price. */
async function trade(world: Exchange, request: Omit<OrderRequest, "oppositeBound">) {
  const { bob, deployment } = world;
  const created = await createOrderSync(bob, {
    deployment,
    ...request,
    oppositeBound: noBound(request.isExactInput),
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
      // 2 base of inventory: the larger trades take the maker across zero.
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
        // The quote is what the bound is set from: it binds to the last digit.
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
  const buying = directions["buying base"];

  test("error: NotAuthorized", async () => {
    const { alice, bob, deployment } = exchange();
    const taker = bob.account.address;
    const error = await quoteError(quoteTrade(alice, { deployment, taker, maker: deployment.oracleMaker, ...buying }));
    expect(error.revert).toMatchObject({
      errorName: "NotAuthorized",
      named: { account: taker, caller: deployment.orderGateway },
    });
    expect(error.shortMessage).toBe(
      `The trade would revert: NotAuthorized (account ${taker}, caller ${deployment.orderGateway}).`,
    );
  });

  test("error: SlippageExceeded", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const error = await quoteError(
      quoteTrade(alice, {
        deployment,
        taker: alice.account.address,
        maker: deployment.oracleMaker,
        ...buying,
        oppositeBound: parseEther("8000"),
      }),
    );
    expect(error.revert).toMatchObject({ errorName: "SlippageExceeded", named: { bound: parseEther("8000") } });
  });

  test("error: NothingToReduce", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const taker = alice.account.address;
    const error = await quoteError(
      quoteTrade(alice, { deployment, taker, maker: deployment.oracleMaker, ...buying, isReduceOnly: true }),
    );
    expect(error.revert).toMatchObject({ errorName: "NothingToReduce", named: { size: 0n, isBaseToQuote: false } });
  });

  test("error: SenderNotApproved", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    const taker = alice.account.address;
    const error = await quoteError(
      quoteTrade(alice, { deployment, taker, maker: deployment.oracleMaker, ...buying, sender: taker }),
    );
    expect(error.revert).toMatchObject({ errorName: "SenderNotApproved", named: { sender: taker } });
  });

  test("error: StalePrice", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    await world.fund(alice, 10_000n * USD);
    await world.warpTo((await world.now()) + 61n);
    const taker = alice.account.address;
    const error = await quoteError(quoteTrade(alice, { deployment, taker, maker: deployment.oracleMaker, ...buying }));
    expect(error.revert).toMatchObject({ errorName: "StalePrice", named: { pythId: deployment.pythId } });
  });
});

/** The side of a quote that the taker's bound is about. */
function opposite(request: (typeof directions)[keyof typeof directions], quoted: { base: bigint; quote: bigint }) {
  const isExactBase = request.isBaseToQuote === request.isExactInput;
  const amount = isExactBase ? quoted.quote : quoted.base;
  return amount < 0n ? -amount : amount;
}
