// The relayer for other programs of this repository: its configuration, and its parts.
export { openApiDocument } from "./api.js";
export * from "./backup.js";
export * from "./book.js";
export * from "./config.js";
export * from "./errors.js";
export * from "./records.js";
export * from "./relayer.js";
export * from "./schema.js";
export * from "./signer/config.js";
export * from "./signer/policy.js";
export * from "./signer/start.js";
export * from "./start.js";
export * from "./store.js";
