import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Revert } from "../reverts.js";
import { endsAtOraclePrice, endsForAnyMaker, endsOrder } from "./order-failures.js";

const source = readFileSync(new URL("../../../contracts/src/gateways/OrderFailures.sol", import.meta.url), "utf8");

/** The errors in the body of one of the library's functions. */
const errorsIn = (name: string): string[] => {
  const body = source.split(`function ${name}(`)[1]?.split("\n    }")[0] ?? "";
  return [...body.matchAll(/(\w+)\.selector/g)].map(([, error]) => error as string);
};

describe("the lists of OrderFailures.sol", () => {
  test("errors that end an order against any maker", () => {
    expect([...endsForAnyMaker].sort()).toEqual(errorsIn("_isAuthority").sort());
  });

  test("errors that end an order at the oracle's price", () => {
    const rejections = ["_isOwnTerms", "_isMarginError", "_isMissedPrice", "_isMarketRejection"];
    const groups = [...rejections, "_isMakersMargin", "_isCapacityError", "isArithmeticError"];
    const errors = groups.flatMap(errorsIn);
    expect([...endsAtOraclePrice].sort()).toEqual([...errors, "Panic"].sort());
  });

  test("the order of the cases", () => {
    const revert = (errorName: string): Revert => ({ errorName, args: [], named: {} });
    const oracle = { isSpotHedged: false, isExactBase: false };
    const hedged = { isSpotHedged: true, isExactBase: true };
    expect(endsOrder(revert("NotAuthorized"), hedged)).toBe(true);
    expect(endsOrder(revert("SlippageExceeded"), oracle)).toBe(true);
    expect(endsOrder(revert("SlippageExceeded"), hedged)).toBe(false);
    expect(endsOrder(revert("FinerThanBaseToken"), hedged)).toBe(true);
    expect(endsOrder(revert("FinerThanBaseToken"), { ...hedged, isExactBase: false })).toBe(false);
    expect(endsOrder(revert("Locked"), oracle)).toBe(false);
    expect(endsOrder(undefined, oracle)).toBe(false);
  });
});
