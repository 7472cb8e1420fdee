import { MAKERS } from "../engine/exchange.js";
import { type Estimate, estimate } from "../results/statistics.js";
import { type Summary, summarize } from "../results/summary.js";
import type { Design } from "../sweep/design.js";
import type { CellResult } from "../sweep/run-sweep.js";
import { drawdowns, heatMap, markouts, pareto, returnFan, waterfall } from "./plots.js";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}
th:first-child,td:first-child{text-align:left}figure{margin:2rem 0}figcaption{color:#555}.note{background:#f4f4f0;padding:.5rem 1rem}`;

/** The results of a sweep as one HTML page with its plots inside. The details are of the first cell. */
export function htmlReport(design: Design, cells: readonly CellResult[]): string {
  const [first] = cells;
  if (!first) return "<!doctype html><title>Simulation</title><p>No cells.</p>";
  const summary = summarize(first.runs);
  const costs = new Map(cells.map((cell) => [cell, summarize(cell.runs).takerCostBps.mean]));
  const seeds = `seeds ${design.seeds.from} to ${design.seeds.from + design.seeds.count - 1}`;
  const prices =
    design.prices === undefined ? "generated prices" : `prices of ${escaped(design.prices.split("/").at(-1) ?? "")}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulation</title><style>${STYLE}</style></head><body>
<h1>Simulation of LP results</h1>
<p class="note">Scripted agents, no forecast. ${cells.length} ${cells.length === 1 ? "cell" : "cells"}, ${seeds}, ${prices}. Means with
95% intervals over runs; every run met laws L1 to L5 and H1, and each trade L6.</p>
${makerTable(summary)}${marketTable(summary)}${kindTable(summary)}
${figure(returnFan(first), "Return of a share: median, and the range of 90% of the runs")}
${figure(drawdowns(first), "Worst drawdown of a share, by runs")}
${figure(markouts(summary), "Markouts: gain of the makers at later prices, by kind of agent")}
${Object.values(MAKERS)
  .map((maker) => figure(waterfall(summary, maker), `Attribution of ${maker}`))
  .join("\n")}
${figure(heatMap(cells, MAKERS.oracle), "Return of the OracleMaker over the swept parameters")}
${figure(
  pareto(cells, MAKERS.oracle, (cell) => costs.get(cell) ?? 0),
  "Return of the OracleMaker against the cost of takers; the line joins the cells that no other one beats",
)}
${cellTable(cells)}
</body></html>
`;
}

const figure = (svg: string, caption: string): string => `<figure>${svg}<figcaption>${caption}</figcaption></figure>`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${line(head, "th")}${rows.map((row) => line(row, "td")).join("")}</table>`;
}

const interval = ({ mean, low, high }: Estimate, show: (value: number) => string): string =>
  `${show(mean)} (${show(low)} to ${show(high)})`;
const percent = (ratio: number): string => `${(ratio * 100).toFixed(3)}%`;
const plain = (value: number): string => value.toFixed(1);

function makerTable({ makers }: Summary): string {
  const names = Object.keys(makers);
  const row = (label: string, show: (maker: Summary["makers"][string]) => string) => [
    label,
    ...names.map((name) => show(makers[name] as Summary["makers"][string])),
  ];
  return table(
    ["LPs of", ...names],
    [
      row("return in the asset", (maker) => interval(maker.returnInAsset, percent)),
      row("return in dollars", (maker) => interval(maker.returnInDollars, percent)),
      row("return against holding", (maker) => interval(maker.returnAgainstHolding, percent)),
      row("5%, 50%, 95% of the return", (maker) => maker.returnQuantiles.map(percent).join(", ")),
      row("volatility of a day", (maker) => interval(maker.dailyVolatility, percent)),
      row("worst drawdown", (maker) => interval(maker.drawdown, percent)),
      row("utilization", (maker) => interval(maker.utilization, percent)),
      row("hedge cost, bps", (maker) => interval(maker.hedgeCostBps, plain)),
    ],
  );
}

function marketTable(summary: Summary): string {
  const { events, runs, low, high, probability } = summary.badDebtProbability;
  return table(
    ["market", "per run"],
    [
      [
        "probability of bad debt",
        `${percent(probability)} (${percent(low)} to ${percent(high)}), ${events} of ${runs} runs`,
      ],
      ["bad debt, dollars", interval(summary.badDebt, plain)],
      ["insurance used, dollars", interval(summary.insuranceUsed, plain)],
      ["liquidations", interval(summary.liquidations, plain)],
      ["deleveragings", interval(summary.deleveragings, plain)],
      ["hours until a redemption is paid", interval(summary.redemptionHours, (hours) => hours.toFixed(3))],
      ["cost of takers, bps", interval(summary.takerCostBps, plain)],
    ],
  );
}

const kindTable = ({ kinds }: Summary): string =>
  table(
    ["agents", "trades", "cost, bps", "markout 5 s", "1 min", "10 min"],
    Object.entries(kinds).map(([kind, { trades, costBps, markoutBps }]) => [
      ...[kind, plain(trades.mean), interval(costBps, plain)],
      ...Object.values(markoutBps).map((each) => interval(each, plain)),
    ]),
  );

function cellTable(cells: readonly CellResult[]): string {
  const fields = Object.keys(cells[0]?.cell ?? {});
  if (fields.length === 0) return "";
  const rows = cells.map(({ cell, runs }) => {
    const returns = Object.values(MAKERS).map((maker) =>
      interval(estimate(runs.map((run) => run.makers[maker]?.returnInAsset ?? 0)), percent),
    );
    const { probability, high } = summarize(runs).badDebtProbability;
    return [
      ...fields.map((field) => `${cell[field]}`),
      ...returns,
      `${percent(probability)}, at most ${percent(high)}`,
    ];
  });
  return table([...fields, ...Object.values(MAKERS), "bad debt"], rows);
}
