import type { Address } from "viem";
import { defineHistory, reading, watching } from "../client/define-history.js";
import type { EventsParameters } from "../client/parameters.js";
import type { MarginChange } from "../entities/account.js";
import * as vault from "../generated/contracts/vault.js";
import type { Wad } from "../units.js";

/** A change of two positions, by a trade or a forced change. WAD, from the taker's side. */
export type Fill = {
  taker: Address;
  maker: Address;
  base: Wad;
  quote: Wad;
  /** The oracle's. */
  price: Wad;
  takerMargin: MarginChange;
  makerMargin: MarginChange;
};

const fills = /* @__PURE__ */ defineHistory(
  ({ deployment }: EventsParameters) => deployment.vault,
  [vault.PositionsChanged],
  ({ deployment: { marketId }, account }) =>
    account === undefined
      ? [{ marketId }]
      : [
          { marketId, taker: account },
          { marketId, maker: account },
        ],
  ({ args: { marketId: _, ...fill } }): Fill => fill,
);

/**
 * Reads the fills of the deployment's market, or the fills of one account in it on either side: trades through any
 * gateway, liquidations, deleveragings, settlements. The node selects the account's fills: two requests for each range of
 * blocks, one for either side.
 *
 * @example
 * const fills = await getFills(client, { deployment, account, fromBlock, maxBlockRange: 10_000n });
 */
export const getFills = /* @__PURE__ */ reading(fills);

/**
 * Watches the fills that {@link getFills} reads.
 *
 * @example
 * const unwatch = watchFills(client, { deployment, account, onItems: (fills) => show(fills) });
 */
export const watchFills = /* @__PURE__ */ watching(fills);
