import { readFile } from "node:fs/promises";
import path from "node:path";

/** One candle. Prices are quote per base. */
export type Candle = { time: number; open: number; high: number; low: number; close: number };

/** Candles in the order of their time, and the usual seconds between two of them. */
export type CandleSeries = { name: string; candles: readonly Candle[]; interval: number };

/** A price file cannot be used. */
export class CandleFileError extends Error {
  override readonly name = "CandleFileError";
  constructor(
    readonly file: string,
    /** Line of the file, from 1; undefined for a problem of the whole file. */
    readonly row: number | undefined,
    readonly problem: string,
  ) {
    super(`${file}${row === undefined ? "" : `, row ${row}`}: ${problem}`);
  }
}

/** Reads a CSV file of `timestamp_unix,open,high,low,close` and more columns. @throws {CandleFileError} */
export async function readCandles(file: string): Promise<CandleSeries> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CandleFileError(file, undefined, error.code === "ENOENT" ? "no such file" : error.message);
  });
  return parseCandles(text, path.basename(file));
}

/** Reads the text of a price file. @throws {CandleFileError} */
export function parseCandles(text: string, name: string): CandleSeries {
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  if (!header.startsWith("timestamp_unix,open,high,low,close")) {
    throw new CandleFileError(
      name,
      1,
      `the header must begin with timestamp_unix,open,high,low,close, not "${header}"`,
    );
  }
  let last = Number.NEGATIVE_INFINITY;
  const candles = lines.map((line, index): Candle => {
    const [time, open, high, low, close] = line.split(",").map(Number) as [number, number, number, number, number];
    const problem = problemOf({ time, open, high, low, close }, last);
    if (problem) throw new CandleFileError(name, index + 2, problem);
    last = time;
    return { time, open, high, low, close };
  });
  if (candles.length < 2) throw new CandleFileError(name, undefined, `has ${candles.length} rows, fewer than 2`);
  return { name, candles, interval: usualDistance(candles) };
}

function problemOf({ time, open, high, low, close }: Candle, last: number): string | undefined {
  if (![time, open, high, low, close].every(Number.isFinite)) return "has a value that is no number";
  if (time <= last) return `time ${time} is not after ${last}`;
  if (low <= 0) return `low ${low} is not above zero`;
  const isOrdered = low <= Math.min(open, close) && Math.max(open, close) <= high;
  return isOrdered ? undefined : `open ${open} and close ${close} are not between low ${low} and high ${high}`;
}

/** The distance that most pairs of candles have, seconds. */
function usualDistance(candles: readonly Candle[]): number {
  const counts = new Map<number, number>();
  for (const [index, { time }] of candles.entries()) {
    const next = candles[index + 1];
    if (next) counts.set(next.time - time, (counts.get(next.time - time) ?? 0) + 1);
  }
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
