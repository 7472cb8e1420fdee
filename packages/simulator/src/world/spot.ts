import { type World, wadOf } from "./world.js";

const DEPTH_EVERY = 60;
const DAY = 86_400;

/** The spot market: an arbitrageur brings the pool to the price of some seconds ago, and its LPs withdraw in violent times. */
export class Spot {
  #depth = 1;

  constructor(readonly world: World) {}

  act(): void {
    const { second, market, exchange, scenario } = this.world;
    const { arbitrageDelay, arbitrageEvery } = scenario.spot;
    if (second % DEPTH_EVERY === 0) this.#withdraw();
    if (second % arbitrageEvery !== 0 || !market.isOpen(second)) return;
    const swap = exchange.pool.arbitrageTo(wadOf(market.at(second - arbitrageDelay)));
    if (swap) exchange.pool.swapTo(swap);
  }

  /** Depth falls with the excess of volatility: at `withdrawal` 0.5 with its square root. */
  #withdraw(): void {
    const { scenario, market, second, exchange } = this.world;
    const { depth, withdrawal, usualDailyVolatility } = scenario.spot;
    const ratio = usualDailyVolatility / Math.sqrt(DAY) / Math.max(1e-9, market.deviationAt(second));
    const target = Math.min(1, ratio) ** withdrawal;
    if (Math.abs(target / this.#depth - 1) < 0.05) return;
    this.#depth = target;
    exchange.pool.setDepth(wadOf((depth * target) / market.at(second)));
  }
}
