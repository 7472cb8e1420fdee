import { type Client, type Hex, keccak256, numberToHex, type StateOverride, slice, stringToHex } from "viem";
import { getBlock, getBlockNumber, getStorageAt, readContract } from "viem/actions";
import { describe, expect, test } from "vitest";
import { clientWith, reverted, type Transaction } from "../../test/clients.js";
import { deployment } from "../../test/fixtures.js";
import { PriceUpdateFailedError, UnknownPythError } from "../price-errors.js";
import { defineClientRead } from "./define-read.js";

const abi = [
  { type: "function", name: "f", stateMutability: "view", inputs: [], outputs: [{ type: "uint256" }] },
] as const;
const call = { address: deployment.lens, abi, functionName: "f" } as const;
const f = slice(keccak256(stringToHex("f()")), 0, 4);
const seven = numberToHex(7, { size: 32 });

/** A client of a node at block 9 of time 100, and its requests. */
function nodeAt9(answer: () => Hex = () => seven) {
  const asked: [method: string, parameters: unknown[]][] = [];
  const answered =
    <result>(method: string, result: () => result) =>
    (parameters: unknown[]) => {
      asked.push([method, parameters]);
      return result();
    };
  const client = clientWith({
    eth_call: answered("eth_call", answer),
    eth_getBlockByNumber: answered("eth_getBlockByNumber", () => ({
      number: "0x9",
      timestamp: "0x64",
      transactions: [],
    })),
    eth_getStorageAt: answered("eth_getStorageAt", () => seven),
    eth_getLogs: answered("eth_getLogs", () => []),
  });
  return { client, asked };
}

const read = defineClientRead((client: Client, _: { deployment: typeof deployment }) => readContract(client, call));
const prices = { updateData: ["0x1234"] } as const;

describe("defineClientRead", () => {
  test("default: the client's own request", async () => {
    const { client, asked } = nodeAt9();
    expect(await read(client, { deployment })).toBe(7n);
    expect(asked).toMatchObject([["eth_call", [{ to: deployment.lens, data: f }, "latest"]]]);
    expect(asked[0]?.[1]).toHaveLength(2);
  });

  test("behavior: the action receives its own parameters only", async () => {
    const seen: object[] = [];
    const action = defineClientRead(async (_, parameters: { deployment: typeof deployment; account: string }) => {
      seen.push(parameters);
    });
    const { client } = nodeAt9();
    await action(client, { deployment, account: "a" });
    await action(client, { deployment, account: "a", blockNumber: 3n, prices, blockTime: 5n, stateOverride: [] });
    expect(seen).toEqual(Array(2).fill({ deployment, account: "a" }));
  });

  test("behavior: a block, in every request", async () => {
    const { client, asked } = nodeAt9();
    const all = defineClientRead(async (at: Client, _: { deployment: typeof deployment }) => {
      await readContract(at, call);
      await getStorageAt(at, { address: deployment.vault, slot: "0x1" });
      await getBlock(at);
      await at.request({ method: "eth_getLogs", params: [{ fromBlock: "0x1", toBlock: "latest" }] });
      return getBlockNumber(at);
    });
    expect(await all(client, { deployment, blockNumber: 5n })).toBe(5n);
    expect(asked).toMatchObject([
      ["eth_call", [{ to: deployment.lens }, "0x5"]],
      ["eth_getStorageAt", [deployment.vault, "0x1", "0x5"]],
      ["eth_getBlockByNumber", ["0x5", false]],
      ["eth_getLogs", [{ fromBlock: "0x1", toBlock: "0x5" }]],
    ]);
  });

  test("behavior: overrides of the caller and of the action together; the action's own prevail", async () => {
    const { client, asked } = nodeAt9();
    const [one, two, three] = [1, 2, 3].map((value) => numberToHex(value, { size: 32 })) as [Hex, Hex, Hex];
    const action = defineClientRead((at: Client, _: { deployment: typeof deployment }) =>
      readContract(at, {
        ...call,
        stateOverride: [{ address: deployment.vault, stateDiff: [{ slot: two, value: two }] }],
      }),
    );
    const words = [
      { slot: one, value: one },
      { slot: two, value: three },
    ];
    const stateOverride: StateOverride = [
      { address: deployment.vault, balance: 5n, stateDiff: words },
      { address: deployment.oracle, code: "0x00", nonce: 1, state: [{ slot: one, value: two }] },
    ];
    await action(client, { deployment, stateOverride });
    expect(asked[0]?.[1].slice(1)).toEqual([
      "latest",
      {
        [deployment.vault.toLowerCase()]: { balance: "0x5", stateDiff: { [one]: one, [two]: two } },
        [deployment.oracle.toLowerCase()]: { code: "0x00", nonce: "0x1", state: { [one]: two } },
      },
    ]);
  });

  test("behavior: prices, at number and time of the latest block", async () => {
    const { client, asked } = nodeAt9();
    expect(await read(client, { deployment, prices })).toBe(7n);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(["eth_getBlockByNumber", ["latest", false]]);
    const parameters = asked[1]?.[1] ?? [];
    const request = parameters[0] as Transaction;
    const [block, overrides, blockOverrides] = parameters.slice(1) as [Hex, Record<string, object>, object];
    expect([block, blockOverrides]).toEqual(["0x9", { number: "0x9", time: "0x64" }]);
    expect(Object.keys(request).sort()).toEqual(["data", "to"]);
    expect(request.data.startsWith(slice(keccak256(stringToHex("updatePriceFeeds(bytes[])")), 0, 4))).toBe(true);
    expect(request.data.endsWith(f.slice(2))).toBe(true);
    const { code, balance } = overrides[request.to.toLowerCase()] as { code: Hex; balance: Hex };
    expect(BigInt(balance)).toBeGreaterThan(10n ** 18n);
    for (const address of [deployment.pyth, deployment.lens])
      expect(code.toLowerCase()).toContain(address.slice(2).toLowerCase());
  });

  test("behavior: prices at another block and another time, and another contract of Pyth", async () => {
    const { client, asked } = nodeAt9();
    const pyth = `0x${"99".repeat(20)}` as const;
    const block = defineClientRead((at: Client, _: { deployment: typeof deployment }) =>
      Promise.all([readContract(at, call), getBlock(at)]),
    );
    const [, { timestamp }] = await block(client, {
      deployment,
      blockNumber: 9n,
      blockTime: 200n,
      prices: { ...prices, pyth },
    });
    expect(timestamp).toBe(200n);
    expect(asked[0]).toEqual(["eth_getBlockByNumber", ["0x9", false]]);
    const overrides = (asked[1]?.[1] ?? []).slice(2) as [Record<string, { code: Hex }>, object];
    expect(overrides[1]).toEqual({ number: "0x9", time: "0xc8" });
    expect(Object.values(overrides[0])[0]?.code).toContain(pyth.slice(2));
  });

  test("error: of the node, and of the read, as without options", async () => {
    const { client } = nodeAt9(() => reverted("0x12345678"));
    const error = await read(client, { deployment, prices }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ContractFunctionExecutionError", cause: { raw: "0x12345678" } });
  });

  test("error: PriceUpdateFailedError", async () => {
    const failed = slice(keccak256(stringToHex("PriceUpdateFailed(bytes)")), 0, 4);
    for (const reason of ["0x", "0x12345678"] as const) {
      const { client } = nodeAt9(() => reverted(`${failed}${reason.slice(2)}`));
      const error = await read(client, { deployment, prices }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PriceUpdateFailedError);
      expect(error).toMatchObject({ pyth: deployment.pyth, reason, revert: undefined });
    }
  });

  test("error: UnknownPythError", async () => {
    const { client, asked } = nodeAt9();
    const without = defineClientRead((at: Client, _: { maker: Hex }) => readContract(at, call));
    await expect(without(client, { maker: "0x", prices } as never)).rejects.toThrow(UnknownPythError);
    expect(asked).toEqual([]);
  });
});
