import { amounts, liquidation, margin } from "@counterpoise/sdk/math";
import type { AccountId } from "./bookings.js";
import { positivePart } from "./integers.js";
import type { AccountState, Settlement } from "./ledger.js";
import type { OraclePrice } from "./oracle.js";
import { Rejection } from "./rejection.js";
import { checkMargin, checkMinMarginRatio } from "./trading.js";
import { makerOf, rulesOf, type Venue } from "./venue.js";

/** A liquidation. */
export type LiquidationParameters = {
  account: AccountId;
  /** Takes the position over, or closes it against a maker and bears the difference to the oracle's price. */
  liquidator: AccountId;
  /** Undefined: a takeover. */
  maker?: AccountId | undefined;
  /** Most size to close, WAD base. */
  amount: bigint;
};

/** The time from which a shortfall of an account may be recorded as bad debt, seconds; undefined while it is not flagged. */
export type DebtWindow = (account: AccountId) => bigint | undefined;

/** The result of a liquidation, WAD. */
export type Liquidation = {
  base: bigint;
  reward: bigint;
  penalty: bigint;
  /** Bad debt that it recorded. */
  badDebt: bigint;
};

/** Size, price and payments of a close, determined before any state changes. */
type Close = {
  price: OraclePrice;
  amount: bigint;
  /** The account's side, signed. */
  base: bigint;
  quote: bigint;
  penalty: bigint;
  reward: bigint;
};

/**
 * Liquidates an account below maintenance (clearing-house/Liquidation.sol): rung 1, and where the account ends flat with a loss rungs
 * 2 and 4 of docs/specification.md, section 12.
 *
 * @throws {Rejection}
 */
export function liquidate(venue: Venue, parameters: LiquidationParameters, debtAllowedAt: DebtWindow): Liquidation {
  return venue.ledger.atomically(() => {
    checkLiquidator(venue, parameters);
    const { ledger, oracle } = venue;
    const price = oracle.liquidationPrice(ledger.time);
    const state = ledger.stateOf(parameters.account, price.price, ledger.accrueAt(price.price));
    if (price.publishTime < state.lastFillAt) {
      throw new Rejection("PriceOlderThanFill", { publishTime: price.publishTime, lastFillAt: state.lastFillAt });
    }
    const close = determineClose(venue, parameters, state, price);
    checkDeleveraged(venue, parameters.account, state, debtAllowedAt);
    const { settled, cost } = parameters.maker
      ? closeAgainstMaker(venue, { ...parameters, maker: parameters.maker }, close)
      : { settled: settle(venue, parameters.account, parameters.liquidator, close, close.quote), cost: 0n };
    const { reward, toAccount } = settlePenalty(venue, parameters, close, cost);
    checkCounterparty(venue, parameters, close, settled, reward);
    const valueAfter = settled.taker.valueAfter + toAccount;
    const isShort = settled.taker.sizeAfter === 0n && valueAfter < 0n;
    const before = ledger.insurance;
    if (isShort && !paysOwnDebt(venue, parameters.account)) ledger.coverShortfall(parameters.account);
    venue.makers.get(parameters.account)?.onPositionForced(close.base);
    const badDebt = positivePart(-ledger.insurance) - positivePart(-before);
    return { base: close.amount, reward: positivePart(reward), penalty: close.penalty, badDebt: positivePart(badDebt) };
  });
}

/** Whether an account is a maker with assets of its own, which pay before any other account does (T64). */
export const paysOwnDebt = ({ makers }: Venue, account: AccountId): boolean =>
  makers.get(account)?.paysOwnDebt ?? false;

function checkLiquidator(venue: Venue, { account, liquidator, maker }: LiquidationParameters): void {
  if (liquidator === account) throw new Rejection("LiquidatorIsAccount", { account });
  if (venue.makers.has(liquidator)) throw new Rejection("TakerIsMaker", { liquidator });
  if (maker === undefined) return;
  if (maker === account) throw new Rejection("TakerIsMaker", { account });
  makerOf(venue, maker);
}

function determineClose(
  venue: Venue,
  { account, amount: wanted }: LiquidationParameters,
  state: AccountState,
  price: OraclePrice,
): Close {
  const rules = rulesOf(venue);
  const requirement = liquidation.maintenanceCeil(state, price.price);
  if (!margin.isBelow(state.value, requirement)) {
    throw new Rejection("NotLiquidatable", { account, value: state.value, requirement });
  }
  if (wanted === 0n) throw new Rejection("ZeroAmount");
  const closable = liquidation.closableUp(state, requirement);
  const limits = { wanted, closable, minPositionValue: rules.minPositionValue };
  const amount = liquidation.toClose(state, price.price, limits);
  const { liquidationBounty } = rules;
  return {
    price,
    amount,
    base: state.size > 0n ? -amount : amount,
    quote: liquidation.quoteAtOracleFloor(state, price.price, amount),
    ...liquidation.penaltyDown(state, rules, { base: amount, price: price.price, liquidationBounty }),
  };
}

/** A shortfall beyond insurance must have been open to deleveraging for the market's window: rung 3 precedes rung 4. */
function checkDeleveraged(venue: Venue, account: AccountId, state: AccountState, debtAllowedAt: DebtWindow): void {
  const left = state.value + positivePart(state.insurance);
  if (left >= 0n || state.size === 0n || paysOwnDebt(venue, account)) return;
  if (rulesOf(venue).deleverageWindow === 0) return;
  const allowedAt = debtAllowedAt(account);
  if (allowedAt === undefined || venue.ledger.time < allowedAt) {
    throw new Rejection("DeleverageFirst", { account, left, ...(allowedAt !== undefined && { allowedAt }) });
  }
}

/** Settles a forced change of `account` with a counterparty. WAD quote, from the account's side. */
function settle(venue: Venue, account: AccountId, counterparty: AccountId, close: Close, quote: bigint): Settlement {
  const { base, price } = close;
  const { publishTime } = price;
  return venue.ledger.settle({
    ...{ taker: account, maker: counterparty, base, quote, price: price.price, publishTime, tradingFee: 0n },
  });
}

/** The account trades with the maker at the maker's price. `cost`: what it loses against the oracle's price by that, WAD. */
function closeAgainstMaker(
  venue: Venue,
  { account, maker: id }: { account: AccountId; maker: AccountId },
  close: Close,
): { settled: Settlement; cost: bigint } {
  const { ledger, oracle } = venue;
  const maker = makerOf(venue, id);
  const oldest = ledger.time - BigInt(oracle.limits.freshAge);
  if (!maker.isSpotHedged && close.price.publishTime < oldest) {
    throw new Rejection("LiquidationPriceTooOld", { publishTime: close.price.publishTime, oldest });
  }
  const sells = close.base < 0n;
  const request = { isBaseToQuote: sells, isExactInput: sells, amount: close.amount, takerSize: 0n };
  const opposite = maker.fill(request, { ...close.price, confidence: 0n });
  const quote = sells ? opposite : -opposite;
  const settled = settle(venue, account, id, close, quote);
  if (!amounts.isReducedBy(settled.maker.sizeBefore, -close.base)) {
    checkMinMarginRatio(settled.maker, close.price.price, maker.minMarginRatio);
  }
  return { settled, cost: close.quote - quote };
}

/** The account ends as if closed at the oracle's price less the penalty, at any price of the maker. WAD. */
function settlePenalty(
  { ledger }: Venue,
  { account, liquidator }: LiquidationParameters,
  close: Close,
  cost: bigint,
): { reward: bigint; toAccount: bigint } {
  const reward = close.reward - cost;
  if (reward < 0n) throw new Rejection("RewardTooLow", { reward, minReward: 0n });
  const toAccount = cost - close.penalty;
  if (reward !== 0n || toAccount !== 0n) ledger.settlePenalty(account, liquidator, toAccount, reward);
  return { reward, toAccount };
}

/** L6 of the counterparty: the liquidator with its reward, or a maker whose exposure increased. */
function checkCounterparty(
  venue: Venue,
  { liquidator, maker }: LiquidationParameters,
  { base, price }: Close,
  settled: Settlement,
  reward: bigint,
): void {
  if (maker === undefined) {
    const side = { ...settled.maker, valueAfter: settled.maker.valueAfter + reward };
    checkMargin(venue, side, liquidator, price.price);
  } else if (!amounts.isReducedBy(settled.maker.sizeBefore, -base)) {
    checkMargin(venue, settled.maker, maker, price.price);
  }
}
