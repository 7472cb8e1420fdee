// Reads as steps: generators that yield the requests that they need next and receive the answers. One read makes its requests
// one by one; a batch of reads joins the requests of all of them.
import type {
  AbiFunction,
  AbiStateMutability,
  Address,
  Block,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  Hex,
} from "viem";

import type { Revert } from "../reverts.js";

/** A call of a function that changes nothing. */
export type ContractRead = {
  address: Address;
  abi: readonly [AbiFunction];
  functionName: string;
  args: readonly unknown[];
  /** The function is nothing without a fresh price: `StalePriceError` replaces its error then. */
  isPriced: boolean;
};

/**
 * A request of a read: a call, the block whose state it reads, or the error in the bytes of a revert, whose decoder is loaded
 * on demand.
 */
export type ReadRequest = ContractRead | "block" | { revertData: Hex };

/** Returns the result of a request, or throws its error. */
export type Answer = () => unknown;

/** The steps of a read: yields requests, receives their answers, returns the result. */
export type Steps<result> = Generator<readonly ReadRequest[], result, readonly Answer[]>;

/** A read with its parameters, for `batchReads`: steps that can be made anew. */
export interface ReadCall<result> {
  [Symbol.iterator](): Steps<result>;
}

type Name<item extends AbiFunction> = ContractFunctionName<readonly [item], AbiStateMutability>;
type Arguments<item extends AbiFunction> = ContractFunctionArgs<readonly [item], AbiStateMutability, Name<item>>;
type Returned<item extends AbiFunction> = ContractFunctionReturnType<readonly [item], AbiStateMutability, Name<item>>;

function* ask(request: ReadRequest): Steps<unknown> {
  const [answer] = yield [request];
  return answer?.();
}

const asking =
  (isPriced: boolean) =>
  <const item extends AbiFunction>(address: Address, item: item, args: Arguments<item>): Steps<Returned<item>> =>
    ask({ address, abi: [item], functionName: item.name, args: args as readonly unknown[], isPriced }) as never;

/** Calls a function of a contract. */
export const view = /* @__PURE__ */ asking(false);

/** Calls a function that needs a fresh price. Throws `StalePriceError` in place of the contract's error. */
export const pricedView = /* @__PURE__ */ asking(true);

/** The error in the bytes of a revert. */
export const decodedRevert = (revertData: Hex): Steps<Revert | undefined> => ask({ revertData }) as never;

/** The block whose state is read. */
export const block = (): Steps<Block<bigint, false, "latest">> => ask("block") as never;

/** The results of several steps. */
export type ResultsOf<steps extends readonly unknown[]> = {
  -readonly [i in keyof steps]: steps[i] extends { [Symbol.iterator](): Iterator<unknown, infer result, never> }
    ? result
    : never;
};

/** Runs several steps together: one round of requests for all of them at a time. */
export function* all<const steps extends readonly ReadCall<unknown>[]>(steps: steps): Steps<ResultsOf<steps>> {
  const running = steps.map((each) => each[Symbol.iterator]());
  let states = running.map((each) => each.next([]));
  while (states.some(({ done }) => !done)) {
    const answers = yield states.flatMap((state) => (state.done ? [] : state.value));
    let first = 0;
    states = states.map((state, i) => {
      if (state.done) return state;
      const own = answers.slice(first, first + state.value.length);
      first += own.length;
      return (running[i] as Steps<unknown>).next(own);
    });
  }
  return states.map(({ value }) => value) as never;
}

/** Runs steps with the function that answers a round of requests. */
export async function runSteps<result>(
  steps: Steps<result>,
  answer: (requests: readonly ReadRequest[]) => Promise<readonly Answer[]>,
): Promise<result> {
  let state = steps.next([]);
  while (!state.done) state = steps.next(await answer(state.value));
  return state.value;
}
