import { liquidation, margin } from "@counterpoise/sdk/math";
import type { AccountId } from "../engine/bookings.js";
import { MAKERS } from "../engine/exchange.js";
import type { Liquidation } from "../engine/liquidation.js";
import { Rejection } from "../engine/rejection.js";
import { type Trade, WHOLE_POSITION } from "../engine/trading.js";
import type { Orders } from "./orders.js";
import { numberOf, unitsOf, type World } from "./world.js";

const LIQUIDATOR = "liquidator";
/** Seconds after which the liquidation prices of all accounts are computed again: fees change them. */
const REFRESH_EVERY = 300;

/** An account below maintenance, and when the keepers saw it first. */
type Seen = { since: number; flaggedAt?: number };

/** Liquidators and keepers: they watch all accounts, and act after their delay, with limited capital and at the cost of gas. */
export class Liquidators {
  /** Liquidation prices of open positions, dollars; the sign is that of the position. */
  readonly #watched = new Map<AccountId, number>();
  readonly #sizes = new Map<AccountId, bigint>();
  readonly #seen = new Map<AccountId, Seen>();
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly world: World,
    readonly orders: Orders,
  ) {
    const { collateral } = world.scenario.population.liquidator;
    world.exchange.deposit(LIQUIDATOR, unitsOf(collateral));
  }

  /** Watches the accounts and liquidates those whose delay has passed. */
  act(): void {
    const { market, second } = this.world;
    if (!market.isOpen(second)) return;
    this.#watch();
    const price = market.at(second);
    for (const [account, limit] of this.#watched) {
      const isBelow = limit > 0 ? price <= limit * 1.0005 : price >= -limit * 0.9995;
      if (isBelow) this.#check(account);
      else if (this.#seen.size > 0) this.#seen.delete(account);
    }
  }

  /** Renews the liquidation prices of accounts that have traded, and from time to time of all. */
  #watch(): void {
    const { ledger } = this.world.exchange;
    const isDue = this.world.second - this.#refreshedAt >= REFRESH_EVERY;
    if (isDue) this.#refreshedAt = this.world.second;
    if (!isDue && !this.world.recorder.hasNewFills()) return;
    const accrued = ledger.feesNow;
    for (const [account, { size }] of ledger.positions) {
      if (account === LIQUIDATOR || (!isDue && this.#sizes.get(account) === size)) continue;
      this.#sizes.set(account, size);
      if (size === 0n) {
        this.#watched.delete(account);
        this.#seen.delete(account);
        continue;
      }
      const state = ledger.stateOf(account, 0n, accrued);
      const equity = state.margin + state.openNotional;
      const { maintenanceMarginRatio } = ledger.parameters.rules;
      const limit = numberOf(liquidation.liquidationPrice({ size, equity, maintenanceMarginRatio }));
      this.#watched.set(account, size > 0n ? limit : -limit);
    }
  }

  #check(account: AccountId): void {
    const { world } = this;
    const published = world.market.publishedAt(world.second);
    if (!published) return;
    const state = world.exchange.ledger.stateOf(account, published.price);
    if (state.size === 0n || !margin.isBelow(state.value, liquidation.maintenanceCeil(state, published.price))) {
      this.#seen.delete(account);
      return;
    }
    const seen = this.#seen.get(account) ?? { since: world.second };
    this.#seen.set(account, seen);
    if (world.second - seen.since < world.scenario.population.liquidator.delay) return;
    world.publish();
    this.#liquidate(account, seen);
  }

  #liquidate(account: AccountId, seen: Seen): void {
    const { exchange, recorder } = this.world;
    const isLong = exchange.ledger.positionOf(account).size > 0n;
    const hedged = isLong ? MAKERS.base : MAKERS.quote;
    const reducing = isLong ? MAKERS.quote : MAKERS.base;
    for (const maker of [MAKERS.oracle, reducing, hedged, undefined]) {
      const result = this.#try(account, maker);
      if (result === "DeleverageFirst") {
        this.#deleverage(account, seen);
        return;
      }
      if (typeof result === "string") continue;
      recorder.addLiquidation(result, this.world.second - seen.since);
      this.#seen.set(account, { since: this.world.second });
      if (maker === undefined) this.#unload();
      return;
    }
  }

  /** One way to liquidate; returns the reason when it fails or does not pay for its gas. */
  #try(account: AccountId, maker: AccountId | undefined): Liquidation | string {
    const { exchange, scenario } = this.world;
    const gas = this.world.gasCost(scenario.gas.liquidation);
    try {
      return exchange.ledger.atomically(() => {
        const result = exchange.liquidate({ account, liquidator: LIQUIDATOR, maker, amount: WHOLE_POSITION });
        if (numberOf(result.reward) < gas && result.badDebt === 0n) throw new Rejection("GasExceedsReward");
        return result;
      });
    } catch (error) {
      if (error instanceof Rejection) return error.errorName;
      throw error;
    }
  }

  /** Flags a shortfall beyond insurance, and closes it against accounts in profit. */
  #deleverage(account: AccountId, seen: Seen): void {
    const { exchange, recorder, scenario, second } = this.world;
    const act = (action: () => unknown): boolean => {
      try {
        action();
        return true;
      } catch (error) {
        if (error instanceof Rejection) return false;
        throw error;
      }
    };
    if (seen.flaggedAt === undefined) {
      if (second - seen.since < scenario.population.liquidator.delay + scenario.keepers.flagDelay) return;
      if (act(() => exchange.flagShortfall(account, LIQUIDATOR))) seen.flaggedAt = second;
      return;
    }
    const opposite = this.#counterparties(account);
    if (act(() => exchange.deleverage({ account, caller: LIQUIDATOR, counterparties: opposite })))
      recorder.addDeleveraging();
  }

  /** The accounts with the largest opposite positions. */
  #counterparties(account: AccountId): AccountId[] {
    const { positions } = this.world.exchange.ledger;
    const isLong = (positions.get(account)?.size ?? 0n) > 0n;
    return [...positions]
      .filter(([id, { size }]) => id !== account && size !== 0n && size > 0n !== isLong)
      .sort(([, a], [, b]) => Number(isLong ? a.size - b.size : b.size - a.size))
      .slice(0, 12)
      .map(([id]) => id);
  }

  /** Closes the position that a takeover left to the liquidator. */
  #unload(): void {
    const size = this.world.sizeOf(LIQUIDATOR);
    if (size === 0n) return;
    const order = {
      taker: LIQUIDATOR,
      kind: LIQUIDATOR,
      isLong: size < 0n,
      amount: WHOLE_POSITION,
      isReduceOnly: true,
    };
    const onEnd = (trade: Trade | undefined): void => {
      if (!trade && this.world.second < this.world.market.length - 60) this.#unload();
    };
    this.orders.create({ ...order, onEnd });
  }
}
