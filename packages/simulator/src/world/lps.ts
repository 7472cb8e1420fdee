import { decideLp, type Random } from "@counterpoise/agents";
import type { AccountId } from "../engine/bookings.js";
import { MAKERS } from "../engine/exchange.js";
import { Rejection } from "../engine/rejection.js";
import { numberOf, unitsOf, type World, wadOf } from "./world.js";

const ASKED_EVERY = 60;
const RETRY_EVERY = 30;
const LP = "LP";

/** The LP at one maker. */
type Stake = {
  maker: AccountId;
  random: Random;
  /** Share price at its entry or exit, and the highest since. */
  reference: number;
  highest: number;
  askedAt: number;
  request: { createdAt: number; dueAt: number; isDeposit: boolean; part: number } | undefined;
  hasEntered: boolean;
};

/** An LP that reacts to returns. Its requests settle at the first price after a delay; a redemption waits until it can be paid. */
export class Lps {
  readonly #stakes: Stake[];

  constructor(readonly world: World) {
    this.#stakes = [MAKERS.oracle, MAKERS.base, MAKERS.quote].map((maker) => ({
      ...{ maker, random: world.random("LP", maker), reference: 1, highest: 1, askedAt: 0, hasEntered: false },
      request: undefined,
    }));
  }

  act(): void {
    const { second } = this.world;
    for (const stake of this.#stakes) {
      if (stake.request) {
        if (second >= stake.request.dueAt) this.#settle(stake, stake.request);
      } else if (second - stake.askedAt >= ASKED_EVERY) {
        this.#ask(stake);
      }
    }
  }

  #ask(stake: Stake): void {
    const { world } = this;
    const { lp } = world.scenario.population;
    const elapsed = world.second - stake.askedAt;
    stake.askedAt = world.second;
    const vault = world.exchange.lpVaultOf(stake.maker);
    if (!stake.hasEntered) {
      if (world.second < lp.entersAt * world.market.length) return;
      stake.hasEntered = true;
      this.#request(stake, true, 1);
      return;
    }
    const price = world.market.lastPublished(world.second)?.price;
    if (price === undefined) return;
    const share = numberOf(vault.sharePriceAt(price));
    stake.highest = Math.max(stake.highest, share);
    const hasShares = vault.sharesOf(LP) > 0n;
    const view = {
      ...{ time: world.market.path.start + world.second, elapsed, hasShares },
      shareReturn: share / stake.reference - 1,
      drawdown: Math.max(0, 1 - share / stake.highest),
    };
    const decision = decideLp(lp, view, stake.random);
    if (decision) this.#request(stake, decision.action === "deposit", decision.action === "redeem" ? decision.part : 1);
  }

  #request(stake: Stake, isDeposit: boolean, part: number): void {
    const { second, scenario } = this.world;
    stake.request = { createdAt: second, dueAt: second + scenario.lps.requestDelay, isDeposit, part };
  }

  #settle(stake: Stake, request: NonNullable<Stake["request"]>): void {
    const { world } = this;
    const { exchange, market, recorder, scenario } = world;
    const price = market.publishedAt(world.second);
    if (!price) return;
    const vault = exchange.lpVaultOf(stake.maker);
    const dollars = scenario.population.lp.deposit;
    try {
      exchange.oracle.carry(price, () => {
        if (request.isDeposit) {
          const amount = stake.maker === MAKERS.base ? wadOf(dollars / numberOf(price.price)) : unitsOf(dollars);
          vault.settleDeposit(LP, amount, 0n);
        } else {
          const shares = vault.sharesOf(LP);
          vault.settleRedeem(LP, (shares * BigInt(Math.round(request.part * 1e6))) / 1_000_000n, 0n);
        }
      });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      request.dueAt = world.second + RETRY_EVERY;
      return;
    }
    stake.request = undefined;
    const share = numberOf(vault.sharePriceAt(price.price));
    stake.reference = share;
    stake.highest = share;
    if (!request.isDeposit) recorder.addRedemption(world.second - request.createdAt);
  }
}
