// The public names of `@counterpoise/sdk/deployments`: the exchanges that are live, and the form of their files.
export type { ExchangeDeployment, ExchangeMaker, ExchangeMarket, ExchangeToken } from "../exchange.js";
export { marketDeployment, parseExchangeDeployment } from "../exchange.js";
export * from "./errors.js";
export * from "./live.js";
