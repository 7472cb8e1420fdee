// The public names of the package.
export { type ApplyResult, type PrintedBatch, safeTransactions } from "./apply.js";
export type { Finding } from "./check.js";
export { type ExchangeConfig, jsonSchemas, loadConfig, type MakerConfig, type MarketConfig } from "./config.js";
export {
  type ApplyOptions,
  apply,
  check,
  formatPlan,
  type OpenDeployment,
  type OpenDeploymentParameters,
  openDeployment,
  type Plan,
  plan,
} from "./deployment.js";
export * from "./errors.js";
export { buildList } from "./list.js";
export { type Registry, readRegistry, registrySchema } from "./registry.js";
export type { Step } from "./steps.js";
