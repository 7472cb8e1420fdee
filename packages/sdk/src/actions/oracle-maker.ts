import type { Address } from "viem";
import { defineRead } from "../client/define-read.js";
import type { MarketParameters } from "../client/parameters.js";
import { pricedView, type Steps, view } from "../client/steps.js";
import type { Deployment } from "../deployment.js";
import type { OrderRequest } from "../entities/order.js";
import * as oracleMaker from "../generated/contracts/oracle-maker.js";
import type { CurveFill } from "../maths/inventory-curve.js";
import type { Ppm, Wad } from "../units.js";

/**
 * Reads the marginal prices of the OracleMaker at its inventory, WAD. `bid` and `ask` are the prices of an infinitesimal
 * sell and buy, with LP fee and confidence premium; `reservationPrice` is without them.
 *
 * @throws {@link StalePriceError} when the stored price is too old.
 */
export const getMakerPrices = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<{ bid: Wad; ask: Wad; reservationPrice: Wad }> {
  const [bid, ask, reservationPrice] = yield* pricedView(deployment.oracleMaker, oracleMaker.getPrices, []);
  return { bid, ask, reservationPrice };
});

/** The OracleMaker's parameters. Ratios in parts per million. */
export type OracleMakerParameters = {
  /** Premium at the cap. */
  maxSpread: Ppm;
  /** Minimum margin ratio after withdrawals and after fills that increase the maker's exposure. */
  minMarginRatio: Ppm;
  /** Cap of the inventory on either side, WAD base. */
  maxAbsPosition: Wad;
  /** The LPs' share of every fill, of the amount that the taker would pay or receive without it. */
  lpFee: Ppm;
  /** Multiple of the oracle's confidence that is added to buys and deducted from sells; 1,000,000 is once. */
  confidenceFactor: Ppm;
  /** Maximum of that premium, of the oracle price. Zero exactly when `confidenceFactor` is. */
  maxConfidencePremium: Ppm;
};

/**
 * Reads the OracleMaker's parameters. With price, confidence and inventory in addition, `inventoryCurve` computes the
 * result of {@link getMakerQuote} without a call.
 *
 * @example
 * const parameters = await getOracleMakerParameters(client, { deployment });
 * const { price, confidence } = await getPrice(client, { deployment });
 * const { size } = await getPosition(client, { deployment, account: deployment.oracleMaker });
 * inventoryCurve.quoteForBase({ ...parameters, price, confidence, inventory: size }, { takerBuys: true, size: 10n ** 18n });
 */
export const getOracleMakerParameters = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<OracleMakerParameters> {
  return yield* view(deployment.oracleMaker, oracleMaker.parameters, []);
});

/**
 * Reads the sizes that takers can still buy from the OracleMaker and sell to it before its inventory reaches the cap, WAD
 * base. Its margin ratio may allow less; {@link quoteTrade} checks it.
 */
export const getMakerCapacity = /* @__PURE__ */ defineRead(function* ({
  deployment,
}: MarketParameters): Steps<{ buys: Wad; sells: Wad }> {
  const [buys, sells] = yield* view(deployment.oracleMaker, oracleMaker.getRemainingCapacity, []);
  return { buys, sells };
});

/** Reads whether the OracleMaker accepts orders from a sender. Senders are gateways, as a rule. */
export const isValidSender = /* @__PURE__ */ defineRead(function* ({
  deployment,
  sender,
}: {
  deployment: Deployment;
  sender: Address;
}): Steps<boolean> {
  return yield* view(deployment.oracleMaker, oracleMaker.isValidSender, [sender]);
});

/** Parameters of {@link getMakerQuote}. */
export type GetMakerQuoteParameters = Pick<OrderRequest, "isBaseToQuote" | "isExactInput" | "amount"> & {
  deployment: Deployment;
};

/** The fill of an order, as the OracleMaker's events would report it. */
export type MakerQuote = CurveFill;

/**
 * Reads the fill that the OracleMaker's curve gives for an order at the stored price, computed by the code of a fill. It
 * needs no taker and checks no margin; {@link quoteTrade} does. Reverts with `MakerCapacityExceeded` or
 * `MakerQuoteCapacityExceeded` when the order is too large. `inventoryCurve` computes the same at any price.
 *
 * @example
 * const { quote, price, fee } = await getMakerQuote(client, {
 *   deployment,
 *   isBaseToQuote: false,
 *   isExactInput: false,
 *   amount: parseEther("1"),
 * });
 * @throws {@link StalePriceError} when the stored price is too old.
 */
export const getMakerQuote = /* @__PURE__ */ defineRead(function* ({
  deployment,
  isBaseToQuote,
  isExactInput,
  amount,
}: GetMakerQuoteParameters): Steps<MakerQuote> {
  const args = [isBaseToQuote, isExactInput, amount] as const;
  const { tradePrice, ...fill } = yield* pricedView(deployment.oracleMaker, oracleMaker.previewFill, args);
  const { base, quote, fee, spread } = fill;
  return { base, quote, price: tradePrice, fee, spread };
});
