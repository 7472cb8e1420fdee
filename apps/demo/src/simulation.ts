import { type AccountView, type Decision, decideTaker, type MarketView } from "@counterpoise/agents";
import {
  closeHedgeGap,
  depositLpSync,
  endWhitelist,
  getHedge,
  getMaker,
  getMarket,
  getPriceState,
  getQuoteHedge,
  getRevert,
  getSpotPath,
  type MakerState,
  type Market,
  rebalanceSync,
  type SpotPath,
  waitForSuccess,
} from "@counterpoise/sdk";
import { amounts } from "@counterpoise/sdk/math";
import {
  applyLpEvent,
  attributionOf,
  type LpAttribution,
  type LpLedger,
  type LpResult,
  type LpSample,
  lpEventsOf,
  lpResult,
  newLpLedger,
} from "@counterpoise/sdk/report";
import {
  abs,
  COLLATERAL_SCALE,
  checkHedge,
  checkLedger,
  LawRecord,
  PPM,
  readHedge,
  readLedger,
  settledFees,
  USD,
  WAD,
} from "@counterpoise/testkit";
import type { Log } from "viem";
import { Chain } from "./chain.js";
import { type LiquidationCounts, Liquidations } from "./liquidations.js";
import { LpQueue, type LpQueueCounts } from "./lp-queue.js";
import { type DemoMaker, makersOf } from "./makers.js";
import { type OrderCounts, Orders } from "./orders.js";
import { between, PricePath, type Tick } from "./price-path.js";
import type { PriceGap, PriceSeries } from "./prices.js";
import type { TakerReport } from "./report.js";
import { type Trader, Traders } from "./traders.js";
import type { World } from "./world.js";

/** Fees that accounts have paid in fills, WAD quote, without the fees that they have received. */
export type FeeTotals = { trading: bigint; fundingPaid: bigint; borrowingPaid: bigint };

/** The result of a maker's LPs by cause, and the difference between its sum and the change that the contracts report. WAD quote. */
export type Attribution = LpAttribution & { unexplained: bigint };

export type MakerResult = DemoMaker & {
  /** The exchange on which the maker hedges; undefined for a maker without a hedge. */
  hedgesOn: SpotPath["exchange"] | undefined;
  before: LpSample;
  /** The last known value of a share. */
  after: LpSample;
  state: MakerState;
  fills: number;
  attribution: Attribution;
  lp: LpResult;
  /** Base that hedges did not buy back (H3), WAD. */
  shortage: bigint;
};

/** The feed during the run. */
export type FeedResult = {
  gaps: readonly PriceGap[];
  /** Largest change of the price over a gap, a ratio, WAD. */
  largestJump: bigint;
  /** Looks into gaps at which the exchange had no price for liquidations, and those at which the second source had one. */
  stale: number;
  atSecondSource: number;
  /** How often the arbitrageur could not bring a spot market to the oracle price. */
  spotShortfalls: number;
};

export type SimulationResult = {
  /** The market at the end. */
  market: Market;
  fees: FeeTotals;
  feed: FeedResult;
  makers: MakerResult[];
  takers: TakerReport[];
  orders: OrderCounts;
  liquidations: LiquidationCounts;
  lpRequests: LpQueueCounts;
  laws: LawRecord;
  transactions: number;
  /** Gas of executed orders, by maker. */
  executionGas: readonly { maker: string; count: number; gas: bigint }[];
  /** How often keepers have moved the margin of the quote vault to its target. */
  rebalances: number;
};

/** The replay stopped at a row, for a reason that is neither the exchange's nor the file's. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  constructor(row: number, timestamp: number, cause: unknown) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] as string) : String(cause);
    super(`The replay stopped at row ${row + 2} (timestamp ${timestamp}): ${reason}`, { cause });
  }
}

/** Seconds between two looks into a gap, and the most looks. */
const LOOK = 300;
const MOST_LOOKS = 24;

/** Samples of share prices and checks of the laws in a run, at most: long series have fewer per row. */
const MOST_SAMPLES = 720;
const MOST_CHECKS = 180;

/** Replays a series on the deployed exchange: takers, LPs, a keeper, a liquidator and an arbitrageur send real transactions. */
export async function simulate(
  world: World,
  series: PriceSeries,
  { seed, onRow }: { seed: number; onRow?: (row: number) => void },
): Promise<SimulationResult> {
  return new Simulation(world, series, seed).run(onRow);
}

class Simulation {
  readonly #laws = new LawRecord();
  readonly #world: World;
  readonly #series: PriceSeries;
  readonly #path: PricePath;
  readonly #chain: Chain;
  readonly #traders: Traders;
  readonly #orders: Orders;
  readonly #liquidations: Liquidations;
  readonly #queue: LpQueue;
  readonly #makers: readonly DemoMaker[];
  readonly #ledgers: readonly LpLedger[];
  readonly #samples: LpSample[][] = [];
  readonly #fees: FeeTotals = { trading: 0n, fundingPaid: 0n, borrowingPaid: 0n };
  readonly #feed = { largestJump: 0n, stale: 0, atSecondSource: 0 };
  /** Funding and borrowing settled by fills: paid less received, WAD quote. */
  #netFees = 0n;
  #rebalances = 0;
  /** Whether an account has acted since the last check of the laws. */
  #hasActed = false;
  #dailyFunding = 0;
  #logsUntil: bigint;
  /** The tick that the chain is at, with the time of its block, and the next one. */
  #current: Tick;
  #next: Tick | undefined;
  /** End of the current row, seconds. */
  #rowEnd = 0;

  constructor(world: World, series: PriceSeries, seed: number) {
    this.#world = world;
    this.#series = series;
    this.#path = new PricePath(series);
    const first = this.#path.ticks[0];
    if (!first) throw new Error("A simulation needs at least one row");
    this.#current = first;
    this.#logsUntil = 0n;
    this.#makers = makersOf(world);
    this.#samples = this.#makers.map(() => []);
    this.#ledgers = this.#makers.map(() => newLpLedger());
    this.#chain = new Chain(world, first.time - 120);
    const chain = this.#chain;
    const prices = {
      at: (time: number) => this.#priceAt(time),
      elsewhere: (time: number) => this.#path.at(time),
      recentRange: () => this.#recentRange(),
    };
    this.#traders = new Traders(world, chain, seed);
    const traders = this.#traders;
    this.#orders = new Orders({ world, chain, traders, prices, laws: this.#laws });
    this.#liquidations = new Liquidations({ world, chain, traders, prices });
    this.#queue = new LpQueue({ world, chain, prices, seed });
  }

  async run(onRow?: (row: number) => void): Promise<SimulationResult> {
    const { ticks } = this.#path;
    await this.#start();
    for (const [index, tick] of ticks.entries()) {
      try {
        await this.#tick(tick, ticks[index + 1]);
      } catch (error) {
        throw new ReplayError(tick.row, this.#series.rows[tick.row]?.timestamp ?? tick.time, error);
      }
      if (tick.isLast) onRow?.(tick.row);
    }
    return this.#result();
  }

  // ---- start ----

  async #start(): Promise<void> {
    const { deployer, deployment, lps, baseWorth, config } = this.#world;
    const { price, time } = this.#current;
    await this.#chain.publish(price, time - 90);
    await this.#traders.fund();
    const [firstLp] = lps;
    const amount = BigInt(Math.ceil(config.money.firstLp));
    for (const { address: maker, isInBase } of this.#makers) {
      const assets = isInBase ? baseWorth(amount) : amount * USD;
      await this.#chain.send(() => depositLpSync(firstLp, { maker, amount: assets, minShares: 1n }));
      // From now on LPs enter and leave through the request vaults only.
      await this.#chain.next();
      await waitForSuccess(deployer, await endWhitelist(deployer, { maker }));
    }
    const market = await getMarket(deployer, { deployment });
    this.#dailyFunding = dailyFundingOf(market);
    await this.#check();
    await this.#sample();
  }

  // ---- ticks ----

  async #tick(tick: Tick, next: Tick | undefined): Promise<void> {
    const isNewRow = tick.row !== this.#current.row || this.#rowEnd === 0;
    if (tick.gap) await this.#gap(tick.gap, tick);
    await this.#chain.publish(tick.price, tick.time);
    this.#current = { ...tick, time: this.#chain.now };
    this.#next = next;
    if (isNewRow) this.#rowEnd = (this.#series.rows[tick.row]?.timestamp ?? tick.time) + this.#series.interval;
    const { price } = tick;
    await this.#chain.align(price, this.#orders.hasHedged);
    this.#orders.hasHedged = false;
    await this.#chain.follow(price);

    let isActive = this.#orders.hasPending || tick.gap !== undefined;
    await this.#orders.settle();
    isActive = (await this.#trade(price, this.#traders.all)) || isActive;
    const until = next ? Math.max(next.time, this.#chain.now + 1) : this.#rowEnd;
    isActive = (await this.#liquidations.watch(price, until)) || isActive;
    if (!tick.isLast) return;

    await this.#queue.step(
      (tick.row + 1) / this.#series.rows.length,
      this.#samples.map((samples) => samples.at(-1)?.sharePrice),
    );
    this.#hasActed ||= isActive;
    const { length } = this.#series.rows;
    if (tick.row % Math.ceil(length / MOST_SAMPLES) === 0) await this.#sample();
    if (!this.#hasActed || tick.row % Math.ceil(length / MOST_CHECKS) !== 0) return;
    this.#hasActed = false;
    await this.#rebalance();
    await this.#check();
  }

  /** Asks traders for decisions, creates their orders and executes them. Returns whether there were any. */
  async #trade(price: bigint, traders: readonly Trader[]): Promise<boolean> {
    const decisions = traders.flatMap((trader) => {
      if (trader.isBusy) return [];
      const decision = this.#decide(trader, price);
      trader.askedAt = this.#chain.now;
      return decision ? [{ trader, decision }] : [];
    });
    for (const { trader, decision } of decisions) await this.#orders.create(trader, decision, price);
    if (decisions.length > 0) await this.#orders.settle();
    return decisions.length > 0;
  }

  #decide(trader: Trader, price: bigint): Decision | undefined {
    const { spec, position, random } = trader;
    // The liquidator keeps no position that it has taken over.
    if (spec === undefined) return position.size === 0n ? undefined : { action: "close", part: 1, venue: "oracle" };
    const now = this.#chain.now;
    const { time } = this.#current;
    const market: MarketView = {
      time: now,
      price,
      priceAge: now - (this.#chain.stored?.time ?? 0),
      priceAgo: (seconds) => this.#path.known(time - seconds),
      priceAhead: (seconds) => this.#path.at(time + seconds),
      dailyFunding: this.#dailyFunding,
    };
    const account: AccountView = {
      size: position.size,
      heldFor: position.size === 0n ? 0 : now - trader.openedAt,
      elapsed: now - trader.askedAt,
    };
    return decideTaker(spec, market, account, random);
  }

  /** Time passes without a price. Takers try to close, the liquidator tries to liquidate, and the second source reports. */
  async #gap({ from, to }: PriceGap, reopening: Tick): Promise<void> {
    const { deployer, deployment, secondSource } = this.#world;
    this.#next = reopening;
    const { price } = this.#current;
    const distance = Math.max(LOOK, Math.ceil((to - from) / MOST_LOOKS));
    for (let look = from + 90; look < to - 60; look += distance) {
      await this.#chain.advance(look);
      const elsewhere = this.#path.at(this.#chain.now);
      if (secondSource) await this.#chain.follow(elsewhere);
      const { liquidation } = await getPriceState(deployer, { deployment });
      if (!liquidation.ok) this.#feed.stale++;
      else if (Number(liquidation.value.publishTime) > (this.#chain.stored?.time ?? 0)) this.#feed.atSecondSource++;
      await this.#orders.settle();
      await this.#trade(price, this.#traders.takers);
      await this.#liquidations.watch(elsewhere, Math.min(look + distance, to - 30));
    }
    const jump = (abs(reopening.price - price) * WAD) / price;
    if (jump > this.#feed.largestJump) this.#feed.largestJump = jump;
  }

  /** The price published at a time, on the line between the current tick and the next one. Undefined in a gap. */
  #priceAt(time: number): bigint | undefined {
    const [current, next] = [this.#current, this.#next];
    if (next === undefined || next.gap === undefined) return next ? between(current, next, time) : current.price;
    // The feed publishes the last price until its row ends, and the next one when it reopens.
    if (time <= Math.max(this.#rowEnd, current.time)) return current.price;
    return time >= next.time ? next.price : undefined;
  }

  /** Range of the last minute as a part of the price, ppm. */
  #recentRange(): bigint {
    const { time, price } = this.#current;
    let [low, high] = [price, price];
    for (const seconds of [15, 30, 45, 60]) {
      const past = this.#path.known(time - seconds);
      if (past < low) low = past;
      if (past > high) high = past;
    }
    return ((high - low) * PPM) / price;
  }

  // ---- keepers ----

  /** The keeper moves the margin of the quote vault to its target when it is out of its band, and closes hedge gaps. */
  async #rebalance(): Promise<void> {
    const { keeper, spotHedgeQuoteMaker: maker, deployment } = this.#world;
    const { toMove } = await getQuoteHedge(keeper, { maker });
    if (toMove !== 0n) {
      const isDone = await this.#attempt("rebalance", () => rebalanceSync(keeper, { maker }));
      if (isDone) this.#rebalances++;
    }
    for (const { address, isHedged } of this.#makers) {
      if (!isHedged) continue;
      const { gap, gapClosableAt } = await getHedge(keeper, { deployment, maker: address });
      if (gap === 0n || gapClosableAt > BigInt(this.#chain.now)) continue;
      await this.#attempt("close a hedge gap", async () =>
        waitForSuccess(keeper, await closeHedgeGap(keeper, { deployment, maker: address })),
      );
    }
  }

  async #attempt(action: string, send: () => Promise<unknown>): Promise<boolean> {
    await this.#chain.next();
    try {
      await send();
      return true;
    } catch (error) {
      const revert = getRevert(error);
      if (!revert) throw error;
      this.#orders.count(`keeper could not ${action}: ${revert.errorName}`);
      return false;
    }
  }

  // ---- records ----

  /** Reads the events since the last time. */
  async #collect(): Promise<void> {
    const { deployer, deployment } = this.#world;
    const latest = await deployer.getBlockNumber();
    if (latest <= this.#logsUntil) return;
    const { vault, clearingHouse, backstop, collateral, base } = deployment;
    const address = [vault, clearingHouse, backstop, collateral, base, ...this.#makers.map((each) => each.address)];
    const logs = (await deployer.getLogs({ address, fromBlock: this.#logsUntil + 1n, toBlock: latest })) as Log[];
    this.#logsUntil = latest;
    for (const [i, { address: maker }] of this.#makers.entries()) {
      for (const event of lpEventsOf({ deployment, maker, logs })) applyLpEvent(this.#ledgerOf(i), event);
    }
    const settled = settledFees(deployment, logs);
    this.#netFees += settled.net;
    this.#fees.trading += settled.paid.trading;
    this.#fees.fundingPaid += settled.paid.funding;
    this.#fees.borrowingPaid += settled.paid.borrowing;
  }

  /** Checks all laws but L6, which each fill checks. */
  async #check(): Promise<void> {
    await this.#collect();
    const { deployer: reader, deployment } = this.#world;
    const accounts = [
      ...this.#makers.map(({ address }) => address),
      ...this.#traders.all.map(({ actor }) => actor.address),
    ];
    const hedged = this.#makers.flatMap((maker, i) => (maker.isHedged ? [{ maker, lps: this.#ledgerOf(i) }] : []));
    const [ledger, ...hedges] = await Promise.all([
      readLedger(reader, { deployment, accounts, settledFees: this.#netFees }),
      ...hedged.map(({ maker: { address: vault } }) => readHedge(reader, { deployment, vault })),
    ]);
    this.#laws.add(...checkLedger(ledger));
    for (const [i, hedge] of hedges.entries()) {
      const { maker, lps } = hedged[i] as (typeof hedged)[number];
      // LPs of the quote vault deposit no base: it holds exactly the base that it is short.
      this.#laws.add(checkHedge(hedge, lps.lpBase - lps.shortage));
      this.#orders.sizes.set(maker.address, hedge.size);
    }
  }

  /** Reads the value of each maker's share, and the funding rate. */
  async #sample(): Promise<void> {
    const { deployer: reader, deployment } = this.#world;
    const [market, ...states] = await Promise.all([
      getMarket(reader, { deployment }),
      ...this.#makers.map(({ address: maker }) => getMaker(reader, { deployment, maker })),
    ]);
    this.#dailyFunding = dailyFundingOf(market);
    const { price } = this.#current;
    for (const [i, { sharePrice }] of states.entries()) {
      // An unknown value is no sample.
      if (sharePrice !== undefined) this.#samples[i]?.push({ price, sharePrice });
    }
    this.#liquidations.failedMakers = this.#makers
      .filter((_, i) => states[i]?.account.isLiquidatable)
      .map(({ address }) => address);
  }

  // ---- result ----

  async #result(): Promise<SimulationResult> {
    const { deployer: reader, deployment } = this.#world;
    const { price } = this.#current;
    await this.#chain.publish(price, this.#chain.now + 1);
    await this.#check();
    await this.#sample();
    const makers = await Promise.all(this.#makers.map((maker, i) => this.#makerResult(maker, i, price)));
    return {
      market: await getMarket(reader, { deployment }),
      fees: this.#fees,
      feed: { gaps: this.#path.gaps, ...this.#feed, spotShortfalls: this.#chain.shortfalls },
      makers,
      takers: await Promise.all(this.#traders.all.map((trader) => this.#traders.report(trader, price))),
      orders: this.#orders.counts,
      liquidations: this.#liquidations.counts,
      lpRequests: this.#queue.counts,
      laws: this.#laws,
      transactions: this.#chain.transactions,
      executionGas: this.#makers.flatMap(({ name, address }) => {
        const gas = this.#orders.gas.get(address);
        return gas ? [{ maker: name, ...gas }] : [];
      }),
      rebalances: this.#rebalances,
    };
  }

  async #makerResult(maker: DemoMaker, index: number, price: bigint): Promise<MakerResult> {
    const { deployer: reader, deployment, config } = this.#world;
    const { address, isInBase, isHedged } = maker;
    const state = await getMaker(reader, { deployment, maker: address });
    const samples = this.#samples[index] as LpSample[];
    const ledger = this.#ledgerOf(index);
    const { parameters } = isHedged
      ? await getHedge(reader, { deployment, maker: address })
      : { parameters: undefined };
    const { pendingFunding, pendingBorrowing } = state.account;
    const attribution = attributionOf(ledger, { price, pendingFunding, pendingBorrowing });
    const valueChange = await this.#valueChange(maker, ledger, price);
    return {
      ...maker,
      hedgesOn: parameters && (await getSpotPath(reader, parameters)).exchange,
      before: samples[0] as LpSample,
      after: samples.at(-1) as LpSample,
      state,
      fills: ledger.fills,
      attribution: { ...attribution, valueChange, unexplained: valueChange - attribution.total },
      lp: lpResult(samples, BigInt(Math.ceil(config.money.firstLp)) * WAD, isInBase),
      shortage: ledger.shortage,
    };
  }

  #ledgerOf(index: number): LpLedger {
    return this.#ledgers[index] as LpLedger;
  }

  /** The change of a maker's value by the contracts' own figures, less the flows of LPs: their base at the last price. WAD quote. */
  async #valueChange(
    { address: maker, isHedged, isInBase }: DemoMaker,
    ledger: LpLedger,
    price: bigint,
  ): Promise<bigint> {
    const { deployer: reader, deployment } = this.#world;
    const { account } = await getMaker(reader, { deployment, maker });
    // A flat account has no valuation: its value is its margin.
    const accountValue: bigint = account.valuation?.accountValue ?? account.margin + account.openNotional;
    let value = accountValue - ledger.lpQuote - amounts.valueFloor(ledger.lpBase, price);
    if (isHedged && isInBase) {
      const { assetBalance } = await getHedge(reader, { deployment, maker });
      value += amounts.valueFloor(assetBalance as bigint, price);
    } else if (isHedged) {
      const { baseBalance, quoteBalance } = await getQuoteHedge(reader, { maker });
      value += amounts.valueFloor(baseBalance as bigint, price) + quoteBalance * COLLATERAL_SCALE;
    }
    return value;
  }
}

const SECONDS_PER_DAY = 86_400n;

/** Funding per day as a ratio. */
const dailyFundingOf = ({ fundingRate }: Market): number => Number(fundingRate * SECONDS_PER_DAY) / 1e18;
