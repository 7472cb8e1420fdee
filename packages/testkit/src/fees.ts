import type { Deployment } from "@counterpoise/sdk";
import { spotHedgeBaseMakerAbi, vaultAbi } from "@counterpoise/sdk/abis";
import { type Address, isAddressEqual, type Log, parseEventLogs } from "viem";
import { sum } from "./maths.js";

/** Fees that fills settle, WAD quote. Positive: the account pays. Negative: it receives. Trading fees go to insurance. */
export type Fees = { funding: bigint; borrowing: bigint; trading: bigint; total: bigint };

/** Fees of a market, settled by the Vault's events. */
export type SettledFees = {
  /** Fees of one account. */
  of(account: Address): Fees;
  /** Funding and borrowing over all accounts: paid less received, WAD quote. */
  net: bigint;
  /** Sum of the amounts that accounts paid, WAD quote. */
  paid: { funding: bigint; borrowing: bigint; trading: bigint };
};

/** Reads the fees that a Vault's events settle in one market. `logs` may contain logs of other markets and contracts. */
export function settledFees(
  { vault, marketId }: Pick<Deployment, "vault" | "marketId">,
  logs: readonly Log[],
): SettledFees {
  const events = parseEventLogs({ abi: vaultAbi, logs: emittedBy(vault, logs) });
  const entries = events.flatMap(({ eventName, args }) => {
    if ((eventName !== "TradingFeePaid" && eventName !== "PositionsChanged") || args.marketId !== marketId) return [];
    if (eventName === "TradingFeePaid") {
      return [{ account: args.taker, funding: 0n, borrowing: 0n, trading: args.amount }];
    }
    return [
      { account: args.taker, ...args.takerMargin, trading: 0n },
      { account: args.maker, ...args.makerMargin, trading: 0n },
    ];
  });
  const total = (kind: "funding" | "borrowing" | "trading", of = entries) => sum(of.map((entry) => entry[kind]));
  const payments = (kind: "funding" | "borrowing" | "trading") =>
    total(
      kind,
      entries.filter((entry) => entry[kind] > 0n),
    );
  return {
    of(account) {
      const own = entries.filter((entry) => isAddressEqual(entry.account, account));
      const fees = {
        funding: total("funding", own),
        borrowing: total("borrowing", own),
        trading: total("trading", own),
      };
      return { ...fees, total: fees.funding + fees.borrowing + fees.trading };
    },
    net: total("funding") + total("borrowing"),
    paid: { funding: payments("funding"), borrowing: payments("borrowing"), trading: payments("trading") },
  };
}

/** H3: base that a hedged vault did not buy back, because fees or the price of a forced change consumed the quote. WAD. */
export function hedgeShortage(vault: Address, logs: readonly Log[]): bigint {
  const events = parseEventLogs({
    abi: spotHedgeBaseMakerAbi,
    eventName: ["HedgeShortage", "HedgeUnderfunded"],
    logs: emittedBy(vault, logs),
  });
  return sum(events.map(({ args }) => args.base));
}

const emittedBy = (contract: Address, logs: readonly Log[]): Log[] =>
  logs.filter(({ address }) => isAddressEqual(address, contract));
