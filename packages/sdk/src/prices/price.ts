import { type Hex, hexToBigInt } from "viem";
import type { PublishedPrice } from "../actions/prices.js";
import type { Wad } from "../units.js";
import { InvalidPriceError, PriceNotFoundError } from "./errors.js";
import type { FeedPrice, PriceUpdate } from "./source.js";
import { MAX_PRICE, requirePrice } from "./update.js";

const WAD = 10n ** 18n;

/** The feeds of a market's price, as `getFeed` returns them. */
export type MarketFeeds = {
  /** Pyth's id of the base. */
  pythId: Hex;
  /** The collateral's own feed, and the most seconds between the publish times of both. Its id is zero if there is none. */
  collateral?: { pythId: Hex; maxSkew?: number } | undefined;
};

const collateralIdOf = ({ collateral }: MarketFeeds): Hex | undefined =>
  collateral && hexToBigInt(collateral.pythId) !== 0n ? collateral.pythId : undefined;

/**
 * Pyth's ids of a market's price: of the base, and of the collateral if it has a feed of its own.
 *
 * @example
 * const ids = feedIdsOf(await getFeed(client, { deployment }));
 * const prices = hermesPrices({ ids, endpoints });
 */
export function feedIdsOf(feeds: MarketFeeds): Hex[] {
  const collateralId = collateralIdOf(feeds);
  return collateralId === undefined ? [feeds.pythId] : [feeds.pythId, collateralId];
}

/**
 * A market's price in an update, as `getPrice` returns it once the update is stored: base divided by collateral if the market
 * has a collateral feed. Price and confidence are WAD, the publish time is that of the older part in seconds.
 *
 * @example
 * const feeds = await getFeed(client, { deployment });
 * const { price, confidence, publishTime } = priceOf(await prices.latest(), feeds);
 * @throws {@link PriceNotFoundError} when the update lacks a feed.
 * @throws {@link InvalidPriceError} when both parts were published more than `maxSkew` seconds apart, or the price is out of
 * the oracle's range.
 */
export function priceOf({ feeds }: PriceUpdate, market: MarketFeeds): PublishedPrice & { confidence: Wad } {
  const partOf = (id: Hex): FeedPrice => {
    const part = feeds.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (!part) throw new PriceNotFoundError({ ids: [id] });
    return part;
  };
  const base = partOf(market.pythId);
  const collateralId = collateralIdOf(market);
  if (collateralId === undefined) {
    const { price, confidence, publishTime } = base;
    return { price, confidence, publishTime };
  }
  const collateral = partOf(collateralId);
  const [older, newer] =
    base.publishTime < collateral.publishTime
      ? [base.publishTime, collateral.publishTime]
      : [collateral.publishTime, base.publishTime];
  const maxSkew = market.collateral?.maxSkew;
  if (maxSkew !== undefined && newer - older > BigInt(maxSkew)) {
    const accepted = `publish times at most ${maxSkew} s apart`;
    throw new InvalidPriceError({ field: "skew of the parts", value: newer - older, accepted });
  }
  const price = requirePrice((base.price * WAD) / collateral.price);
  return { price, confidence: widest(price, base, collateral), publishTime: older };
}

/** Half the width of the widest interval that both confidences permit, rounded up: `divide` of the contracts. */
function widest(price: bigint, base: FeedPrice, collateral: FeedPrice): bigint {
  if (base.confidence === 0n && collateral.confidence === 0n) return 0n;
  if (collateral.confidence >= collateral.price) return MAX_PRICE;
  const width = collateral.price - collateral.confidence;
  const highest = ((base.price + base.confidence) * WAD + (width - 1n)) / width;
  return highest - price > MAX_PRICE ? MAX_PRICE : highest - price;
}
