import { type Address, type Client, zeroAddress } from "viem";
import { circuitBreaker } from "../client/contracts.js";
import { defineRead } from "../client/define-read.js";
import { readContract } from "../client/reverts.js";
import type { Deployment } from "../deployment.js";
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
export const getOutflow = /* @__PURE__ */ defineRead(
  async (client: Client, { deployment, asset, account }: GetOutflowParameters): Promise<Outflow | undefined> => {
    if (deployment.breaker === zeroAddress) return undefined;
    const breaker = circuitBreaker({ deployment });
    const [[available, availableAt], credit] = await Promise.all([
      readContract(client, { ...breaker, functionName: "available", args: [asset] }),
      readContract(client, { ...breaker, functionName: "creditOf", args: [asset, account] }),
    ]);
    return availableAt === 0n ? undefined : { available, availableAt, credit };
  },
);
