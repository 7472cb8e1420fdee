import { createRandom, type Random, type TakerSpec } from "@counterpoise/agents";
import {
  deposit,
  depositToMargin,
  getEscrow,
  getFund,
  getPendingFees,
  getPosition,
  type Position,
  setOperator,
  transferFundToMargin,
  transferMarginToFund,
  waitForSuccess,
} from "@counterpoise/sdk";
import { accountValue, COLLATERAL_SCALE, FLAT, type Party, PPM, USD, WAD } from "@counterpoise/testkit";
import type { Hash } from "viem";
import type { Chain } from "./chain.js";
import type { TakerReport } from "./report.js";
import { takersOf, type World } from "./world.js";

/** A taker, or the liquidator, with its account. Collateral in its own decimals. */
export type Trader = {
  name: string;
  /** Undefined for the liquidator, which only closes the positions that it has taken over. */
  spec: TakerSpec | undefined;
  random: Random;
  actor: Party;
  position: Position;
  /** Seconds. */
  openedAt: number;
  askedAt: number;
  /** Whether an order is open. */
  isBusy: boolean;
  /** Collateral at the start, and the part that is not in the Vault. */
  collateral: bigint;
  wallet: bigint;
  trades: number;
  liquidations: number;
  /** Quote traded, at oracle prices, WAD. */
  volume: bigint;
  /** Quote paid in excess of the oracle price, WAD. */
  paidAboveOracle: bigint;
  /** WAD quote: trading fees, and funding and borrowing paid less received. */
  fees: bigint;
};

/** Part of a trader's collateral that stays in its fund for the bonds of its orders. */
const FUND_PART = 5n;

/** Margin above notional / leverage, for the trading fee and the maker's premium: parts per million of the margin. */
const MARGIN_RESERVE = 10_000n;

/** Manages the accounts of takers and of the liquidator. */
export class Traders {
  readonly takers: readonly Trader[];
  readonly liquidator: Trader;
  readonly #world: World;
  readonly #chain: Chain;

  constructor(world: World, chain: Chain, seed: number) {
    this.#world = world;
    this.#chain = chain;
    const { config, takers, liquidator } = world;
    const trader = (name: string, actor: Party, collateral: number, spec?: TakerSpec): Trader => ({
      name,
      spec,
      random: createRandom(seed, "taker", name),
      actor,
      position: FLAT,
      openedAt: 0,
      askedAt: 0,
      isBusy: false,
      collateral: BigInt(Math.ceil(collateral)) * USD,
      wallet: BigInt(Math.ceil(collateral)) * USD,
      trades: 0,
      liquidations: 0,
      volume: 0n,
      paidAboveOracle: 0n,
      fees: 0n,
    });
    this.takers = takersOf(config).map(({ name, spec }, i) => trader(name, takers[i] as Party, spec.collateral, spec));
    this.liquidator = trader("liquidator", liquidator, config.population.liquidator.collateral);
  }

  /** Takers and the liquidator. */
  get all(): readonly Trader[] {
    return [...this.takers, this.liquidator];
  }

  /** Deposits funds, approves the gateway, and gives the liquidator its margin. */
  async fund(): Promise<void> {
    const { deployment } = this.#world;
    for (const trader of this.all) {
      const { actor } = trader;
      await this.#send(trader, () => setOperator(actor, { deployment, approved: true }));
      const amount = trader.collateral / FUND_PART;
      await this.#send(trader, () => deposit(actor, { deployment, amount }));
      trader.wallet -= amount;
      trader.askedAt = this.#chain.now;
    }
    const { liquidator } = this;
    const amount = liquidator.wallet;
    await this.#send(liquidator, () => depositToMargin(liquidator.actor, { deployment, amount }));
    liquidator.wallet = 0n;
    await this.refresh(liquidator);
  }

  /**
   * Brings the margin of a trader without a position to that of an order. Returns the notional that the trader can bear at
   * its leverage, WAD quote: less than the wanted one when collateral is short, and zero when it is used up.
   */
  async prepareMargin(trader: Trader, notional: bigint, leverage: number): Promise<bigint> {
    const { deployment } = this.#world;
    const { actor } = trader;
    const highest = (0.95 * 1_000_000) / this.#world.config.market.initialMarginRatio;
    const leveragePpm = BigInt(Math.floor(Math.min(leverage, highest) * Number(PPM)));
    const marginOf = (wanted: bigint) =>
      (((wanted * PPM) / leveragePpm) * (PPM + MARGIN_RESERVE)) / PPM / COLLATERAL_SCALE + 1n;
    const margin = trader.position.margin / COLLATERAL_SCALE;
    const available = margin + trader.wallet;
    const isShort = marginOf(notional) > available;
    const bearable = isShort ? (available * COLLATERAL_SCALE * leveragePpm) / (PPM + MARGIN_RESERVE) : notional;
    if (bearable < 2n * BigInt(this.#world.config.market.minPositionValue) * WAD) return 0n;
    const target = isShort ? available : marginOf(bearable);
    if (target > margin) {
      const amount = target - margin;
      await this.#send(trader, () => depositToMargin(actor, { deployment, amount }));
      trader.wallet -= amount;
    } else if (margin - target > target / 10n) {
      // The profit of earlier trades does not lower the leverage of this one.
      const amount = margin - target;
      await this.#send(trader, () => transferMarginToFund(actor, { deployment, amount }));
    }
    await this.refresh(trader);
    return bearable;
  }

  /** Moves the fund of a trader whose wallet is empty into play again, except the part for bonds. */
  async refill(trader: Trader): Promise<void> {
    const { deployment } = this.#world;
    const { actor } = trader;
    const reserve = trader.collateral / FUND_PART;
    const fund = await getFund(actor, { deployment, account: actor.address });
    if (trader.wallet > 0n || fund <= reserve) return;
    await this.#send(trader, () => transferFundToMargin(actor, { deployment, amount: fund - reserve }));
    await this.refresh(trader);
  }

  /** Reads a trader's position. */
  async refresh(trader: Trader): Promise<void> {
    const { deployer, deployment } = this.#world;
    const wasFlat = trader.position.size === 0n;
    trader.position = await getPosition(deployer, { deployment, account: trader.actor.address });
    if (wasFlat && trader.position.size !== 0n) trader.openedAt = this.#chain.now;
  }

  /** `price` WAD. */
  async report(trader: Trader, price: bigint): Promise<TakerReport> {
    const { deployer: reader, deployment } = this.#world;
    const account = trader.actor.address;
    const [fees, fund, escrow] = await Promise.all([
      getPendingFees(reader, { deployment, account }),
      getFund(reader, { deployment, account }),
      getEscrow(reader, { deployment, account }),
    ]);
    const { position, trades, liquidations, volume, paidAboveOracle } = trader;
    const unrealizedPnl = accountValue(position, price) - position.margin - fees.funding - fees.borrowing;
    const outside = (trader.wallet + fund + escrow.total - trader.collateral) * COLLATERAL_SCALE;
    return {
      name: trader.name,
      trades,
      liquidations,
      size: position.size,
      volume,
      margin: position.margin,
      fees: trader.fees,
      realizedPnl: outside + position.margin,
      unrealizedPnl,
      priceAgainstOracle: volume === 0n ? 0n : ((paidAboveOracle * PPM) / volume) * (WAD / PPM),
    };
  }

  async #send({ actor }: Trader, send: () => Promise<Hash>): Promise<void> {
    await this.#chain.next();
    await waitForSuccess(actor, await send());
  }
}
