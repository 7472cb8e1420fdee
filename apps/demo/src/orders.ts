import type { Decision } from "@counterpoise/agents";
import {
  cancelOrder,
  createOrderSync,
  executeOrderSync,
  getPosition,
  getRevert,
  type Order,
  type OrderRequest,
  WHOLE_POSITION,
  waitForSuccess,
} from "@counterpoise/sdk";
import {
  abs,
  checkTrade,
  type LawRecord,
  lessFees,
  NO_UPPER_BOUND,
  PPM,
  settledFees,
  WAD,
} from "@counterpoise/testkit";
import { type Address, isAddressEqual, type Log } from "viem";
import type { Chain } from "./chain.js";
import type { Trader, Traders } from "./traders.js";
import type { World } from "./world.js";

type PendingOrder = { orderId: bigint; order: Order; trader: Trader };

/** Counts of the orders of a run. */
export type OrderCounts = {
  created: number;
  executed: number;
  purged: number;
  expired: number;
  /** Executed at the second source's price. */
  atSecondSource: number;
  /** How often an order was not created, purged or not executed, by reason. */
  reasons: Map<string, number>;
};

/** Prices of the replay, WAD. */
export type Prices = {
  /** The price published at `time`; undefined in a gap. */
  at(time: number): bigint | undefined;
  /** The price that a second source reports at `time`, also in a gap. */
  elsewhere(time: number): bigint;
  /** The range of the last minute as a part of the price, ppm. */
  recentRange(): bigint;
};

/** Creates takers' orders and executes them as a keeper does. */
export class Orders {
  readonly counts: OrderCounts = {
    created: 0,
    executed: 0,
    purged: 0,
    expired: 0,
    atSecondSource: 0,
    reasons: new Map(),
  };
  readonly gas = new Map<Address, { count: number; gas: bigint }>();
  /** Perpetual sizes of the hedged vaults. */
  readonly sizes = new Map<Address, bigint>();
  /** Whether a fill has hedged since the last reset. */
  hasHedged = false;
  #pending: PendingOrder[] = [];
  readonly #world: World;
  readonly #chain: Chain;
  readonly #traders: Traders;
  readonly #prices: Prices;
  readonly #laws: LawRecord;

  constructor(parts: { world: World; chain: Chain; traders: Traders; prices: Prices; laws: LawRecord }) {
    this.#world = parts.world;
    this.#chain = parts.chain;
    this.#traders = parts.traders;
    this.#prices = parts.prices;
    this.#laws = parts.laws;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Creates the order of a decision. `price` WAD: the price at which the trader decides. */
  async create(trader: Trader, decision: Decision, price: bigint): Promise<void> {
    const request =
      decision.action === "open" ? await this.#opening(trader, decision, price) : this.#closing(trader, decision);
    if (request === undefined) return;
    const { deployment } = this.#world;
    await this.#chain.next();
    try {
      const { orderId, order } = await createOrderSync(trader.actor, {
        deployment,
        ...request,
        oppositeBound: this.#bound(request, price),
        keeperFee: 10n ** 14n,
      });
      this.counts.created++;
      trader.isBusy = true;
      this.#pending.push({ orderId, order, trader });
    } catch (error) {
      this.#countRevert("not created", error);
    }
  }

  async #opening(
    trader: Trader,
    { isLong, notional, leverage, venue }: Extract<Decision, { action: "open" }>,
    price: bigint,
  ): Promise<Omit<OrderRequest, "oppositeBound"> | undefined> {
    if (trader.wallet === 0n) await this.#traders.refill(trader);
    const bearable = await this.#traders.prepareMargin(trader, notional, leverage);
    if (bearable === 0n) return undefined;
    const { oracleMaker, spotHedgeBaseMaker } = this.#world.deployment;
    const hedged = isLong ? this.#world.spotHedgeQuoteMaker : spotHedgeBaseMaker;
    return {
      maker: venue === "hedged" ? hedged : oracleMaker,
      isBaseToQuote: !isLong,
      // Exact in base: the input of a sale, the output of a purchase.
      isExactInput: !isLong,
      amount: (bearable * WAD) / price,
    };
  }

  #closing(
    { position: { size } }: Trader,
    { part, venue }: Extract<Decision, { action: "close" }>,
  ): Omit<OrderRequest, "oppositeBound"> | undefined {
    if (size === 0n) return undefined;
    const isSale = size > 0n;
    const amount = (abs(size) * BigInt(Math.round(part * Number(PPM)))) / PPM;
    const { oracleMaker, spotHedgeBaseMaker } = this.#world.deployment;
    const hedged = isSale ? this.#world.spotHedgeQuoteMaker : spotHedgeBaseMaker;
    // A hedged vault sells or buys back no more than its own position.
    const isHedged = venue === "hedged" && abs(this.sizes.get(hedged) ?? 0n) >= amount;
    return {
      maker: isHedged ? hedged : oracleMaker,
      isBaseToQuote: isSale,
      isExactInput: isSale,
      amount: part === 1 ? WHOLE_POSITION : amount,
      isReduceOnly: true,
    };
  }

  /** The trader's bound: its slippage, or the range of the last minute if that is wider. A close accepts any price. */
  #bound(request: Omit<OrderRequest, "oppositeBound">, price: bigint): bigint {
    const { isBaseToQuote, isReduceOnly, amount } = request;
    if (isReduceOnly) return isBaseToQuote ? 0n : NO_UPPER_BOUND;
    const fair = (amount * price) / WAD;
    const slippage = BigInt(this.#world.config.orders.slippage);
    const range = this.#prices.recentRange();
    const tolerance = range > slippage ? range : slippage;
    if (!isBaseToQuote) return (fair * (PPM + tolerance)) / PPM;
    return tolerance >= PPM ? 0n : (fair * (PPM - tolerance)) / PPM;
  }

  /** Executes the open orders, the oldest first, and cancels expired ones. */
  async settle(): Promise<void> {
    const due = this.#pending;
    this.#pending = [];
    for (const pending of due) {
      const isOpen = await this.#settleOne(pending);
      if (isOpen) this.#pending.push(pending);
      else pending.trader.isBusy = false;
    }
  }

  /** Returns whether the order stays open. */
  async #settleOne(pending: PendingOrder): Promise<boolean> {
    const { order } = pending;
    const executableAt = Number(order.executableAt);
    await this.#chain.advance(executableAt);
    if (this.#chain.now > Number(order.expiresAt)) {
      await this.#cancel(pending);
      return false;
    }
    const price = this.#prices.at(executableAt);
    if (price !== undefined) return this.#execute(pending, [this.#chain.update(price, order.executableAt)], price);
    if (this.#world.secondSource === undefined) return true;
    // No price of the first source exists. The second source reports the first round since the order's executable time.
    await this.#chain.report(this.#prices.elsewhere(this.#chain.now));
    return this.#execute(pending, []);
  }

  async #cancel({ orderId, order }: PendingOrder): Promise<void> {
    const { deployment, keeper } = this.#world;
    await this.#chain.next();
    await waitForSuccess(keeper, await cancelOrder(keeper, { deployment, orderId, order }));
    this.counts.expired++;
  }

  async #execute(
    { orderId, order, trader }: PendingOrder,
    updateData: `0x${string}`[],
    price?: bigint,
  ): Promise<boolean> {
    const { deployment, keeper } = this.#world;
    const { maker } = order.request;
    const makerBefore = await getPosition(keeper, { deployment, account: maker });
    const takerBefore = trader.position;
    await this.#chain.next();
    try {
      const outcome = await executeOrderSync(keeper, { deployment, orderId, order, updateData });
      if (price !== undefined) this.#chain.noteStored(price, Number(order.executableAt));
      if (outcome.status === "purged") {
        this.counts.purged++;
        this.count(outcome.reason?.errorName ?? outcome.data);
        await this.#traders.refresh(trader);
        return false;
      }
      this.counts.executed++;
      if (updateData.length === 0) this.counts.atSecondSource++;
      this.#recordFill(trader, maker, outcome);
      const { logs } = (await keeper.getTransactionReceipt({ hash: outcome.hash })) as { logs: Log[] };
      const settled = settledFees(deployment, logs);
      const fees = settled.of(trader.actor.address);
      trader.fees += fees.total;
      await this.#traders.refresh(trader);
      const makerAfter = await getPosition(keeper, { deployment, account: maker });
      this.sizes.set(maker, makerAfter.size);
      const ratios = this.#world.config.market;
      const check = (before: typeof makerBefore, after: typeof makerBefore) =>
        this.#laws.add(checkTrade({ before, after, price: outcome.price, ratios }));
      check(lessFees(takerBefore, fees.funding + fees.borrowing), trader.position);
      check(lessFees(makerBefore, settled.of(maker).total), makerAfter);
      return false;
    } catch (error) {
      this.#countRevert("not executed yet", error);
      // The order stays open until it expires.
      return true;
    }
  }

  #recordFill(
    trader: Trader,
    maker: Address,
    outcome: { base: bigint; quote: bigint; price: bigint; gasUsed: bigint },
  ): void {
    const fair = (outcome.base * outcome.price) / WAD;
    trader.trades++;
    trader.volume += abs(fair);
    trader.paidAboveOracle -= outcome.quote + fair;
    const gas = this.gas.get(maker) ?? { count: 0, gas: 0n };
    this.gas.set(maker, { count: gas.count + 1, gas: gas.gas + outcome.gasUsed });
    this.hasHedged ||= !isAddressEqual(maker, this.#world.deployment.oracleMaker);
  }

  /** Counts an error of a contract, and throws any other. */
  #countRevert(prefix: string, error: unknown): void {
    const revert = getRevert(error);
    if (!revert) throw error;
    this.count(`${prefix}: ${revert.errorName}`);
  }

  count(reason: string): void {
    this.counts.reasons.set(reason, (this.counts.reasons.get(reason) ?? 0) + 1);
  }
}
