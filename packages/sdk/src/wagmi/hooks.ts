import {
  type UseMutationOptions,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useConfig } from "wagmi";
import type {
  GetLpAccountParameters,
  GetTraderAccountParameters,
  LpPosition,
  TraderAccount,
} from "../account/index.js";
import { getLpAccount, getTraderAccount } from "../account/index.js";
import { getMaker, type MakerState } from "../actions/makers.js";
import { getMarket } from "../actions/market.js";
import { getOpenOrders, type OpenOrder } from "../actions/orders/reads.js";
import { quoteTrade, type TradeQuote } from "../actions/quote-trade.js";
import type { ConfirmedWrite } from "../client/write.js";
import type { Market } from "../entities/market.js";
import {
  type NamedRead,
  namedRead,
  queryKeyOfAll,
  readQueryOptions,
  type WriteVariables,
  writeMutationOptions,
} from "./options.js";

/** Options of a hook that reads: those of `useQuery` but for key and function, and the chain. */
export type ReadHookOptions<result> = {
  /** Default: the deployment's. */
  chainId?: number | undefined;
  /** As in `useQuery`: `enabled`, `refetchInterval`, `staleTime` and so on. */
  query?: Omit<UseQueryOptions<result, Error>, "queryKey" | "queryFn" | "queryKeyHashFn" | "initialData"> | undefined;
};

/**
 * Makes any read of the package with TanStack Query and wagmi's client. Without parameters (`undefined`), the query waits for them, as
 * for an account that is not connected yet.
 *
 * @example
 * const rates = namedRead("getRates", getRates);
 * const { data } = useRead(rates, { deployment }, { query: { refetchInterval: 5_000 } });
 */
export function useRead<parameters extends object, result>(
  named: NamedRead<parameters, result>,
  parameters: parameters | undefined,
  { chainId, query }: ReadHookOptions<result> = {},
): UseQueryResult<result, Error> {
  const config = useConfig();
  const isReady = parameters !== undefined && query?.enabled !== false;
  return useQuery<result, Error>(
    parameters === undefined
      ? {
          ...query,
          queryKey: [...queryKeyOfAll, named.name, "waiting"],
          queryFn: () => Promise.reject(new Error("No parameters")),
          enabled: false,
        }
      : { ...query, ...readQueryOptions(config, named, parameters, chainId), ...(!isReady && { enabled: false }) },
  );
}

/** A hook of one read. */
export type ReadHook<parameters, result> = (
  parameters: parameters | undefined,
  options?: ReadHookOptions<result>,
) => UseQueryResult<result, Error>;

const hookOf =
  <parameters extends object, result>(named: NamedRead<parameters, result>): ReadHook<parameters, result> =>
  (parameters, options) =>
    useRead(named, parameters, options);

/**
 * The market: prices, rates, open interest and rules.
 *
 * @example
 * const { data: market } = useMarket({ deployment });
 * market?.price; // WAD, or undefined in a quiet market
 */
export const useMarket: ReadHook<Parameters<typeof getMarket>[1], Market> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("getMarket", getMarket),
);

/**
 * A maker: the value of its shares, its position and its utilization.
 *
 * @example
 * const { data: maker } = useMaker({ deployment, maker: deployment.oracleMaker });
 */
export const useMaker: ReadHook<Parameters<typeof getMaker>[1], MakerState> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("getMaker", getMaker),
);

/**
 * The whole state of a trader, in four requests. Pass undefined while no account is connected.
 *
 * @example
 * const { address: account } = useAccount();
 * const { data: trader } = useTraderAccount(account && { deployment, account });
 */
export const useTraderAccount: ReadHook<GetTraderAccountParameters, TraderAccount> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("getTraderAccount", getTraderAccount),
);

/**
 * The whole state of an LP in every maker, in four requests. Pass undefined while no account is connected.
 *
 * @example
 * const { data: makers } = useLpAccount(account && { deployment, account });
 */
export const useLpAccount: ReadHook<GetLpAccountParameters, LpPosition[]> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("getLpAccount", getLpAccount),
);

/**
 * The open delayed orders of an account, or of all.
 *
 * @example
 * const { data: orders } = useOpenOrders({ deployment, account });
 */
export const useOpenOrders: ReadHook<Parameters<typeof getOpenOrders>[1], OpenOrder[]> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("getOpenOrders", getOpenOrders),
);

/**
 * The quote of a trade, WAD, for any account or for none.
 *
 * @example
 * const trade = { maker: deployment.oracleMaker, isBaseToQuote: false, isExactInput: false, amount: parseWad("1") };
 * const { data: quote, error } = useTradeQuote({ deployment, ...trade });
 */
export const useTradeQuote: ReadHook<Parameters<typeof quoteTrade>[1], TradeQuote> = /* @__PURE__ */ hookOf(
  /* @__PURE__ */ namedRead("quoteTrade", quoteTrade),
);

/** Options of {@link useWrite}: those of `useMutation` but for key and function. */
export type UseWriteOptions<parameters, outcome> = Omit<
  UseMutationOptions<outcome, Error, WriteVariables<parameters>>,
  "mutationKey" | "mutationFn"
>;

/**
 * Sends any write of the package with the connected account, and waits for its outcome. The package's queries are read again after it.
 * The wallet must be on the deployment's chain. A revert is the mutation's `error`, which `describe` explains.
 *
 * @example
 * const { mutate: deposit, data, error, isPending } = useWrite(depositSync);
 * deposit({ deployment, amount: parseCollateral(deployment, "1000") });
 */
export function useWrite<parameters extends object, outcome>(
  write: ConfirmedWrite<parameters, outcome>,
  options: UseWriteOptions<parameters, outcome> = {},
): UseMutationResult<outcome, Error, WriteVariables<parameters>> {
  const config = useConfig();
  const queryClient = useQueryClient();
  return useMutation<outcome, Error, WriteVariables<parameters>>({
    ...options,
    ...writeMutationOptions(config, write),
    onSuccess: async (...result) => {
      await queryClient.invalidateQueries({ queryKey: queryKeyOfAll });
      await options.onSuccess?.(...result);
    },
  });
}
