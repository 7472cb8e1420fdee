import { createRandom, decideLp, WAD as ONE, type Random } from "@counterpoise/agents";
import {
  type CreatedLpRequest,
  claimLpAssetsSync,
  claimLpSharesSync,
  claimReturnedLpRequestSync,
  getLpClaims,
  getRevert,
  requestLpDepositSync,
  requestLpRedeemSync,
  settleLpRequestsSync,
} from "@counterpoise/sdk";
import { tokenBalance, USD } from "@counterpoise/testkit";
import type { Chain } from "./chain.js";
import { type DemoMaker, makersOf } from "./makers.js";
import type { Prices } from "./orders.js";
import type { World } from "./world.js";

/** LP requests of a run. */
export type LpQueueCounts = {
  requested: number;
  deposits: number;
  redemptions: number;
  /** Returned in full or in part. */
  returned: number;
  /** How often a request was refused or waited, by reason. */
  reasons: Map<string, number>;
};

type Place = {
  maker: DemoMaker;
  random: Random;
  askedAt: number;
  /** Share price at the last entry or exit, and the highest since, WAD; undefined before the first deposit. */
  reference: bigint | undefined;
  highest: bigint;
  hasShares: boolean;
  pending: (CreatedLpRequest & { isDeposit: boolean }) | undefined;
};

/** Requests accept 2% less than the value at their creation: their price is unknown until they settle. */
const MIN_PART = [98n, 100n] as const;

/** The second LP, which enters and leaves every maker through the request vault, and the keeper that settles its requests. */
export class LpQueue {
  readonly counts: LpQueueCounts = { requested: 0, deposits: 0, redemptions: 0, returned: 0, reasons: new Map() };
  readonly #world: World;
  readonly #chain: Chain;
  readonly #prices: Prices;
  readonly #places: Place[];

  constructor({ world, chain, prices, seed }: { world: World; chain: Chain; prices: Prices; seed: number }) {
    this.#world = world;
    this.#chain = chain;
    this.#prices = prices;
    this.#places = makersOf(world).map((maker) => ({
      maker,
      random: createRandom(seed, "lp", maker.name),
      askedAt: chain.now,
      reference: undefined,
      highest: 0n,
      hasShares: false,
      pending: undefined,
    }));
  }

  /**
   * Lets the LP decide, and settles the requests that are due.
   *
   * @param progress Elapsed part of the run.
   * @param sharePrices WAD, in the order of the makers; undefined where unknown.
   */
  async step(progress: number, sharePrices: readonly (bigint | undefined)[]): Promise<void> {
    for (const [i, place] of this.#places.entries()) {
      if (place.pending) await this.#settle(place);
      const sharePrice = sharePrices[i];
      if (!place.pending && sharePrice !== undefined && sharePrice > 0n)
        await this.#decide(place, sharePrice, progress);
      // The price of the request comes after its delay.
      if (place.pending) await this.#settle(place);
    }
  }

  async #decide(place: Place, sharePrice: bigint, progress: number): Promise<void> {
    const { lp } = this.#world.config.population;
    if (sharePrice > place.highest) place.highest = sharePrice;
    if (place.reference === undefined) {
      if (progress >= lp.entersAt) await this.#request(place, sharePrice, undefined);
      return;
    }
    const ratio = (from: bigint, to: bigint) => Number(((to - from) * ONE) / from) / 1e18;
    const view = {
      time: this.#chain.now,
      elapsed: this.#chain.now - place.askedAt,
      hasShares: place.hasShares,
      shareReturn: ratio(place.reference, sharePrice),
      drawdown: ratio(sharePrice, place.highest),
    };
    place.askedAt = this.#chain.now;
    const decision = decideLp(lp, view, place.random);
    if (decision) await this.#request(place, sharePrice, decision.action === "redeem" ? decision.part : undefined);
  }

  /** @param part Redeemed part of the shares; undefined for a deposit. */
  async #request(place: Place, sharePrice: bigint, part: number | undefined): Promise<void> {
    const { maker } = place;
    const { config, baseWorth, lps } = this.#world;
    const [, lp] = lps;
    const { requestVault } = maker;
    const keeperFee = 10n ** 14n;
    const assetUnit = maker.isInBase ? 1n : 10n ** 12n;
    const least = (amount: bigint) => (amount * MIN_PART[0]) / MIN_PART[1];
    await this.#chain.next();
    try {
      let created: CreatedLpRequest;
      if (part === undefined) {
        const amount = BigInt(Math.ceil(config.population.lp.deposit));
        const assets = maker.isInBase ? baseWorth(amount) : amount * USD;
        const minShares = least((assets * assetUnit * ONE) / sharePrice);
        created = await requestLpDepositSync(lp, { requestVault, assets, minShares, keeperFee });
      } else {
        const all = await tokenBalance(lp, { token: maker.address, owner: lp.address });
        const shares = (all * BigInt(Math.round(part * 1_000_000))) / 1_000_000n;
        const minAssets = least((shares * sharePrice) / ONE / assetUnit);
        created = await requestLpRedeemSync(lp, { requestVault, shares, minAssets, keeperFee });
      }
      this.counts.requested++;
      place.pending = { ...created, isDeposit: part === undefined };
      place.reference = sharePrice;
      place.highest = sharePrice;
    } catch (error) {
      this.#count("not requested", error);
    }
  }

  async #settle(place: Place): Promise<void> {
    const { requestVault } = place.maker;
    const { keeper } = this.#world;
    const { executableAt, expiresAt } = place.pending as CreatedLpRequest;
    await this.#chain.advance(Number(executableAt));
    const isExpired = this.#chain.now > Number(expiresAt);
    const price = this.#prices.at(Number(executableAt));
    if (price === undefined && !isExpired) return;
    const updates = price === undefined || isExpired ? [] : [[this.#chain.update(price, executableAt)]];
    await this.#chain.next();
    try {
      const outcomes = await settleLpRequestsSync(keeper, { requestVault, updates });
      if (updates.length > 0 && price !== undefined) this.#chain.noteStored(price, Number(executableAt));
      for (const outcome of outcomes) {
        if (outcome.status === "returned") {
          this.counts.returned++;
          this.#note(`returned: ${outcome.reason?.errorName ?? "unknown reason"}`);
        } else if (outcome.isDeposit) this.counts.deposits++;
        else this.counts.redemptions++;
      }
      await this.#claim(
        place,
        outcomes.some(({ status }) => status === "returned"),
      );
    } catch (error) {
      this.#count("not settled yet", error);
    }
  }

  async #claim(place: Place, hasReturned: boolean): Promise<void> {
    const { maker, pending } = place;
    const { requestVault } = maker;
    const [, lp] = this.#world.lps;
    const { deposits, redemptions } = await getLpClaims(lp, { requestVault, controller: lp.address });
    if (deposits.assets > 0n) {
      await this.#chain.send(() => claimLpSharesSync(lp, { requestVault, assets: deposits.assets }));
    }
    if (redemptions.shares > 0n) {
      await this.#chain.send(() => claimLpAssetsSync(lp, { requestVault, shares: redemptions.shares }));
    }
    if (hasReturned && pending) {
      const { requestId, isDeposit } = pending;
      await this.#chain.send(() => claimReturnedLpRequestSync(lp, { requestVault, requestId, isDeposit }));
    }
    place.pending = undefined;
    place.hasShares = (await tokenBalance(lp, { token: maker.address, owner: lp.address })) > 0n;
  }

  #count(prefix: string, error: unknown): void {
    const revert = getRevert(error);
    if (!revert) throw error;
    this.#note(`${prefix}: ${revert.errorName}`);
  }

  #note(reason: string): void {
    this.counts.reasons.set(reason, (this.counts.reasons.get(reason) ?? 0) + 1);
  }
}
