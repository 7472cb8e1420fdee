import {
  type Abi,
  type AbiParameter,
  BaseError,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  type Hex,
  type TransactionReceipt,
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

const allErrors = errorsAbi.map((error) => ({
  error: error as AbiError,
  label: `${error.name} (${toFunctionSelector(error as never)})`,
}));

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

/** Constructors alone raise them. */
const ofConstructors = ["InvalidShortString", "ModuleMismatch", "StringTooLong"];

describe("errorsAbi", () => {
  test("default", () => {
    const selectors = errorsAbi.map((error) => toFunctionSelector(error as never));
    expect(new Set(selectors).size).toBe(selectors.length);
    expect(errorsAbi.every(({ type }) => type === "error")).toBe(true);
  });

  test.each(Object.entries(abis))("behavior: has every error of %s", (_, abi) => {
    const selectors = new Set(errorsAbi.map((error) => toFunctionSelector(error as never)));
    const missing = errorsOf(abi as Abi).filter((error) => !selectors.has(toFunctionSelector(error as never)));
    expect(missing.filter(({ name }) => !ofConstructors.includes(name))).toEqual([]);
  });

  test.each([
    [
      "Uniswap v4",
      ["WrappedError", "ERC20TransferFailed", "CurrencyNotSettled", "PoolNotInitialized", "ManagerLocked"],
    ],
    [
      "routers of Uniswap v4",
      ["UnexpectedRevertBytes", "ExecutionFailed", "V4TooLittleReceived", "V4TooMuchRequested"],
    ],
    [
      "the timelock",
      ["TimelockUnexpectedOperationState", "TimelockInsufficientDelay", "AccessControlUnauthorizedAccount"],
    ],
  ])("behavior: has the errors of %s", (_, names) => {
    const known = errorsAbi.map(({ name }): string => name);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
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

  const transfer = encodeErrorResult({ abi: errorsAbi, errorName: "ERC20InsufficientBalance", args: [taker, 1n, 2n] });
  const details = encodeErrorResult({ abi: errorsAbi, errorName: "ERC20TransferFailed" });
  const wrapped = (reason: Hex) =>
    encodeErrorResult({ abi: errorsAbi, errorName: "WrappedError", args: [taker, "0xa9059cbb", reason, details] });

  test("behavior: the innermost error of errors that carry each other", () => {
    const quoted = encodeErrorResult({
      abi: errorsAbi,
      errorName: "UnexpectedRevertBytes",
      args: [wrapped(transfer)],
    });
    const executed = encodeErrorResult({ abi: errorsAbi, errorName: "ExecutionFailed", args: [3n, quoted] });
    const revert = decodeRevert(executed);
    expect(isRevert(revert, "ERC20InsufficientBalance") && revert.named.needed).toBe(2n);
    expect(revert?.wrappedBy?.map(({ errorName }) => errorName)).toEqual([
      "ExecutionFailed",
      "UnexpectedRevertBytes",
      "WrappedError",
    ]);
    expect(revert?.wrappedBy?.[0]?.named).toMatchObject({ commandIndex: 3n });
    expect(revert && formatRevert(revert)).toMatch(
      /^ERC20InsufficientBalance \(.*\) in ExecutionFailed, Unex.*, WrappedError$/,
    );
  });

  test("behavior: without a decodable reason, the error in the details", () => {
    for (const reason of ["0x", "0xdeadbeef"] as const) {
      const revert = decodeRevert(wrapped(reason));
      expect(revert).toMatchObject({ errorName: "ERC20TransferFailed", wrappedBy: [{ errorName: "WrappedError" }] });
      expect(revert?.wrappedBy?.[0]?.named.reason).toBe(reason);
    }
  });

  test("behavior: an error around bytes of an unknown error", () => {
    const outer = encodeErrorResult({ abi: errorsAbi, errorName: "UnexpectedRevertBytes", args: ["0xdeadbeef"] });
    expect(decodeRevert(outer)).toEqual({
      errorName: "UnexpectedRevertBytes",
      args: ["0xdeadbeef"],
      named: { revertData: "0xdeadbeef" },
    });
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

  const hash = `0x${"ab".repeat(32)}` as const;

  test("default: EventNotFoundError names the transaction", () => {
    expect(new EventNotFoundError({ eventName: "OrderCreated", hash }).message).toContain(
      `Transaction ${hash} succeeded without a OrderCreated event.`,
    );
  });

  test("default: TransactionRevertedError has the hash, the receipt and the reason", () => {
    const receipt = { transactionHash: hash, blockNumber: 7n, gasUsed: 21_000n } as TransactionReceipt;
    const data = slippage();
    const reason = decodeRevert(data);
    const error = new TransactionRevertedError({ receipt, reason, data, source: "trace" });
    expect(error).toMatchObject({ hash, receipt, reason, data, source: "trace" });
    expect(error.message).toContain(
      `Transaction ${hash} reverted: SlippageExceeded (oppositeAmount 1990, bound 2000).`,
    );
    expect(error.message).toContain("Block: 7");
    expect(getRevert(error)).toEqual(reason);
    expect(new TransactionRevertedError({ receipt, reason, data, source: "replay" }).message).toContain("a replay");
  });

  test("behavior: TransactionRevertedError without a reason, or with an unknown one", () => {
    const receipt = { transactionHash: hash, blockNumber: 7n, gasUsed: 21_000n } as TransactionReceipt;
    expect(new TransactionRevertedError({ receipt }).message).toContain(`Transaction ${hash} reverted.`);
    const empty = new TransactionRevertedError({ receipt, data: "0x", source: "trace" });
    expect(empty.message).toContain(`Transaction ${hash} reverted without a reason.`);
    const unknown = new TransactionRevertedError({ receipt, data: "0xdeadbeef", source: "trace" });
    expect(unknown.message).toContain(`Transaction ${hash} reverted with 0xdeadbeef.`);
    expect(getRevert(unknown)).toBeUndefined();
  });
});

test("isRevert: by name", () => {
  const revert = { errorName: "InsufficientFund", args: [5n, 3n], named: { requested: 5n, available: 3n } };
  expect(isRevert(revert, "InsufficientFund")).toBe(true);
  expect(isRevert(revert, "PositionOpen")).toBe(false);
  expect(isRevert(undefined, "PositionOpen")).toBe(false);
});
