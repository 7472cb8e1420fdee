// The records of the database: orders, fills, settlements and events, and how rows become them.
import type { SignedOrder } from "@counterpoise/sdk";
import { parseSubmission } from "@counterpoise/sdk/relay";
import type { Address, Hash, Hex } from "viem";

/** The status of an order. `requested`: a cancellation that a settlement in flight may still precede. */
export type OrderStatus = "open" | "requested" | "dropped" | "dead";

/** An order as the database has it. */
export type StoredOrder = {
  hash: Hash;
  marketId: bigint;
  order: SignedOrder;
  signature: Hex;
  sequence: bigint;
  isBooked: boolean;
  status: OrderStatus;
  reason: string | undefined;
  /** WAD base. */
  rest: bigint;
  /** WAD base; the sum of the fills of this order. */
  filled: bigint;
  /** Unix seconds. */
  createdAt: number;
  updatedAt: number;
};

/** A change of an order by its matcher. */
export type OrderChange = {
  hash: Hash;
  status: OrderStatus;
  reason: string | undefined;
  rest: bigint;
  filled: bigint;
  endedBlock: bigint | undefined;
};

/** A fill in a block. Amounts WAD, from the order's side; the relay fee in the collateral's own decimals. */
export type StoredFill = {
  transactionHash: Hash;
  logIndex: number;
  blockNumber: bigint;
  blockHash: Hash;
  orderHash: Hash;
  account: Address;
  counterparty: Address;
  base: bigint;
  quote: bigint;
  price: bigint;
  relayFee: bigint;
  isOwn: boolean;
  /** The number of the event that announced it. */
  sequence: bigint;
};

/** A fill that a settlement contains: a match with a resting order, or a trade with an LP vault. */
export type PlannedFill = {
  taker: Hash;
  /** The order that rests, or the maker's address. */
  maker: Hash | Address;
  isMatch: boolean;
  /** WAD base. */
  amount: bigint;
};

/** A settlement that has no end yet, or has ended in the journal only. */
export type OpenSettlement = { id: bigint; epoch: number; fills: readonly PlannedFill[] };

/** An event of a market's stream. */
export type MarketEvent = {
  sequence: bigint;
  /** `trade`: a fill by this relayer; `fill`: one by another account, such as a keeper's. */
  type: "book" | "trade" | "fill" | "order";
  data: Record<string, unknown>;
};

/** A price level. */
export type Level = {
  /** WAD. */
  price: bigint;
  /** WAD base. */
  amount: bigint;
  orders: number;
};

/** A row as Postgres returns it. */
export type Row = Record<string, unknown>;

/** An order of a row. */
export const orderOf = (row: Row): StoredOrder => {
  const { order, signature } = parseSubmission(row.submission);
  return {
    hash: row.hash as Hash,
    marketId: BigInt(row.market_id as string),
    order,
    signature,
    sequence: BigInt(row.sequence as string),
    isBooked: row.is_booked as boolean,
    status: row.status as OrderStatus,
    reason: (row.reason as string | null) ?? undefined,
    rest: BigInt(row.rest as string),
    filled: BigInt(row.filled as string),
    createdAt: Math.floor((row.created_at as Date).getTime() / 1_000),
    updatedAt: Math.floor((row.updated_at as Date).getTime() / 1_000),
  };
};

/** A fill of a row. */
export const fillOf = (row: Row): StoredFill => ({
  transactionHash: row.transaction_hash as Hash,
  logIndex: row.log_index as number,
  blockNumber: BigInt(row.block_number as string),
  blockHash: row.block_hash as Hash,
  orderHash: row.order_hash as Hash,
  account: row.account as Address,
  counterparty: row.counterparty as Address,
  base: BigInt(row.base as string),
  quote: BigInt(row.quote as string),
  price: BigInt(row.price as string),
  relayFee: BigInt(row.relay_fee as string),
  isOwn: row.is_own as boolean,
  sequence: BigInt(row.sequence as string),
});

/** A JSON text with amounts as decimal texts. */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? each.toString() : each));

/** A fill as events and trades show it. */
export const tradeData = ({ isOwn: _, ...fill }: Omit<StoredFill, "sequence">): Record<string, unknown> => fill;
