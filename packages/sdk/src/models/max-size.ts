import { MakerCapacityExceededError } from "../errors.js";
import { min } from "../maths/integers.js";
import type { Wad } from "../units.js";
import type { Account } from "./account.js";
import type { HedgedMaker } from "./hedged-maker.js";
import { OracleMaker } from "./oracle-maker.js";
import { QuoteRejectedError } from "./quote.js";

/**
 * The largest size that an account can buy from a maker, or sell to it, WAD base, rounded down to whole units of a hedged maker's base
 * token. The maker's capacity and margin, the price band, the distance of a hedge and the account's initial margin limit it. Zero
 * when no size is possible.
 *
 * @param direction `isBaseToQuote`: the account sells.
 * @throws {@link PriceRequiredError} without a price.
 * @example
 * maxSizeOf(account, maker, { isBaseToQuote: false }); // 9876543210000000000n
 */
export function maxSizeOf(
  account: Account,
  maker: OracleMaker | HedgedMaker,
  { isBaseToQuote }: { isBaseToQuote: boolean },
): Wad {
  const { buys, sells } = maker.capacity;
  const unit = maker instanceof OracleMaker ? 1n : maker.baseScale;
  const fits = (amount: bigint): boolean => {
    try {
      const { fill, obstacle } = maker.quote({ isBaseToQuote, isExactInput: isBaseToQuote, amount, taker: account });
      const own = obstacle ?? account.obstacleTo(fill);
      // The smallest sizes are below the minimum; larger ones are not.
      return own === undefined || own.errorName === "PositionBelowMinimum";
    } catch (error) {
      if (error instanceof MakerCapacityExceededError || error instanceof QuoteRejectedError) return false;
      throw error;
    }
  };
  // More than any position that the Vault can store.
  let [low, high] = [0n, min(isBaseToQuote ? sells : buys, 2n ** 111n) / unit];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (fits(middle * unit)) low = middle;
    else high = middle - 1n;
  }
  return low * unit;
}
