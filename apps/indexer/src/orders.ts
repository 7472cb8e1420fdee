// Lifecycles of delayed and of signed orders.
import { type Context, ponder } from "ponder:registry";
import { orders, signedOrders } from "ponder:schema";
import type { Hex } from "viem";
import { explain } from "./ledger.ts";
import { occurrenceOf, reasonOf } from "./parts.ts";
import { deployments } from "./scale.ts";

const marketIds = deployments.map(({ marketId }) => marketId);

ponder.on("OrderGateway:OrderCreated", async ({ event, context }) => {
  const { orderId, taker, order } = event.args;
  const { request, executableAt, expiresAt, keeperFee, bondXCD } = order;
  const { maker, marketId, isBaseToQuote, isExactInput, isReduceOnly, amount, oppositeBound } = request;
  await context.db.insert(orders).values({
    ...occurrenceOf(event),
    ...{ orderId, taker, marketId, maker, isBaseToQuote, isExactInput, isReduceOnly, amount, oppositeBound },
    ...{ executableAt, expiresAt, keeperFeeWei: keeperFee, bondXCD },
    status: "open",
    skips: 0,
  });
});

ponder.on("OrderGateway:OrderExecuted", async ({ event, context }) => {
  const { orderId, taker, keeper, base, quote, price } = event.args;
  const end = { status: "executed", endTime: event.block.timestamp, endHash: event.transaction.hash, endedBy: keeper };
  const { marketId } = await context.db.update(orders, { orderId }).set({ ...end, base, quote, price });
  await explain(context, event, { marketId, account: taker }, { kind: "order", orderId });
});

ponder.on("OrderGateway:OrderPurged", async ({ event, context }) => {
  const { orderId, keeper, reason } = event.args;
  const end = { status: "purged", endTime: event.block.timestamp, endHash: event.transaction.hash, endedBy: keeper };
  await context.db.update(orders, { orderId }).set({ ...end, reason: reasonOf(reason), reasonData: reason });
});

ponder.on("OrderGateway:OrderSkipped", async ({ event, context }) => {
  const { orderId, reason } = event.args;
  const skip = { reason: reasonOf(reason), reasonData: reason };
  await context.db.update(orders, { orderId }).set(({ skips }) => ({ ...skip, skips: skips + 1 }));
});

ponder.on("OrderGateway:OrderExpired", async ({ event, context }) => {
  const { orderId, caller } = event.args;
  const end = { status: "expired", endTime: event.block.timestamp, endHash: event.transaction.hash, endedBy: caller };
  await context.db.update(orders, { orderId }).set(end);
});

ponder.on("OrderGateway:OrderBondPaid", async ({ event, context }) => {
  const { orderId, bondXCD } = event.args;
  await context.db.update(orders, { orderId }).set({ bondPaidXCD: bondXCD });
});

const signedZeros = { announcements: 0, filledBase: 0n, filledQuote: 0n, relayFeesXCD: 0n };

ponder.on("SignedOrderGateway:OrderAnnounced", async ({ event, context }) => {
  const { legHash, account, order } = event.args;
  const { marketId, maker, isBaseToQuote, isReduceOnly, amount } = order;
  const update = { status: "announced", updateTime: event.block.timestamp };
  await context.db
    .insert(signedOrders)
    .values({
      ...occurrenceOf(event),
      ...signedZeros,
      ...{ legHash, account, marketId, maker, isBaseToQuote, isReduceOnly, amount },
      ...update,
      announcements: 1,
    })
    .onConflictDoUpdate(({ announcements }) => ({
      ...{ marketId, maker, isBaseToQuote, isReduceOnly, amount },
      ...update,
      announcements: announcements + 1,
    }));
});

ponder.on("SignedOrderGateway:OrderFilled", async ({ event, context }) => {
  const { legHash, account, base, quote, relayFeeXCD } = event.args;
  const update = { status: "filled", updateTime: event.block.timestamp };
  const row = await context.db
    .insert(signedOrders)
    .values({
      ...occurrenceOf(event),
      ...signedZeros,
      ...{ legHash, account, filledBase: base, filledQuote: quote, relayFeesXCD: relayFeeXCD },
      ...update,
    })
    .onConflictDoUpdate(({ filledBase, filledQuote, relayFeesXCD }) => ({
      ...update,
      filledBase: filledBase + base,
      filledQuote: filledQuote + quote,
      relayFeesXCD: relayFeesXCD + relayFeeXCD,
    }));
  // A relayer's order was not announced: its market is that of the fill in the same transaction.
  for (const marketId of row.marketId === null ? marketIds : [row.marketId])
    await explain(context, event, { marketId, account }, { kind: "signed-order", legHash });
});

/** Ends an announcement, unless a fill came before. */
async function end(
  { db }: Context,
  { block }: { block: { timestamp: bigint } },
  legHash: Hex,
  change: { status?: string; reason?: string | null; reasonData?: Hex; bondPaidXCD?: bigint },
): Promise<void> {
  const row = await db.find(signedOrders, { legHash });
  if (row) await db.update(signedOrders, { legHash }).set({ ...change, updateTime: block.timestamp });
}

ponder.on("SignedOrderGateway:AnnouncementPurged", ({ event, context }) => {
  const { legHash, reason } = event.args;
  return end(context, event, legHash, { status: "purged", reason: reasonOf(reason), reasonData: reason });
});
ponder.on("SignedOrderGateway:AnnouncementExpired", ({ event, context }) =>
  end(context, event, event.args.legHash, { status: "expired" }),
);
ponder.on("SignedOrderGateway:AnnouncementCancelled", ({ event, context }) =>
  end(context, event, event.args.legHash, { status: "cancelled" }),
);
ponder.on("SignedOrderGateway:AnnouncementBondPaid", ({ event, context }) =>
  end(context, event, event.args.legHash, { bondPaidXCD: event.args.bondXCD }),
);
