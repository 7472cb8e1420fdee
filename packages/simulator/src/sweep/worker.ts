// Runs tasks of a sweep in a thread of its own.
import { parentPort, workerData } from "node:worker_threads";
import { type CandleSeries, parseCandles } from "../world/candles.js";
import { pathOf, simulate } from "../world/run.js";
import { type Cell, type Design, scenarioOf } from "./design.js";

/** A run of one cell with one seed. */
export type Task = { index: number; cell: Cell; seed: number };

const { design, prices } = workerData as { design: Design; prices: { text: string; name: string } | undefined };
const candles: CandleSeries | undefined = prices && parseCandles(prices.text, prices.name);

parentPort?.on("message", ({ index, cell, seed }: Task) => {
  try {
    const scenario = scenarioOf(design, cell);
    parentPort?.postMessage({ index, result: simulate(scenario, { seed, path: pathOf(scenario, seed, candles) }) });
  } catch (error) {
    parentPort?.postMessage({ index, error: (error as Error).message });
  }
});
