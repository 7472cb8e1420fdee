import { type ExchangeDeployment, parseExchangeDeployment } from "../exchange.js";
import { deployments } from "../generated/deployments.js";
import { UnknownDeploymentError } from "./errors.js";

/**
 * The exchanges that were live when this version of the package was made, on all chains, in the order of chain id and name. Possibly
 * none.
 *
 * @example
 * const chainIds = getDeployments().map(({ chainId }) => chainId);
 */
export const getDeployments = (): ExchangeDeployment[] => deployments.map(parseExchangeDeployment);

/**
 * An exchange with all its markets, by chain id and name.
 *
 * @param files the JSON of further deployments, as `deployments/<chainId>/<name>.json` of a test network. They come first.
 *
 * @example
 * const exchange = getDeployment(42161, "main");
 * const markets = await getMarkets(client, { exchange });
 * @throws {@link UnknownDeploymentError} with the deployments that exist
 * @throws `InvalidDeploymentError` with the field and its value for a malformed file
 */
export function getDeployment(chainId: number, name: string, files: readonly unknown[] = []): ExchangeDeployment {
  const known = [...files.map(parseExchangeDeployment), ...getDeployments()];
  const found = known.find((each) => each.chainId === chainId && each.name === name);
  if (found) return found;
  throw new UnknownDeploymentError({ chainId, name, known });
}
