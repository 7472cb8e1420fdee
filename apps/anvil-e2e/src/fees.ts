import type { AccountState } from "@counterpoise/sdk";
import { vaultAbi } from "@counterpoise/sdk/abis";
import { type Address, type Hash, parseEventLogs } from "viem";
import { type Exchange, market } from "./exchange.js";

/** What a transaction took from an account's margin in fees, WAD quote; below zero: gave. */
export type PaidFees = { funding: bigint; borrowing: bigint; trading: bigint; total: bigint };

/** The fees that an account paid or received in a transaction, by the Vault's events. */
export async function feesPaid({ keeper, deployment }: Exchange, hash: Hash, account: Address): Promise<PaidFees> {
  const { logs } = await keeper.getTransactionReceipt({ hash });
  const ours = logs.filter(({ address }) => address.toLowerCase() === deployment.vault.toLowerCase());
  const paid: PaidFees = { funding: 0n, borrowing: 0n, trading: 0n, total: 0n };
  for (const { eventName, args } of parseEventLogs({ abi: vaultAbi, logs: ours })) {
    if (eventName === "PositionsChanged") {
      for (const [party, { funding, borrowing }] of [
        [args.taker, args.takerMargin],
        [args.maker, args.makerMargin],
      ] as const) {
        if (party !== account) continue;
        paid.funding += funding;
        paid.borrowing += borrowing;
      }
    }
    if (eventName === "TradingFeePaid" && args.taker === account) paid.trading += args.amount;
  }
  return { ...paid, total: paid.funding + paid.borrowing + paid.trading };
}

/** What a taker pays to insurance for trading `quote`, WAD, up. */
export const tradingFeeOf = (quote: bigint): bigint => {
  const amount = (quote < 0n ? -quote : quote) * BigInt(market.market.tradingFee);
  return (amount + 999_999n) / 1_000_000n;
};

/** Funding and borrowing that an account owes by now, WAD quote. */
export const pendingOf = ({ pendingFunding, pendingBorrowing }: AccountState): bigint =>
  pendingFunding + pendingBorrowing;
