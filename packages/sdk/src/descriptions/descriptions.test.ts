import { type AbiParameter, ContractFunctionRevertedError, encodeErrorResult, toFunctionSelector } from "viem";
import { expect, describe as group, test } from "vitest";
import { deployment, taker } from "../../test/fixtures.js";
import * as abis from "../generated/abis.js";
import { errorsAbi, type Revert } from "../index.js";
import { admin } from "./admin.js";
import { external } from "./external.js";
import { describe } from "./index.js";
import { lps } from "./lps.js";
import { orders } from "./orders.js";
import { prices } from "./prices.js";
import { trading } from "./trading.js";

const solidity = [
  { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] },
  { type: "error", name: "Panic", inputs: [{ name: "reason", type: "uint256" }] },
] as const;

type Item = { name: string; inputs: readonly AbiParameter[] };

const all = [...errorsAbi, ...solidity].map((item) => ({
  item: item as Item,
  label: `${item.name} (${toFunctionSelector(item as never)})`,
}));

/** A value of a type that every unit can print. */
function sample({ type, ...rest }: AbiParameter): unknown {
  if (type === "tuple" && "components" in rest) {
    const components = rest.components as readonly AbiParameter[];
    return Object.fromEntries(components.map((component) => [component.name, sample(component)]));
  }
  const bits = type.match(/^u?int(\d+)$/)?.[1];
  if (bits) return Number(bits) <= 48 ? 3 : 3n;
  if (type === "address") return taker;
  if (type === "bool") return true;
  if (type === "string") return "reason";
  return `0x${"ab".repeat(Number(type.match(/^bytes(\d*)$/)?.[1] || 4))}`;
}

const revert = (errorName: string, named: Record<string, unknown>): Revert => ({
  errorName,
  args: Object.values(named),
  named,
});

const names = [admin, external, lps, orders, prices, trading].flatMap((table) => Object.keys(table));

test("default: no text is in two tables", () => {
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test("default: no error lacks a text (the missing names), and no text lacks its error", () => {
  const known = all.flatMap(({ item }) => [item.name, `${item.name}/${item.inputs.length}`]);
  expect(all.filter(({ item }) => !has(item)).map(({ label }) => label)).toEqual([]);
  expect(names.filter((name) => !known.includes(name) && !name.startsWith("Error/"))).toEqual([]);
});

test("default: the table of errors has every error of every ABI, without those of constructors", () => {
  const ofConstructors = ["InvalidShortString", "ModuleMismatch", "StringTooLong"];
  const selectors = new Set(all.map(({ label }) => label));
  const items = Object.values(abis).flat() as unknown as { type: string; name: string }[];
  const labels = items
    .filter(({ type, name }) => type === "error" && !ofConstructors.includes(name))
    .map((item) => `${item.name} (${toFunctionSelector(item as never)})`);
  expect(labels.length).toBeGreaterThan(100);
  expect(labels.filter((label) => !selectors.has(label))).toEqual([]);
});

const has = ({ name, inputs }: Item) => names.includes(name) || names.includes(`${name}/${inputs.length}`);

group("every error of every ABI has a text", () => {
  test.each(all)("default: $label", ({ item }) => {
    const named = Object.fromEntries(item.inputs.map((input) => [input.name, sample(input)]));
    const description = describe(revert(item.name, named), { deployment });
    expect(description).toBeDefined();
    const { title = "", cause = "", remedy = "" } = description ?? {};
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    for (const text of [cause, remedy]) {
      expect(text).toMatch(/^[A-Z0-9].*\.$/);
      // A placeholder without its argument, or one that was not replaced.
      expect(text).not.toMatch(/undefined|[{}]|NaN|\[object/);
    }
  });
});

group("units", () => {
  const E18 = 10n ** 18n;
  test.each([
    [
      "collateral",
      "InsufficientFund",
      { requested: 5_000_000n, available: 3_500_000n },
      "needs 5 USDC, and the account's fund has 3.5 USDC",
    ],
    [
      "base",
      "MakerCapacityExceeded",
      { requested: 2n * E18, available: E18 / 2n },
      "needs 2 WETH, and the maker has 0.5 WETH",
    ],
    ["quote, negative", "NoShortfall", { account: taker, size: 0n, margin: -5n * E18 }, "a margin of -5 USDC"],
    [
      "price and ppm",
      "PriceBandExceeded",
      { tradePrice: 2_100n * E18, oraclePrice: 2_000n * E18, priceBand: 25_000n },
      "2100 USDC per WETH. The oracle price is 2000 USDC per WETH, and the market accepts 2.5%",
    ],
    [
      "time",
      "NotYetExecutable",
      { timestamp: 1_700_000_000n, executableAt: 1_700_000_003n },
      "2023-11-14T22:13:20Z. The order can be executed from 2023-11-14T22:13:23Z on",
    ],
    [
      "never",
      "DeleverageFirst",
      { account: taker, insurance: 0n, debtAllowedAt: 2n ** 256n - 1n },
      "possible from never on",
    ],
    ["seconds", "PartsApart", { olderPublishTime: 1n, newerPublishTime: 9n, maxSkew: 5n }, "5 s is accepted"],
    ["wei", "KeeperFeeTooLow", { fee: E18 / 1000n, minFee: E18 / 500n }, "0.001 ETH, and the minimum is 0.002 ETH"],
    ["status", "MarketNotActive", { marketId: 1n, status: 2 }, "Market 1 is reduce-only"],
    ["rate", "CarryTooHigh", { rate: E18 / 360_000n, maxRate: E18 / 720_000n }, "0.999999% per hour"],
    [
      "rounded",
      "PositionBelowMinimum",
      { value: E18 / 3n, minValue: 10n * E18 },
      "0.333333 USDC, below the market's minimum of 10 USDC",
    ],
    [
      "exact where rounding misleads",
      "PositionBelowMinimum",
      { value: 10n * E18, minValue: 10n * E18 + 1n },
      "minimum of 10.000000000000000001 USDC",
    ],
    ["small", "NothingToReduce", { size: 1n, isBaseToQuote: true }, "0.000000000000000001 WETH"],
  ])("behavior: %s", (_, name, named, expected) => {
    expect(describe(revert(name, named), { deployment })?.cause).toContain(expected);
  });

  test("behavior: the asset and the native token of the context", () => {
    const error = revert("LpDepositCapExceeded", { amount: 10n ** 18n, room: 0n });
    expect(describe(error, { deployment, asset: "base" })?.cause).toContain("deposit is 1 WETH, and 0 WETH");
    expect(describe(error, { deployment })?.cause).toContain("1000000000000000000 (smallest unit)");
    const fee = revert("KeeperFeeTooLow", { fee: 0n, minFee: 10n ** 18n });
    expect(describe(fee, { deployment, nativeSymbol: "POL" })?.cause).toContain("1 POL");
  });
});

group("errors of the same name", () => {
  test("behavior: by the number of their arguments", () => {
    expect(describe(revert("StalePrice", {}), { deployment })?.cause).toContain("Pyth");
    expect(describe(revert("UnknownMaker", { maker: taker }), { deployment })?.cause).toBe(
      `${taker} is not a registered maker.`,
    );
  });

  test("behavior: reasons of Uniswap v3", () => {
    expect(describe(revert("Error", { message: "SPL" }), { deployment })?.title).toContain("beyond the limit");
    expect(describe(revert("Error", { message: "paused" }), { deployment })?.cause).toContain("paused");
  });
});

group("input", () => {
  const data = encodeErrorResult({ abi: errorsAbi, errorName: "InsufficientFund", args: [5n, 3n] });

  test("default: bytes, and errors of viem", () => {
    expect(describe(data, { deployment })?.revert.errorName).toBe("InsufficientFund");
    const error = new ContractFunctionRevertedError({ abi: errorsAbi, data, functionName: "withdraw" });
    expect(describe(error, { deployment })).toEqual(describe(data, { deployment }));
  });

  test.each([new Error("no answer"), "0xdeadbeef", "0x", undefined, {}])("behavior: undefined for %s", (error) => {
    expect(describe(error, { deployment })).toBeUndefined();
  });
});
