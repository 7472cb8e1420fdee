// The book in memory against the SDK's, which is a slow reference: 100,000 random sequences.
import { type BookOrder, emptyBook, fillOrder, insertOrder, matchOrder, removeOrder } from "@counterpoise/sdk/relay";
import { type Address, type Hash, numberToHex, pad, zeroAddress } from "viem";
import { expect, test } from "vitest";
import { MatchingBook } from "../src/book.js";

const SEQUENCES = 100_000;
const STEPS = 10;
const time = 1_000n;

/** Mulberry32: equal for equal seeds. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const accounts = [1, 2, 3].map((each) => pad(numberToHex(each), { size: 20 }) as Address);
const hashes = Array.from({ length: STEPS + 1 }, (_, i) => pad(numberToHex(i), { size: 32 }) as Hash);

function orderOf(draw: (below: number) => number, sequence: number): BookOrder {
  const amount = BigInt(1 + draw(6));
  const order = {
    account: accounts[draw(3)] as Address,
    marketId: 1n,
    maker: zeroAddress,
    isBaseToQuote: draw(2) === 0,
    isReduceOnly: false,
    amount,
    minFill: draw(3) === 0 ? BigInt(1 + draw(Number(amount))) : 1n,
    price: BigInt(10 + draw(5)),
    trigger: 0,
    ...{ triggerPrice: 0n, marginXCD: 0n, maxRelayFeeXCD: 0n, takeProfitPrice: 0n, stopPrice: 0n, exitFeeXCD: 0n },
    validFrom: draw(12) === 0 ? time + 1n : 0n,
    expiresAt: draw(12) === 0 ? time - 1n : time,
    nonce: 0n,
    id: BigInt(sequence),
  };
  return { hash: hashes[sequence] as Hash, order, rest: amount, sequence: BigInt(sequence) };
}

const shown = (side: readonly BookOrder[]) => side.map(({ hash, rest }) => `${hash.slice(-2)}:${rest}`).join();

test(`default: equal to the SDK's book in ${SEQUENCES} random sequences`, () => {
  let [matched, removed] = [0, 0];
  for (let seed = 1; seed <= SEQUENCES; seed++) {
    const draw = random(seed);
    const book = new MatchingBook();
    let reference = emptyBook;
    for (let step = 1; step <= STEPS; step++) {
      if (draw(6) === 0) {
        const hash = hashes[1 + draw(step)] as Hash;
        if (book.remove(hash)) removed++;
        reference = removeOrder(reference, hash);
      } else {
        const entry = orderOf(draw, step);
        const expected = matchOrder(reference, entry, { time });
        for (const { maker, base } of expected) reference = fillOrder(reference, { hash: maker.hash, base });
        const actual = book.take(entry, { time });
        const text = (matches: typeof expected) =>
          matches.map(({ maker, base, price }) => `${maker.hash.slice(-2)} ${base} ${price}`).join();
        if (text(actual) !== text(expected)) throw new Error(`Seed ${seed}: ${text(actual)}, not ${text(expected)}`);
        matched += actual.length;
        const rest = entry.rest - actual.reduce((sum, { base }) => sum + base, 0n);
        if (rest > 0n && rest >= entry.order.minFill) {
          book.insert({ ...entry, rest });
          reference = insertOrder(reference, { ...entry, rest });
        }
      }
    }
    if (shown(book.bids) !== shown(reference.bids) || shown(book.asks) !== shown(reference.asks)) {
      throw new Error(`Seed ${seed}: ${shown(book.bids)} / ${shown(book.asks)}`);
    }
  }
  // The sequences reach what they are for.
  expect(matched).toBeGreaterThan(SEQUENCES);
  expect(removed).toBeGreaterThan(SEQUENCES / 10);
}, 120_000);

test("behavior: no match beyond a bound, beyond a number, or with an order that is passed over", () => {
  const draw = random(7);
  const entry = (sequence: number, isBaseToQuote: boolean, price: bigint, account: number): BookOrder => {
    const each = orderOf(draw, sequence);
    const terms = { isBaseToQuote, price, amount: 5n, minFill: 1n, validFrom: 0n, expiresAt: time };
    return { ...each, rest: 5n, order: { ...each.order, ...terms, account: accounts[account] as Address } };
  };
  const filled = () => {
    const book = new MatchingBook();
    for (const each of [entry(1, true, 12n, 0), entry(2, true, 10n, 0), entry(3, true, 11n, 0)]) book.insert(each);
    return book;
  };
  const taker = { ...entry(4, false, 12n, 1), rest: 20n };
  const prices = (options: Omit<Parameters<MatchingBook["take"]>[1], "time">) =>
    filled()
      .take(taker, { time, ...options })
      .map(({ price }) => price);
  expect(prices({})).toEqual([10n, 11n, 12n]);
  expect(prices({ bound: 11n })).toEqual([10n, 11n]);
  expect(prices({ most: 1 })).toEqual([10n]);
  expect(prices({ skips: ({ hash }) => hash === hashes[2] })).toEqual([11n, 12n]);
  const book = filled();
  book.take({ ...taker, rest: 7n }, { time });
  expect(shown(book.asks)).toBe("03:3,01:5");
  expect([book.size, book.get(hashes[2] as Hash)]).toEqual([2, undefined]);
});
