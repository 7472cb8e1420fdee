/** A mean over runs with its 95% interval. */
export type Estimate = { mean: number; low: number; high: number; runs: number };

/** A probability with its 95% interval. */
export type Probability = { events: number; runs: number; probability: number; low: number; high: number };

/** Quantiles of Student's distribution at 97.5% for 1 to 30 degrees of freedom. */
const STUDENT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
const NORMAL = 1.96;

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, each) => sum + each, 0) / values.length;

/** Standard error of the mean; zero for fewer than two values. */
export function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  const variance = values.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** Mean and 95% interval by Student's distribution. With one value the interval is that value. */
export function estimate(values: readonly number[]): Estimate {
  const centre = mean(values);
  const width = (STUDENT[values.length - 2] ?? NORMAL) * standardError(values);
  return { mean: centre, low: centre - width, high: centre + width, runs: values.length };
}

/** A quantile of values, by linear interpolation between neighbours. @param part from 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const place = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
  return below + (above - below) * (place - Math.floor(place));
}

/** The share of runs with an event, and the exact (Clopper-Pearson) 95% interval. */
export function probabilityOf(events: number, runs: number): Probability {
  const low = events === 0 ? 0 : bisect((p) => 1 - binomialBelow(events, runs, p) - 0.025);
  const high = events === runs ? 1 : bisect((p) => 0.025 - binomialBelow(events + 1, runs, p));
  return { events, runs, probability: runs === 0 ? 0 : events / runs, low, high };
}

/** Probability of fewer than `events` among `runs`, each with probability p. */
function binomialBelow(events: number, runs: number, p: number): number {
  let sum = 0;
  let logCoefficient = 0;
  for (let count = 0; count < events; count++) {
    sum += Math.exp(logCoefficient + count * Math.log(p) + (runs - count) * Math.log1p(-p));
    logCoefficient += Math.log((runs - count) / (count + 1));
  }
  return sum;
}

/** The root of an increasing function in (0, 1). */
function bisect(increasing: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (increasing(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
