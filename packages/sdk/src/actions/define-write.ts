import type {
  Abi,
  Address,
  ContractEventName,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  Hash,
  Hex,
  ParseEventLogsReturnType,
  TransactionReceipt,
} from "viem";
import { encodeFunctionData, parseEventLogs } from "viem";
import {
  type ContractCall,
  findEvent,
  requireEvent,
  type SigningClient,
  sendCall,
  simulateCall,
  type TransactionOptions,
  waitForSuccess,
} from "./write.js";

/** Who makes a call: a client that signs, or anything else with an account, as in `{ account: { address: safe } }`. */
export type Caller = { account: { address: Address } };

type Mutability = "nonpayable" | "payable";

/** One of a contract's functions that change something, with its arguments. */
type FunctionCall<abi extends Abi> = {
  [name in ContractFunctionName<abi, Mutability>]: {
    functionName: name;
    args: ContractFunctionArgs<abi, Mutability, name>;
    /** Wei. */
    value?: bigint | undefined;
    /** The least that the transaction must have, where an estimate can be too low. */
    gas?: bigint;
  };
}[ContractFunctionName<abi, Mutability>];

/**
 * A call with its data, as whatever sends it takes it: `sendCall`, viem's `sendCalls`, a multisig, a
 * timelock.
 */
export type PreparedCall<functionName extends string = string, args = readonly unknown[]> = Omit<
  ContractCall,
  "functionName" | "args"
> & { functionName: functionName; args: args; to: Address; data: Hex };

type Prepared<built> = built extends { functionName: infer name extends string; args: infer args }
  ? PreparedCall<name, args>
  : never;

type MaybePromised<built, value> = built extends Promise<unknown> ? Promise<value> : value;

/** What the function of a call returns. */
type Returned<abi extends Abi, built> = built extends { functionName: infer name; args: infer args }
  ? name extends ContractFunctionName<abi, Mutability>
    ? ContractFunctionReturnType<abi, Mutability, name, Extract<args, ContractFunctionArgs<abi, Mutability, name>>>
    : never
  : never;

/** A mined transaction, as the contract that was called tells of it. */
export type Mined<abi extends Abi> = {
  hash: Hash;
  gasUsed: bigint;
  receipt: TransactionReceipt;
  /** The values of the contract's first event of this name. Throws `EventNotFoundError` when there is none. */
  event: <name extends ContractEventName<abi>>(
    eventName: name,
    logs?: TransactionReceipt["logs"],
  ) => ParseEventLogsReturnType<abi, name, true>[number]["args"];
  /** The same, or undefined when there is none. */
  find: <name extends ContractEventName<abi>>(
    eventName: name,
  ) => ParseEventLogsReturnType<abi, name, true>[number]["args"] | undefined;
  /** All of the contract's events of these names, in their order. */
  events: <const names extends readonly ContractEventName<abi>[]>(
    ...eventNames: names
  ) => ParseEventLogsReturnType<abi, [...names], true>;
};

/** What is told of a transaction whose event says nothing that its sender has not said. */
export type Confirmation = { hash: Hash; gasUsed: bigint };

/**
 * An action that changes something. Called, it sends a transaction and returns the hash; the other ways to use it come
 * with it. `{name}Sync` is the same as {@link confirmed} of it: it waits, and returns what came of it.
 *
 * @example
 * const shares = await depositLp.simulate(client, parameters); // what it would return, or its error
 * await depositLp(client, parameters); // the hash
 * await sendCalls(client, { calls: [depositLp.call(parameters, client)] }); // in a batch
 */
export type Write<parameters, caller extends readonly unknown[], call, returned, outcome> = {
  /** Sends the transaction and returns its hash. Throws what {@link getRevert} decodes when it would revert. */
  (client: SigningClient, parameters: parameters & TransactionOptions): Promise<Hash>;
  /** The call, without sending it. Needs the caller where the parameters' defaults do. */
  call: (parameters: parameters, ...caller: caller) => call;
  /** Runs the call without sending it and returns what the function would return. Throws as the transaction would. */
  simulate: (client: SigningClient, parameters: parameters) => Promise<returned>;
  /** What came of a transaction that carried the call, whoever sent it. */
  outcome: (receipt: TransactionReceipt, parameters: parameters) => outcome;
};

/** Any {@link Write}. */
export type AnyWrite = Write<never, never[], unknown, unknown, unknown>;

/**
 * Defines the writing actions of one contract. The first function says which call the parameters come to, the second what
 * a mined transaction tells.
 */
export type WritesTo<where, abi extends Abi> = <
  parameters extends where,
  caller extends readonly [] | readonly [Caller] | readonly [SigningClient],
  const built extends FunctionCall<abi> | Promise<FunctionCall<abi>>,
  outcome = Confirmation,
>(
  build: (parameters: parameters, ...caller: caller) => built,
  tell?: (mined: Mined<abi>, parameters: parameters) => outcome,
) => Write<parameters, caller, MaybePromised<built, Prepared<Awaited<built>>>, Returned<abi, Awaited<built>>, outcome>;

/** {@link WritesTo} for a contract. Mark it and what it defines as pure: bundlers keep unmarked calls, used or not. */
export const writesTo =
  <where, const abi extends Abi>(
    contract: (parameters: where) => { address: Address; abi: abi },
  ): WritesTo<where, abi> =>
  (build, tell) =>
    assemble(contract as never, build as never, tell as never) as never;

type Built = FunctionCall<Abi>;

/** What {@link WritesTo} says of the types, without them. */
function assemble(
  contract: (parameters: object) => { address: Address; abi: Abi },
  build: (parameters: object, caller?: unknown) => Built | Promise<Built>,
  tell: (mined: Mined<Abi>, parameters: object) => unknown = ({ hash, gasUsed }): Confirmation => ({ hash, gasUsed }),
) {
  const prepare = (parameters: object, { functionName, args, value, gas }: Built): PreparedCall => {
    const { address, abi } = contract(parameters);
    const call = { address, abi, functionName, args: args as readonly unknown[] };
    const data = encodeFunctionData(call);
    return { ...call, to: address, data, ...(value !== undefined && { value }), ...(gas !== undefined && { gas }) };
  };
  const call = (parameters: object, caller?: unknown): PreparedCall | Promise<PreparedCall> => {
    const built = build(parameters, caller);
    return built instanceof Promise ? built.then((each) => prepare(parameters, each)) : prepare(parameters, built);
  };
  const send = async (
    client: SigningClient,
    { gas, nonce, maxFeePerGas, maxPriorityFeePerGas, ...parameters }: TransactionOptions,
  ): Promise<Hash> =>
    sendCall(client, await call(parameters, client), { gas, nonce, maxFeePerGas, maxPriorityFeePerGas });
  return Object.assign(send, {
    call,
    simulate: async (client: SigningClient, parameters: object): Promise<unknown> =>
      simulateCall(client, await call(parameters, client)),
    outcome: (receipt: TransactionReceipt, parameters: object): unknown =>
      tell(minedBy(receipt, contract(parameters)), parameters),
  });
}

function minedBy<const abi extends Abi>(
  receipt: TransactionReceipt,
  contract: { address: Address; abi: abi },
): Mined<abi> {
  const { transactionHash: hash, gasUsed } = receipt;
  return {
    hash,
    gasUsed,
    receipt,
    event: (eventName, logs = receipt.logs) =>
      requireEvent({ logs, transactionHash: hash }, { ...contract, eventName }).args as never,
    find: (eventName) => findEvent(receipt, { ...contract, eventName })?.args as never,
    events: (...eventName) => {
      const logs = receipt.logs.filter(({ address }) => address.toLowerCase() === contract.address.toLowerCase());
      return parseEventLogs({ abi: contract.abi, eventName: [...eventName], logs, strict: true }) as never;
    },
  };
}

/** A {@link Write} that waits for its transaction and returns what came of it. */
export type ConfirmedWrite<parameters, outcome> = (
  client: SigningClient,
  parameters: parameters & TransactionOptions,
) => Promise<outcome>;

/**
 * The variant of an action that waits for its transaction and returns what came of it. Throws
 * `TransactionRevertedError` when it was mined and reverted.
 */
export const confirmed =
  <parameters, outcome>(
    write: Write<parameters, never, unknown, unknown, outcome>,
  ): ConfirmedWrite<parameters, outcome> =>
  async (client, parameters) =>
    write.outcome(await waitForSuccess(client, await write(client, parameters)), parameters);
