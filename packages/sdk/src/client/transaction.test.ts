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
