import type { Client } from "viem";
import * as account from "./actions/account.js";
import * as adminGateways from "./actions/admin/gateways.js";
import * as adminMakers from "./actions/admin/makers.js";
import * as adminMarket from "./actions/admin/market.js";
import * as backstop from "./actions/backstop.js";
import * as blocks from "./actions/blocks.js";
import * as breaker from "./actions/breaker.js";
import * as deposits from "./actions/deposits.js";
import * as feeds from "./actions/feeds.js";
import * as fills from "./actions/fills.js";
import * as hedgedVault from "./actions/hedging/hedged-vault.js";
import * as quoteVault from "./actions/hedging/quote-vault.js";
import * as spotPath from "./actions/hedging/spot-path.js";
import * as liquidation from "./actions/liquidation.js";
import * as lpAggregate from "./actions/lp/aggregate.js";
import * as lpClaims from "./actions/lp/claims.js";
import * as lpImmediate from "./actions/lp/immediate.js";
import * as lpQueue from "./actions/lp/queue.js";
import * as lpRequests from "./actions/lp/requests.js";
import * as lpSettlement from "./actions/lp/settlement.js";
import * as makers from "./actions/makers.js";
import * as margin from "./actions/margin.js";
import * as market from "./actions/market.js";
import * as multicall from "./actions/multicall.js";
import * as operators from "./actions/operators.js";
import * as oracleMaker from "./actions/oracle-maker.js";
import * as cancelOrders from "./actions/orders/cancel.js";
import * as createOrders from "./actions/orders/create.js";
import * as orderEscrow from "./actions/orders/escrow.js";
import * as orderEvents from "./actions/orders/events.js";
import * as executeOrders from "./actions/orders/execute.js";
import * as orders from "./actions/orders/reads.js";
import * as prices from "./actions/prices.js";
import * as tradeQuotes from "./actions/quote-trade.js";
import * as announcements from "./actions/signed-orders/announcements.js";
import * as cancellation from "./actions/signed-orders/cancellation.js";
import * as signedOrders from "./actions/signed-orders/reads.js";
import * as settlement from "./actions/signed-orders/settlement.js";
import * as signing from "./actions/signed-orders/sign.js";
import { actionsIn, type BoundReads, type BoundWrites, bind } from "./client/bind.js";
import type { SigningClient } from "./client/transaction.js";
import type { Deployment } from "./deployment.js";

/** The actions of traders, LPs, keepers and relayers. */
const modules = [
  account,
  market,
  prices,
  feeds,
  blocks,
  fills,
  breaker,
  deposits,
  margin,
  operators,
  multicall,
  tradeQuotes,
  createOrders,
  executeOrders,
  cancelOrders,
  orders,
  orderEscrow,
  orderEvents,
  signing,
  settlement,
  announcements,
  cancellation,
  signedOrders,
  liquidation,
  backstop,
  makers,
  oracleMaker,
  hedgedVault,
  quoteVault,
  spotPath,
  lpImmediate,
  lpRequests,
  lpSettlement,
  lpClaims,
  lpQueue,
  lpAggregate,
] as const;

/** The actions of owner and guardian. */
const adminModules = [adminMarket, adminGateways, adminMakers] as const;

/** The reading actions as methods, with the client and the deployment filled in. */
export type CounterpoiseReads = BoundReads<typeof modules>;

/** The writing and signing actions as methods, `Sync` variants included, with the client and the deployment filled in. */
export type CounterpoiseWrites = BoundWrites<typeof modules>;

/** The owner's and the guardian's actions as methods, `Sync` variants included, with the client and the deployment filled in. */
export type CounterpoiseAdmin = BoundWrites<typeof adminModules>;

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
    bind(actionsIn(modules, "reads"), client, deployment) as CounterpoiseReads;

/**
 * The writing and signing actions as methods, for `client.extend(...)`.
 *
 * @example
 * const client = createWalletClient({ account, chain, transport: http() }).extend(counterpoiseWrites(deployment));
 * const { reward } = await client.liquidate.simulate({ account: trader });
 * await client.liquidate({ account: trader });
 */
export const counterpoiseWrites =
  (deployment: Deployment) =>
  (client: SigningClient): CounterpoiseWrites =>
    bind(actionsIn(modules, "writes"), client, deployment) as CounterpoiseWrites;

/**
 * The owner's and the guardian's actions as methods, for `client.extend(...)`.
 *
 * @example
 * const guardian = createWalletClient({ account, chain, transport: http() }).extend(counterpoiseAdmin(deployment));
 * await guardian.setMarketStatus({ status: "paused" });
 */
export const counterpoiseAdmin =
  (deployment: Deployment) =>
  (client: SigningClient): CounterpoiseAdmin =>
    bind(actionsIn(adminModules, "writes"), client, deployment) as CounterpoiseAdmin;
