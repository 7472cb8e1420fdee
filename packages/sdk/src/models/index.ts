// Markets, accounts, makers and LP vaults as immutable values that compute what the contracts compute, at any time, price and after
// any trade, without a call. apps/anvil-e2e/test/entities.test.ts compares them with the contracts.
export { MakerCapacityExceededError } from "../errors.js";
export { UnknownTicksError } from "../maths/uniswap-v3.js";
export { InvalidAmountError } from "../units.js";
export * from "./account.js";
export * from "./fill.js";
export * from "./hedged-maker.js";
export * from "./load.js";
export * from "./lp-vault.js";
export * from "./market.js";
export * from "./max-size.js";
export { OracleMaker, type OracleMakerData } from "./oracle-maker.js";
export { type Quote, QuoteRejectedError, type QuoteRequest } from "./quote.js";
export * from "./returns.js";
