import {
  type Address,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  type Hex,
  type Log,
  RpcRequestError,
} from "viem";
import { describe, expect, test } from "vitest";
import { clearingHouseAbi, orderGatewayAbi, vaultAbi } from "../src/generated/abis.js";
import {
  createOrder,
  deposit,
  EventNotFoundError,
  executeOrders,
  executeOrdersSync,
  findEvent,
  getRevert,
  QuoteFailedError,
  quoteTrade,
  requireEvent,
  sendCall,
  setOperator,
  simulateCall,
  TransactionRevertedError,
  waitForSuccess,
} from "../src/index.js";
import { clientWith, hash, recording, type Transaction } from "./clients.js";
import { deployment, order, taker } from "./fixtures.js";

const executionReverted = (data: Hex) => {
  throw new RpcRequestError({
    body: {},
    error: { code: 3, message: "execution reverted", data },
    url: "http://127.0.0.1",
  });
};

const receipt = (status: Hex) => ({
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
  status,
  type: "0x2",
});

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

describe("createOrder", () => {
  test("default", async () => {
    const { client, sent } = recording();
    const request = {
      maker: deployment.oracleMaker,
      isBaseToQuote: true,
      isExactInput: true,
      amount: 5n,
      oppositeBound: 7n,
    };
    expect(await createOrder(client, { deployment, ...request, keeperFee: 11n })).toBe(hash);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ to: deployment.orderGateway, value: "0xb" });
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "createOrder",
      args: [{ marketId: 1n, isReduceOnly: false, returnsMargin: false, ...request }],
    });
  });

  test("behavior: after another order", async () => {
    const { client, sent } = recording();
    const { marketId: _, ...request } = order.request;
    await createOrder(client, { deployment, ...request, keeperFee: 1n, after: { orderId: 4n, order } });
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "createOrderAfter",
      args: [order.request, 4n, order],
    });
  });
});

describe("executeOrders", () => {
  const batch = [
    { orderId: 1n, order, updateData: ["0x01", "0x02"] },
    { orderId: 2n, order, updateData: ["0x03"] },
    { orderId: 3n, order, updateData: ["0x01", "0x02"] },
  ] as const;

  test("default: orders with the same update data share it", async () => {
    const { client, sent } = recording();
    await executeOrders(client, { deployment, orders: batch, value: 3n });
    expect(sent[0]?.value).toBe("0x3");
    expect(decodeFunctionData({ abi: orderGatewayAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "executeOrders",
      args: [
        [
          { orderId: 1n, order, updateIndex: 0n },
          { orderId: 2n, order, updateIndex: 1n },
          { orderId: 3n, order, updateIndex: 0n },
        ],
        [["0x01", "0x02"], ["0x03"]],
      ],
    });
  });

  test("behavior: how each order ended, and margin that was kept", async () => {
    const reason = encodeErrorResult({ abi: vaultAbi, errorName: "PositionOpen", args: [taker, 5n] });
    const event = (eventName: "OrderExecuted" | "OrderPurged" | "OrderSkipped" | "MarginReturnFailed", data: Hex) => ({
      ...log(deployment.orderGateway, 1n),
      topics: encodeEventTopics({ abi: orderGatewayAbi, eventName, args: { orderId: 1n, taker } }),
      data,
      blockNumber: "0x1",
      transactionIndex: "0x0",
      logIndex: "0x0",
      blockTimestamp: "0x1",
    });
    const failed = encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [taker, reason]);
    const filled = encodeAbiParameters(
      [{ type: "address" }, { type: "int256" }, { type: "int256" }, { type: "uint256" }],
      [taker, -1n, 2n, 3n],
    );
    const logs = [
      event("OrderSkipped", failed),
      { ...event("OrderPurged", failed), address: taker },
      event("OrderExecuted", filled),
      event("MarginReturnFailed", encodeAbiParameters([{ type: "bytes" }], [reason])),
      event("OrderPurged", encodeAbiParameters([{ type: "address" }, { type: "bytes" }], [taker, "0x"])),
    ];
    const { client } = recording({
      eth_blockNumber: () => "0x1",
      eth_getTransactionReceipt: () => ({ ...receipt("0x1"), logs }),
    });
    const { outcomes, gasUsed } = await executeOrdersSync(client, { deployment, orders: batch });
    expect(gasUsed).toBe(1n);
    const kept = { reason: { errorName: "PositionOpen", named: { account: taker, size: 5n } }, data: reason };
    expect(outcomes).toMatchObject([
      { status: "skipped", ...kept },
      { status: "executed", base: -1n, quote: 2n, price: 3n, marginReturnFailure: kept },
      { status: "purged", reason: undefined, data: "0x" },
    ]);
  });
});

describe("vault actions", () => {
  test("behavior: account and operator default to the client's and to the gateway", async () => {
    const { client, sent } = recording();
    await deposit(client, { deployment, amount: 5n });
    await deposit(client, { deployment, amount: 5n, account: deployment.base });
    await setOperator(client, { deployment, approved: true });
    expect(sent.map(({ data }) => decodeFunctionData({ abi: vaultAbi, data }).args)).toEqual([
      [taker, 5n],
      [deployment.base, 5n],
      [deployment.orderGateway, true],
    ]);
    expect(sent.every(({ to }) => to === deployment.vault)).toBe(true);
  });
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
    const { client, sent } = recording({ eth_estimateGas: () => executionReverted("0x") });
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
    const { client, sent } = recording({ eth_estimateGas: () => executionReverted(data) });
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
    const client = clientWith({ eth_call: () => executionReverted(data) });
    const error = await simulateCall(client, call).catch((thrown: unknown) => thrown);
    expect(getRevert(error)).toMatchObject({ errorName: "InsufficientFund", named: { requested: 5n, available: 3n } });
  });
});

describe("quoteTrade", () => {
  const request = {
    deployment,
    taker,
    maker: deployment.oracleMaker,
    isBaseToQuote: false,
    isExactInput: true,
    amount: 5n,
  } as const;

  test("default", async () => {
    let called: Transaction | undefined;
    const client = clientWith({
      eth_call: ([transaction]) => {
        called = transaction as Transaction;
        return executionReverted(
          encodeErrorResult({ abi: clearingHouseAbi, errorName: "TradeQuoted", args: [3n, -5n] }),
        );
      },
    });
    expect(await quoteTrade(client, request)).toEqual({ base: 3n, quote: -5n });
    expect(called?.to).toBe(deployment.clearingHouse);
    expect(decodeFunctionData({ abi: clearingHouseAbi, data: called?.data ?? "0x" }).args).toMatchObject([
      { taker, isReduceOnly: false, oppositeBound: 0n },
      deployment.orderGateway,
    ]);
  });

  test("error: QuoteFailedError without a reason", async () => {
    const client = clientWith({ eth_call: () => executionReverted("0xdeadbeef") });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: QuoteFailedError when the function comes back", async () => {
    const client = clientWith({ eth_call: () => "0x" });
    await expect(quoteTrade(client, request)).rejects.toThrow(QuoteFailedError);
  });

  test("error: a node that does not answer is no failed quote", async () => {
    const client = clientWith({});
    const error = await quoteTrade(client, request).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(QuoteFailedError);
    expect(String(error)).toContain("Unexpected request eth_call");
  });
});

describe("waitForSuccess", () => {
  const answers = (status: Hex) => ({ eth_getTransactionReceipt: () => receipt(status), eth_blockNumber: () => "0x1" });

  test("default", async () => {
    const client = clientWith(answers("0x1"));
    expect((await waitForSuccess(client, hash)).transactionHash).toBe(hash);
  });

  test("error: TransactionRevertedError", async () => {
    const client = clientWith(answers("0x0"));
    await expect(waitForSuccess(client, hash)).rejects.toThrow(TransactionRevertedError);
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
