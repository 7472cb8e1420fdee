// The rules of the matcher that need no state: which orders may trade now, what a failure says, and which levels have changed.
import type { SignedOrder } from "@counterpoise/sdk";
import type { BookOrder } from "@counterpoise/sdk/relay";
import type { PinnedBlock } from "@counterpoise/service-kit";
import { BaseError, type Hash } from "viem";
import type { RelayerConfig } from "./config.js";
import type { Level, MarketEvent, PlannedFill, StoredOrder } from "./records.js";
import type { Failed, SettledOrder } from "./settlement.js";

/** A part of the price, 0.5%: an LP vault whose price follows a spot pool may be better than the oracle's. */
const REACH = 200n;
/** The part of a block's gas limit that a settlement may use, in sixteenths. */
const GAS_SHARE = 12n;
/** Errors that the account of an order causes, also without its address in them. */
const accountErrors = ["InvalidSignature", "WrongNonce", "OrderPastExpiry", "OrderClosed", "RelayFeeTooHigh"];

/** An order without an end, as the matcher follows it. */
export type Tracked = SettledOrder & {
  sequence: bigint;
  status: StoredOrder["status"];
  reason: string | undefined;
  /** WAD base; the sum of this order's own fills. */
  ownFilled: bigint;
  endedBlock: bigint | undefined;
  isBooked: boolean;
  isInFlight: boolean;
  strikes: number;
  /** The block from which it is settled again, after a failure that it caused. */
  notBefore: bigint;
  /** The block from which LP vaults are asked again, after all of them were too expensive. */
  vaultsFrom: bigint;
};

/** The smaller of two. */
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The orders of fills. */
export const hashesOf = (fills: readonly PlannedFill[]): Hash[] => [
  ...new Set(fills.flatMap(({ taker, maker, isMatch }) => (isMatch ? [taker, maker as Hash] : [taker]))),
];

/** An order as the book has it: its rest may be filled at once, however small. */
export const entryOf = ({ hash, order, rest, sequence }: Tracked): BookOrder => ({
  hash,
  order: rest < order.minFill ? { ...order, minFill: rest } : order,
  rest,
  sequence,
});

/** Whether the limit of an order is near enough to the oracle's price for an LP vault. */
export const reaches = ({ isBaseToQuote, price: limit }: SignedOrder, price: bigint): boolean =>
  isBaseToQuote ? limit <= price + price / REACH : limit >= price - price / REACH;

/** Whether the account of an order has caused a failure. */
export const isAccountsFault = ({ revert, reason }: Failed, { account }: SignedOrder): boolean =>
  revert === undefined
    ? /out of gas/i.test(reason)
    : accountErrors.includes(revert.errorName) ||
      String(revert.named.account ?? "").toLowerCase() === account.toLowerCase();

/** Whether the signer has refused, or did not answer. */
export const isSignerFault = (error: unknown): boolean =>
  !(error instanceof BaseError) && /signer|fetch failed|timeout|ECONNREFUSED/i.test(String((error as Error).message));

/** The most fills whose gas fits into a block. */
export const maxFills = (
  { settlement: { maxFills: most, gasPerFill } }: RelayerConfig,
  { gasLimit }: PinnedBlock,
): number => {
  const each = gasPerFill + gasPerFill / 16n + 50_000n;
  const fitting = Number((gasLimit * GAS_SHARE) / 16n / each);
  return Math.max(1, Math.min(most, fitting));
};

/** The levels that differ, as events; a level without orders has an amount of zero. */
export function levelEvents(
  before: ReadonlyMap<string, Level>,
  after: ReadonlyMap<string, Level>,
): Omit<MarketEvent, "sequence">[] {
  const changes: Record<string, unknown>[] = [];
  for (const [key, level] of after) {
    const old = before.get(key);
    if (old?.amount !== level.amount || old.orders !== level.orders) changes.push({ side: key.slice(0, 3), ...level });
  }
  for (const [key, { price }] of before) {
    if (!after.has(key)) changes.push({ side: key.slice(0, 3), price, amount: 0n, orders: 0 });
  }
  return changes.length === 0 ? [] : [{ type: "book", data: { levels: changes } }];
}
