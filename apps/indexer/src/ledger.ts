// Events of the Vault: the ledger, fills, and changes of the insurance.
import { type Context, ponder } from "ponder:registry";
import { fills, insuranceChanges, lastFills } from "ponder:schema";
import type { VaultEvent } from "@counterpoise/sdk";
import type { Address, Hex } from "viem";
import { occurrenceOf, post } from "./parts.ts";
import { tokens } from "./scale.ts";

const plain = [
  "Deposited",
  "Withdrawn",
  "FundToMargin",
  "MarginToFund",
  "MarginReceived",
  "MarginPaidOut",
  "EscrowFilled",
  "EscrowWithdrawn",
  "BondPaid",
  "RelayFeePaid",
] as const;
for (const eventName of plain)
  ponder.on(`Vault:${eventName}`, ({ event, context }) =>
    post(context, event, { eventName, args: event.args } as VaultEvent),
  );

type InsuranceRow = { kind: string; marketId: bigint; account: Address; delta: bigint };
type Event = Parameters<typeof occurrenceOf>[0];
const insure = ({ db }: Context, event: Event, row: InsuranceRow) =>
  db.insert(insuranceChanges).values({ ...occurrenceOf(event), id: event.id, ...row });

ponder.on("Vault:InsuranceDonated", async ({ event, context }) => {
  const { args } = event;
  await post(context, event, { eventName: "InsuranceDonated", args });
  const delta = args.amountXCD * 10n ** BigInt(18 - tokens.collateralDecimals);
  await insure(context, event, { kind: "donation", marketId: args.marketId, account: args.donor, delta });
});

ponder.on("Vault:TradingFeePaid", async ({ event, context }) => {
  const { args } = event;
  const { marketId, taker: account, amount } = args;
  await post(context, event, { eventName: "TradingFeePaid", args }, () => ({ tradingFees: amount }));
  await insure(context, event, { kind: "trading-fee", marketId, account, delta: amount });
  // The fill of the fee is the next event.
  const { hash } = event.transaction;
  await context.db
    .insert(lastFills)
    .values({ hash, marketId, account, fillId: null, fee: amount })
    .onConflictDoUpdate({ fee: amount });
});

ponder.on("Vault:PenaltySettled", async ({ event, context }) => {
  const { args } = event;
  await post(context, event, { eventName: "PenaltySettled", args });
  const { marketId, account, accountDelta, liquidatorDelta } = args;
  await insure(context, event, { kind: "penalty", marketId, account, delta: -accountDelta - liquidatorDelta });
});

ponder.on("Vault:ShortfallCovered", async ({ event, context }) => {
  const { args } = event;
  await post(context, event, { eventName: "ShortfallCovered", args });
  const { marketId, account, amount } = args;
  await insure(context, event, { kind: "shortfall", marketId, account, delta: -amount });
});

ponder.on("Vault:PositionsChanged", async ({ event, context }) => {
  const { marketId, taker, maker, base, quote, price, takerMargin, makerMargin } = event.args;
  const { hash } = event.transaction;
  await post(context, event, { eventName: "PositionsChanged", args: event.args }, (account) => ({
    ...(account === taker ? takerMargin : makerMargin),
    fillCount: 1,
  }));
  const before = await context.db.find(lastFills, { hash, marketId, account: taker });
  const fillId = event.id;
  await context.db.insert(fills).values({
    ...occurrenceOf(event),
    id: fillId,
    ...{ marketId, taker, maker, base, quote, price },
    tradingFee: before?.fee ?? 0n,
    takerRealizedPnl: takerMargin.realizedPnl,
    takerFunding: takerMargin.funding,
    takerBorrowing: takerMargin.borrowing,
    makerRealizedPnl: makerMargin.realizedPnl,
    makerFunding: makerMargin.funding,
    makerBorrowing: makerMargin.borrowing,
    kind: "trade",
  });
  for (const account of [taker, maker])
    await context.db
      .insert(lastFills)
      .values({ hash, marketId, account, fillId, fee: 0n })
      .onConflictDoUpdate({ fillId, fee: 0n });
});

/** Names the cause of the last fill of an account in an event's transaction. */
export async function explain(
  { db }: Context,
  { transaction: { hash } }: Event,
  { marketId, account }: { marketId: bigint; account: Address },
  cause: { kind: string; orderId?: bigint; legHash?: Hex; reason?: string },
): Promise<void> {
  const last = await db.find(lastFills, { hash, marketId, account });
  if (last?.fillId) await db.update(fills, { id: last.fillId }).set(cause);
}
