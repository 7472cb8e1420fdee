import { describe, expect, test } from "vitest";
import {
  applyLpEvent,
  attributionOf,
  drawdownOf,
  type LpEvent,
  lpResult,
  markouts,
  newLpLedger,
  priceLookup,
} from "./index.js";

const WAD = 10n ** 18n;
const dollars = (amount: number) => BigInt(Math.round(amount * 1_000)) * 10n ** 15n;
const none = { pendingFunding: 0n, pendingBorrowing: 0n };

describe("attribution", () => {
  const applied = (events: LpEvent[], ledger = newLpLedger()) => {
    for (const event of events) applyLpEvent(ledger, event);
    return ledger;
  };

  test("default: an OracleMaker's fills, by fee, spread, inventory and fees", () => {
    const ledger = applied([
      { type: "flow", base: 0n, quote: dollars(1_000) },
      // It sells one base at 2,010, of which 2 are its fee, at an oracle price of 2,000.
      { type: "fill", base: -WAD, quote: dollars(2_010), price: dollars(2_000), cause: "trade", lpFee: dollars(2) },
      { type: "fill", base: WAD, quote: -dollars(2_095), price: dollars(2_100), cause: "trade", lpFee: dollars(1) },
      { type: "carry", funding: -dollars(3), borrowing: dollars(4) },
      { type: "payment", cause: "liquidation", quote: dollars(6) },
    ]);
    expect(attributionOf(ledger, { price: dollars(1), ...none })).toEqual({
      ...{
        lpFee: dollars(3),
        spread: dollars(12),
        inventory: -dollars(100),
        funding: dollars(3),
        borrowing: -dollars(4),
      },
      ...{ hedgeCost: 0n, liquidation: dollars(6), uncollectable: 0n, keepers: 0n, donated: 0n, keptFees: 0n },
      ...{ total: -dollars(80), valueChange: -dollars(80) },
    });
    expect(ledger).toMatchObject({ size: 0n, fills: 2, lpQuote: dollars(1_000), quote: dollars(920) });
  });

  test("default: a hedged vault of base: the price of its LPs' base is no result", () => {
    const ledger = applied([
      { type: "flow", base: 10n * WAD, quote: 0n },
      { type: "fill", base: -WAD, quote: dollars(2_010), price: dollars(2_000), cause: "trade", lpFee: dollars(1) },
      { type: "hedge", base: WAD, quote: -dollars(2_008), price: dollars(2_000) },
      { type: "keptFee", base: WAD / 10n, quote: dollars(1) },
      { type: "payment", cause: "keepers", quote: -dollars(1) },
      { type: "shortage", base: 5n },
    ]);
    const result = attributionOf(ledger, { price: dollars(3_000), ...none });
    expect(result).toMatchObject({ lpFee: dollars(1), spread: dollars(9), hedgeCost: -dollars(8), inventory: 0n });
    expect(result).toMatchObject({ keepers: -dollars(1), keptFees: dollars(301), total: dollars(1) });
    expect(ledger).toMatchObject({ base: 11n * WAD, lpBase: 10n * WAD, shortage: 5n });
  });

  test("behavior: causes of forced fills", () => {
    const fill = (cause: "liquidation" | "deleveraging" | "hedge", quote: number): LpEvent => ({
      ...{ type: "fill", base: -WAD, quote: dollars(quote), price: dollars(100), cause },
    });
    const ledger = applied([fill("liquidation", 97), fill("deleveraging", 95), fill("hedge", 99)]);
    expect(ledger.parts).toMatchObject({
      liquidation: -dollars(3),
      uncollectable: -dollars(5),
      hedgeCost: -dollars(1),
    });
    expect(ledger.fills).toBe(1);
  });

  test("behavior: from a state, with the fees that were pending then", () => {
    const start = { size: WAD, quote: -dollars(1_900), base: 0n, price: dollars(2_000) };
    const ledger = newLpLedger({ ...start, pendingFunding: dollars(5), pendingBorrowing: dollars(1) });
    const end = { price: dollars(2_050), pendingFunding: dollars(7), pendingBorrowing: dollars(1) };
    expect(attributionOf(ledger, end)).toMatchObject({
      ...{ inventory: dollars(50), funding: -dollars(2), borrowing: 0n, total: dollars(48), valueChange: dollars(48) },
    });
  });

  test("behavior: the sum is the change of the value to the wei, for any amounts", () => {
    let seed = 42n;
    const random = (bits: bigint) => {
      seed = (seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
      return (seed * 2n ** 70n) % 2n ** bits;
    };
    const signed = () => random(80n) - 2n ** 79n;
    const causes = ["trade", "liquidation", "deleveraging", "hedge"] as const;
    const payments = ["liquidation", "keepers", "donated"] as const;
    for (let run = 0; run < 200; run++) {
      const ledger = newLpLedger({
        ...{ size: signed(), quote: signed(), base: random(80n), price: random(75n) + 1n },
        ...{ pendingFunding: signed(), pendingBorrowing: random(60n) },
      });
      for (let i = 0; i < 30; i++) {
        const [base, quote, price] = [signed(), signed(), random(75n) + 1n];
        const events: LpEvent[] = [
          { type: "fill", base, quote, price, cause: causes[i % 4] as "trade", lpFee: random(60n) },
          { type: "hedge", base, quote, price },
          { type: "carry", funding: signed(), borrowing: random(70n) },
          { type: "payment", cause: payments[i % 3] as "keepers", quote, base },
          { type: "flow", base, quote },
        ];
        applyLpEvent(ledger, events[Number(random(40n) % 5n)] as LpEvent);
        const end = { price: random(75n) + 1n, pendingFunding: signed(), pendingBorrowing: random(60n) };
        const { total, valueChange } = attributionOf(ledger, end);
        expect(total).toBe(valueChange);
      }
    }
  });
});

const sample = (price: number, sharePrice: number) => ({ price: dollars(price), sharePrice: dollars(sharePrice) });

describe("lpResult", () => {
  test("default: an LP of quote does not depend on the price", () => {
    const samples = [sample(100, 1), sample(50, 1.2), sample(50, 0.9), sample(200, 1.1)];
    expect(lpResult(samples, dollars(1_000), false)).toEqual({
      ...{ deposited: dollars(1_000), value: dollars(1_100), held: dollars(1_000), againstHolding: dollars(100) },
      ...{ drawdown: WAD / 4n, assetDrawdown: WAD / 4n },
    });
  });

  test("behavior: an LP of base is compared with holding base", () => {
    expect(lpResult([sample(100, 1), sample(50, 1.1)], dollars(1_000), true)).toEqual({
      ...{ deposited: dollars(1_000), value: dollars(550), held: dollars(500), againstHolding: dollars(50) },
      ...{ drawdown: (45n * WAD) / 100n, assetDrawdown: 0n },
    });
  });

  test("behavior: shares begin at any price", () => {
    expect(lpResult([sample(1, 0.5), sample(1, 1)], dollars(10), false).value).toBe(dollars(20));
  });

  test("error: no samples, and a first one without a value", () => {
    expect(() => lpResult([], WAD, false)).toThrow(expect.objectContaining({ field: "samples" }));
    expect(() => lpResult([sample(0, 1)], WAD, true)).toThrow(expect.objectContaining({ field: "price", value: 0n }));
    expect(() => lpResult([sample(1, 0)], WAD, true)).toThrow(expect.objectContaining({ field: "sharePrice" }));
  });
});

test("default: drawdownOf", () => {
  expect(drawdownOf([])).toBe(0n);
  expect(drawdownOf([1n, 2n, 3n])).toBe(0n);
  expect(drawdownOf([4n, 3n, 8n, 4n, 9n])).toBe(WAD / 2n);
  expect(drawdownOf([0n, 0n, 5n, 0n])).toBe(WAD);
});

describe("markouts", () => {
  const fills = [
    // A maker sells one at 2,001 and buys two at 1,998.
    { time: 0n, base: -WAD, quote: dollars(2_001) },
    { time: 100n, base: 2n * WAD, quote: -dollars(3_996) },
  ];
  const priceAt = priceLookup([
    ...[0n, 60n, 160n].map((time, i) => ({ time, price: dollars([2_000, 2_010, 1_990][i] as number) })),
    { time: 200n, price: dollars(1_990) },
  ]);

  test("default: after 5 seconds, a minute and ten minutes; unknown prices are no zeros", () => {
    expect(markouts(fills, priceAt)).toEqual([
      { horizon: 5n, known: 2, unknown: 0, volume: dollars(6_020), gain: dollars(25), ratio: (25n * WAD) / 6_020n },
      {
        horizon: 60n,
        known: 2,
        unknown: 0,
        volume: dollars(5_990),
        gain: -dollars(25),
        ratio: (-25n * WAD) / 5_990n - 1n,
      },
      { horizon: 600n, known: 0, unknown: 2, volume: 0n, gain: 0n, ratio: undefined },
    ]);
  });

  test("behavior: a price that is too old is unknown", () => {
    const prices = [0n, 100n].map((time) => ({ time, price: time + 1n }));
    const lookup = priceLookup(prices, 30n);
    expect([-1n, 0n, 30n, 31n, 100n, 101n].map(lookup)).toEqual([undefined, 1n, 1n, undefined, 101n, undefined]);
    expect(priceLookup([])(0n)).toBeUndefined();
  });

  test("error: horizons that are not above zero, prices out of order", () => {
    expect(() => markouts(fills, priceAt, [0n])).toThrow(expect.objectContaining({ field: "horizon", value: 0n }));
    const prices = [2n, 1n].map((time) => ({ time, price: 1n }));
    expect(() => priceLookup(prices)).toThrow(expect.objectContaining({ field: "prices", value: 1n }));
  });
});
