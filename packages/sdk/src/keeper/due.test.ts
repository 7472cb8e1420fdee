import { describe, expect, test } from "vitest";
import { announcement, deployment, order, signedOrderWith, taker } from "../../test/fixtures.js";
import type { AccountState, OpenOrder, PendingLpRequest } from "../index.js";
import {
  findDueAnnouncements,
  findDueLegs,
  findDueLpRequests,
  findDueOrders,
  findHedgeGaps,
  findLiquidations,
  findRebalances,
  findShortfalls,
} from "./index.js";

const other = deployment.base;

describe("findDueOrders", () => {
  const open = (orderId: bigint, executableAt: bigint, status: OpenOrder["status"] = "executable"): OpenOrder => ({
    orderId,
    order: { ...order, executableAt, expiresAt: executableAt + 60n, keeperFee: 7n },
    status,
  });

  test("default: those between delay and expiry, in the order of their times", () => {
    const orders = [open(1n, 102n), open(2n, 100n), open(3n, 103n), open(4n, 101n, "waiting")];
    const due = findDueOrders({ orders, time: 102n });
    expect(due.map(({ orderId, action, priceTime, fee }) => [orderId, action, priceTime, fee])).toEqual([
      [2n, "execute", 100n, 7n],
      [1n, "execute", 102n, 7n],
    ]);
  });

  test("behavior: an expired order is to be removed, for half of the fee down", () => {
    expect(findDueOrders({ orders: [open(1n, 100n, "waiting")], time: 160n })).toEqual([]);
    const [due] = findDueOrders({ orders: [open(1n, 100n, "waiting")], time: 161n });
    expect(due).toMatchObject({ action: "cancel", fee: 3n });
  });

  test("behavior: changes nothing", () => {
    const orders = Object.freeze([open(2n, 101n), open(1n, 100n)]);
    findDueOrders({ orders, time: 102n });
    expect(orders.map(({ orderId }) => orderId)).toEqual([2n, 1n]);
  });
});

describe("findDueAnnouncements", () => {
  const announced = (announcer: typeof taker | typeof other) => ({
    order: signedOrderWith(),
    announcement: { ...announcement, announcer, executableAt: 100n, expiresAt: 160n, relayFeeXCD: 7n },
    status: "delayed" as const,
  });

  test("default: one half of the fee, all of it if the account announced", () => {
    const all = [announced(other), announced(taker)];
    expect(findDueAnnouncements({ announced: all, time: 99n })).toEqual([]);
    expect(findDueAnnouncements({ announced: all, time: 100n }).map(({ action, fee }) => [action, fee])).toEqual([
      ["execute", 3n],
      ["execute", 7n],
    ]);
  });

  test("behavior: an expired one is to be cleared", () => {
    expect(findDueAnnouncements({ announced: [announced(other)], time: 161n })).toMatchObject([
      { action: "clear", fee: 0n, priceTime: 100n },
    ]);
  });
});

describe("findDueLegs", () => {
  const bought = signedOrderWith({ bracket: { takeProfitPrice: 2_200n, stopPrice: 1_800n, exitFee: 1n } });
  const brackets = [{ order: bought, bracket: { size: 5n, activeSince: 100n } }];
  const legAt = (price: bigint, publishTime = 100n) => findDueLegs({ brackets, price, publishTime })[0]?.leg;

  test("default", () => {
    expect([legAt(1_800n), legAt(1_801n), legAt(2_199n), legAt(2_200n)]).toEqual([
      "stop",
      undefined,
      undefined,
      "take-profit",
    ]);
  });

  test("behavior: a price from before the activation triggers nothing", () => {
    expect(legAt(1_800n, 99n)).toBeUndefined();
  });
});

describe("findDueLpRequests", () => {
  const requestVault = deployment.oracleMakerRequestVault;
  const request = (requestId: bigint, executableAt: bigint): PendingLpRequest => ({
    requestId,
    controller: taker,
    isDeposit: true,
    executableAt,
    expiresAt: executableAt + 60n,
    keeperFee: 3n,
    minOut: 0n,
    pending: 1n,
    claimable: 0n,
    returned: 0n,
    status: "delayed",
  });

  test("default: each time once, ascending, and the fees", () => {
    const requests = [request(1n, 101n), request(2n, 101n), request(3n, 100n), request(4n, 103n)];
    const due = findDueLpRequests({ requestVault, requests, time: 102n });
    expect(due).toMatchObject({ requestVault, priceTimes: [100n, 101n], fee: 9n });
    expect(due?.requests.map(({ requestId, status }) => [requestId, status])).toEqual([
      [1n, "executable"],
      [2n, "executable"],
      [3n, "executable"],
    ]);
  });

  test("behavior: expired ones need no price and pay no fee", () => {
    const due = findDueLpRequests({ requestVault, requests: [request(1n, 100n)], time: 161n });
    expect(due).toMatchObject({ priceTimes: [], fee: 0n, requests: [{ status: "expired" }] });
    expect(findDueLpRequests({ requestVault, requests: [request(1n, 100n)], time: 99n })).toBeUndefined();
  });
});

const account = (address: typeof taker | typeof other, accountValue: bigint | undefined, marginRatio = 0n) =>
  ({
    account: address,
    isLiquidatable: accountValue !== undefined && accountValue < 10n,
    valuation: accountValue === undefined ? undefined : { accountValue, marginRatio },
  }) as unknown as AccountState & { account: typeof taker };

test("findLiquidations: the greatest shortfall first, then the lowest ratio", () => {
  const accounts = [account(taker, 5n, 2n), account(other, -3n), account(taker, 1n, 1n), account(other, 20n)];
  expect(
    findLiquidations({ accounts }).map(({ shortfall, state }) => [shortfall, state.valuation?.marginRatio]),
  ).toEqual([
    [3n, 0n],
    [0n, 1n],
    [0n, 2n],
  ]);
});

test("findShortfalls: beyond insurance, the greatest first; an unknown value is no shortfall", () => {
  const accounts = [account(taker, -5n), account(other, -9n), account(taker, undefined), account(other, 7n)];
  expect(findShortfalls({ accounts, insurance: 5n })).toEqual([{ account: other, shortfall: 9n, uncovered: 4n }]);
  const inDebt = findShortfalls({ accounts, insurance: -1n });
  expect(inDebt.map(({ uncovered }) => uncovered)).toEqual([9n, 5n]);
});

test("findHedgeGaps", () => {
  const gapRules = { maxDeviation: 1, interval: 2, maxPriceAge: 3 };
  const hedges = [
    { maker: taker, gap: -2n, gapClosableAt: 100n, gapRules },
    { maker: other, gap: 0n, gapClosableAt: 0n, gapRules },
  ] as const;
  expect(findHedgeGaps({ hedges, time: 99n })).toEqual([]);
  expect(findHedgeGaps({ hedges, time: 100n })).toEqual([{ maker: taker, gap: -2n, maxPriceAge: 3 }]);
});

test("findRebalances: an announced deleveraging first, then a new one, then the margin", () => {
  const idle = { maker: taker, toMove: 0n, toClose: 0n, deleverageAt: undefined, keeperPaidFrom: 101n } as const;
  const due = (more: object, time = 100n) => findRebalances({ hedges: [{ ...idle, ...more }], time });
  expect(due({})).toEqual([]);
  expect(due({ toMove: -4n })).toMatchObject([{ action: "rebalance", toMove: -4n, isPaid: false }]);
  expect(due({ toMove: -4n }, 101n)).toMatchObject([{ isPaid: true }]);
  expect(due({ toMove: 4n, toClose: 2n })).toMatchObject([{ action: "announce", toClose: 2n, toMove: 0n }]);
  expect(due({ toMove: 4n, toClose: 2n, deleverageAt: 101n })).toEqual([]);
  expect(due({ toClose: 2n, deleverageAt: 100n })).toMatchObject([{ action: "deleverage", priceTime: 100n }]);
});
