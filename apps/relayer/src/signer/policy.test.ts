// A compromised matcher against the signer's rules: each request that is not a settlement of a configured market is refused.
import {
  batchSignedOrders,
  cancelSignedOrder,
  matchSignedOrders,
  type SignedOrder,
  settleSignedOrder,
} from "@counterpoise/sdk";
import { signedOrderGatewayAbi, vaultAbi } from "@counterpoise/sdk/abis";
import type { TransactionToSign } from "@counterpoise/service-kit";
import { type Address, encodeFunctionData, type Hex, zeroAddress } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import { type SignerRefusal, type SignerState, SigningPolicy } from "./policy.js";

const gateway: Address = "0x00000000000000000000000000000000000000a1";
const vault: Address = "0x00000000000000000000000000000000000000a2";
const own: Address = "0x00000000000000000000000000000000000000b1";
const thief: Address = "0x00000000000000000000000000000000000000c1";
const deployment = { signedOrderGateway: gateway, marketId: 7n, chainId: 31_337 } as never;

const order = (terms: Partial<SignedOrder> = {}): SignedOrder => ({
  ...{ account: thief, marketId: 7n, maker: zeroAddress, isBaseToQuote: true, isReduceOnly: false, trigger: 0 },
  ...{ amount: 5n, minFill: 1n, price: 2n, triggerPrice: 0n, marginXCD: 0n, maxRelayFeeXCD: 0n, takeProfitPrice: 0n },
  ...{ stopPrice: 0n, exitFeeXCD: 0n, validFrom: 0n, expiresAt: 9n, nonce: 0n, id: 1n },
  ...terms,
});
const settle = (terms?: Partial<SignedOrder>) =>
  settleSignedOrder.call({ deployment, order: order(terms), signature: "0x12", maker: vault });
const match = (terms?: Partial<SignedOrder>) =>
  matchSignedOrders.call({
    deployment,
    taker: { order: order(terms), signature: "0x12" },
    maker: { order: order({ isBaseToQuote: false, id: 2n }), signature: "0x34" },
  });
const batch = (...calls: ReturnType<typeof settle>[]) =>
  batchSignedOrders.call({ deployment, calls: calls as never, gasPerCall: 1_000n }).data;

const limits = { gas: 1_000_000n, maxFeePerGas: 100n, gasPerHour: 250_000_000n, valuePerHour: 10n };
let state: SignerState;
let now = 0;
let saved = 0;
const policyOf = () =>
  new SigningPolicy({
    ...{ chainId: 31_337, address: own, limits, now: () => now },
    markets: [{ marketId: 7n, gateway }],
    keeper: {
      load: () => structuredClone(state),
      save: (next) => {
        state = structuredClone(next);
        saved++;
      },
    },
  });
let policy: SigningPolicy;
beforeEach(() => {
  [state, now, saved] = [{ epochs: {}, spent: {} }, 1_000_000, 0];
  policy = policyOf();
  policy.beginEpoch("7", 3);
});

const transaction = (change: Partial<TransactionToSign> = {}): TransactionToSign => ({
  ...{ chainId: 31_337, nonce: 0, to: gateway, data: settle().data, value: 0n, gas: 1_000_000n },
  ...{ maxFeePerGas: 100n, maxPriorityFeePerGas: 1n },
  ...change,
});
const current = { epochs: { "7": 3 } };
const refusal = (change: Partial<TransactionToSign>, context = current): string | undefined => {
  try {
    policy.accept(transaction(change), context);
    return undefined;
  } catch (error) {
    return (error as SignerRefusal).code;
  }
};

describe("accepts", () => {
  test.each([
    ["a settlement", settle().data],
    ["a match", match().data],
    ["a batch of them", batch(settle(), match() as never)],
  ])("%s", (_, data) => {
    expect(refusal({ data })).toBeUndefined();
  });

  test("a transaction that does nothing but use its nonce", () => {
    expect(refusal({ to: own, data: "0x", gas: 21_000n })).toBeUndefined();
  });
});

describe("refuses a compromised matcher", () => {
  const transfer = encodeFunctionData({ abi: vaultAbi, functionName: "setOperator", args: [thief, true] });
  const setRelayer = encodeFunctionData({
    abi: signedOrderGatewayAbi,
    functionName: "setRelayer",
    args: [thief, true],
  });
  const cancel = cancelSignedOrder.call({ deployment, id: 1n });
  const inner = (data: Hex) =>
    encodeFunctionData({ abi: signedOrderGatewayAbi, functionName: "batch", args: [[data], 1_000n] });
  test.each<[string, Partial<TransactionToSign>, string]>([
    ["ether to another account", { to: thief, data: "0x", value: 1n, gas: 21_000n }, "WRONG_CONTRACT"],
    ["a token's transfer", { to: vault, data: "0xa9059cbb" }, "WRONG_CONTRACT"],
    ["another contract with a settlement's data", { to: vault }, "WRONG_CONTRACT"],
    ["a call of the Vault at the gateway", { data: transfer }, "WRONG_CALL"],
    ["an owner's call", { data: setRelayer }, "WRONG_CALL"],
    ["a cancellation of orders", { data: cancel.data }, "WRONG_CALL"],
    ["a batch that hides one", { data: batch(settle(), cancel as never) }, "WRONG_CALL"],
    ["a batch in a batch", { data: inner(batch(settle())) }, "WRONG_CALL"],
    ["an empty batch", { data: batch() }, "WRONG_CALL"],
    ["bytes after the arguments", { data: `${settle().data}00` }, "WRONG_CALL"],
    ["no data", { data: "0x" }, "WRONG_CALL"],
    ["another market", { data: settle({ marketId: 8n }).data }, "WRONG_MARKET"],
    ["a match with another market", { data: match({ marketId: 8n }).data }, "WRONG_MARKET"],
    ["another chain", { chainId: 1 }, "WRONG_CHAIN"],
    ["value to the own account", { to: own, data: "0x", value: 1n, gas: 21_000n }, "WRONG_CALL"],
    ["data to the own account", { to: own, data: "0x00", gas: 21_000n }, "WRONG_CALL"],
    ["gas to the own account", { to: own, data: "0x", gas: 900_000n }, "WRONG_CALL"],
    ["too much gas", { gas: 1_000_001n }, "TOO_MUCH_GAS"],
    ["too high a fee", { maxFeePerGas: 101n }, "FEE_TOO_HIGH"],
    ["too much value", { value: 11n }, "VALUE_BUDGET_SPENT"],
  ])("%s", (_, change, code) => {
    const before = saved;
    expect(refusal(change)).toBe(code);
    // Nothing was counted.
    expect(saved).toBe(before);
  });
});

describe("epochs", () => {
  test("behavior: an earlier matcher is refused once a later one has begun", () => {
    expect(refusal({})).toBeUndefined();
    policy.beginEpoch("7", 4);
    expect(refusal({ nonce: 1 })).toBe("WRONG_EPOCH");
    expect(refusal({ nonce: 1, to: own, data: "0x", gas: 21_000n })).toBe("WRONG_EPOCH");
    expect(refusal({ nonce: 1 }, { epochs: { "7": 4 } })).toBeUndefined();
  });

  test("error: an epoch that is not later, of another market, or none", () => {
    for (const epoch of [3, 2, 0, -1, 1.5]) expect(() => policy.beginEpoch("7", epoch)).toThrow("WRONG_EPOCH");
    expect(() => policy.beginEpoch("8", 9)).toThrow("WRONG_MARKET");
    expect(refusal({}, { epochs: { "7": 9 } })).toBe("WRONG_EPOCH");
    expect(refusal({}, { epochs: {} } as never)).toBe("WRONG_EPOCH");
  });
});

describe("budgets", () => {
  test("behavior: the gas of an hour, with the most expensive form of each nonce, across restarts", () => {
    // 250 million wei: two nonces at 100 million, and no third.
    expect([0, 1, 2].map((nonce) => refusal({ nonce }))).toEqual([undefined, undefined, "GAS_BUDGET_SPENT"]);
    expect(refusal({ nonce: 1, maxFeePerGas: 50n })).toBeUndefined();
    expect(policy.spent.gas).toBe(200_000_000n);
    policy = policyOf();
    expect(refusal({ nonce: 2 })).toBe("GAS_BUDGET_SPENT");
    expect(refusal({ nonce: 2, gas: 500_000n })).toBeUndefined();
    now += 3_600_001;
    expect(refusal({ nonce: 3 })).toBeUndefined();
    expect(policy.spent.gas).toBe(100_000_000n);
  });

  test("behavior: the value of an hour", () => {
    expect([0, 1, 2].map((nonce) => refusal({ nonce, value: 5n, gas: 1n }))).toEqual([
      ...[undefined, undefined, "VALUE_BUDGET_SPENT"],
    ]);
  });
});
