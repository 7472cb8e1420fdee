// The public names of `@counterpoise/sdk/relay`.
export * from "./book.js";
export * from "./errors.js";
export * from "./serialize.js";
