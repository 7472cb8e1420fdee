import { type Address, decodeFunctionData, type Hex, parseEther, recoverTypedDataAddress, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { signedOrderGatewayAbi } from "../src/generated/abis.js";
import {
  announceSignedOrder,
  batchSignedOrders,
  buildSignedOrder,
  cancelSignedOrder,
  hashSignedOrder,
  matchSignedOrders,
  type SignedOrder,
  settleSignedOrder,
  signedOrderCalls,
  signedOrderTypedData,
  signOrder,
  WHOLE_POSITION,
} from "../src/index.js";
import { hash, recording } from "./clients.js";
import { deployment, taker } from "./fixtures.js";

const signature: Hex = "0x1234";

const build = (more: Record<string, unknown> = {}): SignedOrder =>
  buildSignedOrder({
    deployment,
    account: taker,
    kind: "limit",
    isBaseToQuote: false,
    amount: 5n,
    price: parseEther("2000"),
    expiresAt: 1_700_003_600n,
    nonce: 0n,
    id: 7n,
    ...more,
  } as Parameters<typeof buildSignedOrder>[0]);

const decode = (data: Hex | undefined) => decodeFunctionData({ abi: signedOrderGatewayAbi, data: data ?? "0x" });

describe("buildSignedOrder", () => {
  test("default: all or nothing, of any maker, for nothing", () => {
    expect(build()).toEqual({
      account: taker,
      marketId: 1n,
      maker: zeroAddress,
      isBaseToQuote: false,
      isReduceOnly: false,
      amount: 5n,
      minFill: 5n,
      price: parseEther("2000"),
      trigger: 0,
      triggerPrice: 0n,
      marginXCD: 0n,
      maxRelayFeeXCD: 0n,
      expiresAt: 1_700_003_600n,
      nonce: 0n,
      id: 7n,
    });
  });

  test("behavior: a triggered order goes at any price unless it says otherwise", () => {
    const base = {
      deployment,
      account: taker as Address,
      amount: WHOLE_POSITION,
      isReduceOnly: true,
      triggerPrice: 9n,
      expiresAt: 1n,
      nonce: 0n,
    };
    expect(buildSignedOrder({ ...base, kind: "take-profit", isBaseToQuote: true })).toMatchObject({
      trigger: 1,
      triggerPrice: 9n,
      price: 0n,
    });
    expect(buildSignedOrder({ ...base, kind: "stop", isBaseToQuote: false })).toMatchObject({
      trigger: 2,
      price: WHOLE_POSITION,
    });
    expect(buildSignedOrder({ ...base, kind: "stop", isBaseToQuote: false, price: 8n }).price).toBe(8n);
  });

  test("behavior: numbers follow each other within a process", () => {
    const [first, second] = [build({ id: undefined }), build({ id: undefined })];
    expect(second.id).toBe(first.id + 1n);
    expect(first.id).toBeGreaterThan(2n ** 64n);
  });
});

describe("hashSignedOrder", () => {
  test("default", () => {
    expect(hashSignedOrder({ deployment, order: build() })).toMatchInlineSnapshot(
      `"0x5567a5172626b522aa83cb9d537e74ab3d4f17be928e2f2587aa9b174efe4200"`,
    );
  });

  test("behavior: every field counts, and so do chain and contract", () => {
    const order = build();
    const variants = Object.entries(order).map(([key, value]) => ({
      ...order,
      [key]:
        typeof value === "bigint"
          ? value + 1n
          : typeof value === "number"
            ? 1
            : key === "account" || key === "maker"
              ? deployment.base
              : !value,
    }));
    const hashes = [order, ...variants].map((each) => hashSignedOrder({ deployment, order: each as SignedOrder }));
    hashes.push(hashSignedOrder({ deployment: { ...deployment, chainId: 1 }, order }));
    hashes.push(hashSignedOrder({ deployment: { ...deployment, signedOrderGateway: deployment.base }, order }));
    expect(new Set(hashes).size).toBe(18);
  });
});

test("signOrder: signs what the gateway verifies", async () => {
  const account = privateKeyToAccount(generatePrivateKey());
  const { client } = recording();
  const { order, signature } = await signOrder(
    { ...client, account },
    { deployment, kind: "market", isBaseToQuote: true, amount: 1n, price: 2n, nonce: 3n, expiresAt: 4n },
  );
  expect(order).toMatchObject({ account: account.address, nonce: 3n, expiresAt: 4n });
  expect(await recoverTypedDataAddress({ ...signedOrderTypedData(deployment, order), signature })).toBe(
    account.address,
  );
});

describe("calls", () => {
  test("behavior: what is left out", async () => {
    const { client, sent } = recording();
    const order = build();
    const maker = deployment.oracleMaker;
    expect(await settleSignedOrder(client, { deployment, order, signature, maker })).toBe(hash);
    await matchSignedOrders(client, {
      deployment,
      taker: { order, signature, relayFee: 3n },
      maker: { order, signature },
    });
    await announceSignedOrder(client, { deployment, order, keeperFee: 11n });
    await cancelSignedOrder(client, { deployment, id: 7n });
    expect(sent.every(({ to }) => to === deployment.signedOrderGateway)).toBe(true);
    expect(sent[2]?.value).toBe("0xb");
    expect(sent.map(({ data }) => decode(data))).toEqual([
      { functionName: "settle", args: [{ order, signature, relayFeeXCD: 0n }, maker, WHOLE_POSITION, []] },
      {
        functionName: "matchOrders",
        args: [{ order, signature, relayFeeXCD: 3n }, { order, signature, relayFeeXCD: 0n }, WHOLE_POSITION, []],
      },
      { functionName: "announce", args: [order, "0x", zeroAddress] },
      { functionName: "cancelOrder", args: [7n] },
    ]);
  });

  test("behavior: a batch brings gas for each of its calls", async () => {
    const { client, sent } = recording();
    const call = signedOrderCalls.cancel({ deployment, id: 1n });
    await batchSignedOrders(client, { deployment, calls: [call, call], gasPerCall: 1_600_000n });
    expect(BigInt(sent[0]?.gas ?? 0)).toBe(2n * (1_600_000n + 100_000n + 50_000n) + 200_000n);
    const { functionName, args } = decode(sent[0]?.data);
    expect(functionName).toBe("batch");
    expect((args as [Hex[], bigint])[0].map(decode)).toEqual([
      { functionName: "cancelOrder", args: [1n] },
      { functionName: "cancelOrder", args: [1n] },
    ]);
  });
});
