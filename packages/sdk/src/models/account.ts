import type { Address } from "viem";
import type { Fees } from "../entities/account.js";
import { isReducedBy, notionalCeil, valueFloor } from "../maths/amounts.js";
import * as fees from "../maths/fees.js";
import { abs, floorDiv, max, min, mulDivDown, mulDivUp, PPM, positivePart, WAD } from "../maths/integers.js";
import { closableUp, liquidationPrice, penaltyDown } from "../maths/liquidation.js";
import { type FillSide, isBelow, requirementCeil, violationOf } from "../maths/margin.js";
import { applyFill, type StoredPosition, value } from "../maths/position.js";
import { type CollateralAmount, InvalidAmountError, type Wad } from "../units.js";
import type { Fill } from "./fill.js";
import type { Market, Obstacle } from "./market.js";

/** The state from which an {@link Account} computes, as `loadAccount` reads it. */
export type AccountData = {
  address: Address;
  market: Market;
  position: StoredPosition;
  /** In the collateral's own decimals. */
  fund: CollateralAmount;
};

/**
 * One account in a market at one moment, immutable. Its values equal those of the lens at the same block and time, to the last
 * wei. Amounts WAD unless stated otherwise. A value that needs a price is undefined while the market has none.
 *
 * @example
 * const account = await loadAccount(client, { deployment, account: address });
 * account.withPrice(parseWad("1900")).leverage; // 6123400000000000000n, 6.1234x
 */
export class Account {
  readonly #data: AccountData;

  constructor(data: AccountData) {
    this.#data = data;
  }

  get address(): Address {
    return this.#data.address;
  }
  get market(): Market {
    return this.#data.market;
  }
  /** As the Vault stores it, before pending fees. */
  get position(): StoredPosition {
    return this.#data.position;
  }
  /** In the collateral's own decimals. */
  get fund(): CollateralAmount {
    return this.#data.fund;
  }
  /** WAD base; long above zero. */
  get size(): Wad {
    return this.position.size;
  }
  /** Undefined without a position. */
  get side(): "long" | "short" | undefined {
    return this.size === 0n ? undefined : this.size > 0n ? "long" : "short";
  }
  /** Owed above zero, rounded against the account. */
  get pendingFees(): Fees {
    return fees.pending(this.position, this.market.fees, this.market.feeRates.indexDecimals);
  }
  /** After pending fees. */
  get margin(): Wad {
    const { funding, borrowing } = this.pendingFees;
    return this.position.margin - funding - borrowing;
  }
  /** The average price at which the position was opened, rounded down; undefined without a position. */
  get entryPrice(): Wad | undefined {
    return this.size === 0n ? undefined : (abs(this.position.openNotional) * WAD) / abs(this.size);
  }
  /** |size| x price, rounded up. */
  get notional(): Wad | undefined {
    return this.size === 0n ? 0n : this.#priced((price) => notionalCeil(this.size, price));
  }
  /** The profit (above zero) or loss of the open position at the price, rounded down, before pending fees. */
  get unrealizedPnl(): Wad | undefined {
    if (this.size === 0n) return 0n;
    return this.#priced((price) => this.position.openNotional + valueFloor(this.size, price));
  }
  /** Margin after pending fees, plus the profit of the open position; rounded down. */
  get accountValue(): Wad | undefined {
    if (this.size === 0n) return this.margin;
    return this.#priced((price) => value({ ...this.position, margin: this.margin }, price));
  }
  /** Account value over notional, rounded down; undefined without a position. */
  get marginRatio(): Wad | undefined {
    const { accountValue, notional } = this;
    return accountValue === undefined || !notional ? undefined : floorDiv(accountValue * WAD, notional);
  }
  /** Notional over account value, rounded up; undefined without a position, and when the value is not above zero. */
  get leverage(): Wad | undefined {
    const { accountValue, notional } = this;
    return !accountValue || accountValue < 0n || !notional ? undefined : mulDivUp(notional, WAD, accountValue);
  }
  /** Rounded up. */
  get initialRequirement(): Wad | undefined {
    return this.#requirement(this.market.initialMarginRatio);
  }
  /** Rounded up. */
  get maintenanceRequirement(): Wad | undefined {
    return this.#requirement(this.market.maintenanceMarginRatio);
  }
  /**
   * The margin that the account can withdraw, in the collateral's own decimals, rounded down. Profit that is not realised does not
   * count. Zero in a frozen market with a position.
   */
  get freeMargin(): CollateralAmount | undefined {
    const { market, margin, position } = this;
    const free = (left: bigint, required: bigint) =>
      left <= required ? 0n : min((left - required) / market.collateralScale, market.balance);
    if (this.size === 0n) return free(position.margin, 0n);
    if (market.isFrozen) return 0n;
    const { accountValue, initialRequirement } = this;
    if (accountValue === undefined || initialRequirement === undefined) return undefined;
    return free(min(margin, accountValue), initialRequirement);
  }
  /**
   * The last price at which the account is not liquidatable, with pending fees as they are. Undefined without a position; zero for a
   * long that is safe at every price, and for a short that is liquidatable at every price.
   */
  get liquidationPrice(): Wad | undefined {
    if (this.size === 0n) return undefined;
    const equity = this.margin + this.position.openNotional;
    const { maintenanceMarginRatio } = this.market;
    return liquidationPrice({ size: this.size, equity, maintenanceMarginRatio });
  }
  /** Whether the account is below maintenance at the price. The exchange also checks status, grace period and age of the price. */
  get isBelowMaintenance(): boolean | undefined {
    const { accountValue, maintenanceRequirement } = this;
    if (this.size === 0n) return false;
    if (accountValue === undefined || maintenanceRequirement === undefined) return undefined;
    return isBelow(accountValue, maintenanceRequirement);
  }
  /**
   * A liquidation of as much as the exchange admits at the price: the closed size, the penalty and the liquidator's reward.
   * Undefined for an account that is not below maintenance.
   */
  get liquidation(): { base: Wad; penalty: Wad; reward: Wad } | undefined {
    const { accountValue, maintenanceRequirement, market, size } = this;
    if (!this.isBelowMaintenance || accountValue === undefined || maintenanceRequirement === undefined)
      return undefined;
    const base = closableUp({ size, value: accountValue }, maintenanceRequirement);
    const terms = { base, price: market.priceFor("liquidation"), liquidationBounty: market.rules.liquidationBounty };
    return {
      base,
      ...penaltyDown({ size, value: accountValue, insurance: market.insurance }, market.rules, terms),
    };
  }
  /** The notional by which the position can still grow at the oracle price, before fees and premiums; rounded down. */
  get buyingPower(): Wad | undefined {
    const { accountValue, notional } = this;
    if (accountValue === undefined || notional === undefined) return undefined;
    const most = mulDivDown(positivePart(accountValue), PPM, BigInt(this.market.initialMarginRatio));
    return max(0n, most - notional);
  }
  /** The fees of the next hour if no transaction changes the market; owed above zero. */
  get feesPerHour(): Fees {
    const [now, later] = [this.pendingFees, this.at(this.market.time + 3_600n).pendingFees];
    return { funding: later.funding - now.funding, borrowing: later.borrowing - now.borrowing };
  }

  /** The account at a later time, Unix seconds. @throws {@link InvalidAmountError} for a time before the market's. */
  at(time: bigint): Account {
    return this.#with({ market: this.market.at(time) });
  }

  /** The account at another oracle price, WAD. @throws {@link InvalidAmountError} for a price outside 1 to 2^128 - 1. */
  withPrice(price: Wad, confidence?: Wad): Account {
    return this.#with({ market: this.market.withPrice(price, confidence) });
  }

  /** The account in another state of its market. */
  in(market: Market): Account {
    return this.#with({ market });
  }

  /**
   * The account with more margin, or with less below zero, WAD quote.
   *
   * @throws {@link InvalidAmountError} for an amount finer than a unit of the collateral.
   */
  addMargin(amount: Wad): Account {
    const { collateralScale } = this.market;
    if (amount % collateralScale !== 0n) {
      const accepted = `a multiple of ${collateralScale}, one unit of the collateral`;
      throw new InvalidAmountError({ field: "margin", value: amount, accepted });
    }
    const market = this.market.addBalance(amount / collateralScale);
    return this.#with({ market, position: { ...this.position, margin: this.position.margin + amount } });
  }

  /**
   * The account after a fill, as its maker if it is one and else as its taker: pending fees are paid, the position has changed, and
   * a taker has paid the trading fee.
   */
  apply(fill: Fill): Account {
    const { position, market } = this.#settle(fill);
    return this.#with({ position, market });
  }

  /**
   * The reason for which the exchange would reject a fill on this account's side, with the values that it would report; undefined
   * without one. It covers status, price band, margin and minimum position value.
   */
  obstacleTo(fill: Fill): Obstacle | undefined {
    const { side, isTaker, market } = this.#settle(fill);
    const { sizeBefore, sizeAfter } = side;
    const reduces = isReducedBy(sizeBefore, sizeAfter - sizeBefore);
    const { price } = fill;
    const increase = isTaker && !reduces ? this.market.increaseObstacle(fill) : undefined;
    if (increase) return increase;
    const { initialMarginRatio, maintenanceMarginRatio } = market;
    // A trade that reduces a maker's exposure does not depend on the maker's margin.
    const violation =
      isTaker || !reduces ? violationOf(side, { price, initialMarginRatio, maintenanceMarginRatio }) : undefined;
    if (violation) {
      const { errorName, ...named } = violation;
      return { errorName, named: { account: this.address, ...named } };
    }
    if (!isTaker || sizeAfter === 0n) return undefined;
    const positionValue = notionalCeil(sizeAfter, price);
    const minValue = market.minPositionValue;
    return positionValue < minValue
      ? { errorName: "PositionBelowMinimum", named: { value: positionValue, minimum: minValue } }
      : undefined;
  }

  #settle(fill: Fill): { side: FillSide; position: StoredPosition; market: Market; isTaker: boolean } {
    const isTaker = !this.position.isMaker;
    const { price } = fill;
    const before = { ...this.position, margin: this.margin };
    const [base, quote] = isTaker ? [fill.base, fill.quote] : [-fill.base, -fill.quote];
    const after = applyFill(before, { base, quote }).position;
    if (isTaker) after.margin -= fill.tradingFee;
    const market = this.market.apply(fill);
    const { fundingIndex } = market.fees;
    const borrowingIndex = BigInt.asUintN(64, fees.borrowingIndexOf(market.fees, !isTaker, after.size));
    const publishTime = max(before.lastFillAt, this.market.publishTime ?? 0n);
    const lastFillAt = after.size === 0n && isTaker ? 0n : publishTime;
    const position = { ...after, fundingIndex, borrowingIndex, lastFillAt, closes: after.closes % 2n ** 15n };
    const [valueBefore, valueAfter] = [value(before, price), value(after, price)];
    return {
      side: { sizeBefore: before.size, sizeAfter: after.size, valueBefore, valueAfter },
      position,
      market,
      isTaker,
    };
  }

  #priced<result>(compute: (price: Wad) => result): result | undefined {
    return this.market.price === undefined ? undefined : compute(this.market.price);
  }

  #requirement(ratio: number): Wad | undefined {
    const { notional } = this;
    return notional === undefined ? undefined : requirementCeil(notional, ratio);
  }

  #with(change: Partial<AccountData>): Account {
    return new Account({ ...this.#data, ...change });
  }
}
