import { gapsOf, type PriceGap, type PriceRow, type PriceSeries } from "./prices.js";

/** A price of the replay. */
export type Tick = {
  /** Seconds. */
  time: number;
  /** WAD. */
  price: bigint;
  /** Index of the row. */
  row: number;
  /** The gap before this tick. */
  gap?: PriceGap | undefined;
  /** Whether this is the last tick of its row. */
  isLast: boolean;
};

/** The first tick of a row comes one second after the row's start. */
const FIRST = 1;

/**
 * Returns the ticks of a row: its open, its two extremes and its close, at equal distances. A row that rises has its low
 * first, a row that falls its high: the shorter of the two paths. Equal neighbours are one tick.
 *
 * @param length Seconds until the row ends.
 */
export function ticksOfRow(row: PriceRow, length: number): Pick<Tick, "time" | "price">[] {
  const { timestamp, open, high, low, close } = row;
  const prices = close >= open ? [open, low, high, close] : [open, high, low, close];
  const distance = Math.max(1, (length - FIRST) / 4);
  return prices
    .map((price, index) => ({ time: timestamp + FIRST + Math.floor(index * distance), price }))
    .filter(({ price }, index) => index === 0 || price !== prices[index - 1]);
}

/** The prices of a series over time: ticks, straight lines between them, and gaps without a price. */
export class PricePath {
  readonly ticks: readonly Tick[];
  readonly gaps: readonly PriceGap[];

  constructor(series: PriceSeries) {
    const { rows, interval } = series;
    this.gaps = gapsOf(series);
    const gapBefore = new Map(this.gaps.map((gap) => [gap.to, gap]));
    this.ticks = rows.flatMap((row, index) => {
      const next = rows[index + 1]?.timestamp ?? Number.POSITIVE_INFINITY;
      const ticks = ticksOfRow(row, Math.min(interval, next - row.timestamp));
      return ticks.map(
        (tick, position): Tick => ({
          ...tick,
          row: index,
          isLast: position === ticks.length - 1,
          gap: position === 0 ? gapBefore.get(row.timestamp) : undefined,
        }),
      );
    });
  }

  /** The last price published at or before a time; the first price before the first tick. */
  known(time: number): bigint {
    return this.#tick(this.#indexAt(time)).price;
  }

  /** The price at a time on the straight line between two ticks. In a gap the line leads to the reopening price. */
  at(time: number): bigint {
    const index = this.#indexAt(time);
    const [before, after] = [this.#tick(index), this.ticks[index + 1]];
    return after ? between(before, after, time) : before.price;
  }

  #tick(index: number): Tick {
    return this.ticks[index] as Tick;
  }

  /** The index of the last tick at or before a time; 0 before the first. */
  #indexAt(time: number): number {
    let [low, high] = [0, this.ticks.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#tick(middle).time <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

type Point = { time: number; price: bigint };

/** The price on the straight line between two points, rounded toward the first; beyond them, that of the nearer one. */
export function between(from: Point, to: Point, time: number): bigint {
  if (time <= from.time) return from.price;
  if (time >= to.time) return to.price;
  return from.price + ((to.price - from.price) * BigInt(time - from.time)) / BigInt(to.time - from.time);
}
