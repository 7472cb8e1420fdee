import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { MARKET_DATA_VARIABLE, marketDataFiles } from "./market-data.js";

test("marketDataFiles: default", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-market-data-"));
  try {
    for (const name of ["eth.csv", "btc.csv", "notes.txt"]) writeFileSync(path.join(folder, name), "");
    const files = marketDataFiles({ [MARKET_DATA_VARIABLE]: folder });
    expect(files).toEqual(["btc.csv", "eth.csv"].map((name) => path.join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("marketDataFiles: behavior: no files without the variable", () => {
  expect(marketDataFiles({})).toEqual([]);
  expect(marketDataFiles({ [MARKET_DATA_VARIABLE]: "" })).toEqual([]);
});

test("marketDataFiles: error: the variable names no folder", () => {
  expect(() => marketDataFiles({ [MARKET_DATA_VARIABLE]: path.join(tmpdir(), "counterpoise-none") })).toThrow("ENOENT");
});
