// The matcher of one market: takes new orders in, follows the chain, matches, and plans settlements. One settlement of a market is
// in flight at a time, and matching waits for its end: every plan begins from amounts that the chain has. All that it remembers
// can be read again from the database and the chain.
import { isLegDue } from "@counterpoise/sdk";
import { signedOrderGatewayAbi } from "@counterpoise/sdk/abis";
import {
  type Alarms,
  GasPriceTooHighError,
  type Logger,
  type PinnedBlock,
  type RpcPool,
  reasonOf,
  revertOf,
  type TransactionSender,
} from "@counterpoise/service-kit";
import { type Hash, parseEventLogs, RawContractError, TransactionReceiptNotFoundError, zeroAddress } from "viem";
import { getTransactionReceipt } from "viem/actions";
import { MatchingBook } from "./book.js";
import { readChainEvents } from "./chain-events.js";
import type { RelayerConfig } from "./config.js";
import type { MarketPrice, RelayerMarket } from "./market.js";
import {
  entryOf,
  hashesOf,
  isAccountsFault,
  isSignerFault,
  levelEvents,
  maxFills,
  reaches,
  smaller,
  type Tracked,
} from "./matcher-rules.js";
import type { RelayerMetrics } from "./metrics.js";
import type {
  Level,
  MarketEvent,
  OpenSettlement,
  OrderChange,
  PlannedFill,
  StoredFill,
  StoredOrder,
} from "./records.js";
import type { Candidate, Failed, Settler, Simulated } from "./settlement.js";
import type { Store } from "./store.js";
import { isForBook, isForKeepers, type Validator, type Verdict } from "./validation.js";

/** Blocks whose events are read again in each round: a reorganisation may have changed them. */
const OVERLAP = 32n;
/** Blocks that are read again when the last block is no longer on the chain. */
const DEEP_OVERLAP = 1_024n;
/** New orders of one round. */
const MAX_ARRIVALS = 500;
/** Resting orders of one side that are compared with the LP vaults in one round. */
const VAULT_CANDIDATES = 4;
/** Orders with a named maker or a trigger that are tried in one round. */
const WAITING_CANDIDATES = 8;
/** Blocks for which an order rests after LP vaults were too expensive, or after a failure, then doubled with each strike. */
const COOL_DOWN = 2n;

/** Parameters of {@link Matcher}. */
export type MatcherParameters = {
  config: RelayerConfig;
  market: RelayerMarket;
  pool: RpcPool;
  store: Store;
  validator: Validator;
  settler: Settler;
  sender: TransactionSender;
  epoch: number;
  metrics: RelayerMetrics;
  alarms: Alarms;
  log: Logger;
};

/** The counts of a round. */
export type RoundCounts = { arrivals: number; fills: number; planned: number };

/** The matcher of one market in one epoch. */
export class Matcher {
  readonly #p: MatcherParameters;
  readonly #book = new MatchingBook();
  readonly #orders = new Map<Hash, Tracked>();
  /** Orders with a named maker, or a trigger that the relayer watches. */
  readonly #waiting = new Set<Hash>();
  /** Orders that are matched with the book in the next plan. */
  #incoming = new Set<Hash>();
  #cooling = new Set<Hash>();
  #dirty = new Set<Hash>();
  #touched = new Set<Hash>();
  #levels = new Map<string, Level>();
  #inFlight: OpenSettlement | undefined;
  #lastBlock: { number: bigint; hash: Hash } | undefined;
  #cursor = 0;
  /** Settlements that have reverted or were refused since the last one that succeeded. */
  #failures = 0;

  constructor(parameters: MatcherParameters) {
    this.#p = parameters;
  }

  get epoch(): number {
    return this.#p.epoch;
  }

  get market(): RelayerMarket {
    return this.#p.market;
  }

  /** State for `/health`. */
  status(): Record<string, unknown> {
    return {
      epoch: this.#p.epoch,
      orders: this.#orders.size,
      resting: this.#book.size,
      inFlight: this.#inFlight?.id,
      block: this.#lastBlock?.number,
    };
  }

  /** The resting orders, for tests and comparisons. */
  get book(): MatchingBook {
    return this.#book;
  }

  /** Reads orders and settlements after a start. Oldest first, so that the book becomes what it was. */
  async start(): Promise<void> {
    const { store, market, log } = this.#p;
    this.#lastBlock = await store.lastBlock(market.id);
    for (const stored of await store.live(market.id)) {
      if (stored.isBooked || stored.status === "requested") this.#track(stored);
    }
    const filled = await store.filledOf([...this.#orders.keys()]);
    for (const [hash, { base, relayFee }] of filled) {
      const order = this.#orders.get(hash) as Tracked;
      [order.ownFilled, order.relayFees] = [base, relayFee];
    }
    const open = await store.openSettlements(market.id);
    this.#inFlight = open[0];
    for (const each of open.slice(1)) log.error({ settlement: each.id }, "a second settlement without an end");
    if (this.#inFlight) this.#setInFlight(this.#inFlight, true);
    for (const hash of this.#orders.keys()) this.#touched.add(hash);
    this.#levels = this.#currentLevels();
    log.info({ market: market.name, epoch: this.epoch, orders: this.#orders.size }, "matcher started");
  }

  /** One round at a block. `canSend` is false while nothing may be settled. */
  async round(block: PinnedBlock, canSend: boolean): Promise<RoundCounts> {
    const { store, market, metrics } = this.#p;
    await this.#follow(block);
    const { fills, removedFills } = await this.#sync(block);
    const arrivals = await this.#takeIn();
    await this.#takeCancellations();
    await this.#validate(block, fills, removedFills);
    const bookedBefore = [...this.#orders.values()].filter(({ isBooked }) => !isBooked);
    for (const each of bookedBefore) {
      each.isBooked = true;
      this.#dirty.add(each.hash);
    }
    const simulated = canSend && !this.#inFlight ? await this.#plan(block) : undefined;
    const changes = this.#changes();
    const levels = this.#currentLevels();
    const events = [...this.#orderEvents(changes), ...levelEvents(this.#levels, levels)];
    await store.commit({
      marketId: market.id,
      epoch: this.epoch,
      block,
      booked: bookedBefore.map(({ hash }) => hash),
      changes,
      fills,
      removedFills,
      events,
    });
    this.#levels = levels;
    this.#dirty.clear();
    this.#lastBlock = { number: block.number, hash: block.hash };
    for (const { hash, status } of changes) {
      if (status === "dropped" || status === "dead") this.#untrack(hash);
    }
    metrics.resting.set({ market: market.name }, this.#book.size);
    metrics.openOrders.set({ market: market.name }, this.#orders.size);
    metrics.fills.inc({ market: market.name }, fills.filter(({ isOwn }) => isOwn).length);
    const planned = simulated ? await this.#send(simulated, block) : 0;
    return { arrivals, fills: fills.length, planned };
  }

  // ------------------------------------------------------------------------------------------------ what happened ----

  /** Reads the end of the settlement in flight from the journal. */
  async #follow(block: PinnedBlock): Promise<void> {
    const { store, market, log, alarms, metrics } = this.#p;
    const flight = this.#inFlight;
    if (!flight) return;
    const entry = await store.journalEntry(keyOf(flight.id));
    let state: "succeeded" | "reverted" | "dropped" | "abandoned";
    let reason: string | undefined;
    if (!entry) {
      // Planned, and never written to the journal: it was not sent, and no later start sends it.
      [state, reason] = ["abandoned", "it was not written to the journal"];
    } else if (entry.state === "succeeded" || entry.state === "reverted" || entry.state === "dropped") {
      [state, reason] = [entry.state, entry.reason];
    } else {
      return;
    }
    const failed = state === "succeeded" && entry?.hash ? await this.#failedCalls(entry.hash, flight) : [];
    await store.endSettlement(market.id, this.epoch, flight.id, state, reason);
    this.#inFlight = undefined;
    this.#setInFlight(flight, false);
    metrics.settlements.inc({ market: market.name, end: state });
    for (const { fill, failure } of failed)
      this.#blame(fill.taker, fill.isMatch ? (fill.maker as Hash) : undefined, failure, block);
    if (state === "reverted") {
      for (const { taker, maker, isMatch } of flight.fills) {
        const failure = { reason: reason ?? "reverted", revert: undefined };
        this.#blame(taker, isMatch ? (maker as Hash) : undefined, failure, block);
      }
    }
    const succeeded = state === "succeeded" && failed.length < flight.fills.length;
    if (succeeded) {
      for (const { taker, maker } of flight.fills) {
        const isFailed = failed.some(({ fill }) => fill.taker === taker && fill.maker === maker);
        if (!isFailed) for (const hash of [taker, maker as Hash]) this.#forgive(hash);
      }
    }
    this.#failures = succeeded ? 0 : this.#failures + 1;
    const isFailing = this.#failures >= 5;
    alarms.set("settlements-failing", isFailing, `${this.#failures} settlements of ${market.name} in a row: ${reason}`);
    log.info({ settlement: flight.id, state, reason, failed: failed.length }, "settlement ended");
  }

  /** The calls of a batch that have failed in its block. None if a reorganisation has removed it: the next rounds follow the chain. */
  async #failedCalls(
    hash: Hash,
    { fills }: OpenSettlement,
  ): Promise<{ fill: PlannedFill; failure: Pick<Failed, "reason" | "revert"> }[]> {
    const { logs } = await getTransactionReceipt(this.#p.pool.client(), { hash }).catch((error: unknown) => {
      if (error instanceof TransactionReceiptNotFoundError) return { logs: [] };
      throw error;
    });
    const failures = parseEventLogs({ abi: signedOrderGatewayAbi, logs, eventName: "CallFailed" });
    return failures.flatMap(({ args: { index, reason } }) => {
      const fill = fills[Number(index)];
      const error = new RawContractError({ data: reason });
      return fill ? [{ fill, failure: { reason: reasonOf(error), revert: revertOf(error) } }] : [];
    });
  }

  /** Compares the gateway's events with the stored fills. */
  async #sync(
    block: PinnedBlock,
  ): Promise<{ fills: Omit<StoredFill, "sequence">[]; removedFills: readonly StoredFill[] }> {
    const { store, market, pool, config, log } = this.#p;
    const { deployment } = market;
    const start = deployment.startBlock ?? 0n;
    const last = this.#lastBlock;
    let overlap = OVERLAP;
    if (last && (await this.#isOrphaned(last, block))) {
      log.warn({ market: market.name, block: last.number }, "a reorganisation has removed the last block");
      overlap = DEEP_OVERLAP;
    }
    const earliest = (last?.number ?? block.number) - overlap;
    const from = earliest > start ? earliest : start;
    const client = pool.at(block);
    const [chain, before] = await Promise.all([
      readChainEvents(client, deployment, { from, to: block, maxRange: config.maxBlockRange }),
      store.fillsFrom(market.id, from),
    ]);
    if (overlap === DEEP_OVERLAP) {
      for (const stored of await store.endedSince(market.id, from)) {
        if (this.#orders.has(stored.hash)) continue;
        this.#track(stored);
        this.#touched.add(stored.hash);
      }
    }
    const idOf = (fill: { transactionHash: Hash; logIndex: number; blockHash: Hash }) =>
      `${fill.transactionHash}:${fill.logIndex}:${fill.blockHash}`;
    const stored = new Set(before.map(idOf));
    const present = new Set(chain.fills.map(idOf));
    const unknown = chain.fills.filter((fill) => !stored.has(idOf(fill)));
    const [known, own] = await Promise.all([
      unknown.length > 0 ? store.knownOrders(unknown.map(({ orderHash }) => orderHash)) : new Set<Hash>(),
      unknown.length > 0
        ? store.ownTransactions(unknown.map(({ transactionHash }) => transactionHash))
        : new Set<Hash>(),
    ]);
    const fills = unknown
      .filter(({ orderHash }) => known.has(orderHash))
      .map((fill) => ({ ...fill, isOwn: own.has(fill.transactionHash) }));
    const removedFills = before.filter((fill) => !present.has(idOf(fill)));
    for (const { orderHash } of [...fills, ...removedFills]) this.#touched.add(orderHash);
    if (chain.cancelling.size > 0) {
      for (const { hash, order } of this.#orders.values()) {
        if (chain.cancelling.has(order.account.toLowerCase())) this.#touched.add(hash);
      }
    }
    return { fills, removedFills };
  }

  async #isOrphaned(last: { number: bigint; hash: Hash }, block: PinnedBlock): Promise<boolean> {
    if (last.number > block.number) return true;
    if (last.number === block.number) return last.hash !== block.hash;
    if (last.number + 1n === block.number) return last.hash !== block.parentHash;
    const found = (await this.#p.pool.request("eth_getBlockByNumber", [`0x${last.number.toString(16)}`, false])) as {
      hash: Hash;
    } | null;
    return found?.hash !== last.hash;
  }

  async #takeIn(): Promise<number> {
    const { store, market } = this.#p;
    const arrivals = (await store.arrivals(market.id, MAX_ARRIVALS)).filter(({ hash }) => !this.#orders.has(hash));
    for (const stored of arrivals) this.#track(stored);
    return arrivals.length;
  }

  async #takeCancellations(): Promise<void> {
    const { store, market } = this.#p;
    for (const stored of await store.cancellations(market.id)) {
      const order = this.#orders.get(stored.hash) ?? this.#track(stored);
      order.status = "requested";
      order.reason = stored.reason;
      this.#unlist(order.hash);
      if (order.isInFlight) continue;
      this.#touched.add(order.hash);
    }
  }

  /** Compares orders with the chain at the block: those that an event concerns, and some more in each round. */
  async #validate(
    block: PinnedBlock,
    fills: readonly Omit<StoredFill, "sequence">[],
    removedFills: readonly StoredFill[],
  ): Promise<void> {
    const { validator, config, store } = this.#p;
    const all = [...this.#orders.keys()];
    for (let i = 0; i < Math.min(config.revalidated, all.length); i++) {
      this.#touched.add(all[this.#cursor++ % all.length] as Hash);
    }
    const touched = [...this.#touched]
      .map((hash) => this.#orders.get(hash))
      .filter((each): each is Tracked => each !== undefined && !each.isInFlight);
    this.#touched = new Set([...this.#touched].filter((hash) => this.#orders.get(hash)?.isInFlight));
    if (touched.length === 0) return;
    const [verdicts, sums] = await Promise.all([
      validator.checkAll(touched, block),
      store.filledOf(touched.map(({ hash }) => hash)),
    ]);
    for (const [i, each] of touched.entries()) {
      const { base, relayFee } = sums.get(each.hash) ?? { base: 0n, relayFee: 0n };
      const sum = (list: readonly Omit<StoredFill, "sequence">[], of: "base" | "relayFee") =>
        list
          .filter(({ orderHash }) => orderHash === each.hash)
          .reduce((total, fill) => total + (fill[of] < 0n ? -fill[of] : fill[of]), 0n);
      const before = { ...each };
      // A fill that has moved to another block is both removed and new.
      each.ownFilled = base + sum(fills, "base") - sum(removedFills, "base");
      each.relayFees = relayFee + sum(fills, "relayFee") - sum(removedFills, "relayFee");
      this.#apply(each, before, verdicts[i] as Verdict, block);
    }
  }

  #apply(each: Tracked, before: Tracked, { problem, isDead, filled, rest }: Verdict, block: PinnedBlock): void {
    each.filled = filled;
    if (isDead) {
      [each.status, each.reason, each.endedBlock] = ["dead", problem?.code ?? "ORDER_CLOSED", block.number];
      each.rest = 0n;
      this.#unlist(each.hash);
    } else if (each.status === "requested") {
      each.status = "dropped";
    } else if (problem) {
      [each.status, each.reason] = ["dropped", problem.code];
      this.#unlist(each.hash);
    } else {
      [each.status, each.reason, each.endedBlock] = ["open", undefined, undefined];
      if (each.rest !== rest || before.status !== "open" || !this.#isListed(each.hash)) {
        each.rest = rest;
        this.#list(each);
      }
    }
    const hasChanged =
      before.status !== each.status ||
      before.reason !== each.reason ||
      before.rest !== each.rest ||
      before.ownFilled !== each.ownFilled;
    if (hasChanged) this.#dirty.add(each.hash);
  }

  // ------------------------------------------------------------------------------------------------ the orders ----

  #track(stored: StoredOrder): Tracked {
    const { hash, order, signature, sequence, status, reason, rest, filled, isBooked } = stored;
    const tracked: Tracked = {
      ...{ hash, order, signature, sequence, status, reason, rest, isBooked },
      filled: 0n,
      ownFilled: filled,
      relayFees: 0n,
      endedBlock: undefined,
      isInFlight: false,
      strikes: 0,
      notBefore: 0n,
      vaultsFrom: 0n,
    };
    this.#orders.set(hash, tracked);
    if (status === "open") this.#list(tracked);
    if (filled > 0n) this.#touched.add(hash);
    return tracked;
  }

  #untrack(hash: Hash): void {
    this.#unlist(hash);
    this.#orders.delete(hash);
  }

  /** Where an order waits: for the next plan, for its trigger or maker, or with keepers. */
  #list(each: Tracked): void {
    this.#unlist(each.hash);
    if (isForKeepers(each.order)) return;
    if (isForBook(each.order)) this.#incoming.add(each.hash);
    else this.#waiting.add(each.hash);
  }

  #unlist(hash: Hash): void {
    this.#book.remove(hash);
    this.#incoming.delete(hash);
    this.#waiting.delete(hash);
    this.#cooling.delete(hash);
  }

  #isListed(hash: Hash): boolean {
    const order = this.#orders.get(hash)?.order;
    if (order && isForKeepers(order)) return true;
    return this.#book.get(hash) !== undefined || this.#incoming.has(hash) || this.#waiting.has(hash);
  }

  #rest(each: Tracked): void {
    if (isForBook(each.order)) this.#book.insert(entryOf(each));
    else this.#waiting.add(each.hash);
  }

  #setInFlight({ fills }: Pick<OpenSettlement, "fills">, isInFlight: boolean): void {
    for (const hash of hashesOf(fills)) {
      const each = this.#orders.get(hash);
      if (!each) continue;
      each.isInFlight = isInFlight;
      this.#unlist(hash);
      this.#touched.add(hash);
      if (!isInFlight && each.status === "open") this.#list(each);
    }
  }

  /** Counts a failure against the order that caused it, and drops the order after several. */
  #blame(taker: Hash, maker: Hash | undefined, failure: Pick<Failed, "reason" | "revert">, block: PinnedBlock): void {
    const { config, log } = this.#p;
    const named = String(failure.revert?.named.account ?? "").toLowerCase();
    const both = [taker, maker].flatMap((hash) => {
      const each = hash === undefined ? undefined : this.#orders.get(hash);
      return each ? [each] : [];
    });
    const [first] = both.filter(({ order }) => order.account.toLowerCase() === named);
    const culprit = first ?? both[0];
    if (!culprit) return;
    culprit.strikes++;
    this.#cool(culprit, block, COOL_DOWN << BigInt(Math.min(culprit.strikes, 6)));
    log.info(
      { order: culprit.hash, strikes: culprit.strikes, reason: failure.reason },
      "an order could not be settled",
    );
    if (culprit.strikes < config.settlement.strikes) return;
    culprit.status = "dropped";
    culprit.reason = `UNSETTLED: ${failure.reason}`.slice(0, 300);
    this.#unlist(culprit.hash);
    this.#dirty.add(culprit.hash);
  }

  #forgive(hash: Hash): void {
    const each = this.#orders.get(hash);
    if (each) each.strikes = 0;
  }

  /** Lets an order rest for some blocks. */
  #cool(each: Tracked, block: PinnedBlock, blocks: bigint): void {
    each.notBefore = block.number + blocks;
    this.#cooling.add(each.hash);
  }

  // ------------------------------------------------------------------------------------------------ the plan ----

  async #plan(block: PinnedBlock): Promise<Simulated[]> {
    const { market, config, settler, alarms, log } = this.#p;
    let current: MarketPrice | undefined;
    try {
      current = await market.price();
      alarms.clear("prices-down");
      const age = block.timestamp - current.publishTime;
      const isStale = age > BigInt(config.prices.staleAfter);
      alarms.set("prices-stale", isStale, `${market.name}: the latest price is ${age} s old`);
    } catch (error) {
      // Matches go on at the stored price.
      alarms.raise("prices-down", `${market.name}: ${reasonOf(error)}`);
    }
    const updateData = current?.update.updateData ?? [];
    const room = maxFills(config, block);
    this.#wake(current?.price, block);
    const queue = [...this.#incoming]
      .map((hash) => this.#orders.get(hash) as Tracked)
      .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    const planned: Simulated[] = [];
    for (const taker of queue) {
      if (planned.length >= room) break;
      this.#incoming.delete(taker.hash);
      // An earlier taker of this plan has failed against this order.
      if (taker.status !== "open") continue;
      if (taker.notBefore > block.number) {
        this.#rest(taker);
        continue;
      }
      const made = await this.#planTaker(taker, {
        block,
        price: current?.price,
        updateData,
        room: room - planned.length,
      });
      planned.push(...made);
    }
    // The sequence of the transaction is that of the settlement's record.
    const sequence = settler.sequence(planned);
    if (sequence.length > 0) log.debug({ market: market.name, fills: sequence.length }, "planned");
    return sequence;
  }

  async #planTaker(
    taker: Tracked,
    {
      block,
      price,
      updateData,
      room,
    }: { block: PinnedBlock; price: bigint | undefined; updateData: readonly `0x${string}`[]; room: number },
  ): Promise<Simulated[]> {
    const { settler, market } = this.#p;
    const { order } = taker;
    const isDue = order.trigger === 0 || (price !== undefined && isLegDue({ order, leg: "entry", price }));
    const isNear = price !== undefined && isDue && reaches(order, price) && taker.vaultsFrom <= block.number;
    const vaults = order.maker === zeroAddress ? market.makers : [order.maker];
    const isValid = order.validFrom <= block.timestamp;
    const { best, failures } =
      isNear && isValid
        ? await settler.bestVault(taker, vaults, block, updateData)
        : { best: undefined, failures: [] as Failed[] };
    const entry = entryOf(taker);
    const planned: Simulated[] = [];
    let left = taker.rest;
    if (isForBook(order) && isValid) {
      const matches = this.#book.take(entry, {
        time: block.timestamp + 1n,
        ...(best && { bound: best.price }),
        most: room,
        skips: ({ hash }) => (this.#orders.get(hash)?.notBefore ?? 0n) > block.number,
      });
      const results = await Promise.all(
        matches.map(({ maker, base }) => {
          const resting = this.#orders.get(maker.hash) as Tracked;
          const candidate: Candidate = { taker, maker: resting, amount: base };
          return settler.simulate(candidate, block, updateData);
        }),
      );
      for (const [i, result] of results.entries()) {
        const resting = this.#orders.get(matches[i]?.maker.hash as Hash) as Tracked;
        if ("reason" in result) {
          // Its fill was counted in the book.
          if (resting.status === "open") this.#book.insert(entryOf(resting));
          this.#blame(taker.hash, resting.hash, result, block);
        } else {
          planned.push(result);
          left -= result.candidate.amount;
        }
      }
    }
    if (
      best &&
      left > 0n &&
      planned.length < room &&
      left >= smaller(order.minFill, taker.rest) &&
      taker.status === "open"
    ) {
      if (left === taker.rest) {
        planned.push(best);
        left = 0n;
      } else {
        const vault = best.candidate.vault as `0x${string}`;
        const part = await settler.simulate({ taker, vault, amount: left }, block, updateData);
        if (!("reason" in part)) {
          planned.push(part);
          left = 0n;
        }
      }
    }
    if (planned.length > 0) return planned;
    if (taker.status !== "open") return [];
    this.#rest(taker);
    const own = failures.find((each) => isAccountsFault(each, order));
    if (own && failures.length === vaults.length) this.#blame(taker.hash, undefined, own, block);
    else if (failures.length > 0) taker.vaultsFrom = block.number + COOL_DOWN;
    return [];
  }

  /** Moves resting orders that may trade now to the orders of the next plan. */
  #wake(price: bigint | undefined, block: PinnedBlock): void {
    for (const hash of this.#cooling) {
      const each = this.#orders.get(hash);
      if (each && each.notBefore > block.number) continue;
      this.#cooling.delete(hash);
      if (each && each.status === "open" && this.#book.remove(hash)) this.#incoming.add(hash);
    }
    if (price === undefined) return;
    const isFree = (hash: Hash) =>
      !this.#cooling.has(hash) && (this.#orders.get(hash)?.vaultsFrom ?? 0n) <= block.number;
    for (const side of [this.#book.bids, this.#book.asks]) {
      const found: Hash[] = [];
      for (const { hash, order } of side) {
        if (found.length >= VAULT_CANDIDATES || !reaches(order, price)) break;
        if (isFree(hash)) found.push(hash);
      }
      for (const hash of found) {
        this.#book.remove(hash);
        this.#incoming.add(hash);
      }
    }
    let left = WAITING_CANDIDATES;
    for (const hash of this.#waiting) {
      if (left === 0) break;
      const order = this.#orders.get(hash)?.order;
      if (!order || !isFree(hash) || !reaches(order, price)) continue;
      if (order.trigger !== 0 && !isLegDue({ order, leg: "entry", price })) continue;
      this.#waiting.delete(hash);
      this.#incoming.add(hash);
      left--;
    }
  }

  /** Records the settlement, and sends it. Returns the number of its fills. */
  async #send(simulated: readonly Simulated[], block: PinnedBlock): Promise<number> {
    const { store, market, settler, sender, log, alarms } = this.#p;
    if (simulated.length === 0) return 0;
    const fills = simulated.map(
      ({ candidate: { taker, maker, vault, amount } }): PlannedFill => ({
        taker: taker.hash,
        maker: maker ? maker.hash : vault,
        isMatch: maker !== undefined,
        amount,
      }),
    );
    const planned = await store.plan(market.id, this.epoch, fills);
    if (typeof planned !== "bigint") {
      // Cancelled meanwhile: the others are matched again in the next round.
      log.info({ orders: planned }, "orders have ended before their settlement");
      this.#setInFlight({ fills }, false);
      return 0;
    }
    this.#inFlight = { id: planned, epoch: this.epoch, fills };
    this.#setInFlight(this.#inFlight, true);
    const update = simulated.some(({ needsUpdate }) => needsUpdate) ? (await market.price()).update.updateData : [];
    const transaction = settler.transaction(simulated, update);
    try {
      const result = await sender.submit({ key: keyOf(planned), kind: "settlement", value: 0n, ...transaction }, block);
      alarms.clear("gas-price-above-limit");
      alarms.clear("signer-refuses");
      log.info({ settlement: planned, fills: fills.length, status: result.status }, "settlement submitted");
    } catch (error) {
      if (error instanceof GasPriceTooHighError) alarms.raise("gas-price-above-limit", error.message);
      else if (isSignerFault(error)) alarms.raise("signer-refuses", reasonOf(error));
      log.warn({ settlement: planned, error }, "settlement not sent");
    }
    return fills.length;
  }

  // ------------------------------------------------------------------------------------------------ what is shown ----

  #changes(): OrderChange[] {
    return [...this.#dirty].flatMap((hash) => {
      const each = this.#orders.get(hash);
      if (!each) return [];
      const { status, reason, rest, ownFilled: filled, endedBlock } = each;
      return [{ hash, status, reason, rest, filled, endedBlock }];
    });
  }

  #orderEvents(changes: readonly OrderChange[]): Omit<MarketEvent, "sequence">[] {
    return changes.map(({ hash, status, reason, rest, filled }) => ({
      type: "order",
      data: { hash, status, ...(reason !== undefined && { reason }), rest, filled },
    }));
  }

  #currentLevels(): Map<string, Level> {
    const levels = new Map<string, Level>();
    for (const { order, rest, status } of this.#orders.values()) {
      if (status !== "open" || !isForBook(order)) continue;
      const key = `${order.isBaseToQuote ? "ask" : "bid"}:${order.price}`;
      const before = levels.get(key) ?? { price: order.price, amount: 0n, orders: 0 };
      levels.set(key, { price: order.price, amount: before.amount + rest, orders: before.orders + 1 });
    }
    return levels;
  }
}

/** The key of a settlement in the journal. */
export const keyOf = (id: bigint): string => `settlement:${id}`;
