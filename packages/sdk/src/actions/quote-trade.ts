import type { Address, Client } from "viem";
import { defineClientRead } from "../client/define-read.js";
import { AMPLE_MARGIN, pretendAccount, pretendPrice } from "../client/overrides.js";
import { type TradeAmounts, type Trial, type TrialFailure, tryTrade } from "../client/trial.js";
import type { Deployment } from "../deployment.js";
import type { OrderRequest } from "../entities/order.js";
import { isRevert, QuoteFailedError } from "../errors.js";
import type { Revert } from "../reverts.js";
import { StalePriceError } from "../state-errors.js";
import type { Wad } from "../units.js";

/** Parameters of {@link quoteTrade}. */
export type QuoteTradeParameters = Omit<OrderRequest, "oppositeBound" | "returnsMargin"> & {
  deployment: Deployment;
  /** The account that would trade, with its position. Default: a new account without one. */
  taker?: Address;
  /** Default: no bound. */
  oppositeBound?: Wad;
  /** The sender of the order. Default: the OrderGateway. */
  sender?: Address;
  /** WAD; an oracle price to quote at, without confidence. Default: the stored price, which must be fresh. */
  price?: Wad;
};

/** The amounts of a trade, WAD, from the taker's side: received above zero. */
export type TradeQuote = TradeAmounts & {
  /**
   * The first reason for which the taker cannot make the trade now although the maker quotes it: the sender is not its
   * operator (`NotAuthorized`), or it lacks margin (`InsufficientInitialMargin`, `InsufficientMaintenanceMargin`). Undefined
   * when the trade would succeed, and without a taker.
   */
  obstacle: Revert | undefined;
};

/** Stands for a taker that a quote does not name: the last 20 bytes of keccak256("counterpoise.visitor"). */
const VISITOR: Address = "0x0c165741dd1C9E66b4F8A9e9FC4A11e231123276";

/**
 * Quotes a trade for any account, or for none: runs the code of a trade, which reverts with its result. The quote needs no
 * approval, margin or collateral of the taker; `obstacle` says which of them it lacks. Where one is lacking, and without a
 * taker, the node runs the trade with a state override.
 *
 * @example
 * const { base, quote, obstacle } = await quoteTrade(client, {
 *   deployment,
 *   taker,
 *   maker: deployment.oracleMaker,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 * });
 * @throws {@link StalePriceError} when the stored price is too old and no `price` is given.
 * @throws {@link QuoteFailedError} with the decoded reason when the trade would fail for every taker with this position.
 */
export const quoteTrade = /* @__PURE__ */ defineClientRead(
  async (
    client: Client,
    { deployment, taker, sender = deployment.orderGateway, price, ...request }: QuoteTradeParameters,
  ): Promise<TradeQuote> => {
    const overrides = price === undefined ? [] : [pretendPrice(deployment, price)];
    const trade = { ...request, taker: taker ?? VISITOR, sender };
    let obstacle: TrialFailure | undefined;
    if (taker !== undefined) {
      const { amounts, failure } = await tryTrade(client, deployment, trade, overrides);
      if (amounts) return { ...amounts, obstacle: undefined };
      if (!isObstacle(failure.revert, taker)) throw quoteErrorOf(failure);
      obstacle = failure;
    }
    const able = await pretendAccount(client, deployment, {
      account: trade.taker,
      operator: sender,
      margin: () => AMPLE_MARGIN,
      isNew: taker === undefined,
    });
    const { amounts, failure }: Trial = await tryTrade(client, deployment, trade, [able, ...overrides]);
    if (amounts) return { ...amounts, obstacle: obstacle?.revert };
    throw quoteErrorOf(failure);
  },
);

/** Whether a trade failed for a lack of the taker alone. */
const isObstacle = (revert: Revert | undefined, taker: Address): boolean =>
  (isRevert(revert, "NotAuthorized") ||
    isRevert(revert, "InsufficientInitialMargin") ||
    isRevert(revert, "InsufficientMaintenanceMargin")) &&
  revert.named.account.toLowerCase() === taker.toLowerCase();

function quoteErrorOf({ revert, cause }: TrialFailure): StalePriceError | QuoteFailedError {
  return isRevert(revert, "StalePrice")
    ? new StalePriceError({ revert, cause })
    : new QuoteFailedError({ revert, cause });
}
