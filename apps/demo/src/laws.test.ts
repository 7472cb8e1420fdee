import type { Position } from "@counterpoise/sdk";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { accountValue, LawBook, type LedgerSnapshot, notional } from "./laws.js";

const WAD = 10n ** 18n;
const maker: Address = "0x0000000000000000000000000000000000000001";
const taker: Address = "0x0000000000000000000000000000000000000002";
const other: Address = "0x0000000000000000000000000000000000000004";

const position = (size: bigint, openNotional: bigint, margin: bigint): Position => ({ size, openNotional, margin });

/** A taker short one base at 2000 with 500 of margin, against a hedged maker that sold the base it had. */
const ledger = (change: Partial<LedgerSnapshot> = {}): LedgerSnapshot => ({
  positions: new Map([
    [maker, position(WAD, -2_000n * WAD, 2_000n * WAD)],
    [taker, position(-WAD, 2_000n * WAD, 500n * WAD)],
  ]),
  marketBalance: 2_500n * WAD,
  pendingFees: 0n,
  settledFees: 0n,
  insurance: 0n,
  badDebt: 0n,
  collateralUnit: 10n ** 12n,
  funds: 100n * WAD,
  vaultTokens: 2_600n * WAD,
  hedgeBalances: new Map([[maker, 9n * WAD]]),
  ...change,
});

/** More than enough. */
const vaultTokens = 10_000n * WAD;

const brokenBy = (change: Partial<LedgerSnapshot>, lpBase = 10n * WAD) => {
  const laws = new LawBook();
  laws.checkLedger(ledger(change), new Map([[maker, lpBase]]));
  return laws.broken.map(({ id }) => id);
};

describe("checkLedger", () => {
  test("default", () => {
    expect(brokenBy({})).toEqual([]);
  });

  test("behavior: each law is broken by one wei", () => {
    const skewed = new Map(ledger().positions).set(taker, position(-WAD + 1n, 2_000n * WAD, 500n * WAD));
    expect(brokenBy({ positions: skewed })).toEqual(["L1"]);
    expect(brokenBy({ marketBalance: 2_500n * WAD - 1n })).toEqual(["L2"]);
    expect(brokenBy({ vaultTokens: 2_600n * WAD - 1n })).toEqual(["L3"]);
    expect(brokenBy({ hedgeBalances: new Map([[maker, 9n * WAD - 1n]]) })).toEqual(["H1"]);
    expect(brokenBy({}, 10n * WAD + 1n)).toEqual(["H1"]);
    const indebted = new Map(ledger().positions).set(
      "0x0000000000000000000000000000000000000003",
      position(0n, 0n, -1n),
    );
    expect(brokenBy({ positions: indebted, marketBalance: 2_500n * WAD - 1n })).toEqual(["L5"]);
    expect(brokenBy({ pendingFees: -1n, marketBalance: 2_500n * WAD + 1n, vaultTokens })).toEqual(["L4"]);
  });

  test("behavior: each hedged maker counts by itself", () => {
    const hedgeBalances = new Map([
      [maker, 9n * WAD],
      [other, 1n],
    ]);
    expect(brokenBy({ hedgeBalances })).toEqual(["H1"]);
    const short = new Map(ledger().positions)
      .set(other, position(-WAD, 0n, 0n))
      .set(taker, position(0n, 0n, 500n * WAD));
    const held = new Map([
      [maker, 9n * WAD],
      [other, WAD],
    ]);
    const laws = new LawBook();
    laws.checkLedger(ledger({ positions: short, hedgeBalances: held }), new Map([[maker, 10n * WAD]]));
    expect(laws.drift(other)).toEqual({ max: 0n, last: 0n });
    laws.checkLedger(ledger({ positions: short, hedgeBalances }), new Map([[maker, 10n * WAD]]));
    expect(laws.drift(other)).toEqual({ max: WAD - 1n, last: 1n - WAD });
    expect(laws.drift(maker)).toEqual({ max: 0n, last: 0n });
  });

  test("behavior: fees, insurance and bad debt count", () => {
    const worth = 2_500n * WAD;
    expect(brokenBy({ insurance: 5n * WAD, marketBalance: worth + 5n * WAD, vaultTokens })).toEqual([]);
    expect(brokenBy({ badDebt: 5n * WAD, marketBalance: worth - 5n * WAD })).toEqual([]);
    expect(brokenBy({ insurance: 5n * WAD })).toEqual(["L2"]);
    expect(brokenBy({ pendingFees: 7n, marketBalance: worth - 7n })).toEqual([]);
    expect(brokenBy({ pendingFees: -5n, settledFees: 5n, marketBalance: worth + 5n, vaultTokens })).toEqual([]);
  });

  test("behavior: rounding may leave dust to nobody, less than a unit of the collateral", () => {
    const worth = 2_500n * WAD;
    expect(brokenBy({ marketBalance: worth + 10n ** 12n - 1n, vaultTokens })).toEqual([]);
    expect(brokenBy({ marketBalance: worth + 10n ** 12n, vaultTokens })).toEqual(["L2"]);
    expect(brokenBy({ pendingFees: 10n ** 12n, marketBalance: worth - 10n ** 12n })).toEqual(["L4"]);
  });

  test("behavior: tokens beyond what is owed are nobody's loss", () => {
    expect(brokenBy({ vaultTokens: 10_000n * WAD })).toEqual([]);
  });
});

describe("checkTrade", () => {
  const price = 2_000n * WAD;
  const flat = position(0n, 0n, 300n * WAD);
  const broken = (before: Position, after: Position) => {
    const laws = new LawBook();
    laws.checkTrade(before, after, price);
    return laws.broken.map(({ id }) => id);
  };

  test("behavior: an increase needs the initial requirement", () => {
    expect(broken(flat, position(WAD, -price, 200n * WAD))).toEqual([]);
    expect(broken(flat, position(WAD, -price, 200n * WAD - 1n))).toEqual(["L6"]);
  });

  test("behavior: a reduction needs maintenance, or a ratio that has not fallen", () => {
    const healthy = position(2n * WAD, -2n * price, 300n * WAD);
    expect(broken(healthy, position(WAD, -price, 125n * WAD))).toEqual([]);
    expect(broken(healthy, position(WAD, -price, 125n * WAD - 1n))).toEqual(["L6"]);
    const unhealthy = position(2n * WAD, -2n * price, 100n * WAD);
    expect(broken(unhealthy, position(WAD, -price, 50n * WAD))).toEqual([]);
    expect(broken(unhealthy, position(WAD, -price, 50n * WAD - 1n))).toEqual(["L6"]);
  });

  test("behavior: at size zero nothing may be owed", () => {
    expect(broken(position(WAD, -price, 0n), position(0n, 0n, 0n))).toEqual([]);
    expect(broken(position(WAD, -price, -1n), position(0n, 0n, -1n))).toEqual(["L6"]);
  });
});

test("accountValue rounds down, notional up", () => {
  expect(accountValue(position(-1n, 0n, 0n), 1n)).toBe(-1n);
  expect(accountValue(position(1n, 0n, 0n), 1n)).toBe(0n);
  expect(notional(position(1n, 0n, 0n), 1n)).toBe(1n);
});
