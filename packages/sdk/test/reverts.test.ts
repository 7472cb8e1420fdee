import { encodeErrorResult, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import * as sdk from "../src/index.js";
import { getRevert } from "../src/index.js";
import { clientWith, reverted } from "./clients.js";
import { deployment, exchangeJson, order, signedOrderWith, taker } from "./fixtures.js";

// Every reading action against a node on which all calls revert with an error that few of the called contracts declare.

const tooWide = encodeErrorResult({ abi: sdk.errorsAbi, errorName: "ConfidenceTooWide", args: [200n, 100n] });

/** Parameters that suffice for each of the reading actions. */
const parameters = {
  deployment: { ...deployment, breaker: taker },
  account: taker,
  adapter: taker,
  aggregateVault: taker,
  amount: 1n,
  asset: taker,
  assets: 1n,
  candidates: [taker],
  controller: taker,
  exchange: sdk.parseExchangeDeployment(exchangeJson),
  isBaseToQuote: true,
  isDeposit: true,
  isExactInput: true,
  maker: taker,
  exitId: 1n,
  orderId: 1n,
  owner: taker,
  payer: taker,
  requestId: 1n,
  requestVault: taker,
  sender: taker,
  shares: 1n,
  signature: "0x12",
  taker,
};

/** The answers of the node, and the number of calls. */
function revertingNode(data: Hex) {
  const calls: unknown[] = [];
  const client = clientWith({
    eth_chainId: () => "0x7a69",
    eth_blockNumber: () => "0x9",
    eth_getBlockByNumber: () => ({ number: "0x9", timestamp: "0x64", transactions: [] }),
    eth_getCode: () => "0x",
    eth_getLogs: () => [],
    eth_call: (call) => {
      calls.push(call);
      return reverted(data);
    },
  });
  return { client, calls };
}

type Read = (client: unknown, parameters: unknown) => Promise<unknown>;

const reads = Object.entries(sdk).filter((entry): entry is [string, Read] => {
  const [name, action] = entry;
  return typeof action === "function" && /^(get|is|quote)[A-Z]/.test(name) && action.length === 2;
});

/** They report the revert in their result, or read events or blocks only. */
const reporting = ["getPriceState", "isOrderCancellation"];
const ofHistory = [
  "getAnnouncedOrders",
  "getBlockAt",
  "getBracketedOrders",
  "getFills",
  "getLiquidatable",
  "getOpenOrders",
  "getOrderEvents",
];

describe("reads decode reverts", () => {
  const signed = ["getBracket", "getSignedOrder", "isOrderCancellation"];
  const failing = reads.filter(([name]) => ![...reporting, ...ofHistory, "isRevert"].includes(name));

  test("behavior: the list has the reads of every module", () => {
    expect(failing.length).toBeGreaterThan(25);
    const names = reads.map(([name]) => name);
    expect([...reporting, ...ofHistory].filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(failing)("error: %s", async (name, read) => {
    const { client, calls } = revertingNode(tooWide);
    const terms = { ...parameters, order: signed.includes(name) ? signedOrderWith() : order };
    const error = await read(client, terms).catch((thrown: unknown) => thrown);
    expect(calls.length, "calls").toBeGreaterThan(0);
    expect(getRevert(error)).toMatchObject({ errorName: "ConfidenceTooWide", named: { confidence: 200n } });
    // The message names the error, where viem alone prints an unknown selector.
    expect((error as Error).message).toMatch(/ConfidenceTooWide ?\(/);
    expect((error as Error).message).not.toContain(tooWide.slice(0, 10));
  });

  test("default: getPriceState reports the revert", async () => {
    const { client } = revertingNode(tooWide);
    const { trade } = await sdk.getPriceState(client, { deployment });
    expect(trade).toMatchObject({ ok: false, revert: { errorName: "ConfidenceTooWide" } });
  });

  test("behavior: an error that no contract of the exchange declares stays viem's", async () => {
    const { client } = revertingNode("0xdeadbeef");
    const error = await sdk.getPrice(client, { deployment }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain("0xdeadbeef");
    expect(getRevert(error)).toBeUndefined();
  });

  test("behavior: the message has the cause of an error that carries another one", async () => {
    const details = encodeErrorResult({ abi: sdk.errorsAbi, errorName: "ERC20TransferFailed" });
    const args = [taker, "0xa9059cbb", tooWide, details] as const;
    const wrapped = encodeErrorResult({ abi: sdk.errorsAbi, errorName: "WrappedError", args });
    const { client } = revertingNode(wrapped);
    const error = await sdk.getPrice(client, { deployment }).catch((thrown: unknown) => thrown);
    expect(getRevert(error)).toMatchObject({
      errorName: "ConfidenceTooWide",
      wrappedBy: [{ errorName: "WrappedError" }],
    });
    expect((error as Error).message).toContain("Error: WrappedError(");
    expect((error as Error).message).toMatch(/Details: ConfidenceTooWide \(.*\) in WrappedError/);
  });
});
