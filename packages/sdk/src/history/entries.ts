// From the events of one or many transactions to the entries of a history. Pure: reads nothing.
import { type Address, type Hex, isAddressEqual, type Log, type ParseEventLogsReturnType, parseEventLogs } from "viem";
import type { MarginChange } from "../entities/account.js";
import * as backstop from "../generated/contracts/backstop.js";
import * as clearingHouse from "../generated/contracts/clearing-house.js";
import * as orderGateway from "../generated/contracts/order-gateway.js";
import * as signedOrderGateway from "../generated/contracts/signed-order-gateway.js";
import * as vault from "../generated/contracts/vault.js";
import type { CollateralAmount, Wad } from "../units.js";

/** The order that was filled. A signed order is identified by the hash of its leg, which is the order's own for an entry. */
export type HistoryOrder = { type: "delayed"; orderId: bigint } | { type: "signed"; legHash: Hex };

/** A change of an account in a market, from the account's own side. WAD quote unless stated otherwise. */
export type HistoryEntry = {
  kind: "trade" | "liquidation" | "deleveraging" | "settlement";
  marketId: bigint;
  account: Address;
  /**
   * `taker`: the account traded, or was closed by a liquidation, a deleveraging or a settlement. `maker`: it was the other side
   * of that. `none`: its position did not change: the reward of a liquidation that closed against a maker, or a payment between
   * accounts for a deleveraging.
   */
  role: "taker" | "maker" | "none";
  /** The other side, or the account that paid or was paid. */
  counterparty: Address;
  /** Undefined for `role: "none"`. */
  side: "buy" | "sell" | undefined;
  /** WAD base received by the account; below zero: given. */
  base: Wad;
  /** Received by the account; below zero: given. */
  quote: Wad;
  /** The oracle price of the fill, WAD. Undefined for `role: "none"`. */
  price: Wad | undefined;
  /** Paid to insurance by the taker. */
  tradingFee: Wad;
  /** Transfers of a liquidation or deleveraging: paid by the account above zero, its reward below zero. */
  penalty: Wad;
  /** Negative margin that insurance paid. */
  covered: Wad;
  /** In the collateral's own decimals: paid to the relayer from the fund. */
  relayFee: CollateralAmount;
  /** The account's own order or, for a maker, the taker's. Undefined for forced changes. */
  order: HistoryOrder | undefined;
} & MarginChange;

/** An entry and the log that it comes from. */
export type Drafted = { entry: HistoryEntry; log: Log<bigint, number, false> };

/** The events of an account as the first indexed address, and of all accounts in one market. */
export const ownEvents = [
  vault.TradingFeePaid,
  vault.PositionsChanged,
  vault.PenaltySettled,
  vault.ShortfallCovered,
  clearingHouse.Liquidated,
  backstop.Deleveraged,
  backstop.AccountSettled,
] as const;

/** The events of orders: the account is the second indexed value. */
export const orderEvents = [orderGateway.OrderExecuted, signedOrderGateway.OrderFilled] as const;

/** The events that name an account as the second party, the third indexed value. */
export const counterpartyEvents = [
  vault.PositionsChanged,
  vault.PenaltySettled,
  clearingHouse.Liquidated,
  backstop.Deleveraged,
  signedOrderGateway.OrderFilled,
] as const;

/** The events that say why the taker of a fill traded. */
export const causeEvents = [clearingHouse.Liquidated, backstop.AccountSettled, ...orderEvents] as const;

const known = [...ownEvents, ...orderEvents] as const;

type KnownEvent = ParseEventLogsReturnType<typeof known, undefined, true>[number];
type ArgsOf<name extends KnownEvent["eventName"]> = Extract<KnownEvent, { eventName: name }>["args"];

const none = { realizedPnl: 0n, funding: 0n, borrowing: 0n };
const same = isAddressEqual;

/** The entry that following events of its transaction complete, and its fill. */
type Open = Drafted & { fill: ArgsOf<"PositionsChanged"> | undefined; isExplained: boolean };

/**
 * The entries of the logs, which are in the order of the chain and have whole transactions. With an account, the entries are
 * from its side; else each is from the side of the taker. `unexplained` has the fills whose cause no log tells: those of makers,
 * while the logs of their takers are missing.
 */
export function entriesOf(
  logs: readonly Log<bigint, number, false>[],
  account?: Address,
): { entries: Drafted[]; unexplained: { taker: Address; log: Log<bigint, number, false> }[] } {
  const all: Open[] = [];
  /** Of the transaction of the last log. */
  let own: Open[] = [];
  let transaction: Hex | undefined;
  let tradingFee = 0n;
  const isOf = (party: Address) => account === undefined || same(party, account);
  const add = (
    log: KnownEvent,
    change: Partial<HistoryEntry> & Pick<HistoryEntry, "account" | "counterparty" | "marketId">,
    fill?: ArgsOf<"PositionsChanged">,
  ): Open => {
    const entry: HistoryEntry = {
      kind: "trade",
      role: "none",
      side: undefined,
      base: 0n,
      quote: 0n,
      price: undefined,
      ...{ tradingFee: 0n, penalty: 0n, covered: 0n, relayFee: 0n, order: undefined },
      ...none,
      ...change,
    };
    const open = { entry, log: log as unknown as Log<bigint, number, false>, fill, isExplained: false };
    own.push(open);
    all.push(open);
    return open;
  };
  /** The fill that an event belongs to: the last one of its transaction, if it is of these parties. */
  const filled = (taker: Address, maker?: Address): Open | undefined => {
    const last = own.findLast(({ fill }) => fill !== undefined);
    const fill = last?.fill;
    return fill && same(fill.taker, taker) && (maker === undefined || same(fill.maker, maker)) ? last : undefined;
  };
  const explain = (open: Open | undefined, change: Partial<HistoryEntry>): void => {
    if (!open) return;
    Object.assign(open.entry, change);
    open.isExplained = true;
  };

  for (const event of parseEventLogs({ abi: known, logs: logs as Log[], strict: true }) as KnownEvent[]) {
    if (event.transactionHash !== transaction) {
      own = [];
      tradingFee = 0n;
      transaction = event.transactionHash as Hex;
    }
    switch (event.eventName) {
      case "TradingFeePaid":
        tradingFee = event.args.amount;
        break;
      case "PositionsChanged": {
        const { marketId, taker, maker, price, takerMargin, makerMargin, ...fill } = event.args;
        const isTaker = isOf(taker);
        const [base, quote] = isTaker ? [fill.base, fill.quote] : [-fill.base, -fill.quote];
        const [party, counterparty] = isTaker ? [taker, maker] : [maker, taker];
        const side = base < 0n ? "sell" : "buy";
        const role = isTaker ? "taker" : "maker";
        const margin = isTaker ? takerMargin : makerMargin;
        const amounts = { side, base, quote, price, tradingFee: isTaker ? tradingFee : 0n, ...margin } as const;
        add(event, { marketId, account: party, counterparty, role, ...amounts }, event.args);
        tradingFee = 0n;
        break;
      }
      case "PenaltySettled": {
        const { marketId, account: payer, liquidator: payee, accountDelta, liquidatorDelta } = event.args;
        const fill = filled(payer) ?? own.findLast((open) => open.fill && same(open.fill.maker, payer));
        if (account === undefined) {
          // From the side of the taker: another payer is the maker of the same fill, or pays for an earlier one.
          if (fill) fill.entry.penalty -= same(fill.entry.account, payer) ? accountDelta : 0n;
          else
            add(event, { kind: "deleveraging", marketId, account: payer, counterparty: payee, penalty: -accountDelta });
          break;
        }
        const penalty = -(same(payer, account) ? accountDelta : 0n) - (same(payee, account) ? liquidatorDelta : 0n);
        if (fill && !fill.isExplained) fill.entry.penalty += penalty;
        else {
          const counterparty = same(payer, account) ? payee : payer;
          add(event, { kind: "deleveraging", marketId, account, counterparty, penalty });
        }
        break;
      }
      case "ShortfallCovered": {
        const open = own.findLast(({ entry }) => same(entry.account, event.args.account));
        if (open) open.entry.covered += event.args.amount;
        break;
      }
      case "Liquidated": {
        const { marketId, account: liquidated, liquidator } = event.args;
        const fill = filled(liquidated);
        const isReward = (open: Open) => open.fill === undefined && same(open.entry.counterparty, liquidated);
        if (fill && !fill.isExplained) explain(fill, { kind: "liquidation" });
        else if (account !== undefined && same(liquidator, account)) {
          // The fill was between the liquidated account and a maker. A reward of zero has no transfer.
          const reward = own.findLast((open) => !open.isExplained && isReward(open));
          explain(reward ?? add(event, { marketId, account, counterparty: liquidated }), { kind: "liquidation" });
        }
        break;
      }
      case "Deleveraged":
        explain(filled(event.args.account, event.args.counterparty), { kind: "deleveraging" });
        break;
      case "AccountSettled":
        explain(filled(event.args.account), { kind: "settlement" });
        break;
      case "OrderExecuted": {
        // The taker's next order in the same transaction may be with another maker.
        const open = filled(event.args.taker);
        if (!open?.isExplained) explain(open, { order: { type: "delayed", orderId: event.args.orderId } });
        break;
      }
      case "OrderFilled": {
        const { account: by, counterparty, legHash, relayFeeXCD: relayFee } = event.args;
        const open = filled(by, counterparty) ?? filled(counterparty, by);
        if (!open) break;
        const order = { type: "signed", legHash } as const;
        if (same(open.entry.account, by)) explain(open, { order, relayFee });
        else if (!open.isExplained) explain(open, { order });
        break;
      }
    }
  }
  return {
    entries: all,
    unexplained: all.flatMap(({ entry, fill, isExplained, log }) =>
      fill && entry.role === "maker" && !isExplained ? [{ taker: fill.taker, log }] : [],
    ),
  };
}
