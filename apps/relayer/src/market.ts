// A market of the relayer: its deployment, what the chain says of its rules, and its prices.
import { readFileSync } from "node:fs";
import {
  type Deployment,
  type Feed,
  getFeed,
  getMarket,
  getSignedOrderRules,
  parseDeployment,
  type SignedOrderRules,
} from "@counterpoise/sdk";
import { feedIdsOf, type HermesEndpoint, type PriceUpdate, priceOf } from "@counterpoise/sdk/prices";
import {
  createSharedPrices,
  type PoolClient,
  type Secrets,
  ServiceError,
  type SharedPrices,
  secretIn,
} from "@counterpoise/service-kit";
import type { Address } from "viem";
import type { RelayerConfig } from "./config.js";

/** Milliseconds after which rules and feed are read again. */
const RULES_AGE = 30_000;

/** The rules that orders are tested against. */
export type MarketRulesView = SignedOrderRules & {
  /** Ppm, in force at the block. */
  initialMarginRatio: number;
  /** WAD quote. */
  minPositionValue: bigint;
};

/** The price source's latest update, and the market's price in it (WAD). */
export type MarketPrice = { update: PriceUpdate; price: bigint; publishTime: bigint };

/** One market. */
export class RelayerMarket {
  readonly deployment: Deployment;
  readonly name: string;
  readonly #createPrices: (feed: Feed) => SharedPrices;
  #rules: MarketRulesView | undefined;
  #feed: Feed | undefined;
  #prices: SharedPrices | undefined;
  #readAt = 0;
  #reading: Promise<void> | undefined;

  constructor(deployment: Deployment, createPrices: (feed: Feed) => SharedPrices) {
    this.deployment = deployment;
    this.name = `${deployment.baseSymbol}-${deployment.marketId}`;
    this.#createPrices = createPrices;
  }

  get id(): bigint {
    return this.deployment.marketId;
  }

  /** The LP vaults that orders trade with. */
  get makers(): readonly Address[] {
    const { oracleMaker, spotHedgeBaseMaker, spotHedgeQuoteMaker } = this.deployment;
    return [oracleMaker, spotHedgeBaseMaker, ...(spotHedgeQuoteMaker === undefined ? [] : [spotHedgeQuoteMaker])];
  }

  /** Reads rules and feed, unless they were read within half a minute. */
  async refresh(client: PoolClient): Promise<MarketRulesView> {
    if (!this.#rules || Date.now() - this.#readAt > RULES_AGE) {
      this.#reading ??= this.#read(client).finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#rules as MarketRulesView;
  }

  async #read(client: PoolClient): Promise<void> {
    const { deployment } = this;
    const [rules, market, feed] = await Promise.all([
      getSignedOrderRules(client, { deployment }),
      getMarket(client, { deployment }),
      getFeed(client, { deployment }),
    ]);
    const { initialMarginRatio } = market;
    this.#rules = { ...rules, initialMarginRatio, minPositionValue: market.rules.minPositionValue };
    const before = this.#feed && feedIdsOf(this.#feed).join();
    if (!this.#prices || before !== feedIdsOf(feed).join()) this.#prices = this.#createPrices(feed);
    this.#feed = feed;
    this.#readAt = Date.now();
  }

  /** The latest price of the source. Throws when there is no answer, or before {@link refresh}. */
  async price(): Promise<MarketPrice> {
    if (!this.#prices || !this.#feed) throw new TypeError("refresh reads the feed");
    const update = await this.#prices.latest();
    const publishTime = update.feeds.reduce(
      (time, each) => (each.publishTime < time ? each.publishTime : time),
      2n ** 63n,
    );
    return { update, price: priceOf(update, this.#feed).price, publishTime };
  }

  /** The last price that any request has returned, WAD. */
  lastPrice(): bigint | undefined {
    const update = this.#prices?.last();
    if (!update || !this.#feed) return undefined;
    try {
      return priceOf(update, this.#feed).price;
    } catch {
      return undefined;
    }
  }
}

/** Reads the markets of a configuration. @throws {ServiceError} for a deployment on another chain, and for two of one market */
export function loadMarkets(config: RelayerConfig, secrets: Secrets): RelayerMarket[] {
  const endpoints = config.prices.endpoints.map(({ url, keyFile }): HermesEndpoint => {
    const key = keyFile === undefined ? undefined : secretIn(keyFile);
    secrets.add(key);
    secrets.addUrl(url);
    return { url, ...(key !== undefined && { key }) };
  });
  const { budget, timeout } = config.prices;
  const share = { requests: Math.max(1, Math.floor(budget.requests / config.markets.length)), per: budget.per };
  const markets = config.markets.map((file) => {
    const deployment = parseDeployment(JSON.parse(readFileSync(file, "utf8")));
    if (deployment.chainId !== config.chainId) {
      throw new ServiceError(
        `${file} is a deployment on chain ${deployment.chainId}; the configured chain is ${config.chainId}.`,
      );
    }
    return new RelayerMarket(deployment, (feed) =>
      createSharedPrices({ ids: feedIdsOf(feed), endpoints, budget: share, timeout }),
    );
  });
  const ids = new Set(markets.map(({ id }) => id));
  if (ids.size !== markets.length) throw new ServiceError("Two deployments have the same market id.");
  return markets;
}
