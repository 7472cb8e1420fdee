import { arbitrageToPrice, arbitrageToPriceV4, encodePythUpdate, updateMockPyth } from "@counterpoise/devnet";
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
import { spotHedgeBaseMakerAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { type Address, type Hash, isAddressEqual, parseEventLogs } from "viem";
import { accountValue, LawBook, readLedger } from "./laws.js";
import { type Strategy, strategies } from "./strategies.js";
import { type Actor, startingMoney, type World } from "./world.js";

const WAD = 10n ** 18n;
const PPM = 1_000_000n;

/** One candle; prices WAD. */
export type Candle = { timestamp: number; open: bigint; close: bigint };

type PendingOrder = { orderId: bigint; order: Order; trader: Trader };

type Trader = {
  strategy: Strategy;
  actor: Actor;
  position: Position;
  /** Collateral put into the market's margin, net, WAD. */
  paidIn: bigint;
  trades: number;
  /** WAD quote traded at the oracle price, and what was paid beyond it. */
  volume: bigint;
  paidAboveOracle: bigint;
  /** WAD quote: trading fees, and funding and borrowing paid less received. */
  fees: bigint;
};

/** Fees that fills have settled, WAD quote. Funding and borrowing are what those paid who paid. */
export type FeeTotals = { trading: bigint; fundingPaid: bigint; borrowingPaid: bigint };

export type TakerResult = {
  name: string;
  what: string;
  address: Address;
  trades: number;
  /** WAD */
  position: Position;
  /** WAD quote: trading fees, and funding and borrowing paid less received. */
  fees: bigint;
  /** WAD: what went to margin by closing, less fees. */
  realizedPnl: bigint;
  /** WAD: at the last price, less pending fees. */
  unrealizedPnl: bigint;
  /** WAD quote traded. */
  volume: bigint;
  /** Average price paid beyond the oracle's, parts per million of the volume. */
  costAboveOraclePpm: bigint;
};

export type MakerName = "OracleMaker" | "SpotHedgeBaseMaker" | "SpotHedgeQuoteMaker";

export type MakerResult = {
  name: MakerName;
  /** Where it hedges its fills; none for a maker that does not. */
  hedgesOn: SpotPath["exchange"] | undefined;
  address: Address;
  before: MakerState;
  after: MakerState;
  fills: number;
  /** WAD quote: what takers paid beyond the oracle price. */
  earnedSpread: bigint;
};

export type SimulationResult = {
  /** The market at the end. */
  market: Market;
  fees: FeeTotals;
  makers: MakerResult[];
  takers: TakerResult[];
  orders: { created: number; executed: number; purged: number; cleared: number; reasons: Map<string, number> };
  laws: LawBook;
  steps: number;
  transactions: number;
  /** Gas of executed orders, by maker. */
  executionGas: Map<string, { count: number; gas: bigint }>;
  /** Base that fees have eaten and the vault of base could not buy back, WAD. */
  hedgeShortage: bigint;
  /** How often keepers have brought the margin of the vault of quote to its target. */
  rebalances: number;
};

// Seconds into a candle. The opening price is stored, orders are created at it, and they execute at the first price
// after their delay, which is the candle's closing price.
const AT_OPEN = 1;
const AT_CLOSE = 45;

/** Replays candles against the deployed exchange: takers, LPs, a keeper and an arbitrageur, with real transactions. */
export async function simulate(
  world: World,
  candles: readonly Candle[],
  { seed, onStep }: { seed: number; onStep?: (step: number) => void },
): Promise<SimulationResult> {
  return new Simulation(world, seed).run(candles, onStep);
}

class Simulation {
  readonly #laws = new LawBook();
  readonly #random: (below: number) => number;
  readonly #orders = { created: 0, executed: 0, purged: 0, cleared: 0, reasons: new Map<string, number>() };
  readonly #gas = new Map<string, { count: number; gas: bigint }>();
  readonly #fills = new Map<Address, { count: number; spread: bigint }>();
  readonly #fees: FeeTotals = { trading: 0n, fundingPaid: 0n, borrowingPaid: 0n };
  /** Funding and borrowing settled: what was paid less what was received, WAD quote. */
  #netFees = 0n;
  readonly #traders: Trader[];
  readonly #prices: bigint[] = [];
  #standing: PendingOrder[] = [];
  #now = 0;
  #transactions = 0;
  /** Base that LPs have put into the vault of base, net, WAD. */
  #lpBase = 0n;
  #rebalances = 0;
  /** Base of it that fees have eaten and the maker could not buy back (H3), WAD. */
  #shortage = 0n;
  readonly #world: World;

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = mulberry32(seed);
    this.#traders = world.takers.map((actor, i) => ({
      strategy: strategies[i % strategies.length] as Strategy,
      actor,
      position: { size: 0n, openNotional: 0n, margin: 0n },
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
    await this.#fundEverybody();
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
        before: before[i] as MakerState,
        after: after[i] as MakerState,
        fills: fills?.count ?? 0,
        earnedSpread: fills?.spread ?? 0n,
      };
    });
    const { owner, deployment } = this.#world;
    return {
      market: await getMarket(owner, { deployment }),
      fees: this.#fees,
      makers,
      takers: await Promise.all(
        this.#traders.map(async (trader) => {
          const { funding, borrowing } = await getPendingFees(owner, { deployment, account: trader.actor.address });
          return takerResult(trader, lastPrice, funding + borrowing);
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
    const due = this.#standing;
    if (due.length > 0) {
      this.#standing = [];
      for (const pending of due) await this.#settle(pending, candle.close);
      await this.#rebalance();
    }
    if (due.length > 0 || lpMoves) await this.#check();
  }

  // ---- parties ----

  async #fundEverybody(): Promise<void> {
    const { deployment, takers, lps } = this.#world;
    await this.#lpDeposit(lps[0] as Actor);
    for (const [i, taker] of takers.entries()) {
      await this.#send(taker, () => deposit(taker, { deployment, amount: startingMoney.taker }));
      await this.#send(taker, () => setOperator(taker, { deployment, approved: true }));
      const amount = (startingMoney.taker * 4n) / 5n;
      await this.#send(taker, () => transferFundToMargin(taker, { deployment, amount }));
      (this.#traders[i] as Trader).paidIn += amount * this.#world.collateralScale;
      await this.#refresh(this.#traders[i] as Trader);
    }
  }

  async #lpDeposit(lp: Actor): Promise<void> {
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

  /** A second LP joins all makers under way... */
  async #enterSecondLp(): Promise<void> {
    await this.#lpDeposit(this.#world.lps[1] as Actor);
  }

  /** ...and leaves them later with half of its shares, while takers hold positions. */
  async #leaveSecondLp(): Promise<void> {
    const { deployment } = this.#world;
    const lp = this.#world.lps[1] as Actor;
    for (const { address: maker } of this.#makerList()) {
      const { totalShares } = await getMaker(lp, { deployment, maker });
      await this.#tick();
      const amount = await withdrawLpSync(lp, { maker, shares: totalShares / 4n, minAmount: 1n });
      if (maker === deployment.spotHedgeBaseMaker) this.#lpBase -= amount;
    }
    // A taker that is ahead takes profit out while losers stay in: it is paid at once.
    const winner = this.#traders.find(({ position, paidIn }) => position.size === 0n && position.margin > paidIn);
    if (!winner) return;
    const profit = (winner.position.margin - winner.paidIn) / this.#world.collateralScale;
    if (profit === 0n) return;
    const { actor } = winner;
    await this.#send(actor, () => transferMarginToFund(actor, { deployment, amount: profit }));
    await this.#send(actor, () => withdraw(actor, { deployment, amount: profit }));
    winner.paidIn -= profit * this.#world.collateralScale;
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
    this.#standing.push({ orderId, order, trader });
  }

  /** The keeper executes an order at its price, or clears it once it has expired. */
  async #settle(pending: PendingOrder, price: bigint): Promise<void> {
    const { deployment, keeper } = this.#world;
    const { orderId, order, trader } = pending;
    if (this.#now >= Number(order.expiresAt)) {
      await this.#send(keeper, () => cancelOrder(keeper, { deployment, orderId, order }));
      this.#orders.cleared++;
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
      this.#note(trader, maker, outcome);
      const settled = await this.#settledFees(outcome.hash);
      trader.fees += settled.trading + settled.of(trader.actor.address);
      const before = lessFees(trader.position, settled.of(trader.actor.address));
      await this.#refresh(trader);
      this.#laws.checkTrade(before, trader.position, outcome.price);
      const makerAfter = await getPosition(keeper, { deployment, account: maker });
      this.#laws.checkTrade(lessFees(makerBefore, settled.of(maker)), makerAfter, outcome.price);
    } catch (error) {
      const revert = getRevert(error);
      if (!revert) throw error;
      // The order stands until it expires.
      this.#count(`left standing: ${revert.errorName}`);
      this.#standing.push(pending);
    }
  }

  /** The keeper brings the margin of the vault of quote to its target, when the price has taken it out of its band. */
  async #rebalance(): Promise<void> {
    const { keeper, spotHedgeQuoteMaker: maker } = this.#world;
    const { toMove } = await getQuoteHedge(keeper, { maker });
    if (toMove === 0n) return;
    await this.#tick();
    await rebalanceSync(keeper, { maker });
    this.#rebalances++;
  }

  #note(
    trader: Trader,
    maker: Address,
    outcome: { base: bigint; quote: bigint; price: bigint; gasUsed: bigint },
  ): void {
    const fair = (outcome.base * outcome.price) / WAD;
    const above = -(outcome.quote + fair);
    trader.trades++;
    trader.volume += fair < 0n ? -fair : fair;
    trader.paidAboveOracle += above;
    const fills = this.#fills.get(maker) ?? { count: 0, spread: 0n };
    this.#fills.set(maker, { count: fills.count + 1, spread: fills.spread + above });
    const name = this.#makerList().find(({ address }) => address === maker)?.name ?? maker;
    const gas = this.#gas.get(name) ?? { count: 0, gas: 0n };
    this.#gas.set(name, { count: gas.count + 1, gas: gas.gas + outcome.gasUsed });
  }

  /** What an execution settled in fees: the taker's trading fee, and funding and borrowing of an account. */
  async #settledFees(hash: Hash): Promise<{ trading: bigint; of: (account: Address) => bigint }> {
    const { keeper, deployment } = this.#world;
    const { logs } = await keeper.getTransactionReceipt({ hash });
    const from = (contract: Address) => logs.filter(({ address }) => isAddressEqual(address, contract));
    const hedge = { abi: spotHedgeBaseMakerAbi, logs: from(deployment.spotHedgeBaseMaker) };
    const lost = parseEventLogs({ ...hedge, eventName: ["HedgeShortage", "HedgeUnderfunded"] });
    for (const { args } of lost) this.#shortage += args.base;
    const settled = new Map<Address, bigint>();
    let trading = 0n;
    for (const { eventName, args } of parseEventLogs({ abi: vaultAbi, logs: from(deployment.vault) })) {
      if (eventName === "TradingFeePaid") trading += args.amount;
      if (eventName !== "PositionsChanged") continue;
      for (const [account, { funding, borrowing }] of [
        [args.taker, args.takerMargin],
        [args.maker, args.makerMargin],
      ] as const) {
        settled.set(account, (settled.get(account) ?? 0n) + funding + borrowing);
        this.#netFees += funding + borrowing;
        if (funding > 0n) this.#fees.fundingPaid += funding;
        if (borrowing > 0n) this.#fees.borrowingPaid += borrowing;
      }
    }
    this.#fees.trading += trading;
    return { trading, of: (account) => settled.get(account) ?? 0n };
  }

  #count(reason: string): void {
    this.#orders.reasons.set(reason, (this.#orders.reasons.get(reason) ?? 0) + 1);
  }

  // ---- chain ----

  /** The next block's time: `at`, or the second after the last block if that is later. */
  async #setTime(at: number): Promise<void> {
    this.#now = Math.max(at, this.#now + 1);
    this.#transactions++;
    await this.#world.owner.setNextBlockTimestamp({ timestamp: BigInt(this.#now) });
  }

  async #tick(): Promise<void> {
    await this.#setTime(this.#now + 1);
  }

  async #send(actor: Actor, send: () => Promise<`0x${string}`>): Promise<void> {
    await this.#tick();
    await waitForSuccess(actor, await send());
  }

  async #publish(price: bigint, at: number): Promise<void> {
    const { owner, deployment } = this.#world;
    await this.#setTime(at);
    await updateMockPyth(owner, {
      pyth: deployment.pyth,
      updates: [{ id: deployment.pythId, price, publishTime: this.#now }],
    });
  }

  async #arbitrage(price: bigint): Promise<void> {
    const { arbitrageur, v3, v4 } = this.#world;
    for (const arbitrage of [
      () => arbitrageToPrice(arbitrageur, { ...v3, price }),
      () => arbitrageToPriceV4(arbitrageur, { ...v4, price }),
    ]) {
      await this.#setTime(this.#now + 1);
      const { swapped } = await arbitrage();
      if (!swapped) {
        this.#now--;
        this.#transactions--;
      }
    }
  }

  async #refresh(trader: Trader): Promise<void> {
    const { owner, deployment } = this.#world;
    trader.position = await getPosition(owner, { deployment, account: trader.actor.address });
  }

  #makerList(): readonly { name: MakerName; address: Address }[] {
    const { deployment, spotHedgeQuoteMaker } = this.#world;
    return [
      { name: "OracleMaker", address: deployment.oracleMaker },
      { name: "SpotHedgeBaseMaker", address: deployment.spotHedgeBaseMaker },
      { name: "SpotHedgeQuoteMaker", address: spotHedgeQuoteMaker },
    ];
  }

  /** What each hedged maker's adapter says. */
  async #spotExchanges(): Promise<Map<Address, SpotPath["exchange"]>> {
    const { owner, deployment, spotHedgeQuoteMaker } = this.#world;
    const hedged = [deployment.spotHedgeBaseMaker, spotHedgeQuoteMaker];
    const exchanges = hedged.map(async (maker) => {
      const { parameters } = await getHedge(owner, { deployment, maker });
      return [maker, (await getSpotPath(owner, parameters)).exchange] as const;
    });
    return new Map(await Promise.all(exchanges));
  }

  async #makers(): Promise<MakerState[]> {
    const { owner, deployment } = this.#world;
    return Promise.all(this.#makerList().map(({ address: maker }) => getMaker(owner, { deployment, maker })));
  }

  async #check(): Promise<void> {
    const makers = this.#makerList().map(({ address }) => address);
    const accounts = [...makers, ...this.#traders.map(({ actor }) => actor.address)];
    const ledger = await readLedger(this.#world, accounts, this.#netFees);
    const { spotHedgeBaseMaker } = this.#world.deployment;
    // The vault of quote holds exactly the base that it is short.
    this.#laws.checkLedger(ledger, new Map([[spotHedgeBaseMaker, this.#lpBase - this.#shortage]]));
    this.#spotHedgeSize = ledger.positions.get(spotHedgeBaseMaker)?.size ?? 0n;
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

/** One percent away from the price that the taker sees, on the side that protects it. */
function bound(decision: NonNullable<ReturnType<Strategy["decide"]>>, price: bigint): bigint {
  const { isBaseToQuote, isExactInput, amount, isReduceOnly } = decision;
  // Closing matters more than the price.
  if (isReduceOnly) return isExactInput ? 0n : 2n ** 256n - 1n;
  const isExactBase = isBaseToQuote === isExactInput;
  const fair = isExactBase ? (amount * price) / WAD : (amount * WAD) / price;
  return isExactInput ? (fair * (PPM - 10_000n)) / PPM : (fair * (PPM + 10_000n)) / PPM;
}

/** A position as it was when a fill found it: with its pending fees paid. */
const lessFees = (position: Position, fees: bigint): Position => ({ ...position, margin: position.margin - fees });

function takerResult(trader: Trader, price: bigint, pendingFees: bigint): TakerResult {
  const { strategy, actor, position, paidIn, trades, volume, paidAboveOracle, fees } = trader;
  return {
    name: strategy.name,
    what: strategy.what,
    address: actor.address,
    trades,
    position,
    fees,
    realizedPnl: position.margin - paidIn,
    unrealizedPnl: accountValue(position, price) - position.margin - pendingFees,
    volume,
    costAboveOraclePpm: volume === 0n ? 0n : (paidAboveOracle * PPM) / volume,
  };
}

/** A small seeded generator, so that a run can be repeated. */
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
