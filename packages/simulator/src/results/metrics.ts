import type { AccountId } from "../engine/bookings.js";
import { MAKERS } from "../engine/exchange.js";
import type { World } from "../world/world.js";
import { numberOf } from "../world/world.js";
import type { MakerAttribution } from "./attribution.js";
import { MARKOUT_HORIZONS } from "./recorder.js";

/** Seconds between two samples of share prices. */
export const SAMPLE_EVERY = 300;

/** Results of the LPs of one maker in one run. Returns are fractions of one. */
export type MakerResult = {
  /** Of a share, in the maker's own asset. */
  returnInAsset: number;
  returnInDollars: number;
  /** In dollars, less the return of holding the asset. */
  returnAgainstHolding: number;
  /** Standard deviation of the return in the asset, of a day. */
  dailyVolatility: number;
  /** Worst fall of a share in the asset from its highest value. */
  drawdown: number;
  /** Mean part of the deposits, or of the cap of an OracleMaker, in use. */
  utilization: number;
  /** Dollars by cause; the engine's sums, of which the exact difference to the change of value is `unexplainedWei`. */
  attribution: Record<keyof MakerAttribution, number>;
  unexplainedWei: string;
  /** Cost of hedges, basis points of the base that they traded; zero without hedges. */
  hedgeCostBps: number;
  /** The first LPs' deposit, dollars. */
  capital: number;
};

/** Results of one kind of agent. */
export type KindResult = {
  trades: number;
  volume: number;
  /** Paid in excess of the oracle's price and as trading fee, basis points of the volume. */
  costBps: number;
  /** Gain of the makers at later prices, basis points of the volume, by seconds. */
  markoutBps: Record<string, number>;
};

/** Results of one run. Amounts dollars. */
export type RunResult = {
  seed: number;
  makers: Record<string, MakerResult>;
  kinds: Record<string, KindResult>;
  liquidations: number;
  deleveragings: number;
  badDebt: number;
  insuranceUsed: number;
  insurance: number;
  impactCost: number;
  /** Hours until redemptions were paid: mean and greatest; zero without one. */
  redemptionHours: { mean: number; max: number };
  unfilled: Record<string, number>;
  /** Return of the price. */
  priceReturn: number;
  /** Share prices relative to the first one, every {@link SAMPLE_EVERY} seconds. */
  shares: Record<string, number[]>;
};

/** Samples share prices and utilization of a run. */
export class Sampler {
  readonly #shares = new Map<AccountId, number[]>();
  readonly #used = new Map<AccountId, number>();

  constructor(readonly world: World) {}

  sample(): void {
    const { exchange, market, second } = this.world;
    const price = market.lastPublished(second)?.price;
    if (price === undefined) return;
    for (const [maker, vault] of exchange.lpVaults) {
      const samples = this.#shares.get(maker) ?? [];
      samples.push(numberOf(vault.sharePriceAt(price)));
      this.#shares.set(maker, samples);
      this.#used.set(maker, (this.#used.get(maker) ?? 0) + this.#utilization(maker));
    }
  }

  #utilization(maker: AccountId): number {
    const { exchange } = this.world;
    if (maker !== MAKERS.oracle) return numberOf(exchange.hedgedVaultOf(maker).utilization);
    const { size } = exchange.ledger.positionOf(maker);
    return Math.abs(numberOf(size)) / numberOf(exchange.parameters.oracleMaker.maxAbsPosition);
  }

  /** The results of the run. */
  result(seed: number): RunResult {
    const { exchange, market, recorder } = this.world;
    recorder.close();
    const [first, last] = [market.at(0), market.at(market.length - 1)];
    const priceReturn = last / first - 1;
    const makers = [...exchange.lpVaults.keys()].map((maker) => [maker, this.#maker(maker, priceReturn)] as const);
    const seconds = recorder.redemptionSeconds;
    return {
      seed,
      makers: Object.fromEntries(makers),
      kinds: Object.fromEntries([...recorder.kinds].map(([kind, totals]) => [kind, kindResult(totals)])),
      liquidations: recorder.liquidations,
      deleveragings: recorder.deleveragings,
      badDebt: recorder.badDebt,
      insuranceUsed: recorder.insuranceUsed,
      insurance: numberOf(exchange.ledger.insurance),
      impactCost: recorder.impactCost,
      redemptionHours: {
        mean: seconds.length === 0 ? 0 : seconds.reduce((sum, each) => sum + each, 0) / seconds.length / 3_600,
        max: Math.max(0, ...seconds) / 3_600,
      },
      unfilled: Object.fromEntries(recorder.unfilled),
      priceReturn,
      shares: Object.fromEntries([...this.#shares].map(([maker, samples]) => [maker, relative(samples)])),
    };
  }

  #maker(maker: AccountId, priceReturn: number): MakerResult {
    const { exchange, market, recorder, scenario } = this.world;
    const samples = relative(this.#shares.get(maker) ?? [1]);
    const price = market.lastPublished(market.length - 1)?.price ?? 0n;
    const parts = recorder.attribution.of(exchange, maker, price);
    const { valueChange, ...causes } = parts;
    const sum = Object.values(causes).reduce((total, part) => total + part, 0n);
    const attribution = Object.fromEntries(Object.entries(parts).map(([cause, amount]) => [cause, numberOf(amount)]));
    const returnInAsset = (samples.at(-1) ?? 1) - 1;
    const isBase = maker === MAKERS.base;
    const returnInDollars = isBase ? (1 + returnInAsset) * (1 + priceReturn) - 1 : returnInAsset;
    const { base, cost } = maker === MAKERS.oracle ? { base: 0n, cost: 0n } : exchange.hedgedVaultOf(maker).totals;
    const capital =
      { [MAKERS.oracle]: scenario.lps.oracle, [MAKERS.base]: scenario.lps.base }[maker] ?? scenario.lps.quote;
    return {
      returnInAsset,
      returnInDollars,
      returnAgainstHolding: isBase ? returnInDollars - priceReturn : returnInDollars,
      dailyVolatility: deviation(changes(samples)) * Math.sqrt(86_400 / SAMPLE_EVERY),
      drawdown: drawdown(samples),
      utilization: (this.#used.get(maker) ?? 0) / Math.max(1, samples.length),
      attribution: attribution as Record<keyof MakerAttribution, number>,
      unexplainedWei: `${valueChange - sum}`,
      hedgeCostBps: base === 0n ? 0 : (numberOf(cost) / (numberOf(base) * market.at(market.length - 1))) * 1e4,
      capital,
    };
  }
}

function kindResult({
  trades,
  volume,
  cost,
  markouts,
}: {
  trades: number;
  volume: number;
  cost: number;
  markouts: number[];
}): KindResult {
  const bps = (amount: number) => (volume === 0 ? 0 : (amount / volume) * 1e4);
  const byHorizon = MARKOUT_HORIZONS.map((horizon, index) => [`${horizon}`, bps(markouts[index] as number)]);
  return { trades, volume, costBps: bps(cost), markoutBps: Object.fromEntries(byHorizon) };
}

const relative = (samples: readonly number[]): number[] => samples.map((each) => each / (samples[0] ?? 1));

const changes = (samples: readonly number[]): number[] =>
  samples.slice(1).map((each, index) => each / (samples[index] as number) - 1);

/** Worst fall from the highest value before, as a fraction. */
export function drawdown(samples: readonly number[]): number {
  let [highest, worst] = [0, 0];
  for (const each of samples) {
    highest = Math.max(highest, each);
    worst = Math.max(worst, 1 - each / highest);
  }
  return worst;
}

/** Standard deviation of values around their mean. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1));
}
