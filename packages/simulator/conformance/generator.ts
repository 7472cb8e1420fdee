import { createRandom, type Random } from "@counterpoise/agents";
import { liquidation, margin } from "@counterpoise/sdk/math";
import { type AccountId, type Exchange, MAKERS, WHOLE_POSITION } from "../src/index.js";
import type { Operation, Step } from "./operations.js";
import { settings } from "./setting.js";

const WAD = 10n ** 18n;
const USD = 10n ** 6n;
/** Pyth's prices have eight decimals. */
const PRICE_UNIT = 10n ** 10n;
const NO_UPPER_BOUND = 2n ** 256n - 1n;

/** Chooses operations at random, in proportion to their weights, so that most of them succeed in the engine's present state. */
export class Generator {
  readonly #random: Random;
  #price = settings.price;

  constructor(
    readonly exchange: Exchange,
    seed: number,
  ) {
    this.#random = createRandom(seed, "conformance");
  }

  /** The next step. */
  next(): Step {
    return { after: this.#delay(), operation: this.#operation() };
  }

  /** A second or a few; now and then hours, in which fees accrue and prices become stale. */
  #delay(): bigint {
    const draw = this.#random.unit();
    if (draw < 0.01) return BigInt(1 + this.#random.below(30_000));
    return BigInt(draw < 0.6 ? 1 : 1 + this.#random.below(12));
  }

  #operation(): Operation {
    const { shortfalls, pool } = this.exchange;
    const arbitrage = pool.arbitrageTo(this.#price);
    if (arbitrage && this.#random.chance(0.4)) return { type: "swapSpot", ...arbitrage };
    if (this.#isStale() && !this.#random.chance(0.1)) return this.#publish();
    const failing = this.#accounts().filter((account) => this.#isBelowMaintenance(account));
    const account = this.#oneOf(failing);
    if (account !== undefined && this.#random.chance(0.5)) {
      const hasShortfall = this.#valueOf(account) + this.exchange.ledger.availableInsurance < 0n;
      if (!hasShortfall || this.#random.chance(0.1)) return this.#liquidate(account);
      const draw = this.#random.unit();
      if (shortfalls.debtAllowedAt(account) === undefined || draw < 0.1) {
        return { type: "flagShortfall", account, keeper: this.#taker() };
      }
      if (draw < 0.2) return { type: "resolveShortfall", account };
      if (draw < 0.5) return this.#deleverage(account);
      return this.#liquidate(account);
    }
    const choices: readonly [number, () => Operation][] = [
      [26, () => this.#publish()],
      [8, () => this.#deposit()],
      [5, () => this.#withdraw()],
      [40, () => this.#trade()],
      [1, () => this.#liquidate(this.#taker())],
      [0.5, () => ({ type: "flagShortfall", account: this.#taker(), keeper: this.#taker() })],
      [0.5, () => this.#deleverage(this.#taker())],
      [2, () => this.#depositLp()],
      [2, () => this.#redeemLp()],
      [this.exchange.ledger.insurance < 0n ? 10 : 0.3, () => this.#donate()],
      [1, () => ({ type: "closeGap", maker: this.#hedgedVault(), maxAmount: this.#gapPart() })],
      [2, () => ({ type: "rebalance" })],
    ];
    return this.#weighted(choices)();
  }

  // ---- operations ----

  #publish(): Operation {
    const isJump = this.#random.chance(0.04);
    const change = this.#random.normal() * (isJump ? 0.06 : 0.004);
    const pull = Number(settings.price - this.#price) / Number(settings.price) / 100;
    const factor = Math.max(0.7, Math.min(1.4, Math.exp(change + pull)));
    this.#price = ((this.#price * BigInt(Math.round(factor * 1e9))) / 10n ** 9n / PRICE_UNIT) * PRICE_UNIT;
    const confidence = ((this.#price * BigInt(this.#random.below(2_500))) / 1_000_000n / PRICE_UNIT) * PRICE_UNIT;
    return {
      type: "publish",
      price: this.#price,
      confidence: this.#random.chance(0.02) ? confidence * 12n : confidence,
    };
  }

  #deposit(): Operation {
    return { type: "deposit", account: this.#taker(), amountXCD: this.#between(1n, 6_000n * USD) };
  }

  #withdraw(): Operation {
    const account = this.#taker();
    const margin = this.exchange.ledger.positionOf(account).margin / 10n ** 12n;
    return { type: "withdraw", account, amountXCD: margin > 0n ? this.#upTo(margin) : 1n };
  }

  #trade(): Operation {
    const taker = this.#taker();
    const { size, margin: held } = this.exchange.ledger.positionOf(taker);
    const maker = this.#maker();
    const closes = size !== 0n && this.#random.chance(0.5);
    if (closes) {
      const isWhole = this.#random.chance(0.5);
      const isBaseToQuote = size > 0n;
      const amount = isWhole ? WHOLE_POSITION : this.#upTo(size < 0n ? -size : size);
      const terms = { isBaseToQuote, isExactInput: isBaseToQuote, isReduceOnly: this.#random.chance(0.8), amount };
      if (terms.isReduceOnly || !isWhole) return this.#order({ taker, maker, ...terms });
    }
    const isBaseToQuote = this.#random.chance(0.5);
    const isExactInput = this.#random.chance(0.5);
    const margin = held > 0n ? held : WAD;
    // Up to 24 times the margin: beyond the initial requirement, too.
    const quote = (margin * BigInt(1 + this.#random.below(24_000))) / 1_000n;
    const isBase = isBaseToQuote === isExactInput;
    const amount = isBase ? (quote * WAD) / this.#price : quote;
    return this.#order({ taker, maker, isBaseToQuote, isExactInput, isReduceOnly: false, amount: amount + 1n });
  }

  #order(terms: Omit<Extract<Operation, { type: "trade" }>, "type" | "oppositeBound">): Operation {
    const loose = terms.isExactInput ? 0n : NO_UPPER_BOUND;
    const isBase = terms.isBaseToQuote === terms.isExactInput;
    const tight = isBase ? (terms.amount * this.#price) / WAD : (terms.amount * WAD) / this.#price;
    const isTight = terms.amount !== WHOLE_POSITION && this.#random.chance(0.1);
    return { type: "trade", ...terms, oppositeBound: isTight ? tight : loose };
  }

  #liquidate(account: AccountId): Operation {
    const liquidator = this.#taker();
    const maker = this.#random.chance(0.5) ? undefined : this.#maker();
    const { size } = this.exchange.ledger.positionOf(account);
    const amount = this.#random.chance(0.8) ? NO_UPPER_BOUND : this.#upTo(size < 0n ? -size : size);
    return { type: "liquidate", account, liquidator, maker, amount };
  }

  #deleverage(account: AccountId): Operation {
    const all = [...this.#accounts(), ...this.exchange.makers.keys()].filter((each) => each !== account);
    const counterparties = all.filter(() => this.#random.chance(0.8));
    return { type: "deleverage", account, caller: this.#taker(), counterparties };
  }

  #depositLp(): Operation {
    const maker = this.#maker();
    const most = maker === MAKERS.base ? 20n * WAD : 50_000n * USD;
    return { type: "depositLp", maker, lp: this.#lp(), amountXCD: this.#between(1n, most) };
  }

  #redeemLp(): Operation {
    const [lp, maker] = [this.#lp(), this.#maker()];
    const held = this.exchange.lpVaultOf(maker).sharesOf(lp);
    return { type: "redeemLp", maker, lp, shares: held === 0n ? 1n : this.#upTo(held / 3n + 1n) };
  }

  /** The bad debt, or a part of it. */
  #donate(): Operation {
    const { insurance } = this.exchange.ledger;
    const debt = insurance < 0n ? -insurance / 10n ** 12n + 1n : USD;
    return { type: "donate", donor: "taker 1", amountXCD: this.#random.chance(0.7) ? debt : this.#upTo(debt) };
  }

  #hedgedVault(): AccountId {
    const { baseVault, quoteVault } = this.exchange;
    const open = [baseVault, quoteVault].filter(({ holdings }) => holdings.gap !== 0n);
    return (this.#oneOf(open) ?? (this.#random.chance(0.5) ? baseVault : quoteVault)).id;
  }

  #gapPart(): bigint {
    return this.#random.chance(0.5) ? NO_UPPER_BOUND : this.#upTo(WAD);
  }

  // ---- state ----

  #accounts(): readonly AccountId[] {
    return settings.takers.filter((taker) => this.exchange.ledger.positionOf(taker).size !== 0n);
  }

  #isStale(): boolean {
    const { oracle, ledger } = this.exchange;
    return ledger.time - oracle.last.publishTime > 40n;
  }

  #valueOf(account: AccountId): bigint {
    return this.exchange.ledger.stateOf(account, this.#price).value;
  }

  #isBelowMaintenance(account: AccountId): boolean {
    const state = this.exchange.ledger.stateOf(account, this.#price);
    return margin.isBelow(state.value, liquidation.maintenanceCeil(state, this.#price));
  }

  // ---- choices ----

  #taker(): AccountId {
    return this.#oneOf(settings.takers) as AccountId;
  }

  #lp(): AccountId {
    return this.#oneOf(settings.lps) as AccountId;
  }

  #maker(): AccountId {
    const draw = this.#random.unit();
    return draw < 0.5 ? MAKERS.oracle : draw < 0.75 ? MAKERS.base : MAKERS.quote;
  }

  /** One of some values, in proportion to their weights. */
  #weighted<value>(choices: readonly (readonly [weight: number, value: value])[]): value {
    let left = this.#random.unit() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return (choices[0] as (typeof choices)[number])[1];
  }

  #oneOf<value>(values: readonly value[]): value | undefined {
    return values[this.#random.below(Math.max(1, values.length))];
  }

  /** Uniform in value or in magnitude, the end included. */
  #upTo(end: bigint): bigint {
    const draw = this.#random.unit();
    if (draw < 0.1) return end;
    if (draw < 0.2) return end + 1n;
    const part = draw < 0.6 ? this.#random.unit() : this.#random.unit() ** 6;
    return (end * BigInt(Math.floor(part * 2 ** 40))) / 2n ** 40n + 1n;
  }

  #between(min: bigint, max: bigint): bigint {
    return min + ((max - min) * BigInt(this.#random.below(2 ** 31))) / 2n ** 31n;
  }
}
