// The public names of `@counterpoise/sdk/history`.
export { type Returns, returnsBetween, type ShareSample } from "../models/returns.js";
export {
  type HistoryItem,
  type HistoryPage,
  type ReadHistoryParameters,
  readHistory,
  readHistoryPages,
} from "./account-history.js";
export type { HistoryEntry, HistoryOrder } from "./entries.js";
export { type GetSharePricesParameters, getSharePrices, returnsHistory, type SharePrice } from "./share-prices.js";
