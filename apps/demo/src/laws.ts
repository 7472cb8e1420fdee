import { balanceOf } from "@counterpoise/devnet";
import {
  getFund,
  getHedge,
  getMarket,
  getPendingFees,
  getPosition,
  getQuoteHedge,
  type Position,
} from "@counterpoise/sdk";
import type { Address } from "viem";
import { demoMarket, type World } from "./world.js";

const WAD = 10n ** 18n;
const PPM = 1_000_000n;

export type LawId = "L1" | "L2" | "L3" | "L4" | "L5" | "L6" | "H1";

/** One law over the whole run. `worst` is in WAD of `unit`: the deviation furthest from what the law allows. */
export type LawFigure = {
  id: LawId;
  statement: string;
  worst: bigint;
  unit: string;
  holds: boolean;
  checks: number;
};

/** The ledger at one moment, all amounts WAD. */
export type LedgerSnapshot = {
  positions: Map<Address, Position>;
  /** Collateral of the market. */
  marketBalance: bigint;
  /** Funding and borrowing that all accounts owe by now, net of what they are owed. */
  pendingFees: bigint;
  /** Funding and borrowing that fills have settled: what was paid less what was received. */
  settledFees: bigint;
  insurance: bigint;
  badDebt: bigint;
  /** The smallest unit of the collateral. */
  collateralUnit: bigint;
  funds: bigint;
  /** Collateral that the Vault really holds. */
  vaultTokens: bigint;
  /** Base that each spot-hedged maker's ledger says it holds, or has yet to buy. */
  hedgeBalances: Map<Address, bigint>;
};

/** Reads everything the laws speak of; `settledFees` is what events have told so far. */
export async function readLedger(
  world: World,
  accounts: readonly Address[],
  settledFees: bigint,
): Promise<LedgerSnapshot> {
  const { owner: client, deployment, collateralScale, spotHedgeQuoteMaker } = world;
  const [positions, fees, funds, market, vaultTokens, baseHedge, quoteHedge, { gap }] = await Promise.all([
    Promise.all(accounts.map((account) => getPosition(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getPendingFees(client, { deployment, account }))),
    Promise.all(accounts.map((account) => getFund(client, { deployment, account }))),
    getMarket(client, { deployment }),
    balanceOf(client, { token: deployment.collateral, owner: deployment.vault }),
    getHedge(client, { deployment }),
    getQuoteHedge(client, { maker: spotHedgeQuoteMaker }),
    getHedge(client, { deployment, maker: spotHedgeQuoteMaker }),
  ]);
  return {
    positions: new Map(accounts.map((account, i) => [account, positions[i] as Position])),
    marketBalance: market.balance * collateralScale,
    pendingFees: fees.reduce((sum, { funding, borrowing }) => sum + funding + borrowing, 0n),
    settledFees,
    insurance: market.insurance,
    badDebt: market.badDebt,
    collateralUnit: collateralScale,
    funds: funds.reduce((sum, fund) => sum + fund, 0n) * collateralScale,
    vaultTokens: vaultTokens * collateralScale,
    hedgeBalances: new Map([
      [deployment.spotHedgeBaseMaker, baseHedge.assetBalance + baseHedge.gap],
      [spotHedgeQuoteMaker, quoteHedge.baseBalance + gap],
    ]),
  };
}

const abs = (x: bigint) => (x < 0n ? -x : x);
const ceilDiv = (a: bigint, b: bigint) => (a + b - 1n) / b;
const floorDiv = (a: bigint, b: bigint) => (a >= 0n ? a / b : -ceilDiv(-a, b));

/** margin + openNotional + size x price, WAD, floor. */
export const accountValue = ({ margin, openNotional, size }: Position, price: bigint): bigint =>
  margin + openNotional + floorDiv(size * price, WAD);

/** |size| x price, WAD, up. */
export const notional = ({ size }: Position, price: bigint): bigint => ceilDiv(abs(size) * price, WAD);

/** Checks the laws after every step and remembers the worst figure of each. */
export class LawBook {
  readonly #figures: Record<LawId, LawFigure> = {
    L1: figure("L1", "sizes sum to zero", "base"),
    L2: figure("L2", "what the market holds less what accounts are worth, at any price: dust", "quote"),
    L3: figure("L3", "tokens in the Vault less what funds and markets are owed", "quote"),
    L4: figure("L4", "funding and borrowing fees paid less those received: dust", "quote"),
    L5: figure("L5", "no account without a position owes anything", "quote"),
    L6: figure("L6", "margin left above the requirement after each trade", "quote"),
    H1: figure("H1", "base held plus perpetual size less what LPs put in and fees ate", "base"),
  };
  readonly #drift = new Map<Address, { max: bigint; last: bigint }>();

  /**
   * `lpBase` is the base that LPs have put into each spot-hedged maker, net, less what fees have eaten (H3), WAD: none,
   * where they put in collateral.
   */
  checkLedger(ledger: LedgerSnapshot, lpBase: ReadonlyMap<Address, bigint>): void {
    let sizes = 0n;
    let equity = 0n;
    let debt = 0n;
    for (const { size, openNotional, margin } of ledger.positions.values()) {
      sizes += size;
      equity += margin + openNotional;
      if (size === 0n && margin < debt) debt = margin;
    }
    this.#deviation("L1", sizes);
    const worth = equity - ledger.pendingFees + ledger.insurance - ledger.badDebt;
    this.#dust("L2", ledger.marketBalance - worth, ledger.collateralUnit);
    this.#dust("L4", ledger.settledFees + ledger.pendingFees, ledger.collateralUnit);
    this.#surplus("L3", ledger.vaultTokens - ledger.funds - ledger.marketBalance);
    this.#surplus("L5", debt);
    for (const [maker, held] of ledger.hedgeBalances) {
      const drift = held + (ledger.positions.get(maker)?.size ?? 0n) - (lpBase.get(maker) ?? 0n);
      const { max } = this.drift(maker);
      this.#drift.set(maker, { max: abs(drift) > max ? abs(drift) : max, last: drift });
      this.#deviation("H1", drift);
    }
  }

  /** L6 for one side of a trade that was just executed at `price`. */
  checkTrade(before: Position, after: Position, price: bigint): void {
    const value = accountValue(after, price);
    const needed = (ratio: number) => ceilDiv(notional(after, price) * BigInt(ratio), PPM);
    const fill = after.size - before.size;
    const isReducing = before.size > 0n ? fill < 0n && after.size >= 0n : fill > 0n && after.size <= 0n;
    if (!isReducing) {
      this.#surplus("L6", value - needed(demoMarket.market.initialMarginRatio));
      return;
    }
    const slack = value - needed(demoMarket.market.maintenanceMarginRatio);
    const notionalBefore = notional(before, price);
    const requiredBefore = ceilDiv(notionalBefore * BigInt(demoMarket.market.maintenanceMarginRatio), PPM);
    const wasBelow = accountValue(before, price) < requiredBefore;
    const ratioKept = value * notionalBefore >= accountValue(before, price) * notional(after, price);
    this.#surplus("L6", slack < 0n && wasBelow && after.size !== 0n && ratioKept ? 0n : slack);
  }

  get figures(): LawFigure[] {
    return Object.values(this.#figures);
  }

  /** Hedge drift of a spot-hedged maker, WAD base. */
  drift(maker: Address): { max: bigint; last: bigint } {
    return this.#drift.get(maker) ?? { max: 0n, last: 0n };
  }

  get broken(): LawFigure[] {
    return this.figures.filter(({ holds }) => !holds);
  }

  /** For laws that allow no deviation at all. */
  #deviation(id: LawId, deviation: bigint): void {
    const law = this.#figures[id];
    law.checks++;
    if (abs(deviation) > abs(law.worst)) law.worst = deviation;
    if (deviation !== 0n) law.holds = false;
  }

  /** For laws that a quantity is zero but for what rounding leaves to nobody. */
  #dust(id: LawId, dust: bigint, limit: bigint): void {
    const law = this.#figures[id];
    law.checks++;
    if (abs(dust) > abs(law.worst)) law.worst = dust;
    if (dust < 0n || dust >= limit) law.holds = false;
  }

  /** For laws that a quantity is never below zero. */
  #surplus(id: LawId, surplus: bigint): void {
    const law = this.#figures[id];
    if (law.checks === 0 || surplus < law.worst) law.worst = surplus;
    law.checks++;
    if (surplus < 0n) law.holds = false;
  }
}

function figure(id: LawId, statement: string, unit: string): LawFigure {
  return { id, statement, worst: 0n, unit, holds: true, checks: 0 };
}
