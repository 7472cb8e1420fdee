import type { Client } from "viem";
import * as events from "./actions/events.js";
import * as fees from "./actions/fees.js";
import * as hedge from "./actions/hedge.js";
import * as lens from "./actions/lens.js";
import * as lpRequests from "./actions/lp-requests.js";
import * as openOrders from "./actions/open-orders.js";
import * as prices from "./actions/prices.js";
import * as quoteVault from "./actions/quote-vault.js";
import * as read from "./actions/read.js";
import * as signedOrder from "./actions/signed-orders/order.js";
import * as signedOrders from "./actions/signed-orders/reads.js";
import * as solvency from "./actions/solvency.js";
import * as spotPath from "./actions/spot-path.js";
import type { Deployment } from "./deployment.js";

const reads = {
  getPosition: read.getPosition,
  getFund: read.getFund,
  getTrader: lens.getTrader,
  getAccount: lens.getAccount,
  getMarket: lens.getMarket,
  getRates: lens.getRates,
  getFunding: fees.getFunding,
  getPendingFees: fees.getPendingFees,
  getMarketRules: fees.getMarketRules,
  getMarketStatus: fees.getMarketStatus,
  getLiquidatable: solvency.getLiquidatable,
  getSettlement: solvency.getSettlement,
  getPrice: read.getPrice,
  getPriceState: prices.getPriceState,
  getFeed: prices.getFeed,
  getPendingFeed: prices.getPendingFeed,
  getOrderRules: read.getOrderRules,
  isOrderAlive: read.isOrderAlive,
  getOrderStatus: openOrders.getOrderStatus,
  getOpenOrders: openOrders.getOpenOrders,
  getOrderEvents: events.getOrderEvents,
  watchOrderEvents: events.watchOrderEvents,
  getFills: events.getFills,
  watchFills: events.watchFills,
  getOrderCredit: openOrders.getOrderCredit,
  getSignedOrder: signedOrders.getSignedOrder,
  getAnnouncedOrders: signedOrders.getAnnouncedOrders,
  getOrderNonce: signedOrder.getOrderNonce,
  getSignedOrderRules: signedOrders.getSignedOrderRules,
  getMaker: lens.getMaker,
  getHedge: hedge.getHedge,
  getSpotPath: spotPath.getSpotPath,
  getQuoteHedge: quoteVault.getQuoteHedge,
  getMakerPrices: read.getMakerPrices,
  getMakerCapacity: read.getMakerCapacity,
  getMakerQuote: read.getMakerQuote,
  getOracleMakerParameters: read.getOracleMakerParameters,
  isValidSender: read.isValidSender,
  getOutflow: read.getOutflow,
  quoteTrade: read.quoteTrade,
  getPendingLpRequests: lpRequests.getPendingLpRequests,
  getLpRequest: lpRequests.getLpRequest,
  getLpClaims: lpRequests.getLpClaims,
  getLpQueue: lpRequests.getLpQueue,
  getLpLimits: lpRequests.getLpLimits,
  quoteLpDeposit: lpRequests.quoteLpDeposit,
  quoteLpRedeem: lpRequests.quoteLpRedeem,
};

type WithoutDeployment<parameters> = parameters extends unknown ? Omit<parameters, "deployment"> : never;

/** What a method takes when the deployment is filled in: nothing where nothing else is required. */
export type BoundParameters<parameters> =
  Record<never, never> extends WithoutDeployment<parameters>
    ? [parameters?: WithoutDeployment<parameters>]
    : [parameters: WithoutDeployment<parameters>];

/** Actions as methods, with the client and the deployment filled in. */
export type Bound<actions> = {
  [name in keyof actions]: actions[name] extends (client: never, parameters: infer parameters) => infer result
    ? (...parameters: BoundParameters<parameters>) => result
    : never;
};

/** The reading actions with the client and the deployment filled in. */
export type CounterpoiseReads = Bound<typeof reads>;

/**
 * The reading actions as methods, for `client.extend(...)`.
 *
 * @example
 * const client = createPublicClient({ transport: http() }).extend(counterpoiseReads(deployment));
 * await client.getPosition({ account });
 */
export const counterpoiseReads =
  (deployment: Deployment) =>
  (client: Client): CounterpoiseReads =>
    bind(reads, client, deployment) as CounterpoiseReads;

/** Fills the deployment in. What belongs to which action, the types of the methods say. */
export const withDeployment =
  (deployment: Deployment) =>
  (parameters: object = {}): never =>
    ({ ...parameters, deployment }) as never;

/** Each action as a method. What the methods take is in {@link Bound}. */
export const bind = <client extends Client>(
  actions: Record<string, (client: client, parameters: never) => unknown>,
  client: client,
  deployment: Deployment,
): Record<string, unknown> => {
  const filled = withDeployment(deployment);
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [
      name,
      (parameters?: object) => action(client, filled(parameters)),
    ]),
  );
};
