import type { KindResult, MakerResult, RunResult } from "./metrics.js";
import { type Estimate, estimate, type Probability, probabilityOf, quantile } from "./statistics.js";

/** Results of a maker over runs. */
export type MakerSummary = {
  [figure in Exclude<keyof MakerResult, "attribution" | "unexplainedWei" | "capital">]: Estimate;
} & {
  /** 5%, 50% and 95% quantiles of the return in the asset and of the drawdown. */
  returnQuantiles: readonly [number, number, number];
  drawdownQuantiles: readonly [number, number, number];
  attribution: Record<string, Estimate>;
};

/** Results of a kind of agent over runs in which it traded. */
export type KindSummary = { trades: Estimate; costBps: Estimate; markoutBps: Record<string, Estimate> };

/** Results over runs of one scenario. Amounts dollars. */
export type Summary = {
  runs: number;
  makers: Record<string, MakerSummary>;
  kinds: Record<string, KindSummary>;
  badDebtProbability: Probability;
  /** Mean bad debt, over all runs. */
  badDebt: Estimate;
  insuranceUsed: Estimate;
  liquidations: Estimate;
  deleveragings: Estimate;
  redemptionHours: Estimate;
  /** Cost of all takers, basis points of their volume. */
  takerCostBps: Estimate;
};

const FIGURES = [
  ...["returnInAsset", "returnInDollars", "returnAgainstHolding", "dailyVolatility", "drawdown"],
  ...["utilization", "hedgeCostBps"],
] as const;
const QUANTILES = [0.05, 0.5, 0.95] as const;

/** Means and intervals over runs. */
export function summarize(runs: readonly RunResult[]): Summary {
  const of = (read: (run: RunResult) => number) => estimate(runs.map(read));
  const makers = Object.keys(runs[0]?.makers ?? {});
  const kinds = [...new Set(runs.flatMap((run) => Object.keys(run.kinds)))];
  return {
    runs: runs.length,
    makers: Object.fromEntries(
      makers.map((maker) => [maker, summarizeMaker(runs.map((run) => run.makers[maker] as MakerResult))]),
    ),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, summarizeKind(runs.flatMap((run) => run.kinds[kind] ?? []))])),
    badDebtProbability: probabilityOf(runs.filter(({ badDebt }) => badDebt > 0).length, runs.length),
    badDebt: of(({ badDebt }) => badDebt),
    insuranceUsed: of(({ insuranceUsed }) => insuranceUsed),
    liquidations: of(({ liquidations }) => liquidations),
    deleveragings: of(({ deleveragings }) => deleveragings),
    redemptionHours: of(({ redemptionHours }) => redemptionHours.mean),
    takerCostBps: of(({ kinds }) => costOf(Object.values(kinds))),
  };
}

function summarizeMaker(results: readonly MakerResult[]): MakerSummary {
  const figures = FIGURES.map((figure) => [figure, estimate(results.map((result) => result[figure as "drawdown"]))]);
  const causes = Object.keys(results[0]?.attribution ?? {}) as (keyof MakerResult["attribution"])[];
  const quantiles = (figure: "returnInAsset" | "drawdown") =>
    QUANTILES.map((part) =>
      quantile(
        results.map((result) => result[figure]),
        part,
      ),
    );
  return {
    ...Object.fromEntries(figures),
    returnQuantiles: quantiles("returnInAsset"),
    drawdownQuantiles: quantiles("drawdown"),
    attribution: Object.fromEntries(
      causes.map((cause) => [cause, estimate(results.map(({ attribution }) => attribution[cause]))]),
    ),
  } as MakerSummary;
}

function summarizeKind(results: readonly KindResult[]): KindSummary {
  const horizons = Object.keys(results[0]?.markoutBps ?? {});
  return {
    trades: estimate(results.map(({ trades }) => trades)),
    costBps: estimate(results.map(({ costBps }) => costBps)),
    markoutBps: Object.fromEntries(
      horizons.map((horizon) => [horizon, estimate(results.map(({ markoutBps }) => markoutBps[horizon] ?? 0))]),
    ),
  };
}

/** Cost of several kinds, basis points of their volume together. */
function costOf(kinds: readonly KindResult[]): number {
  const volume = kinds.reduce((sum, kind) => sum + kind.volume, 0);
  return volume === 0 ? 0 : kinds.reduce((sum, kind) => sum + kind.costBps * kind.volume, 0) / volume;
}
