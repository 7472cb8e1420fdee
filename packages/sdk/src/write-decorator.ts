import * as admin from "./actions/admin.js";
import * as funds from "./actions/funds.js";
import * as hedge from "./actions/hedge.js";
import * as lp from "./actions/lp.js";
import * as lpRequests from "./actions/lp-requests.js";
import * as orders from "./actions/orders.js";
import * as prices from "./actions/prices.js";
import * as signedOrders from "./actions/signed-orders.js";
import * as solvency from "./actions/solvency.js";
import * as vault from "./actions/vault.js";
import type { SigningClient } from "./actions/write.js";
import type { Deployment } from "./deployment.js";

const actions = {
  deposit: vault.deposit,
  withdraw: vault.withdraw,
  transferFundToMargin: vault.transferFundToMargin,
  transferMarginToFund: vault.transferMarginToFund,
  returnMargin: vault.returnMargin,
  setOperator: vault.setOperator,
  depositWithPermit: funds.depositWithPermit,
  signSetOperator: funds.signSetOperator,
  setOperatorBySig: funds.setOperatorBySig,
  donateInsurance: funds.donateInsurance,
  multicallVault: funds.multicallVault,
  createOrder: orders.createOrder,
  createOrderSync: orders.createOrderSync,
  createFundedOrder: orders.createFundedOrder,
  createFundedOrderSync: orders.createFundedOrderSync,
  executeOrder: orders.executeOrder,
  executeOrderSync: orders.executeOrderSync,
  executeOrders: orders.executeOrders,
  executeOrdersSync: orders.executeOrdersSync,
  cancelOrder: orders.cancelOrder,
  depositLp: lp.depositLp,
  depositLpSync: lp.depositLpSync,
  withdrawLp: lp.withdrawLp,
  withdrawLpSync: lp.withdrawLpSync,
  requestLpDeposit: lpRequests.requestLpDeposit,
  requestLpDepositSync: lpRequests.requestLpDepositSync,
  requestLpRedeem: lpRequests.requestLpRedeem,
  requestLpRedeemSync: lpRequests.requestLpRedeemSync,
  settleLpRequests: lpRequests.settleLpRequests,
  settleLpRequestsSync: lpRequests.settleLpRequestsSync,
  claimLpShares: lpRequests.claimLpShares,
  claimLpSharesSync: lpRequests.claimLpSharesSync,
  claimLpAssets: lpRequests.claimLpAssets,
  claimLpAssetsSync: lpRequests.claimLpAssetsSync,
  cancelLpRequest: lpRequests.cancelLpRequest,
  claimReturnedLpRequest: lpRequests.claimReturnedLpRequest,
  setLpOperator: lpRequests.setLpOperator,
  withdrawOrderCredit: orders.withdrawOrderCredit,
  signOrder: signedOrders.signOrder,
  signOrderCancellation: signedOrders.signOrderCancellation,
  settleSignedOrder: signedOrders.settleSignedOrder,
  settleSignedOrderSync: signedOrders.settleSignedOrderSync,
  matchSignedOrders: signedOrders.matchSignedOrders,
  matchSignedOrdersSync: signedOrders.matchSignedOrdersSync,
  batchSignedOrders: signedOrders.batchSignedOrders,
  batchSignedOrdersSync: signedOrders.batchSignedOrdersSync,
  cancelSignedOrder: signedOrders.cancelSignedOrder,
  cancelSignedOrderBySig: signedOrders.cancelSignedOrderBySig,
  announceSignedOrder: signedOrders.announceSignedOrder,
  announceSignedOrderSync: signedOrders.announceSignedOrderSync,
  executeAnnounced: signedOrders.executeAnnounced,
  executeAnnouncedSync: signedOrders.executeAnnouncedSync,
  clearAnnouncement: signedOrders.clearAnnouncement,
  liquidate: solvency.liquidate,
  liquidateSync: solvency.liquidateSync,
  deleverage: solvency.deleverage,
  deleverageSync: solvency.deleverageSync,
  flagShortfall: solvency.flagShortfall,
  settleAccount: solvency.settleAccount,
  closeHedgeGap: hedge.closeHedgeGap,
  closeHedgeGapSync: hedge.closeHedgeGapSync,
} as const;

const marketActions = {
  accrue: solvency.accrue,
  applyFeed: prices.applyFeed,
  announceSettlement: solvency.announceSettlement,
  settleMarket: solvency.settleMarket,
  cancelAllSignedOrders: signedOrders.cancelAllSignedOrders,
} as const;

const adminActions = {
  setMarketStatus: admin.setMarketStatus,
  setSystemStatus: admin.setSystemStatus,
  setRules: admin.setRules,
  setMarginRatios: admin.setMarginRatios,
  setFunding: admin.setFunding,
  setBorrowing: admin.setBorrowing,
  setDepositCap: admin.setDepositCap,
  setGuardian: admin.setGuardian,
  retireMaker: admin.retireMaker,
  setWhitelistLp: admin.setWhitelistLp,
  endWhitelist: admin.endWhitelist,
  setLpRules: admin.setLpRules,
  setLpRequestRules: admin.setLpRequestRules,
  proposeFeed: admin.proposeFeed,
  setOracleMakerParameters: admin.setOracleMakerParameters,
  setValidSender: admin.setValidSender,
  setRelayer: admin.setRelayer,
  setGateway: admin.setGateway,
  setHedgeParameters: hedge.setHedgeParameters,
  setHedgeGapRules: hedge.setHedgeGapRules,
} as const;

const marketAdminActions = {
  cancelFeed: admin.cancelFeed,
} as const;

type Action = (client: SigningClient, parameters: never) => Promise<unknown>;
type Bound<actions extends Record<string, Action>> = {
  [name in keyof actions]: (parameters: Omit<Parameters<actions[name]>[1], "deployment">) => ReturnType<actions[name]>;
};
type BoundToMarket<actions extends Record<string, Action>> = {
  [name in keyof actions]: () => ReturnType<actions[name]>;
};

/** The writing actions with the client and the deployment filled in. */
export type CounterpoiseWrites = Bound<typeof actions> & BoundToMarket<typeof marketActions>;

/** The owner's and the guardian's actions with the client and the deployment filled in. */
export type CounterpoiseAdmin = Bound<typeof adminActions> & BoundToMarket<typeof marketAdminActions>;

/**
 * The writing actions as methods, for `client.extend(...)`.
 *
 * @example
 * const client = createWalletClient({ account, chain, transport: http() }).extend(counterpoiseWrites(deployment));
 * await client.liquidate({ account: trader });
 */
export const counterpoiseWrites =
  (deployment: Deployment) =>
  (client: SigningClient): CounterpoiseWrites =>
    bind({ ...actions, ...marketActions }, client, deployment) as CounterpoiseWrites;

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
    bind({ ...adminActions, ...marketAdminActions }, client, deployment) as CounterpoiseAdmin;

/** Each action as a method. What the methods take is in the two types above. */
const bind = (bound: Record<string, Action>, client: SigningClient, deployment: Deployment): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(bound).map(([name, action]) => [
      name,
      (parameters: object = {}) => action(client, { ...parameters, deployment } as never),
    ]),
  );
