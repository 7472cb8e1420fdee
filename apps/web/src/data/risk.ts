// Limits of a market beyond its snapshot, and the history of its parameters.
import {
  type FundingSettings,
  getFeed,
  getFunding,
  getMinPositionValue,
  getOutflow,
  getPendingFeed,
  type Outflow,
  type PendingFeed,
  type Wad,
} from "@counterpoise/sdk";
import { useQuery } from "@tanstack/react-query";
import { zeroAddress } from "viem";
import { getBlockNumber } from "viem/actions";
import { useApp } from "./context.js";
import { getParameterChanges } from "./indexer.js";

/** Sources, rates and the breaker's room, of one block. */
export type Limits = {
  feed: Awaited<ReturnType<typeof getFeed>>;
  pendingFeed: PendingFeed | undefined;
  funding: FundingSettings;
  minPositionValue: Wad;
  /** Undefined for an asset without a limit. */
  collateralOutflow: Outflow | undefined;
  baseOutflow: Outflow | undefined;
};

export function useLimits() {
  const { client, config, deployment } = useApp();
  return useQuery({
    queryKey: ["limits", deployment.marketId.toString()],
    refetchInterval: config.pollingInterval * 3,
    structuralSharing: false,
    queryFn: async (): Promise<Limits> => {
      const at = { deployment, blockNumber: await getBlockNumber(client, { cacheTime: 0 }) };
      // The limit of all accounts together: no account has a credit of the zero address.
      const outflow = { ...at, account: zeroAddress };
      const [feed, pendingFeed, funding, minPositionValue, collateralOutflow, baseOutflow] = await Promise.all([
        getFeed(client, at),
        getPendingFeed(client, at),
        getFunding(client, at),
        getMinPositionValue(client, at),
        getOutflow(client, { ...outflow, asset: deployment.collateral }),
        getOutflow(client, { ...outflow, asset: deployment.base }),
      ]);
      return { feed, pendingFeed, funding, minPositionValue, collateralOutflow, baseOutflow };
    },
  });
}

/** The latest changes of parameters, from the indexer only: without it, they are unknown. */
export function useParameterChanges() {
  const { config } = useApp();
  const url = config.indexerUrl;
  return useQuery({
    queryKey: ["parameter-changes"],
    enabled: url !== undefined,
    refetchInterval: config.pollingInterval * 10,
    structuralSharing: false,
    queryFn: () => getParameterChanges(url as string),
  });
}
