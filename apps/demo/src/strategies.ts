import type { Deployment, OrderRequest, Position } from "@counterpoise/sdk";
import { WHOLE_POSITION } from "@counterpoise/sdk";
import type { Address } from "viem";

/** What a taker knows when it decides. Amounts WAD. */
export type View = {
  step: number;
  price: bigint;
  /** Price some steps ago. */
  priceBefore(steps: number): bigint;
  position: Position;
  /** How much base takers can buy back from the spot-hedged maker. */
  spotHedgeSize: bigint;
  spotHedgeQuoteMaker: Address;
  /** Base worth so many dollars at the first price. */
  baseWorth(dollars: bigint): bigint;
  /** A whole number in [0, below), from the run's seed. */
  random(below: number): number;
  deployment: Deployment;
};

/** An order, or nothing. */
export type Decision = Omit<OrderRequest, "oppositeBound"> | undefined;

export type Strategy = { name: string; what: string; decide(view: View): Decision };

const buy = (maker: Address, amount: bigint): Decision => ({
  maker,
  amount,
  isBaseToQuote: false,
  isExactInput: false,
});
const sell = (maker: Address, amount: bigint): Decision => ({ maker, amount, isBaseToQuote: true, isExactInput: true });

/** Closes against the OracleMaker, which takes both sides. */
const close = ({ position, deployment }: View): Decision => {
  if (position.size === 0n) return undefined;
  const isLong = position.size > 0n;
  return {
    maker: deployment.oracleMaker,
    isBaseToQuote: isLong,
    isExactInput: isLong,
    isReduceOnly: true,
    amount: WHOLE_POSITION,
  };
};

/** Follows the last half hour: opens and adds in its direction, closes when it turns. */
const trend: Strategy = {
  name: "trend",
  what: "follows the last 30 steps against the OracleMaker",
  decide: (view) => {
    if (view.step % 15 !== 7 || view.step < 30) return undefined;
    const rises = view.price > view.priceBefore(30);
    const { size } = view.position;
    if (size !== 0n && size > 0n !== rises) return close(view);
    const amount = view.baseWorth(15_000n);
    if ((size < 0n ? -size : size) >= amount * 5n) return undefined;
    return rises ? buy(view.deployment.oracleMaker, amount) : sell(view.deployment.oracleMaker, amount);
  },
};

/** Bets on a return to where the price was two hours ago, larger the further it is away. */
const reversion: Strategy = {
  name: "reversion",
  what: "bets on a return to the price of 120 steps ago",
  decide: (view) => {
    if (view.step % 20 !== 3 || view.step < 120) return undefined;
    const anchor = view.priceBefore(120);
    const distance = ((view.price - anchor) * 10_000n) / anchor;
    const { size } = view.position;
    if (size !== 0n && (size > 0n ? distance > -10n : distance < 10n)) return close(view);
    if ((size < 0n ? -size : size) > view.baseWorth(80_000n)) return undefined;
    if (distance > 100n) return sell(view.deployment.oracleMaker, view.baseWorth(20_000n));
    if (distance < -100n) return buy(view.deployment.oracleMaker, view.baseWorth(20_000n));
    return undefined;
  },
};

/** A miner who sells what it will earn: opens, adds to, reduces and closes a short, hedged on the spot market. */
const miner: Strategy = {
  name: "miner",
  what: "shorts against the SpotHedgeBaseMaker, adds, reduces, closes",
  decide: ({ step, position, baseWorth, spotHedgeSize, deployment }) => {
    const maker = deployment.spotHedgeBaseMaker;
    switch (step % 120) {
      case 5:
      case 25:
      case 45:
        return sell(maker, baseWorth(30_000n));
      case 65: {
        const half = -position.size / 2n;
        return half > 0n && half <= spotHedgeSize ? buy(maker, half) : undefined;
      }
      case 95:
        return position.size < 0n && -position.size <= spotHedgeSize
          ? { maker, amount: WHOLE_POSITION, isBaseToQuote: false, isExactInput: false, isReduceOnly: true }
          : undefined;
      default:
        return undefined;
    }
  },
};

/** Wants the price's moves for a part of the money: opens, adds to, reduces and closes a long, hedged on the spot market. */
const holder: Strategy = {
  name: "holder",
  what: "longs against the SpotHedgeQuoteMaker, adds, reduces, closes",
  decide: ({ step, position, baseWorth, spotHedgeQuoteMaker: maker }) => {
    switch (step % 150) {
      case 9:
      case 29:
      case 49:
        return buy(maker, baseWorth(30_000n));
      case 69:
        return position.size > 0n ? sell(maker, position.size / 2n) : undefined;
      case 99:
        return position.size > 0n
          ? { maker, amount: WHOLE_POSITION, isBaseToQuote: true, isExactInput: true, isReduceOnly: true }
          : undefined;
      default:
        return undefined;
    }
  },
};

/** Spends a fixed amount of dollars each hour, and sells everything after ten. */
const saver: Strategy = {
  name: "saver",
  what: "buys for 5,000 dollars every 60 steps, closes after ten",
  decide: (view) => {
    if (view.step % 60 !== 11) return undefined;
    if (Math.floor(view.step / 60) % 11 === 10) return close(view);
    return {
      maker: view.deployment.oracleMaker,
      isBaseToQuote: false,
      isExactInput: true,
      amount: 5_000n * 10n ** 18n,
    };
  },
};

/** Trades on a coin toss with whichever of two makers comes up. */
const noise: Strategy = {
  name: "noise",
  what: "random sides and sizes against the OracleMaker and the SpotHedgeBaseMaker",
  decide: (view) => {
    if (view.step % 9 !== 4) return undefined;
    const { position, deployment, spotHedgeSize } = view;
    const amount = view.baseWorth(BigInt(1_000 + view.random(9_000)));
    const isLarge = (position.size < 0n ? -position.size : position.size) > view.baseWorth(60_000n);
    if (isLarge) return close(view);
    switch (view.random(4)) {
      case 0:
        return buy(deployment.oracleMaker, amount);
      case 1:
        return sell(deployment.oracleMaker, amount);
      case 2:
        return sell(deployment.spotHedgeBaseMaker, amount);
      default:
        return amount <= spotHedgeSize ? buy(deployment.spotHedgeBaseMaker, amount) : undefined;
    }
  },
};

export const strategies: readonly Strategy[] = [trend, reversion, miner, saver, noise, holder];
