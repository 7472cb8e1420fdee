// Parts of the handlers: where a row comes from, errors in words, and the ledger's changes.

import type { Context } from "ponder:registry";
import { escrows, funds, ledgerHead, markets, positions } from "ponder:schema";
import { applyEvent, decodeRevert, emptyLedger, type VaultEvent } from "@counterpoise/sdk";
import type { Address, Hex } from "viem";
import { tokens } from "./scale.ts";

/** The parts of an event that each handler uses. */
export type Origin = {
  id: string;
  block: { number: bigint; timestamp: bigint };
  transaction: { hash: Hex; from: Address };
};

/** The columns that say where a row comes from. */
export const occurrenceOf = ({ id, block, transaction }: Origin) => ({
  seq: id,
  block: block.number,
  time: block.timestamp,
  hash: transaction.hash,
});

/** The name of an encoded error, for a row; null for one of a contract that the exchange does not know. */
export const reasonOf = (data: Hex): string | null => (data === "0x" ? null : (decodeRevert(data)?.errorName ?? null));

/** A value for a column of JSON: integers become text. */
export const jsonOf = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each)) ?? "null");

const { collateralDecimals } = tokens;

/** Sums of an account's fills, for its position. */
export type Totals = {
  realizedPnl: bigint;
  funding: bigint;
  borrowing: bigint;
  tradingFees: bigint;
  fillCount: number;
};

const noTotals: Totals = { realizedPnl: 0n, funding: 0n, borrowing: 0n, tradingFees: 0n, fillCount: 0 };

/**
 * Adds an event's changes to funds, escrows, positions and market balances. The ledger of the SDK is a sum of changes, so that the ledger
 * of one event is its changes.
 *
 * @param totalsOf further sums of an account's position
 */
export async function post(
  { db }: Context,
  origin: Origin,
  event: VaultEvent,
  totalsOf: (account: Address) => Partial<Totals> = () => ({}),
): Promise<void> {
  const changes = emptyLedger({ collateralDecimals });
  applyEvent(changes, event);
  for (const [account, delta] of changes.funds)
    await db
      .insert(funds)
      .values({ account, fundXCD: delta })
      .onConflictDoUpdate(({ fundXCD }) => ({ fundXCD: fundXCD + delta }));
  for (const [account, gateways] of changes.escrows)
    for (const [gateway, delta] of gateways)
      await db
        .insert(escrows)
        .values({ account, gateway, escrowXCD: delta })
        .onConflictDoUpdate(({ escrowXCD }) => ({ escrowXCD: escrowXCD + delta }));
  for (const [marketId, { balance, insurance, positions: accounts }] of changes.markets) {
    await db
      .insert(markets)
      .values({ ...occurrenceOf(origin), marketId, status: "none", balanceXCD: balance, insurance })
      .onConflictDoUpdate((row) => ({ balanceXCD: row.balanceXCD + balance, insurance: row.insurance + insurance }));
    for (const [account, delta] of accounts) {
      const totals = { ...noTotals, ...totalsOf(account) };
      await db
        .insert(positions)
        .values({ ...occurrenceOf(origin), marketId, account, ...delta, ...totals })
        .onConflictDoUpdate((row) => ({
          ...occurrenceOf(origin),
          size: row.size + delta.size,
          openNotional: row.openNotional + delta.openNotional,
          margin: row.margin + delta.margin,
          realizedPnl: row.realizedPnl + totals.realizedPnl,
          funding: row.funding + totals.funding,
          borrowing: row.borrowing + totals.borrowing,
          tradingFees: row.tradingFees + totals.tradingFees,
          fillCount: row.fillCount + totals.fillCount,
        }));
    }
  }
  const { number: block } = origin.block;
  await db.insert(ledgerHead).values({ id: 1, block }).onConflictDoUpdate({ block });
}
