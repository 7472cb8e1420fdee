// Steps of a deployment's list, and whether the chain shows them as done.
import {
  type Address,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  hexToBigInt,
  hexToBytes,
  numberToHex,
  type PublicClient,
  pad,
  parseAbiParameters,
  size,
  slice,
  zeroAddress,
} from "viem";

/** How a probe compares: script/deployment/StepList.sol. */
export const Comparison = { Equal: 0, NotZero: 1, AtLeast: 2, Balance: 3 } as const;

export type Probe = { name: string; to: Address; data: Hex; expected: Hex; mask: Hex; comparison: number };

export type Step = {
  id: string;
  section: string;
  artifact: string;
  creates: Address;
  arguments: Hex;
  by: Address;
  to: Address;
  value: bigint;
  data: Hex;
  probes: readonly Probe[];
  approvalEvent: Hex;
};

const stepParameters = parseAbiParameters([
  "Step step",
  "struct Step { string id; string section; string artifact; address creates; bytes arguments; address by; address to; uint256 value; bytes data; Probe[] probes; bytes32 approvalEvent; }",
  "struct Probe { string name; address to; bytes data; bytes expected; bytes mask; uint8 comparison; }",
]);

/** Decodes a line of the list. */
export function decodeStep(line: Hex): Step {
  return decodeAbiParameters(stepParameters, line)[0];
}

/** Encodes a step as the script does. */
export function encodeStep(step: Step): Hex {
  return encodeAbiParameters(stepParameters, [step]);
}

export const isCreation = (step: Step): boolean => step.creates !== zeroAddress;

/** The state of a step on the chain. */
export type StepState = {
  isDone: boolean;
  /** Probes that do not hold, with what the chain returns; undefined if the read reverts. */
  open: { probe: Probe; actual: Hex | undefined }[];
  /** Time at which an announced approval takes effect, seconds. */
  effectiveAt?: bigint;
};

/** Reads whether a step has been executed. `startBlock` bounds the search for announced approvals. */
export async function readStep(client: PublicClient, step: Step, startBlock: bigint): Promise<StepState> {
  if (isCreation(step)) {
    const code = await client.getCode({ address: step.creates });
    return { isDone: code !== undefined && code !== "0x", open: [] };
  }
  const results = await Promise.all(
    step.probes.map(async (probe) => ({ probe, actual: await readProbe(client, probe) })),
  );
  const open = results.filter(({ probe, actual }) => !holds(probe, actual));
  if (open.length === 0 || BigInt(step.approvalEvent) === 0n) return { isDone: open.length === 0, open };
  const effectiveAt = await announcedAt(client, step, startBlock);
  if (effectiveAt === undefined) return { isDone: false, open };
  return { isDone: true, open: [], effectiveAt };
}

export async function readProbe(client: PublicClient, probe: Probe): Promise<Hex | undefined> {
  if (probe.comparison === Comparison.Balance) {
    return numberToHex(await client.getBalance({ address: probe.to }), { size: 32 });
  }
  try {
    const { data } = await client.call({ to: probe.to, data: probe.data });
    return data;
  } catch (error) {
    // Reverts only: an endpoint that does not answer is no answer of the contract.
    if (isRevert(error)) return undefined;
    throw error;
  }
}

export function isRevert(error: unknown): boolean {
  for (
    let cause = error as { name?: string; cause?: unknown } | undefined;
    cause;
    cause = cause.cause as typeof cause
  ) {
    if (cause.name === "ExecutionRevertedError" || cause.name === "RawContractError") return true;
    if (/revert/i.test((cause as Error).message ?? "") && (cause as { code?: number }).code === 3) return true;
  }
  return false;
}

export function holds(probe: Probe, actual: Hex | undefined): boolean {
  if (actual === undefined || actual === "0x") return false;
  const first = () => hexToBigInt(slice(actual, 0, 32));
  switch (probe.comparison) {
    case Comparison.NotZero:
      return first() !== 0n;
    case Comparison.AtLeast:
    case Comparison.Balance:
      return first() >= hexToBigInt(slice(probe.expected, 0, 32));
  }
  if (size(actual) !== size(probe.expected)) return false;
  if (probe.mask === "0x") return actual.toLowerCase() === probe.expected.toLowerCase();
  const [a, b, mask] = [hexToBytes(actual), hexToBytes(probe.expected), hexToBytes(probe.mask)];
  return a.every((byte, i) => ((byte ^ (b[i] as number)) & (mask[i] as number)) === 0);
}

/** The last approval event of the step's account, if its delay runs. Both addresses are in the step's call. */
async function announcedAt(client: PublicClient, step: Step, startBlock: bigint): Promise<bigint | undefined> {
  const account = slice(step.data, 4, 36);
  const logs = (await client.request({
    method: "eth_getLogs",
    params: [
      {
        address: step.to,
        topics: [step.approvalEvent, pad(account)],
        fromBlock: numberToHex(startBlock),
        toBlock: "latest",
      },
    ],
  })) as { data: Hex }[];
  const last = logs.at(-1);
  if (!last) return undefined;
  const effectiveAt = hexToBigInt(slice(last.data, 32, 64));
  const { timestamp } = await client.getBlock();
  return effectiveAt > timestamp ? effectiveAt : undefined;
}
