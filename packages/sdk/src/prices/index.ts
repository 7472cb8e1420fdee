// The public names of `@counterpoise/sdk/prices`: price sources, their updates, and the action that stores one. Reads take an
// update as `prices`. `test/exports.test.ts` lists all names.
export * from "./encode.js";
export * from "./errors.js";
export * from "./hermes.js";
export * from "./price.js";
export * from "./recorded.js";
export type * from "./source.js";
export * from "./store.js";
export { parsePriceUpdate } from "./update.js";
