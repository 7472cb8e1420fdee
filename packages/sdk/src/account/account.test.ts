import { type AbiFunction, type AbiParameter, encodeAbiParameters, erc20Abi, type Hex, toFunctionSelector } from "viem";
import { expect, test } from "vitest";
import { clientWith, logOf } from "../../test/clients.js";
import { deployment, order, taker } from "../../test/fixtures.js";
import {
  exchangeLensAbi,
  lpRequestVaultAbi,
  orderGatewayAbi,
  signedOrderGatewayAbi,
  vaultAbi,
} from "../generated/abis.js";
import { getOpenOrders } from "../index.js";
import { getLpAccount, getTraderAccount } from "./index.js";

const known = [
  ...exchangeLensAbi,
  ...lpRequestVaultAbi,
  ...orderGatewayAbi,
  ...signedOrderGatewayAbi,
  ...vaultAbi,
  ...erc20Abi,
];
const functions = new Map(
  known
    .filter((item): item is Extract<(typeof known)[number], AbiFunction> => item.type === "function")
    .map((item) => [toFunctionSelector(item as AbiFunction), item as AbiFunction]),
);

/** A value of a type: one, the taker, true, nothing. A request is open. */
function sample(parameter: AbiParameter): unknown {
  const { name, type } = parameter;
  if (type.endsWith("]")) return [];
  if (type === "tuple") {
    const { components } = parameter as { components: readonly AbiParameter[] };
    return Object.fromEntries(components.map((each) => [each.name, sample(each)]));
  }
  if (type === "address") return taker;
  if (type === "bool") return name !== "isClosed";
  if (type === "bytes32") return `0x${"00".repeat(32)}`;
  if (type === "bytes") return "0x";
  return Number(type.match(/\d+/)?.[0] ?? 256) <= 48 ? 1 : 1n;
}

/** A node with two orders of the taker, and the methods that it was asked for. */
function node() {
  const asked: string[] = [];
  const counted = (method: string, answer: (parameters: unknown[]) => unknown) => (parameters: unknown[]) => {
    asked.push(method);
    return answer(parameters);
  };
  const created = (orderId: bigint, logIndex: Hex) =>
    logOf(deployment.orderGateway, orderGatewayAbi, "OrderCreated", { orderId, taker, order }, { logIndex });
  let batches = 0;
  const client = clientWith({
    eth_getLogs: counted("eth_getLogs", ([filter]) =>
      (filter as { address: Hex }).address === deployment.orderGateway ? [created(1n, "0x1"), created(2n, "0x2")] : [],
    ),
    eth_getBlockByNumber: counted("eth_getBlockByNumber", () => ({
      number: "0x1",
      timestamp: "0x64",
      transactions: [],
    })),
    eth_call: ([call]) => {
      const { data } = call as { data: Hex };
      const item = functions.get(data.slice(0, 10) as Hex);
      if (!item) throw new Error(`Unexpected call ${data.slice(0, 10)}`);
      return encodeAbiParameters(item.outputs, item.outputs.map(sample));
    },
  });
  // Calls are counted where they leave: a batch is one.
  const request = client.request as unknown as (request: { method: string; params?: unknown }) => Promise<unknown>;
  const counting = {
    ...client,
    request: (each: { method: string }) => {
      if (each.method === "eth_call") batches += 1;
      return request(each);
    },
  } as unknown as typeof client;
  return { client: counting, requests: () => asked.length + batches, asked };
}

test("default: the whole state of a trader in four requests", async () => {
  const { client, requests } = node();
  const state = await getTraderAccount(client, { deployment, account: taker });
  expect(requests()).toBe(4);
  expect(state).toMatchObject({ account: taker, fund: 1n, wallet: 1n, orderCredit: 1n, orderNonce: 1n });
  expect(state).toMatchObject({ market: { marketId: 1n }, marketState: { marketId: 1n }, markets: [], announced: [] });
  expect(state).toMatchObject({ orderEscrow: { total: 1n, bound: 1n }, signedOrderEscrow: { total: 1n, bound: 1n } });
  expect(state.orders.map(({ orderId, status }) => [orderId, status])).toEqual([
    [1n, "delayed"],
    [2n, "delayed"],
  ]);
});

test("default: the whole state of an LP in four requests", async () => {
  const { client, requests } = node();
  const positions = await getLpAccount(client, { deployment, account: taker });
  expect(requests()).toBe(4);
  expect(positions.map(({ maker }) => maker)).toEqual([deployment.oracleMaker, deployment.spotHedgeBaseMaker]);
  expect(positions[0]).toMatchObject({ shares: 1n, value: 1n, part: 10n ** 18n, claims: { deposits: { assets: 1n } } });
  expect(positions[0]?.requests).toMatchObject([{ requestId: 1n, pending: 1n, claimable: 1n }]);
});

test("default: the open orders of an account in two requests", async () => {
  const { client, requests, asked } = node();
  expect(await getOpenOrders(client, { deployment, account: taker })).toHaveLength(2);
  expect(requests()).toBe(2);
  expect(asked).toEqual(["eth_getLogs"]);
});
