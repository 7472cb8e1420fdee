import type { Address, Client, Hash, Hex } from "viem";
import { getBlock, readContract } from "viem/actions";
import { decodeRevert, type Revert } from "../errors.js";
import { lpRequestVaultAbi, oracleMakerAbi } from "../generated/abis.js";
import { type Caller, confirmed, type Mined, type WritesTo, writesTo } from "./define-write.js";
import { type ExecutionStatus, executionStatusAt } from "./execution-status.js";
import type { SigningClient } from "./write.js";

// Every maker has a request vault, an ERC-7540 vault whose share is the maker: `deployment.oracleMakerRequestVault` and
// `deployment.spotHedgeBaseMakerRequestVault`. Amounts are in the decimals of the maker's asset, shares WAD.

/** Defines a writing action of a request vault. */
export const requestVaultWrite: WritesTo<{ requestVault: Address }, typeof lpRequestVaultAbi> =
  /* @__PURE__ */ writesTo(({ requestVault }: { requestVault: Address }) => ({
    address: requestVault,
    abi: lpRequestVaultAbi,
  }));

// ---- requests ----

type RequestTerms = {
  /** The maker's request vault. */
  requestVault: Address;
  /** Wei for whoever settles the request; at least the minimum of {@link getLpQueue}. */
  keeperFee: bigint;
  /** Seconds. Default: as late as the vault allows. */
  expiresAt?: bigint;
  /** Who claims what comes of it. Default: the client's account. */
  controller?: Address;
  /** Whose tokens are taken; the client's account, or one that it is an operator of. Default: the client's account. */
  owner?: Address;
};

/** What {@link requestLpDeposit} takes. */
export type RequestLpDepositParameters = RequestTerms & {
  /** The request vault must be approved for it. */
  assets: bigint;
  /** For all of the assets; a part must do as well. What misses it comes back. */
  minShares: bigint;
};

/** A request that has just been made. Times in seconds. */
export type CreatedLpRequest = { requestId: bigint; executableAt: bigint; expiresAt: bigint; hash: Hash };

const partiesOf = ({ controller, owner }: Pick<RequestTerms, "controller" | "owner">, { account }: Caller) =>
  [controller ?? account.address, owner ?? account.address] as const;

const created = ({ event, hash }: Mined<typeof lpRequestVaultAbi>): CreatedLpRequest => {
  const { requestId, executableAt, expiresAt } = event("RequestTerms");
  return { requestId, executableAt, expiresAt, hash };
};

/**
 * Requests a deposit. It settles at the first price published after a delay, which nobody knows yet, and cannot be taken
 * back before it has expired. Reverts `KeeperFeeTooLow`, `InvalidExpiry`.
 *
 * @example
 * const { requestId } = await requestLpDepositSync(client, {
 *   requestVault: deployment.oracleMakerRequestVault,
 *   assets: parseUnits("1000", 6),
 *   minShares: parseEther("990"),
 *   keeperFee: parseEther("0.0001"),
 * });
 */
export const requestLpDeposit = /* @__PURE__ */ requestVaultWrite(
  ({ assets, minShares, keeperFee, expiresAt = 0n, ...terms }: RequestLpDepositParameters, client: Caller) => ({
    functionName: "requestDeposit",
    args: [assets, ...partiesOf(terms, client), minShares, expiresAt],
    value: keeperFee,
  }),
  created,
);
/** {@link requestLpDeposit}, waits, and returns the request's id and times. */
export const requestLpDepositSync = /* @__PURE__ */ confirmed(requestLpDeposit);

/** What {@link requestLpRedeem} takes. */
export type RequestLpRedeemParameters = RequestTerms & {
  shares: bigint;
  /** For all of the shares; a part must do as well. What misses it comes back. */
  minAssets: bigint;
};

/** Requests a redemption, on the same terms as {@link requestLpDeposit}. Shares need no approval of their owner's. */
export const requestLpRedeem = /* @__PURE__ */ requestVaultWrite(
  ({ shares, minAssets, keeperFee, expiresAt = 0n, ...terms }: RequestLpRedeemParameters, client: Caller) => ({
    functionName: "requestRedeem",
    args: [shares, ...partiesOf(terms, client), minAssets, expiresAt],
    value: keeperFee,
  }),
  created,
);
/** {@link requestLpRedeem}, waits, and returns the request's id and times. */
export const requestLpRedeemSync = /* @__PURE__ */ confirmed(requestLpRedeem);

// ---- settlement ----

/** What {@link settleLpRequests} takes. */
export type SettleLpRequestsParameters = {
  requestVault: Address;
  /**
   * For each different `executableAt` among the waiting requests, in their order, the first price update published at or
   * after it. None are needed to return what has expired.
   */
  updates: readonly (readonly Hex[])[];
  /** How many requests to look at. Default: all. */
  maxRequests?: bigint;
  /** Wei for the price source's fees; what they do not take comes back. Zero: the oracle pays from its own balance. */
  value?: bigint;
};

/** What became of a request, or of a part of it. `input` and `output` are assets and shares, or the other way round. */
export type LpRequestOutcome =
  | {
      status: "settled";
      requestId: bigint;
      controller: Address;
      isDeposit: boolean;
      input: bigint;
      output: bigint;
      /** Collateral that a flat spot-hedge vault paid in kind, in its own decimals. */
      quote: bigint;
      /** WAD. */
      price: bigint;
    }
  | { status: "returned"; requestId: bigint; controller: Address; returned: bigint; reason: Revert | undefined };

/**
 * The vault stops without a revert where gas runs short, so that an estimate finds what settles the first request only.
 * Each needs a million to begin with, and takes less.
 */
const gasToSettle = (waiting: bigint): bigint => {
  const gas = 1_200_000n + waiting * 700_000n;
  return gas < MOST_GAS ? gas : MOST_GAS;
};

/** Below what chains let one transaction have. */
const MOST_GAS = 16_000_000n;

/**
 * Settles requests in their order and returns expired ones, for the fees in escrow. Passes over those that cannot be settled
 * now; when it could do nothing, it reverts `NothingToSettle` or with what stands in the way, such as `SourcesDisagree` and
 * `MarketFrozen`. What stands is as it was, and nobody is paid for it.
 */
export const settleLpRequests = /* @__PURE__ */ requestVaultWrite(
  async (
    { requestVault, updates, maxRequests = 2n ** 256n - 1n, value = 0n }: SettleLpRequestsParameters,
    client: SigningClient,
  ) => {
    const { head, count } = await getLpQueue(client, { requestVault });
    const waiting = count - head + 1n < maxRequests ? count - head + 1n : maxRequests;
    return { functionName: "settle", args: [updates, maxRequests], value, gas: gasToSettle(waiting) } as const;
  },
  ({ events }) =>
    events("RequestSettled", "RequestReturned").map((log): LpRequestOutcome => {
      if (log.eventName === "RequestReturned") {
        const { requestId, controller, returned, reason } = log.args;
        return { status: "returned", requestId, controller, returned, reason: decodeRevert(reason) };
      }
      const { quoteXCD: quote, ...settled } = log.args;
      return { status: "settled", ...settled, quote };
    }),
);
/** {@link settleLpRequests}, waits, and tells what became of the requests. One met in part appears twice. */
export const settleLpRequestsSync = /* @__PURE__ */ confirmed(settleLpRequests);

// ---- claims ----

type ClaimParties = {
  requestVault: Address;
  /** Default: the client's account. */
  receiver?: Address;
  /** The client's account, or one that it is an operator of. Default: the client's account. */
  controller?: Address;
};

const claimantsOf = ({ receiver, controller }: ClaimParties, { account }: Caller) =>
  [receiver ?? account.address, controller ?? account.address] as const;

/** What {@link claimLpShares} takes. */
export type ClaimLpSharesParameters = ClaimParties & {
  /** For how much of the settled deposits; see {@link getLpClaims}. */
  assets: bigint;
};

/** Claims shares of settled deposits. Reverts `ClaimTooLarge`. */
export const claimLpShares = /* @__PURE__ */ requestVaultWrite(
  (parameters: ClaimLpSharesParameters, client: Caller) => ({
    functionName: "deposit",
    args: [parameters.assets, ...claimantsOf(parameters, client)],
  }),
  ({ event }) => event("Deposit").shares,
);
/** {@link claimLpShares}, waits, and returns the shares. */
export const claimLpSharesSync = /* @__PURE__ */ confirmed(claimLpShares);

/** What {@link claimLpAssets} takes. */
export type ClaimLpAssetsParameters = ClaimParties & {
  /** For how many of the settled shares; see {@link getLpClaims}. */
  shares: bigint;
};

/** Claims assets of settled redemptions, with the collateral that was paid in kind. Reverts `ClaimTooLarge`. */
export const claimLpAssets = /* @__PURE__ */ requestVaultWrite(
  (parameters: ClaimLpAssetsParameters, client: Caller) => ({
    functionName: "redeem",
    args: [parameters.shares, ...claimantsOf(parameters, client)],
  }),
  ({ event, find }) => ({ assets: event("Withdraw").assets, quote: find("QuoteClaimed")?.quoteXCD ?? 0n }),
);
/** {@link claimLpAssets}, waits, and returns what was paid; `quote` in the collateral's own decimals. */
export const claimLpAssetsSync = /* @__PURE__ */ confirmed(claimLpAssets);

/** What {@link cancelLpRequest} takes. */
export type CancelLpRequestParameters = {
  requestVault: Address;
  requestId: bigint;
  isDeposit: boolean;
  /** Default: the client's account. */
  controller?: Address;
};

/** Cancels an expired request; the keeper's fee comes back. Reverts `RequestNotExpired`, `NotPending`. */
export const cancelLpRequest = /* @__PURE__ */ requestVaultWrite(
  ({ requestId, isDeposit, controller }: CancelLpRequestParameters, { account }: Caller) => ({
    functionName: isDeposit ? "cancelDepositRequest" : "cancelRedeemRequest",
    args: [requestId, controller ?? account.address],
  }),
);
/** {@link cancelLpRequest}, waits. */
export const cancelLpRequestSync = /* @__PURE__ */ confirmed(cancelLpRequest);

/** What {@link claimReturnedLpRequest} takes. */
export type ClaimReturnedLpRequestParameters = ClaimParties & { requestId: bigint; isDeposit: boolean };

/** Claims what came back of a request that expired, missed its minimum or was met in part. Reverts `NothingReturned`. */
export const claimReturnedLpRequest = /* @__PURE__ */ requestVaultWrite(
  (parameters: ClaimReturnedLpRequestParameters, client: Caller) => ({
    functionName: parameters.isDeposit ? "claimCancelDepositRequest" : "claimCancelRedeemRequest",
    args: [parameters.requestId, ...claimantsOf(parameters, client)],
  }),
  ({ event, hash }, { isDeposit }) => ({
    returned: isDeposit ? event("CancelDepositClaim").assets : event("CancelRedeemClaim").shares,
    hash,
  }),
);
/** {@link claimReturnedLpRequest}, waits, and tells how much came back: assets of a deposit, shares of a redemption. */
export const claimReturnedLpRequestSync = /* @__PURE__ */ confirmed(claimReturnedLpRequest);

/** What {@link setLpOperator} takes. */
export type SetLpOperatorParameters = { requestVault: Address; operator: Address; approved: boolean };

/** Lets an operator request and claim for the client's account, which it must trust with assets and shares. */
export const setLpOperator = /* @__PURE__ */ requestVaultWrite(({ operator, approved }: SetLpOperatorParameters) => ({
  functionName: "setOperator",
  args: [operator, approved],
}));
/** {@link setLpOperator}, waits. */
export const setLpOperatorSync = /* @__PURE__ */ confirmed(setLpOperator);

// ---- reads ----

/** The state of one request. Amounts of deposits are assets, of redemptions shares; times in seconds, fees in wei. */
export type LpRequest = {
  controller: Address;
  isDeposit: boolean;
  executableAt: bigint;
  expiresAt: bigint;
  keeperFee: bigint;
  minOut: bigint;
  /** Waits to be settled. */
  pending: bigint;
  /** Settled and not claimed yet. */
  claimable: bigint;
  /** Came back and not claimed yet. */
  returned: bigint;
};

/** What {@link getLpRequest} takes. */
export type GetLpRequestParameters = { requestVault: Address; requestId: bigint };

/** Reads a request. */
export async function getLpRequest(
  client: Client,
  { requestVault, requestId }: GetLpRequestParameters,
): Promise<LpRequest> {
  const call = { address: requestVault, abi: lpRequestVaultAbi } as const;
  const request = await readContract(client, { ...call, functionName: "requestOf", args: [requestId] });
  const { controller, isDeposit, keeperFee, minOut, returned } = request;
  const claimable = await readContract(client, {
    ...call,
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
}

/** What {@link getPendingLpRequests} takes. */
export type GetPendingLpRequestsParameters = {
  requestVault: Address;
  /** Default: everybody's. */
  controller?: Address;
};

/** A request that waits, and how it stands at the latest block. */
export type PendingLpRequest = LpRequest & { requestId: bigint; status: ExecutionStatus };

/**
 * The requests of a vault that wait, in the order in which they are settled.
 *
 * @example
 * const pending = await getPendingLpRequests(client, { requestVault: deployment.oracleMakerRequestVault });
 * const executable = pending.filter(({ status }) => status === "executable");
 * const times = new Set(executable.map(({ executableAt }) => executableAt)); // one price update for each of them
 */
export async function getPendingLpRequests(
  client: Client,
  { requestVault, controller }: GetPendingLpRequestsParameters,
): Promise<PendingLpRequest[]> {
  const [{ head, count }, { timestamp }] = await Promise.all([getLpQueue(client, { requestVault }), getBlock(client)]);
  const ids = Array.from({ length: Number(count - head + 1n) }, (_, index) => head + BigInt(index));
  const all = await Promise.all(
    ids.map(async (requestId) => {
      const request = await getLpRequest(client, { requestVault, requestId });
      return { requestId, status: executionStatusAt(timestamp, request), ...request };
    }),
  );
  const isWanted = (request: LpRequest) => controller?.toLowerCase() === request.controller.toLowerCase();
  return all.filter((request) => request.pending > 0n && (controller === undefined || isWanted(request)));
}

/** What {@link getLpClaims} takes. */
export type GetLpClaimsParameters = { requestVault: Address; controller: Address };

/** What a controller can claim: shares for the assets of settled deposits, assets for the shares of redemptions. */
export type LpClaims = {
  deposits: { assets: bigint; shares: bigint };
  /** `quote`: collateral paid in kind, in its own decimals. */
  redemptions: { shares: bigint; assets: bigint; quote: bigint };
};

/** Reads what a controller can claim. */
export async function getLpClaims(
  client: Client,
  { requestVault, controller }: GetLpClaimsParameters,
): Promise<LpClaims> {
  const call = { address: requestVault, abi: lpRequestVaultAbi, args: [controller] } as const;
  const [assets, shares, redeemedShares, redeemedAssets, quote] = await Promise.all([
    readContract(client, { ...call, functionName: "maxDeposit" }),
    readContract(client, { ...call, functionName: "maxMint" }),
    readContract(client, { ...call, functionName: "maxRedeem" }),
    readContract(client, { ...call, functionName: "maxWithdraw" }),
    readContract(client, { ...call, functionName: "claimableQuote" }),
  ]);
  return { deposits: { assets, shares }, redemptions: { shares: redeemedShares, assets: redeemedAssets, quote } };
}

/** The queue of a request vault and its rules. Seconds, wei. */
export type LpQueue = {
  /** The oldest request that may still wait. */
  head: bigint;
  /** Requests so far; ids count from 1. */
  count: bigint;
  delay: number;
  validity: number;
  minKeeperFee: bigint;
};

/** Reads the queue of a request vault and its rules. */
export async function getLpQueue(client: Client, { requestVault }: { requestVault: Address }): Promise<LpQueue> {
  const call = { address: requestVault, abi: lpRequestVaultAbi } as const;
  const [head, count, { delay, validity, minKeeperFee }] = await Promise.all([
    readContract(client, { ...call, functionName: "head" }),
    readContract(client, { ...call, functionName: "requestCount" }),
    readContract(client, { ...call, functionName: "rules" }),
  ]);
  return { head, count, delay, validity, minKeeperFee };
}

/** What a deposit request would give at the stored price; `met` is below `assets` at the deposit cap. */
export async function quoteLpDeposit(
  client: Client,
  { requestVault, assets }: { requestVault: Address; assets: bigint },
): Promise<{ met: bigint; shares: bigint }> {
  const call = { address: requestVault, abi: lpRequestVaultAbi, functionName: "quoteDeposit", args: [assets] } as const;
  const [met, shares] = await readContract(client, call);
  return { met, shares };
}

/** What a redemption request would give at the stored price; `met` is below `shares` when the maker cannot pay all. */
export async function quoteLpRedeem(
  client: Client,
  { requestVault, shares }: { requestVault: Address; shares: bigint },
): Promise<{ met: bigint; assets: bigint; quote: bigint }> {
  const call = { address: requestVault, abi: lpRequestVaultAbi, functionName: "quoteRedeem", args: [shares] } as const;
  const [met, assets, quote] = await readContract(client, call);
  return { met, assets, quote };
}

/** The most that an LP can deposit and withdraw at once, without a request; zero when it may not. */
export async function getLpLimits(
  client: Client,
  { maker, account }: { maker: Address; account: Address },
): Promise<{ maxDeposit: bigint; maxRedeem: bigint }> {
  const call = { address: maker, abi: oracleMakerAbi, args: [account] } as const;
  const [maxDeposit, maxRedeem] = await Promise.all([
    readContract(client, { ...call, functionName: "maxDeposit" }),
    readContract(client, { ...call, functionName: "maxRedeem" }),
  ]);
  return { maxDeposit, maxRedeem };
}
