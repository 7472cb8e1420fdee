import type { Address, Hash } from "viem";
import { lpRequestVaultWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { type Caller, confirmed } from "../../client/write.js";
import * as lpRequestVault from "../../generated/contracts/lp-request-vault.js";
import type { AssetAmount, Wad, Wei } from "../../units.js";

// Every maker has a request vault, an ERC-7540 vault whose share is the maker: `deployment.oracleMakerRequestVault` and
// `deployment.spotHedgeBaseMakerRequestVault`. Amounts are in the decimals of the maker's asset, shares WAD.

type RequestTerms = {
  /** The maker's request vault. */
  requestVault: Address;
  /** Wei for the keeper that settles the request; at least the minimum of {@link getLpQueue}. */
  keeperFee: Wei;
  /** Seconds. Default: the latest that the request vault accepts. */
  expiresAt?: bigint;
  /** The account that claims the result. Default: the client's account. */
  controller?: Address;
  /** The account that pays: the client's account, or one that it is an operator of. Default: the client's account. */
  owner?: Address;
};

/** Parameters of {@link requestLpDeposit}. */
export type RequestLpDepositParameters = RequestTerms & {
  /** The request vault needs an approval for it. */
  assets: AssetAmount;
  /** Minimum for all of the assets; a part needs its share of it. A part below its minimum is returned. */
  minShares: Wad;
};

/** A created request. Times in seconds. */
export type CreatedLpRequest = { requestId: bigint; executableAt: bigint; expiresAt: bigint; hash: Hash };

const partiesOf = ({ controller, owner }: Pick<RequestTerms, "controller" | "owner">, { account }: Caller) =>
  [controller ?? account.address, owner ?? account.address] as const;

type Created = { event: (name: "RequestTerms") => Omit<CreatedLpRequest, "hash">; hash: Hash };

const created = ({ event, hash }: Created): CreatedLpRequest => {
  const { requestId, executableAt, expiresAt } = event("RequestTerms");
  return { requestId, executableAt, expiresAt, hash };
};

/**
 * Requests a deposit. It settles at the first price published after a delay, which is unknown at the time of the request,
 * and cannot be cancelled before it has expired. Reverts with `KeeperFeeTooLow` below the minimum, and with
 * `InvalidExpiry` when the request vault does not accept `expiresAt`.
 *
 * @example
 * const { requestId } = await requestLpDepositSync(client, {
 *   requestVault: deployment.oracleMakerRequestVault,
 *   assets: parseUnits("1000", 6),
 *   minShares: parseEther("990"),
 *   keeperFee: parseEther("0.0001"),
 * });
 */
export const requestLpDeposit = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.requestDeposit5, lpRequestVault.RequestTerms],
  ({ assets, minShares, keeperFee, expiresAt = 0n, ...terms }: RequestLpDepositParameters, client: Caller) =>
    call("requestDeposit", [assets, ...partiesOf(terms, client), minShares, expiresAt], { value: keeperFee }),
  created,
);
/** Sends {@link requestLpDeposit}, waits for it, and returns the request's id and times. */
export const requestLpDepositSync = /* @__PURE__ */ confirmed(requestLpDeposit);

/** Parameters of {@link requestLpRedeem}. */
export type RequestLpRedeemParameters = RequestTerms & {
  shares: Wad;
  /** Minimum for all of the shares; a part needs its share of it. A part below its minimum is returned. */
  minAssets: AssetAmount;
  /**
   * Whether a flat base vault pays in its base only, at the price of the settlement, rather than in base and collateral.
   * Default: false. Other makers always pay in their asset only.
   */
  isAssetOnly?: boolean;
};

/** Requests a redemption, on the same conditions as {@link requestLpDeposit}. The owner's shares need no approval. */
export const requestLpRedeem = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.requestRedeem5, lpRequestVault.requestRedeemInAsset, lpRequestVault.RequestTerms],
  (
    { shares, minAssets, keeperFee, isAssetOnly = false, expiresAt = 0n, ...terms }: RequestLpRedeemParameters,
    client: Caller,
  ) =>
    call(
      isAssetOnly ? "requestRedeemInAsset" : "requestRedeem",
      [shares, ...partiesOf(terms, client), minAssets, expiresAt],
      { value: keeperFee },
    ),
  created,
);
/** Sends {@link requestLpRedeem}, waits for it, and returns the request's id and times. */
export const requestLpRedeemSync = /* @__PURE__ */ confirmed(requestLpRedeem);

/** Parameters of {@link cancelLpRequest}. */
export type CancelLpRequestParameters = {
  requestVault: Address;
  requestId: bigint;
  isDeposit: boolean;
  /** Default: the client's account. */
  controller?: Address;
};

/**
 * Cancels an expired request; the keeper's fee is refunded. Reverts with `RequestNotExpired` before its expiry, and with
 * `NotPending` when the request is closed.
 */
export const cancelLpRequest = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.cancelDepositRequest, lpRequestVault.cancelRedeemRequest],
  ({ requestId, isDeposit, controller }: CancelLpRequestParameters, { account }: Caller) =>
    call(isDeposit ? "cancelDepositRequest" : "cancelRedeemRequest", [requestId, controller ?? account.address]),
);
/** Sends {@link cancelLpRequest} and waits for it. */
export const cancelLpRequestSync = /* @__PURE__ */ confirmed(cancelLpRequest);

/** Parameters of {@link setLpOperator}. */
export type SetLpOperatorParameters = { requestVault: Address; operator: Address; approved: boolean };

/**
 * Approves an operator that requests and claims for the client's account, or revokes the approval. The operator can take
 * the account's assets and shares: approve trusted accounts only.
 */
export const setLpOperator = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.setOperator],
  ({ operator, approved }: SetLpOperatorParameters) => call("setOperator", [operator, approved]),
);
/** Sends {@link setLpOperator} and waits for it. */
export const setLpOperatorSync = /* @__PURE__ */ confirmed(setLpOperator);
