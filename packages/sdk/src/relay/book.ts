// A book of signed orders as an immutable value: each operation returns another book.
import type { Hash } from "viem";
import type { SignedOrder } from "../entities/signed-order.js";
import type { Wad } from "../units.js";

/** An order in a book. */
export type BookOrder = {
  /** `hashSignedOrder`. */
  hash: Hash;
  order: SignedOrder;
  /** WAD base; the part that is not filled. */
  rest: Wad;
  /** The position in time: of two orders at one price, the one with the lower number is first. */
  sequence: bigint;
};

/** The orders of a market by side, each with the best price first, and at one price the oldest first. */
export type OrderBook = { readonly bids: readonly BookOrder[]; readonly asks: readonly BookOrder[] };

/** A book without orders. */
export const emptyBook: OrderBook = { bids: [], asks: [] };

/** Whether `a` is filled before `b` on their side. */
function isBefore(a: BookOrder, b: BookOrder): boolean {
  if (a.order.price !== b.order.price) {
    return a.order.isBaseToQuote ? a.order.price < b.order.price : a.order.price > b.order.price;
  }
  return a.sequence < b.sequence;
}

const sideOf = ({ order }: BookOrder): "bids" | "asks" => (order.isBaseToQuote ? "asks" : "bids");

/**
 * The book with an order in its place by price and time. An order of the same hash is replaced.
 *
 * @example
 * const book = insertOrder(emptyBook, { hash, order, rest: order.amount, sequence: 1n });
 */
export function insertOrder(book: OrderBook, entry: BookOrder): OrderBook {
  const without = removeOrder(book, entry.hash);
  const side = without[sideOf(entry)];
  const found = side.findIndex((each) => isBefore(entry, each));
  const at = found < 0 ? side.length : found;
  return { ...without, [sideOf(entry)]: [...side.slice(0, at), entry, ...side.slice(at)] };
}

/**
 * The book without an order.
 *
 * @example
 * const book = removeOrder(before, hash);
 */
export function removeOrder(book: OrderBook, hash: Hash): OrderBook {
  const others = (side: readonly BookOrder[]) => side.filter((each) => each.hash !== hash);
  return { bids: others(book.bids), asks: others(book.asks) };
}

/**
 * The book after a fill of an order. An order that is filled, or whose rest is below its minimum fill, leaves it.
 *
 * @example
 * const book = fillOrder(before, { hash, base: parseWad("0.5") });
 */
export function fillOrder(book: OrderBook, { hash, base }: { hash: Hash; base: Wad }): OrderBook {
  const after = (side: readonly BookOrder[]) =>
    side.flatMap((each) => {
      if (each.hash !== hash) return [each];
      const rest = each.rest - base;
      return rest > 0n && rest >= each.order.minFill ? [{ ...each, rest }] : [];
    });
  return { bids: after(book.bids), asks: after(book.asks) };
}

/**
 * Whether a buy and a sell cross: the buyer's highest price is at least the seller's lowest. False for two orders of one side.
 *
 * @example
 * doOrdersCross(bid, ask); // false
 */
export const doOrdersCross = (a: SignedOrder, b: SignedOrder): boolean => {
  if (a.isBaseToQuote === b.isBaseToQuote) return false;
  const [buy, sell] = a.isBaseToQuote ? [b, a] : [a, b];
  return buy.price >= sell.price;
};

/** A match of a taker with an order of the book, at the price of that order, as `matchSignedOrders` fills it. */
export type BookMatch = {
  maker: BookOrder;
  /** WAD base. */
  base: Wad;
  /** WAD quote per base: the maker's. */
  price: Wad;
};

/**
 * The matches of an order with the book, the best price first and at one price the oldest first. Skips orders that are not valid
 * at the time, orders of the same account, and matches below the minimum fill of either side.
 *
 * @example
 * for (const { maker, base } of matchOrder(book, taker, { time })) console.log(maker.hash, base);
 */
export function matchOrder(
  book: OrderBook,
  taker: Pick<BookOrder, "order" | "rest">,
  {
    time,
  }: {
    /** Unix seconds. */
    time: bigint;
  },
): BookMatch[] {
  const { order } = taker;
  const matches: BookMatch[] = [];
  let left = taker.rest;
  for (const maker of order.isBaseToQuote ? book.bids : book.asks) {
    if (left === 0n || !doOrdersCross(order, maker.order)) break;
    const isValid = maker.order.validFrom <= time && time <= maker.order.expiresAt;
    const base = left < maker.rest ? left : maker.rest;
    const isOwn = maker.order.account.toLowerCase() === order.account.toLowerCase();
    if (!isValid || isOwn || base < maker.order.minFill || base < order.minFill) continue;
    matches.push({ maker, base, price: maker.order.price });
    left -= base;
  }
  return matches;
}
