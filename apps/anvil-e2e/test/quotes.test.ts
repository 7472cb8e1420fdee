import { mintTestToken } from "@counterpoise/devnet";
import {
  createOrderSync,
  depositLpSync,
  type OrderRequest,
  QuoteFailedError,
  quoteTrade,
  StalePriceError,
  setOperator,
  WHOLE_POSITION,
} from "@counterpoise/sdk";
import { abs, NO_UPPER_BOUND, quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { type Address, createPublicClient, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { type Exchange, executed, FIRST_PRICE, KEEPER_FEE, sent, useExchange } from "../src/exchange.js";
import { tradeBase } from "../src/trades.js";

const exchange = useExchange();

const directions = {
  "buying base": { isBaseToQuote: false, isExactInput: false, amount: parseEther("4") },
  "buying for quote": { isBaseToQuote: false, isExactInput: true, amount: parseEther("7000") },
  "selling base": { isBaseToQuote: true, isExactInput: true, amount: parseEther("4") },
  "selling for quote": { isBaseToQuote: true, isExactInput: false, amount: parseEther("7000") },
} as const;

const selling = [directions["selling base"], directions["selling for quote"]];
const buying = [directions["buying base"], directions["buying for quote"]];

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

  test("error: SlippageExceeded", async () => {
    const bound = parseEther("8000");
    const error = await buyError(await fundedWorld(), { oppositeBound: bound });
    expect(error.revert).toMatchObject({ errorName: "SlippageExceeded", named: { bound } });
    expect(error.shortMessage).toMatch(/^The trade would revert: SlippageExceeded \(/);
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

  test("error: StalePriceError, and a quote at a given price", async () => {
    const world = await fundedWorld();
    const { alice, deployment } = world;
    const request = { deployment, maker: deployment.oracleMaker, taker: alice.account.address };
    const fresh = await quoteTrade(alice, { ...request, ...directions["buying base"] });
    await world.warpBy(61n);
    const error = await quoteTrade(alice, { ...request, ...directions["buying base"] }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(StalePriceError);
    expect(error).toMatchObject({ pythId: deployment.pythId, oldestAllowed: (await world.now()) - 60n });
    expect(String(error)).toContain("Store a newer update");
    expect(await quoteTrade(alice, { ...request, ...directions["buying base"], price: FIRST_PRICE })).toEqual(fresh);
  });
});

describe("visitors", () => {
  const withQuoteVault = useExchange({ hasQuoteVault: true });

  test("behavior: every maker quotes accounts without approval, margin or collateral, and no account at all", async () => {
    const world = withQuoteVault();
    const { bob, deployment, deployer, lp } = world;
    const quoteVault = quoteVaultOf(deployment);
    await mintTestToken(deployer, { token: deployment.collateral, to: lp.account.address, amount: 200_000n * USD });
    await depositLpSync(lp, { maker: quoteVault, amount: 200_000n * USD, minShares: 1n });
    await world.fund(bob, 100_000n * USD);
    await world.publish(FIRST_PRICE);
    const visitor = createPublicClient({ transport: http(world.anvil.rpcUrl) });
    // An address without any state, an account without margin and approval, and one without approval only.
    const stranger = privateKeyToAccount(generatePrivateKey()).address;
    const poor = world.otherLp.account.address;
    const makers = { oracle: deployment.oracleMaker, base: deployment.spotHedgeBaseMaker, quote: quoteVault };
    for (const [name, maker] of Object.entries(makers)) {
      // A base vault is never short, a quote vault never long.
      const sides = name === "oracle" ? Object.values(directions) : name === "base" ? selling : buying;
      for (const request of sides) {
        const trade = { deployment, maker, ...request };
        const able = await quoteTrade(visitor, { ...trade, taker: bob.account.address });
        expect(able.obstacle).toBeUndefined();
        expect(await quoteTrade(visitor, trade)).toEqual(able);
        for (const taker of [stranger, poor]) {
          const { obstacle, ...amounts } = await quoteTrade(visitor, { ...trade, taker });
          expect({ ...amounts, obstacle: undefined }).toEqual(able);
          expect(obstacle).toMatchObject({ errorName: "NotAuthorized", named: { account: taker } });
        }
      }
    }
  });

  test("behavior: an account with approval and without enough margin, with its position", async () => {
    const world = withQuoteVault();
    const { alice, bob, deployment } = world;
    await world.fund(alice, 1_000n * USD);
    await world.fund(bob, 100_000n * USD);
    await tradeBase(world, alice, { base: WAD, price: FIRST_PRICE });
    await world.publish(FIRST_PRICE);
    const request = { deployment, maker: deployment.oracleMaker, ...directions["buying base"], amount: 40n * WAD };
    const account = alice.account.address;
    const { obstacle, ...amounts } = await quoteTrade(bob, { ...request, taker: account });
    expect(obstacle).toMatchObject({ errorName: "InsufficientInitialMargin", named: { account } });
    expect(amounts).toEqual({
      ...(await quoteTrade(bob, { ...request, taker: bob.account.address })),
      obstacle: undefined,
    });
    // The position counts: a reduce-only sale closes it, also of an account without approval.
    await sent(alice, setOperator(alice, { deployment, approved: false }));
    const closing = { ...directions["selling base"], isReduceOnly: true, amount: WHOLE_POSITION };
    const closed = await quoteTrade(bob, { ...request, ...closing, taker: account });
    expect(closed).toMatchObject({ base: -WAD, obstacle: { errorName: "NotAuthorized" } });
  });
});

/** The amount of a quote to which the taker's bound applies. */
function opposite(request: (typeof directions)[keyof typeof directions], quoted: { base: bigint; quote: bigint }) {
  const isExactBase = request.isBaseToQuote === request.isExactInput;
  const amount = isExactBase ? quoted.quote : quoted.base;
  return abs(amount);
}
