import {
  type AbiParameterToPrimitiveType,
  type ContractErrorArgs,
  type ContractErrorName,
  decodeErrorResult,
  type Hex,
  isHex,
} from "viem";
import { errorsAbi } from "./generated/errors.js";

export { errorsAbi };

/** A decoded custom error of a contract. */
export type Revert = {
  errorName: string;
  args: readonly unknown[];
  /** The arguments by their names in the contracts. */
  named: Record<string, unknown>;
  /**
   * The errors that carried this one in their arguments, outermost first: for example `WrappedError` of Uniswap v4's
   * PoolManager. Absent when the contract reverted with this error itself.
   */
  wrappedBy?: readonly Revert[];
};

/** The name of one of the contracts' errors. */
export type RevertName = ContractErrorName<typeof errorsAbi>;

type RevertItem<name extends RevertName> = Extract<(typeof errorsAbi)[number], { type: "error"; name: name }>;

/** A {@link Revert} with a given error. */
export type RevertOf<name extends RevertName> = {
  errorName: name;
  args: ContractErrorArgs<typeof errorsAbi, name>;
  named: {
    [input in RevertItem<name>["inputs"][number] as input["name"]]: AbiParameterToPrimitiveType<input>;
  };
};

/**
 * Decodes the bytes of a revert, such as the `data` of a purged order, to the innermost error: an error in the `bytes`
 * of another one is its cause. Solidity's own `Error(string)` and `Panic(uint256)` decode too. Returns undefined for
 * errors of contracts that the exchange does not know. Units are those of the contracts.
 *
 * @example
 * decodeRevert("0x...")?.errorName; // "SlippageExceeded"
 */
export function decodeRevert(data: Hex): Revert | undefined {
  const outer = decodeOne(data);
  if (!outer) return undefined;
  const { revert, nested } = outer;
  // Nested bytes are shorter than the error around them, so this ends.
  const cause = nested.map(decodeRevert).find((each) => each !== undefined);
  return cause ? { ...cause, wrappedBy: [revert, ...(cause.wrappedBy ?? [])] } : revert;
}

/** One error, and its arguments that may be the bytes of another one. */
function decodeOne(data: Hex): { revert: Revert; nested: Hex[] } | undefined {
  try {
    const { errorName, args = [], abiItem } = decodeErrorResult({ abi: errorsAbi, data });
    const inputs = abiItem.type === "error" ? abiItem.inputs : [];
    const values = args as readonly unknown[];
    const named = Object.fromEntries(inputs.map((input, i) => [input.name ?? String(i), values[i]]));
    const nested = inputs.flatMap(({ type }, i) => (type === "bytes" && isHex(values[i]) ? [values[i]] : []));
    return { revert: { errorName, args: values, named }, nested };
  } catch {
    return undefined;
  }
}
