import type { AccountId, Booking } from "./bookings.js";
import { deleverage } from "./deleveraging.js";
import { Ledger } from "./ledger.js";
import { type Liquidation, type LiquidationParameters, liquidate } from "./liquidation.js";
import { LpVault } from "./lp/lp-vault.js";
import { BaseVault } from "./makers/base-vault.js";
import type { HedgedVault } from "./makers/hedged-vault.js";
import type { Maker } from "./makers/maker.js";
import { OracleMaker } from "./makers/oracle-maker.js";
import { QuoteVault } from "./makers/quote-vault.js";
import { Oracle, type OraclePrice } from "./oracle.js";
import type { HedgeSettings, MarketParameters, OracleMakerSettings, QuoteVaultSettings } from "./parameters.js";
import { Rejection } from "./rejection.js";
import { Shortfalls } from "./shortfalls.js";
import type { SpotPool } from "./spot/pool.js";
import { type Trade, type TradeParameters, trade } from "./trading.js";

/** The settings of an exchange with one market. */
export type ExchangeParameters = MarketParameters & {
  oracleMaker: OracleMakerSettings;
  baseVault: HedgeSettings;
  quoteVault: QuoteVaultSettings;
};

/** The names of the makers' accounts. */
export const MAKERS = { oracle: "OracleMaker", base: "SpotHedgeBaseMaker", quote: "SpotHedgeQuoteMaker" } as const;

/**
 * One market with its makers. Amounts, their rounding and the reasons of rejections are those of the contracts: the conformance test
 * replays its operations on a chain. Every operation changes everything or, when it throws a {@link Rejection}, nothing.
 */
export class Exchange {
  readonly ledger: Ledger;
  readonly oracle: Oracle;
  readonly makers = new Map<AccountId, Maker>();
  readonly shortfalls: Shortfalls;
  readonly oracleMaker: OracleMaker;
  readonly baseVault: BaseVault;
  readonly quoteVault: QuoteVault;
  /** The LPs of each maker. */
  readonly lpVaults = new Map<AccountId, LpVault>();

  constructor(
    readonly parameters: ExchangeParameters,
    /** Where the hedged vaults hedge. */
    readonly pool: SpotPool,
    record: (booking: Booking) => void = () => {},
  ) {
    this.ledger = new Ledger(parameters, record);
    this.oracle = new Oracle(parameters.oracle);
    this.shortfalls = new Shortfalls(this);
    const { ledger, oracle } = this;
    const withheld = (price: bigint) => this.shortfalls.withheldFrom(MAKERS.oracle, price);
    this.oracleMaker = new OracleMaker(MAKERS.oracle, parameters.oracleMaker, ledger, oracle, withheld);
    this.baseVault = new BaseVault(MAKERS.base, parameters.baseVault, ledger, oracle, pool);
    this.quoteVault = new QuoteVault(MAKERS.quote, parameters.quoteVault, ledger, oracle, pool);
    for (const maker of [this.oracleMaker, this.baseVault, this.quoteVault]) {
      this.makers.set(maker.id, maker);
      this.lpVaults.set(maker.id, new LpVault(maker, { requestFee: 0 }));
    }
  }

  /** The LPs of a maker. @throws {Rejection} `UnknownMaker` */
  lpVaultOf(maker: AccountId): LpVault {
    const vault = this.lpVaults.get(maker);
    if (!vault) throw new Rejection("UnknownMaker", { maker });
    return vault;
  }

  /** A hedged vault. @throws {Rejection} `UnknownMaker` */
  hedgedVaultOf(maker: AccountId): HedgedVault {
    const vault = [this.baseVault, this.quoteVault].find(({ id }) => id === maker);
    if (!vault) throw new Rejection("UnknownMaker", { maker });
    return vault;
  }

  /** Sets the time, seconds. Fees accrue with the next operation. */
  setTime(time: bigint): void {
    this.ledger.time = time;
  }

  /** Stores a price of the oracle. */
  publish(price: OraclePrice): void {
    this.oracle.store(price);
  }

  /** Adds collateral to a margin, in its own decimals. */
  deposit(account: AccountId, amountXCD: bigint): void {
    this.ledger.atomically(() => this.ledger.receive(account, amountXCD));
  }

  /** Withdraws free margin, in the collateral's own decimals. @throws {Rejection} */
  withdraw(account: AccountId, amountXCD: bigint): void {
    const { ledger, oracle } = this;
    ledger.atomically(() =>
      ledger.withdraw(account, amountXCD, (lastFillAt) => oracle.withdrawalPrice(ledger.time, lastFillAt).price),
    );
  }

  /** Adds collateral to the insurance, which covers bad debt first; in the collateral's own decimals. @throws {Rejection} */
  donate(donor: AccountId, amountXCD: bigint): void {
    this.ledger.atomically(() => this.ledger.donate(donor, amountXCD));
  }

  /** Trades at the oracle's price. @throws {Rejection} */
  trade(parameters: TradeParameters): Trade {
    return trade(this, parameters);
  }

  /** Liquidates an account below maintenance. @throws {Rejection} */
  liquidate(parameters: LiquidationParameters): Liquidation {
    return liquidate(this, parameters, (account) => this.shortfalls.debtAllowedAt(account));
  }

  /** Flags a shortfall beyond insurance. @returns the keeper's reward, WAD quote. @throws {Rejection} */
  flagShortfall(account: AccountId, keeper: AccountId): bigint {
    return this.shortfalls.flag(account, keeper);
  }

  /** Deleverages an account with a shortfall beyond insurance. @returns the closed base, WAD. @throws {Rejection} */
  deleverage(parameters: { account: AccountId; caller: AccountId; counterparties: readonly AccountId[] }): bigint {
    return deleverage(this.shortfalls, parameters);
  }
}
