import { describe, expect, test } from "vitest";
import { deployment, signedOrderWith, taker } from "../../test/fixtures.js";
import {
  type BookOrder,
  doOrdersCross,
  emptyBook,
  fillOrder,
  InvalidSignedOrderError,
  insertOrder,
  MAX_SIGNATURE_BYTES,
  matchOrder,
  parseSubmission,
  parseSubmissions,
  removeOrder,
  serializeSubmission,
} from "./index.js";

const other = deployment.base;
const submission = { order: signedOrderWith(), signature: "0x1234" } as const;
const text = () => JSON.parse(JSON.stringify(serializeSubmission(submission)));

describe("serializeSubmission and parseSubmission", () => {
  test("default: the same order", () => {
    expect(parseSubmission(text())).toEqual(submission);
  });

  test.each([
    ["amount", "1.5", "a whole number as decimal text"],
    ["amount", 5, "a whole number as decimal text"],
    ["amount", "-1", "a whole number as decimal text"],
    ["amount", "01", "a whole number as decimal text"],
    ["price", (2n ** 256n).toString(), "at most 2^256 - 1"],
    ["account", "0x12", "an address"],
    ["isReduceOnly", 1, "true or false"],
    ["trigger", 3, "0, 1 or 2"],
    ["nonce", undefined, "a whole number as decimal text"],
  ] as const)("error: %s %s", (field, value, accepted) => {
    const json = text();
    json.order[field] = value;
    const [result] = parseSubmissions([json]);
    expect(result?.error).toBeInstanceOf(InvalidSignedOrderError);
    expect(result?.error).toMatchObject({ field: `order.${field}`, value, accepted });
  });

  test("error: no object, no order, no signature or one that is too long", () => {
    for (const json of [undefined, null, 7, "{}", [], {}]) expect(() => parseSubmission(json)).toThrow("Invalid order");
    for (const signature of [undefined, "0x1", "1234", `0x${"00".repeat(MAX_SIGNATURE_BYTES + 1)}`]) {
      expect(() => parseSubmission({ ...text(), signature })).toThrow("Invalid signature");
    }
  });

  test("behavior: one invalid order of a batch does not affect the others", () => {
    const results = parseSubmissions([text(), {}, text()]);
    expect(results.map(({ error }) => error?.field)).toEqual([undefined, "order", undefined]);
    expect(() => parseSubmissions({})).toThrow("a list");
  });
});

describe("the book", () => {
  let sequence = 0n;
  const entry = (isBaseToQuote: boolean, price: bigint, more: Record<string, unknown> = {}): BookOrder => {
    sequence += 1n;
    const order = signedOrderWith({ account: other, isBaseToQuote, price, minFill: 1n, ...more });
    return { hash: `0x${sequence.toString(16).padStart(64, "0")}`, order, rest: order.amount, sequence };
  };
  const taking = (isBaseToQuote: boolean, price: bigint, amount = 5n, minFill = 1n) => {
    const order = signedOrderWith({ isBaseToQuote, price, amount, minFill });
    return { order, rest: order.amount };
  };
  const time = 1_700_000_000n;

  test("default: the best price first, then the oldest", () => {
    const [a, b, c, d] = [entry(true, 12n), entry(true, 10n), entry(true, 12n), entry(true, 11n)];
    const book = [c, d, a, b].reduce(insertOrder, emptyBook);
    expect(book.asks).toEqual([b, d, a, c]);
    const bids = [entry(false, 5n), entry(false, 7n), entry(false, 5n)];
    expect(bids.reduce(insertOrder, book).bids.map(({ order }) => order.price)).toEqual([7n, 5n, 5n]);
    expect(emptyBook).toEqual({ bids: [], asks: [] });
  });

  test("behavior: replaces, removes and fills", () => {
    const ask = entry(true, 10n, { amount: 5n, minFill: 2n });
    const book = insertOrder(insertOrder(emptyBook, ask), { ...ask, rest: 4n });
    expect(book.asks.map(({ rest }) => rest)).toEqual([4n]);
    expect(fillOrder(book, { hash: ask.hash, base: 2n }).asks.map(({ rest }) => rest)).toEqual([2n]);
    expect(fillOrder(book, { hash: ask.hash, base: 3n }).asks).toEqual([]);
    expect(removeOrder(book, ask.hash).asks).toEqual([]);
    expect(book.asks).toHaveLength(1);
  });

  test("default: crossing at equal prices", () => {
    const [buy, sell] = [taking(false, 10n).order, taking(true, 10n).order];
    expect([doOrdersCross(buy, sell), doOrdersCross(sell, buy)]).toEqual([true, true]);
    expect(doOrdersCross(buy, taking(true, 11n).order)).toBe(false);
    expect(doOrdersCross(buy, buy)).toBe(false);
  });

  test("default: matches at the makers' prices", () => {
    const book = [entry(true, 12n), entry(true, 10n, { amount: 3n }), entry(true, 13n)].reduce(insertOrder, emptyBook);
    expect(matchOrder(book, taking(false, 12n), { time }).map(({ price, base }) => [price, base])).toEqual([
      [10n, 3n],
      [12n, 2n],
    ]);
    expect(matchOrder(book, taking(false, 9n), { time })).toEqual([]);
  });

  test("behavior: skips orders of the account, those that are not valid, and fills below a minimum", () => {
    const book = [
      entry(true, 9n, { account: taker }),
      entry(true, 9n, { expiresAt: time - 1n }),
      entry(true, 9n, { validFrom: time + 1n }),
      entry(true, 9n, { amount: 8n, minFill: 6n }),
      entry(true, 10n, { amount: 1n }),
      entry(true, 11n, { amount: 4n }),
    ].reduce(insertOrder, emptyBook);
    expect(matchOrder(book, taking(false, 12n, 5n, 2n), { time }).map(({ price, base }) => [price, base])).toEqual([
      [11n, 4n],
    ]);
  });
});
