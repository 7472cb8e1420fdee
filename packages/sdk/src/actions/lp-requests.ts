import type { Address, Client, Hash, Hex, TransactionReceipt } from "viem";
import { parseEventLogs } from "viem";
import { readContract } from "viem/actions";
import { decodeRevert, type Revert } from "../errors.js";
import { lpRequestsAbi, oracleMakerAbi } from "../generated/abis.js";
import { type ContractCall, findEvent, requireEvent, type SigningClient, sendCall, waitForSuccess } from "./write.js";

// Every maker has a request vault, an ERC-7540 vault whose share is the maker: `deployment.oracleMakerRequests` and
// `deployment.spotHedgeBaseMakerRequests`. Amounts are in the decimals of the maker's asset, shares WAD.

const requestsCall = (
  requests: Address,
  functionName: string,
  args: readonly unknown[],
  value?: bigint,
): ContractCall => ({
  address: requests,
  abi: lpRequestsAbi,
  functionName,
  args,
  ...(value === undefined ? {} : { value }),
});

// ---- requests ----

type RequestTerms = {
  /** The maker's request vault. */
  requests: Address;
  /** Wei for whoever settles the request; at least the minimum of {@link getLpQueue}. */
  keeperFee: bigint;
  /** Seconds. Default: as late as the vault allows. */
  expiresAt?: bigint;
  /** Who claims what comes of it. Default: the client's account. */
  controller?: Address;
  /** Whose tokens are taken; the client's account, or one that it is an operator of. Default: the client's account. */
  owner?: Address;
};

export type RequestLpDepositParameters = RequestTerms & {
  /** The request vault must be approved for it. */
  assets: bigint;
  /** For all of the assets; a part must do as well. What misses it comes back. */
  minShares: bigint;
};

/**
 * Requests a deposit. It settles at the first price published after a delay, which nobody knows yet, and cannot be taken
 * back before it has expired. Reverts `KeeperFeeTooLow`, `InvalidExpiry`.
 *
 * @example
 * const { requestId } = await requestLpDepositSync(client, {
 *   requests: deployment.oracleMakerRequests,
 *   assets: parseUnits("1000", 6),
 *   minShares: parseEther("990"),
 *   keeperFee: parseEther("0.0001"),
 * });
 */
export async function requestLpDeposit(client: SigningClient, parameters: RequestLpDepositParameters): Promise<Hash> {
  const { requests, assets, minShares, keeperFee } = parameters;
  const args = [assets, ...requestParties(client, parameters), minShares, parameters.expiresAt ?? 0n];
  return sendCall(client, requestsCall(requests, "requestDeposit", args, keeperFee));
}

export type RequestLpRedeemParameters = RequestTerms & {
  shares: bigint;
  /** For all of the shares; a part must do as well. What misses it comes back. */
  minAssets: bigint;
};

/** Requests a redemption, on the same terms as {@link requestLpDeposit}. Shares need no approval of their owner's. */
export async function requestLpRedeem(client: SigningClient, parameters: RequestLpRedeemParameters): Promise<Hash> {
  const { requests, shares, minAssets, keeperFee } = parameters;
  const args = [shares, ...requestParties(client, parameters), minAssets, parameters.expiresAt ?? 0n];
  return sendCall(client, requestsCall(requests, "requestRedeem", args, keeperFee));
}

const requestParties = (client: SigningClient, { controller, owner }: RequestTerms): [Address, Address] => [
  controller ?? client.account.address,
  owner ?? client.account.address,
];

/** A request that has just been made. Times in seconds. */
export type CreatedLpRequest = { requestId: bigint; executableAt: bigint; expiresAt: bigint; hash: Hash };

/** {@link requestLpDeposit}, waits, and returns the request's id and times. */
export async function requestLpDepositSync(
  client: SigningClient,
  parameters: RequestLpDepositParameters,
): Promise<CreatedLpRequest> {
  return created(parameters.requests, await waitForSuccess(client, await requestLpDeposit(client, parameters)));
}

/** {@link requestLpRedeem}, waits, and returns the request's id and times. */
export async function requestLpRedeemSync(
  client: SigningClient,
  parameters: RequestLpRedeemParameters,
): Promise<CreatedLpRequest> {
  return created(parameters.requests, await waitForSuccess(client, await requestLpRedeem(client, parameters)));
}

function created(requests: Address, receipt: TransactionReceipt): CreatedLpRequest {
  const { args } = requireEvent(receipt, { abi: lpRequestsAbi, address: requests, eventName: "RequestTerms" });
  const { requestId, executableAt, expiresAt } = args;
  return { requestId, executableAt, expiresAt, hash: receipt.transactionHash };
}

// ---- settlement ----

export type SettleLpRequestsParameters = {
  requests: Address;
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

/**
 * Settles requests in their order and returns expired ones, for the fees in escrow. Passes over those that cannot be settled
 * now; when it could do nothing, it reverts `NothingToSettle` or with what stands in the way, such as `SourcesDisagree` and
 * `MarketFrozen`. What stands is as it was, and nobody is paid for it.
 */
export async function settleLpRequests(
  client: SigningClient,
  { requests, updates, maxRequests = 2n ** 256n - 1n, value = 0n }: SettleLpRequestsParameters,
): Promise<Hash> {
  return sendCall(client, requestsCall(requests, "settle", [updates, maxRequests], value));
}

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

/** {@link settleLpRequests}, waits, and tells what became of the requests. One met in part appears twice. */
export async function settleLpRequestsSync(
  client: SigningClient,
  parameters: SettleLpRequestsParameters,
): Promise<LpRequestOutcome[]> {
  const { logs } = await waitForSuccess(client, await settleLpRequests(client, parameters));
  const own = logs.filter((log) => log.address.toLowerCase() === parameters.requests.toLowerCase());
  return parseEventLogs({ abi: lpRequestsAbi, eventName: ["RequestSettled", "RequestReturned"], logs: own }).map(
    (log): LpRequestOutcome => {
      if (log.eventName === "RequestReturned") {
        const { requestId, controller, returned, reason } = log.args;
        return { status: "returned", requestId, controller, returned, reason: decodeRevert(reason) };
      }
      const { quoteXCD: quote, ...settled } = log.args;
      return { status: "settled", ...settled, quote };
    },
  );
}

// ---- claims ----

type ClaimParties = {
  requests: Address;
  /** Default: the client's account. */
  receiver?: Address;
  /** The client's account, or one that it is an operator of. Default: the client's account. */
  controller?: Address;
};

const claimParties = (client: SigningClient, { receiver, controller }: ClaimParties): [Address, Address] => [
  receiver ?? client.account.address,
  controller ?? client.account.address,
];

export type ClaimLpSharesParameters = ClaimParties & {
  /** For how much of the settled deposits; see {@link getLpClaims}. */
  assets: bigint;
};

/** Claims shares of settled deposits. Reverts `ClaimTooLarge`. */
export async function claimLpShares(client: SigningClient, parameters: ClaimLpSharesParameters): Promise<Hash> {
  const args = [parameters.assets, ...claimParties(client, parameters)];
  return sendCall(client, requestsCall(parameters.requests, "deposit", args));
}

/** {@link claimLpShares}, waits, and returns the shares. */
export async function claimLpSharesSync(client: SigningClient, parameters: ClaimLpSharesParameters): Promise<bigint> {
  const receipt = await waitForSuccess(client, await claimLpShares(client, parameters));
  return requireEvent(receipt, { abi: lpRequestsAbi, address: parameters.requests, eventName: "Deposit" }).args.shares;
}

export type ClaimLpAssetsParameters = ClaimParties & {
  /** For how many of the settled shares; see {@link getLpClaims}. */
  shares: bigint;
};

/** Claims assets of settled redemptions, with the collateral that was paid in kind. Reverts `ClaimTooLarge`. */
export async function claimLpAssets(client: SigningClient, parameters: ClaimLpAssetsParameters): Promise<Hash> {
  const args = [parameters.shares, ...claimParties(client, parameters)];
  return sendCall(client, requestsCall(parameters.requests, "redeem", args));
}

/** {@link claimLpAssets}, waits, and returns what was paid; `quote` in the collateral's own decimals. */
export async function claimLpAssetsSync(
  client: SigningClient,
  parameters: ClaimLpAssetsParameters,
): Promise<{ assets: bigint; quote: bigint }> {
  const receipt = await waitForSuccess(client, await claimLpAssets(client, parameters));
  const from = { abi: lpRequestsAbi, address: parameters.requests } as const;
  const { assets } = requireEvent(receipt, { ...from, eventName: "Withdraw" }).args;
  return { assets, quote: findEvent(receipt, { ...from, eventName: "QuoteClaimed" })?.args.quoteXCD ?? 0n };
}

export type CancelLpRequestParameters = {
  requests: Address;
  requestId: bigint;
  isDeposit: boolean;
  /** Default: the client's account. */
  controller?: Address;
};

/** Cancels an expired request; the keeper's fee comes back. Reverts `RequestNotExpired`, `NotPending`. */
export async function cancelLpRequest(
  client: SigningClient,
  { requests, requestId, isDeposit, controller }: CancelLpRequestParameters,
): Promise<Hash> {
  const functionName = isDeposit ? "cancelDepositRequest" : "cancelRedeemRequest";
  return sendCall(client, requestsCall(requests, functionName, [requestId, controller ?? client.account.address]));
}

export type ClaimReturnedLpRequestParameters = ClaimParties & { requestId: bigint; isDeposit: boolean };

/** Claims what came back of a request that expired, missed its minimum or was met in part. Reverts `NothingReturned`. */
export async function claimReturnedLpRequest(
  client: SigningClient,
  parameters: ClaimReturnedLpRequestParameters,
): Promise<Hash> {
  const functionName = parameters.isDeposit ? "claimCancelDepositRequest" : "claimCancelRedeemRequest";
  const args = [parameters.requestId, ...claimParties(client, parameters)];
  return sendCall(client, requestsCall(parameters.requests, functionName, args));
}

export type SetLpOperatorParameters = { requests: Address; operator: Address; approved: boolean };

/** Lets an operator request and claim for the client's account, which it must trust with assets and shares. */
export async function setLpOperator(
  client: SigningClient,
  { requests, operator, approved }: SetLpOperatorParameters,
): Promise<Hash> {
  return sendCall(client, requestsCall(requests, "setOperator", [operator, approved]));
}

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

export type GetLpRequestParameters = { requests: Address; requestId: bigint };

/** Reads a request. */
export async function getLpRequest(
  client: Client,
  { requests, requestId }: GetLpRequestParameters,
): Promise<LpRequest> {
  const call = { address: requests, abi: lpRequestsAbi } as const;
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

export type GetLpClaimsParameters = { requests: Address; controller: Address };

/** What a controller can claim: shares for the assets of settled deposits, assets for the shares of redemptions. */
export type LpClaims = {
  deposits: { assets: bigint; shares: bigint };
  /** `quote`: collateral paid in kind, in its own decimals. */
  redemptions: { shares: bigint; assets: bigint; quote: bigint };
};

/** Reads what a controller can claim. */
export async function getLpClaims(client: Client, { requests, controller }: GetLpClaimsParameters): Promise<LpClaims> {
  const call = { address: requests, abi: lpRequestsAbi, args: [controller] } as const;
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
export async function getLpQueue(client: Client, { requests }: { requests: Address }): Promise<LpQueue> {
  const call = { address: requests, abi: lpRequestsAbi } as const;
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
  { requests, assets }: { requests: Address; assets: bigint },
): Promise<{ met: bigint; shares: bigint }> {
  const call = { address: requests, abi: lpRequestsAbi, functionName: "quoteDeposit", args: [assets] } as const;
  const [met, shares] = await readContract(client, call);
  return { met, shares };
}

/** What a redemption request would give at the stored price; `met` is below `shares` when the maker cannot pay all. */
export async function quoteLpRedeem(
  client: Client,
  { requests, shares }: { requests: Address; shares: bigint },
): Promise<{ met: bigint; assets: bigint; quote: bigint }> {
  const call = { address: requests, abi: lpRequestsAbi, functionName: "quoteRedeem", args: [shares] } as const;
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
