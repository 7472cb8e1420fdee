// Reads at another state than the latest one: at a block, with overrides, after a price update that is not stored.
import {
  type Address,
  BaseError,
  type Client,
  concatHex,
  createClient,
  custom,
  type EIP1193RequestFn,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseAbi,
  type StateOverride,
  size,
  slice,
} from "viem";
import { getBlock } from "viem/actions";
import type { Deployment } from "../deployment.js";
import { PriceUpdateFailedError, UnknownPythError } from "../price-errors.js";
import type { ReadOptions } from "./define-read.js";
import { UNSTORED } from "./unstored.js";

/** The options of a read, with its deployment if it has one. */
type State = ReadOptions & { deployment?: Deployment };

type CallRequest = { from?: Address; to?: Address; data?: Hex; [field: string]: unknown };
type RpcOverride = { stateDiff?: Record<Hex, Hex>; [field: string]: unknown };
type RpcOverrides = Record<Address, RpcOverride>;

/** Stands for the contract that stores and reads: the last 20 bytes of keccak256("counterpoise.reader"). */
const READER: Address = "0x07Ed757d9Aa2328596C5f65D2FcF3a45c47C2Af9";
/** The reader's balance, wei, which pays Pyth's fee: more than any fee. */
const BALANCE = 2n ** 128n;

const updateAbi = /* @__PURE__ */ parseAbi(["function updatePriceFeeds(bytes[] updateData) payable"]);

/** The first bytes of the reader's revert data when the update failed: those of keccak256("PriceUpdateFailed(bytes)"). */
const UPDATE_FAILED: Hex = "0x58383cb8";

const push = (opcode: Hex, value: bigint | number, bytes: number): Hex =>
  concatHex([opcode, numberToHex(value, { size: bytes })]);

/**
 * The code of the reader. Its calldata is the call of Pyth, of `length` bytes, followed by the read. It makes both calls, the
 * first with its whole balance, and returns or reverts with the data of the second. If the first one reverts, it reverts with
 * {@link UPDATE_FAILED} and the data of that revert.
 */
function readerCode({ pyth, target, length }: { pyth: Address; target: Address; length: number }): Hex {
  const pushLength = push("0x63", length, 4);
  const start = concatHex([
    // CALLDATACOPY(0, 0, length); CALL(GAS, pyth, SELFBALANCE, 0, length, 0, 0)
    ...[pushLength, "0x6000600037" as const],
    ...["0x60006000" as const, pushLength, "0x6000" as const, "0x4773" as const, pyth, "0x5af1" as const],
  ]);
  const failure = concatHex([
    // MSTORE(0, UPDATE_FAILED << 224); RETURNDATACOPY(4, 0, RETURNDATASIZE); REVERT(0, RETURNDATASIZE + 4)
    ...[
      "0x63" as const,
      UPDATE_FAILED,
      "0x60e01b600052" as const,
      "0x3d600060043e" as const,
      "0x3d6004016000fd" as const,
    ],
  ]);
  const read = concatHex([
    // CALLDATACOPY(0, length, CALLDATASIZE - length); CALL(GAS, target, 0, 0, CALLDATASIZE - length, 0, 0)
    ...["0x5b" as const, pushLength, "0x360380" as const, pushLength, "0x600037" as const],
    ...["0x60006000826000600073" as const, target, "0x5af1" as const],
    // RETURNDATACOPY(0, 0, RETURNDATASIZE)
    "0x3d600060003e",
  ]);
  // JUMPI past the failure, and past the revert. Each takes three bytes.
  const readAt = size(start) + 3 + size(failure);
  const returnAt = readAt + size(read) + 3 + 4;
  return concatHex([
    ...[start, push("0x60", readAt, 1), "0x57" as const, failure],
    ...[read, push("0x60", returnAt, 1), "0x57" as const],
    // REVERT(0, RETURNDATASIZE), or RETURN(0, RETURNDATASIZE)
    ...["0x3d6000fd" as const, "0x5b3d6000f3" as const],
  ]);
}

/** A state override as nodes take it. */
const rpcOverrides = (overrides: StateOverride = []): RpcOverrides => {
  const wordsOf = (mapping?: readonly { slot: Hex; value: Hex }[]) =>
    mapping && Object.fromEntries(mapping.map(({ slot, value }) => [slot, value]));
  const merged: RpcOverrides = {};
  for (const { address, balance, nonce, code, state, stateDiff } of overrides) {
    const fields = {
      ...(balance !== undefined && { balance: numberToHex(balance) }),
      ...(nonce !== undefined && { nonce: numberToHex(nonce) }),
      ...(code !== undefined && { code }),
      ...(state && { state: wordsOf(state) }),
      ...(stateDiff && { stateDiff: wordsOf(stateDiff) as Record<Hex, Hex> }),
    };
    merged[address.toLowerCase() as Address] = fields;
  }
  return merged;
};

/** Both overrides; of an account and a slot in both, the second one's. */
function combined(first: RpcOverrides, second: RpcOverrides): RpcOverrides {
  const all = { ...first };
  for (const [key, override] of Object.entries(second)) {
    const address = key.toLowerCase() as Address;
    const before = all[address];
    const stateDiff = { ...before?.stateDiff, ...override.stateDiff };
    all[address] = { ...before, ...override, ...(Object.keys(stateDiff).length > 0 && { stateDiff }) };
  }
  return all;
}

/**
 * Runs a read with a client whose requests are evaluated at a state. The client has no actions of its own, so that viem's
 * actions use its requests.
 *
 * @throws {@link PriceUpdateFailedError} when Pyth rejects the update.
 * @throws {@link UnknownPythError} when neither the prices nor the deployment name Pyth's contract.
 */
export async function readAtState<result>(
  client: Client,
  { blockNumber, stateOverride, blockTime, prices, deployment }: State,
  read: (at: Client) => Promise<result>,
): Promise<result> {
  const pyth = prices?.pyth ?? deployment?.pyth;
  if (prices && pyth === undefined) throw new UnknownPythError();
  const isPretended = prices !== undefined || blockTime !== undefined;
  const block = isPretended ? await getBlock(client, blockNumber === undefined ? {} : { blockNumber }) : undefined;
  const number = block?.number ?? blockNumber;
  const tag = number === undefined ? "latest" : numberToHex(number);
  const blockOverrides = block && {
    number: numberToHex(block.number),
    time: numberToHex(blockTime ?? block.timestamp),
  };
  const base = rpcOverrides(stateOverride);
  const update = prices && encodeFunctionData({ abi: updateAbi, args: [prices.updateData] });
  let rejected: PriceUpdateFailedError | undefined;

  /** A call, with the update before it. Without a target it is no read of a contract. */
  const callParameters = ([request, , given]: readonly unknown[]): unknown[] => {
    const { from, to: target, data = "0x", ...rest } = request as CallRequest;
    let overrides = combined(base, (given ?? {}) as RpcOverrides);
    let call: CallRequest = request as CallRequest;
    if (update && pyth && target) {
      const code = readerCode({ pyth, target, length: size(update) });
      overrides = combined(overrides, { [READER]: { code, balance: numberToHex(BALANCE) } });
      call = { ...rest, to: READER, data: concatHex([update, data]) };
    }
    const hasOverrides = Object.keys(overrides).length > 0;
    return [
      call,
      tag,
      ...(hasOverrides || blockOverrides ? [overrides] : []),
      ...(blockOverrides ? [blockOverrides] : []),
    ];
  };

  const request = async ({ method, params }: { method: string; params?: readonly unknown[] }): Promise<unknown> => {
    const send = (changed: readonly unknown[] | undefined) =>
      (client.request as EIP1193RequestFn)({ method, params: changed } as never) as Promise<unknown>;
    if (method === "eth_call") {
      return send(callParameters(params ?? [])).catch(async (error: unknown) => {
        const reason = updateFailure(error);
        if (reason === undefined) throw error;
        const { decodeRevert } = await import("../reverts.js");
        rejected = new PriceUpdateFailedError({ pyth: pyth as Address, reason, revert: decodeRevert(reason) });
        throw rejected;
      });
    }
    if (method === "eth_blockNumber" && number !== undefined) return tag;
    const answer = await send(params && pinned(params, tag));
    const isThisBlock = method === "eth_getBlockByNumber" && params?.[0] === "latest";
    return isThisBlock && blockOverrides ? { ...(answer as object), timestamp: blockOverrides.time } : answer;
  };

  const at = createClient({
    ...(prices && { key: UNSTORED }),
    account: client.account,
    chain: client.chain,
    cacheTime: 0,
    pollingInterval: client.pollingInterval,
    transport: custom({ request } as never, { retryCount: 0 }),
  });
  const result = await read(at as Client).catch((error: unknown) => {
    throw rejected ?? error;
  });
  // A read that answers with the reason of a revert has no answer at a price that was rejected.
  if (rejected) throw rejected;
  return result;
}

/** Parameters of a request with a block in place of the tag `latest`, also in the filter of logs. */
const pinned = (params: readonly unknown[], tag: string): unknown[] =>
  params.map((each) => {
    if (each === "latest") return tag;
    const filter = each as { toBlock?: unknown } | undefined;
    return filter?.toBlock === "latest" ? { ...filter, toBlock: tag } : each;
  });

/** The revert data of Pyth in an error of a call whose update failed. */
function updateFailure(error: unknown): Hex | undefined {
  const raw = error instanceof BaseError ? error.walk((cause) => cause instanceof Error && "data" in cause) : undefined;
  const { data } = (raw ?? {}) as { data?: Hex | { data?: Hex } };
  const bytes = typeof data === "object" ? data.data : data;
  return bytes?.startsWith(UPDATE_FAILED) ? (size(bytes) > 4 ? slice(bytes, 4) : "0x") : undefined;
}
