// The public names of `@counterpoise/sdk/account`.
export { type GetLpAccountParameters, getLpAccount, type LpPosition } from "./lp.js";
export { type GetTraderAccountParameters, getTraderAccount, type TraderAccount } from "./trader.js";
