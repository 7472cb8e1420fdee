// The LP vaults of a market: their state and the account's part of one block, their history, and the attribution of their result.
import {
  type Deployment,
  getHedge,
  getLpExit,
  getLpQueue,
  getLpRequest,
  type Hedge,
  type LpExit,
  type LpQueue,
  type LpRequest,
  type Wad,
} from "@counterpoise/sdk";
import { getLpAccount, type LpPosition } from "@counterpoise/sdk/account";
import { type LpVault, loadLpVault, OracleMaker, UnsupportedSpotPathError } from "@counterpoise/sdk/entities";
import { getSharePrices, type ShareSample } from "@counterpoise/sdk/history";
import { shares as shareMaths } from "@counterpoise/sdk/math";
import { useQuery } from "@tanstack/react-query";
import { type Address, type Client, erc20Abi, isAddressEqual, zeroAddress } from "viem";
import { getBalance, getBlock, readContract } from "viem/actions";
import { useConnection } from "wagmi";
import { baseName } from "../config.js";
import { useApp } from "./context.js";
import { getIndexedRequests, getIndexedShareTotals } from "./indexer.js";
import { requestsOf } from "./lp-requests.js";
import type { Maker, View } from "./snapshot.js";

const WAD = 10n ** 18n;
/** Requests of logs that a page makes on its own. */
const MOST_REQUESTS = 50n;
/** The share whose exit is shown to an account without shares. */
export const ONE_SHARE = WAD;

/** The token that LPs of an LP vault deposit. */
export type Asset = { address: Address; symbol: string; decimals: number };

/** An LP vault and the account's part of it, at one block. Undefined: not known now. */
export type Vault = {
  kind: Maker["kind"];
  maker: Address;
  requestVault: Address;
  asset: Asset;
  /** Shares, claims, pending requests, and the state of the maker. */
  position: LpPosition;
  /** Undefined where the app cannot compute the maker's path. */
  entity: LpVault | undefined;
  /** Of a hedged vault. */
  hedge: Hedge | undefined;
  queue: LpQueue;
  /** The asset in the account's wallet, in its own decimals. */
  wallet: bigint | undefined;
  exit: LpExit;
  /** The shares of `exit`: the account's, or one. */
  exitShares: Wad;
  /** Closed requests with a part to take back. */
  returned: readonly (LpRequest & { requestId: bigint })[];
};

/** All vaults of a market. */
export type Vaults = { blockNumber: bigint; blockTime: bigint; vaults: readonly Vault[]; ether: bigint | undefined };

const kindOf = (deployment: Deployment, maker: Address): Maker["kind"] =>
  isAddressEqual(maker, deployment.oracleMaker)
    ? "oracle"
    : isAddressEqual(maker, deployment.spotHedgeBaseMaker)
      ? "base"
      : "quote";

/** The token of an LP vault: base of the base vault, else the collateral. */
export const assetOf = (deployment: Deployment, kind: Maker["kind"]): Asset =>
  kind === "base"
    ? { address: deployment.base, symbol: baseName(deployment), decimals: deployment.baseDecimals }
    : {
        address: deployment.collateral,
        symbol: deployment.collateralSymbol,
        decimals: deployment.collateralDecimals,
      };

async function loadVaults(
  client: Client,
  { deployment, account, indexerUrl }: { deployment: Deployment; account: Address | undefined; indexerUrl?: string },
): Promise<Vaults> {
  const { number: blockNumber, timestamp: blockTime } = await getBlock(client);
  const at = { deployment, blockNumber };
  const [positions, ether] = await Promise.all([
    getLpAccount(client, { ...at, account: account ?? zeroAddress }),
    account && getBalance(client, { address: account, blockNumber }),
  ]);
  const vaults = await Promise.all(
    positions.map(async (position): Promise<Vault> => {
      const { maker, requestVault, shares } = position;
      const kind = kindOf(deployment, maker);
      const asset = assetOf(deployment, kind);
      const exitShares = shares > 0n ? shares : ONE_SHARE;
      const [entity, hedge, queue, wallet, exit, returned] = await Promise.all([
        loadLpVault(client, { ...at, maker }).catch((error: unknown) => {
          if (error instanceof UnsupportedSpotPathError) return undefined;
          throw error;
        }),
        kind === "oracle" ? undefined : getHedge(client, { ...at, maker }),
        getLpQueue(client, { requestVault, blockNumber }),
        account &&
          readContract(client, {
            ...{ address: asset.address, abi: erc20Abi, functionName: "balanceOf", args: [account], blockNumber },
          }),
        getLpExit(client, { ...at, maker, owner: account ?? zeroAddress, shares: exitShares }),
        account ? returnedRequests(client, { account, requestVault, blockNumber, indexerUrl }) : [],
      ]);
      return { kind, maker, requestVault, asset, position, entity, hedge, queue, wallet, exit, exitShares, returned };
    }),
  );
  return { blockNumber, blockTime, vaults, ether };
}

/** Requests of this browser and, if the indexer answers, of the account, with a part that was returned. */
async function returnedRequests(
  client: Client,
  {
    account,
    requestVault,
    blockNumber,
    indexerUrl,
  }: { account: Address; requestVault: Address; blockNumber: bigint; indexerUrl?: string | undefined },
) {
  const indexed = indexerUrl ? await getIndexedRequests(indexerUrl, account, requestVault).catch(() => []) : [];
  const ids = [...new Set([...requestsOf(account, requestVault), ...indexed])];
  const requests = await Promise.all(
    ids.map(async (requestId) => ({
      requestId,
      ...(await getLpRequest(client, { requestVault, requestId, blockNumber })),
    })),
  );
  return requests.filter(({ returned, controller }) => returned > 0n && isAddressEqual(controller, account));
}

/** The LP vaults, followed. Where a price service has a newer price, values are at this price. */
export function useVaults(view: View | undefined) {
  const { client, config, deployment } = useApp();
  const { address } = useConnection();
  const query = useQuery({
    queryKey: ["vaults", deployment.marketId.toString(), address],
    refetchInterval: config.pollingInterval * 2,
    structuralSharing: false,
    queryFn: () =>
      loadVaults(client, {
        ...{ deployment, account: address },
        ...(config.indexerUrl !== undefined && { indexerUrl: config.indexerUrl }),
      }),
  });
  const { data } = query;
  const price = view?.source === "service" ? view.price : undefined;
  const vaults = data?.vaults.map((vault) =>
    price === undefined ? vault : { ...vault, entity: vault.entity?.withPrice(price, 0n) },
  );
  return { vaults, data, error: query.error };
}

/** The share price of an LP vault, WAD of its asset; undefined while it is unknown. */
export const sharePriceOf = ({ entity, position }: Vault): Wad | undefined =>
  entity ? entity.sharePrice : position.makerState.sharePrice;

/** The value of all shares in the asset's own decimals; undefined while it is unknown. */
export const totalAssetsOf = ({ entity, position }: Vault): bigint | undefined =>
  entity ? entity.totalAssets : position.makerState.totalAssets;

/** More than any deposit. */
const ANY_AMOUNT = 2n ** 120n;

/** The deposit that the cap still admits, in the asset's own decimals; `unlimited` without a cap; undefined while it is unknown. */
export function roomOf({ entity }: Vault): bigint | "unlimited" | undefined {
  const met = entity?.toShares(ANY_AMOUNT)?.met;
  return met === ANY_AMOUNT ? "unlimited" : met;
}

/** Base that an LP vault has beyond the deposits of its LPs, WAD: its position, and the base that hedges it. */
export function exposureOf({ entity, kind }: Vault): { size: Wad; hedge: Wad; net: Wad } | undefined {
  if (!entity) return undefined;
  const { size } = entity.account;
  const { maker } = entity;
  if (maker instanceof OracleMaker) return { size, hedge: 0n, net: size };
  const { assetLiability, baseBalance } = maker;
  const hedge =
    kind === "base" ? (maker.assetBalance - assetLiability) * maker.baseScale : baseBalance * maker.baseScale;
  return { size, hedge, net: size + hedge };
}

/** The share prices at which requests settled, and where they come from. */
export type ShareHistory = { samples: readonly ShareSample[]; source: "indexer" | "chain" };

/** The history of a maker's share price, from the indexer, or else from the logs of the chain where these are few requests. */
async function loadShareHistory(
  client: Client,
  {
    deployment,
    maker,
    indexerUrl,
    maxBlockRange,
  }: { deployment: Deployment; maker: Address; indexerUrl: string | undefined; maxBlockRange: bigint | undefined },
): Promise<ShareHistory> {
  if (indexerUrl !== undefined) {
    try {
      const totals = await getIndexedShareTotals(indexerUrl, maker);
      // Assets that an LP vault without shares still has are no price of a share.
      const priced = totals.filter(({ totalAssets, totalShares }) => totalShares !== 0n || totalAssets === 0n);
      const samples = priced.map(({ time, ...each }) => ({ time, sharePrice: shareMaths.toAssetsDown(WAD, each) }));
      return { samples, source: "indexer" };
    } catch {
      // The chain has the same events.
    }
  }
  const { number: toBlock } = await getBlock(client);
  const fromBlock = deployment.startBlock ?? 0n;
  if (maxBlockRange !== undefined && (toBlock - fromBlock) / maxBlockRange > MOST_REQUESTS)
    throw new RangeError(`${toBlock - fromBlock} blocks in parts of ${maxBlockRange}`);
  const range = maxBlockRange === undefined ? {} : { maxBlockRange };
  const samples = await getSharePrices(client, { deployment, maker, fromBlock, toBlock, ...range });
  return { samples, source: "chain" };
}

/** The history of an LP vault's share price. */
export function useShareHistory(maker: Address | undefined) {
  const { client, config, deployment } = useApp();
  const { indexerUrl, maxBlockRange } = config;
  return useQuery({
    queryKey: ["share-history", maker],
    enabled: maker !== undefined,
    refetchInterval: config.pollingInterval * 10,
    structuralSharing: false,
    queryFn: () => loadShareHistory(client, { deployment, maker: maker as Address, indexerUrl, maxBlockRange }),
  });
}

/** The attribution of an LP vault's result since its deployment, which is computed on request: it reads all of its logs. */
export async function loadAttribution(
  client: Client,
  {
    deployment,
    maker,
    price: live,
    maxBlockRange,
  }: { deployment: Deployment; maker: Address; price: Wad | undefined; maxBlockRange: bigint | undefined },
) {
  const { applyLpEvent, attributionOf, getLpEvents, newLpLedger } = await import("@counterpoise/sdk/report");
  const { number: blockNumber } = await getBlock(client);
  const range = maxBlockRange === undefined ? {} : { maxBlockRange };
  const [events, vault] = await Promise.all([
    getLpEvents(client, { deployment, maker, toBlock: blockNumber, ...range }),
    loadLpVault(client, { deployment, maker, blockNumber }),
  ]);
  const ledger = newLpLedger();
  for (const event of events) applyLpEvent(ledger, event);
  const price = vault.market.price ?? live ?? ledger.price;
  const { funding, borrowing } = vault.withPrice(price).account.pendingFees;
  return {
    blockNumber,
    price,
    fills: ledger.fills,
    ...attributionOf(ledger, { price, pendingFunding: funding, pendingBorrowing: borrowing }),
  };
}
