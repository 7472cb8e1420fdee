// The actions by name: a type over the exports of the modules would be slow to check in an application. A test compares the
// names.
import type { Client } from "viem";
import { getAccount, getFund, getPendingFees, getPosition, getTrader } from "./actions/account.js";
import {
  setGateway,
  setGatewaySync,
  setRelayer,
  setRelayerSync,
  setValidSender,
  setValidSenderSync,
} from "./actions/admin/gateways.js";
import {
  endWhitelist,
  endWhitelistSync,
  setHedgeGapRules,
  setHedgeGapRulesSync,
  setHedgeParameters,
  setHedgeParametersSync,
  setLpRequestRules,
  setLpRequestRulesSync,
  setLpRules,
  setLpRulesSync,
  setOracleMakerParameters,
  setOracleMakerParametersSync,
  setWhitelistLp,
  setWhitelistLpSync,
} from "./actions/admin/makers.js";
import {
  cancelFeed,
  cancelFeedSync,
  proposeFeed,
  proposeFeedSync,
  reinstateMaker,
  reinstateMakerSync,
  retireMaker,
  retireMakerSync,
  setBorrowing,
  setBorrowingSync,
  setDepositCap,
  setDepositCapSync,
  setFunding,
  setFundingSync,
  setGuardian,
  setGuardianSync,
  setMarginRatios,
  setMarginRatiosSync,
  setMarketStatus,
  setMarketStatusSync,
  setRules,
  setRulesSync,
  setSystemStatus,
  setSystemStatusSync,
} from "./actions/admin/market.js";
import {
  announceSettlement,
  announceSettlementSync,
  correctDeleveraging,
  correctDeleveragingSync,
  deleverage,
  deleverageSync,
  flagShortfall,
  flagShortfallSync,
  getDeleveragingRanks,
  getSettlement,
  reportOutage,
  reportOutageSync,
  resolveShortfall,
  resolveShortfallSync,
  settleAccount,
  settleAccountSync,
  settleMarket,
  settleMarketSync,
} from "./actions/backstop.js";
import { getBlockAt } from "./actions/blocks.js";
import { getOutflow } from "./actions/breaker.js";
import {
  deposit,
  depositSync,
  depositWithPermit,
  depositWithPermitSync,
  donateInsurance,
  donateInsuranceSync,
  withdraw,
  withdrawSync,
} from "./actions/deposits.js";
import { applyFeed, applyFeedSync, getCommitmentTime, getFeed, getPendingFeed } from "./actions/feeds.js";
import { getFills, watchFills } from "./actions/fills.js";
import { closeHedgeGap, closeHedgeGapSync, getHedge } from "./actions/hedging/hedged-vault.js";
import {
  announceVaultDeleverage,
  announceVaultDeleverageSync,
  deleverageVault,
  deleverageVaultSync,
  getQuoteHedge,
  rebalance,
  rebalanceSync,
} from "./actions/hedging/quote-vault.js";
import { getSpotPath } from "./actions/hedging/spot-path.js";
import { accrue, accrueSync, getLiquidatable, liquidate, liquidateSync } from "./actions/liquidation.js";
import {
  collectLpFees,
  collectLpFeesSync,
  fundLpFeeFloat,
  fundLpFeeFloatSync,
  getLpAggregate,
  prepayLpFees,
  prepayLpFeesSync,
  pushReturnedLpFunds,
  pushReturnedLpFundsSync,
  quoteLpFee,
  requestLpAggregateDeposit,
  requestLpAggregateDepositSync,
  requestLpAggregateRedeem,
  requestLpAggregateRedeemSync,
  setLpEtherPrice,
  setLpEtherPriceSync,
  withdrawLpFeeFloat,
  withdrawLpFeeFloatSync,
  withdrawPrepaidLpFees,
  withdrawPrepaidLpFeesSync,
} from "./actions/lp/aggregate.js";
import {
  claimLpAssets,
  claimLpAssetsSync,
  claimLpShares,
  claimLpSharesSync,
  claimReturnedLpRequest,
  claimReturnedLpRequestSync,
  getLpClaims,
} from "./actions/lp/claims.js";
import {
  claimSlice,
  claimSliceSync,
  executeExit,
  executeExitSync,
  getExit,
  getLpExit,
  getSliceClaim,
  returnExit,
  returnExitSync,
  startExit,
  startExitSync,
} from "./actions/lp/exits.js";
import { depositLp, depositLpSync, getLpLimits, withdrawLp, withdrawLpSync } from "./actions/lp/immediate.js";
import {
  getLpQueue,
  getLpRequest,
  getLpRequestSettlement,
  getPendingLpRequests,
  quoteLpDeposit,
  quoteLpRedeem,
} from "./actions/lp/queue.js";
import {
  cancelLpRequest,
  cancelLpRequestSync,
  requestLpDeposit,
  requestLpDepositSync,
  requestLpRedeem,
  requestLpRedeemSync,
  setLpOperator,
  setLpOperatorSync,
} from "./actions/lp/requests.js";
import { settleLpRequests, settleLpRequestsSync } from "./actions/lp/settlement.js";
import { getMaker } from "./actions/makers.js";
import {
  depositToMargin,
  depositToMarginSync,
  returnMargin,
  returnMarginSync,
  transferFundToMargin,
  transferFundToMarginSync,
  transferMarginToFund,
  transferMarginToFundSync,
} from "./actions/margin.js";
import {
  getFunding,
  getMarket,
  getMarketRules,
  getMarketStatus,
  getMinPositionValue,
  getRates,
} from "./actions/market.js";
import { getMarkets } from "./actions/markets.js";
import { multicallVault, multicallVaultSync } from "./actions/multicall.js";
import {
  setOperator,
  setOperatorBySig,
  setOperatorBySigSync,
  setOperatorSync,
  signSetOperator,
} from "./actions/operators.js";
import {
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getOracleMakerParameters,
  isValidSender,
} from "./actions/oracle-maker.js";
import {
  cancelOrder,
  cancelOrderSync,
  getOrderCredit,
  withdrawOrderCredit,
  withdrawOrderCreditSync,
} from "./actions/orders/cancel.js";
import {
  createOrder,
  createOrderSync,
  createOrderWithDeposit,
  createOrderWithDepositSync,
} from "./actions/orders/create.js";
import { getEscrow, withdrawEscrow, withdrawEscrowSync } from "./actions/orders/escrow.js";
import { getOrderEvents, watchOrderEvents } from "./actions/orders/events.js";
import { executeOrder, executeOrderSync, executeOrders, executeOrdersSync } from "./actions/orders/execute.js";
import { getMinKeeperFee, getOpenOrders, getOrderRules, getOrderStatus, isOrderAlive } from "./actions/orders/reads.js";
import { getPrice, getPriceState } from "./actions/prices.js";
import { quoteTrade } from "./actions/quote-trade.js";
import {
  announceSignedOrder,
  announceSignedOrderSync,
  clearAnnouncement,
  clearAnnouncementSync,
  executeAnnounced,
  executeAnnouncedSync,
} from "./actions/signed-orders/announcements.js";
import {
  cancelAllSignedOrders,
  cancelAllSignedOrdersSync,
  cancelAnnouncement,
  cancelAnnouncementSync,
  cancelBracket,
  cancelBracketSync,
  cancelSignedOrder,
  cancelSignedOrderBySig,
  cancelSignedOrderBySigSync,
  cancelSignedOrderSync,
} from "./actions/signed-orders/cancellation.js";
import {
  getAnnouncedOrders,
  getBracket,
  getBracketedOrders,
  getOrderNonce,
  getSignedOrder,
  getSignedOrderRules,
  isOrderCancellation,
} from "./actions/signed-orders/reads.js";
import {
  batchSignedOrders,
  batchSignedOrdersSync,
  matchSignedOrders,
  matchSignedOrdersSync,
  settleSignedOrder,
  settleSignedOrderSync,
} from "./actions/signed-orders/settlement.js";
import { signBracketCancellation, signOrder, signOrderCancellation } from "./actions/signed-orders/sign.js";
import { batchReads } from "./client/batch.js";
import { type BoundLookups, type BoundReads, type BoundWrites, bind } from "./client/bind.js";
import type { SigningClient } from "./client/transaction.js";
import type { Deployment } from "./deployment.js";

/** Reads that a batch can join. */
const reads = {
  getAccount,
  getFund,
  getPendingFees,
  getPosition,
  getTrader,
  getDeleveragingRanks,
  getSettlement,
  getOutflow,
  getCommitmentTime,
  getFeed,
  getPendingFeed,
  getHedge,
  getQuoteHedge,
  getSpotPath,
  getLpAggregate,
  quoteLpFee,
  getLpClaims,
  getExit,
  getLpExit,
  getSliceClaim,
  getLpLimits,
  getLpQueue,
  getLpRequest,
  getLpRequestSettlement,
  getPendingLpRequests,
  quoteLpDeposit,
  quoteLpRedeem,
  getMaker,
  getFunding,
  getMarket,
  getMarketRules,
  getMarketStatus,
  getMarkets,
  getMinPositionValue,
  getRates,
  getMakerCapacity,
  getMakerPrices,
  getMakerQuote,
  getOracleMakerParameters,
  isValidSender,
  getOrderCredit,
  getEscrow,
  getMinKeeperFee,
  getOrderRules,
  getOrderStatus,
  isOrderAlive,
  getPrice,
  getPriceState,
  getBracket,
  getOrderNonce,
  getSignedOrder,
  getSignedOrderRules,
};

/** Reads of more than calls of contracts. */
const lookups = {
  getBlockAt,
  getFills,
  watchFills,
  getLiquidatable,
  getOrderEvents,
  watchOrderEvents,
  getOpenOrders,
  quoteTrade,
  getAnnouncedOrders,
  getBracketedOrders,
  isOrderCancellation,
};

/** The actions of traders, LPs, keepers and relayers that need a signing client. */
const writes = {
  announceSettlement,
  announceSettlementSync,
  correctDeleveraging,
  correctDeleveragingSync,
  deleverage,
  deleverageSync,
  flagShortfall,
  flagShortfallSync,
  reportOutage,
  reportOutageSync,
  resolveShortfall,
  resolveShortfallSync,
  settleAccount,
  settleAccountSync,
  settleMarket,
  settleMarketSync,
  deposit,
  depositSync,
  depositWithPermit,
  depositWithPermitSync,
  donateInsurance,
  donateInsuranceSync,
  withdraw,
  withdrawSync,
  applyFeed,
  applyFeedSync,
  closeHedgeGap,
  closeHedgeGapSync,
  announceVaultDeleverage,
  announceVaultDeleverageSync,
  deleverageVault,
  deleverageVaultSync,
  rebalance,
  rebalanceSync,
  accrue,
  accrueSync,
  liquidate,
  liquidateSync,
  collectLpFees,
  collectLpFeesSync,
  fundLpFeeFloat,
  fundLpFeeFloatSync,
  prepayLpFees,
  prepayLpFeesSync,
  pushReturnedLpFunds,
  pushReturnedLpFundsSync,
  requestLpAggregateDeposit,
  requestLpAggregateDepositSync,
  requestLpAggregateRedeem,
  requestLpAggregateRedeemSync,
  setLpEtherPrice,
  setLpEtherPriceSync,
  withdrawLpFeeFloat,
  withdrawLpFeeFloatSync,
  withdrawPrepaidLpFees,
  withdrawPrepaidLpFeesSync,
  claimLpAssets,
  claimLpAssetsSync,
  claimLpShares,
  claimLpSharesSync,
  claimReturnedLpRequest,
  claimReturnedLpRequestSync,
  claimSlice,
  claimSliceSync,
  executeExit,
  executeExitSync,
  returnExit,
  returnExitSync,
  startExit,
  startExitSync,
  depositLp,
  depositLpSync,
  withdrawLp,
  withdrawLpSync,
  cancelLpRequest,
  cancelLpRequestSync,
  requestLpDeposit,
  requestLpDepositSync,
  requestLpRedeem,
  requestLpRedeemSync,
  setLpOperator,
  setLpOperatorSync,
  settleLpRequests,
  settleLpRequestsSync,
  depositToMargin,
  depositToMarginSync,
  returnMargin,
  returnMarginSync,
  transferFundToMargin,
  transferFundToMarginSync,
  transferMarginToFund,
  transferMarginToFundSync,
  multicallVault,
  multicallVaultSync,
  setOperator,
  setOperatorBySig,
  setOperatorBySigSync,
  setOperatorSync,
  signSetOperator,
  cancelOrder,
  cancelOrderSync,
  withdrawOrderCredit,
  withdrawOrderCreditSync,
  createOrder,
  createOrderSync,
  createOrderWithDeposit,
  createOrderWithDepositSync,
  withdrawEscrow,
  withdrawEscrowSync,
  executeOrder,
  executeOrderSync,
  executeOrders,
  executeOrdersSync,
  announceSignedOrder,
  announceSignedOrderSync,
  clearAnnouncement,
  clearAnnouncementSync,
  executeAnnounced,
  executeAnnouncedSync,
  cancelAllSignedOrders,
  cancelAllSignedOrdersSync,
  cancelAnnouncement,
  cancelAnnouncementSync,
  cancelBracket,
  cancelBracketSync,
  cancelSignedOrder,
  cancelSignedOrderBySig,
  cancelSignedOrderBySigSync,
  cancelSignedOrderSync,
  batchSignedOrders,
  batchSignedOrdersSync,
  matchSignedOrders,
  matchSignedOrdersSync,
  settleSignedOrder,
  settleSignedOrderSync,
  signBracketCancellation,
  signOrder,
  signOrderCancellation,
};

/** The actions of owner and guardian. */
const admin = {
  setGateway,
  setGatewaySync,
  setRelayer,
  setRelayerSync,
  setValidSender,
  setValidSenderSync,
  endWhitelist,
  endWhitelistSync,
  setHedgeGapRules,
  setHedgeGapRulesSync,
  setHedgeParameters,
  setHedgeParametersSync,
  setLpRequestRules,
  setLpRequestRulesSync,
  setLpRules,
  setLpRulesSync,
  setOracleMakerParameters,
  setOracleMakerParametersSync,
  setWhitelistLp,
  setWhitelistLpSync,
  cancelFeed,
  cancelFeedSync,
  proposeFeed,
  proposeFeedSync,
  reinstateMaker,
  reinstateMakerSync,
  retireMaker,
  retireMakerSync,
  setBorrowing,
  setBorrowingSync,
  setDepositCap,
  setDepositCapSync,
  setFunding,
  setFundingSync,
  setGuardian,
  setGuardianSync,
  setMarginRatios,
  setMarginRatiosSync,
  setMarketStatus,
  setMarketStatusSync,
  setRules,
  setRulesSync,
  setSystemStatus,
  setSystemStatusSync,
};

/** The reading actions as methods, with the client and the deployment filled in. */
export type CounterpoiseReads = BoundReads<typeof reads> & BoundLookups<typeof lookups>;

/** The writing and signing actions as methods, `Sync` variants included, with the client and the deployment filled in. */
export type CounterpoiseWrites = BoundWrites<typeof writes>;

/** The owner's and the guardian's actions as methods, `Sync` variants included, with the client and the deployment filled in. */
export type CounterpoiseAdmin = BoundWrites<typeof admin>;

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
    bind({ ...reads, ...lookups, batchReads }, client, deployment) as unknown as CounterpoiseReads;

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
    bind(writes, client, deployment) as unknown as CounterpoiseWrites;

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
    bind(admin, client, deployment) as unknown as CounterpoiseAdmin;
