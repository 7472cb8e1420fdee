// The preview of the order ticket: pure, from entities of one block. The plan of `openPosition` has the same figures.
import { MakerCapacityExceededError, type Ppm, type Wad } from "@counterpoise/sdk";
import {
  type Account,
  InvalidAmountError,
  type Obstacle,
  type Quote,
  QuoteRejectedError,
  UnknownTicksError,
} from "@counterpoise/sdk/entities";
import { parseCollateral, parseLeverage } from "@counterpoise/sdk/units";
import type { Maker, View } from "./snapshot.js";

/** The fields of the ticket that size an order, as decimal texts. */
export type TicketInput = { side: "long" | "short"; margin: string; leverage: string };

/** A maker's quote, or the error with which it rejects the order. */
export type MakerQuote =
  | { maker: Maker; quote: Quote; error?: undefined }
  | { maker: Maker; quote?: undefined; error: Error };

/** An order as it would fill at the present price. */
export type Preview = {
  /** WAD base, above zero. */
  size: Wad;
  /** In the collateral's own decimals. */
  margin: bigint;
  /** The cheapest maker first, then those that reject the order. */
  quotes: readonly MakerQuote[];
  best: { maker: Maker; quote: Quote } | undefined;
  /** The account after the best quote. */
  after: Account | undefined;
  /** The reason for which the exchange or the maker would reject the order now. */
  obstacle: Obstacle | undefined;
};

const WAD = 10n ** 18n;

/**
 * Previews an order of a margin and a leverage. Undefined without a price, and while the margin is empty.
 *
 * @throws {InvalidAmountError} with the field, for a text that is not an amount.
 */
export function previewOf(
  view: Pick<View, "account" | "makers" | "price">,
  input: TicketInput,
  deployment: { collateralDecimals: number; baseDecimals: number },
): Preview | undefined {
  const { account, makers, price } = view;
  if (input.margin === "" || price === undefined) return undefined;
  const margin = parseCollateral(deployment, input.margin);
  if (margin <= 0n)
    throw new InvalidAmountError({ field: "collateral", value: input.margin, accepted: "an amount above zero" });
  const leverage = parseLeverage(input.leverage);
  const { collateralScale } = account.market;
  const marginWad = margin * collateralScale;
  const unit = 10n ** BigInt(18 - deployment.baseDecimals);
  const exact = (marginWad * leverage) / price;
  const size = exact - (exact % unit);
  if (size === 0n)
    throw new InvalidAmountError({ field: "collateral", value: input.margin, accepted: "a margin for a larger size" });
  return previewOfSize({ account: account.addMargin(marginWad), makers }, { side: input.side, size, margin });
}

/** Previews an order of a size, WAD base. */
export function previewOfSize(
  { account, makers }: Pick<View, "account" | "makers">,
  { side, size, margin }: { side: "long" | "short"; size: Wad; margin: bigint },
): Preview {
  const isBaseToQuote = side === "short";
  const request = { isBaseToQuote, isExactInput: isBaseToQuote, amount: size, taker: account };
  const quotes = makers.map((maker): MakerQuote => {
    try {
      return { maker, quote: maker.entity.quote(request) };
    } catch (error) {
      const isRejection =
        error instanceof MakerCapacityExceededError ||
        error instanceof QuoteRejectedError ||
        error instanceof UnknownTicksError;
      if (!isRejection) throw error;
      return { maker, error };
    }
  });
  // The taker receives quote above zero and pays below: more is better in both directions.
  quotes.sort((a, b) => {
    const [x, y] = [a.quote?.quote, b.quote?.quote];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return x === y ? 0 : x > y ? -1 : 1;
  });
  // A maker with an obstacle of its own does not take the order.
  const best = quotes.find(({ quote }) => quote && !quote.obstacle) ?? quotes.find(({ quote }) => quote);
  if (!best?.quote) return { size, margin, quotes, best: undefined, after: undefined, obstacle: undefined };
  const { maker, quote } = best;
  const obstacle = quote.obstacle ?? account.obstacleTo(quote.fill);
  return { size, margin, quotes, best: { maker, quote }, after: account.apply(quote.fill), obstacle };
}

/** The highest leverage of a new position, WAD, rounded down to a tenth; fees and impact leave less. */
export const maxLeverage = (initialMarginRatio: Ppm): Wad => {
  const most = (WAD * 1_000_000n) / BigInt(initialMarginRatio);
  return most - (most % (WAD / 10n));
};
