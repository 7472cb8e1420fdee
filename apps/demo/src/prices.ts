import { readFile } from "node:fs/promises";
import path from "node:path";
import { WAD } from "@counterpoise/testkit";

const WAD_DECIMALS = 18;

/** One candle. Prices are quote per base, WAD. */
export type PriceRow = {
  /** Start of the candle, seconds. */
  timestamp: number;
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
};

/** A time without rows, seconds. No price is published in it. */
export type PriceGap = {
  /** End of the last row before it. */
  from: number;
  /** Start of the first row after it. */
  to: number;
};

export type PriceSeries = {
  /** The file's name, or how the series was generated. */
  name: string;
  /** Sorted. */
  rows: PriceRow[];
  /** Usual number of seconds between two rows: the length of a candle. */
  interval: number;
};

/** A price file cannot be used. The message names the file, the row and the problem. */
export class PriceFileError extends Error {
  override readonly name = "PriceFileError";
  constructor(
    readonly file: string,
    /** Line of the file; the header is row 1. Undefined if the problem is not in one row. */
    readonly row: number | undefined,
    readonly problem: string,
  ) {
    super(`${file}${row === undefined ? "" : `, row ${row}`}: ${problem}`);
  }
}

const COLUMNS = ["timestamp_unix", "open", "high", "low", "close"] as const;
const HEADER = COLUMNS.join(",");

/** An oracle price has eight decimals and 63 bits. */
const MIN_PRICE = 10n ** 10n;
const MAX_PRICE = (2n ** 63n - 1n) * MIN_PRICE;
const MIN_TIMESTAMP = 86_400;
/** The year 2100. A later timestamp is in milliseconds. */
const MAX_TIMESTAMP = 4_102_444_800;

/** Reads a price file. @throws {PriceFileError} */
export async function readPriceFile(file: string): Promise<PriceSeries> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new PriceFileError(file, undefined, readProblem(error as NodeJS.ErrnoException));
  }
  return parsePrices(text, file);
}

function readProblem(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "no such file";
  if (error.code === "EISDIR") return "is a folder, not a file";
  if (error.code === "EACCES") return "cannot be read: permission denied";
  return `cannot be read (${error.code ?? error.message})`;
}

/** Reads the text of a price file. Volumes are not read. @throws {PriceFileError} */
export function parsePrices(text: string, file: string): PriceSeries {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
  const [header, ...body] = lines;
  if (header === undefined) throw new PriceFileError(file, undefined, "is empty");
  const columns = columnCount(header, file);
  if (body.length === 0) throw new PriceFileError(file, undefined, "has a header but no prices");

  const rows: PriceRow[] = [];
  for (const [index, line] of body.entries()) {
    const number = index + 2;
    const row = parseRow(line, columns, (problem) => new PriceFileError(file, number, problem));
    const previous = rows.at(-1);
    if (previous && row.timestamp === previous.timestamp) {
      throw new PriceFileError(file, number, `timestamp ${row.timestamp} is the same as in the row before`);
    }
    if (previous && row.timestamp < previous.timestamp) {
      throw new PriceFileError(
        file,
        number,
        `time runs backwards: timestamp ${row.timestamp} comes after ${previous.timestamp}`,
      );
    }
    rows.push(row);
  }
  return { name: path.basename(file), rows, interval: usualInterval(rows) };
}

function columnCount(header: string, file: string): number {
  const normalized = header.split(",").map((column) => column.trim());
  const names = normalized.join(",");
  if (names !== HEADER && names !== `${HEADER},volume`) {
    throw new PriceFileError(
      file,
      1,
      `the header must be "${HEADER}", with or without ",volume", not "${excerpt(header)}"`,
    );
  }
  return normalized.length;
}

function parseRow(line: string, columns: number, problem: (text: string) => PriceFileError): PriceRow {
  const fields = line.split(",").map((field) => field.trim());
  if (line.trim() === "") throw problem("is empty");
  if (fields.length !== columns) throw problem(`has ${fields.length} columns, not ${columns}`);

  const [time = "", ...numbers] = fields;
  const timestamp = parseTimestamp(time, problem);
  const prices = COLUMNS.slice(1).map((column, index) => parsePrice(numbers[index] ?? "", column, problem));
  const [open, high, low, close] = prices as [bigint, bigint, bigint, bigint];

  if (low > high) throw problem(`low ${numbers[2]} is above high ${numbers[1]}`);
  for (const [name, index] of [
    ["open", 0],
    ["close", 3],
  ] as const) {
    const price = prices[index] as bigint;
    if (price < low) throw problem(`low ${numbers[2]} is above ${name} ${numbers[index]}`);
    if (price > high) throw problem(`high ${numbers[1]} is below ${name} ${numbers[index]}`);
  }
  return { timestamp, open, high, low, close };
}

function parseTimestamp(text: string, problem: (text: string) => PriceFileError): number {
  if (!/^\d+$/.test(text)) throw problem(`timestamp_unix "${excerpt(text)}" is not a whole number of seconds`);
  const timestamp = Number(text);
  if (timestamp > MAX_TIMESTAMP) {
    throw problem(`timestamp_unix ${excerpt(text)} is beyond the year 2100: is it in milliseconds instead of seconds?`);
  }
  if (timestamp < MIN_TIMESTAMP) throw problem(`timestamp_unix ${text} is on the first day of 1970`);
  return timestamp;
}

function parsePrice(text: string, column: string, problem: (text: string) => PriceFileError): bigint {
  const shown = `${column} "${excerpt(text)}"`;
  if (/^-\d/.test(text)) throw problem(`${shown} is negative: a price must be positive`);
  const price = parseDecimal(text);
  if (price === undefined) throw problem(`${shown} is not a decimal number`);
  if (price === "too many decimals") throw problem(`${shown} has more than ${WAD_DECIMALS} decimals`);
  if (price === 0n) throw problem(`${column} is 0: a price must be positive`);
  if (price < MIN_PRICE) throw problem(`${shown} is below 0.00000001, the lowest oracle price`);
  if (price > MAX_PRICE) throw problem(`${shown} is above ${MAX_PRICE / WAD}, the highest oracle price`);
  return price;
}

/** Converts a plain decimal number to WAD without rounding. */
function parseDecimal(text: string): bigint | "too many decimals" | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = "", fraction = ""] = match;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > WAD_DECIMALS) return "too many decimals";
  return BigInt(whole) * WAD + BigInt(digits.padEnd(WAD_DECIMALS, "0"));
}

const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** Returns the most frequent distance between two rows, and the shortest of equally frequent ones. */
function usualInterval(rows: readonly PriceRow[]): number {
  const counts = new Map<number, number>();
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    if (next) counts.set(next.timestamp - row.timestamp, (counts.get(next.timestamp - row.timestamp) ?? 0) + 1);
  }
  const [usual] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  return usual?.[0] ?? 60;
}

/**
 * Returns the times without rows. A row that comes less than half an interval late begins no gap, and a row before its time
 * shortens the one before it.
 */
export function gapsOf({ rows, interval }: PriceSeries): PriceGap[] {
  const gaps: PriceGap[] = [];
  for (const [index, row] of rows.entries()) {
    const previous = rows[index - 1];
    if (!previous) continue;
    const from = previous.timestamp + interval;
    if ((row.timestamp - from) * 2 >= interval) gaps.push({ from, to: row.timestamp });
  }
  return gaps;
}

export type GenerateSeriesParameters = {
  seed: number;
  /** Number of one-minute rows. Default 240. */
  rows?: number | undefined;
  /** First price, quote per base, WAD. Default 2000. */
  price?: bigint | undefined;
  /** Start of the first row, seconds. Default 1 January 2025. */
  timestamp?: number | undefined;
};

const MINUTE = 60;
const TICKS_PER_ROW = 6;
const CENT = WAD / 100n;

/**
 * Generates a random walk in small relative steps, the same for the same seed on every machine. Its third quarter is
 * volatile: the price falls, and recovers half of the fall.
 */
export function generateSeries({
  seed,
  rows: count = 240,
  price = 2_000n * WAD,
  timestamp = 1_735_689_600,
}: GenerateSeriesParameters): PriceSeries {
  const random = randomIntegers(seed);
  // The sum of four uniform numbers approximates a normal distribution. It lies between -2 x and +2 x `spread` ppm.
  const noise = (spread: number) => {
    let sum = 0;
    for (let draw = 0; draw < 4; draw++) sum += (random() % (spread + 1)) - spread / 2;
    return Math.round(sum);
  };

  const rows: PriceRow[] = [];
  let current = price;
  for (let index = 0; index < count; index++) {
    const { drift, spread } = volatility(index / count);
    const open = current;
    let high = open;
    let low = open;
    for (let tick = 0; tick < TICKS_PER_ROW; tick++) {
      const step = BigInt(drift + noise(spread));
      current = ((current * (1_000_000n + step)) / 1_000_000n / CENT) * CENT;
      if (current < CENT) current = CENT;
      if (current > high) high = current;
      if (current < low) low = current;
    }
    rows.push({ timestamp: timestamp + index * MINUTE, open, high, low, close: current });
  }
  return { name: `generated (seed ${seed})`, rows, interval: MINUTE };
}

/** Returns the mean and the width of the noise of each tick, parts per million. */
function volatility(progress: number): { drift: number; spread: number } {
  if (progress >= 0.5 && progress < 0.65) return { drift: -700, spread: 2_400 };
  if (progress >= 0.65 && progress < 0.75) return { drift: 500, spread: 2_000 };
  return { drift: 10, spread: 300 };
}

/** Knuth's 64-bit linear congruential generator, of which the upper 31 bits are used. */
function randomIntegers(seed: number): () => number {
  let state = (BigInt(seed) * 0x9e3779b97f4a7c15n + 0x2545f4914f6cdd1dn) & 0xffff_ffff_ffff_ffffn;
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n);
  };
}

/** Returns the first `steps` rows of a series. */
export function limitSeries(series: PriceSeries, steps: number | undefined): PriceSeries {
  return steps === undefined ? series : { ...series, rows: series.rows.slice(0, steps) };
}
