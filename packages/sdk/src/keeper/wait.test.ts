import { encodeFunctionResult, numberToHex } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, logOf } from "../../test/clients.js";
import { deployment, order, taker } from "../../test/fixtures.js";
import { lpRequestVaultAbi, orderGatewayAbi } from "../generated/abis.js";
import { WaitTimeoutError, waitForLpRequest, waitForOrder } from "./index.js";

/** A node whose head advances with each look, and whose contracts answer by the block. */
function chain({
  call,
  logs = () => [],
}: {
  call: (block: number) => `0x${string}`;
  logs?: (block: number) => unknown[];
}) {
  let head = 0;
  return clientWith({
    eth_getBlockByNumber: () => {
      head += 1;
      return { number: numberToHex(head), timestamp: numberToHex(Number(order.executableAt) + head), transactions: [] };
    },
    eth_call: () => call(head),
    eth_getLogs: () => logs(head),
  });
}

const statusOf = (status: number) =>
  encodeFunctionResult({ abi: orderGatewayAbi, functionName: "statusOf", result: status });

describe("waitForOrder", () => {
  const parameters = { deployment, orderId: 7n, order, pollingInterval: 1 };
  const executed = (orderId: bigint) =>
    logOf(deployment.orderGateway, orderGatewayAbi, "OrderExecuted", {
      orderId,
      taker,
      keeper: taker,
      base: 1n,
      quote: -2n,
      price: 2n,
    });

  test("default: the end of the order, not of another one", async () => {
    const client = chain({
      call: (block) => statusOf(block < 3 ? 3 : 0),
      logs: (block) => (block < 4 ? [executed(8n)] : [executed(8n), executed(7n)]),
    });
    expect(await waitForOrder(client, parameters)).toMatchObject({ type: "executed", orderId: 7n, quote: -2n });
  });

  test("behavior: an expired order that is not removed", async () => {
    const client = chain({ call: (block) => statusOf(block < 2 ? 3 : 4) });
    expect(await waitForOrder(client, parameters)).toEqual({ type: "expired", orderId: 7n });
  });

  test("error: still open at the time", async () => {
    const client = chain({ call: () => statusOf(3) });
    const until = order.executableAt + 3n;
    const error = await waitForOrder(client, { ...parameters, until }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({ id: 7n, until });
  });

  test("error: the reason of the signal, before and during the wait", async () => {
    const client = chain({ call: () => statusOf(3) });
    const reason = new Error("enough");
    await expect(waitForOrder(client, { ...parameters, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const wait = waitForOrder(client, { ...parameters, signal: controller.signal });
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
  });

  test("error: an error of the node ends the wait", async () => {
    const client = clientWith({
      eth_getBlockByNumber: () => {
        throw new Error("down");
      },
    });
    await expect(waitForOrder(client, parameters)).rejects.toThrow("down");
  });
});

describe("waitForLpRequest", () => {
  const requestVault = deployment.oracleMakerRequestVault;
  const request = {
    controller: taker,
    isDeposit: true,
    executableAt: 1,
    expiresAt: 2 ** 40 - 1,
    keeperFee: 1n,
    minOut: 1n,
  };
  const outputs = (more: object, claimable: bigint) => {
    let next = 0;
    const result = { ...request, isAssetOnly: false, isClosed: false, amount: 5n, returned: 0n, ...more };
    return () =>
      next++ % 2 === 0
        ? encodeFunctionResult({ abi: lpRequestVaultAbi, functionName: "requestOf", result: result as never })
        : encodeFunctionResult({ abi: lpRequestVaultAbi, functionName: "claimableDepositRequest", result: claimable });
  };

  test.each([
    ["settled", { isClosed: true }, 5n],
    ["returned", { isClosed: true, returned: 5n }, 0n],
    ["expired", { expiresAt: 2 }, 0n],
  ] as const)("default: %s", async (type, more, claimable) => {
    const client = chain({ call: outputs(more, claimable) });
    const end = await waitForLpRequest(client, { requestVault, requestId: 1n, pollingInterval: 1 });
    expect(end).toMatchObject({ type, claimable });
  });
});
