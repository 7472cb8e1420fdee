// The decoded reason of an error that an action has thrown.
import { BaseError, ContractFunctionRevertedError } from "viem";
import { DecodedRevertError, TransactionRevertedError } from "../errors.js";
import type { Revert } from "../reverts.js";

/** `getRevert` for errors of the SDK's own actions, which are decoded already: it needs no table of errors. */
export function getDecodedRevert(error: unknown): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const transaction = error.walk((cause) => cause instanceof TransactionRevertedError);
  if (transaction instanceof TransactionRevertedError) return transaction.reason;
  const reverted = revertIn(error);
  return reverted instanceof DecodedRevertError ? reverted.revert : undefined;
}

/** The revert of a contract among the causes of an error. */
export function revertIn(error: unknown): ContractFunctionRevertedError | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  return reverted instanceof ContractFunctionRevertedError ? reverted : undefined;
}
