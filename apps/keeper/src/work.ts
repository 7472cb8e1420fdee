// Due work, as the finders return it.
import type { PinnedBlock, PoolClient, SharedPrices } from "@counterpoise/service-kit";
import type { Address, Hex } from "viem";
import type { MarketView } from "./market.js";
import type { SignedOrderBook } from "./order-book.js";

/** Kinds of work, most urgent first. */
export const workKinds = [
  "price",
  "liquidation",
  "shortfall",
  "deleveraging",
  "order",
  "announced-order",
  "lp-request",
  "quote-vault",
  "hedge-gap",
  "announcement",
  "expired-order",
  "dead-feed",
] as const;

/** A kind of work. */
export type WorkKind = (typeof workKinds)[number];

/** Kinds that a keeper goes on with when it has no database. */
export const kindsWithoutDatabase: readonly WorkKind[] = ["price", "liquidation"];

/** The pay of the keeper for some work. */
export type Income = {
  /** In the chain's own currency. */
  wei?: bigint;
  /** WAD quote. */
  quote?: bigint;
};

/** One piece of due work: a call of one contract. */
export type Work = {
  /** Equal for all keepers, and for the same work in later rounds. */
  key: string;
  kind: WorkKind;
  to: Address;
  data: Hex;
  /** Wei. */
  value: bigint;
  /** The least gas limit. */
  gas?: bigint | undefined;
  income: Income;
  /** Reads the income from the call's result, where only the simulation tells it. */
  incomeOf?: ((result: Hex) => Income) | undefined;
};

/** The state that finders read. */
export type FinderContext = {
  market: MarketView;
  /** Reads the state of `block`. */
  client: PoolClient;
  block: PinnedBlock;
  /** The keeper's account. */
  keeper: Address;
  prices: SharedPrices;
  orders: SignedOrderBook;
  settings: FinderSettings;
};

/** Settings of finders. */
export type FinderSettings = {
  /** Parts per million of the stored price. */
  deviation: bigint;
  /** Seconds. */
  heartbeat: bigint;
  settlesDeadFeeds: boolean;
};

/** Finds due work of one or several kinds. Reads the chain at one block only; throws when it cannot. */
export type Finder = {
  kinds: readonly WorkKind[];
  find(context: FinderContext): Promise<Work[]>;
};

/** The call of an action of the SDK as work. */
export const callOf = ({ to, data, value, gas }: { to: Address; data: Hex; value?: bigint; gas?: bigint }) => ({
  to,
  data,
  value: value ?? 0n,
  ...(gas !== undefined && { gas }),
});
