// One mechanism for every call of the SDK that can revert: reads, simulations, estimates and transactions. The table of errors,
// its decoder and the classes of errors are loaded when the first call reverts.
import { ContractFunctionExecutionError } from "viem";
import { readContract as read } from "viem/actions";

/** An error of viem, with the decoded reason if a contract reverted. */
export const decoded = async (error: unknown, isPriced = false): Promise<unknown> =>
  error instanceof ContractFunctionExecutionError
    ? (await import("./decode.js")).withDecodedRevert(error, isPriced)
    : error;

/**
 * Runs an action of viem. If the contract reverts, throws viem's error with the decoded reason, which
 * `getRevert` returns: a called contract may pass on an error that is not in its own ABI.
 *
 * @param isPriced the action is nothing without a fresh price: throws `StalePriceError` if that is the reason
 */
export async function decodingReverts<result>(action: () => Promise<result>, isPriced = false): Promise<result> {
  try {
    return await action();
  } catch (error) {
    throw await decoded(error, isPriced);
  }
}

/** `readContract` of viem that decodes reverts. */
export const readContract = ((client, parameters) => decodingReverts(() => read(client, parameters))) as typeof read;
