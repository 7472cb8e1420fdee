import type { Random } from "@counterpoise/agents";
import type { Candle, CandleSeries } from "./candles.js";

/** The market's price at every second; NaN while the market is closed. */
export type PricePath = {
  name: string;
  /** Unix seconds of the first price. */
  start: number;
  prices: Float64Array;
};

/** A jump diffusion. Ratios are fractions of one. */
export type GeneratedPrices = {
  price: number;
  hours: number;
  /** Standard deviation of the log return of a day. */
  dailyVolatility: number;
  /** Mean of the return of a day. */
  dailyDrift: number;
  jumpsPerDay: number;
  jumpMean: number;
  jumpDeviation: number;
};

const DAY = 86_400;
const GENERATED_START = 1_800_000_000;

/** Generates a path. Without drift and jumps the price is a martingale. */
export function generatePath(parameters: GeneratedPrices, random: Random): PricePath {
  const { price, hours, dailyVolatility, dailyDrift, jumpsPerDay, jumpMean, jumpDeviation } = parameters;
  const prices = new Float64Array(Math.round(hours * 3_600));
  const deviation = dailyVolatility / Math.sqrt(DAY);
  const drift = dailyDrift / DAY - deviation ** 2 / 2;
  let log = Math.log(price);
  for (let second = 0; second < prices.length; second++) {
    prices[second] = Math.exp(log);
    log += drift + deviation * random.normal();
    if (jumpsPerDay > 0 && random.chance(jumpsPerDay / DAY)) log += jumpMean + jumpDeviation * random.normal();
  }
  return { name: "generated", start: GENERATED_START, prices };
}

/** A path through candles that touches each open, high, low and close. A time without candles has no price. */
export function pathThroughCandles({ name, candles, interval }: CandleSeries, random: Random): PricePath {
  const [first, last] = [candles[0] as Candle, candles.at(-1) as Candle];
  const prices = new Float64Array(last.time + interval - first.time).fill(Number.NaN);
  for (const [index, candle] of candles.entries()) {
    const next = candles[index + 1]?.time ?? Number.POSITIVE_INFINITY;
    fillCandle(prices.subarray(candle.time - first.time), candle, Math.min(interval, next - candle.time), random);
  }
  return { name, start: first.time, prices };
}

/** The extremes come in an order and at times at random, with a bridge between the four points that stays inside the candle. */
function fillCandle(target: Float64Array, candle: Candle, length: number, random: Random): void {
  const { open, high, low, close } = candle;
  const isLowFirst = random.chance(close >= open ? 0.7 : 0.3);
  const [second, third] = isLowFirst ? [low, high] : [high, low];
  const last = Math.max(0, length - 1);
  const times = [0, Math.round(last * random.between(0.1, 0.45)), Math.round(last * random.between(0.55, 0.9)), last];
  const points = [open, second, third, close];
  const scale = (high - low) / Math.sqrt(Math.max(1, length)) / 2;
  for (let leg = 0; leg < 3; leg++) {
    const [from, to] = [times[leg] as number, times[leg + 1] as number];
    const [start, end] = [points[leg] as number, points[leg + 1] as number];
    let noise = 0;
    for (let time = from; time <= to; time++) {
      const part = to === from ? 1 : (time - from) / (to - from);
      const inside = start + (end - start) * part + noise * Math.sqrt(part * (1 - part));
      const isPoint = time === from || time === to;
      target[time] = isPoint ? (time === from ? start : end) : Math.max(low, Math.min(high, inside));
      noise += scale * random.normal();
    }
  }
}
