import type { Client } from "viem";
import { defineClientRead, type ReadState } from "./define-read.js";
import { runBatched } from "./run-batched.js";
import { all, type ReadCall, type ResultsOf } from "./steps.js";

/** Parameters of {@link batchReads}. */
export type BatchReadsParameters<calls extends readonly ReadCall<unknown>[]> = ReadState & {
  /** `.call(parameters)` of each read. */
  calls: calls;
};

/**
 * Makes several reads together: one `eth_call` for all that they ask for next. It runs the code of Multicall3 without a
 * contract, so that it works on every chain. Reads that need the answer to their first question need two requests.
 *
 * A read whose contract reverts throws as it would alone. Reads at unstored `prices` are not for batches.
 *
 * @example
 * const [{ price }, { fund, market }] = await batchReads(client, {
 *   calls: [getMarket.call({ deployment }), getTrader.call({ deployment, account })],
 * });
 */
export const batchReads = <const calls extends readonly ReadCall<unknown>[]>(
  client: Client,
  { calls, ...state }: BatchReadsParameters<calls>,
): Promise<ResultsOf<calls>> =>
  defineClientRead((at: Client, { calls }: { calls: calls }) => runBatched(at, all(calls)))(client, {
    calls,
    ...state,
  } as never);
