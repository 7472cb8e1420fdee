import { encodePythUpdate, updatePythDouble } from "@counterpoise/devnet";
import {
  cancelOrder,
  createOrderSync,
  deposit,
  depositLpSync,
  executeOrderSync,
  getHedge,
  getMaker,
  getMarket,
  getPendingFees,
  getPosition,
  getQuoteHedge,
  getRevert,
  getSpotPath,
  type MakerState,
  type Market,
  type Order,
  type Position,
  rebalanceSync,
  type SpotPath,
  setOperator,
  transferFundToMargin,
  transferMarginToFund,
  waitForSuccess,
  withdraw,
  withdrawLpSync,
} from "@counterpoise/sdk";
import {
  abs,
  accountValue,
  COLLATERAL_SCALE,
  checkHedge,
  checkLedger,
  checkTrade,
  FLAT,
  hedgeShortage,
  LawRecord,
  lessFees,
  market,
  NO_UPPER_BOUND,
  type Party,
  PPM,
  readHedge,
  readLedger,
  type SettledFees,
  settledFees,
  type ValuedMaker,
  valued,
  WAD,
} from "@counterpoise/testkit";
import type { Address, Hash, Log } from "viem";
import type { TakerReport } from "./report.js";
import { type Strategy, strategies } from "./strategies.js";
import { startingMoney, type World } from "./world.js";

/** One candle; prices WAD. */
export type Candle = { timestamp: number; open: bigint; close: bigint };

type PendingOrder = { orderId: bigint; order: Order; trader: Trader };

type Trader = {
  strategy: Strategy;
  actor: Party;
  position: Position;
  /** Collateral transferred to the market's margin, net, WAD. */
  paidIn: bigint;
  trades: number;
  /** Quote traded, at oracle prices, WAD. */
  volume: bigint;
  /** Quote paid in excess of the oracle price, WAD. */
  paidAboveOracle: bigint;
  /** WAD quote: trading fees, and funding and borrowing paid less received. */
  fees: bigint;
};

/** Fees that accounts have paid in fills, WAD quote, without the fees that they have received. */
export type FeeTotals = { trading: bigint; fundingPaid: bigint; borrowingPaid: bigint };

export type MakerName = "OracleMaker" | "SpotHedgeBaseMaker" | "SpotHedgeQuoteMaker";

export type MakerResult = {
  name: MakerName;
  /** The exchange on which the maker hedges; undefined for a maker without a hedge. */
  hedgesOn: SpotPath["exchange"] | undefined;
  address: Address;
  before: ValuedMaker;
  after: ValuedMaker;
  fills: number;
  /** WAD quote: paid by takers in excess of the oracle price. */
  earnedSpread: bigint;
};

export type SimulationResult = {
  /** The market at the end. */
  market: Market;
  fees: FeeTotals;
  makers: MakerResult[];
  takers: TakerReport[];
  orders: { created: number; executed: number; purged: number; expired: number; reasons: Map<string, number> };
  laws: LawRecord;
  steps: number;
  transactions: number;
  /** Gas of executed orders, by maker. */
  executionGas: Map<string, { count: number; gas: bigint }>;
  /** Base that the base vault did not buy back, because fees had consumed the quote (H3), WAD. */
  hedgeShortage: bigint;
  /** How often keepers have moved the margin of the quote vault to its target. */
  rebalances: number;
};

// Seconds into a candle. Takers create orders at the opening price. The orders execute at the first price after their
// delay, which is the candle's closing price.
const AT_OPEN = 1;
const AT_CLOSE = 45;

/** Replays candles on the deployed exchange: takers, LPs, a keeper and an arbitrageur send real transactions. */
export async function simulate(
  world: World,
  candles: readonly Candle[],
  { seed, onStep }: { seed: number; onStep?: (step: number) => void },
): Promise<SimulationResult> {
  return new Simulation(world, seed).run(candles, onStep);
}

class Simulation {
  readonly #laws = new LawRecord();
  readonly #random: (below: number) => number;
  readonly #orders = { created: 0, executed: 0, purged: 0, expired: 0, reasons: new Map<string, number>() };
  readonly #gas = new Map<string, { count: number; gas: bigint }>();
  readonly #fills = new Map<Address, { count: number; spread: bigint }>();
  readonly #fees: FeeTotals = { trading: 0n, fundingPaid: 0n, borrowingPaid: 0n };
  /** Funding and borrowing settled by fills: paid less received, WAD quote. */
  #netFees = 0n;
  readonly #traders: Trader[];
  readonly #prices: bigint[] = [];
  #pending: PendingOrder[] = [];
  #now = 0;
  #transactions = 0;
  /** Base that LPs have deposited in the base vault, net, WAD. */
  #lpBase = 0n;
  #rebalances = 0;
  /** Base that the base vault did not buy back (H3), WAD. */
  #shortage = 0n;
  readonly #world: World;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = mulberry32(seed);
    this.#traders = world.takers.map((actor, i) => ({
      strategy: strategies[i % strategies.length] as Strategy,
      actor,
      position: FLAT,
      paidIn: 0n,
      trades: 0,
      volume: 0n,
      paidAboveOracle: 0n,
      fees: 0n,
    }));
  }

  async run(candles: readonly Candle[], onStep?: (step: number) => void): Promise<SimulationResult> {
    const first = candles[0];
    if (!first) throw new Error("A simulation needs at least one candle");
    await this.#publish(first.open, first.timestamp - 60);
    await this.#fundParties();
    await this.#check();
    const before = await this.#makers();

    for (const [step, candle] of candles.entries()) {
      await this.#step(step, candle, candles.length);
      onStep?.(step);
    }
    const lastPrice = (candles.at(-1) as Candle).close;
    await this.#check();
    const after = await this.#makers();
    const hedgesOn = await this.#spotExchanges();
    const makers = this.#makerList().map(({ name, address }, i): MakerResult => {
      const fills = this.#fills.get(address);
      return {
        name,
        hedgesOn: hedgesOn.get(address),
        address,
        before: valued(before[i] as MakerState),
        after: valued(after[i] as MakerState),
        fills: fills?.count ?? 0,
        earnedSpread: fills?.spread ?? 0n,
      };
    });
    const { deployer: reader, deployment } = this.#world;
    return {
      market: await getMarket(reader, { deployment }),
      fees: this.#fees,
      makers,
      takers: await Promise.all(
        this.#traders.map(async (trader) => {
          const { funding, borrowing } = await getPendingFees(reader, { deployment, account: trader.actor.address });
          return takerReport(trader, lastPrice, funding + borrowing);
        }),
      ),
      orders: this.#orders,
      laws: this.#laws,
      steps: candles.length,
      transactions: this.#transactions,
      executionGas: this.#gas,
      hedgeShortage: this.#shortage,
      rebalances: this.#rebalances,
    };
  }

  async #step(step: number, candle: Candle, steps: number): Promise<void> {
    this.#prices.push(candle.open);
    const decisions = this.#traders
      .map((trader) => ({ trader, decision: trader.strategy.decide(this.#view(step, candle.open, trader)) }))
      .filter(({ decision }) => decision !== undefined);
    const lpMoves = step === Math.floor(steps / 3) || step === Math.floor((2 * steps) / 3);

    if (decisions.length > 0 || lpMoves) {
      await this.#publish(candle.open, candle.timestamp + AT_OPEN);
      await this.#arbitrage(candle.open);
      if (step === Math.floor(steps / 3)) await this.#enterSecondLp();
      if (step === Math.floor((2 * steps) / 3)) await this.#leaveSecondLp();
      for (const { trader, decision } of decisions) {
        if (decision) await this.#create(trader, decision, candle.open);
      }
    }
    await this.#publish(candle.close, candle.timestamp + AT_CLOSE);
    await this.#arbitrage(candle.close);
    const due = this.#pending;
    if (due.length > 0) {
      this.#pending = [];
      for (const pending of due) await this.#settle(pending, candle.close);
      await this.#rebalance();
    }
    if (due.length > 0 || lpMoves) await this.#check();
  }

  // ---- parties ----

  async #fundParties(): Promise<void> {
    const { deployment, takers, lps } = this.#world;
    await this.#lpDeposit(lps[0]);
    for (const [i, taker] of takers.entries()) {
      await this.#send(taker, () => deposit(taker, { deployment, amount: startingMoney.taker }));
      await this.#send(taker, () => setOperator(taker, { deployment, approved: true }));
      const amount = (startingMoney.taker * 4n) / 5n;
      await this.#send(taker, () => transferFundToMargin(taker, { deployment, amount }));
      (this.#traders[i] as Trader).paidIn += amount * COLLATERAL_SCALE;
      await this.#refresh(this.#traders[i] as Trader);
    }
  }

  async #lpDeposit(lp: Party): Promise<void> {
    const { deployment, baseWorth, spotHedgeQuoteMaker } = this.#world;
    const base = baseWorth(startingMoney.lpDollars);
    await this.#tick();
    await depositLpSync(lp, { maker: deployment.oracleMaker, amount: startingMoney.lp, minShares: 1n });
    await this.#tick();
    await depositLpSync(lp, { maker: deployment.spotHedgeBaseMaker, amount: base, minShares: 1n });
    this.#lpBase += base;
    await this.#tick();
    await depositLpSync(lp, { maker: spotHedgeQuoteMaker, amount: startingMoney.lp, minShares: 1n });
  }

  /** A second LP deposits in all makers while takers hold positions... */
  async #enterSecondLp(): Promise<void> {
    await this.#lpDeposit(this.#world.lps[1]);
  }

  /** ...and later redeems half of its shares. A taker in profit withdraws it meanwhile. */
  async #leaveSecondLp(): Promise<void> {
    const { deployment } = this.#world;
    const lp = this.#world.lps[1];
    for (const { address: maker } of this.#makerList()) {
      const { totalShares } = await getMaker(lp, { deployment, maker });
      await this.#tick();
      const amount = await withdrawLpSync(lp, { maker, shares: totalShares / 4n, minAmount: 1n });
      if (maker === deployment.spotHedgeBaseMaker) this.#lpBase -= amount;
    }
    // Realised profit is paid at once, while takers with losses keep their positions.
    const winner = this.#traders.find(({ position, paidIn }) => position.size === 0n && position.margin > paidIn);
    if (!winner) return;
    const profit = (winner.position.margin - winner.paidIn) / COLLATERAL_SCALE;
    if (profit === 0n) return;
    const { actor } = winner;
    await this.#send(actor, () => transferMarginToFund(actor, { deployment, amount: profit }));
    await this.#send(actor, () => withdraw(actor, { deployment, amount: profit }));
    winner.paidIn -= profit * COLLATERAL_SCALE;
    await this.#refresh(winner);
  }

  async #create(trader: Trader, decision: NonNullable<ReturnType<Strategy["decide"]>>, price: bigint): Promise<void> {
    const { deployment } = this.#world;
    await this.#tick();
    const { orderId, order } = await createOrderSync(trader.actor, {
      deployment,
      ...decision,
      oppositeBound: bound(decision, price),
      keeperFee: 10n ** 14n,
    });
    this.#orders.created++;
    this.#pending.push({ orderId, order, trader });
  }

  /** The keeper executes an order at its price, or cancels an order that has expired. */
  async #settle(pending: PendingOrder, price: bigint): Promise<void> {
    const { deployment, keeper } = this.#world;
    const { orderId, order, trader } = pending;
    if (this.#now >= Number(order.expiresAt)) {
      await this.#send(keeper, () => cancelOrder(keeper, { deployment, orderId, order }));
      this.#orders.expired++;
      return;
    }
    const update = encodePythUpdate({
      id: deployment.pythId,
      price,
      publishTime: order.executableAt,
      prevPublishTime: order.executableAt - 1n,
    });
    const maker = order.request.maker;
    const makerBefore = await getPosition(keeper, { deployment, account: maker });
    await this.#tick();
    try {
      const outcome = await executeOrderSync(keeper, { deployment, orderId, order, updateData: [update] });
      if (outcome.status === "purged") {
        this.#orders.purged++;
        this.#count(outcome.reason?.errorName ?? outcome.data);
        return;
      }
      this.#orders.executed++;
      this.#recordFill(trader, maker, outcome);
      const settled = await this.#settledFees(outcome.hash);
      const fees = settled.of(trader.actor.address);
      trader.fees += fees.total;
      const before = lessFees(trader.position, fees.funding + fees.borrowing);
      await this.#refresh(trader);
      this.#checkTrade(before, trader.position, outcome.price);
      const makerAfter = await getPosition(keeper, { deployment, account: maker });
      this.#checkTrade(lessFees(makerBefore, settled.of(maker).total), makerAfter, outcome.price);
    } catch (error) {
      const revert = getRevert(error);
      if (!revert) throw error;
      // The order stays open until it expires.
      this.#count(`not executed yet: ${revert.errorName}`);
      this.#pending.push(pending);
    }
  }

  /** The keeper moves the margin of the quote vault to its target, when the price has moved it out of its band. */
  async #rebalance(): Promise<void> {
    const { keeper, spotHedgeQuoteMaker: maker } = this.#world;
    const { toMove } = await getQuoteHedge(keeper, { maker });
    if (toMove === 0n) return;
    await this.#tick();
    await rebalanceSync(keeper, { maker });
    this.#rebalances++;
  }

  #recordFill(
    trader: Trader,
    maker: Address,
    outcome: { base: bigint; quote: bigint; price: bigint; gasUsed: bigint },
  ): void {
    const fair = (outcome.base * outcome.price) / WAD;
    const above = -(outcome.quote + fair);
    trader.trades++;
    trader.volume += abs(fair);
    trader.paidAboveOracle += above;
    const fills = this.#fills.get(maker) ?? { count: 0, spread: 0n };
    this.#fills.set(maker, { count: fills.count + 1, spread: fills.spread + above });
    const name = this.#makerList().find(({ address }) => address === maker)?.name ?? maker;
    const gas = this.#gas.get(name) ?? { count: 0, gas: 0n };
    this.#gas.set(name, { count: gas.count + 1, gas: gas.gas + outcome.gasUsed });
  }

  /** Reads the fees that an execution settled, and adds them to the run's totals. */
  async #settledFees(hash: Hash): Promise<SettledFees> {
    const { keeper, deployment } = this.#world;
    const { logs } = (await keeper.getTransactionReceipt({ hash })) as { logs: Log[] };
    this.#shortage += hedgeShortage(deployment.spotHedgeBaseMaker, logs);
    const settled = settledFees(deployment.vault, logs);
    this.#netFees += settled.net;
    this.#fees.trading += settled.paid.trading;
    this.#fees.fundingPaid += settled.paid.funding;
    this.#fees.borrowingPaid += settled.paid.borrowing;
    return settled;
  }

  #checkTrade(before: Position, after: Position, price: bigint): void {
    this.#laws.add(checkTrade({ before, after, price, ratios: market.market }));
  }

  #count(reason: string): void {
    this.#orders.reasons.set(reason, (this.#orders.reasons.get(reason) ?? 0) + 1);
  }

  // ---- chain ----

  /** The next block's time: `at`, or the second after the last block if that is later. */
  async #setTime(at: number): Promise<void> {
    this.#now = Math.max(at, this.#now + 1);
    this.#transactions++;
    await this.#world.deployer.setNextBlockTimestamp({ timestamp: BigInt(this.#now) });
  }

  async #tick(): Promise<void> {
    await this.#setTime(this.#now + 1);
  }

  async #send(actor: Party, send: () => Promise<`0x${string}`>): Promise<void> {
    await this.#tick();
    await waitForSuccess(actor, await send());
  }

  async #publish(price: bigint, at: number): Promise<void> {
    const { deployer, deployment } = this.#world;
    await this.#setTime(at);
    await updatePythDouble(deployer, {
      pyth: deployment.pyth,
      updates: [{ id: deployment.pythId, price, publishTime: this.#now }],
    });
  }

  async #arbitrage(price: bigint): Promise<void> {
    const { spot } = this.#world;
    for (const market of [spot.base, spot.quote]) {
      await this.#tick();
      // An arbitrageur does not swap for less than the pool's fee.
      const { swapped } = await market.moveTo(price, market.fee);
      if (!swapped) {
        this.#now--;
        this.#transactions--;
      }
    }
  }

  async #refresh(trader: Trader): Promise<void> {
    const { deployer, deployment } = this.#world;
    trader.position = await getPosition(deployer, { deployment, account: trader.actor.address });
  }

  #makerList(): readonly { name: MakerName; address: Address }[] {
    const { deployment, spotHedgeQuoteMaker } = this.#world;
    return [
      { name: "OracleMaker", address: deployment.oracleMaker },
      { name: "SpotHedgeBaseMaker", address: deployment.spotHedgeBaseMaker },
      { name: "SpotHedgeQuoteMaker", address: spotHedgeQuoteMaker },
    ];
  }

  /** The spot exchange of each hedged vault, by its adapter. */
  async #spotExchanges(): Promise<Map<Address, SpotPath["exchange"]>> {
    const { deployer, deployment, spotHedgeQuoteMaker } = this.#world;
    const hedged = [deployment.spotHedgeBaseMaker, spotHedgeQuoteMaker];
    const exchanges = hedged.map(async (maker) => {
      const { parameters } = await getHedge(deployer, { deployment, maker });
      return [maker, (await getSpotPath(deployer, parameters)).exchange] as const;
    });
    return new Map(await Promise.all(exchanges));
  }

  async #makers(): Promise<MakerState[]> {
    const { deployer, deployment } = this.#world;
    return Promise.all(this.#makerList().map(({ address: maker }) => getMaker(deployer, { deployment, maker })));
  }

  /** Checks all laws but L6, which each fill checks. */
  async #check(): Promise<void> {
    const { deployer: reader, deployment, spotHedgeQuoteMaker } = this.#world;
    const makers = this.#makerList().map(({ address }) => address);
    const accounts = [...makers, ...this.#traders.map(({ actor }) => actor.address)];
    const [ledger, baseHedge, quoteHedge] = await Promise.all([
      readLedger(reader, { deployment, accounts, settledFees: this.#netFees }),
      readHedge(reader, { deployment, vault: deployment.spotHedgeBaseMaker }),
      readHedge(reader, { deployment, vault: spotHedgeQuoteMaker }),
    ]);
    this.#laws.add(...checkLedger(ledger));
    // LPs of the quote vault deposit no base: it holds exactly the base that it is short.
    this.#laws.add(checkHedge(baseHedge, this.#lpBase - this.#shortage), checkHedge(quoteHedge, 0n));
    this.#spotHedgeSize = baseHedge.size;
  }

  #spotHedgeSize = 0n;

  #view(step: number, price: bigint, trader: Trader) {
    return {
      step,
      price,
      priceBefore: (steps: number) => this.#prices[Math.max(0, this.#prices.length - 1 - steps)] as bigint,
      position: trader.position,
      spotHedgeSize: this.#spotHedgeSize,
      spotHedgeQuoteMaker: this.#world.spotHedgeQuoteMaker,
      baseWorth: this.#world.baseWorth,
      random: this.#random,
      deployment: this.#world.deployment,
    };
  }
}

/** The taker's bound: one percent worse than the price at which it decides. */
function bound(decision: NonNullable<ReturnType<Strategy["decide"]>>, price: bigint): bigint {
  const { isBaseToQuote, isExactInput, amount, isReduceOnly } = decision;
  // A close accepts any price.
  if (isReduceOnly) return isExactInput ? 0n : NO_UPPER_BOUND;
  const isExactBase = isBaseToQuote === isExactInput;
  const fair = isExactBase ? (amount * price) / WAD : (amount * WAD) / price;
  return isExactInput ? (fair * (PPM - 10_000n)) / PPM : (fair * (PPM + 10_000n)) / PPM;
}

/** `price` WAD. `pendingFees`: funding and borrowing that the taker owes, WAD quote. */
function takerReport(trader: Trader, price: bigint, pendingFees: bigint): TakerReport {
  const { strategy, position, paidIn, trades, volume, paidAboveOracle, fees } = trader;
  const { size, margin } = position;
  return {
    name: strategy.name,
    strategy: strategy.description,
    trades,
    size,
    volume,
    margin,
    fees,
    realizedPnl: margin - paidIn,
    unrealizedPnl: accountValue(position, price) - margin - pendingFees,
    priceAgainstOracle: volume === 0n ? 0n : ((paidAboveOracle * PPM) / volume) * (WAD / PPM),
  };
}

/** A small seeded generator: the same numbers for the same seed. */
function mulberry32(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
