import type { Address } from "viem";
import { lpAggregateVaultWrite } from "../../client/contracts.js";
import { defineRead } from "../../client/define-read.js";
import { call } from "../../client/define-write.js";
import { all, type Steps, view } from "../../client/steps.js";
import { type Caller, confirmed } from "../../client/write.js";
import * as lpAggregateVault from "../../generated/contracts/lp-aggregate-vault.js";
import type { AssetAmount, CollateralAmount, Wad, Wei } from "../../units.js";

// Aggregate vaults: ERC-7540 with request id 0, beside a request vault. Their addresses are in no deployment file. Claims are
// those of a request vault: pass the aggregate vault as `requestVault` to `claimLpShares` and `claimLpAssets`.

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
export const getLpAggregate = /* @__PURE__ */ defineRead(function* ({
  aggregateVault,
  controller,
}: GetLpAggregateParameters): Steps<LpAggregate> {
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
  ] = yield* all([
    view(aggregateVault, lpAggregateVault.accountOf, [controller]),
    view(aggregateVault, lpAggregateVault.pendingDepositRequest, [0n, controller]),
    view(aggregateVault, lpAggregateVault.maxDeposit, [controller]),
    view(aggregateVault, lpAggregateVault.maxMint, [controller]),
    view(aggregateVault, lpAggregateVault.claimableCancelDepositRequest, [0n, controller]),
    view(aggregateVault, lpAggregateVault.pendingRedeemRequest, [0n, controller]),
    view(aggregateVault, lpAggregateVault.maxRedeem, [controller]),
    view(aggregateVault, lpAggregateVault.maxWithdraw, [controller]),
    view(aggregateVault, lpAggregateVault.claimableQuote, [controller]),
    view(aggregateVault, lpAggregateVault.claimableCancelRedeemRequest, [0n, controller]),
    view(aggregateVault, lpAggregateVault.prepaidOf, [controller]),
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
});

/** Parameters of {@link quoteLpFee}. */
export type QuoteLpFeeParameters = {
  aggregateVault: Address;
  /** The account that would make the request, without attached value. */
  payer: Address;
  isDeposit: boolean;
};

/** The fee of a request without attached value. */
export type LpFee = {
  /** The keeper's fee, wei. */
  fee: Wei;
  /** The part of the request's input that pays for it: assets of a deposit, shares of a redemption. Zero for a prepaid fee. */
  input: bigint;
};

/**
 * Quotes the fee of a request that an account makes now at an aggregate vault without attached value.
 *
 * @throws `KeeperFeeTooLow` when neither its prepaid balance nor the part of the owner's float that is for sale suffices.
 */
export const quoteLpFee = /* @__PURE__ */ defineRead(function* ({
  aggregateVault,
  payer,
  isDeposit,
}: QuoteLpFeeParameters): Steps<LpFee> {
  const [fee, input] = yield* view(aggregateVault, lpAggregateVault.quoteFee, [payer, isDeposit]);
  return { fee, input };
});

type AggregateRequest = {
  aggregateVault: Address;
  /** Wei for the keeper. Default: none, so that the prepaid balance or a part of the input pays. */
  keeperFee?: Wei;
  /** The account that claims the result. Default: the client's account. */
  controller?: Address;
  /** The account that pays: the client's account, or one that it is an operator of. Default: the client's account. */
  owner?: Address;
};

const partiesOf = ({ controller, owner }: AggregateRequest, { account }: Caller) =>
  [controller ?? account.address, owner ?? account.address] as const;

/** Parameters of {@link requestLpAggregateDeposit}. */
export type RequestLpAggregateDepositParameters = AggregateRequest & {
  /** The aggregate vault needs an approval for it. */
  assets: AssetAmount;
};

/**
 * Requests a deposit at an aggregate vault, with its default minimum. Its id is 0: read the sums with {@link getLpAggregate}.
 * Reverts with `TooManyRequests` when the controller has too many open requests.
 *
 * @example
 * await requestLpAggregateDepositSync(client, { aggregateVault, assets: parseUnits("1000", 6) });
 */
export const requestLpAggregateDeposit = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.requestDeposit],

  ({ assets, keeperFee = 0n, ...parameters }: RequestLpAggregateDepositParameters, client: Caller) =>
    call("requestDeposit", [assets, ...partiesOf(parameters, client)], { value: keeperFee }),
);
/** Sends {@link requestLpAggregateDeposit} and waits for it. */
export const requestLpAggregateDepositSync = /* @__PURE__ */ confirmed(requestLpAggregateDeposit);

/** Parameters of {@link requestLpAggregateRedeem}. */
export type RequestLpAggregateRedeemParameters = AggregateRequest & {
  /** The aggregate vault needs an approval for them. */
  shares: Wad;
  /** Whether a flat base vault may pay collateral beside its asset, which needs no price. Default: false. */
  inKind?: boolean;
};

/** Requests a redemption at an aggregate vault, on the same conditions as {@link requestLpAggregateDeposit}. */
export const requestLpAggregateRedeem = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.requestRedeem, lpAggregateVault.requestRedeemInKind],

  ({ shares, inKind = false, keeperFee = 0n, ...parameters }: RequestLpAggregateRedeemParameters, client: Caller) =>
    call(inKind ? "requestRedeemInKind" : "requestRedeem", [shares, ...partiesOf(parameters, client)], {
      value: keeperFee,
    }),
);
/** Sends {@link requestLpAggregateRedeem} and waits for it. */
export const requestLpAggregateRedeemSync = /* @__PURE__ */ confirmed(requestLpAggregateRedeem);

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
export const prepayLpFees = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.prepay],
  ({ account, value }: PrepayLpFeesParameters) => call("prepay", [account], { value }),
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
  [lpAggregateVault.pushReturned],

  ({ controller, isDeposit }: PushReturnedLpFundsParameters) => call("pushReturned", [controller, isDeposit]),
);
/** Sends {@link pushReturnedLpFunds} and waits for it. */
export const pushReturnedLpFundsSync = /* @__PURE__ */ confirmed(pushReturnedLpFunds);

/** Parameters of {@link withdrawPrepaidLpFees}. */
export type WithdrawPrepaidLpFeesParameters = {
  aggregateVault: Address;
  /** Wei. */
  value: Wei;
  /** Default: the client's account. */
  receiver?: Address;
};

/** Withdraws from the prepaid balance of the client's account. Reverts with `FeeBalanceTooLow`. */
export const withdrawPrepaidLpFees = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.withdrawPrepaid],

  ({ value, receiver }: WithdrawPrepaidLpFeesParameters, { account }: Caller) =>
    call("withdrawPrepaid", [value, receiver ?? account.address]),
);
/** Sends {@link withdrawPrepaidLpFees} and waits for it. */
export const withdrawPrepaidLpFeesSync = /* @__PURE__ */ confirmed(withdrawPrepaidLpFees);

/** Parameters of {@link setLpEtherPrice}. */
export type SetLpEtherPriceParameters = {
  aggregateVault: Address;
  /** Assets for one ether; zero ends the sale of fees. */
  etherPrice: AssetAmount;
  /** Most wei of the float that is sold at once. As much becomes available again in each hour, evenly. */
  saleLimit: Wei;
};

/**
 * Sets the price at which an aggregate vault sells settlement fees from its float, and the speed. Owner only. A higher price is
 * in force after an hour, a lower one at once.
 */
export const setLpEtherPrice = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.setEtherPrice],
  ({ etherPrice, saleLimit }: SetLpEtherPriceParameters) => call("setEtherPrice", [etherPrice, saleLimit]),
);
/** Sends {@link setLpEtherPrice} and waits for it. */
export const setLpEtherPriceSync = /* @__PURE__ */ confirmed(setLpEtherPrice);

/** Parameters of {@link fundLpFeeFloat}. */
export type FundLpFeeFloatParameters = {
  aggregateVault: Address;
  /** Wei. */
  value: Wei;
};

/** Adds ether to the float from which an aggregate vault sells settlement fees. Any account can send it. */
export const fundLpFeeFloat = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.fundFloat],
  ({ value }: FundLpFeeFloatParameters) => call("fundFloat", [], { value }),
);
/** Sends {@link fundLpFeeFloat} and waits for it. */
export const fundLpFeeFloatSync = /* @__PURE__ */ confirmed(fundLpFeeFloat);

/** Parameters of {@link withdrawLpFeeFloat}. */
export type WithdrawLpFeeFloatParameters = {
  aggregateVault: Address;
  /** Wei. */
  value: Wei;
  receiver: Address;
};

/** Withdraws ether from the float of an aggregate vault. Owner only. Reverts with `FeeBalanceTooLow`. */
export const withdrawLpFeeFloat = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.withdrawFloat],

  ({ value, receiver }: WithdrawLpFeeFloatParameters) => call("withdrawFloat", [value, receiver]),
);
/** Sends {@link withdrawLpFeeFloat} and waits for it. */
export const withdrawLpFeeFloatSync = /* @__PURE__ */ confirmed(withdrawLpFeeFloat);

/** Parameters of {@link collectLpFees}. */
export type CollectLpFeesParameters = { aggregateVault: Address; receiver: Address };

/** Transfers the assets and shares for which an aggregate vault sold fees. Owner only. */
export const collectLpFees = /* @__PURE__ */ lpAggregateVaultWrite(
  [lpAggregateVault.collect],
  ({ receiver }: CollectLpFeesParameters) => call("collect", [receiver]),
);
/** Sends {@link collectLpFees} and waits for it. */
export const collectLpFeesSync = /* @__PURE__ */ confirmed(collectLpFees);
