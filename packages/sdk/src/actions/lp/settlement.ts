import { type Address, type Hex, maxUint256 } from "viem";
import { lpRequestVaultWrite } from "../../client/contracts.js";
import type { SigningClient } from "../../client/transaction.js";
import { confirmed } from "../../client/write.js";
import * as lpRequestVault from "../../generated/contracts/lp-request-vault.js";
import { decodeRevert, type Revert } from "../../reverts.js";
import type { CollateralAmount, Wad, Wei } from "../../units.js";
import { getLpQueue } from "./queue.js";

/** Parameters of {@link settleLpRequests}. */
export type SettleLpRequestsParameters = {
  requestVault: Address;
  /**
   * For each different `executableAt` among the pending requests, in their order, the first price update published at or
   * after it. The return of expired requests needs none.
   */
  updates: readonly (readonly Hex[])[];
  /** The maximum number of requests to visit. Default: all. */
  maxRequests?: bigint;
  /** Wei for the price source's fees; the rest is refunded. Zero: the oracle pays from its own balance. */
  value?: Wei;
};

/**
 * The outcome of a request, or of a part of it. `input` and `output` are assets and shares of a deposit, shares and assets
 * of a redemption.
 */
export type LpRequestOutcome =
  | {
      status: "settled";
      requestId: bigint;
      controller: Address;
      isDeposit: boolean;
      input: bigint;
      output: bigint;
      /** Collateral that a flat base vault paid in kind, in its own decimals. */
      quote: CollateralAmount;
      /** WAD. */
      price: Wad;
    }
  | { status: "returned"; requestId: bigint; controller: Address; returned: bigint; reason: Revert | undefined };

/**
 * The request vault stops without a revert when gas runs short, so an estimate covers the first request only. Each request
 * needs a million to start, and uses less.
 */
const gasToSettle = (pending: bigint): bigint => {
  const gas = 1_200_000n + pending * 700_000n;
  return gas < MOST_GAS ? gas : MOST_GAS;
};

/** Below the gas limit that chains set for one transaction. */
const MOST_GAS = 16_000_000n;

/**
 * Settles requests in their order and returns expired ones, for the fees in escrow. Skips a request that cannot be settled
 * now: it stays pending and no fee is paid for it. When it can settle none, it reverts with `NothingToSettle` or with the
 * reason, such as `SourcesDisagree` or `MarketFrozen`.
 */
export const settleLpRequests = /* @__PURE__ */ lpRequestVaultWrite(
  [lpRequestVault.settle, lpRequestVault.RequestSettled, lpRequestVault.RequestReturned],
  async (
    { requestVault, updates, maxRequests = maxUint256, value = 0n }: SettleLpRequestsParameters,
    client: SigningClient,
  ) => {
    const { head, count } = await getLpQueue(client, { requestVault });
    const pending = count - head + 1n < maxRequests ? count - head + 1n : maxRequests;
    return { functionName: "settle", args: [updates, maxRequests], value, gas: gasToSettle(pending) } as const;
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
/** Sends {@link settleLpRequests}, waits for it, and returns the outcomes. A request met in part appears twice. */
export const settleLpRequestsSync = /* @__PURE__ */ confirmed(settleLpRequests);
