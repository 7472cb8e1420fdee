import { amounts, liquidation } from "@counterpoise/sdk/math";
import type { AccountId } from "./bookings.js";
import { abs, floorDiv, min, mulDivDown, positivePart, WAD } from "./integers.js";
import type { AccountState } from "./ledger.js";
import type { OraclePrice } from "./oracle.js";
import { Rejection } from "./rejection.js";
import { checkClock, type Shortfalls } from "./shortfalls.js";
import { rulesOf, type Venue } from "./venue.js";

/** Most counterparties of one deleveraging. */
export const MAX_COUNTERPARTIES = 12;

/** The account that is deleveraged: the part of its position that is still open. WAD. */
type Bankrupt = {
  account: AccountId;
  caller: AccountId;
  price: OraclePrice;
  size: bigint;
  /** Quote for which the rest must close, so that the account ends with a value of zero. */
  quote: bigint;
  /** Most that the caller can still earn. */
  bounty: bigint;
  reward: bigint;
};

/** A close against one counterparty, from the account's side. WAD. */
type Close = { state: AccountState; amount: bigint; base: bigint };

/**
 * Closes an account whose shortfall exceeds insurance (backstop/Deleveraging.sol): at its bankruptcy price against accounts with real
 * profit, the highest over notional first; after the window at the oracle's price against hedged vaults.
 *
 * @returns the closed size, WAD base.
 * @throws {Rejection}
 */
export function deleverage(
  shortfalls: Shortfalls,
  { account, caller, counterparties }: { account: AccountId; caller: AccountId; counterparties: readonly AccountId[] },
): bigint {
  const { venue } = shortfalls;
  const { ledger, oracle, makers } = venue;
  return ledger.atomically(() => {
    const price = oracle.liquidationPrice(ledger.time);
    const state = ledger.stateOf(account, price.price, ledger.accrueAt(price.price));
    checkClock(state, price);
    shortfalls.checkShortfall(account, state);
    const quote = liquidation.bankruptcyQuote(state);
    const bounty = shortfalls.bountyLeft(account);
    const bankrupt = { account, caller, price, size: state.size, quote, bounty, reward: 0n };
    const forced = closeAgainstAll(shortfalls, bankrupt, counterparties);
    const base = abs(state.size - bankrupt.size);
    if (base === 0n) throw new Rejection("NothingToDeleverage", { account });
    end(shortfalls, bankrupt);
    if (state.isMaker) forced.push({ maker: account, base: bankrupt.size - state.size });
    for (const { maker, base } of forced) makers.get(maker)?.onPositionForced(base);
    return base;
  });
}

type ForcedFill = { maker: AccountId; base: bigint };

/** The candidates by real profit over notional, highest first; those without any follow in the given order. */
function ranked(
  shortfalls: Shortfalls,
  { price, size }: Bankrupt,
  candidates: readonly AccountId[],
): { id: AccountId; rank: bigint }[] {
  const rankOf = (id: AccountId): bigint => {
    const state = shortfalls.venue.ledger.stateOf(id, price.price);
    const isOpposite = state.size > 0n ? size < 0n : size > 0n;
    if (state.size === 0n || !isOpposite || state.lastFillAt > price.publishTime) return 0n;
    const profit = shortfalls.realProfit(id, state);
    return profit === 0n ? 0n : mulDivDown(profit, WAD, amounts.notionalCeil(state.size, price.price));
  };
  return candidates
    .map((id) => ({ id, rank: rankOf(id) }))
    .sort((a, b) => (a.rank === b.rank ? 0 : a.rank < b.rank ? 1 : -1));
}

function closeAgainstAll(
  shortfalls: Shortfalls,
  bankrupt: Bankrupt,
  counterparties: readonly AccountId[],
): ForcedFill[] {
  const count = counterparties.length;
  if (count > MAX_COUNTERPARTIES) {
    throw new Rejection("TooManyCounterparties", { count: BigInt(count), max: BigInt(MAX_COUNTERPARTIES) });
  }
  const { ledger } = shortfalls.venue;
  const allowedAt = shortfalls.debtAllowedAt(bankrupt.account);
  const isWindowOver = allowedAt !== undefined && ledger.time >= allowedAt;
  const forced: ForcedFill[] = [];
  for (const { id, rank } of ranked(shortfalls, bankrupt, counterparties)) {
    if (bankrupt.size === 0n) break;
    const fill =
      rank !== 0n
        ? closeAgainstProfit(shortfalls, bankrupt, id)
        : isWindowOver
          ? closeAgainstHedged(shortfalls.venue, bankrupt, id)
          : undefined;
    if (fill) forced.push(fill);
  }
  return forced;
}

/** As much as the counterparty's position offsets, at the bankruptcy price, if its real profit pays the loss. */
function closeAgainstProfit(shortfalls: Shortfalls, bankrupt: Bankrupt, id: AccountId): ForcedFill | undefined {
  const { venue } = shortfalls;
  const { state, amount, base } = closeOf(venue, bankrupt, id);
  if (amount === 0n) return undefined;
  const { price } = bankrupt.price;
  const quote = floorDiv(bankrupt.quote * amount, abs(bankrupt.size));
  const loss = positivePart(quote - amounts.valueFloor(-base, price));
  const profit = mulDivDown(shortfalls.realProfit(id, state), amount, abs(state.size));
  if (loss > profit || !liquidation.canDeleverage(state, price, { base, quote })) return undefined;
  settleClose(venue, bankrupt, id, { base, quote });
  payCaller(shortfalls, bankrupt, id, { base, left: profit - loss });
  return state.isMaker ? { maker: id, base: -base } : undefined;
}

/** The rest against a hedged vault at the oracle's price, which takes nothing from it: its hedge trades at that price, too. */
function closeAgainstHedged(venue: Venue, bankrupt: Bankrupt, id: AccountId): ForcedFill | undefined {
  if (!venue.makers.get(id)?.isSpotHedged) return undefined;
  const { state, amount, base } = closeOf(venue, bankrupt, id);
  const { price, publishTime } = bankrupt.price;
  if (amount === 0n || state.lastFillAt > publishTime) return undefined;
  if (!amounts.isReducedBy(state.size, -base)) return undefined;
  const { ledger, oracle } = venue;
  const oldest = ledger.time - BigInt(oracle.limits.freshAge);
  if (oracle.last.publishTime < oldest) {
    throw new Rejection("LiquidationPriceTooOld", { publishTime: oracle.last.publishTime, oldest });
  }
  settleClose(venue, bankrupt, id, { base, quote: amounts.valueFloor(-base, price) });
  return { maker: id, base: -base };
}

function closeOf({ ledger }: Venue, { size, price }: Bankrupt, id: AccountId): Close {
  const state = ledger.stateOf(id, price.price);
  const amount = min(abs(size), abs(state.size));
  return { state, amount, base: size > 0n ? -amount : amount };
}

function settleClose(
  { ledger }: Venue,
  bankrupt: Bankrupt,
  id: AccountId,
  { base, quote }: { base: bigint; quote: bigint },
): void {
  const { price, publishTime } = bankrupt.price;
  ledger.settle({ taker: bankrupt.account, maker: id, base, quote, price, publishTime, tradingFee: 0n });
  bankrupt.size += base;
  bankrupt.quote -= quote;
}

/** The caller's reward for one close, out of the profit that is left to the counterparty. Makers get none. */
function payCaller(
  shortfalls: Shortfalls,
  bankrupt: Bankrupt,
  id: AccountId,
  { base, left }: { base: bigint; left: bigint },
): void {
  const { venue } = shortfalls;
  const { price } = bankrupt.price;
  const terms = { base, price, liquidationBounty: bankrupt.bounty };
  const reward = min(liquidation.rewardDown(rulesOf(venue), terms), left);
  if (reward === 0n || venue.makers.has(bankrupt.caller)) return;
  if (!liquidation.canPay(venue.ledger.stateOf(id, price), price, reward)) return;
  shortfalls.payProfit(id, bankrupt.caller, reward);
  bankrupt.bounty -= reward;
  bankrupt.reward += reward;
}

/** A whole close ends the flag and records the shortfall that closes at the oracle's price left; a part keeps the rest known. */
function end(shortfalls: Shortfalls, { account, size, quote, price, reward }: Bankrupt): void {
  if (size === 0n) {
    if (quote > 0n) shortfalls.venue.ledger.coverShortfall(account);
    shortfalls.end(account);
  } else {
    shortfalls.countReward(account, reward);
    shortfalls.update(account, positivePart(quote - amounts.valueFloor(size, price.price)));
  }
}
