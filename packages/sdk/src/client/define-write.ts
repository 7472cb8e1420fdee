import type {
  Abi,
  Address,
  Client,
  ContractEventName,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  Hash,
  ParseEventLogsReturnType,
  TransactionReceipt,
} from "viem";
import { encodeFunctionData, parseEventLogs } from "viem";
import { EventNotFoundError } from "../event-errors.js";
import { sendingFrom } from "./sending-from.js";
import {
  estimateCallGas,
  type Sender,
  type SigningClient,
  sendCall,
  simulateCall,
  type TransactionOptions,
} from "./transaction.js";
import type { Caller, Confirmation, PreparedCall, Write } from "./write.js";

type Mutability = "nonpayable" | "payable";

/** One of a contract's state-changing functions, with its arguments. */
type FunctionCall<abi extends Abi> = {
  [name in ContractFunctionName<abi, Mutability>]: {
    functionName: name;
    args: ContractFunctionArgs<abi, Mutability, name>;
    /** Wei. */
    value?: bigint | undefined;
    /** The transaction's minimum gas limit, where an estimate can be too low. */
    gas?: bigint;
  };
}[ContractFunctionName<abi, Mutability>];

type Prepared<built> = built extends { functionName: infer name extends string; args: infer args }
  ? PreparedCall<name, args>
  : never;

type MaybePromised<built, value> = built extends Promise<unknown> ? Promise<value> : value;

/** The call that a writing action builds: a function, its arguments and the wei that it sends. */
export const call = <const functionName extends string, const args extends readonly unknown[]>(
  functionName: functionName,
  args: args,
  { value }: { value?: bigint | undefined } = {},
): { functionName: functionName; args: args; value?: bigint | undefined } => ({ functionName, args, value });

/** The return type of the function that a call names. */
type Returned<abi extends Abi, built> = built extends { functionName: infer name; args: infer args }
  ? name extends ContractFunctionName<abi, Mutability>
    ? ContractFunctionReturnType<abi, Mutability, name, Extract<args, ContractFunctionArgs<abi, Mutability, name>>>
    : never
  : never;

/** A mined transaction, and the events that the called contract emitted in it. */
export type Mined<abi extends Abi> = {
  hash: Hash;
  gasUsed: bigint;
  receipt: TransactionReceipt;
  /** The arguments of the contract's first event of this name. Throws `EventNotFoundError` when there is none. */
  event: <name extends ContractEventName<abi>>(
    eventName: name,
    logs?: TransactionReceipt["logs"],
  ) => ParseEventLogsReturnType<abi, name, true>[number]["args"];
  /** The arguments of the contract's first event of this name, or undefined when there is none. */
  find: <name extends ContractEventName<abi>>(
    eventName: name,
  ) => ParseEventLogsReturnType<abi, name, true>[number]["args"] | undefined;
  /** All of the contract's events of these names, in their order. */
  events: <const names extends readonly ContractEventName<abi>[]>(
    ...eventNames: names
  ) => ParseEventLogsReturnType<abi, [...names], true>;
};

/**
 * Defines writing actions of one contract. `abi` has the functions and events that the action needs. `build` returns the call
 * for the parameters; `toOutcome` decodes the outcome from the mined transaction. `foresee` runs after a simulated call that
 * succeeds, and throws if a later step that the call asks for would fail.
 */
export type WritesTo<where> = <
  const abi extends Abi,
  parameters extends where,
  caller extends readonly [] | readonly [Caller] | readonly [SigningClient],
  const built extends FunctionCall<abi> | Promise<FunctionCall<abi>>,
  outcome = Confirmation,
>(
  abi: abi,
  build: (parameters: parameters, ...caller: caller) => built,
  toOutcome?: (mined: Mined<abi>, parameters: parameters) => outcome,
  foresee?: (client: SigningClient, parameters: parameters) => Promise<void>,
) => Write<parameters, caller, MaybePromised<built, Prepared<Awaited<built>>>, Returned<abi, Awaited<built>>, outcome>;

/** Returns {@link WritesTo} for a contract. Mark the call and each definition as pure: bundlers keep unmarked calls, used or not. */
export const writesTo =
  <where>(addressOf: (parameters: where) => Address): WritesTo<where> =>
  (abi, build, toOutcome, foresee) =>
    assemble(addressOf as never, abi, build as never, toOutcome as never, foresee as never) as never;

type Built = FunctionCall<Abi>;

/** The implementation of {@link WritesTo}, whose types are in its declaration. */
function assemble(
  addressOf: (parameters: object) => Address,
  abi: Abi,
  build: (parameters: object, caller?: unknown) => Built | Promise<Built>,
  toOutcome: (mined: Mined<Abi>, parameters: object) => unknown = ({ hash, gasUsed }): Confirmation => ({
    hash,
    gasUsed,
  }),
  foresee?: (client: SigningClient, parameters: object) => Promise<void>,
) {
  const prepare = (parameters: object, { functionName, args, value, gas }: Built): PreparedCall => {
    const address = addressOf(parameters);
    const call = { address, abi, functionName, args: args as readonly unknown[] };
    const data = encodeFunctionData(call);
    return { ...call, to: address, data, ...(value !== undefined && { value }), ...(gas !== undefined && { gas }) };
  };
  const call = (parameters: object, caller?: unknown): PreparedCall | Promise<PreparedCall> => {
    const built = build(parameters, caller);
    return built instanceof Promise ? built.then((each) => prepare(parameters, each)) : prepare(parameters, built);
  };
  const send = async (
    client: Client,
    { from, gas, nonce, maxFeePerGas, maxPriorityFeePerGas, ...parameters }: TransactionOptions,
  ): Promise<Hash> => {
    const sender = sendingFrom(client, from);
    return sendCall(sender, await call(parameters, sender), { gas, nonce, maxFeePerGas, maxPriorityFeePerGas });
  };
  return Object.assign(send, {
    call,
    simulate: async (client: Client, { from, ...parameters }: Sender): Promise<unknown> => {
      const sender = sendingFrom(client, from);
      const result = await simulateCall(sender, await call(parameters, sender));
      await foresee?.(sender, parameters);
      return result;
    },
    estimateGas: async (client: Client, { from, ...parameters }: Sender): Promise<bigint> => {
      const sender = sendingFrom(client, from);
      return estimateCallGas(sender, await call(parameters, sender));
    },
    outcome: (receipt: TransactionReceipt, parameters: object): unknown =>
      toOutcome(minedBy(receipt, { abi, address: addressOf(parameters) }), parameters),
  });
}

function minedBy(receipt: TransactionReceipt, { abi, address }: { abi: Abi; address: Address }): Mined<Abi> {
  const { transactionHash: hash, gasUsed } = receipt;
  const eventsOf = (eventName: string[], logs = receipt.logs) => {
    const ours = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
    return parseEventLogs({ abi, eventName, logs: ours, strict: true });
  };
  return {
    hash,
    gasUsed,
    receipt,
    event: (eventName, logs) => {
      const [first] = eventsOf([eventName], logs);
      if (!first) throw new EventNotFoundError({ eventName, hash });
      return first.args as never;
    },
    find: (eventName) => eventsOf([eventName])[0]?.args as never,
    events: (...eventNames) => eventsOf([...eventNames]) as never,
  };
}
