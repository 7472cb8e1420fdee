import type { Random } from "../random.js";
import type { FundingSpec } from "../spec.js";
import type { AccountView, Decision, MarketView } from "../views.js";
import { close, isLong, isPriced, open } from "./common.js";

/** Opens on the side that receives funding at the entry rate, and closes when it receives less than the exit rate. */
export function decideFunding(
  spec: FundingSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  const { dailyFunding } = market;
  if (account.size === 0n) {
    if (!isPriced(market) || Math.abs(dailyFunding) < spec.entry) return undefined;
    return open(spec, dailyFunding < 0, random);
  }
  const received = isLong(account) ? -dailyFunding : dailyFunding;
  return received < spec.exit ? close(spec, random) : undefined;
}
