import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PopulationError } from "@counterpoise/agents";
import { MAKERS } from "../engine/exchange.js";
import { htmlReport } from "../report/html.js";
import { type Summary, summarize } from "../results/summary.js";
import { checkDesign, type Design, DesignError, readDesign } from "../sweep/design.js";
import { type CellResult, RunFailedError, runSweep } from "../sweep/run-sweep.js";
import { CandleFileError, readCandles } from "../world/candles.js";
import { parseScenario, ScenarioError } from "../world/scenario.js";
import { type Options, parseSimulateArgs, USAGE, UsageError } from "./args.js";
import { bench } from "./bench.js";
import { createProgress } from "./progress.js";

const KNOWN_ERRORS = [ScenarioError, PopulationError, DesignError, CandleFileError, RunFailedError];

try {
  const options = parseSimulateArgs(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options) await start(options);
  else process.stdout.write(USAGE);
} catch (error) {
  if (error instanceof UsageError) process.exitCode = 2;
  else if (KNOWN_ERRORS.some((known) => error instanceof known)) process.exitCode = 1;
  else throw error;
  console.error((error as Error).message);
}

async function start(options: Options): Promise<void> {
  switch (options.command) {
    case "run":
      return sweep(await designOf(options), options);
    case "sweep":
      return sweep(readDesign(options.design as string), options);
    case "bench":
      return bench();
    case "conformance": {
      const { conformance } = await import("../../conformance/main.js");
      return conformance(options);
    }
  }
}

/** The design of one scenario. */
async function designOf({ scenario: file, prices, seed, seeds }: Options): Promise<Design> {
  if (prices !== undefined) await readCandles(prices);
  const scenario = file === undefined ? {} : parseJson(file);
  parseScenario(scenario);
  return checkDesign({
    scenario: scenario as Record<string, unknown>,
    seeds: { from: seed, count: seeds },
    ...(prices && { prices }),
  });
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ScenarioError(file, `cannot be read: ${(error as Error).message}`);
  }
}

async function sweep(design: Design, { out: folder, threads }: Options): Promise<void> {
  const cells = await runSweep({ design, folder, threads, onProgress: createProgress("runs") });
  const summaries = cells.map(({ cell, runs }) => ({ cell, summary: summarize(runs) }));
  writeFileSync(path.join(folder, "results.json"), `${JSON.stringify(summaries, null, 2)}\n`);
  writeFileSync(path.join(folder, "report.html"), htmlReport(design, cells));
  for (const each of summaries) print(each);
  console.log(
    `\nScripted agents, no forecast. ${path.join(folder, "report.html")}, ${path.join(folder, "results.json")}`,
  );
}

function print({ cell, summary }: { cell: CellResult["cell"]; summary: Summary }): void {
  const name = Object.entries(cell).map(([field, value]) => `${field} ${value}`);
  console.log(`\n${name.join(", ") || "scenario"}: ${summary.runs} runs`);
  const percent = (ratio: number) => `${(ratio * 100).toFixed(3)}%`.padStart(9);
  for (const maker of Object.values(MAKERS)) {
    const { returnInAsset, returnInDollars, drawdown } = summary.makers[maker] as Summary["makers"][string];
    const { mean, low, high } = returnInAsset;
    const range = `${percent(mean)} (${percent(low)} to ${percent(high)})`;
    console.log(
      `  ${maker.padEnd(20)}${range} in the asset,${percent(returnInDollars.mean)} in dollars, drawdown${percent(drawdown.mean)}`,
    );
  }
  const { events, runs, low, high } = summary.badDebtProbability;
  console.log(
    `  bad debt in ${events} of ${runs} runs:${percent(low)} to${percent(high)}, mean ${summary.badDebt.mean.toFixed(0)} dollars`,
  );
}
