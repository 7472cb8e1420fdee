import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MARKET_DATA_VARIABLE, marketDataFiles, WAD } from "@counterpoise/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type GenerateSeriesParameters,
  gapsOf,
  generateSeries,
  limitSeries,
  PriceFileError,
  parsePrices,
  readPriceFile,
} from "./prices.js";

const HEADER = "timestamp_unix,open,high,low,close";
const csv = (...lines: string[]) => [HEADER, ...lines, ""].join("\n");

describe("parsePrices", () => {
  test("default", () => {
    const series = parsePrices(
      "timestamp_unix,open,high,low,close,volume\n1516000000,1349.8,1350,1346.9,1347,134.83677464\n1516000060,1347,1347,1340,1341.5,0\n",
      "data/eth.csv",
    );
    expect(series).toEqual({
      name: "eth.csv",
      interval: 60,
      rows: [
        {
          timestamp: 1_516_000_000,
          open: 1_349_800_000_000_000_000_000n,
          high: 1_350n * WAD,
          low: 1_346_900_000_000_000_000_000n,
          close: 1_347n * WAD,
        },
        {
          timestamp: 1_516_000_060,
          open: 1_347n * WAD,
          high: 1_347n * WAD,
          low: 1_340n * WAD,
          close: 1_341_500_000_000_000_000_000n,
        },
      ],
    });
  });

  test("behavior: no volume, Windows line ends, a byte order mark, spaces, no last line end", () => {
    const { rows } = parsePrices(`\uFEFF${HEADER}\r\n 1516000000 , 1, 2 ,0.5,1.5`, "eth.csv");
    expect(rows).toEqual([
      { timestamp: 1_516_000_000, open: WAD, high: 2n * WAD, low: WAD / 2n, close: (3n * WAD) / 2n },
    ]);
  });

  test("behavior: decimals are exact", () => {
    const [row] = parsePrices(csv("1516000000,0.1,123277.830646812345678901,0.1,123277.830646812345678901"), "f").rows;
    expect(row?.open).toBe(100_000_000_000_000_000n);
    expect(row?.close).toBe(123_277_830_646_812_345_678_901n);
  });

  test("behavior: trailing zeros are not decimals", () => {
    const [row] = parsePrices(csv("1516000000,1.50000000000000000000,2,1,1"), "f").rows;
    expect(row?.open).toBe((3n * WAD) / 2n);
  });

  test("behavior: missing rows stay missing", () => {
    const { rows } = parsePrices(csv("1516000000,1,1,1,1", "1516000060,1,3,1,2", "1516005100,5,5,5,5"), "f");
    expect(rows.map(({ timestamp }) => timestamp - 1_516_000_000)).toEqual([0, 60, 5_100]);
  });

  test.each(["0.1234567890123456789", "1e-7", "", "lots"])("behavior: the volume %j is not read", (volume) => {
    const { rows } = parsePrices(`${HEADER},volume\n1516000000,1,1,1,1,${volume}\n`, "f");
    expect(rows).toHaveLength(1);
  });

  test("behavior: the interval is the file's own", () => {
    expect(parsePrices(csv("1516000000,1,1,1,1", "1516000300,1,1,1,1", "1516000600,1,1,1,1"), "f").interval).toBe(300);
  });

  test("behavior: a single row", () => {
    expect(parsePrices(csv("1516000000,1,1,1,1"), "f")).toMatchObject({ interval: 60 });
  });

  test.each<[string, string, number | undefined, string]>([
    ["empty file", "", undefined, "is empty"],
    ["blank file", "\n \n", undefined, "is empty"],
    ["no prices", `${HEADER}\n`, undefined, "has a header but no prices"],
    ["bad header", "time,price\n1,2\n", 1, `the header must be "${HEADER}"`],
    ["no header", "1516000000,1,1,1,1\n", 1, 'not "1516000000,1,1,1,1"'],
    ["empty row", csv("1516000000,1,1,1,1", "", "1516000120,1,1,1,1"), 3, "is empty"],
    ["too few columns", csv("1516000000,1,1,1"), 2, "has 4 columns, not 5"],
    ["too many columns", csv("1516000000,1,1,1,1,1"), 2, "has 6 columns, not 5"],
    ["text for a price", csv("1516000000,1,high,1,1"), 2, 'high "high" is not a decimal number'],
    ["nothing for a price", csv("1516000000,1,1,1,"), 2, 'close "" is not a decimal number'],
    ["exponent", csv("1516000000,1e3,1e3,1,1"), 2, 'open "1e3" is not a decimal number'],
    ["not a number", csv("1516000000,NaN,1,1,1"), 2, 'open "NaN" is not a decimal number'],
    ["price 0", csv("1516000000,1,1,1,1", "1516000060,1,1,0,1"), 3, "low is 0: a price must be positive"],
    ["price 0.00", csv("1516000000,1,1,1,0.00"), 2, "close is 0: a price must be positive"],
    ["negative price", csv("1516000000,-1,1,1,1"), 2, 'open "-1" is negative: a price must be positive'],
    ["too many decimals", csv("1516000000,1.0000000000000000001,2,1,1"), 2, "has more than 18 decimals"],
    ["price below the oracle's", csv("1516000000,1,1,0.000000009,1"), 2, "is below 0.00000001"],
    ["price above the oracle's", csv("1516000000,1,99999999999,1,1"), 2, "is above 92233720368"],
    ["low above high", csv("1516000000,1,1,2,1"), 2, "low 2 is above high 1"],
    ["low above open", csv("1516000000,1,3,2,2"), 2, "low 2 is above open 1"],
    ["low above close", csv("1516000000,2,3,2,1"), 2, "low 2 is above close 1"],
    ["high below open", csv("1516000000,4,3,1,1"), 2, "high 3 is below open 4"],
    ["high below close", csv("1516000000,1,3,1,4"), 2, "high 3 is below close 4"],
    ["fractional timestamp", csv("1516000000.5,1,1,1,1"), 2, 'timestamp_unix "1516000000.5" is not a whole number'],
    ["date for a timestamp", csv("2018-01-15,1,1,1,1"), 2, 'timestamp_unix "2018-01-15" is not a whole number'],
    ["milliseconds", csv("1516000000000,1,1,1,1"), 2, "is it in milliseconds instead of seconds?"],
    ["timestamp 0", csv("0,1,1,1,1"), 2, "timestamp_unix 0 is on the first day of 1970"],
    [
      "time running backwards",
      csv("1516000060,1,1,1,1", "1516000000,1,1,1,1"),
      3,
      "time runs backwards: timestamp 1516000000 comes after 1516000060",
    ],
    ["a repeated timestamp", csv("1516000000,1,1,1,1", "1516000000,1,1,1,1"), 3, "is the same as in the row before"],
  ])("error: %s", (_, text, row, problem) => {
    let error: unknown;
    try {
      parsePrices(text, "data/eth.csv");
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(PriceFileError);
    const { file, row: actualRow, message } = error as PriceFileError;
    expect({ file, row: actualRow }).toEqual({ file: "data/eth.csv", row });
    expect(message).toContain(problem);
    expect(message.startsWith(row === undefined ? "data/eth.csv: " : `data/eth.csv, row ${row}: `)).toBe(true);
    expect(message).not.toContain("\n");
  });
});

describe("readPriceFile", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-prices-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("default", async () => {
    const file = path.join(folder, "eth-usd.csv");
    writeFileSync(file, csv("1516000000,1,1,1,1"));
    expect(await readPriceFile(file)).toMatchObject({ name: "eth-usd.csv", rows: [{ close: WAD }] });
  });

  test("error: missing file", async () => {
    const file = path.join(folder, "none.csv");
    await expect(readPriceFile(file)).rejects.toThrow(new PriceFileError(file, undefined, "no such file"));
  });

  test("error: folder", async () => {
    await expect(readPriceFile(folder)).rejects.toThrow(
      new PriceFileError(folder, undefined, "is a folder, not a file"),
    );
  });
});

const marketFiles = marketDataFiles();

test.skipIf(marketFiles.length === 0)(`readPriceFile: behavior: market data of ${MARKET_DATA_VARIABLE}`, async () => {
  for (const file of marketFiles) {
    const series = await readPriceFile(file);
    const { rows, interval } = series;
    expect(rows.length).toBeGreaterThan(100);
    expect(interval).toBe(path.basename(file).includes("-5m-") ? 300 : 60);
    // The rows of these files lie on a grid: rows and gaps together fill the time.
    const missing = gapsOf(series).reduce((sum, { from, to }) => sum + (to - from) / interval, 0);
    const [first, last] = [rows[0]?.timestamp ?? 0, rows.at(-1)?.timestamp ?? 0];
    expect(rows.length + missing).toBe((last - first) / interval + 1);
  }
});

describe("gapsOf", () => {
  const at = (...seconds: number[]) => parsePrices(csv(...seconds.map((s) => `${1_516_000_000 + s},1,1,1,1`)), "f");
  const gaps = (...seconds: number[]) =>
    gapsOf(at(...seconds)).map(({ from, to }) => [from - 1_516_000_000, to - 1_516_000_000]);

  test("default", () => {
    expect(gaps(0, 60, 120, 180)).toEqual([]);
    expect(gaps(0, 60, 120, 240, 300)).toEqual([[180, 240]]);
    expect(gaps(0, 60, 120, 5_220, 5_280)).toEqual([[180, 5_220]]);
  });

  test("behavior: a row off the grid begins no gap", () => {
    expect(gaps(0, 60, 120, 190, 240)).toEqual([]);
    expect(gaps(0, 60, 120, 209, 269)).toEqual([]);
    expect(gaps(0, 60, 120, 210, 270)).toEqual([[180, 210]]);
  });
});

describe("generateSeries", () => {
  const closes = (parameters: GenerateSeriesParameters) => generateSeries(parameters).rows.map(({ close }) => close);

  test("default", () => {
    const { name, rows, interval } = generateSeries({ seed: 1 });
    expect({ name, interval }).toEqual({ name: "generated (seed 1)", interval: 60 });
    expect(rows).toHaveLength(240);
    for (const [index, { timestamp, open, high, low, close }] of rows.entries()) {
      expect(timestamp).toBe(1_735_689_600 + index * 60);
      expect(open).toBe(rows[index - 1]?.close ?? 2_000n * WAD);
      expect(low > 0n && low <= open && low <= close && high >= open && high >= close).toBe(true);
    }
  });

  test("behavior: the same for the same seed, another for another", () => {
    expect(closes({ seed: 3 })).toEqual(closes({ seed: 3 }));
    expect(closes({ seed: 3 })).not.toEqual(closes({ seed: 4 }));
  });

  // A change of these figures changes every run of the demo with a seed.
  test("behavior: the same on every machine", () => {
    expect(closes({ seed: 1 }).filter((_, index) => index % 60 === 59)).toMatchInlineSnapshot(`
      [
        2001340000000000000000n,
        2002280000000000000000n,
        1814680000000000000000n,
        1818630000000000000000n,
      ]
    `);
  });

  test.each([0, 1, 2, 3, 4, 2 ** 32 - 1])("behavior: one volatile hour, seed %i", (seed) => {
    const { rows } = generateSeries({ seed });
    const largestFall = (from: number, to: number) => {
      const part = rows.slice(from, to);
      const [first] = part;
      const lowest = part.reduce((low, row) => (row.low < low ? row.low : low), first?.open ?? 0n);
      return Number((((first?.open ?? 0n) - lowest) * 10_000n) / (first?.open ?? 1n)) / 100;
    };
    expect(largestFall(120, 180)).toBeGreaterThan(8);
    expect(largestFall(120, 180)).toBeLessThan(30);
    expect(largestFall(0, 60)).toBeLessThan(4);
    expect(largestFall(180, 240)).toBeLessThan(4);
  });

  test("behavior: the caller's own length, price and start", () => {
    const { rows } = generateSeries({ seed: 1, rows: 10, price: 50_000n * WAD, timestamp: 1_600_000_000 });
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatchObject({ timestamp: 1_600_000_000, open: 50_000n * WAD });
  });
});

describe("limitSeries", () => {
  const series = parsePrices(csv("1516000000,1,1,1,1", "1516000060,1,1,1,1", "1516000180,1,1,1,1"), "f");

  test("default", () => {
    expect(limitSeries(series, undefined)).toBe(series);
    expect(limitSeries(series, 3)).toEqual(series);
    expect(limitSeries(series, 2).rows).toHaveLength(2);
  });

  test("behavior: more steps than rows", () => {
    expect(limitSeries(series, 100)).toEqual(series);
  });
});
