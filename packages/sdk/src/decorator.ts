import type { Client } from "viem";
import * as fees from "./actions/fees.js";
import * as hedge from "./actions/hedge.js";
import * as lens from "./actions/lens.js";
import * as prices from "./actions/prices.js";
import * as read from "./actions/read.js";
import * as solvency from "./actions/solvency.js";
import type { Deployment } from "./deployment.js";

type WithoutDeployment<parameters> = Omit<parameters, "deployment">;

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
  getMaker: (parameters: WithoutDeployment<read.GetMakerParameters>) => ReturnType<typeof lens.getMaker>;
  getHedge: (parameters?: WithoutDeployment<hedge.GetHedgeParameters>) => ReturnType<typeof hedge.getHedge>;
  getMakerPrices: () => ReturnType<typeof read.getMakerPrices>;
  quoteTrade: (parameters: WithoutDeployment<read.QuoteTradeParameters>) => ReturnType<typeof read.quoteTrade>;
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
    getMaker: (parameters) => lens.getMaker(client, { ...parameters, deployment }),
    getHedge: (parameters) => hedge.getHedge(client, { ...parameters, deployment }),
    getMakerPrices: () => read.getMakerPrices(client, { deployment }),
    quoteTrade: (parameters) => read.quoteTrade(client, { ...parameters, deployment }),
  });
