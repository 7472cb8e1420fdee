// Steps of several reads in as few requests as they need.
import { type Client, encodeFunctionData } from "viem";
import { multicall } from "viem/actions";
import { answerOf } from "./define-read.js";
import { decoded } from "./reverts.js";
import { type Answer, type ContractRead, type ReadRequest, runSteps, type Steps } from "./steps.js";
import { UNSTORED } from "./unstored.js";

/** Runs steps with one call for each round of requests. */
export const runBatched = <result>(client: Client, steps: Steps<result>) =>
  runSteps(steps, (requests) => answersOf(client, requests));

const isCall = (request: ReadRequest): request is ContractRead => typeof request === "object" && "abi" in request;

async function answersOf(client: Client, requests: readonly ReadRequest[]): Promise<readonly Answer[]> {
  const reads = requests.filter(isCall);
  const isJoined = client.key !== UNSTORED && reads.length > 1;
  // One request for the block, whichever of the reads needs it.
  let latest: Promise<Answer> | undefined;
  const alone = (request: ReadRequest) => {
    if (request !== "block") return answerOf(client, request);
    latest ??= answerOf(client, request);
    return latest;
  };
  const joined = isJoined ? chunksOf(reads).map((chunk) => answersInOneCall(client, chunk)) : [];
  const others = requests.map((request) => (isJoined && isCall(request) ? undefined : alone(request)));
  const answers = (await Promise.all(joined)).flat();
  let next = 0;
  return Promise.all(others.map((other) => other ?? (answers[next++] as Answer)));
}

async function answersInOneCall(client: Client, contracts: readonly ContractRead[]): Promise<readonly Answer[]> {
  const results = await multicall(client, { contracts, allowFailure: true, deployless: true, batchSize: 0 });
  return Promise.all(
    results.map(async ({ error, result }, i): Promise<Answer> => {
      if (error === undefined) return () => result;
      const failure = await decoded(error, contracts[i]?.isPriced);
      return () => {
        throw failure;
      };
    }),
  );
}

/** Bytes of calls in one request: nodes limit the code that a call without a contract runs to 49,152 (EIP-3860). */
const MAX_BYTES = 36_000;
/** Bytes of a call besides its padded data. */
const BYTES_PER_CALL = 192;

/** The calls in portions, each of which fits into a request. */
function chunksOf(reads: readonly ContractRead[]): ContractRead[][] {
  const chunks: ContractRead[][] = [];
  let room = 0;
  for (const read of reads) {
    const size = BYTES_PER_CALL + encodeFunctionData(read).length / 2;
    if (size > room) {
      chunks.push([]);
      room = MAX_BYTES;
    }
    chunks.at(-1)?.push(read);
    room -= size;
  }
  return chunks;
}
