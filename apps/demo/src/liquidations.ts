import { decideLiquidations, type Liquidatable } from "@counterpoise/agents";
import {
  deleverageSync,
  flagShortfall,
  getAccount,
  getDeleveragingRanks,
  getPosition,
  getRevert,
  liquidateSync,
  type Position,
  waitForSuccess,
} from "@counterpoise/sdk";
import { accountValue, notional, PPM, WAD } from "@counterpoise/testkit";
import { type Address, isAddressEqual } from "viem";
import type { Chain } from "./chain.js";
import type { Prices } from "./orders.js";
import type { Traders } from "./traders.js";
import type { World } from "./world.js";

/** Liquidations of a run. Amounts WAD quote. */
export type LiquidationCounts = {
  /** Closed against the OracleMaker. */
  againstMaker: number;
  /** Taken over by the liquidator. */
  takenOver: number;
  deleveraged: number;
  /** Shortfalls flagged for bad debt. */
  flagged: number;
  /** Recovered within the liquidator's delay. */
  recovered: number;
  notional: bigint;
  rewards: bigint;
  badDebt: bigint;
  /** How often an attempt was refused, by reason. */
  refused: Map<string, number>;
};

/** Counterparties of one deleveraging. */
const MOST_COUNTERPARTIES = 12;

/** A candidate may owe pending fees: its own position alone shows half of the requirement more than it has. */
const PREFILTER = 3n;

/** Watches all accounts and closes those below maintenance, after the liquidator's delay. */
export class Liquidations {
  readonly counts: LiquidationCounts = {
    againstMaker: 0,
    takenOver: 0,
    deleveraged: 0,
    flagged: 0,
    recovered: 0,
    notional: 0n,
    rewards: 0n,
    badDebt: 0n,
    refused: new Map(),
  };
  readonly #world: World;
  readonly #chain: Chain;
  readonly #traders: Traders;
  readonly #prices: Prices;
  /** Since when each liquidatable account has been seen so, seconds. */
  readonly #seen = new Map<Address, number>();
  readonly #flagged = new Set<Address>();
  /** Makers that the last sample has shown as liquidatable. */
  failedMakers: readonly Address[] = [];

  constructor(parts: { world: World; chain: Chain; traders: Traders; prices: Prices }) {
    this.#world = parts.world;
    this.#chain = parts.chain;
    this.#traders = parts.traders;
    this.#prices = parts.prices;
  }

  /**
   * Looks at all accounts at `price` (WAD), and liquidates those that become due before `until` (seconds). Returns whether a
   * position has changed.
   */
  async watch(price: bigint, until: number): Promise<boolean> {
    await this.#look(price);
    let hasChanged = false;
    while (this.#seen.size > 0) {
      const dueAt = Math.min(...this.#seen.values()) + this.#world.config.population.liquidator.delay;
      if (dueAt >= until) break;
      const before = this.#seen.size;
      hasChanged = (await this.#act(Math.max(dueAt, this.#chain.now + 1))) || hasChanged;
      // An account that could not be liquidated waits for the next tick.
      if (this.#seen.size >= before) break;
    }
    return hasChanged;
  }

  async #look(price: bigint): Promise<void> {
    const { maintenanceMarginRatio } = this.#world.config.market;
    const near = this.#traders.all.filter(({ position }) => isNear(position, price, maintenanceMarginRatio));
    const candidates = [...near.map(({ actor }) => actor.address), ...this.failedMakers];
    const found = new Set<Address>();
    for (const account of candidates) {
      if (await this.#isLiquidatable(account)) found.add(account);
    }
    for (const account of [...this.#seen.keys()]) {
      if (found.has(account)) continue;
      this.#seen.delete(account);
      this.counts.recovered++;
    }
    for (const account of found) if (!this.#seen.has(account)) this.#seen.set(account, this.#chain.now);
  }

  async #isLiquidatable(account: Address): Promise<boolean> {
    const { liquidator, deployment } = this.#world;
    return (await getAccount(liquidator, { deployment, account })).isLiquidatable;
  }

  /** Stores the price of `time` and liquidates the accounts that are due. Returns whether a position has changed. */
  async #act(time: number): Promise<boolean> {
    const price = this.#prices.at(time);
    // In a gap the contracts decide whether the second source's price counts.
    if (price === undefined) await this.#chain.advance(time);
    else await this.#chain.publish(price, time);
    const { liquidator } = this.#world.config.population;
    const value = price ?? this.#prices.elsewhere(time);
    const candidates = await Promise.all(
      [...this.#seen].map(async ([id, since]): Promise<Liquidatable<Address>> => {
        const position = await getPosition(this.#world.liquidator, { deployment: this.#world.deployment, account: id });
        return { id, since, notional: notional(position, value) };
      }),
    );
    let hasChanged = false;
    for (const account of decideLiquidations(liquidator, this.#chain.now, candidates)) {
      if (!(await this.#isLiquidatable(account))) {
        this.#seen.delete(account);
        this.counts.recovered++;
        continue;
      }
      if (await this.#close(account, value)) {
        hasChanged = true;
        this.#seen.delete(account);
      }
    }
    return hasChanged;
  }

  /** Returns whether the position was closed, in part at least. `price` WAD. */
  async #close(account: Address, price: bigint): Promise<boolean> {
    const { liquidator, deployment } = this.#world;
    const isMaker = isAddressEqual(account, deployment.oracleMaker);
    const ways = [
      ...(isMaker ? [] : [{ maker: deployment.oracleMaker, minReward: 1n, count: "againstMaker" as const }]),
      { count: "takenOver" as const },
    ];
    let refusal = "";
    for (const { count, ...way } of ways) {
      await this.#chain.next();
      try {
        const { base, reward, badDebt } = await liquidateSync(liquidator, { deployment, account, ...way });
        this.counts[count]++;
        this.counts.rewards += reward;
        this.counts.badDebt += badDebt;
        this.counts.notional += (base * price) / WAD;
        await this.#refresh(account);
        return true;
      } catch (error) {
        refusal = this.#refused(error);
        if (refusal === "DeleverageFirst") return this.#deleverage(account);
      }
    }
    return false;
  }

  /** Deleverages an account whose shortfall exceeds insurance, or flags the shortfall when no account has enough profit. */
  async #deleverage(account: Address): Promise<boolean> {
    const { liquidator, deployment, spotHedgeQuoteMaker } = this.#world;
    const others = [
      ...this.#traders.all.map(({ actor }) => actor.address),
      deployment.oracleMaker,
      deployment.spotHedgeBaseMaker,
      spotHedgeQuoteMaker,
    ].filter((each) => !isAddressEqual(each, account));
    const ranks = await getDeleveragingRanks(liquidator, { deployment, account, candidates: others });
    const winners = ranks
      .filter(({ rank }) => rank > 0n)
      .slice(0, MOST_COUNTERPARTIES)
      .map((winner) => winner.account);
    if (winners.length > 0) {
      await this.#chain.next();
      try {
        const { closed } = await deleverageSync(liquidator, { deployment, account, counterparties: winners });
        this.counts.deleveraged += closed.length;
        await this.#refresh(account, ...winners);
        return true;
      } catch (error) {
        this.#refused(error);
      }
    }
    if (this.#flagged.has(account)) return false;
    await this.#chain.next();
    try {
      await waitForSuccess(liquidator, await flagShortfall(liquidator, { deployment, account }));
      this.#flagged.add(account);
      this.counts.flagged++;
    } catch (error) {
      this.#refused(error);
    }
    return false;
  }

  async #refresh(...accounts: readonly Address[]): Promise<void> {
    const { liquidator } = this.#traders;
    for (const trader of this.#traders.all) {
      const isClosed = isAddressEqual(trader.actor.address, accounts[0] as Address);
      const isAffected = trader === liquidator || accounts.some((each) => isAddressEqual(each, trader.actor.address));
      if (isClosed) trader.liquidations++;
      if (isAffected) await this.#traders.refresh(trader);
    }
  }

  /** Counts an error of a contract and returns its name; throws any other. */
  #refused(error: unknown): string {
    const revert = getRevert(error);
    if (!revert) throw error;
    this.counts.refused.set(revert.errorName, (this.counts.refused.get(revert.errorName) ?? 0) + 1);
    return revert.errorName;
  }
}

/** Whether an account may be below maintenance. Pending fees are not known here. */
function isNear(position: Position, price: bigint, maintenanceMarginRatio: number): boolean {
  if (position.size === 0n) return false;
  const required = (notional(position, price) * BigInt(maintenanceMarginRatio)) / PPM;
  return accountValue(position, price) * 2n < required * PREFILTER;
}
