/** A lower and an upper bound of a uniform choice. */
export type Range = readonly [min: number, max: number];

/** Fields of every taker. Amounts in dollars, times in seconds, ratios and probabilities as fractions of one. */
export type TakerTerms = {
  name: string;
  /** Number of independent agents of this kind. */
  count: number;
  /** Collateral of each agent. */
  collateral: number;
  /** Notional of an order. */
  size: Range;
  /** Notional over margin after an opening order. */
  leverage: Range;
  /** Probability that an order is for a hedged vault instead of the OracleMaker. */
  hedgedShare: number;
};

/** Trades at random: arrivals and holding times are geometric. */
export type NoiseSpec = TakerTerms & {
  type: "noise";
  /** Mean time between a flat agent's decisions to open. */
  every: number;
  /** Mean holding time. */
  hold: number;
  /** Probability that a position is long. */
  longShare: number;
};

/** Trades with the last move of the price, or against it. */
export type MomentumSpec = TakerTerms & {
  type: "momentum";
  direction: "with" | "against";
  /** Time over which it measures the move. */
  lookback: number;
  /** Least move at which it opens. */
  threshold: number;
  /** Longest holding time. It closes before when the move reverses. */
  hold: number;
};

/** Knows the future return over its horizon with a given correlation. */
export type InformedSpec = TakerTerms & {
  type: "informed";
  horizon: number;
  /** Correlation of its signal with the return over the horizon: 0 is noise, 1 is certainty. */
  coefficient: number;
  /** Least expected return at which it opens. */
  threshold: number;
  /** Mean time between its signals. */
  every: number;
};

/** Holds the side that receives funding. */
export type FundingSpec = TakerTerms & {
  type: "funding";
  /** Daily rate at which it opens, and the lower one at which it closes. */
  entry: number;
  exit: number;
};

/** Trades on prices of another venue that the oracle follows. */
export type ArbitrageSpec = TakerTerms & {
  type: "arbitrage";
  /** Seconds by which the other venue is ahead. */
  lead: number;
  /** Least difference at which it opens. */
  threshold: number;
  /** Holding time. */
  hold: number;
};

export type TakerSpec = NoiseSpec | MomentumSpec | InformedSpec | FundingSpec | ArbitrageSpec;

/** Fields of agents that move the price. They pay for the move: see the simulator's `impact`. */
type MoverTerms = {
  name: string;
  count: number;
  collateral: number;
  size: Range;
  leverage: Range;
  /** Mean time between its decisions to act. */
  every: number;
  /** Time over which it measures a move. */
  lookback: number;
  /** Move of the price at which a whale acts; a manipulator ignores it. */
  threshold: number;
  /** Move of the price that it causes. */
  push: number;
  /** Seconds for which it holds its position and the price. */
  hold: number;
};

/** Seeks a cascade: pushes the price further in the direction of a large move. */
export type WhaleSpec = MoverTerms & { type: "whale" };
/** Pushes the oracle's market for a position of its own. */
export type ManipulatorSpec = MoverTerms & { type: "manipulator" };
export type MoverSpec = WhaleSpec | ManipulatorSpec;

/** An LP that requests deposits and redemptions at every maker, and reacts to returns. */
export type LpSpec = {
  /** Deposit in each maker, dollars. */
  deposit: number;
  /** Time of its first deposit as a fraction of the run. */
  entersAt: number;
  /** Mean time between its decisions. */
  every: number;
  /** Drawdown of a share at which it redeems. */
  maxDrawdown: number;
  /** Part of its shares that it redeems then. */
  redeemPart: number;
  /** Return of a share since its exit at which it deposits again. */
  reentryReturn: number;
};

export type LiquidatorSpec = {
  /** Seconds between the moment at which an account becomes liquidatable and the liquidation. */
  delay: number;
  /** Margin with which it takes positions over, dollars. */
  collateral: number;
};

/** All agents of a simulation. */
export type SimulatedPopulation = Population & { movers: readonly MoverSpec[] };

/** All agents of a run. */
export type Population = { takers: readonly TakerSpec[]; lp: LpSpec; liquidator: LiquidatorSpec };
