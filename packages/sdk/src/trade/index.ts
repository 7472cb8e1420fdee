// Trades in the words of a trader: plans with quote, requirements, prediction, calls and `send`. No arithmetic on amounts is left to
// the caller. apps/anvil-e2e/test/trade.test.ts runs them against the contracts.
export { StalePriceError } from "../state-errors.js";
export { InvalidAmountError } from "../units.js";
export * from "./adjust.js";
export * from "./open.js";
export type { Call, Prediction, Requirement, TradeQuote } from "./plan.js";
export { NoRouteError, type RejectedRoute } from "./route.js";
