import { decodeFunctionData, type Hex, zeroAddress } from "viem";
import { describe, expect, test } from "vitest";
import { hash, recording } from "../../../test/clients.js";
import { announcement, deployment, signedOrderWith } from "../../../test/fixtures.js";
import { signedOrderGatewayAbi } from "../../generated/abis.js";
import {
  announceSignedOrder,
  batchSignedOrders,
  cancelAnnouncement,
  cancelBracket,
  cancelSignedOrder,
  matchSignedOrders,
  settleSignedOrder,
  signedOrderCalls,
  WHOLE_POSITION,
} from "../../index.js";

const signature: Hex = "0x1234";

const decode = (data: Hex | undefined) => decodeFunctionData({ abi: signedOrderGatewayAbi, data: data ?? "0x" });

describe("calls", () => {
  test("behavior: what is left out", async () => {
    const { client, sent } = recording();
    const order = signedOrderWith();
    const maker = deployment.oracleMaker;
    expect(await settleSignedOrder(client, { deployment, order, signature, maker })).toBe(hash);
    await matchSignedOrders(client, {
      deployment,
      taker: { order, signature, relayFee: 3n },
      maker: { order, signature },
    });
    await announceSignedOrder(client, { deployment, order, value: 11n });
    await announceSignedOrder(client, { deployment, order, leg: "stop", signature, maker, updateData: ["0x12"] });
    await cancelAnnouncement(client, { deployment, order, announcement });
    await cancelBracket(client, { deployment, order, signature });
    await cancelSignedOrder(client, { deployment, id: 7n });
    expect(sent.every(({ to }) => to === deployment.signedOrderGateway)).toBe(true);
    expect(sent[2]?.value).toBe("0xb");
    expect(sent.map(({ data }) => decode(data))).toEqual([
      { functionName: "settle", args: [{ order, signature, relayFeeXCD: 0n }, maker, WHOLE_POSITION, []] },
      {
        functionName: "matchOrders",
        args: [{ order, signature, relayFeeXCD: 3n }, { order, signature, relayFeeXCD: 0n }, WHOLE_POSITION, []],
      },
      { functionName: "announce", args: [order, 0, "0x", zeroAddress, []] },
      { functionName: "announce", args: [order, 2, signature, maker, ["0x12"]] },
      { functionName: "cancelAnnouncement", args: [order, announcement, "0x"] },
      { functionName: "cancelBracket", args: [order, signature] },
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
