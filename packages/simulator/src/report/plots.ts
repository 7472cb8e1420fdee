import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { SAMPLE_EVERY } from "../results/metrics.js";
import { estimate, quantile } from "../results/statistics.js";
import type { Summary } from "../results/summary.js";
import type { CellResult } from "../sweep/run-sweep.js";

const { document } = parseHTML("<html><body></body></html>");
const WIDTH = 720;
const HEIGHT = 320;
/** Colours of the makers, distinct also without red and green. */
const color = { legend: false, scheme: "Tableau10" } as const;

type Options = Plot.PlotOptions;

/** Draws a plot as SVG. */
function svg(options: Options): string {
  const base = { document, width: WIDTH, height: HEIGHT, marginLeft: 60, grid: true };
  return Plot.plot({ ...base, ...options } as Options).outerHTML;
}

const percent = (ratio: number) => ratio * 100;

/** The share price of each maker over time: median, and the range of 90% of the runs. */
export function returnFan({ runs }: CellResult): string {
  const makers = Object.keys(runs[0]?.shares ?? {});
  const rows = makers.flatMap((maker) => {
    const series = runs.map(({ shares }) => shares[maker] ?? []);
    const length = Math.min(...series.map((each) => each.length));
    return Array.from({ length }, (_, index) => {
      const values = series.map((each) => percent((each[index] as number) - 1));
      const at = (part: number) => quantile(values, part);
      return { maker, hours: (index * SAMPLE_EVERY) / 3_600, low: at(0.05), middle: at(0.5), high: at(0.95) };
    });
  });
  return svg({
    color,
    facet: { data: rows, y: "maker" },
    height: 420,
    marginRight: 150,
    x: { label: "hours" },
    y: { label: "return of a share in the asset, %" },
    marks: [
      Plot.areaY(rows, { x: "hours", y1: "low", y2: "high", fill: "maker", fillOpacity: 0.25 }),
      Plot.lineY(rows, { x: "hours", y: "middle", stroke: "maker" }),
      Plot.ruleY([0]),
    ],
  });
}

/** The distribution of the worst drawdown over runs. */
export function drawdowns({ runs }: CellResult): string {
  const rows = runs.flatMap(({ makers }) =>
    Object.entries(makers).map(([maker, result]) => ({ maker, drawdown: percent(result.drawdown) })),
  );
  const bins = Plot.binX<Plot.RectYOptions>({ y: "count" }, { x: "drawdown", fill: "maker", thresholds: 20 } as never);
  return svg({
    color,
    facet: { data: rows, y: "maker" },
    height: 420,
    marginRight: 150,
    x: { label: "worst drawdown of a share, %" },
    y: { label: "runs" },
    marks: [Plot.rectY(rows, bins), Plot.ruleY([0])],
  });
}

/** The gain of the makers at later prices, by kind of agent, with 95% intervals. */
export function markouts(summary: Summary): string {
  const rows = Object.entries(summary.kinds).flatMap(([kind, { markoutBps }]) =>
    Object.entries(markoutBps).map(([seconds, { mean, low, high }]) => ({
      ...{ kind, seconds: Number(seconds), mean, low, high },
    })),
  );
  return svg({
    color: { ...color, legend: true },
    x: { type: "log", label: "seconds after the fill", ticks: [5, 60, 600] },
    y: { label: "gain of the makers, bps of the volume" },
    marks: [
      Plot.ruleY([0]),
      Plot.lineY(rows, { x: "seconds", y: "mean", stroke: "kind" }),
      Plot.ruleX(rows, { x: "seconds", y1: "low", y2: "high", stroke: "kind" }),
      Plot.dot(rows, { x: "seconds", y: "mean", fill: "kind" }),
      Plot.text(
        rows.filter(({ seconds }) => seconds === 600),
        { x: "seconds", y: "mean", text: "kind", textAnchor: "start", dx: 6 },
      ),
    ],
    marginRight: 90,
  });
}

/** The causes of a maker's result, dollars, as steps from zero to the sum. */
export function waterfall(summary: Summary, maker: string): string {
  const causes = Object.entries(summary.makers[maker]?.attribution ?? {}).map(([cause, { mean }]) => ({ cause, mean }));
  let level = 0;
  const rows = causes.map(({ cause, mean }) => {
    const from = cause === "valueChange" ? 0 : level;
    if (cause !== "valueChange") level += mean;
    return { cause, from, to: from + mean, isGain: mean >= 0 };
  });
  return svg({
    x: { domain: rows.map(({ cause }) => cause), label: null, tickRotate: -30 },
    y: { label: `${maker}, dollars per run` },
    marginBottom: 70,
    color: { domain: [true, false], range: ["#4e79a7", "#f28e2c"] },
    marks: [Plot.barY(rows, { x: "cause", y1: "from", y2: "to", fill: "isGain" }), Plot.ruleY([0])],
  });
}

/** A figure over two swept parameters; over one, or none, with a row of one value. */
export function heatMap(cells: readonly CellResult[], maker: string): string {
  const fields = Object.keys(cells[0]?.cell ?? {});
  const [x, y] = [fields[0] ?? "all", fields[1] ?? "all"];
  const rows = cells.map(({ cell, runs }) => ({
    x: `${round(cell[x] ?? 0)}`,
    y: `${round(cell[y] ?? 0)}`,
    value: percent(estimate(runs.map((run) => run.makers[maker]?.returnInAsset ?? 0)).mean),
  }));
  return svg({
    x: { label: x, type: "band", domain: inOrder(rows.map((row) => row.x)) },
    y: { label: y, type: "band", domain: inOrder(rows.map((row) => row.y)) },
    color: { type: "linear", scheme: "YlGnBu", label: `return of ${maker}, %` },
    marginLeft: 90,
    marks: [
      Plot.cell(rows, { x: "x", y: "y", fill: "value", inset: 1 }),
      Plot.text(rows, { x: "x", y: "y", text: ({ value }: { value: number }) => value.toFixed(3) }),
    ],
  });
}

/** Return of the OracleMaker's LPs against the cost of takers, of every cell. Cells that no other one beats in both are marked. */
export function pareto(cells: readonly CellResult[], maker: string, costOf: (cell: CellResult) => number): string {
  const points = cells.map((cell) => ({
    cost: costOf(cell),
    return: percent(estimate(cell.runs.map((run) => run.makers[maker]?.returnInAsset ?? 0)).mean),
    name: Object.values(cell.cell).map(round).join(" / "),
  }));
  const isBest = (point: (typeof points)[number]) =>
    !points.some((other) => other !== point && other.cost <= point.cost && other.return > point.return);
  const front = points.filter(isBest).sort((a, b) => a.cost - b.cost);
  return svg({
    x: { label: "cost of takers, bps of the volume" },
    y: { label: `return of ${maker}, %` },
    marks: [
      Plot.line(front, { x: "cost", y: "return", stroke: "#f28e2c" }),
      Plot.dot(points, { x: "cost", y: "return", fill: "#4e79a7" }),
      Plot.text(points, { x: "cost", y: "return", text: "name", dy: -10 }),
    ],
  });
}

const round = (value: number): number => Number(value.toPrecision(4));
const inOrder = (labels: readonly string[]): string[] => [...new Set(labels)].sort((a, b) => Number(a) - Number(b));
