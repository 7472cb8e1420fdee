import type { Address, Client, Hex, StateOverride } from "viem";
import { getBlock, readContract as read } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { decodingReverts } from "./reverts.js";
import { type Answer, type ReadCall, type ReadRequest, runSteps, type Steps } from "./steps.js";

/** A price update that is not stored: the `PriceUpdate` of a price source, or any update data of Pyth. */
export type UnstoredPrices = {
  /** The update data, as Pyth's `updatePriceFeeds` takes it. */
  updateData: readonly Hex[];
  /** Pyth's contract. Default: the deployment's. Required by reads without a deployment. */
  pyth?: Address | undefined;
};

/** The state at which a read is evaluated, on any node that supports overrides in `eth_call`. */
export type ReadState = {
  /** Default: the latest block. An older one needs a node that has its state. */
  blockNumber?: bigint | undefined;
  /** State that the read pretends, as viem's `stateOverride`. */
  stateOverride?: StateOverride | undefined;
  /** The time of the block that the read pretends, Unix seconds. Default: that of the block that it reads. */
  blockTime?: bigint | undefined;
};

/**
 * Options of every read: the state at which it is evaluated. With `prices`, the read returns what it would return after these
 * prices were stored at Pyth: one `eth_call` stores them and reads, with the number and the time of the block that it reads,
 * after one request for that block. A price published more than ten seconds after that time needs a `blockTime`.
 */
export type ReadOptions<parameters = { deployment: Deployment }> = ReadState & {
  /** Throws `PriceUpdateFailedError` if Pyth rejects the update. Pyth ignores prices that are not newer than the stored ones. */
  prices?: (parameters extends { deployment: Deployment } ? UnstoredPrices : Required<UnstoredPrices>) | undefined;
};

/** An action that reads more than calls of contracts, such as events. */
export type ClientRead<parameters, result> = (
  client: Client,
  parameters: parameters & ReadOptions<parameters>,
) => Promise<result>;

/** An action that reads. */
export type Read<parameters, result> = {
  (client: Client, parameters: parameters & ReadOptions<parameters>): Promise<result>;
  /** The read without its requests, for `batchReads`. Options of the state, prices included, belong to the batch. */
  call: (parameters: parameters) => ReadCall<result>;
};

/**
 * Defines a reading action that asks for more than calls of contracts. `read` reads the latest state of the client that it is
 * given; the options of every read are applied here, to the client. Mark each definition as pure: bundlers keep unmarked
 * calls, used or not.
 */
export const defineClientRead =
  <parameters extends object, result>(
    read: (client: Client, parameters: parameters) => Promise<result>,
  ): ClientRead<parameters, result> =>
  async (client, options) => {
    const { blockNumber, stateOverride, blockTime, prices, ...rest } = options;
    const parameters = rest as unknown as parameters;
    if ((blockNumber ?? stateOverride ?? blockTime ?? prices) === undefined) return read(client, parameters);
    // Loaded by the reads that need it only.
    const { readAtState } = await import("./read-state.js");
    return readAtState(client, options, (at) => read(at, parameters));
  };

/** Defines a reading action from its steps, which a batch can join with others. Mark each definition as pure. */
export const defineRead = <parameters extends object, result>(
  steps: (parameters: parameters) => Steps<result>,
): Read<parameters, result> =>
  Object.assign(
    defineClientRead((client: Client, parameters: parameters) =>
      runSteps(steps(parameters), (requests) => Promise.all(requests.map((request) => answerOf(client, request)))),
    ),
    { call: (parameters: parameters): ReadCall<result> => ({ [Symbol.iterator]: () => steps(parameters) }) },
  );

const resultOf = async (client: Client, request: ReadRequest): Promise<unknown> => {
  if (request === "block") return getBlock(client);
  if ("revertData" in request) return (await import("../reverts.js")).decodeRevert(request.revertData);
  return decodingReverts(() => read(client, request), request.isPriced);
};

/** The answer to one request. */
export async function answerOf(client: Client, request: ReadRequest): Promise<Answer> {
  try {
    const value = await resultOf(client, request);
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
