import type { AccountState } from "@counterpoise/sdk";
import { abs, ceilDiv, type Fees, PPM, settledFees } from "@counterpoise/testkit";
import type { Address, Hash, Log } from "viem";
import { type Exchange, market } from "./exchange.js";

/** The fees that an account paid or received in a transaction, by the Vault's events. */
export async function feesPaid({ keeper, deployment }: Exchange, hash: Hash, account: Address): Promise<Fees> {
  const { logs } = await keeper.getTransactionReceipt({ hash });
  return settledFees(deployment, logs as Log[]).of(account);
}

/** The fee of a taker that trades `quote`, WAD, rounded up. It is paid to insurance. */
export const tradingFeeOf = (quote: bigint): bigint => ceilDiv(abs(quote) * BigInt(market.market.tradingFee), PPM);

/** Funding and borrowing that an account owes now, WAD quote. */
export const pendingOf = ({ pendingFunding, pendingBorrowing }: AccountState): bigint =>
  pendingFunding + pendingBorrowing;
