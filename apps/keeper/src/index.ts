// The keeper for other programs of this repository: its configuration, and its parts.
export * from "./config.js";
export * from "./failures.js";
export { finders } from "./finders/index.js";
export * from "./keeper.js";
export * from "./market.js";
export * from "./order-book.js";
export * from "./profit.js";
export * from "./start.js";
export * from "./work.js";
