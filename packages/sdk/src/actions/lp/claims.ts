import type { Address } from "viem";
import { lpRequestVaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import { all, type Steps, view } from "../../client/steps.js";
import { type Caller, confirmed } from "../../client/write.js";
import * as lpRequestVault from "../../generated/contracts/lp-request-vault.js";
import type { AssetAmount, CollateralAmount, Wad } from "../../units.js";

type ClaimParties = {
  requestVault: Address;
  /** Default: the client's account. */
  receiver?: Address;
  /** The client's account, or one that it is an operator of. Default: the client's account. */
  controller?: Address;
};

const partiesOf = ({ receiver, controller }: ClaimParties, { account }: Caller) =>
  [receiver ?? account.address, controller ?? account.address] as const;

/** Parameters of {@link claimLpShares}. */
export type ClaimLpSharesParameters = ClaimParties & {
  /** Assets of settled deposits whose shares are claimed; see {@link getLpClaims}. */
  assets: AssetAmount;
};

/** Claims shares of settled deposits. Reverts with `ClaimTooLarge` when fewer assets were settled. */
export const claimLpShares = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.deposit3, lpRequestVault.Deposit],
  (parameters: ClaimLpSharesParameters, client: Caller) =>
    call("deposit", [parameters.assets, ...partiesOf(parameters, client)]),
  ({ event }): Wad => event("Deposit").shares,
);
/** Sends {@link claimLpShares}, waits for it, and returns the shares. */
export const claimLpSharesSync = /* @__PURE__ */ confirmed(claimLpShares);

/** Parameters of {@link claimLpAssets}. */
export type ClaimLpAssetsParameters = ClaimParties & {
  /** Shares of settled redemptions whose assets are claimed; see {@link getLpClaims}. */
  shares: Wad;
};

/**
 * Claims assets of settled redemptions, with the collateral paid in kind. Reverts with `ClaimTooLarge` when fewer shares
 * were settled.
 */
export const claimLpAssets = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.redeem, lpRequestVault.Withdraw, lpRequestVault.QuoteClaimed],
  (parameters: ClaimLpAssetsParameters, client: Caller) =>
    call("redeem", [parameters.shares, ...partiesOf(parameters, client)]),
  ({ event, find }): { assets: AssetAmount; quote: CollateralAmount } => ({
    assets: event("Withdraw").assets,
    quote: find("QuoteClaimed")?.quoteXCD ?? 0n,
  }),
);
/** Sends {@link claimLpAssets}, waits for it, and returns the amounts paid; `quote` in the collateral's own decimals. */
export const claimLpAssetsSync = /* @__PURE__ */ confirmed(claimLpAssets);

/** Parameters of {@link claimReturnedLpRequest}. */
export type ClaimReturnedLpRequestParameters = ClaimParties & { requestId: bigint; isDeposit: boolean };

/**
 * Claims the returned part of a request that expired, missed its minimum or was met in part. Reverts with
 * `NothingReturned` when there is none.
 */
export const claimReturnedLpRequest = /* @__PURE__ */ lpRequestVaultWrite(
  [
    lpRequestVault.claimCancelDepositRequest,
    lpRequestVault.claimCancelRedeemRequest,
    lpRequestVault.CancelDepositClaim,
    lpRequestVault.CancelRedeemClaim,
  ],
  (parameters: ClaimReturnedLpRequestParameters, client: Caller) =>
    call(parameters.isDeposit ? "claimCancelDepositRequest" : "claimCancelRedeemRequest", [
      parameters.requestId,
      ...partiesOf(parameters, client),
    ]),
  ({ event, hash }, { isDeposit }) => ({
    returned: isDeposit ? event("CancelDepositClaim").assets : event("CancelRedeemClaim").shares,
    hash,
  }),
);
/**
 * Sends {@link claimReturnedLpRequest}, waits for it, and returns the amount: assets of a deposit, shares of a redemption.
 */
export const claimReturnedLpRequestSync = /* @__PURE__ */ confirmed(claimReturnedLpRequest);

/** Parameters of {@link getLpClaims}. */
export type GetLpClaimsParameters = { requestVault: Address; controller: Address };

/** A controller's claims: shares for the assets of settled deposits, assets for the shares of settled redemptions. */
export type LpClaims = {
  deposits: { assets: AssetAmount; shares: Wad };
  /** `quote`: collateral paid in kind, in its own decimals. */
  redemptions: { shares: Wad; assets: AssetAmount; quote: CollateralAmount };
};

/** Reads the claims of a controller. */
export const getLpClaims = /* @__PURE__ */ defineRead(function* ({
  requestVault,
  controller,
}: GetLpClaimsParameters): Steps<LpClaims> {
  const [assets, shares, redeemedShares, redeemedAssets, quote] = yield* all([
    view(requestVault, lpRequestVault.maxDeposit, [controller]),
    view(requestVault, lpRequestVault.maxMint, [controller]),
    view(requestVault, lpRequestVault.maxRedeem, [controller]),
    view(requestVault, lpRequestVault.maxWithdraw, [controller]),
    view(requestVault, lpRequestVault.claimableQuote, [controller]),
  ]);
  return { deposits: { assets, shares }, redemptions: { shares: redeemedShares, assets: redeemedAssets, quote } };
});
