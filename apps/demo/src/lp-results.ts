import { WAD } from "@counterpoise/testkit";

/** The value of a maker's share at one moment, WAD. */
export type ShareSample = {
  /** Quote per base. */
  price: bigint;
  /** Asset per share. */
  sharePrice: bigint;
};

/** The result of an LP that holds its shares throughout. Amounts are dollars, WAD; ratios WAD. */
export type LpResult = {
  deposited: bigint;
  value: bigint;
  /** Value of the deposited tokens if the LP had held them instead. */
  held: bigint;
  /** Value less held value. */
  againstHolding: bigint;
  /** Largest fall of the value from an earlier maximum, as a ratio of that. */
  drawdown: bigint;
  /** The same of the value in the maker's asset, without the price of the asset. */
  assetDrawdown: bigint;
};

/**
 * Values a deposit at each sample.
 *
 * @param samples From the deposit on, in the order of time; at least one.
 * @param deposited Dollars, WAD.
 * @param isInBase Whether the deposit is base, which the price values; else dollars.
 */
export function lpResult(samples: readonly ShareSample[], deposited: bigint, isInBase: boolean): LpResult {
  const first = samples[0];
  if (!first) throw new RangeError("An LP's result needs at least one sample");
  const priceRatio = (price: bigint) => (isInBase ? (WAD * price) / first.price : WAD);
  const assets = samples.map(({ sharePrice }) => (WAD * sharePrice) / first.sharePrice);
  const values = samples.map(({ price }, i) => (deposited * (assets[i] as bigint) * priceRatio(price)) / (WAD * WAD));
  const last = samples.at(-1) as ShareSample;
  const value = values.at(-1) as bigint;
  const held = (deposited * priceRatio(last.price)) / WAD;
  return {
    deposited,
    value,
    held,
    againstHolding: value - held,
    drawdown: drawdownOf(values),
    assetDrawdown: drawdownOf(assets),
  };
}

/** Largest fall from an earlier maximum, as a ratio of that maximum, WAD. */
export function drawdownOf(values: readonly bigint[]): bigint {
  let [highest, worst] = [0n, 0n];
  for (const value of values) {
    if (value > highest) highest = value;
    const fall = highest === 0n ? 0n : ((highest - value) * WAD) / highest;
    if (fall > worst) worst = fall;
  }
  return worst;
}
