import type { Address, Client, Hash, Hex, TransactionReceipt } from "viem";
import type { ContractCall, GivenSender, Sender, SigningClient, TransactionOptions } from "./transaction.js";
import { waitForSuccess } from "./transaction.js";

/** The account that makes a call: a client that signs, or any object with an account, as in `{ account: { address: safe } }`. */
export type Caller = { account: { address: Address } };

/** A call with its data, for `sendCall`, viem's `sendCalls`, a multisig or a timelock. */
export type PreparedCall<functionName extends string = string, args = readonly unknown[]> = Omit<
  ContractCall,
  "functionName" | "args"
> & { functionName: functionName; args: args; to: Address; data: Hex };

/** Result of a transaction whose events add nothing to its parameters. */
export type Confirmation = { hash: Hash; gasUsed: bigint };

/**
 * An action that changes state. Called as a function, it sends a transaction and returns the hash. `{name}Sync` is
 * {@link confirmed} of the action: it waits for the transaction and returns the outcome.
 *
 * @example
 * const shares = await depositLp.simulate(client, parameters); // the value that the function would return
 * await depositLp(client, parameters); // the hash
 * await sendCalls(client, { calls: [depositLp.call(parameters, client)] }); // in a batch
 */
export type Write<parameters, caller extends readonly unknown[], call, returned, outcome> = {
  /** Sends the transaction and returns its hash. Throws an error that {@link getRevert} decodes if it would revert. */
  (client: SigningClient, parameters: parameters & TransactionOptions): Promise<Hash>;
  /** Returns the call without sending it. Needs the caller if a default of the parameters does. */
  call: (parameters: parameters, ...caller: caller) => call;
  /**
   * Runs the call without sending it and returns the function's return value. Throws as the transaction would. For an order,
   * also runs its trade at the present price, and throws `OrderWouldFailError` if that fails.
   */
  simulate: {
    (client: Client, parameters: parameters & GivenSender): Promise<returned>;
    (client: SigningClient, parameters: parameters & Sender): Promise<returned>;
  };
  /**
   * Estimates the gas limit that the action would send: 20% above the node's estimate, and at least what the call needs where
   * an estimate can be too low. Throws as the transaction would.
   */
  estimateGas: {
    (client: Client, parameters: parameters & GivenSender): Promise<bigint>;
    (client: SigningClient, parameters: parameters & Sender): Promise<bigint>;
  };
  /** Decodes the outcome from the receipt of a transaction that carried the call, sent by any account. */
  outcome: (receipt: TransactionReceipt, parameters: parameters) => outcome;
};

/** Any {@link Write}. */
export type AnyWrite = Write<never, never[], unknown, unknown, unknown>;

/** A {@link Write} that waits for its transaction and returns the outcome. */
export type ConfirmedWrite<parameters, outcome> = (
  client: SigningClient,
  parameters: parameters & TransactionOptions,
) => Promise<outcome>;

/**
 * The variant of an action that waits for its transaction and returns the outcome.
 *
 * @throws {@link TransactionRevertedError} when the transaction was mined and reverted.
 */
export const confirmed =
  <parameters, outcome>(
    write: Write<parameters, never, unknown, unknown, outcome>,
  ): ConfirmedWrite<parameters, outcome> =>
  async (client, parameters) =>
    write.outcome(await waitForSuccess(client, await write(client, parameters)), parameters);
