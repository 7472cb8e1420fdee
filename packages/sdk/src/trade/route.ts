import { type Address, BaseError, type Client, isAddressEqual, zeroAddress } from "viem";
import { quoteTrade } from "../actions/quote-trade.js";
import type { ReadOptions } from "../client/define-read.js";
import type { Deployment } from "../deployment.js";
import { QuoteFailedError } from "../errors.js";
import type { Revert } from "../reverts.js";
import type { Wad } from "../units.js";

/** A maker that cannot take a trade now, and why. */
export type RejectedRoute = { maker: Address; revert: Revert | undefined };

/** A maker that would take a trade, and its amounts, WAD: received by the taker above zero. */
export type Route = { maker: Address; base: Wad; quote: Wad };

/** No maker takes the trade now; `rejected` has the reason of each. */
export class NoRouteError extends BaseError {
  override name = "NoRouteError";
  readonly rejected: readonly RejectedRoute[];
  constructor({ rejected }: { rejected: readonly RejectedRoute[] }) {
    super("No maker takes the trade now.", {
      metaMessages: rejected.map(({ maker, revert }) => `${maker}: ${revert?.errorName ?? "unknown reason"}`),
    });
    this.rejected = rejected;
  }
}

/** The makers of a deployment. */
const makersOf = ({ oracleMaker, spotHedgeBaseMaker, spotHedgeQuoteMaker }: Deployment): Address[] =>
  [oracleMaker, spotHedgeBaseMaker, spotHedgeQuoteMaker].filter(
    (maker): maker is Address => maker !== undefined && !isAddressEqual(maker, zeroAddress),
  );

/**
 * The makers that would trade an exact size with the taker, the cheapest one first. The trading fee is the same for all of them. Each
 * maker's own contract quotes, so that capacity, pools and price band count.
 *
 * @throws {@link StalePriceError} without a fresh price.
 * @throws {@link NoRouteError} when no maker takes the trade.
 */
export async function routesOf(
  client: Client,
  {
    deployment,
    maker,
    taker,
    isBaseToQuote,
    isReduceOnly,
    amount,
    ...state
  }: {
    deployment: Deployment;
    maker?: Address | undefined;
    taker: Address;
    isBaseToQuote: boolean;
    isReduceOnly: boolean;
    amount: Wad;
  } & ReadOptions,
): Promise<{ routes: Route[]; rejected: RejectedRoute[] }> {
  const rejected: RejectedRoute[] = [];
  const quotes = await Promise.all(
    (maker ? [maker] : makersOf(deployment)).map(async (candidate) => {
      const request = { deployment, taker, maker: candidate, isBaseToQuote, isExactInput: isBaseToQuote, amount };
      try {
        const { base, quote } = await quoteTrade(client, { ...request, isReduceOnly, ...state });
        return { maker: candidate, base, quote };
      } catch (error) {
        if (!(error instanceof QuoteFailedError)) throw error;
        rejected.push({ maker: candidate, revert: error.revert });
        return undefined;
      }
    }),
  );
  // The taker receives quote above zero and pays below: more is better in both directions.
  const routes = quotes.filter((quote) => quote !== undefined).sort((a, b) => (a.quote > b.quote ? -1 : 1));
  if (routes.length === 0) throw new NoRouteError({ rejected });
  return { routes, rejected };
}
