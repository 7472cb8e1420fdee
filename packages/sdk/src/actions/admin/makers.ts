import type { Address } from "viem";
import { hedgedVaultWrite, lpRequestVaultWrite, lpVaultWrite, oracleMakerWrite } from "../../client/contracts.js";
import { call } from "../../client/define-write.js";
import type { GetHedgeParameters } from "../../client/parameters.js";
import { confirmed } from "../../client/write.js";
import type { Deployment } from "../../deployment.js";
import * as lpRequestVault from "../../generated/contracts/lp-request-vault.js";
import * as oracleMaker from "../../generated/contracts/oracle-maker.js";
import * as hedgedVault from "../../generated/contracts/spot-hedge-base-maker.js";
import type { AssetAmount, Ppm } from "../../units.js";
import type { HedgeGapRules, HedgeParameters } from "../hedging/hedged-vault.js";
import type { LpQueue } from "../lp/queue.js";
import type { OracleMakerParameters } from "../oracle-maker.js";

/** Parameters of {@link setWhitelistLp}. */
export type SetWhitelistLpParameters = { maker: Address; account: Address; approved: boolean };

/** Approves an LP for a maker's immediate deposits and withdrawals, or revokes the approval. Owner only. */
export const setWhitelistLp = /* @__PURE__ */ lpVaultWrite(
  [oracleMaker.setWhitelistLp],
  ({ account, approved }: SetWhitelistLpParameters) => call("setWhitelistLp", [account, approved]),
);
/** Sends {@link setWhitelistLp} and waits for it. */
export const setWhitelistLpSync = /* @__PURE__ */ confirmed(setWhitelistLp);

/**
 * Ends a maker's whitelist permanently: from then on its immediate deposits and withdrawals are open to any account, and
 * only while they need no price. Owner only.
 */
export const endWhitelist = /* @__PURE__ */ lpVaultWrite([oracleMaker.endWhitelist], (_: { maker: Address }) =>
  call("endWhitelist", []),
);
/** Sends {@link endWhitelist} and waits for it. */
export const endWhitelistSync = /* @__PURE__ */ confirmed(endWhitelist);

/** Parameters of {@link setLpRules}. */
export type SetLpRulesParameters = {
  maker: Address;
  /** The maximum value of all shares after a deposit, in the decimals of the maker's asset. */
  depositCap: AssetAmount;
  /** The entry and exit fee, parts per million; at most 1%. */
  requestFee: Ppm;
};

/** Sets a maker's deposit cap and its entry and exit fee. Owner only. Reverts with `RatioOutOfRange`. */
export const setLpRules = /* @__PURE__ */ lpVaultWrite(
  [oracleMaker.setLpRules],
  ({ depositCap, requestFee }: SetLpRulesParameters) => call("setLpRules", [depositCap, requestFee]),
);
/** Sends {@link setLpRules} and waits for it. */
export const setLpRulesSync = /* @__PURE__ */ confirmed(setLpRules);

/** Parameters of {@link setLpRequestRules}. */
export type SetLpRequestRulesParameters = {
  /** The maker's request vault. */
  requestVault: Address;
} & Pick<LpQueue, "delay" | "validity" | "minKeeperFee">;

/**
 * Sets the times and the minimum keeper fee of future LP requests. Owner only. Reverts with `RequestRuleOutOfRange`, and with
 * `DelayBelowOrders` or `LifetimeBelowOrders` when requests would wait for less time than the market's orders.
 */
export const setLpRequestRules = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.setRules],
  ({ delay, validity, minKeeperFee }: SetLpRequestRulesParameters) =>
    call("setRules", [{ delay, validity, minKeeperFee }]),
);
/** Sends {@link setLpRequestRules} and waits for it. */
export const setLpRequestRulesSync = /* @__PURE__ */ confirmed(setLpRequestRules);

/** Parameters of {@link setOracleMakerParameters}. */
export type SetOracleMakerParametersParameters = { deployment: Deployment; parameters: OracleMakerParameters };

/**
 * Sets all of the OracleMaker's parameters. Owner only. Reverts with `PriceBandTooNarrow` when spread, fee and confidence
 * premium together could exceed the market's price band, and with `RatioOutOfRange`, `InvalidMaxAbsPosition` or
 * `InvalidConfidencePremium`.
 *
 * @example
 * const parameters = await getOracleMakerParameters(client, { deployment });
 * await setOracleMakerParameters(owner, { deployment, parameters: { ...parameters, lpFee: 200 } });
 */
export const setOracleMakerParameters = /* @__PURE__ */ oracleMakerWrite(
  [oracleMaker.setParameters],
  ({ parameters }: SetOracleMakerParametersParameters) => call("setParameters", [parameters]),
);
/** Sends {@link setOracleMakerParameters} and waits for it. */
export const setOracleMakerParametersSync = /* @__PURE__ */ confirmed(setOracleMakerParameters);

/** Parameters of {@link setHedgeParameters}. */
export type SetHedgeParametersParameters = GetHedgeParameters & { parameters: HedgeParameters };

/**
 * Sets how a hedged vault hedges. Its owner only. Reverts with `RatioOutOfRange` and the limits, with `AdapterMismatch` when
 * the adapter trades other tokens, and with `BoundBelowPathFee` when its pools charge more than a bound admits.
 *
 * @example
 * const { parameters } = await getHedge(client, { deployment });
 * await setHedgeParameters(owner, { deployment, parameters: { ...parameters, maxCarry: 20_000 } });
 */
export const setHedgeParameters = /* @__PURE__ */ hedgedVaultWrite(
  [hedgedVault.setParameters],
  ({ parameters }: SetHedgeParametersParameters) => call("setParameters", [parameters]),
);
/** Sends {@link setHedgeParameters} and waits for it. */
export const setHedgeParametersSync = /* @__PURE__ */ confirmed(setHedgeParameters);

/** Parameters of {@link setHedgeGapRules}. */
export type SetHedgeGapRulesParameters = GetHedgeParameters & { rules: HedgeGapRules };

/**
 * Sets how a hedged vault's gaps are closed. Its owner only. Reverts with `RatioOutOfRange` or `IntervalTooLong` and
 * the limits.
 */
export const setHedgeGapRules = /* @__PURE__ */ hedgedVaultWrite(
  [hedgedVault.setHedgeGapRules],
  ({ rules }: SetHedgeGapRulesParameters) => call("setHedgeGapRules", [rules]),
);
/** Sends {@link setHedgeGapRules} and waits for it. */
export const setHedgeGapRulesSync = /* @__PURE__ */ confirmed(setHedgeGapRules);
