import { createRandom, type Random } from "@counterpoise/agents";
import { fees } from "@counterpoise/sdk/math";
import type { AccountId } from "../engine/bookings.js";
import { Exchange, MAKERS } from "../engine/exchange.js";
import { LawMonitor } from "../engine/laws.js";
import { SpotPool } from "../engine/spot/pool.js";
import { Recorder } from "../results/recorder.js";
import { WorldMarket } from "./market.js";
import type { PricePath } from "./price-path.js";
import { exchangeOf, type Scenario } from "./scenario.js";

const SCALES = { base: 1n, quote: 10n ** 12n };
/** Dollars in units of the collateral, down. */
export const unitsOf = (dollars: number): bigint => BigInt(Math.floor(dollars * 1e6));
/** WAD of an amount in dollars or base, to twelve decimals. */
export const wadOf = (amount: number): bigint => BigInt(Math.round(amount * 1e12)) * 10n ** 6n;
export const numberOf = (wad: bigint): number => Number(wad) / 1e18;

/** The account that owns the first deposits of each maker. */
export const FIRST_LP = "first LP";

/** The exchange, its market and the recorder of a run, at a second of it. */
export class World {
  second = 0;
  readonly exchange: Exchange;
  readonly market: WorldMarket;
  readonly recorder: Recorder;
  readonly laws = new LawMonitor();
  /** Funding per day as a ratio of the notional, of the last minute. */
  dailyFunding = 0;

  constructor(
    readonly scenario: Scenario,
    path: PricePath,
    readonly seed: number,
  ) {
    const { feed, spot, lps, insurance } = scenario;
    const latency = feed.latency as [number, number];
    this.market = new WorldMarket(path, { ...feed, latency }, this.random("feed"));
    const price = path.prices[0] as number;
    const pool = SpotPool.atPrice({
      price: wadOf(price),
      depth: wadOf(spot.depth / price),
      fee: spot.fee,
      scales: SCALES,
    });
    this.recorder = new Recorder(this.market);
    this.exchange = new Exchange(exchangeOf(scenario, price), pool, (booking) => {
      this.recorder.add(booking);
      this.laws.add(booking);
    });
    this.setSecond(0);
    this.publish();
    if (insurance > 0) this.exchange.donate("owner", unitsOf(insurance));
    for (const [maker, dollars] of [
      [MAKERS.oracle, lps.oracle],
      [MAKERS.quote, lps.quote],
    ] as const) {
      if (dollars > 0) this.exchange.lpVaultOf(maker).deposit(FIRST_LP, unitsOf(dollars));
    }
    if (lps.base > 0) this.exchange.lpVaultOf(MAKERS.base).deposit(FIRST_LP, wadOf(lps.base / price));
  }

  /** A stream of random numbers that depends on the seed and the labels only. */
  random(...labels: readonly (string | number)[]): Random {
    return createRandom(this.seed, ...labels);
  }

  /** Moves to a second of the run. */
  setSecond(second: number): void {
    this.second = second;
    this.exchange.setTime(BigInt(this.market.path.start + second));
  }

  /** Stores the oracle's last price, as a keeper does before it liquidates. @returns whether it is of this second. */
  publish(): boolean {
    const price = this.market.lastPublished(this.second);
    if (price) this.exchange.publish(price);
    return price !== undefined && this.market.isOpen(this.second);
  }

  /** Renews {@link dailyFunding}. */
  measureFunding(): void {
    const { ledger } = this.exchange;
    this.dailyFunding = numberOf(fees.fundingRate(ledger.feesNow, ledger.rates)) * 86_400;
  }

  /** Gas of a transaction of the given cost in calm markets, dollars: it rises with volatility. */
  gasCost(calm: number): number {
    const { gas, spot } = this.scenario;
    const usual = spot.usualDailyVolatility / Math.sqrt(86_400);
    const excess = Math.max(0, this.market.deviationAt(this.second) / usual - 1);
    return calm * (1 + Math.min(gas.stress, excess));
  }

  /** Margin of an account, WAD. */
  marginOf(account: AccountId): bigint {
    return this.exchange.ledger.positionOf(account).margin;
  }

  sizeOf(account: AccountId): bigint {
    return this.exchange.ledger.positionOf(account).size;
  }
}
