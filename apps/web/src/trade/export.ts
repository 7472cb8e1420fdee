// Fills as a file of comma-separated values: UTC, points as decimal separators, all decimals.
import type { Deployment } from "@counterpoise/sdk";
import { formatWad } from "@counterpoise/sdk/units";
import { baseName } from "../config.js";
import type { PastFill } from "../data/portfolio.js";
import { utcOf } from "../format.js";

/** A fill from the account's side. WAD. */
export type ExportRow = { fill: PastFill; base: bigint; average: bigint | undefined; pnl: bigint; fees: bigint };

/** The file's text, with a line for each fill and the units in its first line. */
export function csvOf(rows: readonly ExportRow[], deployment: Deployment): string {
  const [base, quote] = [baseName(deployment), deployment.collateralSymbol];
  const head = `time (UTC),transaction,size (${base}),price (${quote}),oracle price (${quote}),realized PnL (${quote}),funding and borrowing (${quote})`;
  const lines = rows.map(({ fill, base: change, average, pnl, fees }) =>
    [
      utcOf(fill.time),
      fill.hash,
      formatWad(change),
      average === undefined ? "" : formatWad(average),
      formatWad(fill.price),
      formatWad(pnl),
      formatWad(fees),
    ].join(","),
  );
  return `${[head, ...lines].join("\n")}\n`;
}

/** Offers a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
