import type { AccountId } from "./bookings.js";
import type { Ledger } from "./ledger.js";
import type { Maker } from "./makers/maker.js";
import type { Oracle } from "./oracle.js";
import type { MarketRules } from "./parameters.js";
import { Rejection } from "./rejection.js";

/** One market: its ledger, its oracle and its makers. */
export type Venue = { ledger: Ledger; oracle: Oracle; makers: ReadonlyMap<AccountId, Maker> };

export const rulesOf = ({ ledger }: Venue): MarketRules => ledger.parameters.rules;

/** Returns a maker of the market. @throws {Rejection} `UnknownMaker` */
export function makerOf({ makers }: Venue, id: AccountId): Maker {
  const maker = makers.get(id);
  if (!maker) throw new Rejection("UnknownMaker", { maker: id });
  return maker;
}
