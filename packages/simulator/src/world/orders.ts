import { inventoryCurve } from "@counterpoise/sdk/math";
import type { AccountId } from "../engine/bookings.js";
import { MAKERS } from "../engine/exchange.js";
import type { OraclePrice } from "../engine/oracle.js";
import { Rejection } from "../engine/rejection.js";
import { type Trade, WHOLE_POSITION } from "../engine/trading.js";
import { numberOf, type World } from "./world.js";

/** An order of a taker, in base. */
export type Order = {
  taker: AccountId;
  /** The kind of agent, for results. */
  kind: string;
  isLong: boolean;
  /** WAD base; the whole position for a close without an amount. */
  amount: bigint;
  isReduceOnly: boolean;
  /** Called with the trade, or without it when the order has ended unfilled. */
  onEnd: (trade: Trade | undefined) => void;
};

type Pending = Order & { maker: AccountId; createdAt: number; priceAt: number; bound: bigint };

const NO_UPPER_BOUND = 2n ** 256n - 1n;
const WAD = 10n ** 18n;
const PPM = 1e6;

/** Orders wait for a price that no account knew at their creation, and a keeper executes them at that price, later. */
export class Orders {
  readonly #due = new Map<number, Pending[]>();
  readonly #keeper;

  constructor(readonly world: World) {
    this.#keeper = world.random("keeper");
  }

  /** Creates an order at the maker that fills it at the least cost. */
  create(order: Order): void {
    const { world } = this;
    const { orders } = world.scenario;
    const maker = this.#route(order);
    const price = world.market.lastPublished(world.second)?.price ?? WAD;
    const slippage = order.isLong ? 1 + orders.slippage : 1 - orders.slippage;
    const bound = (price * BigInt(Math.round(slippage * PPM))) / BigInt(PPM);
    this.#schedule({ ...order, maker, createdAt: world.second, priceAt: world.second + orders.delay, bound });
  }

  /** Executes the orders that are due in this second. */
  execute(): void {
    const due = this.#due.get(this.world.second);
    if (!due) return;
    this.#due.delete(this.world.second);
    for (const order of due) this.#fill(order);
  }

  #schedule(order: Pending): void {
    const [least = 1, most = 1] = this.world.scenario.orders.keeperDelay;
    const at = order.priceAt + Math.round(this.#keeper.between(least, most));
    const due = this.#due.get(at);
    if (due) due.push(order);
    else this.#due.set(at, [order]);
  }

  #fill(order: Pending): void {
    const { market, exchange, recorder, scenario } = this.world;
    const price = this.#priceOf(order);
    if (!price) {
      const isLate = order.priceAt - order.createdAt > scenario.orders.delay + scenario.orders.window;
      if (isLate || order.priceAt >= market.length) this.#end(order, "no price in the window");
      else this.#schedule({ ...order, priceAt: order.priceAt + 1 });
      return;
    }
    const { taker, maker, amount, isLong, isReduceOnly, bound } = order;
    const size = amount === WHOLE_POSITION ? this.#held(taker) : amount;
    const limit = (size * bound) / WAD;
    const oppositeBound = isReduceOnly ? (isLong ? NO_UPPER_BOUND : 0n) : limit;
    try {
      const terms = {
        taker,
        maker,
        isBaseToQuote: !isLong,
        isExactInput: !isLong,
        isReduceOnly,
        amount,
        oppositeBound,
      };
      const trade = exchange.oracle.carry(price, () => exchange.trade(terms));
      recorder.addTrade(order.kind, maker, trade, Number(price.publishTime) - market.path.start);
      order.onEnd(trade);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.#end(order, error.errorName);
    }
  }

  #end(order: Pending, reason: string): void {
    this.world.recorder.addUnfilled(reason);
    order.onEnd(undefined);
  }

  /** The first price at or after the order's time. */
  #priceOf({ priceAt }: Pending): OraclePrice | undefined {
    return this.world.market.publishedAt(priceAt);
  }

  #held(taker: AccountId): bigint {
    const size = this.world.sizeOf(taker);
    return size < 0n ? -size : size;
  }

  /** The maker with the best estimate of the price for the order: the OracleMaker, or the hedged maker on its side. */
  #route({ isLong, amount, taker }: Order): AccountId {
    const { exchange, market, second } = this.world;
    const { oracleMaker, baseVault, quoteVault, pool } = exchange;
    const size = numberOf(amount === WHOLE_POSITION ? this.#held(taker) : amount);
    const fair = market.at(second);
    const [hedged, held] = isLong ? hedgedSide(quoteVault, baseVault, size) : hedgedSide(baseVault, quoteVault, size);
    if (oracleMaker.capacity(isLong) < (amount === WHOLE_POSITION ? this.#held(taker) : amount)) return hedged.id;
    const inventory = exchange.ledger.positionOf(MAKERS.oracle).size;
    const { lpFee, maxSpread, maxAbsPosition } = exchange.parameters.oracleMaker;
    const state = { price: WAD, inventory, maxSpread, maxAbsPosition };
    const premium = Math.abs(numberOf(inventoryCurve.reservationPrice(state)) - 1);
    const isBuilding = isLong ? inventory <= 0n : inventory >= 0n;
    const width = numberOf(market.lastPublished(second)?.confidence ?? 0n) / fair;
    const oracleCost = lpFee / PPM + width + (isBuilding ? premium : 0);
    const spot = numberOf(pool.price) / fair - 1;
    const depth = numberOf(
      pool.state.liquidity === 0n ? 1n : (pool.state.liquidity * 2n ** 96n) / pool.state.sqrtPriceX96,
    );
    const impact = size / Math.max(1e-9, depth);
    const hedgedCost = (isLong ? spot : -spot) + impact + pool.state.fee / PPM + hedged.settings.spread / PPM;
    return held && hedgedCost < oracleCost ? hedged.id : MAKERS.oracle;
  }
}

type Hedged = World["exchange"]["baseVault"] | World["exchange"]["quoteVault"];

/** The hedged maker for an order: the one whose position the order reduces if it covers the order, else the one that grows. */
function hedgedSide(growing: Hedged, reducing: Hedged, size: number): [maker: Hedged, hasRoom: boolean] {
  const held = Math.abs(numberOf(reducing.ledger.positionOf(reducing.id).size));
  if (held >= size) return [reducing, true];
  return [growing, growing.holdings.assetBalance > 0n];
}
