// The decoder of reverts, which is loaded when the first call reverts.
import {
  AbiErrorSignatureNotFoundError,
  BaseError,
  type Client,
  ContractFunctionExecutionError,
  type Hex,
  type TransactionReceipt,
} from "viem";
import { call, getBlock, getTransaction } from "viem/actions";
import { DecodedRevertError, formatRevert, isRevert, type ReasonSource, TransactionRevertedError } from "../errors.js";
import { decodeRevert, errorsAbi } from "../reverts.js";
import { StalePriceError } from "../state-errors.js";
import { revertIn } from "./decoded.js";

/**
 * The error of a call, with the decoded reason. With `isPriced`, a {@link StalePriceError} if a price that is too old is the
 * reason.
 */
export function withDecodedRevert(error: ContractFunctionExecutionError, isPriced: boolean): Error {
  const { raw, cause: first } = revertIn(error) ?? {};
  if (raw === undefined || raw === "0x") return error;
  const revert = decodeRevert(raw);
  if (!revert) return error;
  const { abi, args, contractAddress, functionName, sender } = error;
  // The node's error. viem puts its own failure to decode before it.
  const node = (first instanceof AbiErrorSignatureNotFoundError ? first.cause : first) as Error | undefined;
  // The message names the error that the contract reverted with; viem appends the message of the cause.
  const cause = revert.wrappedBy ? new Error(formatRevert(revert), { cause: node }) : node;
  const failure = new ContractFunctionExecutionError(
    new DecodedRevertError({ revert, abi: errorsAbi, data: raw, functionName, ...(cause && { cause }) }),
    {
      abi,
      args,
      functionName,
      ...(contractAddress && { contractAddress }),
      ...(sender && { sender }),
    },
  );
  return isPriced && isRevert(revert, "StalePrice") ? new StalePriceError({ revert, cause: failure }) : failure;
}

/** The error for the receipt of a reverted transaction, with its reason if the node can tell. */
export async function transactionReverted(
  client: Client,
  receipt: TransactionReceipt,
): Promise<TransactionRevertedError> {
  for (const [source, find] of reasonSources) {
    const data = await find(client, receipt).catch(() => undefined);
    if (data === undefined) continue;
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
