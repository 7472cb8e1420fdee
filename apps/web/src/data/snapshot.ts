// The state of a market and of an account at one block, as entities of the SDK.
import { type Deployment, getMarket, type Market as MarketState, type Wad } from "@counterpoise/sdk";
import {
  Account,
  type HedgedMaker,
  loadAccount,
  loadHedgedMaker,
  loadOracleMaker,
  type OracleMaker,
  UnsupportedSpotPathError,
} from "@counterpoise/sdk/entities";
import { position } from "@counterpoise/sdk/math";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Address, type Client, isAddressEqual, zeroAddress } from "viem";
import { getBlock } from "viem/actions";
import { useConnection } from "wagmi";
import { useApp } from "./context.js";
import { type Tick, useLivePrice } from "./price-feed.js";

/** A maker, and its kind for its name. */
export type Maker = { address: Address; kind: "oracle" | "base" | "quote"; entity: OracleMaker | HedgedMaker };

/** All of one block. */
export type Snapshot = {
  blockNumber: bigint;
  /** Seconds. */
  blockTime: bigint;
  state: MarketState;
  makers: readonly Maker[];
  /** Makers whose quotes the app cannot compute. */
  unsupported: readonly Address[];
  /** The connected account, or an account without position and margin. */
  account: Account;
};

/** Reads a snapshot of the latest block. */
export async function loadSnapshot(
  client: Client,
  deployment: Deployment,
  address: Address | undefined,
): Promise<Snapshot> {
  const { number: blockNumber, timestamp: blockTime } = await getBlock(client);
  const at = { deployment, blockNumber };
  const hedged = [
    { maker: deployment.spotHedgeBaseMaker, kind: "base" as const },
    { maker: deployment.spotHedgeQuoteMaker, kind: "quote" as const },
  ].filter(({ maker }) => maker !== undefined && !isAddressEqual(maker, zeroAddress));
  const unsupported: Address[] = [];
  const [state, oracle, account, ...others] = await Promise.all([
    getMarket(client, at),
    loadOracleMaker(client, at),
    address ? loadAccount(client, { ...at, account: address }) : undefined,
    ...hedged.map(async ({ maker, kind }): Promise<Maker | undefined> => {
      try {
        return { address: maker as Address, kind, entity: await loadHedgedMaker(client, { ...at, maker }) };
      } catch (error) {
        if (!(error instanceof UnsupportedSpotPathError)) throw error;
        unsupported.push(maker as Address);
        return undefined;
      }
    }),
  ]);
  const makers = [
    { address: deployment.oracleMaker, kind: "oracle" as const, entity: oracle },
    ...others.filter((maker) => maker !== undefined),
  ];
  const { market } = oracle;
  const empty = new Account({ address: zeroAddress, market, position: position.flat, fund: 0n });
  return { blockNumber, blockTime, state, makers, unsupported, account: account ?? empty };
}

/** A snapshot at the newest price that is known. */
export type View = Snapshot & {
  /** Undefined while neither the chain nor a service has a fresh price. */
  price: Wad | undefined;
  /** Seconds; of the newest price at any age. */
  publishTime: bigint | undefined;
  /** The source of `price`. */
  source: "chain" | "service" | undefined;
};

/** Puts a newer price of a service into a snapshot. */
export function viewOf(snapshot: Snapshot, tick: Tick | undefined): View {
  const { state, account } = snapshot;
  const stored = state.lastPrice;
  if (!tick || (stored && stored.publishTime >= tick.publishTime)) {
    const { price } = account.market;
    return { ...snapshot, price, publishTime: stored?.publishTime, source: price === undefined ? undefined : "chain" };
  }
  const { price, confidence, publishTime } = tick;
  const makers = snapshot.makers.map((maker) => ({ ...maker, entity: maker.entity.withPrice(price, confidence) }));
  return { ...snapshot, makers, account: account.withPrice(price, confidence), price, publishTime, source: "service" };
}

/** The latest view, and the state of its query. */
export function useView() {
  const { client, config, deployment, prices } = useApp();
  const { address } = useConnection();
  const { tick } = useLivePrice(prices);
  const query = useQuery({
    queryKey: ["snapshot", deployment.marketId.toString(), address],
    queryFn: () => loadSnapshot(client, deployment, address),
    refetchInterval: config.pollingInterval,
    structuralSharing: false,
  });
  const { data } = query;
  const view = useMemo(() => data && viewOf(data, tick), [data, tick]);
  return { view, error: query.error, updatedAt: query.dataUpdatedAt };
}
