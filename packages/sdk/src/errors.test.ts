import {
  type Abi,
  type AbiParameter,
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  type Hex,
  toFunctionSelector,
} from "viem";
import { describe, expect, test } from "vitest";
import { taker } from "../test/fixtures.js";
import * as abis from "./generated/abis.js";
import {
  decodeRevert,
  EventNotFoundError,
  errorsAbi,
  formatRevert,
  getRevert,
  isRevert,
  QuoteFailedError,
  TransactionRevertedError,
} from "./index.js";

type AbiError = Extract<Abi[number], { type: "error" }>;

const errorsOf = (abi: Abi) => abi.filter((item): item is AbiError => item.type === "error");

const allErrors = Object.entries(abis).flatMap(([abiName, abi]) =>
  errorsOf(abi as Abi).map((error) => ({ abiName, error, label: `${abiName}: ${error.name}` })),
);

/** Some value of a type, as viem decodes it. */
function sample(parameter: AbiParameter): unknown {
  const { type } = parameter;
  if (type === "tuple") {
    const components: readonly AbiParameter[] = "components" in parameter ? parameter.components : [];
    return Object.fromEntries(components.map((component) => [component.name, sample(component)]));
  }
  const bits = type.match(/^u?int(\d+)$/)?.[1];
  if (bits) return Number(bits) <= 48 ? 3 : 3n;
  if (type === "address") return taker;
  if (type === "bool") return true;
  if (type === "string") return "reason";
  const bytes = type.match(/^bytes(\d*)$/)?.[1];
  if (bytes !== undefined) return `0x${"ab".repeat(Number(bytes || 4))}`;
  throw new Error(`No sample of type ${type}`);
}

const slippage = (): Hex =>
  encodeErrorResult({ abi: abis.clearingHouseAbi, errorName: "SlippageExceeded", args: [1990n, 2000n] });

/** The error that a viem action throws when a contract reverts with `data`. */
const reverted = (data: Hex, abi: Abi = []) =>
  new ContractFunctionExecutionError(new ContractFunctionRevertedError({ abi, data, functionName: "trade" }), {
    abi,
    functionName: "trade",
  });

describe("errorsAbi", () => {
  test("default", () => {
    const selectors = errorsAbi.map((error) => toFunctionSelector(error as never));
    expect(new Set(selectors).size).toBe(selectors.length);
    expect(errorsAbi.every(({ type }) => type === "error")).toBe(true);
    expect(new Set(allErrors.map(({ error }) => toFunctionSelector(error as never)))).toEqual(new Set(selectors));
  });
});

describe("decodeRevert", () => {
  test.each(allErrors)("default: $label", ({ error }) => {
    const args = error.inputs.map(sample);
    const data = encodeErrorResult({ abi: [error], errorName: error.name, args } as never);
    const revert = decodeRevert(data);
    expect(revert).toMatchObject({ errorName: error.name, args });
    // Nothing in the contracts' errors is without a name.
    expect(Object.keys(revert?.named ?? {}).every((name) => /^[a-zA-Z]/.test(name))).toBe(true);
    expect(Object.values(revert?.named ?? {})).toEqual(args);
  });

  test("behavior: Solidity's own errors", () => {
    const abi = [
      { type: "error", name: "Error", inputs: [{ type: "string" }] },
      { type: "error", name: "Panic", inputs: [{ type: "uint256" }] },
    ] as const;
    const string = encodeErrorResult({ abi, errorName: "Error", args: ["SPL"] });
    expect(decodeRevert(string)).toMatchObject({ errorName: "Error", args: ["SPL"] });
    const panic = encodeErrorResult({ abi, errorName: "Panic", args: [17n] });
    expect(decodeRevert(panic)).toMatchObject({ errorName: "Panic", args: [17n] });
  });

  test.each(["0x", "0x12", "0xdeadbeef", `${slippage().slice(0, 20)}`] as Hex[])(
    "behavior: undefined for %s",
    (data) => {
      expect(decodeRevert(data)).toBeUndefined();
    },
  );
});

describe("formatRevert", () => {
  test("default", () => {
    expect(formatRevert({ errorName: "ZeroAmount", args: [], named: {} })).toBe("ZeroAmount");
  });

  test("behavior: values by name", () => {
    const revert = decodeRevert(slippage());
    expect(revert && formatRevert(revert)).toBe("SlippageExceeded (oppositeAmount 1990, bound 2000)");
  });

  test("behavior: structs and lists", () => {
    const named = { rules: { delay: 0, minKeeperFee: 5n }, ids: [1n, 2n] };
    expect(formatRevert({ errorName: "InvalidRules", args: Object.values(named), named })).toBe(
      "InvalidRules (rules (delay 0, minKeeperFee 5), ids [1, 2])",
    );
  });
});

describe("getRevert", () => {
  test("default", () => {
    expect(getRevert(reverted(slippage(), errorsAbi))).toEqual({
      errorName: "SlippageExceeded",
      args: [1990n, 2000n],
      named: { oppositeAmount: 1990n, bound: 2000n },
    });
  });

  test("behavior: decodes an error that is not in the called contract's ABI", () => {
    expect(getRevert(reverted(slippage()))?.errorName).toBe("SlippageExceeded");
  });

  test("behavior: undefined for an error that is not a revert of the exchange", () => {
    expect(getRevert(reverted("0xdeadbeef"))).toBeUndefined();
    expect(getRevert(new BaseError("no answer"))).toBeUndefined();
    expect(getRevert(new Error("no answer"))).toBeUndefined();
    expect(getRevert("no answer")).toBeUndefined();
  });
});

describe("error classes", () => {
  test("default: QuoteFailedError", () => {
    const revert = decodeRevert(slippage());
    const cause = reverted(slippage());
    const error = new QuoteFailedError({ revert, cause });
    expect(error).toMatchObject({ name: "QuoteFailedError", revert, cause });
    expect(error.message).toContain("The trade would revert: SlippageExceeded (oppositeAmount 1990, bound 2000).");
    expect(getRevert(error)).toEqual(revert);
    expect(new QuoteFailedError({}).message).toContain("The trade would revert.");
  });

  test("default: EventNotFoundError and TransactionRevertedError name the transaction", () => {
    const hash = `0x${"ab".repeat(32)}` as const;
    expect(new EventNotFoundError({ eventName: "OrderCreated", hash }).message).toContain(
      `Transaction ${hash} succeeded without a OrderCreated event.`,
    );
    expect(new TransactionRevertedError({ hash }).message).toContain(`Transaction ${hash} reverted.`);
  });
});

test("isRevert: by name", () => {
  const revert = { errorName: "InsufficientFund", args: [5n, 3n], named: { requested: 5n, available: 3n } };
  expect(isRevert(revert, "InsufficientFund")).toBe(true);
  expect(isRevert(revert, "PositionOpen")).toBe(false);
  expect(isRevert(undefined, "PositionOpen")).toBe(false);
});
