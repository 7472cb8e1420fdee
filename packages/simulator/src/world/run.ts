import { createRandom } from "@counterpoise/agents";
import type { LawCheck } from "../engine/laws.js";
import { Rejection } from "../engine/rejection.js";
import { type RunResult, SAMPLE_EVERY, Sampler } from "../results/metrics.js";
import type { CandleSeries } from "./candles.js";
import { Liquidators } from "./liquidators.js";
import { Lps } from "./lps.js";
import { Orders } from "./orders.js";
import { generatePath, type PricePath, pathThroughCandles } from "./price-path.js";
import type { Scenario } from "./scenario.js";
import { Spot } from "./spot.js";
import { Takers } from "./takers.js";
import { World } from "./world.js";

const FUNDING_EVERY = 60;
const LAWS_EVERY = 900;

/** A law of the exchange does not hold in a run. */
export class LawError extends Error {
  override readonly name = "LawError";
  constructor(
    readonly check: LawCheck,
    readonly seed: number,
    readonly second: number,
  ) {
    super(`${check.id} does not hold in second ${second} of seed ${seed}: ${check.figure} wei`);
  }
}

/** The prices of a run: generated, or through the candles of a file. The same seed gives the same path for every scenario. */
export function pathOf(scenario: Scenario, seed: number, candles?: CandleSeries): PricePath {
  const random = createRandom(seed, "prices");
  return candles ? pathThroughCandles(candles, random) : generatePath(scenario.prices, random);
}

/**
 * Runs a scenario. The same arguments give the same result.
 *
 * @throws {LawError} when a law of the exchange does not hold.
 */
export function simulate(scenario: Scenario, { seed, path }: { seed: number; path: PricePath }): RunResult {
  const world = new World(scenario, path, seed);
  const orders = new Orders(world);
  const takers = new Takers(world, orders);
  const liquidators = new Liquidators(world, orders);
  const [lps, spot, sampler] = [new Lps(world), new Spot(world), new Sampler(world)];
  for (let second = 0; second < world.market.length; second++) {
    world.setSecond(second);
    if (second % FUNDING_EVERY === 0) world.measureFunding();
    if (second % SAMPLE_EVERY === 0) sampler.sample();
    if (second % LAWS_EVERY === 0) checkLaws(world);
    spot.act();
    orders.execute();
    liquidators.act();
    takers.decide();
    lps.act();
    if (second % scenario.keepers.rebalanceEvery === 0) keepHedges(world);
  }
  sampler.sample();
  checkLaws(world);
  return sampler.result(seed);
}

function checkLaws(world: World): void {
  const broken = world.laws.check(world.exchange).find(({ holds }) => !holds);
  if (broken) throw new LawError(broken, world.seed, world.second);
}

/** Keepers of the hedged makers: margin back to its target, gaps closed. Rejections mean that nothing is due. */
function keepHedges(world: World): void {
  const { quoteVault, baseVault } = world.exchange;
  const open = [baseVault, quoteVault].filter(({ holdings }) => holdings.gap !== 0n);
  const steps: (() => unknown)[] = [...open.map((maker) => () => maker.closeGap()), () => quoteVault.rebalance()];
  world.publish();
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
}
