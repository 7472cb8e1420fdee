import type { Address, Client } from "viem";
import { lpAggregateVault, lpAggregateVaultWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import { readContract } from "../../client/reverts.js";
import { confirmed } from "../../client/write.js";
import type { AssetAmount, CollateralAmount, Wad, Wei } from "../../units.js";

// Aggregate vaults: ERC-7540 with request id 0, beside a request vault. Their addresses are in no deployment file.

/** Parameters of {@link getLpAggregate}. */
export type GetLpAggregateParameters = { aggregateVault: Address; controller: Address };

/** The sums of a controller's requests at an aggregate vault. Assets in their own decimals, shares WAD. */
export type LpAggregate = {
  /** Its account in the request vault: the controller of its requests there. */
  account: Address;
  deposits: { pending: AssetAmount; claimable: AssetAmount; claimableShares: Wad; returned: AssetAmount };
  redemptions: {
    pending: Wad;
    claimable: Wad;
    claimableAssets: AssetAmount;
    /** Collateral beside the assets, of redemptions in kind. */
    claimableQuote: CollateralAmount;
    returned: Wad;
  };
  /** Wei. Pays for the requests that the controller makes without attached value. */
  prepaid: Wei;
};

/** Reads the sums of a controller's requests at an aggregate vault. */
export async function getLpAggregate(
  client: Client,
  { aggregateVault, controller }: GetLpAggregateParameters,
): Promise<LpAggregate> {
  const vault = lpAggregateVault({ aggregateVault });
  const [
    account,
    pendingAssets,
    claimable,
    claimableShares,
    returnedAssets,
    pendingShares,
    redeemable,
    claimableAssets,
    claimableQuote,
    returnedShares,
    prepaid,
  ] = await Promise.all([
    readContract(client, { ...vault, functionName: "accountOf", args: [controller] }),
    readContract(client, { ...vault, functionName: "pendingDepositRequest", args: [0n, controller] }),
    readContract(client, { ...vault, functionName: "maxDeposit", args: [controller] }),
    readContract(client, { ...vault, functionName: "maxMint", args: [controller] }),
    readContract(client, { ...vault, functionName: "claimableCancelDepositRequest", args: [0n, controller] }),
    readContract(client, { ...vault, functionName: "pendingRedeemRequest", args: [0n, controller] }),
    readContract(client, { ...vault, functionName: "maxRedeem", args: [controller] }),
    readContract(client, { ...vault, functionName: "maxWithdraw", args: [controller] }),
    readContract(client, { ...vault, functionName: "claimableQuote", args: [controller] }),
    readContract(client, { ...vault, functionName: "claimableCancelRedeemRequest", args: [0n, controller] }),
    readContract(client, { ...vault, functionName: "prepaidOf", args: [controller] }),
  ]);
  return {
    account,
    deposits: { pending: pendingAssets, claimable, claimableShares, returned: returnedAssets },
    redemptions: {
      pending: pendingShares,
      claimable: redeemable,
      claimableAssets,
      claimableQuote,
      returned: returnedShares,
    },
    prepaid,
  };
}

/** Parameters of {@link prepayLpFees}. */
export type PrepayLpFeesParameters = {
  aggregateVault: Address;
  /** The account whose requests the balance pays for. Only it can withdraw the balance. */
  account: Address;
  /** Wei. */
  value: Wei;
};

/**
 * Prepays settlement fees of the requests that an account makes at an aggregate vault without attached value.
 *
 * @example
 * await prepayLpFeesSync(client, { aggregateVault, account: node, value: parseEther("0.01") });
 */
export const prepayLpFees = /* @__PURE__ */ lpAggregateVaultWrite(({ account, value }: PrepayLpFeesParameters) =>
  call("prepay", [account], { value }),
);
/** Sends {@link prepayLpFees} and waits for it. */
export const prepayLpFeesSync = /* @__PURE__ */ confirmed(prepayLpFees);

/** Parameters of {@link pushReturnedLpFunds}. */
export type PushReturnedLpFundsParameters = { aggregateVault: Address; controller: Address; isDeposit: boolean };

/**
 * Transfers everything that came back from a controller's deposits (assets) or redemptions (shares) to the controller. Any
 * account can send it. Reverts with `NothingReturned` when there is nothing.
 */
export const pushReturnedLpFunds = /* @__PURE__ */ lpAggregateVaultWrite(
  ({ controller, isDeposit }: PushReturnedLpFundsParameters) => call("pushReturned", [controller, isDeposit]),
);
/** Sends {@link pushReturnedLpFunds} and waits for it. */
export const pushReturnedLpFundsSync = /* @__PURE__ */ confirmed(pushReturnedLpFunds);
