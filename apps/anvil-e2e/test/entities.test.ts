// Entities equal the contracts' views at the same block, and foresee the state after time, prices and trades, to the last wei.
import {
  createOrderSync,
  depositLpSync,
  getAccount,
  getMaker,
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getMarket,
  getRates,
  MakerCapacityExceededError,
  QuoteFailedError,
  quoteLpDeposit,
  quoteLpRedeem,
  quoteTrade,
  StalePriceError,
} from "@counterpoise/sdk";
import {
  type Account,
  type Fill,
  type HedgedMaker,
  loadAccount,
  loadHedgedMaker,
  loadLpVault,
  loadMarket,
  loadOracleMaker,
  maxSizeOf,
  PriceRequiredError,
  QuoteRejectedError,
} from "@counterpoise/sdk/entities";
import { NO_UPPER_BOUND, quoteVaultOf, USD, WAD } from "@counterpoise/testkit";
import { type Address, parseEther } from "viem";
import { describe, expect, test } from "vitest";
import { type Actor, type Exchange, executed, FIRST_PRICE, KEEPER_FEE, useExchange } from "../src/exchange.js";
import { closeWhole, pass, tradeBase } from "../src/trades.js";

const exchange = useExchange({ hasQuoteVault: true });

const requests = [
  { isBaseToQuote: false, isExactInput: false, amount: parseEther("4.000000000000000001") },
  { isBaseToQuote: false, isExactInput: true, amount: parseEther("7000.123457") },
  { isBaseToQuote: true, isExactInput: true, amount: parseEther("4.000000000000000001") },
  { isBaseToQuote: true, isExactInput: false, amount: parseEther("7000.123457") },
] as const;

const makersOf = ({ deployment }: Exchange): Address[] => [
  deployment.oracleMaker,
  deployment.spotHedgeBaseMaker,
  quoteVaultOf(deployment),
];

/** Compares every value of the account's entity with the lens. */
async function expectAccount(world: Exchange, address: Address): Promise<void> {
  const { alice: client, deployment } = world;
  const [entity, lens] = await Promise.all([
    loadAccount(client, { deployment, account: address }),
    getAccount(client, { deployment, account: address }),
  ]);
  const { size, openNotional, margin, lastFillAt, closes, isMaker } = entity.position;
  expect({ size, openNotional, margin, lastFillAt, closes, isMaker }).toEqual({
    size: lens.size,
    openNotional: lens.openNotional,
    margin: lens.margin,
    lastFillAt: lens.lastFillAt,
    closes: lens.closes,
    isMaker: lens.isMaker,
  });
  expect(entity.pendingFees).toEqual({ funding: lens.pendingFunding, borrowing: lens.pendingBorrowing });
  expect(entity.liquidationPrice).toBe(lens.liquidationPrice);
  expect(entity.freeMargin).toBe(lens.freeMargin);
  if (!lens.valuation) return;
  const { accountValue, marginRatio, initialRequirement, maintenanceRequirement } = entity;
  const { price, ...valuation } = lens.valuation;
  expect(entity.market.price).toBe(price);
  expect({ accountValue, marginRatio, initialRequirement, maintenanceRequirement }).toEqual(valuation);
  expect(entity.isBelowMaintenance).toBe(lens.isLiquidatable);
}

/** Compares every entity of the exchange with the contracts' views at the latest block. */
async function expectAll(world: Exchange): Promise<void> {
  const { alice, bob, deployment } = world;
  for (const address of [alice.account.address, bob.account.address, ...makersOf(world)]) {
    await expectAccount(world, address);
  }
  const [market, lens, rates] = await Promise.all([
    loadMarket(alice, { deployment }),
    getMarket(alice, { deployment }),
    getRates(alice, { deployment }),
  ]);
  expect(market.rates).toEqual(rates);
  const { initialMarginRatio, maintenanceMarginRatio, openInterest, skew, utilization, isFrozen, price } = market;
  expect(lens).toMatchObject({
    ...{ initialMarginRatio, maintenanceMarginRatio, openInterest, skew, utilization, isFrozen, price },
  });

  for (const maker of makersOf(world)) {
    const [vault, state] = await Promise.all([
      loadLpVault(alice, { deployment, maker }),
      getMaker(alice, { deployment, maker }),
    ]);
    const { totalAssets, sharePrice, isInsolvent, totalShares } = vault;
    expect(state).toMatchObject({ totalAssets, sharePrice, isInsolvent, totalShares });
    expect(vault.maker.utilization).toEqual(state.utilization);
  }
  if (price === undefined) return;
  const maker = await loadOracleMaker(alice, { deployment });
  expect(maker.prices).toEqual(await getMakerPrices(alice, { deployment }));
  expect(maker.capacity).toEqual(await getMakerCapacity(alice, { deployment }));
  for (const request of requests) {
    const { base, quote, averagePrice, makerFee } = maker.quote(request);
    const onChain = await getMakerQuote(alice, { deployment, ...request });
    const sign = request.isBaseToQuote ? -1n : 1n;
    expect({ base: sign * base, quote: -sign * quote, price: averagePrice, fee: makerFee }).toMatchObject({
      ...{ base: onChain.base, quote: onChain.quote, price: onChain.price, fee: onChain.fee },
    });
  }
}

/** Executes a request of an actor at the stored price, at least a second after it. */
async function trade(world: Exchange, actor: Actor, maker: Address, request: (typeof requests)[number], price: bigint) {
  const { deployment } = world;
  const created = await createOrderSync(actor, {
    deployment,
    maker,
    ...request,
    oppositeBound: request.isExactInput ? 0n : NO_UPPER_BOUND,
    keeperFee: KEEPER_FEE,
  });
  return executed(await world.execute(created, price));
}

test("default: equal to the lens through trades, time, prices and closes", async () => {
  const world = exchange();
  const { alice, bob, deployment } = world;
  await world.fund(alice, 60_000n * USD);
  await world.fund(bob, 60_000n * USD);
  await expectAll(world);
  await tradeBase(world, alice, { base: 20n * WAD, price: FIRST_PRICE });
  await tradeBase(world, bob, { base: -(7n * WAD) / 3n, price: FIRST_PRICE, maker: deployment.spotHedgeBaseMaker });
  await world.publish(FIRST_PRICE, parseEther("1"));
  await expectAll(world);
  for (const [seconds, price] of [
    [60n, "2034.123456789012345678"],
    [86_400n, "1871"],
    [3_600n * 50n, "2222.2"],
  ] as const) {
    await pass(world, seconds, parseEther(price));
    await expectAll(world);
  }
  await closeWhole(world, alice, { isLong: true, price: parseEther("2222.2") });
  await tradeBase(world, bob, { base: 5n * WAD, price: parseEther("2222.2") });
  await world.publish(parseEther("2222.2"));
  await expectAll(world);
  // No fresh price.
  await world.warpBy(600n);
  await expectAll(world);
});

test("default: at, withPrice and apply foresee a trade of both sides", async () => {
  const world = exchange();
  const { alice, bob, deployment } = world;
  await world.fund(alice, 60_000n * USD);
  await world.fund(bob, 60_000n * USD);
  await tradeBase(world, bob, { base: -11n * WAD, price: FIRST_PRICE });
  await pass(world, 7_200n, parseEther("2011"));
  const maker = deployment.oracleMaker;
  const account = alice.account.address;
  for (const [i, request] of requests.entries()) {
    const [taker, oracleMaker] = await Promise.all([
      loadAccount(alice, { deployment, account }),
      loadOracleMaker(alice, { deployment }),
    ]);
    const price = parseEther(`${1_990 + 13 * i}.5`);
    const { base, quote } = await trade(world, alice, maker, request, price);
    const [takerAfter, makerAfter, { timestamp }] = await Promise.all([
      loadAccount(alice, { deployment, account }),
      loadOracleMaker(alice, { deployment }),
      world.deployer.getBlock(),
    ]);
    const foreseen = { taker: taker.at(timestamp).withPrice(price), maker: oracleMaker.at(timestamp).withPrice(price) };
    const quoted = foreseen.maker.quote({ ...request, taker: foreseen.taker });
    expect({ base: quoted.base, quote: quoted.quote }).toEqual({ base, quote });
    expect(quoted.obstacle).toBeUndefined();
    expect(foreseen.taker.obstacleTo(quoted.fill)).toBeUndefined();
    expectSame(foreseen.taker.apply(quoted.fill), takerAfter);
    expectSame(foreseen.maker.apply(quoted.fill).account, makerAfter.account);
    await pass(world, 100n, price);
  }
});

/** Position and fee state of two entities, apart from the publish time of the price, which an entity of the past lacks. */
function expectSame(foreseen: Account, actual: Account): void {
  const state = ({ position: { lastFillAt, ...position }, market }: Account) => ({
    position,
    fees: { ...market.fees, ...wrapped(market.fees) },
    time: market.time,
  });
  expect(state(foreseen)).toEqual(state(actual));
}
const wrapped = (fees: Account["market"]["fees"]) => ({
  takerLongIndex: BigInt.asUintN(64, fees.takerLongIndex),
  takerShortIndex: BigInt.asUintN(64, fees.takerShortIndex),
  makerLongIndex: BigInt.asUintN(64, fees.makerLongIndex),
  makerShortIndex: BigInt.asUintN(64, fees.makerShortIndex),
});

test("behavior: obstacles are the errors of a quote", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  const maker = deployment.oracleMaker;
  const taker = alice.account.address;
  await world.fund(alice, 5_000n * USD);
  await world.publish(FIRST_PRICE);
  const obstacles = async (amount: bigint) => {
    const request = { isBaseToQuote: false, isExactInput: false, amount } as const;
    const [account, entity] = await Promise.all([
      loadAccount(alice, { deployment, account: taker }),
      loadOracleMaker(alice, { deployment }),
    ]);
    const { fill, obstacle } = entity.quote({ ...request, taker: account });
    const own = obstacle ?? account.obstacleTo(fill);
    const onChain = await quoteTrade(alice, { deployment, maker, taker, ...request }).catch((error) => error);
    const revert = onChain instanceof QuoteFailedError ? onChain.revert : onChain.obstacle;
    expect(own?.errorName).toBe(revert?.errorName);
    return own?.errorName;
  };
  expect(await obstacles(10n * WAD)).toBeUndefined();
  expect(await obstacles(40n * WAD)).toBe("InsufficientInitialMargin");
  expect(await obstacles(1n)).toBe("PositionBelowMinimum");
  const [account, entity, hedged] = await Promise.all([
    loadAccount(alice, { deployment, account: taker }),
    loadOracleMaker(alice, { deployment }),
    loadHedgedMaker(alice, { deployment }),
  ]);
  const most = maxSizeOf(account, entity, { isBaseToQuote: false });
  expect(await obstacles(most)).toBeUndefined();
  expect(await obstacles(most + 1n)).toBe("InsufficientInitialMargin");
  const sells = maxSizeOf(account, hedged, { isBaseToQuote: true });
  const request = { deployment, taker, isBaseToQuote: true, isExactInput: true, maker: deployment.spotHedgeBaseMaker };
  expect(await quoteTrade(alice, { ...request, amount: sells })).toHaveProperty("obstacle", undefined);
  const beyond = await quoteTrade(alice, { ...request, amount: sells + 1n }).catch((error) => error);
  expect(beyond.obstacle?.errorName ?? beyond.revert?.errorName).toBe("InsufficientInitialMargin");
});

describe("hedged makers", () => {
  /** Compares quotes of all directions with the code of a trade, and the errors of both. */
  async function expectQuotes(world: Exchange, maker: Address, taker: Actor, sizes: readonly string[]) {
    const { deployment } = world;
    const account = taker.account.address;
    const [entity, party] = await Promise.all([
      loadHedgedMaker(taker, { deployment, maker }),
      loadAccount(taker, { deployment, account }),
    ]);
    const seen = new Set<string>();
    for (const size of sizes) {
      for (const isBaseToQuote of [true, false]) {
        for (const isExactInput of [true, false]) {
          const amount = isBaseToQuote === isExactInput ? parseEther(size) : parseEther(size) * 2_000n;
          const request = { isBaseToQuote, isExactInput, amount };
          const onChain = await quoteTrade(taker, { deployment, maker, taker: account, ...request }).catch(
            (error: unknown) => error,
          );
          const own = attempt(() => entity.quote({ ...request, taker: party }));
          const name =
            own instanceof QuoteRejectedError
              ? own.obstacle.errorName
              : own instanceof MakerCapacityExceededError
                ? `Maker${own.unit === "quote" ? "Quote" : ""}CapacityExceeded`
                : own instanceof Error
                  ? String(own)
                  : (own.obstacle ?? party.obstacleTo(own.fill))?.errorName;
          const reverted = onChain instanceof QuoteFailedError ? onChain.revert : obstacleOf(onChain);
          expect({ ...request, name }).toEqual({ ...request, name: reverted?.errorName });
          if (!(own instanceof Error) && !(onChain instanceof Error)) {
            const { base, quote } = onChain as Pick<Fill, "base" | "quote">;
            expect({ ...request, base: own.base, quote: own.quote }).toEqual({ ...request, base, quote });
          }
          if (own instanceof MakerCapacityExceededError) {
            const revertsWith = (reverted?.named ?? {}) as { requested?: bigint; available?: bigint };
            const { requested, available, unit } = own;
            if (unit === "base") expect({ requested, available }).toEqual(revertsWith);
          }
          seen.add(name ?? "filled");
        }
      }
    }
    return seen;
  }
  const obstacleOf = (quote: unknown) => (quote as { obstacle?: { errorName: string; named: object } }).obstacle;

  const attempt = <value>(run: () => value): value | Error => {
    try {
      return run();
    } catch (error) {
      return error as Error;
    }
  };

  test("default: quotes of a base vault equal those of a trade", async () => {
    const world = exchange();
    const { alice, bob, deployment } = world;
    const maker = deployment.spotHedgeBaseMaker;
    await world.fund(alice, 200_000n * USD);
    await world.fund(bob, 100_000n * USD);
    await tradeBase(world, bob, { base: -30n * WAD, price: FIRST_PRICE, maker });
    const sizes = ["0.5", "4.000000000000000001", "25", "31", "200", "600"];
    for (const pool of ["2000", "1990", "2013", "1900"]) {
      await world.movePool(parseEther(pool));
      await world.publish(FIRST_PRICE);
      const seen = await expectQuotes(world, maker, alice, sizes);
      expect([...seen]).toContain(pool === "1900" ? "HedgeTooFar" : "filled");
      // Alice is flat; bob closes.
      await expectQuotes(world, maker, bob, ["2", "30", "31"]);
    }
    const entity = await loadHedgedMaker(alice, { deployment });
    expect(entity.capacity).toEqual({ buys: 30n * WAD, sells: 470n * WAD });
  });

  test("default: a base vault after its trades", async () => {
    const world = exchange();
    const { alice, deployment } = world;
    const maker = deployment.spotHedgeBaseMaker;
    await world.fund(alice, 100_000n * USD);
    await world.publish(FIRST_PRICE);
    for (const request of [requests[2], requests[3], requests[1]]) await foresee(world, maker, request);
  });

  test("default: quotes and trades of a quote vault", async () => {
    const world = exchange();
    const { alice, bob, deployment, otherLp } = world;
    const maker = quoteVaultOf(deployment);
    await depositLpSync(otherLp, { maker, amount: 100_000n * USD, minShares: 1n });
    await world.fund(alice, 60_000n * USD);
    await world.fund(bob, 60_000n * USD);
    await world.publish(FIRST_PRICE);
    for (const request of [requests[0], requests[1], requests[3]]) await foresee(world, maker, request);
    await pass(world, 3_600n, parseEther("2050"));
    await world.movePool(parseEther("2050"));
    await world.publish(parseEther("2050"));
    const seen = await expectQuotes(world, maker, bob, ["0.7", "3", "12.000000000000000001", "22", "50", "500"]);
    expect([...seen]).toEqual(expect.arrayContaining(["filled", "MakerCapacityExceeded"]));
    await expectQuotes(world, maker, alice, ["1", "3.9", "4", "50"]);
    // The capacity fills, a unit more does not.
    const entity = await loadHedgedMaker(bob, { deployment, maker });
    const buy = (amount: bigint) => entity.quote({ isBaseToQuote: false, isExactInput: false, amount });
    expect(entity.capacity.buys).toBeGreaterThan(20n * WAD);
    expect(buy(entity.capacity.buys).base).toBe(entity.capacity.buys);
    expect(() => buy(entity.capacity.buys + entity.baseScale)).toThrow(MakerCapacityExceededError);
    expect(entity.capacity.sells).toBe(-entity.account.size);
    await expectAll(world);
  });

  /** Trades of alice as the entity foresees them: amounts, both accounts, the maker's tokens and its pools. */
  async function foresee(world: Exchange, maker: Address, request: (typeof requests)[number]): Promise<void> {
    const { alice, deployment } = world;
    const account = alice.account.address;
    const before = await loadHedgedMaker(alice, { deployment, maker });
    const party = await loadAccount(alice, { deployment, account });
    const { base, quote } = await trade(world, alice, maker, request, FIRST_PRICE);
    const after = await loadHedgedMaker(alice, { deployment, maker });
    const { timestamp } = await world.deployer.getBlock();
    const taker = party.at(timestamp).withPrice(FIRST_PRICE);
    const quoted = before
      .at(timestamp)
      .withPrice(FIRST_PRICE)
      .quote({ ...request, taker });
    expect({ base: quoted.base, quote: quoted.quote }).toEqual({ base, quote });
    const tokens = ({ assetBalance, baseBalance, legs }: HedgedMaker) => ({
      assetBalance,
      baseBalance,
      pools: legs.map(({ pool: { sqrtPriceX96, tick, liquidity } }) => ({ sqrtPriceX96, tick, liquidity })),
    });
    expect(tokens(before.apply(quoted))).toEqual(tokens(after));
    expectSame(quoted.after.account, after.account);
    expectSame(taker.apply(quoted.fill), await loadAccount(alice, { deployment, account }));
  }
});

test("default: shares to assets and back, and returns", async () => {
  const world = exchange();
  const { alice, deployment, lp } = world;
  await world.fund(alice, 60_000n * USD);
  const vaults = [
    [deployment.oracleMaker, deployment.oracleMakerRequestVault],
    [deployment.spotHedgeBaseMaker, deployment.spotHedgeBaseMakerRequestVault],
  ] as const;
  const first = await loadLpVault(lp, { deployment, maker: deployment.oracleMaker });
  await tradeBase(world, alice, { base: 10n * WAD, price: FIRST_PRICE });
  await tradeBase(world, alice, { base: -4n * WAD, price: FIRST_PRICE, maker: deployment.spotHedgeBaseMaker });
  await pass(world, 86_400n, parseEther("1950"));
  for (const [maker, requestVault] of vaults) {
    const vault = await loadLpVault(lp, { deployment, maker });
    const assets = 123_456_789n * (vault.assetScale === 1n ? 10n ** 9n : 1n);
    expect(vault.toShares(assets)).toEqual(await quoteLpDeposit(lp, { requestVault, assets }));
    const shares = vault.totalShares / 1_000n;
    const { assets: paid, quote } = await quoteLpRedeem(lp, { requestVault, shares });
    expect(vault.toAssets(shares)).toEqual({ assets: paid, quote });
  }
  const now = await loadLpVault(lp, { deployment, maker: deployment.oracleMaker });
  const sample = { time: first.market.time, sharePrice: first.sharePrice as bigint };
  const returns = now.returnsSince([sample], 86_400n);
  expect(returns).toMatchObject({ status: "known", from: sample.time, to: now.market.time });
  const growth = (((now.sharePrice as bigint) - sample.sharePrice) * WAD) / sample.sharePrice;
  expect(returns).toHaveProperty("growth", growth);
  expect(now.returnsSince([sample], 7n * 86_400n)).toMatchObject({ status: "notEnoughHistory", needed: 7n * 86_400n });
});

test("error: PriceRequiredError without a fresh price, and its values are undefined", async () => {
  const world = exchange();
  const { alice, deployment } = world;
  await world.fund(alice, 20_000n * USD);
  await tradeBase(world, alice, { base: 12n * WAD, price: FIRST_PRICE });
  await world.warpBy(600n);
  const [account, maker] = await Promise.all([
    loadAccount(alice, { deployment, account: alice.account.address }),
    loadOracleMaker(alice, { deployment }),
  ]);
  expect(account).toMatchObject({ accountValue: undefined, leverage: undefined, freeMargin: undefined });
  expect(account.liquidationPrice).toBeGreaterThan(0n);
  expect(() => maker.quote(requests[0])).toThrow(PriceRequiredError);
  await expect(getMakerQuote(alice, { deployment, ...requests[0] })).rejects.toThrow(StalePriceError);
  expect(maker.withPrice(FIRST_PRICE).quote(requests[0]).base).toBe(requests[0].amount);
});
