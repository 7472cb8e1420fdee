import type { DevnetClient } from "@counterpoise/devnet";
import { type Abi, type Address, encodeFunctionData, getAbiItem, type Hex, toFunctionSelector } from "viem";

/** Words of one case. */
export type Words = readonly (bigint | boolean | number)[];

const word = (value: bigint | boolean | number): string =>
  BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, "0");

/** The words of a case, as the chain has them. */
export const wordsOf = (values: Words): string => values.map(word).join("");

/** The harness's `batch` returns one word for the success of a case, and this number of words of its result. */
type BatchParameters = { harness: Address; abi: Abi; name: string; cases: readonly Words[]; results: number };

/** Words of arguments of one call: a node accepts requests of 2 MB. */
const WORDS_PER_CALL = 24_000;

/** The words of the results of a function of the harness, undefined for a case that reverts; many cases in one call. */
export async function evaluate(client: DevnetClient, parameters: BatchParameters): Promise<(string | undefined)[]> {
  const { cases } = parameters;
  const size = Math.floor(WORDS_PER_CALL / Math.max(1, cases[0]?.length ?? 1));
  const answers: (string | undefined)[] = [];
  for (let i = 0; i < cases.length; i += size) {
    answers.push(...(await evaluateOnce(client, { ...parameters, cases: cases.slice(i, i + size) })));
  }
  return answers;
}

async function evaluateOnce(
  client: DevnetClient,
  { harness, abi, name, cases, results }: BatchParameters,
): Promise<(string | undefined)[]> {
  const item = getAbiItem({ abi, name });
  if (item?.type !== "function") throw new Error(`The harness has no function ${name}`);
  const args = [
    toFunctionSelector(item),
    BigInt(cases[0]?.length ?? 0),
    BigInt(results),
    `0x${cases.map(wordsOf).join("")}` as Hex,
  ];
  const data = await client.request({
    method: "eth_call",
    params: [{ to: harness, data: encodeFunctionData({ abi, functionName: "batch", args }) }, "latest"],
  });
  // After "0x", the offset and the length of the bytes.
  const answers = data.slice(2 + 128);
  const size = 64 * (results + 1);
  return cases.map((_, i) => {
    const answer = answers.slice(i * size, (i + 1) * size);
    if (answer.length !== size) throw new Error(`The harness answered ${name} with too few words`);
    return BigInt(`0x${answer.slice(0, 64)}`) === 1n ? answer.slice(64) : undefined;
  });
}
