import type { Position } from "@counterpoise/sdk";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { WAD } from "../units.js";
import { checkHedge, type HedgeSnapshot } from "./hedge.js";
import { checkLedger, type LedgerSnapshot } from "./ledger.js";
import { LawRecord } from "./record.js";
import { checkTrade } from "./trade.js";

const maker: Address = "0x0000000000000000000000000000000000000001";
const taker: Address = "0x0000000000000000000000000000000000000002";
const other: Address = "0x0000000000000000000000000000000000000004";

const position = (size: bigint, openNotional: bigint, margin: bigint): Position => ({ size, openNotional, margin });

/** A taker short one base at 2000 with 500 of margin, against a maker with 2000 of margin. */
const ledger = (change: Partial<LedgerSnapshot> = {}): LedgerSnapshot => ({
  positions: new Map([
    [maker, position(WAD, -2_000n * WAD, 2_000n * WAD)],
    [taker, position(-WAD, 2_000n * WAD, 500n * WAD)],
  ]),
  marketBalance: 2_500n * WAD,
  otherMarkets: 0n,
  pendingFees: 0n,
  settledFees: 0n,
  insurance: 0n,
  badDebt: 0n,
  collateralUnit: 10n ** 12n,
  funds: 100n * WAD,
  vaultTokens: 2_600n * WAD,
  ...change,
});

/** More tokens than the Vault owes. */
const vaultTokens = 10_000n * WAD;

const brokenBy = (change: Partial<LedgerSnapshot>) =>
  checkLedger(ledger(change))
    .filter(({ holds }) => !holds)
    .map(({ id }) => id);

describe("checkLedger", () => {
  test("default", () => {
    expect(brokenBy({})).toEqual([]);
  });

  test("behavior: each law is broken by one wei", () => {
    const skewed = new Map(ledger().positions).set(taker, position(-WAD + 1n, 2_000n * WAD, 500n * WAD));
    expect(brokenBy({ positions: skewed })).toEqual(["L1"]);
    expect(brokenBy({ marketBalance: 2_500n * WAD - 1n })).toEqual(["L2"]);
    expect(brokenBy({ vaultTokens: 2_600n * WAD - 1n })).toEqual(["L3"]);
    const indebted = new Map(ledger().positions).set(other, position(0n, 0n, -1n));
    expect(brokenBy({ positions: indebted, marketBalance: 2_500n * WAD - 1n })).toEqual(["L5"]);
    expect(brokenBy({ pendingFees: -1n, marketBalance: 2_500n * WAD + 1n, vaultTokens })).toEqual(["L4"]);
  });

  test("behavior: all markets share the tokens of the Vault", () => {
    const tokens = 2_600n * WAD;
    expect(brokenBy({ otherMarkets: 7n, vaultTokens: tokens + 7n })).toEqual([]);
    expect(brokenBy({ otherMarkets: 7n, vaultTokens: tokens + 6n })).toEqual(["L3"]);
  });

  test("behavior: fees, insurance and bad debt count", () => {
    const worth = 2_500n * WAD;
    expect(brokenBy({ insurance: 5n * WAD, marketBalance: worth + 5n * WAD, vaultTokens })).toEqual([]);
    expect(brokenBy({ badDebt: 5n * WAD, marketBalance: worth - 5n * WAD })).toEqual([]);
    expect(brokenBy({ insurance: 5n * WAD })).toEqual(["L2"]);
    expect(brokenBy({ pendingFees: 7n, marketBalance: worth - 7n })).toEqual([]);
    expect(brokenBy({ pendingFees: -5n, settledFees: 5n, marketBalance: worth + 5n, vaultTokens })).toEqual([]);
  });

  test("behavior: rounding dust is less than one unit of the collateral", () => {
    const worth = 2_500n * WAD;
    expect(brokenBy({ marketBalance: worth + 10n ** 12n - 1n, vaultTokens })).toEqual([]);
    expect(brokenBy({ marketBalance: worth + 10n ** 12n, vaultTokens })).toEqual(["L2"]);
    expect(brokenBy({ pendingFees: 10n ** 12n, marketBalance: worth - 10n ** 12n })).toEqual(["L4"]);
  });

  test("behavior: more tokens than the Vault owes break no law", () => {
    expect(brokenBy({ vaultTokens })).toEqual([]);
  });
});

describe("checkHedge", () => {
  const hedge = (change: Partial<HedgeSnapshot> = {}): HedgeSnapshot => ({
    vault: maker,
    held: 9n * WAD,
    gap: 0n,
    size: WAD,
    tokens: 9n * WAD,
    ...change,
  });

  test("default", () => {
    expect(checkHedge(hedge(), 10n * WAD)).toEqual({ id: "H1", figure: 0n, holds: true, vault: maker });
  });

  test("behavior: H1 is broken by one wei", () => {
    expect(checkHedge(hedge({ held: 9n * WAD - 1n }), 10n * WAD)).toMatchObject({ figure: -1n, holds: false });
    expect(checkHedge(hedge(), 10n * WAD + 1n)).toMatchObject({ figure: -1n, holds: false });
  });

  test("behavior: a gap on record counts as held", () => {
    expect(checkHedge(hedge({ held: 8n * WAD, gap: WAD }), 10n * WAD).holds).toBe(true);
  });
});

describe("checkTrade", () => {
  const price = 2_000n * WAD;
  const flat = position(0n, 0n, 300n * WAD);
  const ratios = { initialMarginRatio: 100_000, maintenanceMarginRatio: 62_500 };
  const holds = (before: Position, after: Position) => checkTrade({ before, after, price, ratios }).holds;

  test("behavior: an increase needs the initial requirement", () => {
    expect(holds(flat, position(WAD, -price, 200n * WAD))).toBe(true);
    expect(holds(flat, position(WAD, -price, 200n * WAD - 1n))).toBe(false);
  });

  test("behavior: a reduction needs maintenance, or a ratio that has not fallen", () => {
    const healthy = position(2n * WAD, -2n * price, 300n * WAD);
    expect(holds(healthy, position(WAD, -price, 125n * WAD))).toBe(true);
    expect(holds(healthy, position(WAD, -price, 125n * WAD - 1n))).toBe(false);
    const unhealthy = position(2n * WAD, -2n * price, 100n * WAD);
    expect(holds(unhealthy, position(WAD, -price, 50n * WAD))).toBe(true);
    expect(holds(unhealthy, position(WAD, -price, 50n * WAD - 1n))).toBe(false);
  });

  test("behavior: a close needs an account value of zero", () => {
    expect(holds(position(WAD, -price, 0n), position(0n, 0n, 0n))).toBe(true);
    expect(holds(position(WAD, -price, -1n), position(0n, 0n, -1n))).toBe(false);
  });
});

describe("LawRecord", () => {
  test("default", () => {
    const record = new LawRecord();
    record.add({ id: "L1", figure: 0n, holds: true }, { id: "L3", figure: 7n, holds: true });
    record.add({ id: "L1", figure: -2n, holds: false }, { id: "L3", figure: 5n, holds: true });
    record.add({ id: "L1", figure: 1n, holds: false });
    expect(record.figures.map(({ id }) => id)).toEqual(["L1", "L2", "L3", "L4", "L5", "L6", "H1"]);
    expect(record.figures[0]).toMatchObject({ worst: -2n, checks: 3, holds: false });
    expect(record.figures[2]).toMatchObject({ worst: 5n, checks: 2, holds: true });
    expect(record.broken.map(({ id }) => id)).toEqual(["L1"]);
  });

  test("behavior: the drift of each hedged vault", () => {
    const record = new LawRecord();
    const check = (vault: Address, figure: bigint) => ({ id: "H1" as const, figure, holds: figure === 0n, vault });
    record.add(check(maker, 0n), check(other, 1n - WAD), check(other, 3n));
    expect(record.drift(maker)).toEqual({ largest: 0n, last: 0n });
    expect(record.drift(other)).toEqual({ largest: WAD - 1n, last: 3n });
    expect(record.drift(taker)).toEqual({ largest: 0n, last: 0n });
    expect(record.broken.map(({ id }) => id)).toEqual(["H1"]);
  });
});
