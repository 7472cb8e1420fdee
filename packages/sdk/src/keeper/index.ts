// The public names of `@counterpoise/sdk/keeper`.
export * from "./due.js";
export * from "./errors.js";
export * from "./profit.js";
export * from "./wait.js";
