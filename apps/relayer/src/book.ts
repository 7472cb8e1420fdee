// The resting orders of a market in memory, by price and then by time. `@counterpoise/sdk/relay` has the same rules as immutable
// values, which test/book.test.ts compares with.
import type { BookMatch, BookOrder } from "@counterpoise/sdk/relay";
import type { Address, Hash } from "viem";

/** A taker of the book: its terms, and the part of it that is not filled (WAD base). */
export type Taker = Pick<BookOrder, "order" | "rest">;

/** Conditions of a match besides the orders. */
export type TakeOptions = {
  /** Unix seconds: orders that are not valid then are passed over. */
  time: bigint;
  /** WAD: no match at a worse price than this, in addition to the taker's limit. */
  bound?: bigint | undefined;
  /** The most matches. Default: all. */
  most?: number | undefined;
  /** Orders that are passed over. */
  skips?: ((maker: BookOrder) => boolean) | undefined;
};

/** Whether `a` is filled before `b` on their side. */
function isBefore(a: BookOrder, b: BookOrder): boolean {
  if (a.order.price === b.order.price) return a.sequence < b.sequence;
  return a.order.isBaseToQuote ? a.order.price < b.order.price : a.order.price > b.order.price;
}

const isSame = (a: Address, b: Address): boolean => a === b || a.toLowerCase() === b.toLowerCase();

/** The index of the first order that `entry` precedes. */
function positionOf(side: readonly BookOrder[], entry: BookOrder): number {
  let [low, high] = [0, side.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(entry, side[middle] as BookOrder)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The resting orders of one market. */
export class MatchingBook {
  readonly #bids: BookOrder[] = [];
  readonly #asks: BookOrder[] = [];
  readonly #byHash = new Map<Hash, BookOrder>();

  /** Purchases, the best price first, and at one price the oldest first. */
  get bids(): readonly BookOrder[] {
    return this.#bids;
  }

  /** Sales, in the same sequence. */
  get asks(): readonly BookOrder[] {
    return this.#asks;
  }

  get size(): number {
    return this.#byHash.size;
  }

  get(hash: Hash): BookOrder | undefined {
    return this.#byHash.get(hash);
  }

  /** Puts an order in its place by price and time. An order of the same hash is replaced. */
  insert(entry: BookOrder): void {
    this.remove(entry.hash);
    const side = this.#sideOf(entry);
    side.splice(positionOf(side, entry), 0, entry);
    this.#byHash.set(entry.hash, entry);
  }

  /** Removes an order. Returns it, or undefined without one. */
  remove(hash: Hash): BookOrder | undefined {
    const entry = this.#byHash.get(hash);
    if (!entry) return undefined;
    const side = this.#sideOf(entry);
    side.splice(positionOf(side, entry) - 1, 1);
    this.#byHash.delete(hash);
    return entry;
  }

  /** Counts a fill. An order that is filled, or whose rest is below its minimum fill, leaves the book. */
  fill(hash: Hash, base: bigint): void {
    const entry = this.#byHash.get(hash);
    if (!entry) return;
    const rest = entry.rest - base;
    if (rest > 0n && rest >= entry.order.minFill) {
      const next = { ...entry, rest };
      const side = this.#sideOf(entry);
      side[positionOf(side, entry) - 1] = next;
      this.#byHash.set(hash, next);
    } else {
      this.remove(hash);
    }
  }

  /**
   * Matches an order with the book, the best price first and at one price the oldest first, and counts the fills of the makers.
   * Passes over orders that are not valid at the time, orders of the same account, and matches below a minimum fill. The rest of
   * the taker does not enter the book.
   */
  take({ order, rest }: Taker, { time, bound, most = Number.POSITIVE_INFINITY, skips }: TakeOptions): BookMatch[] {
    const matches: BookMatch[] = [];
    let left = rest;
    for (const maker of order.isBaseToQuote ? this.#bids : this.#asks) {
      const { price } = maker.order;
      const isInside = (limit: bigint) => (order.isBaseToQuote ? price >= limit : price <= limit);
      if (left === 0n || matches.length >= most || !isInside(order.price)) break;
      if (bound !== undefined && !isInside(bound)) break;
      if (time < maker.order.validFrom || time > maker.order.expiresAt) continue;
      const base = left < maker.rest ? left : maker.rest;
      if (base < maker.order.minFill || base < order.minFill) continue;
      if (isSame(maker.order.account, order.account) || skips?.(maker)) continue;
      matches.push({ maker, base, price });
      left -= base;
    }
    for (const { maker, base } of matches) this.fill(maker.hash, base);
    return matches;
  }

  #sideOf({ order }: BookOrder): BookOrder[] {
    return order.isBaseToQuote ? this.#asks : this.#bids;
  }
}
