// The public names of `@counterpoise/sdk/wagmi`. It needs the packages wagmi, react and @tanstack/react-query.
export { InvalidAmountError } from "../units.js";
export {
  type ReadHook,
  type ReadHookOptions,
  type UseWriteOptions,
  useLpAccount,
  useMaker,
  useMarket,
  useOpenOrders,
  useRead,
  useTradeQuote,
  useTraderAccount,
  useWrite,
} from "./hooks.js";
export {
  type AnyRead,
  type NamedRead,
  namedRead,
  queryKeyOfAll,
  type ReadQueryOptions,
  readQueryOptions,
  type WriteVariables,
  writeMutationOptions,
} from "./options.js";
