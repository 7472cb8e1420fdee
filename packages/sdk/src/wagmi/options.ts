// Options for TanStack Query, without React.
import type { MutationOptions, QueryKey, QueryOptions } from "@tanstack/react-query";
import type { Client } from "viem";
import type { Config } from "wagmi";
import { getConnectorClient } from "wagmi/actions";
import { hashFn } from "wagmi/query";
import type { SigningClient, TransactionOptions } from "../client/transaction.js";
import type { ConfirmedWrite } from "../client/write.js";
import { InvalidAmountError } from "../units.js";

/** A reading action, of any module of the package. */
export type AnyRead<parameters, result> = (client: Client, parameters: parameters) => Promise<result>;

/** A read with the name of its queries. */
export type NamedRead<parameters, result> = { name: string; read: AnyRead<parameters, result> };

/** The options of a query, for `useQuery`, `queryClient.fetchQuery` and the like. */
export type ReadQueryOptions<result> = QueryOptions<result, Error, result, QueryKey> & {
  queryKey: QueryKey;
  queryFn: () => Promise<result>;
};

/**
 * Gives a read the name under which its results are cached. The queries of the package's hooks have the names of their actions.
 *
 * @example
 * const rates = namedRead("getRates", getRates);
 * const { data } = useRead(rates, { deployment });
 */
export const namedRead = <parameters, result>(
  name: string,
  read: AnyRead<parameters, result>,
): NamedRead<parameters, result> => ({ name, read });

/**
 * The options of a query that makes a read with the config's client of the chain. The parameters, `bigint`s included, are part of the
 * key. A read returns `undefined` fields for unknown values, never an `undefined` result.
 *
 * @param chainId Default: the chain of the deployment in the parameters, else the config's present one.
 * @throws {@link InvalidAmountError} when the config has no such chain.
 * @example
 * const market = await queryClient.fetchQuery(readQueryOptions(config, namedRead("getMarket", getMarket), { deployment }));
 */
export function readQueryOptions<parameters extends object, result>(
  config: Config,
  { name, read }: NamedRead<parameters, result>,
  parameters: parameters,
  chainId: number | undefined = chainOf(parameters),
): ReadQueryOptions<result> {
  const chain = chainId ?? config.state.chainId;
  if (!config.chains.some(({ id }) => id === chain)) {
    const accepted = `one of the config's chains: ${config.chains.map(({ id }) => id).join(", ")}`;
    throw new InvalidAmountError({ field: "chainId", value: chain, accepted });
  }
  return {
    queryKey: ["counterpoise", name, chain, parameters],
    // JSON has no bigints.
    queryKeyHashFn: hashFn,
    queryFn: () => read(config.getClient({ chainId: chain }), parameters),
  };
}

/** The key of all queries of the package, to invalidate them. */
export const queryKeyOfAll: QueryKey = ["counterpoise"];

/** The parameters of a write, and the chain of the wallet: by default the deployment's. */
export type WriteVariables<parameters> = parameters & TransactionOptions & { chainId?: number | undefined };

/**
 * The options of a mutation that sends a write with the connected account, waits for it and returns the outcome. The wallet must be
 * on the chain.
 *
 * @example
 * const options = writeMutationOptions(config, depositSync);
 * await new MutationObserver(queryClient, options).mutate({ deployment, amount });
 */
export const writeMutationOptions = <parameters extends object, outcome>(
  config: Config,
  write: ConfirmedWrite<parameters, outcome>,
): MutationOptions<outcome, Error, WriteVariables<parameters>> & {
  mutationFn: (variables: WriteVariables<parameters>) => Promise<outcome>;
} => ({
  mutationKey: ["counterpoise"],
  mutationFn: async ({ chainId: given, ...variables }: WriteVariables<parameters>) => {
    const chainId = given ?? chainOf(variables);
    const client = await getConnectorClient(config, chainId === undefined ? {} : { chainId });
    return write(client as SigningClient, variables as unknown as parameters & TransactionOptions);
  },
});

/** The chain of the deployment in the parameters, if they have one. */
const chainOf = (parameters: object): number | undefined =>
  (parameters as { deployment?: { chainId: number } }).deployment?.chainId;
