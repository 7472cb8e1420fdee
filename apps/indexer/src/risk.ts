// Markets and makers, liquidations, deleveragings, bad debt and settlements.

import { ponder } from "ponder:registry";
import { deleveragings, insuranceChanges, liquidations, makers, markets } from "ponder:schema";
import { marketStatuses } from "@counterpoise/sdk";
import { explain } from "./ledger.ts";
import { occurrenceOf } from "./parts.ts";

const statusOf = (id: number): string => marketStatuses[id] ?? "unknown";

ponder.on("ClearingHouse:MarketCreated", async ({ event, context }) => {
  const { marketId } = event.args;
  await context.db
    .insert(markets)
    .values({ ...occurrenceOf(event), marketId, status: "active", balanceXCD: 0n, insurance: 0n })
    .onConflictDoUpdate({ status: "active" });
});
ponder.on("ClearingHouse:MarketStatusSet", async ({ event, context }) => {
  const { marketId, status } = event.args;
  await context.db.update(markets, { marketId }).set({ status: statusOf(status) });
});

ponder.on("ClearingHouse:MakerRegistered", async ({ event, context }) => {
  const { maker, marketId } = event.args;
  await context.db
    .insert(makers)
    .values({ ...occurrenceOf(event), maker, marketId, status: "registered" })
    .onConflictDoUpdate({ marketId, status: "registered" });
});
const makerEvents = { MakerRetired: "retired", MakerReinstated: "registered", MakerRemoved: "removed" } as const;
for (const [name, status] of Object.entries(makerEvents))
  ponder.on(`ClearingHouse:${name as keyof typeof makerEvents}`, async ({ event, context }) => {
    await context.db.update(makers, { maker: event.args.maker }).set({ status });
  });

ponder.on("ClearingHouse:Liquidated", async ({ event, context }) => {
  const { marketId, account, liquidator, maker, base, reward } = event.args;
  const row = { marketId, account, liquidator, maker, base, reward };
  await context.db.insert(liquidations).values({ ...occurrenceOf(event), id: event.id, ...row });
  await explain(context, event, { marketId, account }, { kind: "liquidation" });
});

/** The order of the contracts' enumeration. */
const reasons = ["profit", "window-over"] as const;
ponder.on("Backstop:Deleveraged", async ({ event, context }) => {
  const { marketId, account, counterparty, base, price, rank, id: closeId } = event.args;
  const reason = reasons[event.args.reason] ?? "unknown";
  const row = { marketId, account, counterparty, base, price, reason, rank, closeId };
  await context.db.insert(deleveragings).values({ ...occurrenceOf(event), id: event.id, ...row });
  await explain(context, event, { marketId, account }, { kind: "deleveraging", reason });
});

for (const contract of ["ClearingHouse", "Backstop"] as const)
  ponder.on(`${contract}:BadDebtRecorded`, async ({ event, context }) => {
    const { marketId, account, badDebt } = event.args;
    const row = { marketId, account, kind: "bad-debt", delta: 0n, badDebt };
    await context.db.insert(insuranceChanges).values({ ...occurrenceOf(event), id: event.id, ...row });
  });

ponder.on("Backstop:MarketSettled", async ({ event, context }) => {
  const { marketId, price } = event.args;
  await context.db.update(markets, { marketId }).set({ settlementPrice: price });
});
ponder.on("Backstop:AccountSettled", async ({ event, context }) => {
  const { marketId, account } = event.args;
  await explain(context, event, { marketId, account }, { kind: "settlement" });
});
