// The public names of `@counterpoise/sdk/report`.
export { InvalidAmountError } from "../units.js";
export { type GetLpEventsParameters, getLpEvents, type LpEventsOfParameters, lpEventsOf } from "./lp-events.js";
export {
  applyLpEvent,
  attributionOf,
  type FillCause,
  type LpAttribution,
  type LpEnd,
  type LpEvent,
  type LpLedger,
  type LpParts,
  type LpStart,
  newLpLedger,
} from "./lp-ledger.js";
export {
  drawdownOf,
  type LpResult,
  type LpSample,
  lpResult,
  MARKOUT_HORIZONS,
  type Markout,
  type MarkoutFill,
  markouts,
  priceLookup,
} from "./results.js";
