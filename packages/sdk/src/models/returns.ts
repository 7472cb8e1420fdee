import { floorDiv, WAD } from "../maths/integers.js";
import { InvalidAmountError, type Wad } from "../units.js";

/** A share price (WAD of the asset) and its time, Unix seconds. */
export type ShareSample = { time: bigint; sharePrice: Wad };

/** Returns over a window, or that the samples are too short for it. Times and durations in seconds. */
export type Returns =
  | {
      status: "known";
      /** The growth of the share price in a year at the rate of the window, without compounding, WAD, rounded down. */
      apr: Wad;
      /** The growth over the window itself, WAD, rounded down. */
      growth: Wad;
      /** The largest fall of the share price from a peak of the window, WAD of the peak, rounded down. */
      drawdown: Wad;
      from: bigint;
      to: bigint;
    }
  | { status: "notEnoughHistory"; needed: bigint; available: bigint };

const YEAR = 365n * 86_400n;

/**
 * The return of an LP's share over a window that ends with the last sample. It starts at the last sample that is at least the window
 * older. Without one, or from a share price of zero, there is not enough history.
 *
 * @param samples in ascending time.
 * @param window seconds, above zero.
 * @throws {@link InvalidAmountError} for a window that is not above zero, and for samples that are not in ascending time.
 * @example
 * returnsBetween([{ time: 0n, sharePrice: 10n ** 18n }, { time: 86_400n, sharePrice: 1_001n * 10n ** 15n }], 86_400n);
 * // { status: "known", apr: 365000000000000000n, growth: 1000000000000000n, drawdown: 0n, from: 0n, to: 86400n }
 */
export function returnsBetween(samples: readonly ShareSample[], window: bigint): Returns {
  if (window <= 0n) {
    throw new InvalidAmountError({ field: "window", value: window, accepted: "seconds above zero" });
  }
  for (const [i, { time }] of samples.entries()) {
    const before = samples[i - 1]?.time;
    if (before !== undefined && time < before) {
      throw new InvalidAmountError({ field: "samples", value: time, accepted: `a time from ${before} on` });
    }
  }
  const [first, last] = [samples[0], samples.at(-1)];
  const available = first && last ? last.time - first.time : 0n;
  const start = last ? samples.findLastIndex(({ time }) => last.time - time >= window) : -1;
  const from = samples[start];
  if (!last || !from || from.sharePrice <= 0n) return { status: "notEnoughHistory", needed: window, available };
  const change = last.sharePrice - from.sharePrice;
  let [peak, drawdown] = [from.sharePrice, 0n];
  for (const { sharePrice } of samples.slice(start)) {
    if (sharePrice > peak) peak = sharePrice;
    const fall = ((peak - sharePrice) * WAD) / peak;
    if (fall > drawdown) drawdown = fall;
  }
  return {
    status: "known",
    apr: floorDiv(change * WAD * YEAR, from.sharePrice * (last.time - from.time)),
    growth: floorDiv(change * WAD, from.sharePrice),
    drawdown,
    from: from.time,
    to: last.time,
  };
}
