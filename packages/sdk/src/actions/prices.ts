import { defineRead } from "../client/define-read.js";
import type { MarketParameters } from "../client/parameters.js";
import { all, pricedView, type ReadCall, type Steps, view } from "../client/steps.js";
import * as oracle from "../generated/contracts/pyth-oracle.js";
import type { Revert } from "../reverts.js";
import type { Wad } from "../units.js";

/** A price, WAD, and its publish time, Unix seconds: the older of the two of a composite price. */
export type PublishedPrice = { price: Wad; publishTime: bigint };

/**
 * Reads the stored oracle price, its confidence (WAD) and its publish time.
 *
 * @throws {@link StalePriceError} when the price is too old. {@link getMarket} returns the last price at any age.
 */
export const getPrice = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<PublishedPrice & { confidence: Wad }> {
  const { oracle: address, marketId } = deployment;
  const [price, confidence, publishTime] = yield* pricedView(address, oracle.getPrice, [marketId]);
  return { price, confidence, publishTime };
});

/** The result of a read: a value, or the error that it reverted with. */
export type Attempt<value> = { ok: true; value: value } | { ok: false; revert: Revert };

/** The actions that the market's price allows now; prices WAD. */
export type PriceState = {
  /** The stored price, for immediate trades, and its confidence. */
  trade: Attempt<PublishedPrice & { confidence: Wad }>;
  /** Whether that price allows to open and increase positions, and to settle LP requests. */
  increase: Attempt<undefined>;
  /** The price that liquidations use. It liquidates accounts whose last fill is not later. */
  liquidation: Attempt<PublishedPrice>;
};

/**
 * Reads the actions that the market's price allows, with the reason for each that it does not.
 *
 * @example
 * const { increase } = await getPriceState(client, { deployment });
 * if (!increase.ok) console.log(formatRevert(increase.revert)); // "SourcesDisagree (pythId 0x..., primary ...)"
 */
export const getPriceState = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<PriceState> {
  const { oracle: address, marketId } = deployment;
  const [trade, increase, liquidation] = yield* all([
    attempt(() => getPrice.call({ deployment })),
    attempt(function* () {
      // `checkIncrease` reverts for a stale price only when it has a second source to compare with.
      yield* view(address, oracle.getPrice, [marketId]);
      yield* view(address, oracle.checkIncrease, [marketId]);
      return undefined;
    }),
    attempt(function* () {
      const [price, publishTime] = yield* view(address, oracle.getLiquidationPrice, [marketId]);
      return { price, publishTime };
    }),
  ]);
  return { trade, increase, liquidation };
});

function* attempt<value>(read: () => ReadCall<value>): Steps<Attempt<value>> {
  try {
    return { ok: true, value: yield* read() };
  } catch (error) {
    // The decoder of errors, which the failure has loaded, attaches the reason to one of the causes.
    for (let cause = error as { revert?: Revert; cause?: unknown } | undefined; cause; cause = cause.cause as object) {
      if (cause.revert) return { ok: false, revert: cause.revert };
    }
    throw error;
  }
}
