import {
  type AccountView,
  type Decision,
  decideMover,
  decideTaker,
  type MoverSpec,
  type Random,
  type TakerSpec,
} from "@counterpoise/agents";
import { WAD } from "../engine/integers.js";
import { Rejection } from "../engine/rejection.js";
import { type Trade, WHOLE_POSITION } from "../engine/trading.js";
import type { Orders } from "./orders.js";
import { numberOf, unitsOf, type World } from "./world.js";

const UNIT = 10n ** 12n;
/** Part of the margin that a taker adds for fees and for the price of the fill. */
const MARGIN_RESERVE = 1.03;
/** Seconds between two decisions, by type of agent. */
const ASKED_EVERY: Readonly<Record<string, number>> = { arbitrage: 1, whale: 10, manipulator: 10 };
const USUALLY_ASKED_EVERY = 15;

/** An agent with an account. */
type Trader = {
  id: string;
  spec: TakerSpec | MoverSpec;
  random: Random;
  /** Collateral outside the exchange, own decimals. */
  walletXCD: bigint;
  openedAt: number;
  askedAt: number;
  askEvery: number;
  /** An order is waiting. */
  isBusy: boolean;
};

/** Takers and movers: they decide, bring margin and create orders. */
export class Takers {
  readonly #traders: Trader[];

  constructor(
    readonly world: World,
    readonly orders: Orders,
  ) {
    const { takers, movers } = world.scenario.population;
    this.#traders = [...takers, ...movers].flatMap((spec) =>
      Array.from({ length: spec.count }, (_, index): Trader => {
        const id = `${spec.name} ${index + 1}`;
        const askEvery = ASKED_EVERY[spec.type] ?? USUALLY_ASKED_EVERY;
        const random = world.random("taker", id);
        const askedAt = -Math.floor(random.unit() * askEvery);
        const walletXCD = unitsOf(spec.collateral);
        return { id, spec, random, walletXCD, openedAt: 0, askedAt, askEvery, isBusy: false };
      }),
    );
  }

  /** The names of all accounts. */
  get ids(): readonly string[] {
    return this.#traders.map(({ id }) => id);
  }

  /** Asks the agents whose time it is. */
  decide(): void {
    const { second } = this.world;
    for (const trader of this.#traders) {
      if (trader.isBusy || second - trader.askedAt < trader.askEvery) continue;
      const elapsed = second - trader.askedAt;
      trader.askedAt = second;
      this.#ask(trader, elapsed);
    }
  }

  #ask(trader: Trader, elapsed: number): void {
    const { world } = this;
    const { spec, random } = trader;
    const size = world.sizeOf(trader.id);
    const account: AccountView = { size, heldFor: size === 0n ? 0 : world.second - trader.openedAt, elapsed };
    const view = world.market.viewAt(world.second, world.dailyFunding);
    if (spec.type === "whale" || spec.type === "manipulator") {
      const decision = decideMover(spec, view, account, random);
      if (decision?.action === "close") this.#close(trader, decision.part, size);
      else if (decision) this.#push(trader, decision);
      return;
    }
    const decision = decideTaker(spec, view, account, random);
    if (decision?.action === "open") this.#open(trader, decision);
    else if (decision) this.#close(trader, decision.part, size);
  }

  /** Opens a position and moves the market: the impact costs half of the move of the amount that causes it. */
  #push(
    trader: Trader,
    decision: { isLong: boolean; notional: bigint; leverage: number; ratio: number; seconds: number },
  ): void {
    const { world } = this;
    const volume = Math.abs(decision.ratio) * world.scenario.impact.depth;
    const cost = unitsOf((volume * Math.abs(decision.ratio)) / 2);
    if (cost >= trader.walletXCD) return;
    if (!this.#open(trader, decision)) return;
    trader.walletXCD -= cost;
    world.recorder.addImpact(trader.spec.type, Number(cost) / 1e6);
    // The push begins when the order has its price.
    const delay = world.scenario.orders.delay + 1;
    world.market.push(world.second + delay, decision.ratio, decision.seconds + delay);
  }

  #open(
    trader: Trader,
    decision: Pick<Extract<Decision, { action: "open" }>, "isLong" | "notional" | "leverage">,
  ): boolean {
    const { world } = this;
    const price = world.market.lastPublished(world.second)?.price;
    if (price === undefined) return false;
    const leverage = Math.min(decision.leverage, 0.95e6 / world.scenario.rules.initialMarginRatio);
    const notional = this.#prepareMargin(trader, numberOf(decision.notional), leverage);
    if (notional < 2 * world.scenario.rules.minPositionValue) return false;
    const amount = (BigInt(Math.floor(notional * 1e6)) * 10n ** 12n * WAD) / price;
    this.#create(trader, { isLong: decision.isLong, amount, isReduceOnly: false });
    return true;
  }

  /** Brings the margin to that of an order. @returns the notional that it bears, dollars. */
  #prepareMargin(trader: Trader, notional: number, leverage: number): number {
    const held = this.world.marginOf(trader.id) / UNIT;
    const target = unitsOf((notional / leverage) * MARGIN_RESERVE);
    if (target > held) {
      const added = target - held < trader.walletXCD ? target - held : trader.walletXCD;
      if (added > 0n) {
        this.world.exchange.deposit(trader.id, added);
        trader.walletXCD -= added;
      }
    } else if (held - target > target / 10n) {
      // Profit of earlier trades does not lower the leverage of this one.
      try {
        this.world.exchange.withdraw(trader.id, held - target);
        trader.walletXCD += held - target;
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
      }
    }
    const margin = numberOf(this.world.marginOf(trader.id));
    return Math.min(notional, (margin / MARGIN_RESERVE) * leverage);
  }

  #close(trader: Trader, part: number, size: bigint): void {
    if (size === 0n) return;
    const held = size < 0n ? -size : size;
    const amount = part === 1 ? WHOLE_POSITION : (held * BigInt(Math.round(part * 1e6))) / 1_000_000n;
    this.#create(trader, { isLong: size < 0n, amount, isReduceOnly: true });
  }

  #create(trader: Trader, order: { isLong: boolean; amount: bigint; isReduceOnly: boolean }): void {
    trader.isBusy = true;
    const onEnd = (trade: Trade | undefined): void => {
      trader.isBusy = false;
      if (trade && !order.isReduceOnly) trader.openedAt = this.world.second;
    };
    this.orders.create({ ...order, taker: trader.id, kind: trader.spec.type, onEnd });
  }

  /** Collateral that all agents hold outside the exchange, own decimals. */
  get walletsXCD(): bigint {
    return this.#traders.reduce((sum, { walletXCD }) => sum + walletXCD, 0n);
  }
}
