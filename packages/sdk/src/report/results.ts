// The result of one LP: against holding, and its drawdown.
import { floorDiv, WAD } from "../maths/integers.js";
import { InvalidAmountError, type Wad } from "../units.js";

/** The value of a maker's share at one moment, WAD. */
export type LpSample = {
  /** Quote per base. */
  price: Wad;
  /** Asset per share. */
  sharePrice: Wad;
};

/** The result of an LP that holds its shares throughout. Amounts WAD quote, ratios WAD; rounded down. */
export type LpResult = {
  deposited: Wad;
  value: Wad;
  /** The value of the deposited tokens if the LP had held them instead. */
  held: Wad;
  /** Value less held value. */
  againstHolding: Wad;
  /** The largest fall of the value from an earlier maximum, as a ratio of that. */
  drawdown: Wad;
  /** The same of the value in the maker's asset, without the price of the asset. */
  assetDrawdown: Wad;
};

/**
 * Values a deposit at each sample. WAD, rounded down.
 *
 * @param samples from the deposit on, in the order of time; at least one. Prices are above zero.
 * @param deposited WAD quote.
 * @param isInBase whether the deposit is base, which the price values; else quote.
 * @throws {@link InvalidAmountError} without a sample, and for a first sample that is not above zero.
 * @example
 * const price = 2_000n * 10n ** 18n;
 * const samples = [{ price, sharePrice: 10n ** 18n }, { price, sharePrice: 11n * 10n ** 17n }];
 * lpResult(samples, 1_000n * 10n ** 18n, false).againstHolding; // 100000000000000000000n
 */
export function lpResult(samples: readonly LpSample[], deposited: Wad, isInBase: boolean): LpResult {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) throw new InvalidAmountError({ field: "samples", value: samples, accepted: "at least one" });
  for (const [field, value] of Object.entries({ price: first.price, sharePrice: first.sharePrice })) {
    if (value <= 0n) throw new InvalidAmountError({ field, value, accepted: "above zero" });
  }
  const priceRatio = (price: bigint) => (isInBase ? (WAD * price) / first.price : WAD);
  const assets = samples.map(({ sharePrice }) => (WAD * sharePrice) / first.sharePrice);
  const values = samples.map(({ price }, i) => (deposited * (assets[i] as bigint) * priceRatio(price)) / (WAD * WAD));
  const value = values.at(-1) as bigint;
  const held = (deposited * priceRatio(last.price)) / WAD;
  return {
    ...{ deposited, value, held, againstHolding: value - held },
    ...{ drawdown: drawdownOf(values), assetDrawdown: drawdownOf(assets) },
  };
}

/**
 * The largest fall from an earlier maximum, as a ratio of that maximum, WAD, rounded down.
 *
 * @example
 * drawdownOf([4n, 3n, 8n, 4n, 9n]); // 500000000000000000n
 */
export function drawdownOf(values: readonly bigint[]): Wad {
  let [highest, worst] = [0n, 0n];
  for (const value of values) {
    if (value > highest) highest = value;
    const fall = highest === 0n ? 0n : ((highest - value) * WAD) / highest;
    if (fall > worst) worst = fall;
  }
  return worst;
}

/** The seconds after a fill at which markouts are taken by default: 5 seconds, a minute, ten minutes. */
export const MARKOUT_HORIZONS: readonly bigint[] = [5n, 60n, 600n];

/** A fill of the account whose markouts are taken, from its own side. WAD; the time in Unix seconds. */
export type MarkoutFill = { time: bigint; base: Wad; quote: Wad };

/** The markouts of fills at one horizon. */
export type Markout = {
  /** Seconds after the fill. */
  horizon: bigint;
  /** Fills with a known price at the horizon, and without. */
  known: number;
  unknown: number;
  /** The notional of the known fills at their later price, WAD quote. */
  volume: Wad;
  /** The gain of the account by the fills against the later price, WAD quote; each rounded down. Below zero: it lost. */
  gain: Wad;
  /** `gain` over `volume`, WAD, rounded down; undefined without volume. */
  ratio: Wad | undefined;
};

/**
 * The gain of fills at the price some time later: a maker that loses at short horizons trades with takers who know more. A fill
 * without a price at its horizon is counted apart, never as zero.
 *
 * @param priceAt the oracle price at a time (Unix seconds), WAD quote per base; undefined where it is unknown. See {@link priceLookup}.
 * @param horizons seconds, above zero.
 * @throws {@link InvalidAmountError} for a horizon that is not above zero.
 * @example
 * const [at5s] = markouts([{ time: 0n, base: 10n ** 18n, quote: -2_000n * 10n ** 18n }], () => 2_001n * 10n ** 18n);
 * at5s.gain; // 1000000000000000000n
 */
export const markouts = (
  fills: readonly MarkoutFill[],
  priceAt: (time: bigint) => Wad | undefined,
  horizons: readonly bigint[] = MARKOUT_HORIZONS,
): Markout[] =>
  horizons.map((horizon) => {
    if (horizon <= 0n) {
      throw new InvalidAmountError({ field: "horizon", value: horizon, accepted: "seconds above zero" });
    }
    let [known, volume, gain] = [0, 0n, 0n];
    for (const { time, base, quote } of fills) {
      const price = priceAt(time + horizon);
      if (price === undefined) continue;
      known++;
      volume += ((base < 0n ? -base : base) * price) / WAD;
      gain += quote + floorDiv(base * price, WAD);
    }
    const ratio = volume === 0n ? undefined : floorDiv(gain * WAD, volume);
    return { horizon, known, unknown: fills.length - known, volume, gain, ratio };
  });

/**
 * A lookup of recorded prices: the latest price at or before a time. Undefined before the first one, after the last one, and when
 * that price is older than `maxAge`.
 *
 * @param prices in ascending time (Unix seconds); WAD quote per base.
 * @param maxAge seconds. Default: any.
 * @throws {@link InvalidAmountError} for prices that are not in ascending time.
 * @example
 * const priceAt = priceLookup([{ time: 0n, price: 1n }, { time: 10n, price: 2n }]);
 * [priceAt(9n), priceAt(10n), priceAt(11n)]; // [1n, 2n, undefined]
 */
export function priceLookup(
  prices: readonly { time: bigint; price: Wad }[],
  maxAge?: bigint,
): (time: bigint) => Wad | undefined {
  for (const [i, { time }] of prices.entries()) {
    const before = prices[i - 1]?.time;
    if (before !== undefined && time < before) {
      throw new InvalidAmountError({ field: "prices", value: time, accepted: `a time from ${before} on` });
    }
  }
  const end = prices.at(-1)?.time;
  return (time) => {
    if (end === undefined || time > end) return undefined;
    // The first index after the time.
    let [low, high] = [0, prices.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((prices[middle] as { time: bigint }).time <= time) low = middle + 1;
      else high = middle;
    }
    const found = prices[low - 1];
    return found && (maxAge === undefined || time - found.time <= maxAge) ? found.price : undefined;
  };
}
