import { type Deployment, type OrderRequest, type Position, WHOLE_POSITION } from "@counterpoise/sdk";
import { abs, WAD } from "@counterpoise/testkit";
import type { Address } from "viem";

/** Input of a taker's decision. Amounts WAD. */
export type View = {
  step: number;
  price: bigint;
  /** Returns the price a number of steps ago. */
  priceBefore(steps: number): bigint;
  position: Position;
  /** Long position of the base vault: base that takers can buy back from it. */
  spotHedgeSize: bigint;
  spotHedgeQuoteMaker: Address;
  /** Converts dollars to base at the first price. */
  baseWorth(dollars: bigint): bigint;
  /** Returns an integer in [0, below), from the run's seed. */
  random(below: number): number;
  deployment: Deployment;
};

type Order = Omit<OrderRequest, "oppositeBound">;

/** An order, or undefined for no order. */
export type Decision = Order | undefined;

export type Strategy = { name: string; description: string; decide(view: View): Decision };

const buy = (maker: Address, amount: bigint): Order => ({
  maker,
  amount,
  isBaseToQuote: false,
  isExactInput: false,
});
const sell = (maker: Address, amount: bigint): Order => ({ maker, amount, isBaseToQuote: true, isExactInput: true });

const closeAgainst = (maker: Address, isLong: boolean): Decision => ({
  ...(isLong ? sell : buy)(maker, WHOLE_POSITION),
  isReduceOnly: true,
});

/** Closes against the OracleMaker, which trades in both directions. */
const close = ({ position, deployment }: View): Decision =>
  position.size === 0n ? undefined : closeAgainst(deployment.oracleMaker, position.size > 0n);

type RoundTrip = {
  maker: Address;
  isLong: boolean;
  /** Number of steps after which the round trip repeats, and its first step. */
  period: number;
  start: number;
  /** Base that the maker can trade against a reduction. */
  available: bigint;
};

/** Opens and increases twice, reduces by half, and closes. */
function roundTrip(
  { step, position, baseWorth }: View,
  { maker, isLong, period, start, available }: RoundTrip,
): Decision {
  const [increase, reduce] = isLong ? [buy, sell] : [sell, buy];
  const size = isLong ? position.size : -position.size;
  switch ((step % period) - start) {
    case 0:
    case 20:
    case 40:
      return increase(maker, baseWorth(30_000n));
    case 60:
      return size > 1n && size / 2n <= available ? reduce(maker, size / 2n) : undefined;
    case 90:
      return size > 0n && size <= available ? closeAgainst(maker, isLong) : undefined;
    default:
      return undefined;
  }
}

/** Opens and increases in the direction of the last 30 steps, and closes when the direction changes. */
const trend: Strategy = {
  name: "trend",
  description: "trades in the direction of the last 30 steps, against the OracleMaker",
  decide: (view) => {
    if (view.step % 15 !== 7 || view.step < 30) return undefined;
    const rises = view.price > view.priceBefore(30);
    const { size } = view.position;
    if (size !== 0n && size > 0n !== rises) return close(view);
    const amount = view.baseWorth(15_000n);
    if (abs(size) >= amount * 5n) return undefined;
    return rises ? buy(view.deployment.oracleMaker, amount) : sell(view.deployment.oracleMaker, amount);
  },
};

/** Trades towards the price of 120 steps ago while the price is more than 1% away from it. */
const reversion: Strategy = {
  name: "reversion",
  description: "trades towards the price of 120 steps ago, against the OracleMaker",
  decide: (view) => {
    if (view.step % 20 !== 3 || view.step < 120) return undefined;
    const anchor = view.priceBefore(120);
    const distance = ((view.price - anchor) * 10_000n) / anchor;
    const { size } = view.position;
    if (size !== 0n && (size > 0n ? distance > -10n : distance < 10n)) return close(view);
    if (abs(size) > view.baseWorth(80_000n)) return undefined;
    if (distance > 100n) return sell(view.deployment.oracleMaker, view.baseWorth(20_000n));
    if (distance < -100n) return buy(view.deployment.oracleMaker, view.baseWorth(20_000n));
    return undefined;
  },
};

/** A short against the base vault, as a miner opens that sells its future output. */
const miner: Strategy = {
  name: "miner",
  description: "opens, increases, reduces and closes a short against the SpotHedgeBaseMaker",
  decide: (view) => {
    const { deployment, spotHedgeSize: available } = view;
    return roundTrip(view, {
      maker: deployment.spotHedgeBaseMaker,
      isLong: false,
      period: 120,
      start: 5,
      available,
    });
  },
};

/** A long against the quote vault. */
const holder: Strategy = {
  name: "holder",
  description: "opens, increases, reduces and closes a long against the SpotHedgeQuoteMaker",
  decide: (view) => {
    const { spotHedgeQuoteMaker: maker, position } = view;
    return roundTrip(view, { maker, isLong: true, period: 150, start: 9, available: position.size });
  },
};

/** Buys for a fixed amount of quote every 60 steps, and closes after ten purchases. */
const saver: Strategy = {
  name: "saver",
  description: "buys for 5,000 dollars every 60 steps and closes after ten purchases, against the OracleMaker",
  decide: (view) => {
    if (view.step % 60 !== 11) return undefined;
    if (Math.floor(view.step / 60) % 11 === 10) return close(view);
    return {
      maker: view.deployment.oracleMaker,
      isBaseToQuote: false,
      isExactInput: true,
      amount: 5_000n * WAD,
    };
  },
};

/** Trades a random side and size with a random maker. */
const noise: Strategy = {
  name: "noise",
  description: "trades random sides and sizes, against the OracleMaker and the SpotHedgeBaseMaker",
  decide: (view) => {
    if (view.step % 9 !== 4) return undefined;
    const { position, deployment, spotHedgeSize } = view;
    const amount = view.baseWorth(BigInt(1_000 + view.random(9_000)));
    const isLarge = abs(position.size) > view.baseWorth(60_000n);
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
