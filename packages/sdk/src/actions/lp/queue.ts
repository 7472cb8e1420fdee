import type { Address, Client } from "viem";
import { getBlock } from "viem/actions";
import { lpRequestVault } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { priced } from "../../client/priced.js";
import { readContract } from "../../client/reverts.js";
import { type ExecutionStatus, executionStatusAt } from "../../entities/execution-status.js";
import { decodeRevert, type Revert } from "../../reverts.js";
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
export const getLpQueue = /* @__PURE__ */ defineRead(
  async (client: Client, { requestVault }: { requestVault: Address }): Promise<LpQueue> => {
    const call = lpRequestVault({ requestVault });
    const [head, count, { delay, validity, minKeeperFee }] = await Promise.all([
      readContract(client, { ...call, functionName: "head" }),
      readContract(client, { ...call, functionName: "requestCount" }),
      readContract(client, { ...call, functionName: "rules" }),
    ]);
    return { head, count, delay, validity, minKeeperFee };
  },
);

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
export const getLpRequest = /* @__PURE__ */ defineRead(
  async (client: Client, { requestVault, requestId }: GetLpRequestParameters): Promise<LpRequest> => {
    const vault = lpRequestVault({ requestVault });
    const request = await readContract(client, { ...vault, functionName: "requestOf", args: [requestId] });
    const { controller, isDeposit, keeperFee, minOut, returned } = request;
    const claimable = await readContract(client, {
      ...vault,
      functionName: isDeposit ? "claimableDepositRequest" : "claimableRedeemRequest",
      args: [requestId, controller],
    });
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
  },
);

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
export const getLpRequestSettlement = /* @__PURE__ */ defineRead(
  async (
    client: Client,
    { requestVault, requestId }: GetLpRequestSettlementParameters,
  ): Promise<LpRequestSettlement> => {
    const vault = lpRequestVault({ requestVault });
    const [settlesNow, reason, latestAt] = await readContract(client, {
      ...vault,
      functionName: "settlementOf",
      args: [requestId],
    });
    return { settlesNow, reason: decodeRevert(reason), latestAt: latestAt === 0n ? undefined : latestAt };
  },
);

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
export const getPendingLpRequests = /* @__PURE__ */ defineRead(
  async (client: Client, { requestVault, controller }: GetPendingLpRequestsParameters): Promise<PendingLpRequest[]> => {
    const [{ head, count }, { timestamp }] = await Promise.all([
      getLpQueue(client, { requestVault }),
      getBlock(client),
    ]);
    const ids = Array.from({ length: Number(count - head + 1n) }, (_, index) => head + BigInt(index));
    const all = await Promise.all(
      ids.map(async (requestId) => {
        const request = await getLpRequest(client, { requestVault, requestId });
        return { requestId, status: executionStatusAt(timestamp, request), ...request };
      }),
    );
    const isWanted = (request: LpRequest) => controller?.toLowerCase() === request.controller.toLowerCase();
    return all.filter((request) => request.pending > 0n && (controller === undefined || isWanted(request)));
  },
);

/**
 * Quotes a deposit request at the stored price; `met` is below `assets` when the deposit cap limits it.
 *
 * @throws {@link StalePriceError} when the quote needs a price and the stored one is too old.
 */
export const quoteLpDeposit = /* @__PURE__ */ defineRead(
  async (
    client: Client,
    { requestVault, assets }: { requestVault: Address; assets: AssetAmount },
  ): Promise<{ met: AssetAmount; shares: Wad }> => {
    const call = { ...lpRequestVault({ requestVault }), functionName: "quoteDeposit", args: [assets] } as const;
    const [met, shares] = await priced(readContract(client, call));
    return { met, shares };
  },
);

/**
 * Quotes a redemption request at the stored price; `met` is below `shares` when the maker cannot pay all of it.
 *
 * @throws {@link StalePriceError} when the quote needs a price and the stored one is too old.
 */
export const quoteLpRedeem = /* @__PURE__ */ defineRead(
  async (
    client: Client,
    { requestVault, shares }: { requestVault: Address; shares: Wad },
  ): Promise<{ met: Wad; assets: AssetAmount; quote: CollateralAmount }> => {
    const call = { ...lpRequestVault({ requestVault }), functionName: "quoteRedeem", args: [shares] } as const;
    const [met, assets, quote] = await priced(readContract(client, call));
    return { met, assets, quote };
  },
);
