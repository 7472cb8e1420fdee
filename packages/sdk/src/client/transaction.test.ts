import { type Address, encodeAbiParameters, encodeErrorResult, encodeEventTopics, type Hex, type Log } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, hash, receiptWith, recording, reverted } from "../../test/clients.js";
import { deployment, taker } from "../../test/fixtures.js";
import { clearingHouseAbi, orderGatewayAbi, vaultAbi } from "../generated/abis.js";
import {
  EventNotFoundError,
  findEvent,
  getRevert,
  requireEvent,
  sendCall,
  simulateCall,
  TransactionRevertedError,
  waitForSuccess,
} from "../index.js";

const log = (address: Address, orderId: bigint): Log => ({
  address,
  topics: encodeEventTopics({
    abi: orderGatewayAbi,
    eventName: "OrderExpired",
    args: { orderId, taker },
  }) as [Hex, ...Hex[]],
  data: encodeAbiParameters([{ type: "address" }], [taker]),
  blockHash: hash,
  blockNumber: 1n,
  blockTimestamp: 1n,
  logIndex: 0,
  removed: false,
  transactionHash: hash,
  transactionIndex: 0,
});

describe("sendCall", () => {
  const call = { address: deployment.vault, abi: vaultAbi, functionName: "deposit", args: [taker, 5n] };

  test("default", async () => {
    const { client, sent } = recording();
    expect(await sendCall(client, call)).toBe(hash);
    // A fifth above the estimate of 100.
    expect(sent[0]).toMatchObject({ to: deployment.vault, gas: "0x78" });
  });

  test("behavior: gas that is given is not estimated", async () => {
    const { client, sent } = recording({ eth_estimateGas: () => reverted("0x") });
    await sendCall(client, call, { gas: 255n });
    expect(sent[0]?.gas).toBe("0xff");
  });

  test("behavior: an estimate below what the call must have does not count", async () => {
    const { client, sent } = recording();
    await sendCall(client, { ...call, gas: 255n });
    await sendCall(client, { ...call, gas: 7n });
    expect(sent.map(({ gas }) => gas)).toEqual(["0xff", "0x78"]);
  });

  test("error: what the estimate finds decodes with getRevert", async () => {
    const data = encodeErrorResult({ abi: clearingHouseAbi, errorName: "WouldIncrease", args: [1n, -2n] });
    const { client, sent } = recording({ eth_estimateGas: () => reverted(data) });
    const error = await sendCall(client, call).catch((thrown: unknown) => thrown);
    expect(getRevert(error)).toMatchObject({ errorName: "WouldIncrease", named: { size: 1n, fill: -2n } });
    expect(sent).toEqual([]);
  });
});

describe("simulateCall", () => {
  const call = { address: deployment.vault, abi: vaultAbi, functionName: "deposit", args: [taker, 5n] };

  test("default", async () => {
    const client = clientWith({ eth_call: () => encodeAbiParameters([{ type: "uint256" }], [5n]) });
    expect(await simulateCall(client, call)).toBe(5n);
  });

  test("error: decodes with getRevert", async () => {
    const data = encodeErrorResult({ abi: vaultAbi, errorName: "InsufficientFund", args: [5n, 3n] });
    const client = clientWith({ eth_call: () => reverted(data) });
    const error = await simulateCall(client, call).catch((thrown: unknown) => thrown);
    expect(getRevert(error)).toMatchObject({ errorName: "InsufficientFund", named: { requested: 5n, available: 3n } });
  });
});

describe("waitForSuccess", () => {
  const answers = (status: Hex) => ({
    eth_getTransactionReceipt: () => receiptWith({ status }),
    eth_blockNumber: () => "0x1",
  });

  test("default", async () => {
    const client = clientWith(answers("0x1"));
    expect((await waitForSuccess(client, hash)).transactionHash).toBe(hash);
  });

  const data = encodeErrorResult({ abi: vaultAbi, errorName: "InsufficientFund", args: [5n, 3n] });
  const transaction = { from: taker, to: taker, input: "0x1234", value: "0x7", gas: "0x100", type: "0x2" };
  const past = {
    eth_getTransactionByHash: () => transaction,
    eth_getBlockByHash: () => ({ number: "0x1", timestamp: "0x64", transactions: [] }),
  };
  const failureWith = async (more: Parameters<typeof clientWith>[0]) => {
    const error = await waitForSuccess(clientWith({ ...answers("0x0"), ...more }), hash).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TransactionRevertedError);
    expect(error).toMatchObject({ hash, receipt: { status: "reverted", transactionHash: hash } });
    return error as TransactionRevertedError;
  };

  test("error: TransactionRevertedError with the reason of the node's trace", async () => {
    const asked: unknown[] = [];
    const error = await failureWith({
      debug_traceTransaction: (parameters) => {
        asked.push(parameters);
        return { error: "execution reverted", output: data };
      },
    });
    expect(asked).toEqual([[hash, { tracer: "callTracer", tracerConfig: { onlyTopCall: true } }]]);
    expect(error).toMatchObject({ source: "trace", data, reason: { errorName: "InsufficientFund" } });
    expect(getRevert(error)?.named).toEqual({ requested: 5n, available: 3n });
  });

  test("error: with the reason of a replay in the transaction's own block, if the node has no traces", async () => {
    const calls: unknown[][] = [];
    const error = await failureWith({
      ...past,
      eth_call: (parameters) => {
        calls.push(parameters);
        return reverted(data);
      },
    });
    expect(error).toMatchObject({ source: "replay", data, reason: { errorName: "InsufficientFund" } });
    const [call, block, , overrides] = calls[0] ?? [];
    expect(call).toMatchObject({ from: taker, to: taker, data: "0x1234", value: "0x7", gas: "0x100" });
    expect([calls.length, block, overrides]).toEqual([1, "0x0", { number: "0x1", time: "0x64" }]);
  });

  test("behavior: replays without overrides of the block, if the node takes none", async () => {
    const eth_call = ([, , , overrides]: unknown[]) => {
      if (overrides) throw new Error("too many arguments");
      return reverted(data);
    };
    expect(await failureWith({ ...past, eth_call })).toMatchObject({ source: "replay", data });
  });

  test("behavior: replays on the state of the transaction's own block, if the node has pruned the one before", async () => {
    const eth_call = ([, block]: unknown[]) => {
      if (block === "0x0") throw new Error("missing trie node");
      return reverted(data);
    };
    expect(await failureWith({ ...past, eth_call })).toMatchObject({ source: "replay", data });
  });

  test("behavior: no reason, if the node has neither traces nor past state, or if the replay succeeds", async () => {
    const unknown = { source: undefined, data: undefined, reason: undefined };
    expect(await failureWith({})).toMatchObject(unknown);
    expect(await failureWith({ ...past, eth_call: () => "0x" })).toMatchObject(unknown);
  });

  test("behavior: a trace without output is exact: no replay", async () => {
    const error = await failureWith({ debug_traceTransaction: () => ({ error: "out of gas" }) });
    expect(error).toMatchObject({ source: "trace", data: "0x", reason: undefined });
  });
});

describe("findEvent", () => {
  const event = { abi: orderGatewayAbi, address: deployment.orderGateway, eventName: "OrderExpired" } as const;

  test("default", () => {
    const logs = [log(deployment.vault, 1n), log(deployment.orderGateway, 2n), log(deployment.orderGateway, 3n)];
    expect(findEvent({ logs, transactionHash: hash }, event)?.args.orderId).toBe(2n);
    expect(requireEvent({ logs, transactionHash: hash }, event).args).toEqual({
      orderId: 2n,
      taker,
      caller: taker,
    });
  });

  test("behavior: undefined when only another contract emitted it", () => {
    const logs = [log(deployment.vault, 1n)];
    expect(findEvent({ logs, transactionHash: hash }, event)).toBeUndefined();
  });

  test("error: EventNotFoundError", () => {
    expect(() => requireEvent({ logs: [], transactionHash: hash }, event)).toThrow(EventNotFoundError);
  });
});
