import type { MarketView } from "@counterpoise/agents";
import type { OraclePrice } from "../engine/oracle.js";
import type { PricePath } from "./price-path.js";

/** How the oracle follows the market. Times in seconds. */
export type FeedSettings = {
  /** Seconds by which published prices are behind the market: uniform between both. */
  latency: readonly [min: number, max: number];
  /** Confidence in standard deviations of the market's return over a second. */
  confidenceDeviations: number;
  /** Least confidence, fraction of the price. */
  minConfidence: number;
};

/** Pyth's prices have eight decimals. */
const PRICE_UNIT = 10n ** 10n;
const toWad = (price: number): bigint => BigInt(Math.round(price * 1e8)) * PRICE_UNIT;
/** Weight of a second in the mean square of returns: a mean age of five minutes. */
const VARIANCE_WEIGHT = 1 / 300;

/** The market over the run: its price at every second with the pushes of agents, the oracle's prices and realised volatility. */
export class WorldMarket {
  readonly length: number;
  /** Prices with the pushes so far; NaN while the market is closed. */
  readonly #prices: Float64Array;
  /** Publishing latency of the price at each second. */
  readonly #latency: Uint8Array;
  /** Standard deviation of the return of a second, by an exponential mean. */
  readonly #deviation: Float32Array;
  /** The last second with a price at or before each second. */
  readonly #lastOpen: Int32Array;

  constructor(
    readonly path: PricePath,
    readonly feed: FeedSettings,
    random: { between(min: number, max: number): number },
  ) {
    const { prices } = path;
    this.length = prices.length;
    this.#prices = Float64Array.from(prices);
    this.#latency = Uint8Array.from(prices, () => Math.round(random.between(...feed.latency)));
    this.#deviation = new Float32Array(prices.length);
    this.#lastOpen = new Int32Array(prices.length);
    this.#measure();
  }

  #measure(): void {
    let [variance, last, before] = [0, 0, Number.NaN];
    for (let second = 0; second < this.length; second++) {
      const price = this.#prices[second] as number;
      if (!Number.isNaN(price)) {
        last = second;
        const change = Number.isNaN(before) ? 0 : Math.log(price / before);
        variance += VARIANCE_WEIGHT * (change * change - variance);
        before = price;
      }
      this.#lastOpen[second] = last;
      this.#deviation[second] = Math.sqrt(variance);
    }
  }

  /** The market's price at or before a second of the run. */
  at(second: number): number {
    const within = Math.max(0, Math.min(this.length - 1, second));
    return this.#prices[this.#lastOpen[within] as number] as number;
  }

  /** Whether the market trades in a second. */
  isOpen(second: number): boolean {
    return !Number.isNaN(this.#prices[second] ?? Number.NaN);
  }

  /** Standard deviation of the return of a second, before a second of the run. */
  deviationAt(second: number): number {
    return this.#deviation[Math.max(0, Math.min(this.length - 1, second))] as number;
  }

  /** The oracle's price of a publish time; undefined while the market is closed. */
  publishedAt(second: number): OraclePrice | undefined {
    if (second < 0 || second >= this.length || !this.isOpen(second)) return undefined;
    const price = toWad(this.at(second - (this.#latency[second] as number)));
    const { confidenceDeviations, minConfidence } = this.feed;
    const width = Math.max(minConfidence, confidenceDeviations * this.deviationAt(second));
    const confidence = toWad((Number(price) / 1e18) * width);
    return { price, confidence, publishTime: BigInt(this.path.start + second) };
  }

  /** The last oracle price at or before a second. */
  lastPublished(second: number): OraclePrice | undefined {
    return this.publishedAt(this.#lastOpen[Math.max(0, Math.min(this.length - 1, second))] as number);
  }

  /** Multiplies the price for some seconds: an agent trades on the market and pays for the impact. */
  push(second: number, ratio: number, seconds: number): void {
    for (let at = second; at < Math.min(this.length, second + seconds); at++) {
      this.#prices[at] = (this.#prices[at] as number) * (1 + ratio);
    }
  }

  /** The market as an agent sees it at a second: the oracle's last price, and on its own venue prices ahead. */
  viewAt(second: number, dailyFunding: number): MarketView {
    return new ViewAt(this, second, this.#lastOpen[second] as number, dailyFunding);
  }
}

/** A view that converts prices only when an agent reads them. */
class ViewAt implements MarketView {
  constructor(
    readonly market: WorldMarket,
    readonly second: number,
    readonly lastOpen: number,
    readonly dailyFunding: number,
  ) {}

  get time(): number {
    return this.market.path.start + this.second;
  }
  get price(): bigint {
    return this.market.publishedAt(this.lastOpen)?.price ?? toWad(this.market.at(this.second));
  }
  get priceAge(): number {
    return this.second - this.lastOpen;
  }
  priceAgo(seconds: number): bigint {
    return toWad(this.market.at(this.second - seconds));
  }
  priceAhead(seconds: number): bigint {
    return toWad(this.market.at(this.second + seconds));
  }
}
