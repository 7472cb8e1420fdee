import type { Address, Client } from "viem";
import * as fees from "./actions/fees.js";
import * as hedge from "./actions/hedge.js";
import * as lens from "./actions/lens.js";
import * as lpRequests from "./actions/lp-requests.js";
import * as openOrders from "./actions/open-orders.js";
import * as prices from "./actions/prices.js";
import * as read from "./actions/read.js";
import * as signedOrders from "./actions/signed-orders.js";
import * as solvency from "./actions/solvency.js";
import * as spotPath from "./actions/spot-path.js";
import type { Deployment } from "./deployment.js";

type WithoutDeployment<parameters> = Omit<parameters, "deployment">;

/** For actions that name the contract that they ask, such as one of the request vaults. */
type WithoutClient<action> = action extends (client: Client, parameters: infer parameters) => infer result
  ? (parameters: parameters) => result
  : never;

/** The reading actions with the client and the deployment filled in. */
export type CounterpoiseReads = {
  getPosition: (parameters: WithoutDeployment<read.AccountParameters>) => ReturnType<typeof read.getPosition>;
  getFund: (parameters: WithoutDeployment<read.AccountParameters>) => ReturnType<typeof read.getFund>;
  getTrader: (parameters: WithoutDeployment<read.AccountParameters>) => ReturnType<typeof lens.getTrader>;
  getAccount: (parameters: WithoutDeployment<read.AccountParameters>) => ReturnType<typeof lens.getAccount>;
  getMarket: () => ReturnType<typeof lens.getMarket>;
  getRates: () => ReturnType<typeof lens.getRates>;
  getFunding: () => ReturnType<typeof fees.getFunding>;
  getPendingFees: (parameters: WithoutDeployment<read.AccountParameters>) => ReturnType<typeof fees.getPendingFees>;
  getMarketRules: () => ReturnType<typeof fees.getMarketRules>;
  getMarketStatus: () => ReturnType<typeof fees.getMarketStatus>;
  getSettlement: () => ReturnType<typeof solvency.getSettlement>;
  getPrice: () => ReturnType<typeof read.getPrice>;
  getPriceState: () => ReturnType<typeof prices.getPriceState>;
  getFeed: () => ReturnType<typeof prices.getFeed>;
  getPendingFeed: () => ReturnType<typeof prices.getPendingFeed>;
  getOrderRules: () => ReturnType<typeof read.getOrderRules>;
  isOrderAlive: (parameters: WithoutDeployment<read.IsOrderAliveParameters>) => ReturnType<typeof read.isOrderAlive>;
  getOrderStatus: (
    parameters: WithoutDeployment<openOrders.GetOrderStatusParameters>,
  ) => ReturnType<typeof openOrders.getOrderStatus>;
  getOpenOrders: (
    parameters?: WithoutDeployment<openOrders.GetOpenOrdersParameters>,
  ) => ReturnType<typeof openOrders.getOpenOrders>;
  getOrderCredit: (
    parameters: WithoutDeployment<read.AccountParameters>,
  ) => ReturnType<typeof openOrders.getOrderCredit>;
  getSignedOrder: (
    parameters: WithoutDeployment<signedOrders.SignedOrderParameters>,
  ) => ReturnType<typeof signedOrders.getSignedOrder>;
  getOrderNonce: (
    parameters: WithoutDeployment<read.AccountParameters>,
  ) => ReturnType<typeof signedOrders.getOrderNonce>;
  getSignedOrderRules: () => ReturnType<typeof signedOrders.getSignedOrderRules>;
  getMaker: (parameters: WithoutDeployment<read.GetMakerParameters>) => ReturnType<typeof lens.getMaker>;
  getHedge: (parameters?: WithoutDeployment<hedge.GetHedgeParameters>) => ReturnType<typeof hedge.getHedge>;
  getSpotPath: WithoutClient<typeof spotPath.getSpotPath>;
  getMakerPrices: () => ReturnType<typeof read.getMakerPrices>;
  getMakerCapacity: () => ReturnType<typeof read.getMakerCapacity>;
  getMakerQuote: (parameters: WithoutDeployment<read.GetMakerQuoteParameters>) => ReturnType<typeof read.getMakerQuote>;
  getOracleMakerParameters: () => ReturnType<typeof read.getOracleMakerParameters>;
  isValidSender: (parameters: { sender: Address }) => ReturnType<typeof read.isValidSender>;
  getOutflow: (parameters: WithoutDeployment<read.GetOutflowParameters>) => ReturnType<typeof read.getOutflow>;
  quoteTrade: (parameters: WithoutDeployment<read.QuoteTradeParameters>) => ReturnType<typeof read.quoteTrade>;
  getLpRequest: WithoutClient<typeof lpRequests.getLpRequest>;
  getLpClaims: WithoutClient<typeof lpRequests.getLpClaims>;
  getLpQueue: WithoutClient<typeof lpRequests.getLpQueue>;
  getLpLimits: WithoutClient<typeof lpRequests.getLpLimits>;
  quoteLpDeposit: WithoutClient<typeof lpRequests.quoteLpDeposit>;
  quoteLpRedeem: WithoutClient<typeof lpRequests.quoteLpRedeem>;
};

/**
 * The reading actions as methods, for `client.extend(...)`.
 *
 * @example
 * const client = createPublicClient({ transport: http() }).extend(counterpoiseReads(deployment));
 * await client.getPosition({ account });
 */
export const counterpoiseReads =
  (deployment: Deployment) =>
  (client: Client): CounterpoiseReads => ({
    getPosition: (parameters) => read.getPosition(client, { ...parameters, deployment }),
    getFund: (parameters) => read.getFund(client, { ...parameters, deployment }),
    getTrader: (parameters) => lens.getTrader(client, { ...parameters, deployment }),
    getAccount: (parameters) => lens.getAccount(client, { ...parameters, deployment }),
    getMarket: () => lens.getMarket(client, { deployment }),
    getRates: () => lens.getRates(client, { deployment }),
    getFunding: () => fees.getFunding(client, { deployment }),
    getPendingFees: (parameters) => fees.getPendingFees(client, { ...parameters, deployment }),
    getMarketRules: () => fees.getMarketRules(client, { deployment }),
    getMarketStatus: () => fees.getMarketStatus(client, { deployment }),
    getSettlement: () => solvency.getSettlement(client, { deployment }),
    getPrice: () => read.getPrice(client, { deployment }),
    getPriceState: () => prices.getPriceState(client, { deployment }),
    getFeed: () => prices.getFeed(client, { deployment }),
    getPendingFeed: () => prices.getPendingFeed(client, { deployment }),
    getOrderRules: () => read.getOrderRules(client, { deployment }),
    isOrderAlive: (parameters) => read.isOrderAlive(client, { ...parameters, deployment }),
    getOrderStatus: (parameters) => openOrders.getOrderStatus(client, { ...parameters, deployment }),
    getOpenOrders: (parameters) => openOrders.getOpenOrders(client, { ...parameters, deployment }),
    getOrderCredit: (parameters) => openOrders.getOrderCredit(client, { ...parameters, deployment }),
    getSignedOrder: (parameters) => signedOrders.getSignedOrder(client, { ...parameters, deployment }),
    getOrderNonce: (parameters) => signedOrders.getOrderNonce(client, { ...parameters, deployment }),
    getSignedOrderRules: () => signedOrders.getSignedOrderRules(client, { deployment }),
    getMaker: (parameters) => lens.getMaker(client, { ...parameters, deployment }),
    getHedge: (parameters) => hedge.getHedge(client, { ...parameters, deployment }),
    getSpotPath: (parameters) => spotPath.getSpotPath(client, parameters),
    getMakerPrices: () => read.getMakerPrices(client, { deployment }),
    getMakerCapacity: () => read.getMakerCapacity(client, { deployment }),
    getMakerQuote: (parameters) => read.getMakerQuote(client, { ...parameters, deployment }),
    getOracleMakerParameters: () => read.getOracleMakerParameters(client, { deployment }),
    isValidSender: (parameters) => read.isValidSender(client, { ...parameters, deployment }),
    getOutflow: (parameters) => read.getOutflow(client, { ...parameters, deployment }),
    quoteTrade: (parameters) => read.quoteTrade(client, { ...parameters, deployment }),
    getLpRequest: (parameters) => lpRequests.getLpRequest(client, parameters),
    getLpClaims: (parameters) => lpRequests.getLpClaims(client, parameters),
    getLpQueue: (parameters) => lpRequests.getLpQueue(client, parameters),
    getLpLimits: (parameters) => lpRequests.getLpLimits(client, parameters),
    quoteLpDeposit: (parameters) => lpRequests.quoteLpDeposit(client, parameters),
    quoteLpRedeem: (parameters) => lpRequests.quoteLpRedeem(client, parameters),
  });
