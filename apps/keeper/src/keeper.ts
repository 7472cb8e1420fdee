// The rounds of a keeper: find due work on the chain at one block, leave out what is in flight, simulate at that block, test
// the profit, and send through the journal.
import { priceOf } from "@counterpoise/sdk/prices";
import {
  type Alarms,
  type Ended,
  GasPriceTooHighError,
  HeadWatch,
  type Logger,
  type Metrics,
  memoryJournal,
  type PinnedBlock,
  type PoolClient,
  RetryBudget,
  type RpcPool,
  reasonOf,
  type Submitted,
  type TransactionSender,
} from "@counterpoise/service-kit";
import PQueue from "p-queue";
import { type Hex, hexToBigInt, numberToHex } from "viem";
import { call } from "viem/actions";
import type { KeeperConfig } from "./config.js";
import { type FailureClass, failureClassOf, retryRules } from "./failures.js";
import { finders } from "./finders/index.js";
import type { MarketView } from "./market.js";
import { SignedOrderBook } from "./order-book.js";
import { ProfitTest } from "./profit.js";
import { type FinderContext, type Income, kindsWithoutDatabase, type Work, type WorkKind, workKinds } from "./work.js";

/** Milliseconds between two questions whether a lost database is back. */
const DATABASE_PAUSE = 3_000;
/** Milliseconds for which a stopping keeper follows what is in flight. */
const DRAIN_TIME = 5_000;

/** Parameters of {@link Keeper}. */
export type KeeperParameters = {
  config: KeeperConfig;
  pool: RpcPool;
  markets: readonly MarketView[];
  /** Sends through the durable journal; undefined while there is no database. */
  durable: () => TransactionSender | undefined;
  /** Sends while there is no database: one transaction in flight. */
  volatile: TransactionSender;
  metrics: Metrics;
  alarms: Alarms;
  log: Logger;
  orders?: SignedOrderBook | undefined;
};

/** The counts of a round. */
export type RoundReport = { block: bigint; found: number; sent: number; ended: number };

type Found = { market: MarketView; work: Work; coinPrice: bigint };
/** Conditions of all markets in one round, by their alarm. */
type Problems = Record<"prices-down" | "prices-stale" | "round-failed", string[]>;
type Simulated = { gas: bigint; income: Income };

/** A journal for a keeper without its database. */
export const volatileJournal = memoryJournal;

/** One keeper. */
export class Keeper {
  readonly #p: KeeperParameters;
  readonly #orders: SignedOrderBook;
  readonly #budget: RetryBudget<FailureClass>;
  readonly #profit: ProfitTest;
  readonly #head: HeadWatch;
  #askDatabaseAt = 0;
  #isPaused = false;

  constructor(parameters: KeeperParameters) {
    this.#p = parameters;
    this.#head = new HeadWatch({ ...parameters, stalledAfter: parameters.config.stalledAfter });
    this.#orders = parameters.orders ?? new SignedOrderBook(parameters.config.orders);
    this.#budget = new RetryBudget(retryRules);
    this.#profit = new ProfitTest(parameters.config.profit);
  }

  /** State for `/health`. */
  status(): Record<string, unknown> {
    const { pool, volatile, config, markets } = this.#p;
    return {
      name: config.name,
      address: volatile.address,
      block: this.#head.block?.number,
      markets: markets.map(({ name }) => name),
      endpoints: pool.states,
      isPaused: this.#isPaused,
      subsidyLastHour: this.#profit.spent,
    };
  }

  /** Stops sending, or goes on. Rounds follow what is in flight in both cases. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** One round. Throws when the chain cannot be read. */
  async round(): Promise<RoundReport> {
    const { config, pool, metrics, alarms, log } = this.#p;
    const end = metrics.roundTime.startTimer();
    try {
      const block = await this.#head.read();
      const sender = await this.#chooseSender();
      const ended = await this.#reconcile(block);
      const canSend = await this.#checkWallet(sender);
      await this.#orders.refresh();
      const { failures } = this.#orders;
      alarms.set("feed-down", failures.length > 0, failures.join("; "));

      const queue = new PQueue({ concurrency: 4 });
      const problems: Problems = { "prices-down": [], "prices-stale": [], "round-failed": [] };
      const found = (
        await Promise.all(this.#p.markets.map((market) => queue.add(() => this.#find(market, block, sender, problems))))
      ).flat();
      const works = await this.#fresh(found as Found[], sender);
      let sent = 0;
      for (const each of works) {
        if (await this.#perform(each, block, sender, canSend)) sent++;
      }
      alarms.set("retry-budget-spent", this.#budget.isSpent("paid"), "transactions revert in blocks, and cost gas");
      for (const [name, details] of Object.entries(problems)) {
        alarms.set(name as keyof Problems, details.length > 0, details.join("; "));
      }
      alarms.clear("rpc-down");
      metrics.rounds.inc({ result: "done" });
      log.debug({ block: block.number, found: found.length, sent, ended: ended.length }, "round");
      return { block: block.number, found: found.length, sent, ended: ended.length };
    } catch (error) {
      metrics.rounds.inc({ result: "failed" });
      alarms.set("rpc-down", failureClassOf(error) === "rpc", reasonOf(error));
      if (failureClassOf(error) !== "rpc") alarms.raise("round-failed", reasonOf(error));
      throw error;
    } finally {
      const usable = pool.states.filter(({ isUsable }) => isUsable).length;
      alarms.set("rpc-degraded", usable < config.rpc.length, `${usable} of ${config.rpc.length} endpoints answer`);
      end();
    }
  }

  /** Rounds until the signal is aborted, one for each block. Then follows what is in flight, for some seconds. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, log } = this.#p;
    while (!signal.aborted) {
      const begun = Date.now();
      try {
        await this.round();
      } catch (error) {
        log.warn({ error }, "round failed");
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, Math.max(10, config.interval - (Date.now() - begun)));
        signal.addEventListener("abort", done, { once: true });
      });
    }
    await this.#drain();
  }

  /** Waits for the ends of what is in flight. The journal has what is left. */
  async #drain(): Promise<void> {
    const { pool, volatile, log } = this.#p;
    const durable = this.#p.durable();
    const deadline = Date.now() + DRAIN_TIME;
    const isIdle = async () => {
      const senders = durable ? [durable, volatile] : [volatile];
      const live = await Promise.all(senders.map(({ journal, address }) => journal.live(pool.chain.id, address)));
      return live.every((each) => each.length === 0);
    };
    while (Date.now() < deadline) {
      try {
        if (await isIdle()) return;
        await this.#reconcile(await pool.probe());
      } catch (error) {
        log.warn({ error }, "could not follow what is in flight");
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** The sender of the round: without an answer of the database, the one that needs none. */
  async #chooseSender(): Promise<TransactionSender> {
    const { volatile, alarms, pool } = this.#p;
    const durable = this.#p.durable();
    if (!durable) {
      alarms.raise("database-down", "there is none yet, or by configuration");
      return volatile;
    }
    if (Date.now() < this.#askDatabaseAt) return volatile;
    try {
      await durable.journal.liveKeys(pool.chain.id);
      alarms.clear("database-down");
      return durable;
    } catch (error) {
      this.#askDatabaseAt = Date.now() + DATABASE_PAUSE;
      alarms.raise("database-down", `${reasonOf(error)}; liquidations and prices go on`);
      return volatile;
    }
  }

  async #reconcile(block: PinnedBlock): Promise<Ended[]> {
    const { volatile } = this.#p;
    const durable = this.#p.durable();
    const isDatabaseUp = durable !== undefined && Date.now() >= this.#askDatabaseAt;
    const ended = [...(await volatile.reconcile(block)), ...(isDatabaseUp ? await durable.reconcile(block) : [])];
    for (const { entry, end } of ended) {
      if (end === "succeeded") this.#budget.succeeded(entry.key);
      else if (end === "reverted") this.#budget.failed(entry.key, "paid");
    }
    return ended;
  }

  /** Whether the wallet has enough for gas. */
  async #checkWallet(sender: TransactionSender): Promise<boolean> {
    const { config, metrics, alarms } = this.#p;
    const balance = await sender.balance();
    const { floor, ceiling } = config.gas;
    metrics.balance.set(Number(balance));
    alarms.set("gas-wallet-empty", balance < floor, `${sender.address} has ${balance} wei, less than ${floor}`);
    alarms.set(
      "gas-wallet-above-ceiling",
      balance > ceiling,
      `${sender.address} has ${balance} wei, more than ${ceiling}`,
    );
    return balance >= floor;
  }

  async #find(market: MarketView, block: PinnedBlock, sender: TransactionSender, problems: Problems): Promise<Found[]> {
    const { config, pool, log, metrics } = this.#p;
    if (config.shards && sender.journal.isDurable) {
      const { deployment } = market;
      const name = `market:${deployment.clearingHouse}:${deployment.marketId}`;
      const epoch = await sender.journal.lease(name, sender.address, config.shards.leaseTime);
      if (epoch === undefined) return [];
    }
    const client: PoolClient = pool.at(block);
    const prices = await market.refresh(client, block);
    const settings = { ...config.prices, settlesDeadFeeds: config.settlesDeadFeeds };
    const context: FinderContext = {
      market,
      client,
      block,
      keeper: sender.address,
      prices,
      orders: this.#orders,
      settings,
    };
    const wanted = config.work.filter((kind) => sender.journal.isDurable || kindsWithoutDatabase.includes(kind));
    const chosen = Object.entries(finders).filter(([, { kinds }]) => kinds.some((kind) => wanted.includes(kind)));
    let hasPrices = true;
    const results = await Promise.all(
      chosen.map(async ([name, finder]) => {
        try {
          return (await finder.find(context)).filter(({ kind }) => wanted.includes(kind));
        } catch (error) {
          const failure = failureClassOf(error);
          if (failure === "price") hasPrices = false;
          else if (failure === "rpc") throw error;
          log.warn({ market: market.name, finder: name, error }, "search failed");
          if (failure === "internal") problems["round-failed"].push(`${market.name}, ${name}: ${reasonOf(error)}`);
          return [];
        }
      }),
    );
    if (!hasPrices) problems["prices-down"].push(`${market.name}: no answer of the price source`);
    const last = prices.last();
    let coinPrice = config.profit.coinPrice ?? 0n;
    if (last) {
      const oldest = last.feeds.reduce(
        (time, each) => (each.publishTime < time ? each.publishTime : time),
        block.timestamp,
      );
      const age = block.timestamp - oldest;
      metrics.priceAge.set({ market: market.name }, Number(age));
      if (age > BigInt(config.prices.staleAfter)) {
        problems["prices-stale"].push(`${market.name}: the latest price is ${age} s old`);
      }
      if (coinPrice === 0n) coinPrice = priceWithin(() => priceOf(last, market.feed).price);
    }
    return results.flat().map((work) => ({ market, work, coinPrice }));
  }

  /** Leaves out work that is in flight or pauses, and puts the most urgent first. */
  async #fresh(found: Found[], sender: TransactionSender): Promise<Found[]> {
    const live = await sender.journal.liveKeys(this.#p.pool.chain.id);
    const seen = new Set<string>();
    return found
      .filter(({ work: { key } }) => {
        if (live.has(key) || seen.has(key) || !this.#budget.mayTry(key)) return false;
        seen.add(key);
        return true;
      })
      .sort((a, b) => workKinds.indexOf(a.work.kind) - workKinds.indexOf(b.work.kind));
  }

  /** Simulates, tests and sends one piece of work. Returns whether it was sent. */
  async #perform(
    { work, coinPrice, market }: Found,
    block: PinnedBlock,
    sender: TransactionSender,
    canSend: boolean,
  ): Promise<boolean> {
    const { config, metrics, log, alarms } = this.#p;
    const { key, kind } = work;
    const count = (outcome: string) => metrics.work.inc({ kind, outcome });
    try {
      const { gas, income } = await this.#simulate(work, block, sender);
      const fees = sender.fees(block);
      const cost = gas * (block.baseFee + fees.maxPriorityFeePerGas) + work.value;
      const verdict = this.#profit.test({ kind, income, cost, coinPrice });
      if (!verdict.isAccepted) {
        count(verdict.reason);
        if (verdict.reason === "subsidy-spent") alarms.raise("subsidy-spent", `${key} costs ${cost} wei`);
        log.debug({ work: key, cost, gain: verdict.gain }, verdict.reason);
        this.#budget.failed(key, "unprofitable");
        return false;
      }
      if (verdict.subsidy > 0n) alarms.clear("subsidy-spent");
      alarms.clear("gas-price-above-limit");
      if (config.dryRun) {
        count("dry-run");
        log.info({ work: key, market: market.name, gas, cost, gain: verdict.gain }, "would be sent");
        return false;
      }
      if (!canSend || this.#isPaused || this.#isHeld(kind)) {
        count("held");
        return false;
      }
      const submitted: Submitted = await sender.submit({ ...work, gas }, block, await this.#reservedNonces(sender));
      count(submitted.status);
      if (submitted.status !== "sent") {
        log.debug({ work: key, detail: submitted.detail }, submitted.status);
        return false;
      }
      this.#profit.spend(verdict.subsidy);
      return true;
    } catch (error) {
      this.#recordFailure(work, error);
      return false;
    }
  }

  /** Without the budget for reverted transactions, only work for the safety of the exchange is sent. */
  #isHeld(kind: WorkKind): boolean {
    return this.#budget.isSpent("paid") && !this.#p.config.profit.subsidized.includes(kind);
  }

  #recordFailure({ key, kind }: Work, error: unknown): void {
    const { metrics, log, alarms } = this.#p;
    if (error instanceof GasPriceTooHighError) {
      alarms.raise("gas-price-above-limit", error.message);
      metrics.work.inc({ kind, outcome: "gas-price" });
      return;
    }
    const failure = failureClassOf(error);
    metrics.work.inc({ kind, outcome: failure });
    this.#budget.failed(key, failure);
    const level = failure === "simulated" ? "info" : "warn";
    log[level]({ work: key, failure, reason: reasonOf(error) }, "not sent");
  }

  /** Runs the call at the block. Throws the error with which it would revert. */
  async #simulate(work: Work, block: PinnedBlock, sender: TransactionSender): Promise<Simulated> {
    const { pool } = this.#p;
    const { to, data, value } = work;
    const request = { account: sender.address, to, data, value, gas: work.gas };
    const { data: result = "0x" } = await call(pool.at(block), request);
    const estimate = hexToBigInt(
      (await pool.request("eth_estimateGas", [
        { from: sender.address, to, data, value: numberToHex(value) },
        numberToHex(block.number),
      ])) as Hex,
    );
    const gas = (estimate * 5n) / 4n;
    const income = work.incomeOf?.(result) ?? work.income;
    return { gas: work.gas !== undefined && work.gas > gas ? work.gas : gas, income };
  }

  /** Nonces that the other sender has in flight. */
  async #reservedNonces(sender: TransactionSender): Promise<ReadonlySet<number>> {
    const { volatile, pool } = this.#p;
    if (sender === volatile) return new Set();
    return new Set((await volatile.journal.live(pool.chain.id, volatile.address)).map(({ nonce }) => nonce));
  }
}

/** A price, or zero where there is none. */
function priceWithin(read: () => bigint): bigint {
  try {
    return read();
  } catch {
    return 0n;
  }
}
