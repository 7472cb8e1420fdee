import { expect, test } from "vitest";
import { logOf, withLogs } from "../../../test/clients.js";
import { deployment, order, taker } from "../../../test/fixtures.js";
import { orderGatewayAbi } from "../../generated/abis.js";
import { getOrderEvents } from "../../index.js";

const other = deployment.base;

test("default: getOrderEvents, with the reasons", async () => {
  const of = (eventName: string, args: object) =>
    logOf(
      deployment.orderGateway,
      orderGatewayAbi,
      eventName,
      { orderId: 3n, taker, ...args },
      { logIndex: `0x${next++}` },
    );
  let next = 0;
  const logs = [
    of("OrderCreated", { order }),
    of("OrderSkipped", { keeper: other, reason: "0x" }),
    of("OrderExecuted", { keeper: other, base: 1n, quote: -2n, price: 3n }),
    of("OrderPurged", {
      keeper: other,
      reason: "0x4e487b710000000000000000000000000000000000000000000000000000000000000011",
    }),
    of("OrderExpired", { caller: other }),
    of("OrderExpired", { taker: other, caller: other }),
    of("MarginReturnFailed", { reason: "0x" }),
  ];
  const { client, asked, returned } = withLogs(logs);
  const events = await getOrderEvents(client, { deployment, account: taker });
  expect(asked).toHaveLength(1);
  expect(returned).toEqual(logs.slice(0, 5));
  expect(events).toMatchObject([
    { type: "created", orderId: 3n, order },
    { type: "skipped", keeper: other, reason: undefined, data: "0x" },
    { type: "executed", base: 1n, quote: -2n, price: 3n },
    { type: "purged", reason: { errorName: "Panic", args: [0x11n] } },
    { type: "expired", caller: other },
  ]);
});
