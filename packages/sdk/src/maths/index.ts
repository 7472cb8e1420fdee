// The contracts' arithmetic without a chain, equal to the last wei, under the names of the contracts' libraries with the rounding
// in the name. apps/anvil-e2e/test/maths.test.ts compares it with the shipped bytecode.
export { MakerCapacityExceededError } from "../errors.js";
export { InvalidAmountError } from "../units.js";
export * as amounts from "./amounts.js";
export * as fees from "./fees.js";
export * as hedge from "./hedge.js";
export * as hedgeMargin from "./hedge-margin.js";
export * as inventoryCurve from "./inventory-curve.js";
export * as liability from "./liability.js";
export * as liquidation from "./liquidation.js";
export * as margin from "./margin.js";
export * as position from "./position.js";
export * as shares from "./shares.js";
export * as uniswapV3 from "./uniswap-v3.js";
