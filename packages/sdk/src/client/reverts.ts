// One mechanism for every call of the SDK that can revert: reads, simulations, estimates and transactions.
import {
  AbiErrorSignatureNotFoundError,
  BaseError,
  type Client,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  type Hex,
  type TransactionReceipt,
} from "viem";
import { call, getBlock, getTransaction, readContract as read } from "viem/actions";
import { DecodedRevertError, formatRevert, type ReasonSource, TransactionRevertedError } from "../errors.js";
import type { Revert } from "../reverts.js";

/** The table of errors and its decoder, loaded when the first call reverts: an application that has no revert needs none. */
const loadTable = () => import("../reverts.js");

/**
 * Runs an action of viem. If the contract reverts, throws viem's error with the decoded reason, which
 * `getRevert` returns: a called contract may pass on an error that is not in its own ABI.
 */
export async function decodingReverts<result>(action: () => Promise<result>): Promise<result> {
  try {
    return await action();
  } catch (error) {
    throw await withDecodedRevert(error);
  }
}

/** `readContract` of viem that decodes reverts. */
export const readContract = ((client, parameters) => decodingReverts(() => read(client, parameters))) as typeof read;

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

async function withDecodedRevert(error: unknown): Promise<unknown> {
  const { raw, cause: first } = revertIn(error) ?? {};
  if (!(error instanceof ContractFunctionExecutionError) || raw === undefined || raw === "0x") return error;
  const { decodeRevert, errorsAbi } = await loadTable();
  const revert = decodeRevert(raw);
  if (!revert) return error;
  const { abi, args, contractAddress, functionName, sender } = error;
  // The node's error. viem puts its own failure to decode before it.
  const node = (first instanceof AbiErrorSignatureNotFoundError ? first.cause : first) as Error | undefined;
  // The message names the error that the contract reverted with; viem appends the message of the cause.
  const cause = revert.wrappedBy ? new Error(formatRevert(revert), { cause: node }) : node;
  return new ContractFunctionExecutionError(
    new DecodedRevertError({ revert, abi: errorsAbi, data: raw, functionName, ...(cause && { cause }) }),
    {
      abi,
      args,
      functionName,
      ...(contractAddress && { contractAddress }),
      ...(sender && { sender }),
    },
  );
}

/** The error for the receipt of a reverted transaction, with its reason if the node can tell. */
export async function transactionReverted(
  client: Client,
  receipt: TransactionReceipt,
): Promise<TransactionRevertedError> {
  for (const [source, find] of reasonSources) {
    const data = await find(client, receipt).catch(() => undefined);
    if (data === undefined) continue;
    const { decodeRevert } = await loadTable();
    return new TransactionRevertedError({ receipt, source, data, reason: decodeRevert(data) });
  }
  return new TransactionRevertedError({ receipt });
}

type FindReason = (client: Client, receipt: TransactionReceipt) => Promise<Hex | undefined>;

/** Few nodes trace. */
const reasonSources: readonly (readonly [ReasonSource, FindReason])[] = [
  ["trace", traced],
  ["replay", replayed],
];

async function traced(client: Client, { transactionHash }: TransactionReceipt): Promise<Hex | undefined> {
  const options = { tracer: "callTracer", tracerConfig: { onlyTopCall: true } };
  const request = { method: "debug_traceTransaction", params: [transactionHash, options] };
  const { output = "0x" } = (await client.request(request as never, { retryCount: 0 })) as { output?: Hex };
  return output;
}

/**
 * Some nodes take no overrides of the block, and some have the latest state only: a reverted transaction leaves it as it was,
 * except for nonce and gas.
 */
async function replayed(
  client: Client,
  { transactionHash, blockNumber, blockHash }: TransactionReceipt,
): Promise<Hex | undefined> {
  const [{ from, to, input, value, gas }, { timestamp }] = await Promise.all([
    getTransaction(client, { hash: transactionHash }),
    getBlock(client, { blockHash }),
  ]);
  const before = blockNumber - 1n;
  const states = [
    { blockNumber: before, blockOverrides: { number: blockNumber, time: timestamp } },
    { blockNumber: before },
    { blockNumber },
  ];
  for (const state of states) {
    const replay = call(client, { account: from, to, data: input, value, gas, ...state });
    const data = await replay.then(() => undefined, revertData);
    if (data !== undefined) return data;
  }
  return undefined;
}

/** The bytes of a revert in an error of a plain call. */
function revertData(error: unknown): Hex | undefined {
  const raw = error instanceof BaseError ? error.walk((cause) => cause instanceof Error && "data" in cause) : undefined;
  const { data } = (raw ?? {}) as { data?: Hex | { data?: Hex } };
  return typeof data === "object" ? data.data : data;
}
