import { type Address, zeroAddress } from "viem";
import { defineRead } from "../client/define-read.js";
import { all, type Steps, view } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import * as breaker from "../generated/contracts/circuit-breaker.js";
import type { AssetAmount } from "../units.js";

/** Parameters of {@link getOutflow}. */
export type GetOutflowParameters = {
  deployment: Deployment;
  /** A token that the exchange holds: its collateral, or a hedged vault's base. */
  asset: Address;
  /** The account whose credit is read: the account that withdraws from the Vault, or the LP vault that pays. */
  account: Address;
};

/** The amounts of an asset that the circuit breaker still lets out, in the asset's own decimals. */
export type Outflow = {
  /** The amount that all accounts together can withdraw now. */
  available: AssetAmount;
  /** Seconds; the earliest start of the next window. */
  availableAt: bigint;
  /** The amount that the account deposited in this window, and can withdraw in addition. */
  credit: AssetAmount;
};

/**
 * Reads the amount of an asset that can still leave the exchange. Returns undefined when the asset has no limit: there is
 * no circuit breaker, or it has no limit for the asset.
 *
 * @example
 * const outflow = await getOutflow(client, { deployment, asset: deployment.collateral, account });
 */
export const getOutflow = /* @__PURE__ */ defineRead(function* ({
  deployment,
  asset,
  account,
}: GetOutflowParameters): Steps<Outflow | undefined> {
  if (deployment.breaker === zeroAddress) return undefined;
  const [[available, availableAt], credit] = yield* all([
    view(deployment.breaker, breaker.available, [asset]),
    view(deployment.breaker, breaker.creditOf, [asset, account]),
  ]);
  return availableAt === 0n ? undefined : { available, availableAt, credit };
});
