// Finders of due work: from values that were read before to the transactions that a keeper may send. They read nothing, keep
// nothing and have no clock: the time is that of the block whose state was read.
import type { Address } from "viem";
import type { Hedge } from "../actions/hedging/hedged-vault.js";
import type { QuoteHedge } from "../actions/hedging/quote-vault.js";
import type { PendingLpRequest } from "../actions/lp/queue.js";
import type { OpenOrder } from "../actions/orders/reads.js";
import type { AnnouncedOrder, BracketedOrder } from "../actions/signed-orders/reads.js";
import type { AccountState } from "../entities/account.js";
import { executionStatusAt } from "../entities/execution-status.js";
import { isLegDue, type SignedOrder, type SignedOrderLeg } from "../entities/signed-order.js";
import type { BaseAmount, CollateralAmount, Wad, Wei } from "../units.js";

/** A delayed order to execute or, once it has expired, to remove. */
export type DueOrder = OpenOrder & {
  action: "execute" | "cancel";
  /** Seconds; the price of the execution is the first one published from then on. */
  priceTime: bigint;
  /** Wei for the keeper: all of the order's fee for an execution, half of it for the removal. */
  fee: Wei;
};

type Timed = { dueAt: bigint };

/** The items in the order of their times, without these. */
const inTime = <item extends object>(items: readonly (item & Timed)[]): item[] =>
  [...items]
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0))
    .map(({ dueAt: _, ...item }) => item as unknown as item);

/**
 * The delayed orders that are due at a time, in the order in which they became due. An order that waits for another one, or
 * whose delay is not over, is left out.
 *
 * @example
 * const orders = await getOpenOrders(keeper, { deployment, fromBlock });
 * for (const { order, action } of findDueOrders({ orders, time })) if (action === "execute") await execute(order);
 */
export function findDueOrders({
  orders,
  time,
}: {
  orders: readonly OpenOrder[];
  /** Unix seconds. */
  time: bigint;
}): DueOrder[] {
  const due = orders.flatMap((each): (DueOrder & Timed)[] => {
    const { order, status } = each;
    const { executableAt, keeperFee } = order;
    const now = executionStatusAt(time, order);
    if (now === "delayed" || (status === "waiting" && now !== "expired")) return [];
    const terms = { ...each, priceTime: executableAt };
    return now === "executable"
      ? [{ ...terms, action: "execute" as const, fee: keeperFee, dueAt: executableAt }]
      : [{ ...terms, action: "cancel" as const, fee: keeperFee / 2n, dueAt: order.expiresAt + 1n }];
  });
  return inTime<DueOrder>(due);
}

/** An announced order to execute or, once its announcement has expired, to clear. */
export type DueAnnouncement = AnnouncedOrder & {
  action: "execute" | "clear";
  /** Seconds; the price of the execution is the first one published from then on. */
  priceTime: bigint;
  /** In the collateral's own decimals: the share of the account that executes. Zero for the removal. */
  fee: CollateralAmount;
};

/**
 * The announced orders that are due at a time, in the order in which they became due. The account that executes receives one
 * half of the relay fee, and all of it when the order's account announced.
 *
 * @example
 * const announced = await getAnnouncedOrders(keeper, { deployment, fromBlock });
 * for (const { order, announcement, priceTime } of findDueAnnouncements({ announced, time })) console.log(order.id, priceTime);
 */
export function findDueAnnouncements({
  announced,
  time,
}: {
  announced: readonly AnnouncedOrder[];
  /** Unix seconds. */
  time: bigint;
}): DueAnnouncement[] {
  const due = announced.flatMap((each): (DueAnnouncement & Timed)[] => {
    const { announcement, order } = each;
    const now = executionStatusAt(time, announcement);
    if (now === "delayed") return [];
    const { executableAt, expiresAt, relayFeeXCD, announcer } = announcement;
    const isOwn = announcer.toLowerCase() === order.account.toLowerCase();
    const terms = { ...each, priceTime: executableAt };
    return now === "executable"
      ? [{ ...terms, action: "execute" as const, fee: isOwn ? relayFeeXCD : relayFeeXCD / 2n, dueAt: executableAt }]
      : [{ ...terms, action: "clear" as const, fee: 0n, dueAt: expiresAt + 1n }];
  });
  return inTime<DueAnnouncement>(due);
}

/** A leg of a signed order whose trigger and limit a price meets, so that a keeper can announce it. */
export type DueLeg = { order: SignedOrder; leg: SignedOrderLeg };

/**
 * The legs of active brackets that a price meets. At most one of an order: its take-profit and its stop are never both due,
 * unless the stop is on the wrong side; then the stop.
 *
 * @example
 * const brackets = await getBracketedOrders(keeper, { deployment });
 * findDueLegs({ brackets, price: parseWad("1790"), publishTime: 1_700_000_000n });
 */
export function findDueLegs({
  brackets,
  price,
  publishTime,
}: {
  brackets: readonly BracketedOrder[];
  /** WAD quote per base. */
  price: Wad;
  /** Unix seconds; a price from before the activation of a bracket does not trigger it. */
  publishTime: bigint;
}): DueLeg[] {
  return brackets.flatMap(({ order, bracket }) => {
    if (publishTime < bracket.activeSince) return [];
    const leg = (["stop", "take-profit"] as const).find((each) => isLegDue({ order, leg: each, price }));
    return leg === undefined ? [] : [{ order, leg }];
  });
}

/** The requests of one request vault that a settlement takes, in their order. */
export type DueLpRequests = {
  requestVault: Address;
  /** Those that are due; the settlement also visits the ones before them. */
  requests: PendingLpRequest[];
  /**
   * Seconds, ascending: for each of them, `settleLpRequests` needs the first price published from then on. Empty when there
   * are expired requests only.
   */
  priceTimes: bigint[];
  /** Wei for the keeper, of all due requests that have not expired. */
  fee: Wei;
};

/**
 * The requests of LPs that are due at a time; undefined when there are none.
 *
 * @example
 * const requests = await getPendingLpRequests(keeper, { requestVault });
 * const due = findDueLpRequests({ requestVault, requests, time });
 */
export function findDueLpRequests({
  requestVault,
  requests,
  time,
}: {
  requestVault: Address;
  requests: readonly PendingLpRequest[];
  /** Unix seconds. */
  time: bigint;
}): DueLpRequests | undefined {
  const due = requests.flatMap((request) => {
    const status = executionStatusAt(time, request);
    return status === "delayed" ? [] : [{ ...request, status }];
  });
  if (due.length === 0) return undefined;
  const executable = due.filter(({ status }) => status === "executable");
  const priceTimes = [...new Set(executable.map(({ executableAt }) => executableAt))];
  return {
    requestVault,
    requests: due,
    priceTimes: priceTimes.sort((a, b) => (a < b ? -1 : 1)),
    fee: executable.reduce((sum, { keeperFee }) => sum + keeperFee, 0n),
  };
}

/** An account's state in the market. */
export type KeptAccount = AccountState & { account: Address };

/** An account whose position any account may close now. */
export type DueLiquidation = {
  account: Address;
  state: KeptAccount;
  /** WAD quote: the part of the loss that the account cannot pay; zero while it can. */
  shortfall: Wad;
};

/**
 * The accounts that the exchange accepts a liquidation for, the greatest shortfall first, then the lowest margin ratio.
 *
 * @example
 * const accounts = await getLiquidatable(keeper, { deployment });
 * for (const { account } of findLiquidations({ accounts })) await liquidateSync(keeper, { deployment, account });
 */
export function findLiquidations({ accounts }: { accounts: readonly KeptAccount[] }): DueLiquidation[] {
  return accounts
    .filter(({ isLiquidatable }) => isLiquidatable)
    .map((state) => ({ account: state.account, state, shortfall: shortfallOf(state) }))
    .sort((a, b) => {
      if (a.shortfall !== b.shortfall) return a.shortfall > b.shortfall ? -1 : 1;
      const ratioOf = ({ state }: DueLiquidation) => state.valuation?.marginRatio ?? 0n;
      return ratioOf(a) < ratioOf(b) ? -1 : ratioOf(a) > ratioOf(b) ? 1 : 0;
    });
}

const shortfallOf = ({ valuation }: AccountState): Wad =>
  valuation !== undefined && valuation.accountValue < 0n ? -valuation.accountValue : 0n;

/** An account whose loss exceeds insurance: to flag, and to deleverage. */
export type DueShortfall = {
  account: Address;
  /** WAD quote. */
  shortfall: Wad;
  /** WAD quote: what insurance cannot pay of it. */
  uncovered: Wad;
};

/**
 * The accounts whose shortfall exceeds the market's insurance, the greatest first: `flagShortfall` and `deleverage` accept
 * them. Accounts without a known value are left out.
 *
 * @example
 * const { insurance } = await getMarket(keeper, { deployment });
 * for (const { account } of findShortfalls({ accounts, insurance })) await flagShortfall(keeper, { deployment, account });
 */
export function findShortfalls({
  accounts,
  insurance,
}: {
  accounts: readonly KeptAccount[];
  /** WAD quote; below zero while there is bad debt. */
  insurance: Wad;
}): DueShortfall[] {
  const funds = insurance > 0n ? insurance : 0n;
  return accounts
    .map((state) => ({ account: state.account, shortfall: shortfallOf(state), uncovered: shortfallOf(state) - funds }))
    .filter(({ uncovered }) => uncovered > 0n)
    .sort((a, b) => (a.shortfall > b.shortfall ? -1 : a.shortfall < b.shortfall ? 1 : 0));
}

/** A hedged vault with base to trade on the spot market. */
export type DueHedgeGap = {
  maker: Address;
  /** Base to buy above zero, to sell below; in the base token's own decimals. */
  gap: BaseAmount;
  /** Seconds; the price at Pyth may be at most that old, see `storePrices`. */
  maxPriceAge: number;
};

/**
 * The hedged vaults whose gap can be closed at a time.
 *
 * @example
 * const maker = deployment.spotHedgeBaseMaker;
 * const hedges = [{ maker, ...(await getHedge(keeper, { deployment, maker })) }];
 * for (const { gap } of findHedgeGaps({ hedges, time })) await closeHedgeGap(keeper, { deployment, maker });
 */
export const findHedgeGaps = ({
  hedges,
  time,
}: {
  hedges: readonly (Pick<Hedge, "gap" | "gapClosableAt" | "gapRules"> & { maker: Address })[];
  /** Unix seconds. */
  time: bigint;
}): DueHedgeGap[] =>
  hedges
    .filter(({ gap, gapClosableAt }) => gap !== 0n && gapClosableAt <= time)
    .map(({ maker, gap, gapRules }) => ({ maker, gap, maxPriceAge: gapRules.maxPriceAge }));

/** The upkeep of a quote vault that is due. */
export type DueRebalance = {
  maker: Address;
  /**
   * `rebalance`: the margin differs from its target. `announce`: the balance is spent, and a deleveraging is to be announced.
   * `deleverage`: an announced one can be executed.
   */
  action: "rebalance" | "announce" | "deleverage";
  /** Whether the keeper is paid for it now. */
  isPaid: boolean;
  /** In the collateral's own decimals, into the margin above zero; zero for a deleveraging. */
  toMove: CollateralAmount;
  /** WAD base; zero for a rebalance. */
  toClose: Wad;
  /** Seconds; the price of a deleveraging is the first one published from then on. Undefined for the other actions. */
  priceTime: bigint | undefined;
};

/**
 * The upkeep of quote vaults that is due at a time. An announced deleveraging comes first.
 *
 * @example
 * const maker = deployment.spotHedgeQuoteMaker;
 * if (maker) findRebalances({ hedges: [{ maker, ...(await getQuoteHedge(keeper, { maker })) }], time });
 */
export const findRebalances = ({
  hedges,
  time,
}: {
  hedges: readonly (Pick<QuoteHedge, "toMove" | "toClose" | "deleverageAt" | "keeperPaidFrom"> & { maker: Address })[];
  /** Unix seconds. */
  time: bigint;
}): DueRebalance[] =>
  hedges.flatMap(({ maker, toMove, toClose, deleverageAt, keeperPaidFrom }): DueRebalance[] => {
    const isPaid = keeperPaidFrom === undefined || keeperPaidFrom <= time;
    const none = { maker, isPaid, toMove: 0n, toClose: 0n, priceTime: undefined };
    if (deleverageAt !== undefined) {
      return deleverageAt <= time ? [{ ...none, action: "deleverage", toClose, priceTime: deleverageAt }] : [];
    }
    if (toClose > 0n) return [{ ...none, action: "announce", toClose }];
    return toMove === 0n ? [] : [{ ...none, action: "rebalance", toMove }];
  });
