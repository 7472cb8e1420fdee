import type { Hex } from "viem";
import { expect, test } from "vitest";
import { hash, logOf, withLogs } from "../../../test/clients.js";
import { deployment, signedOrderWith, taker } from "../../../test/fixtures.js";
import { signedOrderGatewayAbi } from "../../generated/abis.js";
import { type Announcement, getAnnouncedOrders, hashAnnouncement, hashSignedOrder } from "../../index.js";

const { oracleMaker: maker } = deployment;

test("default: getAnnouncedOrders, the open ones with their status", async () => {
  const announced = (id: bigint, executableAt: bigint) => {
    const signed = signedOrderWith({ id });
    const announcement: Announcement = { maker, executableAt, expiresAt: executableAt + 10n, keeperFee: 3n };
    return { order: signed, announcement };
  };
  const [delayed, executable, expired, gone] = [
    announced(1n, 101n),
    announced(2n, 100n),
    announced(3n, 89n),
    announced(4n, 100n),
  ];
  const all = [delayed, executable, expired, gone];
  const elsewhere = announced(5n, 100n);
  elsewhere.order.marketId = 2n;
  const logs = [...all, elsewhere].map((each, logIndex) =>
    logOf(
      deployment.signedOrderGateway,
      signedOrderGatewayAbi,
      "OrderAnnounced",
      { ...each, account: taker, orderHash: hashSignedOrder({ deployment, order: each.order }) },
      { logIndex: `0x${logIndex}` },
    ),
  );
  const { client } = withLogs(logs, {
    eth_getBlockByNumber: () => ({ number: "0x9", timestamp: "0x64", transactions: [] }),
    eth_call: ([call, block]) => {
      expect(block).toBe("latest");
      const asked = `0x${(call as { data: Hex }).data.slice(-64)}`;
      const each = all.find(({ order }) => hashSignedOrder({ deployment, order }) === asked);
      if (each === undefined) throw new Error(`Not announced: ${asked}`);
      return each === gone ? hash : hashAnnouncement({ deployment, ...each });
    },
  });
  expect(await getAnnouncedOrders(client, { deployment, account: taker })).toEqual([
    { ...delayed, status: "delayed" },
    { ...executable, status: "executable" },
    { ...expired, status: "expired" },
  ]);
});
