import { decodeFunctionData, encodeFunctionResult, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { clientWith, recording } from "../../../test/clients.js";
import { deployment, taker } from "../../../test/fixtures.js";
import { orderGatewayAbi, vaultAbi } from "../../generated/abis.js";
import { getEscrow, getMinKeeperFee, withdrawEscrow } from "../../index.js";

describe("getEscrow", () => {
  test("default: at the OrderGateway", async () => {
    const client = clientWith({
      eth_call: ([call]) => {
        const { functionName, args } = decodeFunctionData({ abi: vaultAbi, data: (call as { data: Hex }).data });
        expect({ functionName, args }).toEqual({ functionName: "escrowOf", args: [taker, deployment.orderGateway] });
        return encodeFunctionResult({ abi: vaultAbi, functionName: "escrowOf", result: [30n, 10n] });
      },
    });
    expect(await getEscrow(client, { deployment, account: taker })).toEqual({ total: 30n, bound: 10n });
  });
});

describe("withdrawEscrow", () => {
  test("behavior: at another gateway", async () => {
    const { client, sent } = recording();
    await withdrawEscrow(client, { deployment, gateway: deployment.signedOrderGateway });
    expect(decodeFunctionData({ abi: vaultAbi, data: sent[0]?.data ?? "0x" })).toEqual({
      functionName: "withdrawEscrow",
      args: [deployment.signedOrderGateway],
    });
  });
});

describe("getMinKeeperFee", () => {
  test("default: the floor, and the execution at one and a half times the base fee", async () => {
    const client = clientWith({
      eth_call: () =>
        encodeFunctionResult({
          abi: orderGatewayAbi,
          functionName: "rulesOf",
          result: {
            delay: 3,
            priceWindow: 10,
            validity: 60,
            bondRatio: 16_553,
            checksClock: true,
            keeperGas: 300_000,
            baseFeeFactor: 150,
            minKeeperFee: 10n ** 14n,
            feedChangesAt: 0,
          },
        }),
      eth_getBlockByNumber: () => ({ baseFeePerGas: "0x2540be400", number: "0x1", timestamp: "0x1", transactions: [] }),
    });
    expect(await getMinKeeperFee(client, { deployment })).toBe(10n ** 14n + 450_000n * 10n ** 10n);
  });
});
