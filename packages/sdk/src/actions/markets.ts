import type { Client } from "viem";
import { defineClientRead, type Read } from "../client/define-read.js";
import { runBatched } from "../client/run-batched.js";
import { all, type ReadCall, type Steps } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import type { Market } from "../entities/market.js";
import {
  type ExchangeDeployment,
  type ExchangeMaker,
  type ExchangeMarket,
  type ExchangeToken,
  marketDeployment,
} from "../exchange.js";
import { type Feed, getFeed } from "./feeds.js";
import { getMaker, type MakerState } from "./makers.js";
import { getMarket } from "./market.js";

/** Parameters of {@link getMarkets}. */
export type GetMarketsParameters = {
  /** From `getDeployment` of `@counterpoise/sdk/deployments`, or from a file by `parseExchangeDeployment`. */
  exchange: ExchangeDeployment;
};

/** A maker of a {@link MarketListing}. */
export type MakerListing = ExchangeMaker & { state: MakerState };

/** A market of an exchange, with the names of its deployment and its state on the chain. */
export type MarketListing = {
  symbol: string;
  base: ExchangeToken;
  /** For all actions on this market. */
  deployment: Deployment;
  /**
   * Rules, ratios, price, rates, open interest, insurance. Its `makers` are those on the chain, also makers that the deployment does
   * not name.
   */
  state: Market;
  feed: Feed;
  /** The makers that the deployment names, in its order. */
  makers: readonly MakerListing[];
};

/**
 * Makers and markets in one `eth_call`. Each takes less than 0.4 million gas, and Geth stops a call at 50 million by default.
 */
const READS_PER_CALL = 80;

/** Pages of markets, each of which fits into a call. */
function pagesOf(markets: readonly ExchangeMarket[]): ExchangeMarket[][] {
  const pages: ExchangeMarket[][] = [];
  let room = 0;
  for (const market of markets) {
    const reads = 1 + market.makers.length;
    if (reads > room) {
      pages.push([]);
      room = READS_PER_CALL;
    }
    pages.at(-1)?.push(market);
    room -= reads;
  }
  return pages;
}

function* listingOf(exchange: ExchangeDeployment, market: ExchangeMarket): Steps<MarketListing> {
  const { id, symbol, base, makers } = market;
  const deployment = marketDeployment(exchange, id);
  const [state, feed, states] = yield* all([
    getMarket.call({ deployment }),
    getFeed.call({ deployment }),
    all(makers.map(({ address }) => getMaker.call({ deployment, maker: address }))),
  ]);
  const listed = makers.map((maker, i) => ({ ...maker, state: states[i] as MakerState }));
  return { symbol, base, deployment, state, feed, makers: listed };
}

const listingsOf = (exchange: ExchangeDeployment, markets: readonly ExchangeMarket[]): Steps<MarketListing[]> =>
  all(markets.map((market) => listingOf(exchange, market)));

/**
 * Reads all markets of an exchange: rules, prices, rates and open interest, price sources, and all makers with their capacity. One
 * `eth_call` for 20 markets with three makers each, and one more for each further 20, all at once. A market without a fresh price has
 * a `priceError`; the others are complete. Markets and makers that the exchange's file does not name are not read.
 *
 * @example
 * const markets = await getMarkets(client, { exchange: getDeployment(42161, "main") });
 * for (const { symbol, state, deployment } of markets) console.log(symbol, state.price, deployment.marketId);
 */
export const getMarkets: Read<GetMarketsParameters, readonly MarketListing[]> = /* @__PURE__ */ Object.assign(
  /* @__PURE__ */ defineClientRead(
    async (client: Client, { exchange }: GetMarketsParameters): Promise<readonly MarketListing[]> =>
      (
        await Promise.all(pagesOf(exchange.markets).map((page) => runBatched(client, listingsOf(exchange, page))))
      ).flat(),
  ),
  {
    call: ({ exchange }: GetMarketsParameters): ReadCall<readonly MarketListing[]> => ({
      [Symbol.iterator]: () => listingsOf(exchange, exchange.markets),
    }),
  },
);
