import type {
  Abi,
  Account,
  Address,
  Chain,
  Client,
  ContractEventName,
  Hash,
  Log,
  ParseEventLogsReturnType,
  TransactionReceipt,
  Transport,
} from "viem";
import { parseEventLogs } from "viem";
import { estimateContractGas, simulateContract, waitForTransactionReceipt, writeContract } from "viem/actions";
import { EventNotFoundError } from "../event-errors.js";
import { decodingReverts } from "./reverts.js";
import { sendingFrom } from "./sending-from.js";

/** A client with an account that signs and sends the transactions. */
export type SigningClient = Client<Transport, Chain, Account>;

/** A call of one contract, to be sent, simulated or batched. */
export type ContractCall = {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
  /** Wei. */
  value?: bigint;
  /** The transaction's minimum gas limit, where an estimate can be too low. */
  gas?: bigint;
};

/**
 * The account that sends a transaction, in place of the client's. An address alone can simulate and estimate, and send through
 * a node or a wallet that signs for it. viem's name of this option, `account`, is a parameter of many actions.
 */
export type Sender = { from?: Account | Address | undefined };

/** {@link Sender}, required: the client may have no account. */
export type GivenSender = { from: Account | Address };

/** Options of the transaction that carries a call. Every writing action takes them with its parameters. */
export type TransactionOptions = Sender & {
  /** Default: 20% above the estimate. */
  gas?: bigint | undefined;
  nonce?: number | undefined;
  /** Wei per gas. */
  maxFeePerGas?: bigint | undefined;
  /** Wei per gas. */
  maxPriorityFeePerGas?: bigint | undefined;
};

/** 20% above the estimate: the transaction is mined on a later block than the one of the estimate. */
const withGasMargin = (estimate: bigint): bigint => (estimate * 6n) / 5n;

const requestOf = (client: SigningClient, { address, abi, functionName, args, value }: ContractCall) => ({
  address,
  abi,
  functionName,
  args,
  account: client.account,
  ...(value === undefined ? {} : { value }),
});

type Request = ReturnType<typeof requestOf>;

/** The gas limit of a transaction: above the estimate, and at least what the call asks for. */
async function gasFor(client: SigningClient, request: Request, least = 0n): Promise<bigint> {
  const estimate = await estimateContractGas(client, request as unknown as Parameters<typeof estimateContractGas>[1]);
  const gas = withGasMargin(estimate);
  return gas > least ? gas : least;
}

/**
 * Sends a call and returns the transaction's hash. Estimates gas first unless `gas` is given, also for accounts that the
 * node signs for: some nodes mine transactions that are certain to revert. {@link getRevert} decodes a revert that the
 * estimate finds.
 *
 * @example
 * const hash = await sendCall(client, deposit.call({ deployment, amount }, client));
 */
export async function sendCall(
  client: SigningClient,
  call: ContractCall,
  { gas, from, ...options }: TransactionOptions = {},
): Promise<Hash> {
  const request = requestOf(sendingFrom(client, from), call);
  return decodingReverts(async () =>
    writeContract(client, {
      ...request,
      ...options,
      gas: gas ?? (await gasFor(client, request, call.gas)),
      chain: client.chain,
    } as unknown as Parameters<typeof writeContract>[1]),
  );
}

/**
 * Estimates the gas limit with which {@link sendCall} would send a call: 20% above the node's estimate, and at least the call's
 * minimum. {@link getRevert} decodes a revert that the estimate finds.
 *
 * @example
 * const gas = await estimateCallGas(client, deposit.call({ deployment, amount }, client));
 */
export const estimateCallGas = (client: SigningClient, call: ContractCall): Promise<bigint> =>
  decodingReverts(() => gasFor(client, requestOf(client, call), call.gas));

/** Runs a call without sending it and returns the function's return value. {@link getRevert} decodes a revert. */
export async function simulateCall(client: SigningClient, call: ContractCall): Promise<unknown> {
  const request = requestOf(client, call) as unknown as Parameters<typeof simulateContract>[1];
  const { result } = await decodingReverts(() => simulateContract(client, request));
  return result;
}

/**
 * Waits for a transaction's receipt, polling at the client's `pollingInterval`.
 *
 * @throws {@link TransactionRevertedError} when the transaction reverted, with its receipt and, if the node can tell, its
 * reason.
 */
export async function waitForSuccess(client: Client, hash: Hash): Promise<TransactionReceipt> {
  const receipt = await waitForTransactionReceipt(client, { hash });
  if (receipt.status === "success") return receipt;
  const { transactionReverted } = await import("./decode.js");
  throw await transactionReverted(client, receipt);
}

/** The first event of this name that `address` emitted in a transaction, or undefined when there is none. */
export function findEvent<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: { logs: Log[]; transactionHash: Hash },
  { abi, address, eventName }: { abi: abi; address: Address; eventName: name },
): ParseEventLogsReturnType<abi, name, true>[number] | undefined {
  const logs = receipt.logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  return parseEventLogs({ abi, eventName, logs, strict: true })[0] as
    | ParseEventLogsReturnType<abi, name, true>[number]
    | undefined;
}

/**
 * The first event of this name that `address` emitted in a transaction.
 *
 * @throws {@link EventNotFoundError} when there is none.
 */
export function requireEvent<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: { logs: Log[]; transactionHash: Hash },
  parameters: { abi: abi; address: Address; eventName: name },
): ParseEventLogsReturnType<abi, name, true>[number] {
  const event = findEvent(receipt, parameters);
  if (!event) throw new EventNotFoundError({ eventName: parameters.eventName, hash: receipt.transactionHash });
  return event;
}
