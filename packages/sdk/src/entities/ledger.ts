import type { Address, ContractEventName, DecodeEventLogReturnType, Log } from "viem";
import { parseEventLogs } from "viem";
import type { vaultAbi } from "../generated/abis.js";
import * as vault from "../generated/contracts/vault.js";
import type { CollateralAmount, Wad } from "../units.js";
import type { MarginChange, Position } from "./account.js";

/** The Vault's state of one market. */
export type MarketLedger = {
  /** In the collateral's own decimals. */
  balance: CollateralAmount;
  /** WAD quote; below zero: bad debt. */
  insurance: Wad;
  /** WAD. Pending fees are not included until an event settles them. */
  positions: Map<Address, Position>;
};

/** The Vault's ledger, computed from its events. */
export type Ledger = {
  /** WAD per one unit of the collateral's last decimal: 10^(18 - decimals). */
  readonly assetScale: bigint;
  /** In the collateral's own decimals. */
  funds: Map<Address, CollateralAmount>;
  /** Collateral of each account that the Vault holds for its orders at each gateway, in the collateral's own decimals. */
  escrows: Map<Address, Map<Address, CollateralAmount>>;
  markets: Map<bigint, MarketLedger>;
};

/** The events that change the ledger. */
const ledgerAbi = [
  vault.Deposited,
  vault.Withdrawn,
  vault.FundToMargin,
  vault.MarginToFund,
  vault.MarginReceived,
  vault.MarginPaidOut,
  vault.EscrowFilled,
  vault.EscrowWithdrawn,
  vault.BondPaid,
  vault.RelayFeePaid,
  vault.InsuranceDonated,
  vault.TradingFeePaid,
  vault.PositionsChanged,
  vault.PenaltySettled,
  vault.ShortfallCovered,
] as const;

/** A decoded event of the Vault. */
export type VaultEvent = {
  [name in ContractEventName<typeof vaultAbi>]: DecodeEventLogReturnType<typeof vaultAbi, name>;
}[ContractEventName<typeof vaultAbi>];

/**
 * The ledger of a Vault at its deployment.
 *
 * @example
 * const ledger = emptyLedger({ collateralDecimals: 6 });
 */
export const emptyLedger = ({ collateralDecimals }: { collateralDecimals: number }): Ledger => ({
  assetScale: 10n ** BigInt(18 - collateralDecimals),
  funds: new Map(),
  escrows: new Map(),
  markets: new Map(),
});

/** An account's position according to the events; zeros for an account without events. */
export const positionIn = (ledger: Ledger, marketId: bigint, account: Address): Position =>
  ledger.markets.get(marketId)?.positions.get(account) ?? { size: 0n, openNotional: 0n, margin: 0n };

/** An account's fund according to the events, in the collateral's own decimals. */
export const fundIn = (ledger: Ledger, account: Address): CollateralAmount => ledger.funds.get(account) ?? 0n;

/** An account's escrow at a gateway according to the events, in the collateral's own decimals. */
export const escrowIn = (ledger: Ledger, account: Address, gateway: Address): CollateralAmount =>
  ledger.escrows.get(account)?.get(gateway) ?? 0n;

/**
 * Applies one event to the ledger in place. All events since the Vault's deployment must be applied, in the order of the
 * chain. Settings of markets, such as `FundingSet`, do not change the ledger.
 *
 * @example
 * for (const event of parseEventLogs({ abi: vaultAbi, logs })) applyEvent(ledger, event);
 */
export function applyEvent(ledger: Ledger, event: VaultEvent): void {
  const entry = entryFor(ledger);
  switch (event.eventName) {
    case "Deposited":
      entry.fund(event.args.account, event.args.amountXCD);
      break;
    case "Withdrawn":
      entry.fund(event.args.account, -event.args.amountXCD);
      break;
    case "FundToMargin":
      entry.fund(event.args.account, -event.args.amountXCD);
      entry.tokens(event.args.marketId, event.args.account, event.args.amountXCD);
      break;
    case "MarginToFund":
      entry.fund(event.args.account, event.args.amountXCD);
      entry.tokens(event.args.marketId, event.args.account, -event.args.amountXCD);
      break;
    case "MarginReceived":
      entry.tokens(event.args.marketId, event.args.account, event.args.amountXCD);
      break;
    case "MarginPaidOut":
      entry.tokens(event.args.marketId, event.args.account, -event.args.amountXCD);
      break;
    case "EscrowFilled":
      entry.fund(event.args.account, -event.args.amountXCD);
      entry.escrow(event.args.account, event.args.gateway, event.args.amountXCD);
      break;
    case "EscrowWithdrawn":
      entry.escrow(event.args.account, event.args.gateway, -event.args.amountXCD);
      entry.fund(event.args.account, event.args.amountXCD);
      break;
    case "BondPaid":
      entry.escrow(event.args.account, event.args.gateway, -event.args.amountXCD);
      entry.tokens(event.args.marketId, event.args.maker, event.args.amountXCD);
      break;
    case "RelayFeePaid":
      entry.fund(event.args.account, -event.args.amountXCD);
      entry.fund(event.args.receiver, event.args.amountXCD);
      break;
    case "InsuranceDonated":
      entry.fund(event.args.donor, -event.args.amountXCD);
      entry.balance(event.args.marketId, event.args.amountXCD);
      entry.insurance(event.args.marketId, event.args.amountXCD * ledger.assetScale);
      break;
    case "TradingFeePaid":
      entry.margin(event.args.marketId, event.args.taker, -event.args.amount);
      entry.insurance(event.args.marketId, event.args.amount);
      break;
    case "PositionsChanged": {
      const { marketId, taker, maker, base, quote, takerMargin, makerMargin } = event.args;
      entry.fill(marketId, taker, { base, quote, ...takerMargin });
      entry.fill(marketId, maker, { base: -base, quote: -quote, ...makerMargin });
      break;
    }
    case "PenaltySettled": {
      const { marketId, account, liquidator, accountDelta, liquidatorDelta } = event.args;
      entry.margin(marketId, account, accountDelta);
      entry.margin(marketId, liquidator, liquidatorDelta);
      entry.insurance(marketId, -accountDelta - liquidatorDelta);
      break;
    }
    case "ShortfallCovered":
      entry.margin(event.args.marketId, event.args.account, event.args.amount);
      entry.insurance(event.args.marketId, -event.args.amount);
      break;
  }
}

/** Parameters of {@link replayVaultLogs}. */
export type ReplayVaultLogsParameters = {
  vault: Address;
  collateralDecimals: number;
  /** In the order of the chain. Logs of other contracts are skipped. */
  logs: readonly Log[];
};

/**
 * Computes the Vault's ledger from logs.
 *
 * @example
 * const logs = await getLogs(client, { address: deployment.vault, fromBlock });
 * const ledger = replayVaultLogs({ vault: deployment.vault, collateralDecimals: 6, logs });
 * positionIn(ledger, 1n, account).margin;
 */
export function replayVaultLogs({ vault, collateralDecimals, logs }: ReplayVaultLogsParameters): Ledger {
  const ledger = emptyLedger({ collateralDecimals });
  const ours = logs.filter(({ address }) => address.toLowerCase() === vault.toLowerCase());
  for (const event of parseEventLogs({ abi: ledgerAbi, logs: ours })) applyEvent(ledger, event);
  return ledger;
}

/** The changes that an event makes to the ledger. */
function entryFor(ledger: Ledger) {
  const marketOf = (marketId: bigint): MarketLedger => {
    const found = ledger.markets.get(marketId) ?? { balance: 0n, insurance: 0n, positions: new Map() };
    ledger.markets.set(marketId, found);
    return found;
  };
  const change = (marketId: bigint, account: Address, delta: Partial<Position>) => {
    const { size, openNotional, margin } = positionIn(ledger, marketId, account);
    marketOf(marketId).positions.set(account, {
      size: size + (delta.size ?? 0n),
      openNotional: openNotional + (delta.openNotional ?? 0n),
      margin: margin + (delta.margin ?? 0n),
    });
  };
  const balance = (marketId: bigint, amount: bigint): void => {
    marketOf(marketId).balance += amount;
  };
  return {
    fund: (account: Address, amount: bigint): void => {
      ledger.funds.set(account, fundIn(ledger, account) + amount);
    },
    escrow: (account: Address, gateway: Address, amount: bigint): void => {
      const escrows = ledger.escrows.get(account) ?? new Map<Address, bigint>();
      ledger.escrows.set(account, escrows.set(gateway, (escrows.get(gateway) ?? 0n) + amount));
    },
    balance,
    insurance: (marketId: bigint, amount: bigint): void => {
      marketOf(marketId).insurance += amount;
    },
    margin: (marketId: bigint, account: Address, amount: bigint): void => change(marketId, account, { margin: amount }),
    /** Collateral that entered or left a market with an account's margin. */
    tokens: (marketId: bigint, account: Address, amount: bigint): void => {
      balance(marketId, amount);
      change(marketId, account, { margin: amount * ledger.assetScale });
    },
    /** A fill moves realised profit from open notional to margin. The margin also pays or receives the pending fees. */
    fill: (
      marketId: bigint,
      account: Address,
      { base, quote, realizedPnl, funding, borrowing }: { base: bigint; quote: bigint } & MarginChange,
    ): void =>
      change(marketId, account, {
        size: base,
        openNotional: quote - realizedPnl,
        margin: realizedPnl - funding - borrowing,
      }),
  };
}
