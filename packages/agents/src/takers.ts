import { decideArbitrage } from "./agents/arbitrage.js";
import { decideFunding } from "./agents/funding.js";
import { decideInformed } from "./agents/informed.js";
import { decideMomentum } from "./agents/momentum.js";
import { decideNoise } from "./agents/noise.js";
import type { Random } from "./random.js";
import type { TakerSpec } from "./spec.js";
import type { AccountView, Decision, MarketView } from "./views.js";

/** Returns a taker's decision, or undefined for none. The same views and the same stream give the same decision. */
export function decideTaker(
  spec: TakerSpec,
  market: MarketView,
  account: AccountView,
  random: Random,
): Decision | undefined {
  switch (spec.type) {
    case "noise":
      return decideNoise(spec, market, account, random);
    case "momentum":
      return decideMomentum(spec, market, account, random);
    case "informed":
      return decideInformed(spec, market, account, random);
    case "funding":
      return decideFunding(spec, market, account, random);
    case "arbitrage":
      return decideArbitrage(spec, market, account, random);
  }
}

/** One sentence about an agent, for reports. */
export function describeTaker(spec: TakerSpec): string {
  switch (spec.type) {
    case "noise":
      return `opens at random every ${duration(spec.every)} on average, ${percent(spec.longShare)} long, and holds ${duration(spec.hold)} on average`;
    case "momentum":
      return `trades ${spec.direction} moves of ${percent(spec.threshold)} within ${duration(spec.lookback)}`;
    case "informed":
      return `knows the return of the next ${duration(spec.horizon)} with a correlation of ${spec.coefficient}`;
    case "funding":
      return `takes the side that receives funding of ${percent(spec.entry)} a day or more`;
    case "arbitrage":
      return `trades when another venue is ${duration(spec.lead)} ahead by ${percent(spec.threshold)}`;
  }
}

const percent = (ratio: number) => `${Number((ratio * 100).toFixed(4))}%`;

function duration(seconds: number): string {
  if (seconds >= 3_600) return `${Number((seconds / 3_600).toFixed(1))} h`;
  return seconds >= 60 ? `${Number((seconds / 60).toFixed(1))} min` : `${seconds} s`;
}
