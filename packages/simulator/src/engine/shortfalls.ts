import { liquidation } from "@counterpoise/sdk/math";
import type { AccountId } from "./bookings.js";
import { max, min, positivePart } from "./integers.js";
import type { AccountState } from "./ledger.js";
import { paysOwnDebt } from "./liquidation.js";
import type { OraclePrice } from "./oracle.js";
import { Rejection } from "./rejection.js";
import { rulesOf, type Venue } from "./venue.js";

/** A flagged shortfall. */
type Flag = {
  /** Seconds. */
  flaggedAt: bigint;
  /** WAD quote that keepers were paid for this account since it was last closed whole. */
  rewarded: bigint;
  /** WAD quote. */
  shortfall: bigint;
};

const MIN_FLAG_VALIDITY = 86_400n;
/** The keeper that flags an account earns at most this part of its bounty. */
const FLAG_BOUNTY_DIVISOR = 2n;
const MAX_BOUNTY = 2n ** 88n - 1n;

/**
 * Known shortfalls and real profit (backstop/Shortfalls.sol). Any account can flag an account whose shortfall exceeds insurance. The
 * flag opens the window before bad debt.
 */
export class Shortfalls {
  /** Sum of the flagged shortfalls, WAD quote. */
  flagged = 0n;
  readonly #flags = new Map<AccountId, Flag>();
  readonly #paidProfits = new Map<AccountId, { amount: bigint; closes: bigint }>();

  constructor(readonly venue: Venue) {}

  /**
   * Flags an account whose shortfall exceeds insurance. A maker in profit pays the keeper.
   *
   * @returns the keeper's reward, WAD quote.
   * @throws {Rejection}
   */
  flag(account: AccountId, keeper: AccountId): bigint {
    const { ledger, oracle } = this.venue;
    return ledger.atomically(() => {
      const price = oracle.liquidationPrice(ledger.time);
      const state = ledger.stateOf(account, price.price);
      checkClock(state, price);
      this.checkShortfall(account, state);
      this.#setShortfall(account, positivePart(-state.value));
      const flag = this.#flagOf(account);
      if (this.#isValid(flag)) return 0n;
      this.#set(account, { ...flag, flaggedAt: ledger.time });
      return this.#payKeeper(account, keeper, state.size, price);
    });
  }

  /** Renews the account's part of the flagged shortfalls at the current price. @throws {Rejection} */
  resolve(account: AccountId): void {
    const { ledger, oracle } = this.venue;
    ledger.atomically(() => {
      let value = ledger.positionOf(account).margin;
      if (ledger.positionOf(account).size !== 0n) {
        const price = oracle.liquidationPrice(ledger.time);
        const state = ledger.stateOf(account, price.price);
        checkClock(state, price);
        value = state.value;
      }
      this.#setShortfall(account, min(positivePart(-value), this.#flagOf(account).shortfall));
    });
  }

  /** The time from which a shortfall may be recorded as bad debt, seconds; undefined without a valid flag. */
  debtAllowedAt(account: AccountId): bigint | undefined {
    const window = BigInt(rulesOf(this.venue).deleverageWindow);
    if (window === 0n) return 0n;
    const flag = this.#flagOf(account);
    return this.#isValid(flag) ? flag.flaggedAt + window : undefined;
  }

  /** Part of a maker's value that stays behind in redemptions, because its profit may have to pay a shortfall (T58). WAD quote. */
  withheldFrom(maker: AccountId, price: bigint): bigint {
    const { ledger } = this.venue;
    const beyond = positivePart(this.flagged - ledger.availableInsurance);
    return beyond === 0n ? 0n : min(beyond, this.realProfit(maker, ledger.stateOf(maker, price)));
  }

  /** E4: profit of an open position that it has not paid yet, at most the account value; none of a hedged vault. WAD quote, down. */
  realProfit(account: AccountId, state: AccountState): bigint {
    const profit = liquidation.profitDown(state);
    if (profit === 0n || this.venue.makers.get(account)?.isSpotHedged) return 0n;
    const paid = this.#paidProfits.get(account);
    return paid && paid.closes === state.closes ? positivePart(profit - paid.amount) : profit;
  }

  /** Moves profit of an open position to another account's margin, WAD quote. */
  payProfit(payer: AccountId, receiver: AccountId, amount: bigint): void {
    const { ledger } = this.venue;
    ledger.settlePenalty(payer, receiver, -amount, amount);
    const { size, closes } = ledger.positionOf(payer);
    if (size === 0n) return;
    const before = this.#paidProfits.get(payer);
    ledger.onFailure(() => {
      if (before) this.#paidProfits.set(payer, before);
      else this.#paidProfits.delete(payer);
    });
    this.#paidProfits.set(payer, { amount: (before?.closes === closes ? before.amount : 0n) + amount, closes });
  }

  /** The shortfall that a part of an account's position leaves, if the account is flagged. WAD quote. */
  update(account: AccountId, shortfall: bigint): void {
    if (this.#flagOf(account).shortfall !== 0n) this.#setShortfall(account, shortfall);
  }

  /** Ends the flag of an account that was closed whole. */
  end(account: AccountId): void {
    this.#setShortfall(account, 0n);
    this.#set(account, undefined);
  }

  /** The part of an account's bounty that no keeper has been paid yet, WAD quote. */
  bountyLeft(account: AccountId): bigint {
    const bounty = min(rulesOf(this.venue).liquidationBounty, MAX_BOUNTY);
    return positivePart(bounty - this.#flagOf(account).rewarded);
  }

  /** Counts a keeper's reward, WAD quote. */
  countReward(account: AccountId, reward: bigint): void {
    const flag = this.#flagOf(account);
    this.#set(account, { ...flag, rewarded: flag.rewarded + reward });
  }

  /** @throws {Rejection} `NoShortfallBeyondInsurance`, `PaysOwnDebt` */
  checkShortfall(account: AccountId, { size, value, insurance }: AccountState): void {
    if (size === 0n || value + positivePart(insurance) >= 0n) {
      throw new Rejection("NoShortfallBeyondInsurance", { account, value, insurance });
    }
    if (paysOwnDebt(this.venue, account)) throw new Rejection("PaysOwnDebt", { account });
  }

  #payKeeper(account: AccountId, keeper: AccountId, size: bigint, { price, publishTime }: OraclePrice): bigint {
    const { makers, ledger } = this.venue;
    if (makers.has(keeper)) return 0n;
    const liquidationBounty = this.bountyLeft(account) / FLAG_BOUNTY_DIVISOR;
    const reward = liquidation.rewardDown(rulesOf(this.venue), { base: size, price, liquidationBounty });
    if (reward === 0n) return 0n;
    for (const id of makers.keys()) {
      const maker = ledger.stateOf(id, price);
      if (maker.lastFillAt > publishTime || !liquidation.canPay(maker, price, reward)) continue;
      if (this.realProfit(id, maker) < reward) continue;
      this.payProfit(id, keeper, reward);
      this.countReward(account, reward);
      return reward;
    }
    return 0n;
  }

  #setShortfall(account: AccountId, shortfall: bigint): void {
    const flag = this.#flagOf(account);
    if (flag.shortfall === shortfall) return;
    const before = this.flagged;
    this.venue.ledger.onFailure(() => {
      this.flagged = before;
    });
    this.flagged += shortfall - flag.shortfall;
    this.#set(account, { ...flag, shortfall });
  }

  #flagOf(account: AccountId): Flag {
    return this.#flags.get(account) ?? { flaggedAt: 0n, rewarded: 0n, shortfall: 0n };
  }

  #set(account: AccountId, flag: Flag | undefined): void {
    const before = this.#flags.get(account);
    const put = (value: Flag | undefined) =>
      value === undefined ? this.#flags.delete(account) : this.#flags.set(account, value);
    this.venue.ledger.onFailure(() => put(before));
    put(flag);
  }

  #isValid({ flaggedAt }: Flag): boolean {
    const window = BigInt(rulesOf(this.venue).deleverageWindow);
    return flaggedAt !== 0n && this.venue.ledger.time <= flaggedAt + window + max(window, MIN_FLAG_VALIDITY);
  }
}

/** E1: no forced change at a price that was published before that of the account's last fill. @throws {Rejection} */
export function checkClock({ lastFillAt }: AccountState, { publishTime }: OraclePrice): void {
  if (publishTime < lastFillAt) throw new Rejection("PriceOlderThanFill", { publishTime, lastFillAt });
}
