import type { Address } from "viem";
import { defineRead } from "../../client/define-read.js";
import { all, block, decodedRevert, pricedView, type Steps, view } from "../../client/steps.js";
import { type ExecutionStatus, executionStatusAt } from "../../entities/execution-status.js";
import * as lpRequestVault from "../../generated/contracts/lp-request-vault.js";
import type { Revert } from "../../reverts.js";
import type { AssetAmount, CollateralAmount, Wad, Wei } from "../../units.js";

/** The queue of a request vault and its rules. */
export type LpQueue = {
  /** The oldest request that may be pending. */
  head: bigint;
  /** The number of requests so far; ids count from 1. */
  count: bigint;
  /** Seconds from a request to the time whose price it settles at: at least the chain's lag plus one price interval. */
  delay: number;
  /** Maximum validity of a request in seconds after that time; at most the feed's `maxExecutionAge`. */
  validity: number;
  /** Wei. */
  minKeeperFee: Wei;
};

/** Reads the queue of a request vault and its rules. */
export const getLpQueue = /* @__PURE__ */ defineRead(function* ({
  requestVault,
}: {
  requestVault: Address;
}): Steps<LpQueue> {
  const [head, count, { delay, validity, minKeeperFee }] = yield* all([
    view(requestVault, lpRequestVault.head, []),
    view(requestVault, lpRequestVault.requestCount, []),
    view(requestVault, lpRequestVault.rules, []),
  ]);
  return { head, count, delay, validity, minKeeperFee };
});

/** The state of one request. Amounts of deposits are assets, of redemptions shares; times in seconds, fees in wei. */
export type LpRequest = {
  controller: Address;
  isDeposit: boolean;
  executableAt: bigint;
  expiresAt: bigint;
  /** Zero once closed, like `minOut`. */
  keeperFee: Wei;
  minOut: bigint;
  /** Not settled yet. */
  pending: bigint;
  /** Settled and not claimed yet. */
  claimable: bigint;
  /** Returned and not claimed yet. */
  returned: bigint;
};

/** Parameters of {@link getLpRequest}. */
export type GetLpRequestParameters = { requestVault: Address; requestId: bigint };

/** Reads a request. */
export const getLpRequest = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  requestId,
}: GetLpRequestParameters): Steps<LpRequest> {
  const request = yield* view(requestVault, lpRequestVault.requestOf, [requestId]);
  const { controller, isDeposit, keeperFee, minOut, returned } = request;
  const args = [requestId, controller] as const;
  const claimable = yield* isDeposit
    ? view(requestVault, lpRequestVault.claimableDepositRequest, args)
    : view(requestVault, lpRequestVault.claimableRedeemRequest, args);
  return {
    controller,
    isDeposit,
    executableAt: BigInt(request.executableAt),
    expiresAt: BigInt(request.expiresAt),
    keeperFee,
    minOut,
    pending: request.isClosed ? 0n : request.amount,
    claimable,
    returned,
  };
});

/** Parameters of {@link getLpRequestSettlement}. */
export type GetLpRequestSettlementParameters = {
  /** The request vault, not an aggregate vault. */
  requestVault: Address;
  requestId: bigint;
};

/** Whether a request would settle now. */
export type LpRequestSettlement = {
  /** At least in part, at the stored price in place of its own, which may differ. */
  settlesNow: boolean;
  /** Why it would not. */
  reason: Revert | undefined;
  /** The last moment of its settlement, seconds: afterwards the first call returns it. `undefined` for a closed request. */
  latestAt: bigint | undefined;
};

/**
 * Reads whether a request would settle now, why not, and until when it waits.
 *
 * @example
 * const { settlesNow, reason, latestAt } = await getLpRequestSettlement(client, { requestVault, requestId });
 * if (!settlesNow) console.log(reason?.errorName, latestAt);
 */
export const getLpRequestSettlement = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  requestId,
}: GetLpRequestSettlementParameters): Steps<LpRequestSettlement> {
  const [settlesNow, reason, latestAt] = yield* view(requestVault, lpRequestVault.settlementOf, [requestId]);
  return {
    settlesNow,
    reason: yield* decodedRevert(reason),
    latestAt: latestAt === 0n ? undefined : latestAt,
  };
});

/** Parameters of {@link getPendingLpRequests}. */
export type GetPendingLpRequestsParameters = {
  requestVault: Address;
  /** Default: all controllers. */
  controller?: Address;
};

/** A pending request, and its status at the latest block. */
export type PendingLpRequest = LpRequest & { requestId: bigint; status: ExecutionStatus };

/**
 * Reads the pending requests of a request vault, in the order of their settlement.
 *
 * @example
 * const pending = await getPendingLpRequests(client, { requestVault: deployment.oracleMakerRequestVault });
 * const executable = pending.filter(({ status }) => status === "executable");
 * const times = new Set(executable.map(({ executableAt }) => executableAt)); // one price update for each of them
 */
export const getPendingLpRequests = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  controller,
}: GetPendingLpRequestsParameters): Steps<PendingLpRequest[]> {
  const [{ head, count }, { timestamp }] = yield* all([getLpQueue.call({ requestVault }), block()]);
  const ids = Array.from({ length: Number(count - head + 1n) }, (_, index) => head + BigInt(index));
  const requests = yield* all(ids.map((requestId) => getLpRequest.call({ requestVault, requestId })));
  const pending = requests.map((request, i) => ({
    requestId: head + BigInt(i),
    status: executionStatusAt(timestamp, request),
    ...request,
  }));
  const isWanted = (request: LpRequest) => controller?.toLowerCase() === request.controller.toLowerCase();
  return pending.filter((request) => request.pending > 0n && (controller === undefined || isWanted(request)));
});

/**
 * Quotes a deposit request at the stored price; `met` is below `assets` when the deposit cap limits it.
 *
 * @throws {@link StalePriceError} when the quote needs a price and the stored one is too old.
 */
export const quoteLpDeposit = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  assets,
}: {
  requestVault: Address;
  assets: AssetAmount;
}): Steps<{ met: AssetAmount; shares: Wad }> {
  const [met, shares] = yield* pricedView(requestVault, lpRequestVault.quoteDeposit, [assets]);
  return { met, shares };
});

/**
 * Quotes a redemption request at the stored price; `met` is below `shares` when the maker cannot pay all of it.
 *
 * @throws {@link StalePriceError} when the quote needs a price and the stored one is too old.
 */
export const quoteLpRedeem = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  shares,
}: {
  requestVault: Address;
  shares: Wad;
}): Steps<{ met: Wad; assets: AssetAmount; quote: CollateralAmount }> {
  const [met, assets, quote] = yield* pricedView(requestVault, lpRequestVault.quoteRedeem, [shares]);
  return { met, assets, quote };
});
