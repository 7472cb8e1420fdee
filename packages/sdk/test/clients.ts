import {
  type Abi,
  type AbiEvent,
  type AbiParameter,
  type Address,
  createWalletClient,
  custom,
  decodeAbiParameters,
  decodeFunctionData,
  deploylessCallViaBytecodeBytecode,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  encodeFunctionResult,
  type Hex,
  multicall3Abi,
  parseAbi,
  RpcRequestError,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvil } from "viem/chains";
import { expect } from "vitest";
import { taker } from "./fixtures.js";

export const hash = `0x${"ab".repeat(32)}` as const;

export type Transaction = { to: Address; data: Hex; value?: Hex; gas?: Hex };

type Answers = Record<string, (parameters: unknown[]) => unknown>;

/** A transport to a node that answers the given methods only. */
export const nodeWith = (answers: Answers) =>
  custom(
    {
      request: async ({ method, params }: { method: string; params?: unknown[] }) => {
        const answer = answers[method];
        if (!answer) throw new Error(`Unexpected request ${method}`);
        const [call, ...state] = (params ?? []) as { to?: Address; data: Hex }[];
        if (method !== "eth_call" || call?.to) return answer(params ?? []);
        return batchAnswer(call?.data ?? "0x", (part) => answer([part, ...state]));
      },
    },
    { retryCount: 0 },
  );

/** The answer to a batch of calls: a call without a contract, whose code is Multicall3. */
function batchAnswer(data: Hex, answer: (call: unknown) => unknown): Hex {
  const parameters: Hex = `0x${data.slice(deploylessCallViaBytecodeBytecode.length)}`;
  const [, batch] = decodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], parameters);
  const { args } = decodeFunctionData({ abi: multicall3Abi, data: batch });
  const result = ((args?.[0] ?? []) as readonly { target: Address; callData: Hex }[]).map(({ target, callData }) => {
    try {
      return { success: true, returnData: answer({ to: target, data: callData }) as Hex };
    } catch (error) {
      const returnData = (error as { data?: Hex }).data;
      if (returnData === undefined) throw error;
      return { success: false, returnData };
    }
  });
  return encodeFunctionResult({ abi: multicall3Abi, functionName: "aggregate3", result });
}

/** A client of a node that answers the given methods only. */
export const clientWith = (answers: Answers) =>
  createWalletClient({ account: taker, chain: anvil, transport: nodeWith(answers), pollingInterval: 1 });

/** A client of a node that accepts transactions, and the transactions sent. */
export function recording(answers: Answers = {}) {
  const sent: Transaction[] = [];
  const client = clientWith({
    eth_chainId: () => "0x7a69",
    eth_estimateGas: () => "0x64",
    eth_sendTransaction: ([transaction]) => {
      sent.push(transaction as Transaction);
      return hash;
    },
    ...answers,
  });
  return { client, sent };
}

type RecordingClient = ReturnType<typeof recording>["client"];

/** The contract, the function and the arguments of the one transaction that an action sends, and its value if it has one. */
export async function sentBy(abi: Abi, action: (client: RecordingClient) => Promise<unknown>, answers: Answers = {}) {
  const { client, sent } = recording(answers);
  await action(client);
  expect(sent).toHaveLength(1);
  const { to, data, value = "0x0" } = sent[0] as Transaction;
  return { to, ...decodeFunctionData({ abi, data }), ...(BigInt(value) > 0n && { value: BigInt(value) }) };
}

/** A client of a node on which every contract returns `result`, and the decoded calls. */
export function answering(abi: Abi, result: (functionName: string, args: readonly unknown[]) => Hex) {
  const asked: { to: Address; functionName: string; args?: readonly unknown[] }[] = [];
  const client = clientWith({
    eth_call: ([call]) => {
      const { to, data } = call as Transaction;
      const { functionName, args = [] } = decodeFunctionData({ abi, data });
      asked.push({ to, functionName, args });
      return result(functionName, args);
    },
  });
  return { client, asked };
}

/** Throws a node's answer to a call that reverts with `data`. */
export function reverted(data?: Hex): never {
  const error = { code: 3, message: "execution reverted", ...(data !== undefined && { data }) };
  throw new RpcRequestError({ body: {}, error, url: "http://127.0.0.1" });
}

/** A transaction's receipt, as a node returns it. */
export const receiptWith = (more: { status?: Hex; logs?: unknown[] } = {}) => ({
  transactionHash: hash,
  blockHash: hash,
  blockNumber: "0x1",
  transactionIndex: "0x0",
  from: taker,
  to: taker,
  cumulativeGasUsed: "0x1",
  gasUsed: "0x1",
  effectiveGasPrice: "0x1",
  logs: [],
  logsBloom: "0x",
  status: "0x1",
  type: "0x2",
  ...more,
});

/** The log of an event, as a node returns it. */
export function logOf(address: Address, abi: Abi, eventName: string, args: Record<string, unknown>, more: object = {}) {
  const event = abi.find((item): item is AbiEvent => item.type === "event" && item.name === eventName) as AbiEvent;
  const unindexed = event.inputs.filter((input) => !input.indexed) as AbiParameter[];
  return {
    address,
    topics: encodeEventTopics({ abi: [event], eventName, args } as never) as Hex[],
    data: encodeAbiParameters(
      unindexed,
      unindexed.map(({ name }) => args[name as string]),
    ),
    blockHash: hash,
    blockNumber: "0x5",
    transactionHash: hash,
    transactionIndex: "0x0",
    logIndex: "0x2",
    removed: false,
    ...more,
  };
}

type NodeLog = ReturnType<typeof logOf>;
type LogRequest = {
  address: Address | Address[];
  topics: (Hex | Hex[] | null)[];
  fromBlock: Hex;
  toBlock: Hex | "latest";
};

/** Whether a node returns a log for a request. */
const matches = (log: NodeLog, { address, topics, fromBlock, toBlock }: LogRequest): boolean =>
  [address].flat().includes(log.address) &&
  BigInt(log.blockNumber) >= BigInt(fromBlock) &&
  (toBlock === "latest" || BigInt(log.blockNumber) <= BigInt(toBlock)) &&
  topics.every((topic, i) => topic === null || [topic].flat().includes(log.topics[i] as Hex));

/** A client of a node at block 9 that has the logs, the block ranges requested, and the logs that it returned. */
export function withLogs(logs: NodeLog[], answers: Answers = {}) {
  const asked: { fromBlock: Hex; toBlock: Hex | "latest" }[] = [];
  const returned: NodeLog[] = [];
  const client = clientWith({
    eth_blockNumber: () => "0x9",
    eth_getLogs: ([filter]) => {
      const request = filter as LogRequest;
      asked.push({ fromBlock: request.fromBlock, toBlock: request.toBlock });
      const found = logs.filter((log) => matches(log, request));
      returned.push(...found);
      return found;
    },
    ...answers,
  });
  return { client, asked, returned };
}

/** The account that {@link signingNode} signs for. */
export const signer = privateKeyToAccount(`0x${"11".repeat(32)}`);

const tokenAbi = parseAbi(["function name() view returns (string)"]);

/** A client that signs, on a node with the collateral's name and nonce 7 of every account; and the data of the calls. */
export function signingNode() {
  const estimated: Hex[] = [];
  const { client } = recording({
    eth_estimateGas: ([call]) => {
      estimated.push((call as Transaction).data);
      return "0x64";
    },
    eth_gasPrice: () => "0x1",
    eth_call: ([call]) =>
      (call as Transaction).data === encodeFunctionData({ abi: tokenAbi })
        ? encodeFunctionResult({ abi: tokenAbi, functionName: "name", result: "USD Coin" })
        : encodeAbiParameters([{ type: "uint256" }], [7n]),
    eth_getBlockByNumber: () => ({ number: "0x1", timestamp: "0x64", transactions: [] }),
    eth_getTransactionCount: () => "0x0",
    eth_maxPriorityFeePerGas: () => "0x1",
    eth_sendRawTransaction: () => hash,
  });
  return { client: { ...client, account: signer }, estimated };
}
